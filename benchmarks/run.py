"""Every benchmark, one after the other.

Run: REWATT_TEST_DATA=folder python benchmarks/run.py   (needs the extra `bench`)
Without the folder: seeded random data of the same sizes.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPTS = ("geometry.py", "robustness.py", "start_up.py", "rerank.py")


def main() -> None:
    """Run each in a process of its own; stop at the first whose answers disagree."""
    for name in SCRIPTS:
        print(f"== {name}", flush=True)
        subprocess.run([sys.executable, str(Path(__file__).with_name(name))], check=True)
    print("== app", flush=True)
    repo = Path(__file__).parents[1]
    subprocess.run([sys.executable, "-m", "benchmarks.app"], cwd=repo, check=True)


if __name__ == "__main__":
    main()
