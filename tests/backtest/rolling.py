"""Every contestant at every origin, with the time it took; kept on disk if asked."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.forecast.forecast import Forecast
from core.forecast.panel import BoolArray, FloatArray
from tests.backtest.cases import Case
from tests.backtest.contestants import CONTESTANTS, OURS, Task


@dataclass(frozen=True, eq=False)
class Answer:
    """One contestant at one origin. ``mean`` (S, H) of all series of the case, 0 where none stood, or
    (sites, H) of one that forecasts totals; ``rows``: the case's series that ``forecast`` speaks of."""

    mean: FloatArray
    seconds: float
    series: int
    rows: FloatArray
    forecast: Forecast | None = None


def standing_at(case: Case, origin: int) -> BoolArray:
    """Series that stood there on the last step before ``origin`` as far as was known, (S,)."""
    return np.asarray(case.standing(origin)[:, -1] > 0)


def answers(
    case: Case, names: Sequence[str], origins: Sequence[int], cache: Path | None
) -> dict[str, dict[int, Answer]]:
    """Name → origin → answer, from the cache where there is one (never ours). Each contestant that runs
    answers once beforehand, unmeasured, so that what is compiled on first use counts for nobody."""
    result: dict[str, dict[int, Answer]] = {}
    for name in names:
        files = {origin: _file(case, name, origin, cache) for origin in origins}
        if not all(file and file.exists() for file in files.values()):
            _warm_up(case, name, origins[0])
        result[name] = {origin: _answer(case, name, origin, file) for origin, file in files.items()}
    return result


def _file(case: Case, name: str, origin: int, cache: Path | None) -> Path | None:
    if cache is None or name == OURS:
        return None
    return cache / f"{case.name}-{origin}-{hashlib.sha1(name.encode()).hexdigest()[:8]}.npz"


def _answer(case: Case, name: str, origin: int, kept: Path | None) -> Answer:
    if kept is not None and kept.exists():
        with np.load(kept) as file:
            return Answer(file["mean"], float(file["seconds"]), int(file["series"]), file["rows"])
    result = _run(case, name, origin)
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.savez(
            kept, mean=result.mean, seconds=result.seconds, series=result.series, rows=result.rows
        )
    return result


def _run(case: Case, name: str, origin: int) -> Answer:
    contestant = CONTESTANTS[name]
    panel = case.panel(origin)
    rows = np.flatnonzero((panel.exposure > 0).any(axis=1))
    task = Task(panel.of(rows), standing_at(case, origin)[rows], case.horizon)
    began = time.process_time()
    result = contestant.run(task)
    seconds = time.process_time() - began
    told = result if isinstance(result, Forecast) else None
    mean = result.mean if isinstance(result, Forecast) else result
    if contestant.totals:
        return Answer(mean, seconds, len(mean), rows)
    everything = np.zeros((len(case.site), case.horizon))
    everything[rows] = np.where(task.standing[:, None], mean, 0.0)
    return Answer(everything, seconds, int(task.standing.sum()), rows, told)


def _warm_up(case: Case, name: str, origin: int) -> None:
    panel = case.panel(origin)
    rows = np.flatnonzero((panel.exposure > 0).any(axis=1))[:3]
    CONTESTANTS[name].run(Task(panel.of(rows), np.ones(len(rows), bool), case.horizon))
