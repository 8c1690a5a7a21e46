"""What `import npbridge` costs beyond `import torch`, in fresh processes.

Run `python benchmarks/startup.py`. The bar is 50 ms.
"""

from __future__ import annotations

import statistics
import subprocess
import sys

from overhead import versions

ROUNDS = 9
CODE = """
import time
import torch, numpy
begin = time.perf_counter()
{}
print(time.perf_counter() - begin)
"""
IMPORTS = {
    "npbridge": "import npbridge; npbridge.numpy_op",
    "npbridge.special": "from npbridge import special",
    "npbridge.testing": "import npbridge.testing",
    "scipy.special": "import scipy.special",
    "hypothesis": "import hypothesis",
}


def seconds(code: str) -> float:
    """What one import takes in a process that has torch and NumPy already."""
    command = [sys.executable, "-c", CODE.format(code)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  # this Python
    return float(done.stdout)


def main() -> None:
    """Print the median of each, in turns."""
    print(versions())
    times: dict[str, list[float]] = {name: [] for name in IMPORTS}
    for _ in range(ROUNDS):
        for name, code in IMPORTS.items():
            times[name].append(seconds(code))
    print("\nafter import torch, numpy")
    for name, listed in times.items():
        print(f"  import {name:20} {1e3 * statistics.median(listed):8.1f} ms")


if __name__ == "__main__":
    main()
