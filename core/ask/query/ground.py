"""The company's tables as common table expressions: places, and planograms as they count.

Every table that a statement names is taken from here, so that each has its company beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    Alias,
    ColumnElement,
    Date,
    Integer,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)

from core.ask.dimensions import DIMENSIONS, Holds
from core.ask.plan import Filter
from core.store import tables as t
from core.units import parse_slot

COMPANY = "company"
"""The name of the parameter that holds the company, as the check of statements knows it."""
CABINET, ROW = 65_536, 256
NO_SLOT = -1
Condition = ColumnElement[bool]
Expr = ColumnElement[Any]


class Ground:
    """The tables of one statement. ``sqlite``: for SQLite, else for PostgreSQL."""

    def __init__(self, company_id: int, sqlite: bool) -> None:
        self.company = bindparam(COMPANY, company_id, type_=Integer)
        self.sqlite = sqlite
        self._made: dict[str, CTE] = {}

    def table(self, model: Any, name: str) -> Alias:
        """A table under a name; its company is for ``own`` to say."""
        aliased: Alias = model.__table__.alias(name)
        return aliased

    def own(self, table: Any) -> Condition:
        """The table's rows are the company's."""
        condition: Condition = table.c.company_id == self.company
        return condition

    def day(self, value: date) -> Expr:
        """A day as a parameter, as the database keeps days."""
        return bindparam(None, value.isoformat() if self.sqlite else value, type_=Date())

    def places(self) -> CTE:
        """One row a site: site_id, kind, venue_type, store_id, device_id."""
        return self._once("places", self._places)

    def plans(self, as_of: date | None = None) -> CTE:
        """One row a planogram that is not archived, as the version that counts: planogram_id, site_id,
        project_id, plan_season, status, zone, shape, placement, version_id, stands, number, mates (plans
        that stand at the site and are not archived)."""
        name = "plans" if as_of is None else f"plans_{as_of:%Y%m%d}"
        return self._once(name, lambda: self._plans(name, as_of))

    def _once(self, name: str, make: Callable[[], CTE]) -> CTE:
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]

    def _places(self) -> CTE:
        site, store, device = self.table(t.Site, "s"), self.table(t.Store, "st"), self.table(t.Device, "dv")
        joined = site.outerjoin(store, and_(store.c.site_id == site.c.id, self.own(store))).outerjoin(
            device, and_(device.c.site_id == site.c.id, self.own(device)))
        return (
            select(
                site.c.id.label("site_id"), site.c.kind.label("kind"),
                func.nullif(site.c.venue_type, "").label("venue_type"),
                func.coalesce(store.c.id, device.c.store_id).label("store_id"),
                device.c.id.label("device_id"),
            ).select_from(joined).where(self.own(site)).cte("places")
        )

    def _plans(self, name: str, as_of: date | None) -> CTE:
        version = self.table(t.PlanogramVersion, "v")
        since = version.c.effective_from
        ranked = select(
            version.c.planogram_id, version.c.id.label("version_id"), version.c.fixture_id,
            case((since.is_(None), 0), else_=1).label("stands"),
            func.row_number().over(
                partition_by=version.c.planogram_id,
                order_by=(case((since.is_(None), 1), else_=0), since.desc(), version.c.version.desc()),
            ).label("rank"),
        ).where(self.own(version))
        if as_of is not None:
            ranked = ranked.where(since <= self.day(as_of))
        found = ranked.subquery("ranked")
        plan, cabinet, fixture = (
            self.table(t.Planogram, "pl"), self.table(t.Cabinet, "ca"), self.table(t.Fixture, "fx"))
        joined = (
            found.join(plan, and_(plan.c.id == found.c.planogram_id, self.own(plan)))
            .join(fixture, and_(fixture.c.id == found.c.fixture_id, self.own(fixture)))
            .outerjoin(cabinet, and_(cabinet.c.id == plan.c.cabinet_id, self.own(cabinet)))
        )
        place = func.row_number().over(partition_by=(plan.c.site_id, found.c.stands), order_by=plan.c.id)
        numbered = select(
            plan.c.id.label("planogram_id"), plan.c.site_id, plan.c.project_id,
            _season(plan.c.season).label("plan_season"), plan.c.status,
            fixture.c.temperature_zone.label("zone"), fixture.c.shape, fixture.c.placement,
            found.c.version_id, found.c.stands,
            func.coalesce(cabinet.c.cabinet_index, place - 1).label("number"),
        ).select_from(joined).where(found.c.rank == 1).subquery("numbered")
        mates = func.count().over(partition_by=(numbered.c.site_id, numbered.c.stands))
        return select(numbered, mates.label("mates")).where(numbered.c.status != "archived").cte(name)


def _season(season: Expr) -> Expr:
    """In lower case, fall as autumn, none as null."""
    low = func.lower(func.trim(season))
    return case((low == "fall", literal("autumn")), else_=func.nullif(low, ""))


def column_of(name: str, source: Any) -> tuple[Expr, ...]:
    """The key columns of a dimension of places or plans in its CTE."""
    return tuple(source.c[key] for key in DIMENSIONS[name].keys)


def product_column(name: str, product: Any) -> Expr:
    """The key of a dimension of products in the product table."""
    columns: dict[str, Expr] = {
        "product": product.c.id, "brand": func.nullif(product.c.brand, ""),
        "category": product.c.category_id, "temperature": product.c.temperature,
    }
    return columns[name]


def passes(chosen: Filter, column: Expr) -> Condition:
    """Whether a column has one of the filter's values, or none of them."""
    known = [v for v in chosen.values if v is not None]
    unknown = None in chosen.values
    if chosen.negated:
        parts = [column.not_in(known)] if known else []
        if unknown:
            return and_(column.is_not(None), *parts)
        return or_(column.is_(None), *parts)
    hits: list[Condition] = [column.in_(known)] if known else []
    if unknown:
        hits.append(column.is_(None))
    return or_(*hits)


def passes_slot(chosen: Filter, row: Expr, column: Expr) -> Condition:
    """Whether a cell is one of the filter's slots, or none of them; unknown cells pass neither."""
    cells = [parse_slot(str(value)) for value in chosen.values]
    here: Condition = or_(*(and_(row == r, column == c) for r, c in cells))
    return and_(row.is_not(None), ~here) if chosen.negated else here


def quotient(above: Expr, below: Expr) -> Expr:
    """Null where the denominator is 0."""
    return above / func.nullif(below, 0)


def number(value: Expr) -> Expr:
    """As a double."""
    from sqlalchemy import Double

    return cast(value, Double)


def is_text(name: str) -> bool:
    return DIMENSIONS[name].holds is Holds.TEXT
