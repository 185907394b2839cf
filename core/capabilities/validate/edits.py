"""The edit that a fix is: what it does to a plan, and what it is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.planogram import edit
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Catalog
from core.units import slot_name


@dataclass(frozen=True, slots=True)
class Fix:
    """One edit. ``action``: swap, replace, remove, facings, stack, price or stock; ``at`` is the position it
    concerns, or the (row, column) of an empty place; ``value`` the other position, the product or figures."""

    action: str
    title: str
    at: Position | tuple[int, int]
    value: Position | int | float | tuple[int | None, int | None] | None = None

    def applied(self, plan: Planogram, catalog: Catalog) -> Planogram:
        """The plan after the edit. Raises BadInput when the plan has changed meanwhile, RuleViolation for
        what a hard rule forbids."""
        return _EDITS[self.action](plan, catalog, self)

    def explain(self) -> dict[str, object]:
        """The fix as plain values."""
        at = self.at.slot if isinstance(self.at, Position) else slot_name(*self.at)
        shown: dict[str, object] = {"action": self.action, "title": self.title, "slot": at}
        if isinstance(self.value, Position):
            shown["with_slot"] = self.value.slot
        elif self.action == "replace":
            shown["product_id"] = self.value
        elif self.value is not None:
            shown["value"] = list(self.value) if isinstance(self.value, tuple) else self.value
        return shown


def _do_swap(plan: Planogram, catalog: Catalog, fix: Fix) -> Planogram:
    assert isinstance(fix.value, Position)
    return edit.swap(plan, catalog, _place(fix), fix.value)


def _do_replace(plan: Planogram, catalog: Catalog, fix: Fix) -> Planogram:
    assert isinstance(fix.value, int)
    cell = (fix.at.row, fix.at.column) if isinstance(fix.at, Position) else fix.at
    if isinstance(fix.at, Position):
        edit.find(plan, fix.at)
        removed = edit.remove(plan, catalog, fix.at)
        return edit.drop(removed, catalog, cell, product_id=fix.value).plan
    return edit.drop(plan, catalog, cell, product_id=fix.value).plan


def _do_remove(plan: Planogram, catalog: Catalog, fix: Fix) -> Planogram:
    return edit.remove(plan, catalog, _place(fix))


def _do_facings(plan: Planogram, catalog: Catalog, fix: Fix) -> Planogram:
    assert isinstance(fix.value, int)
    return edit.set_facings(plan, catalog, _place(fix), fix.value)


def _do_stack(plan: Planogram, catalog: Catalog, fix: Fix) -> Planogram:
    at = _place(fix)
    assert isinstance(fix.value, int)
    return edit.set_facings(plan, catalog, at, at.facings, high=fix.value)


def _do_price(plan: Planogram, catalog: Catalog, fix: Fix) -> Planogram:
    assert isinstance(fix.value, float)
    return edit.set_price(plan, _place(fix), fix.value)


def _do_stock(plan: Planogram, catalog: Catalog, fix: Fix) -> Planogram:
    assert isinstance(fix.value, tuple)
    quantity, par = fix.value
    return edit.set_stock(plan, _place(fix), quantity=quantity, par_level=par)


def _place(fix: Fix) -> Position:
    assert isinstance(fix.at, Position)
    return fix.at


_EDITS: Mapping[str, Callable[[Planogram, Catalog, Fix], Planogram]] = {
    "swap": _do_swap, "replace": _do_replace, "remove": _do_remove, "facings": _do_facings,
    "stack": _do_stack, "price": _do_price, "stock": _do_stock,
}
