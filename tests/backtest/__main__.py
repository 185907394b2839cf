"""Forecasts against real data and against the best open forecasters, into docs/backtest.md.

    python -m tests.backtest [--origins development|judged] [--sets A,B] [--contestants A,B] [--cache DIR]
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # every contestant runs on one core; read when numpy loads

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from tests.backtest.cases import CASES
from tests.backtest.contestants import CONTESTANTS
from tests.backtest.judge import judge
from tests.backtest.rolling import answers

HORIZONS = (7, 28)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.backtest", description=__doc__)
    parser.add_argument("--origins", choices=("development", "judged"), default="judged")
    parser.add_argument("--sets", default=",".join(CASES))
    parser.add_argument("--contestants", default=",".join(CONTESTANTS))
    parser.add_argument("--cache", type=Path)
    given = parser.parse_args(arguments)
    names = [name for name in CONTESTANTS if name in given.contestants.split(",")]
    pd.set_option("display.width", 200, "display.max_columns", 20, "display.float_format", "{:.3f}".format)
    for key in given.sets.split(","):
        case = CASES[key]()
        judged = case.judged if given.origins == "judged" else case.development
        found = answers(case, names, sorted({*case.development, *judged}), given.cache)
        for name in names:
            took = sum(found[name][o].seconds for o in judged) / sum(found[name][o].series for o in judged)
            print(f"{key} {name}: {1000 * took:.2f} s per 1,000 series")
        for days in HORIZONS:
            table = judge(case, days, found, judged, case.development)
            print(f"\n{key}, {days} days, {given.origins}\n{table.round(3).to_string(index=False)}")


if __name__ == "__main__":
    main()
