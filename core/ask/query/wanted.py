"""What to sum of a table, and what the sums of all tables have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, literal_column, select

from core.ask.dimensions import DIMENSIONS, Scope
from core.ask.period import Days
from core.ask.plan import Filter
from core.ask.query.ground import Condition, Expr, Ground, passes, product_column
from core.store import tables as t


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to sum: ``sums`` by their names in ``core.ask.measures`` without the table's, besides ``n`` and
    ``places`` · ``as_of`` of space · ``latest``: only the last audit of each plan, whenever it was ·
    ``long``: the days are most of those that are kept."""

    by: tuple[str, ...]
    filters: tuple[Filter, ...]
    sums: tuple[str, ...]
    days: Days
    as_of: Any = None
    latest: bool = False
    standing: bool = True
    long: bool = False

    def of(self, *scopes: Scope) -> list[str]:
        return [d for d in self.by if DIMENSIONS[d].scope in scopes]

    def chosen(self, *scopes: Scope) -> list[Filter]:
        return [f for f in self.filters if DIMENSIONS[f.dimension].scope in scopes]


def keys_of(by: Sequence[str]) -> list[tuple[str, str]]:
    """(dimension, key column) of each key, in the order of ``k0``, ``k1`` …"""
    return [(d, key) for d in by for key in DIMENSIONS[d].keys]


def summed(
    wanted: Wanted, found: Select[Any], columns: dict[str, tuple[Expr, ...]], sums: dict[str, Expr]
) -> Select[Any]:
    """The sums that are wanted, by the keys of their groups; always with ``n``, the rows that are summed."""
    keys = [column for d in wanted.by for column in columns[d]]
    found = found.add_columns(*(key.label(f"k{i}") for i, key in enumerate(keys)))
    found = found.add_columns(*(sums[name].label(name) for name in dict.fromkeys((*wanted.sums, "n"))))
    return found.group_by(*(literal_number(i + 1) for i in range(len(keys)))) if keys else found


def literal_number(number: int) -> Expr:
    """A number written out, as GROUP BY names a column of the result."""
    found: Expr = literal_column(str(int(number)))
    return found


def product_filters(ground: Ground, wanted: Wanted, product_id: Expr) -> list[Condition]:
    """The filters on products, as conditions on a column of their ids."""
    chosen = wanted.chosen(Scope.PRODUCT)
    if all(f.dimension == "product" for f in chosen):
        return [passes(f, product_id) for f in chosen]
    product = ground.table(t.Product, "fp")
    inside = select(product.c.id).where(
        ground.own(product), *(passes(f, product_column(f.dimension, product)) for f in chosen))
    return [product_id.in_(inside)]


def without(wanted: Wanted, *scopes: Scope) -> Wanted:
    """The same without filters and groups of some scopes."""
    return replace(
        wanted, by=tuple(d for d in wanted.by if DIMENSIONS[d].scope not in scopes),
        filters=tuple(f for f in wanted.filters if DIMENSIONS[f.dimension].scope not in scopes))
