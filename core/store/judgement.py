"""Forecasts kept when they are made, and what came true filled in when it is known.

The rows are written and filled in bulk, past the session's objects, and name their company themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, String, cast, delete, func, select, text

from core.store import tables as t
from core.store.demand_rows import covered_days
from core.store.tenant import TenantSession

EPOCH = date(1970, 1, 1)
NEVER = 10_000_000
"""A day that does not come."""
DAY_ROWS_KEPT = 56
"""Days for which the forecasts of single days of single products are kept."""
PRODUCT_ROWS_KEPT = 400
DAILY_RUNS_KEPT = 28
"""Days for which more than one run a week is kept."""

MOST_PREDICTIONS = 500

_run: Any = t.ForecastRun
Columns = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class RunCard:
    """One kept forecast of a fleet."""

    id: int
    last_known: date
    model_version: str
    replayed: bool
    series: int
    seconds: float
    created_at: datetime


@dataclass(frozen=True, slots=True)
class FitCard:
    """A model that was learned, with what is known of it as it was written down then."""

    version: str
    learned_from: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class OpenPrediction:
    """A what-if whose outcome is not known."""

    id: int
    planogram_id: int
    request: Mapping[str, Any]
    result: Mapping[str, Any]
    created_at: datetime


def open_predictions(session: TenantSession) -> list[OpenPrediction]:
    """What-ifs of revenue without an outcome, of planograms that changed since, the newest first."""
    asked: Any = t.Prediction
    version: Any = t.PlanogramVersion
    changed = select(version.planogram_id).where(
        version.effective_from.is_not(None), version.created_at >= asked.created_at
    )
    found = session.execute(
        select(asked.id, asked.planogram_id, asked.request, asked.result, asked.created_at)
        .where(asked.kind == "revenue", ~_has_outcome(), asked.planogram_id.in_(changed))
        .order_by(asked.id.desc()).limit(MOST_PREDICTIONS)
    )
    return [OpenPrediction(*row) for row in found]


def set_actual(session: TenantSession, prediction_id: int, actual: dict[str, Any]) -> None:
    """Keep what came of a prediction."""
    row = session.get_one(t.Prediction, prediction_id)
    row.actual = actual
    session.add(row)
    session.flush()


def outcomes(session: TenantSession) -> list[tuple[int, Mapping[str, Any]]]:
    """(planogram, what came true) of the what-ifs that were carried out, the newest first."""
    asked: Any = t.Prediction
    found = session.execute(
        select(asked.planogram_id, asked.actual)
        .where(asked.kind == "revenue", _has_outcome()).order_by(asked.id.desc())
    )
    return [(row[0], row[1]) for row in found]


def _has_outcome() -> Any:
    """Whether a prediction's outcome is known; "not known" is kept as JSON's null."""
    asked: Any = t.Prediction
    return func.coalesce(cast(asked.actual, String), "null") != "null"


def save_run(
    session: TenantSession, is_demo: bool, last_known: date, model_version: str, *, replayed: bool,
    series: int, seconds: float, products: Columns, sites: Columns,
) -> int:
    """Keep a forecast; returns its run's id. One from the same day by the same version is replaced, and a
    replayed one never replaces one that was made in time.

    ``products``: columns site_id, product_id, day, days, expected, variance, naive, scale; ``sites``: the
    same without product_id; NaN is kept as not known.
    """
    day = (last_known - EPOCH).days
    same = (_run.is_demo == is_demo, _run.last_known_day == day, _run.model_version == model_version)
    found = session.scalars(select(_run).where(*same)).first()
    if found is not None and replayed and not found.replayed:
        return int(found.id)
    if found is not None:
        forget_runs(session, [found.id])
    row = t.ForecastRun(
        last_known_day=day, model_version=model_version, replayed=replayed, series=series, seconds=seconds,
        is_demo=is_demo,
    )
    session.add(row)
    session.flush()
    run_id = int(row.id or 0)
    connection = session.connection()
    for model, columns in ((t.Forecast, products), (t.SiteForecast, sites)):
        _insert(connection, model, {"company_id": session.company_id, "run_id": run_id}, columns)
    return run_id


def forget_runs(session: TenantSession, run_ids: Sequence[int]) -> None:
    """Delete runs with their rows."""
    forecast: Any = t.Forecast
    site: Any = t.SiteForecast
    ids = list(run_ids)
    for rows in (delete(forecast).where(forecast.run_id.in_(ids)), delete(site).where(site.run_id.in_(ids)),
                 delete(_run).where(_run.id.in_(ids))):
        session.execute(rows.execution_options(synchronize_session=False))
    session.expire_all()


def fill_actuals(session: TenantSession, since: date | None = None) -> None:
    """Fill in what came true of every span that has ended where its site's sales are known to its end.
    With ``since`` spans that reach to that day or later are filled again, for sales of days already judged
    may change. Doing it twice changes nothing."""
    sites: Any = t.Site
    covered = covered_days(session, list(session.scalars(select(sites.id))))
    connection = session.connection()
    bounds = {"company": session.company_id, "since": NEVER if since is None else (since - EPOCH).days}
    with _facts(connection, covered):
        first = connection.execute(_FIRST_OPEN, bounds).scalar()
        if first is None:
            return
        bounds["first"] = int(first)
        connection.execute(_SOLD, bounds)
        connection.execute(_stood(connection), bounds)
        if connection.dialect.name != "sqlite":
            connection.exec_driver_sql("ANALYZE judged_sold")
        connection.execute(_FILL, bounds)
        connection.execute(_FILL_SITES, bounds)


def runs(session: TenantSession, is_demo: bool) -> list[RunCard]:
    """The kept forecasts, the newest first."""
    found = session.scalars(
        select(_run).where(_run.is_demo == is_demo).order_by(_run.last_known_day.desc(), _run.id.desc())
    )
    return [
        RunCard(r.id, EPOCH + timedelta(days=r.last_known_day), r.model_version, r.replayed, r.series,
                r.seconds, r.created_at)
        for r in found
    ]


def fits(session: TenantSession) -> list[FitCard]:
    """The models that were learned, the newest first."""
    fit: Any = t.ResponseFit
    found = session.execute(
        select(fit.version, fit.learned_from, fit.created_at).order_by(fit.created_at.desc(), fit.id.desc())
    )
    return [FitCard(*row) for row in found]


def stamp(session: TenantSession) -> tuple[int, int, int]:
    """Numbers that change whenever a run is added or goes, or something more is judged."""
    run: Any = t.ForecastRun
    site: Any = t.SiteForecast
    count, newest = session.execute(select(func.count(run.id), func.coalesce(func.max(run.id), 0))).one()
    judged, units = session.execute(
        select(func.count(site.actual), func.coalesce(func.sum(site.actual), 0))
    ).one()
    return int(count), int(newest), int(judged) * 1_000_003 + int(units)


def sites_of_plans(session: TenantSession) -> dict[int, int]:
    """Planogram → the site where it stands."""
    plan: Any = t.Planogram
    found = session.execute(select(plan.id, plan.site_id).where(plan.site_id.is_not(None)))
    return {row[0]: row[1] for row in found}


def product_rows(session: TenantSession, run_ids: Sequence[int], days: int) -> pd.DataFrame:
    """The judged spans of ``days`` days of products: run_id, site_id, product_id, day, expected, variance,
    naive, scale, available, actual."""
    return _read(session, t.Forecast, run_ids, days, "available",
                 ["run_id", "site_id", "product_id", "day", "expected", "variance", "naive", "scale",
                  "available", "actual"])


def site_rows(session: TenantSession, run_ids: Sequence[int], days: int) -> pd.DataFrame:
    """The judged spans of sites: run_id, site_id, day, expected, variance, naive, scale, stocked, actual."""
    return _read(session, t.SiteForecast, run_ids, days, "stocked",
                 ["run_id", "site_id", "day", "expected", "variance", "naive", "scale", "stocked", "actual"])


def thin(session: TenantSession, is_demo: bool) -> int:
    """Forget what is too old or too fine to be judged again, against the newest run of the origin; returns
    how many runs went. One run a week stays, single days of products for ``DAY_ROWS_KEPT`` days, products
    for ``PRODUCT_ROWS_KEPT``."""
    rows = session.scalars(select(_run).where(_run.is_demo == is_demo).order_by(_run.last_known_day)).all()
    if not rows:
        return 0
    now = rows[-1].last_known_day
    for keep, fine in ((DAY_ROWS_KEPT, "AND days = 1"), (PRODUCT_ROWS_KEPT, "")):
        session.connection().execute(
            text(f"DELETE FROM forecast WHERE company_id = :company {fine} AND run_id IN (SELECT id FROM "
                 "forecast_run WHERE company_id = :company AND is_demo = :demo AND last_known_day < :until)"),
            {"company": session.company_id, "demo": is_demo, "until": now - keep},
        )
    kept: set[tuple[str, int]] = set()
    gone = []
    for row in rows:
        week = (row.model_version, row.last_known_day // 7)
        if week in kept and row.last_known_day < now - DAILY_RUNS_KEPT:
            gone.append(row.id)
        kept.add(week)
    if gone:
        forget_runs(session, gone)
    return len(gone)


def _insert(connection: Connection, model: Any, fixed: Mapping[str, int], columns: Columns) -> None:
    """Rows given as columns; NaN becomes NULL."""
    names = ", ".join((*fixed, *columns))
    values = [_plain(column) for column in columns.values()]
    own = ", ".join(str(int(v)) for v in fixed.values())
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {model.__tablename__} ({names}) VALUES ({own}, {marks})"
        cursor: Any = connection.connection.cursor()
        try:
            cursor.executemany(statement, zip(*values, strict=True))
        finally:
            cursor.close()
        return
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {model.__tablename__} ({names}) FROM STDIN") as copy:
        for row in zip(*values, strict=True):
            copy.write_row((*fixed.values(), *row))


def _plain(column: NDArray[Any]) -> list[Any]:
    if column.dtype.kind != "f":
        return list(column.tolist())
    known = np.isfinite(column)
    plain: list[Any] = column.tolist()
    return plain if known.all() else [value if ok else None for value, ok in zip(plain, known, strict=True)]


def _read(
    session: TenantSession, model: Any, run_ids: Sequence[int], days: int, judged: str, names: list[str]
) -> pd.DataFrame:
    table = model.__table__
    statement = select(*(table.c[name] for name in names)).where(
        table.c.company_id == session.company_id, table.c.run_id.in_(list(run_ids)), table.c.days == days,
        table.c.actual.is_not(None), table.c[judged] > 0,
    )
    cursor: Any = session.connection().execute(statement).cursor  # the driver's own tuples: twice as fast
    frame = pd.DataFrame.from_records(cursor.fetchall(), columns=names)
    whole = [name for name in names if name.endswith("_id") or name in ("day", "actual")]
    return frame.astype({name: "int64" if name in whole else "float64" for name in names})


_OPEN = "f.company_id = :company AND (f.actual IS NULL OR f.day + f.days > :since)"
_ENDED = "JOIN judged_known AS k ON k.site_id = f.site_id AND k.last_day >= f.day + f.days - 1"
_FIRST_OPEN = text(f"SELECT min(f.day) FROM forecast AS f {_ENDED} WHERE {_OPEN}")
_SOLD = text("""
    INSERT INTO judged_sold
    SELECT site_id, product_id, day, sum(units), min(CASE WHEN stockout THEN 1 ELSE 0 END)
    FROM daily_sales
    WHERE company_id = :company AND site_id IN (SELECT site_id FROM judged_known) AND day >= :first
    GROUP BY site_id, product_id, day
