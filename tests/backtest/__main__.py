"""Forecasts against real data and against the best open forecasters, into docs/backtest.md.

    python -m tests.backtest [--origins development|judged] [--sets A,B] [--contestants A,B] [--cache DIR] [--jobs 2]

Writes the page only with everything judged; else prints. ``--cache`` keeps what others than ours said.
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # every contestant runs on one core; read when numpy loads

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from tests.backtest.cases import REAL_DATA
from tests.backtest.contestants import CONTESTANTS
from tests.backtest.parts import CASES, VOLUME, part
from tests.backtest.report import report

PAGE = Path(__file__).parents[2] / "docs" / "backtest.md"


def main(arguments: Sequence[str] | None = None) -> None:
    given = _parser().parse_args(arguments)
    names = [name for name in CONTESTANTS if name in given.contestants.split(",")]
    sets = given.sets.split(",")
    judged = given.origins == "judged"
    if not REAL_DATA.exists():
        raise SystemExit(f"The real data sets are not at {REAL_DATA}; set WORKBENCH_REAL_DATA to their folder.")
    with ProcessPoolExecutor(given.jobs, get_context("spawn")) as pool:
        task = partial(part, names=names, judged=judged, cache=given.cache)
        parts = dict(zip(sets, pool.map(task, sets), strict=True))
    if judged and set(names) == set(CONTESTANTS) and set(sets) == {*CASES, VOLUME}:
        page = report([parts[key] for key in CASES], parts[VOLUME], given.cache is not None)
        PAGE.write_text(page, encoding="utf-8")
        print(f"{PAGE} written")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.backtest", description=__doc__)
    parser.add_argument("--origins", choices=("development", "judged"), default="judged")
    parser.add_argument("--sets", default=",".join([*CASES, VOLUME]))
    parser.add_argument("--contestants", default=",".join(CONTESTANTS))
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--jobs", type=int, default=2, help="sets at a time, each on one core")
    return parser


if __name__ == "__main__":
    main()
