"""The command line: ``python -m npbridge``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence


def build_parser() -> argparse.ArgumentParser:
    """Describe every subcommand; nothing heavy is imported, so that help is quick.

    Returns
    -------
    argparse.ArgumentParser
        The parser; the namespace it makes has ``command``, which is None for a bare call.
    """
    parser = argparse.ArgumentParser(
        prog="python -m npbridge",
        description="NumPy and SciPy routines on PyTorch tensors, with exact derivatives.",
    )
    commands = parser.add_subparsers(dest="command", title="commands", metavar="COMMAND")
    demo = commands.add_parser(
        "demo",
        help="fit a survival regression whose likelihood PyTorch alone cannot differentiate",
        description=(
            "Fit a generalised-gamma regression to the NCCTG lung cancer data by maximum "
            "likelihood, take standard errors from the exact Hessian, check the derivatives, and "
            "draw the fitted survival curves over the Kaplan-Meier estimate."
        ),
    )
    demo.add_argument(
        "--plot",
        metavar="FILE.png",
        help="draw the curves to this file (needs matplotlib) instead of the terminal",
    )
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments after the program's name; those of the process by default.

    Returns
    -------
    int
        The exit status.
    """
    parser = build_parser()
    arguments = parser.parse_args(argv)
    if arguments.command is None:
        parser.print_help()
        return 0
    # Imported here because torch and SciPy cost seconds that `--help` need not pay.
    from npbridge import demo

    return demo.run(plot=arguments.plot)


if __name__ == "__main__":
    sys.exit(main())