""")
_STOOD = """
    INSERT INTO judged_stood
    SELECT v.site_id, pos.product_id, v.since, max(coalesce(v.until, {never}))
    FROM (
        SELECT v.id, p.site_id, {since} AS since,
               lead({since}) OVER (PARTITION BY p.id ORDER BY v.effective_from, v.version) AS until
        FROM planogram_version AS v JOIN planogram AS p ON p.id = v.planogram_id
        WHERE p.company_id = :company AND p.site_id IS NOT NULL AND v.effective_from IS NOT NULL
    ) AS v JOIN position AS pos ON pos.planogram_version_id = v.id
    WHERE coalesce(v.until, {never}) > :first
    GROUP BY v.site_id, pos.product_id, v.since
"""
_TEMPORARY = {
    "judged_known": "site_id INTEGER PRIMARY KEY, last_day INTEGER NOT NULL",
    "judged_sold": "site_id INTEGER, product_id INTEGER, day INTEGER, units INTEGER, out INTEGER, "
                   "PRIMARY KEY (site_id, product_id, day)",
    "judged_stood": "site_id INTEGER, product_id INTEGER, since INTEGER, until INTEGER, "
                    "PRIMARY KEY (site_id, product_id, since)",
}
_HERE = "SELECT 1 FROM judged_stood AS a WHERE a.site_id = f.site_id AND a.product_id = f.product_id"
_FILL = text(f"""
    UPDATE forecast SET actual = x.units, available = x.available
    FROM (
        SELECT f.run_id, f.days, f.site_id, f.product_id, f.day,
               coalesce(sum(CASE WHEN s.out = 0 THEN s.units END), 0) AS units,
               CASE WHEN NOT EXISTS (SELECT 1 FROM judged_stood AS a WHERE a.site_id = f.site_id)
                      OR EXISTS ({_HERE} AND a.since <= f.day AND a.until > f.day)
                     AND EXISTS ({_HERE} AND a.since <= f.day + f.days - 1 AND a.until > f.day + f.days - 1)
                    THEN 1.0 - coalesce(sum(s.out), 0) * 1.0 / f.days ELSE 0.0 END AS available
        FROM forecast AS f {_ENDED}
        LEFT JOIN judged_sold AS s ON s.site_id = f.site_id AND s.product_id = f.product_id
                                  AND s.day BETWEEN f.day AND f.day + f.days - 1
        WHERE {_OPEN}
        GROUP BY f.run_id, f.days, f.site_id, f.product_id, f.day
    ) AS x
    WHERE forecast.run_id = x.run_id AND forecast.days = x.days AND forecast.site_id = x.site_id
      AND forecast.product_id = x.product_id AND forecast.day = x.day
