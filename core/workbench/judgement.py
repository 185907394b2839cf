"""The workbench's own judge: forecasts kept when they are made, and what came of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from core.calendar import DEFAULT_COUNTRY, country_of
from core.capabilities.accuracy import Scores
from core.capabilities.forecast_rows import HORIZON, REPLAYS, RunRows, Spans, replays, rows_of
from core.capabilities.kept import WEEK, Kept, spaced, with_verdict
from core.capabilities.misses import MOVED_DAYS, Evidence, Miss, explain, worst
from core.capabilities.model_check import (
    Choice,
    Drift,
    Grouping,
    Labels,
    ModelCheck,
    by_class,
    check,
    drift_of,
    select,
)
from core.forecast.pool import FORECAST_VERSION
from core.store import catalog, evidence, fleet, judgement, sites
from core.store.database import races_told
from core.store.judgement import FitCard, RunCard
from core.store.tenant import TenantSession
from core.telemetry import log
from core.workbench.door import Door
from core.workbench.forecasts import fleet_forecast, stored_supply, with_holidays
from core.workbench.outcomes import judge_predictions

Progress = Callable[[float, str], None]
NEAR_DAYS = 3
"""A forecast made so many days from a past week's end stands for it."""


@dataclass(frozen=True, eq=False)
class JudgedFleet:
    """The judged forecasts of one origin's places, the names to show them by, the runs, and whose holidays
    count there."""

    kept: Kept
    labels: Labels
    runs: tuple[RunCard, ...]
    key: Hashable
    country: str = DEFAULT_COUNTRY


class JudgementDoor(Door):
    """Forecasts that are kept, and how good they were."""

    def keep_forecasts(self, is_demo: bool, progress: Progress | None = None) -> int:
        """Keep today's forecast of one origin's places with those that past weeks still lack, and fill in
        what came true since; returns how many forecasts were added. To be called when sales came in, and
        once a day."""
        report = progress or (lambda share, doing: None)
        report(0.0, "Looking at what is known since the last forecast")
        with self.memory.keeping:
            return self._keep(is_demo, report)

    def forecast_after_import(self, since: date | None, progress: Progress | None = None) -> None:
        """``keep_forecasts`` of the user's own places, the days from ``since`` on compared anew. It may come
        after the answer to an import, which stands whatever comes of this: an error is logged, and the next
        day tries again."""
        try:
            with self._session() as session:
                judgement.fill_actuals(session, since)
            self.keep_forecasts(False, progress)
        except Exception:  # noqa: BLE001 - told to the log; the import itself is done and must be answered
            log().exception("forecasts_not_kept")

    def judged_fleet(self, is_demo: bool) -> JudgedFleet:
        """The kept forecasts of one origin's places that can be judged, from memory until more can."""
        with self._session() as session:
            key = (self.actor.company_id, "judged", is_demo, judgement.stamp(session),
                   sites.fleet_version(session))
            view = self.memory.views.get(key, lambda: _read(session, is_demo, key))
        assert isinstance(view, JudgedFleet)
        return view

    def judged_origins(self) -> tuple[bool, bool]:
        """Whether forecasts are kept of the user's own places, and of the demo's."""
        with self._session() as session:
            return bool(judgement.runs(session, False)), bool(judgement.runs(session, True))

    def model_check(self, fleet: JudgedFleet, choice: Choice) -> ModelCheck:
        """How good the chosen forecasts were."""
        view = self.memory.views.get((fleet.key, choice), lambda: check(fleet.kept, fleet.labels, choice))
        assert isinstance(view, ModelCheck)
        return view

    def accuracy_by_class(
        self, fleet: JudgedFleet, choice: Choice, grouping: Grouping
    ) -> Mapping[str, Scores]:
        """The scores of each class of the chosen forecasts."""
        key = (fleet.key, choice, grouping)
        view: Any = self.memory.views.get(key, lambda: by_class(fleet.kept, fleet.labels, choice, grouping))
        return dict(view)

    def drift(self, fleet: JudgedFleet) -> Drift:
        """What has begun to lean, and whether the spread of errors is as it was."""
        view = self.memory.views.get((fleet.key, "drift"), lambda: drift_of(fleet.kept, fleet.labels))
        assert isinstance(view, Drift)
        return view

    def fits(self) -> list[FitCard]:
        """The models that were learned, the newest first."""
        with self._session() as session:
            return judgement.fits(session)

    def whatif_outcomes(self) -> list[tuple[int, Mapping[str, Any]]]:
        """(planogram, outcome) of the what-ifs that were really carried out, the newest first."""
        with self._session() as session:
            return judgement.outcomes(session)

    def worst_misses(self, fleet: JudgedFleet, choice: Choice, most: int = 25) -> tuple[Miss, ...]:
        """The product weeks that the chosen forecasts missed most, with the likeliest reason."""
        weeks = select(fleet.kept, fleet.labels, replace(choice, grain="product"))
        missed = worst(weeks, most)
        if missed.empty:
            return ()
        places, products = missed["site_id"].unique().tolist(), missed["product_id"].unique().tolist()
        first, last = int(missed["day"].min()) - MOVED_DAYS, int(missed["day"].max()) + WEEK - 1
        with self._session() as session:
            found = Evidence(evidence.days_sold(session, places, products, first, last),
                             evidence.plan_changes(session, places, products, first, last), fleet.country)
        return explain(missed, weeks, found, fleet.labels.venues)

    def _keep(self, is_demo: bool, report: Progress) -> int:
        with self._session() as session:
            judgement.fill_actuals(session)
        added = 0
        for rows in self._wanted(is_demo):
            report(min(added / (REPLAYS + 1), 0.9), f"Keeping the forecast of {rows.last_known:%b %-d}")
            with races_told(), self.database.writing_session(self.actor) as session:
                _save(session, is_demo, rows)  # beside it the daily job, or a page, may keep the same run
            added += 1
        report(0.95, "Comparing the forecasts with what came true")
        with self._session() as session:
            judgement.fill_actuals(session)
            judge_predictions(session)
            if added:
                judgement.thin(session, is_demo)
        return added

    def _wanted(self, is_demo: bool) -> Iterator[RunRows]:
        """The forecasts that are not kept yet, the oldest first."""
        with self._session() as session:
            stored = stored_supply(session, self.memory, is_demo)
            if stored is None or not stored.supply.series:
                return
            kept = [
                run.last_known for run in judgement.runs(session, is_demo)
                if run.model_version == FORECAST_VERSION
            ]
            sites = judgement.sites_of_plans(session)
        supply = stored.supply
        places = np.array([sites[int(p)] for p in supply.panel.site], np.int64)
        weeks = [
            back for back in range(1, REPLAYS + 1)
            if not any(abs((supply.last_day - timedelta(days=WEEK * back) - day).days) <= NEAR_DAYS
                       for day in kept)
        ]
        yield from replays(with_holidays(supply.panel, HORIZON, country_of(is_demo)), places, weeks)
        if supply.last_day in kept:
            return
        with self._session() as session:
            made = fleet_forecast(session, self.memory, is_demo)
        if made is not None:
            rows = rows_of(supply.panel, made.forecast, places, supply.standing)
            if rows is not None:
                yield rows


