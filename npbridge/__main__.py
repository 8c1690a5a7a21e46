"""The command line: ``python -m npbridge``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

DTYPES = ("float64", "float32", "float16", "bfloat16", "complex128", "complex64")
FORMATS = ("table", "markdown", "json")
LISTS = {
    "list": "find functions of npbridge.special: their arguments and what they are called",
    "ledger": "print the formulas of npbridge.special, their sources and their measured errors",
}


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
    audit = commands.add_parser(
        "audit",
        help="try everything a wrapper of a NumPy function can get wrong on a function of tensors",
        description=(
            "Try everything that a wrapper of a NumPy function can get wrong (derivatives, "
            "transforms, memory) on any function of tensors, and print what comes of it. The exit "
            "status is 1 if something is silently wrong, and 2 if there was nothing to try."
        ),
    )
    audit.add_argument(
        "function",
        metavar="MODULE:FUNCTION",
        help="an importable callable, as package.module:function or module:Class.apply",
    )
    arguments = audit.add_mutually_exclusive_group(required=True)
    arguments.add_argument(
        "--shapes",
        metavar="SHAPES",
        help='shapes of random arguments between 0.5 and 1.5, as in "(3,3) (3) ()"',
    )
    arguments.add_argument(
        "--inputs",
        metavar="FILE.npz",
        help="arrays that are the arguments: arg0, arg1, ..., or any names, in the file's order",
    )
    audit.add_argument(
        "--dtype", choices=DTYPES, default="float64", help="of random arguments (float64)"
    )
    audit.add_argument("--seed", type=int, default=0, help="of all random numbers (0)")
    audit.add_argument(
        "--format", choices=FORMATS, default="table", help="how the report is printed (table)"
    )
    audit.add_argument(
        "--properties", metavar="NAME,...", help="try these properties only, separated by commas"
    )
    for name, does in LISTS.items():
        listing = commands.add_parser(name, help=does, description=f"{does.capitalize()}.")
        listing.add_argument(
            "pattern",
            nargs="?",
            metavar="PATTERN",
            help="a name with * and ?, in quotes, or a part of a name or of what it is called",
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
    if arguments.command in LISTS:
        from npbridge import _ledger

        return (_ledger.run_list if arguments.command == "list" else _ledger.run_ledger)(arguments)
    # Imported here because torch and SciPy cost seconds that `--help` need not pay.
    if arguments.command == "audit":
        from npbridge.testing import _command

        return _command.run(arguments)
    from npbridge import demo

    return demo.run(plot=arguments.plot)


if __name__ == "__main__":
    sys.exit(main())