""")
_FILL_SITES = text("""
    UPDATE site_forecast SET actual = f.actual, stocked = f.stocked
    FROM (
        SELECT run_id, days, site_id, day, sum(CASE WHEN available > 0 THEN actual ELSE 0 END) AS actual,
               sum(expected * available) AS stocked
        FROM forecast WHERE company_id = :company
        GROUP BY run_id, days, site_id, day HAVING count(actual) = count(*) AND max(day + days) > :first
    ) AS f
    WHERE site_forecast.run_id = f.run_id AND site_forecast.days = f.days
      AND site_forecast.site_id = f.site_id AND site_forecast.day = f.day
      AND (site_forecast.actual IS NULL OR site_forecast.day + site_forecast.days > :since)
""")


@contextmanager
def _facts(connection: Connection, covered: Mapping[int, int]) -> Iterator[None]:
    """Temporary tables with keys of their own, without which the join takes minutes: up to which day each
    site is known, what sold on each day and which products stood where and when (both still empty)."""
    for name, columns in _TEMPORARY.items():
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")  # left by one that was cut off
        connection.exec_driver_sql(f"CREATE TEMP TABLE {name} ({columns})")
    if covered:
        rows = [{"site": site, "last": last} for site, last in covered.items()]
        connection.execute(text("INSERT INTO judged_known VALUES (:site, :last)"), rows)
    yield
    for name in _TEMPORARY:
        connection.exec_driver_sql(f"DROP TABLE {name}")


def _stood(connection: Connection) -> Any:
    """Fills the table of what stood where, days counted as the sales tables count them."""
    sqlite = connection.dialect.name == "sqlite"
    day = "CAST(julianday(v.effective_from) - 2440587.5 AS INTEGER)" if sqlite \
        else "(v.effective_from - DATE '1970-01-01')"
    return text(_STOOD.format(since=day, never=NEVER))