def _read(session: TenantSession, is_demo: bool, key: Hashable) -> JudgedFleet:
    runs = judgement.runs(session, is_demo)
    table = pd.DataFrame({
        "run_id": [r.id for r in runs], "version": [r.model_version for r in runs],
        "origin": [(r.last_known - judgement.EPOCH).days + 1 for r in runs],
        "replayed": [r.replayed for r in runs],
    }).astype({"run_id": "int64", "origin": "int64", "replayed": bool, "version": str})
    apart = np.zeros(len(table), bool)
    for version in table["version"].unique():
        of_version = np.flatnonzero(table["version"] == version)
        apart[of_version] = spaced(table["origin"].to_numpy()[of_version])
    table = table[apart]
    ids = table["run_id"].tolist()

    def places(days: int) -> pd.DataFrame:
        rows = judgement.site_rows(session, ids, days)
        return with_verdict(rows, table, (rows["stocked"] / rows["expected"].clip(lower=1e-9)).to_numpy())

    def products(days: int) -> pd.DataFrame:
        rows = judgement.product_rows(session, ids, days)
        return with_verdict(rows, table, rows["available"].to_numpy())

    kept = Kept(places(WEEK), places(HORIZON), products(WEEK), products(HORIZON))
    goods = catalog.load_catalog(session)
    standing = fleet.places(session)
    return JudgedFleet(kept, Labels(
        {p.site_id: p.name for p in standing}, {p.site_id: p.venue_type for p in standing},
        {p.id: p.name for p in goods.values()}, {p.id: p.category for p in goods.values()},
    ), tuple(runs), key, country_of(is_demo))


def _save(session: TenantSession, is_demo: bool, rows: RunRows) -> None:
    first = (rows.last_known - judgement.EPOCH).days + 1
    judgement.save_run(
        session, is_demo, rows.last_known, rows.model_version, replayed=rows.replayed, series=rows.series,
        seconds=rows.seconds,
        products={"site_id": rows.site, "product_id": rows.product, **_columns(rows.products, first)},
        sites={"site_id": rows.site_of, **_columns(rows.sites, first)},
    )


def _columns(spans: Spans, first: int) -> dict[str, Any]:
    return {
        "day": first + spans.offset, "days": spans.days, "expected": spans.expected,
        "variance": spans.variance, "naive": spans.naive, "scale": spans.scale,
    }
