"""One part of the backtest: a set against everybody, or the further sets of volume against a few."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pandas as pd

from tests.backtest.cases import Case, orange_juice, vending
from tests.backtest.contestants import OURS
from tests.backtest.demo_fleet import DEVELOPMENT_SEED, JUDGED_SEED, demo_fleet
from tests.backtest.journey import complete_journey, journey_departments
from tests.backtest.judge import judge
from tests.backtest.report import SetResult
from tests.backtest.rolling import answers
from tests.backtest.volume import by_volume

HORIZONS = (7, 28)
CASES: Mapping[str, Callable[[], Case]] = {
    "vending_2022": vending,
    "orange_juice": orange_juice,
    "completejourney": complete_journey,
}
VOLUME = "volume"
"""Further sets, of totals of 200 units a week only, against the contestants that cost nothing."""
CHEAP = (OURS, "seasonal naive", "28-day mean")


def part(key: str, names: Sequence[str], judged: bool, cache: Path | None) -> SetResult | pd.DataFrame:
    """What a set showed; of the further sets only the figures of their totals."""
    pd.set_option("display.width", 200, "display.max_columns", 20)
    return _further(judged) if key == VOLUME else _one_set(CASES[key](), names, judged, cache)


def _one_set(case: Case, names: Sequence[str], judged: bool, cache: Path | None) -> SetResult:
    origins = case.judged if judged else case.development
    others = [name for name in names if name != OURS]
    found = answers(case, [OURS], origins, cache) if OURS in names else {}
    found |= answers(case, others, sorted({*case.development, *origins}), cache)
    seconds = {
        name: 1000 * sum(found[name][o].seconds for o in origins) / sum(found[name][o].series for o in origins)
        for name in names
    }
    tables = {days: judge(case, days, found, origins, case.development) for days in HORIZONS}
    some = {name: found[name] for name in CHEAP if name in found}
    result = SetResult(
        case.name,
        len(case.site),
        [case.start + timedelta(days=o * (7 // case.week)) for o in origins],
        case.purchase,
        tables,
        seconds,
        by_volume(case, some, origins),
        sum(told.seconds for by_origin in found.values() for told in by_origin.values()) / 60,
    )
    for days, table in tables.items():
        print(f"\n{case.name}, {days} days\n{table.round(3).to_string(index=False)}", flush=True)
    print(f"\n{result.volume.round(3).to_string(index=False)}\ns per 1,000 series: {seconds}", flush=True)
    return result


def _further(judged: bool) -> pd.DataFrame:
    tables = []
    for case in (journey_departments(), demo_fleet(JUDGED_SEED if judged else DEVELOPMENT_SEED)):
        origins = case.judged if judged else case.development
        found = answers(case, CHEAP, origins, None)
        tables.append(by_volume(case, found, origins).assign(set=case.name))
        print(tables[-1].round(3).to_string(index=False), flush=True)
    return pd.concat(tables, ignore_index=True)
