"""Run every benchmark of this folder, or those named: ``python -m tests.bench [capabilities drop …]``.

``--write docs/bench.md`` writes the figures of all of them there.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from datetime import date
from pathlib import Path

from tests.bench.report import Figure, machine, markdown, print_figures

INTRODUCTION = """# Speed

Written by `python -m tests.bench --write docs/bench.md` ({day}); `make bench` prints the same. Targets are
those of the first version. Short tasks are timed in three rounds of which the quietest counts; every task
gets arguments that it has not seen, so that nothing is remembered. The last column is a reference of the
same run, the obvious way or the bare tool, so that machines compare.

Machine: {machine}.
"""


def main() -> int:
    names = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Print the speed figures.")
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(names))
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the figures there too")
    asked = parser.parse_args()
    unknown = set(asked.names) - set(names)
    if unknown:
        parser.error(f"There is no benchmark {min(unknown)}. Choose among: {', '.join(names)}.")
    here = machine()
    print(here, flush=True)
    figures: list[Figure] = []
    for name in asked.names or names:
        print(f"\n== {name}", flush=True)
        found: list[Figure] = importlib.import_module(f"tests.bench.bench_{name}").main() or []
        print_figures(found)
        figures += found
    if len(asked.names) != 1:
        print("\n== all")
        print_figures(figures)
    if asked.write:
        head = INTRODUCTION.format(day=date.today(), machine=here)
        asked.write.write_text(f"{head}\n{markdown(figures)}\n", encoding="utf-8")
    return 0 if all(figure.passes for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
