"""The workbench's own judge: forecasts kept when they are made, and what came of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np

from core.capabilities.forecast_rows import HORIZON, REPLAYS, WEEK, RunRows, Spans, replays, rows_of
from core.forecast.pool import FORECAST_VERSION
from core.store import judgement
from core.store.tenant import TenantSession
from core.telemetry import log
from core.workbench.door import Door
from core.workbench.forecasts import fleet_forecast, stored_supply, with_holidays

Progress = Callable[[float, str], None]
NEAR_DAYS = 3
"""A forecast made so many days from a past week's end stands for it."""


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

    def keep_all_forecasts(self) -> int:
        """The daily job: ``keep_forecasts`` of the demo's places and of the user's own."""
        return sum(self.keep_forecasts(is_demo) for is_demo in (False, True))

    def _keep(self, is_demo: bool, report: Progress) -> int:
        with self._session() as session:
            judgement.fill_actuals(session)
        added = 0
        for rows in self._wanted(is_demo):
            report(min(added / (REPLAYS + 1), 0.9), f"Keeping the forecast of {rows.last_known:%b %-d}")
            with self._session() as session:
                _save(session, is_demo, rows)
            added += 1
        report(0.95, "Comparing the forecasts with what came true")
        with self._session() as session:
            judgement.fill_actuals(session)
            if added:
                judgement.thin(session, date.today())
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
        yield from replays(with_holidays(supply.panel, HORIZON), places, weeks)
        if supply.last_day in kept:
            return
        with self._session() as session:
            made = fleet_forecast(session, self.memory, is_demo)
        if made is not None:
            rows = rows_of(supply.panel, made.forecast, places, supply.standing)
            if rows is not None:
                yield rows


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
