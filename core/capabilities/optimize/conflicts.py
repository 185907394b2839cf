"""Locks and limits of an optimization: which positions stay, and what contradicts what."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from core.capabilities.optimize.value import prices_of
from core.planogram.findings import Rule, Violation
from core.planogram.fixture import Placement
from core.planogram.planogram import Planogram, Position, RuleSet
from core.planogram.product import Catalog, Product
from core.planogram.space import fits, is_free, length, new_position, row_length, span, start_of, tolerance
from core.units import slot_name

HEIGHT_TOLERANCE_IN = 0.01
NAMED = 3

Cell = tuple[int, int]
PlacedLock = tuple[Cell, int]
"""((row, column), product id)"""


@dataclass(frozen=True, slots=True)
class Limits:
    """Facings of products over all their places: ``least`` each has to have, above 0 only where it must be
    placed · ``smallest`` of one that is placed · ``most``."""

    least: Mapping[int, int]
    smallest: Mapping[int, int]
    most: Mapping[int, int]

    def allow(self, plan: Planogram) -> bool:
        """Whether a plan keeps them."""
        now = facings_of(plan.positions)
        return all(
            max(self.least[i], self.smallest[i] if now.get(i) else 0) <= now.get(i, 0) <= self.most[i]
            for i in self.least
        )


def facings_of(positions: Sequence[Position]) -> dict[int, int]:
    """Facings of each product over all its places."""
    found: dict[int, int] = {}
    for p in positions:
        found[p.product_id] = found.get(p.product_id, 0) + p.facings
    return found


def impossible_here(product: Product, plan: Planogram) -> str:
    """Why a product can stand nowhere on the fixture, or nothing. What stands there fits."""
    fixture = plan.fixture
    if product.temperature not in (None, fixture.temperature_zone):
        return (f"{product.name} needs a place that is {product.temperature}, this one is "
                f"{fixture.temperature_zone}.")
    measured = math.isfinite(product.width_in) and product.width_in > 0
    if fixture.placement is not Placement.SLOTS and not measured:
        return f"{product.name} has a width of {product.width_in:g} in."
    room, stands = fixture.shelf_height_in, bool(plan.of_product(product.id))
    if math.isfinite(product.height_in) and product.height_in > room + HEIGHT_TOLERANCE_IN and not stands:
        return f"{product.name} is {product.height_in:g} in high, too tall for any shelf ({room:.1f} in)."
    need, longest = length(product, fixture), max(row_length(fixture, r) for r in range(fixture.rows))
    if not fits(need, 0.0, longest):
        unit = "in" if is_free(fixture) else "cells"
        return f"{product.name} needs {need:g} {unit}, the longest row has {longest:g}."
    return ""


def held_positions(
    plan: Planogram, catalog: Catalog, locks: Sequence[PlacedLock]
) -> tuple[Position, ...]:
    """Positions that stay where they are: those locked on the plan, and one for each lock that can be."""
    held = [p for p in plan.positions if p.locked]
    prices = prices_of(plan)
    for (row, column), product_id in locks:
        stands = plan.at(row, column)
        if stands is not None and stands.product_id == product_id:
            held += [] if stands in held else [stands]
        elif not _no_place(plan, catalog[product_id], (row, column)):
            start = start_of(plan.fixture, column)
            fresh = new_position(catalog[product_id], plan.fixture, row, start)
            held.append(replace(fresh, price=prices.get(product_id)))
    return tuple(held)


def wrong_locks(
    plan: Planogram, catalog: Catalog, locks: Sequence[PlacedLock], held: Sequence[Position]
) -> list[Violation]:
    """Locks that a rule or another lock forbids."""
    found = []
    for (row, column), product_id in locks:
        stands = plan.at(row, column)
        if stands is not None and stands.product_id == product_id:
            continue
        why, slot = _no_place(plan, catalog[product_id], (row, column)), slot_name(row, column)
        if why:
            message = f"The lock of {catalog[product_id].name} at {slot} cannot be kept: {why}"
            found.append(Violation(Rule.LOCKED, message, slot, product_id, "Take the lock off."))
    own = {id(p) for p in plan.positions}
    for a, b in combinations(held, 2):
        if not {id(a), id(b)} <= own:  # what stands on the plan already need not be mended first
            found += _quarrel(plan, catalog, a, b)
    return found


def _no_place(plan: Planogram, product: Product, cell: Cell) -> str:
    """Why a product that does not stand there cannot stand at a cell, or nothing."""
    why = impossible_here(product, plan)
    row, column = cell
    if why:
        return why
    end = row_length(plan.fixture, row)
    if not fits(length(product, plan.fixture), start_of(plan.fixture, column), end):
        return "it would reach over the end of the row."
    return ""


def _quarrel(plan: Planogram, catalog: Catalog, a: Position, b: Position) -> list[Violation]:
    """What forbids two held positions side by side."""
    names = catalog[a.product_id].name, catalog[b.product_id].name
    (a0, a1), (b0, b1) = span(a, plan.fixture), span(b, plan.fixture)
    if a.row == b.row and min(a1, b1) - max(a0, b0) > tolerance(plan.fixture) + 1e-9:
        message = f"{names[0]} is locked at {a.slot} and {names[1]} at {b.slot}, and they overlap."
        return [Violation(Rule.LOCKED, message, b.slot, b.product_id, "Take one of the two locks off.")]
    if plan.rule_set is RuleSet.STRICT and a.product_id == b.product_id:
        message = (f"{names[0]} is locked at {a.slot} and at {b.slot}, and under the strict rules it stands "
                   "once.")
        hint = "Take one of the two locks off, or use the rule set “as found”."
        return [Violation(Rule.REPEATED, message, b.slot, b.product_id, hint)]
    return []


def limit_conflicts(
    plan: Planogram, catalog: Catalog, limits: Limits, held: Sequence[Position], asked: Sequence[int]
) -> list[Violation]:
    """Limits against each other, against locks and against what fits."""
    facings, choice = facings_of(held), set(asked)
    found = []
    for i, least in limits.least.items():
        said = _limit_conflict(plan, catalog[i], least, limits.most[i], facings.get(i, 0), i in choice)
        if said:
            where = next((p.slot for p in held if p.product_id == i), None)
            found.append(Violation(Rule.FACINGS, said[0], where, i, said[1]))
    return found


def _limit_conflict(
    plan: Planogram, product: Product, least: int, most: int, locked: int, is_asked: bool
) -> tuple[str, str] | None:
    """(what conflicts, what to do) of one product's limits."""
    name, wants = product.name, _facings(least)
    if least > most:
        hint = "Lower the minimum, or raise the maximum."
        return f"{name} is to have at least {wants} and at most {most}.", hint
    if locked > most:
        return (f"{name} is locked with {_facings(locked)}, and may have at most {most}.",
                "Take the lock off, or raise the maximum.")
    if least <= locked:
        return None
    why = impossible_here(product, plan)
    if why:
        return f"{name} is to have at least {wants}, and cannot: {why}", "Take the minimum off."
    if not is_asked:
        return (f"{name} is to have at least {wants}, and is not among the products to choose from.",
                "Add it to them, or take the minimum off.")
    if plan.rule_set is RuleSet.STRICT and locked:
        return (f"{name} is locked with {_facings(locked)}, and is to have at least {least}.",
                "Take the lock off, or lower the minimum.")
    longest = max(row_length(plan.fixture, r) for r in range(plan.fixture.rows))
    if plan.rule_set is RuleSet.STRICT and not fits(length(product, plan.fixture, least), 0.0, longest):
        return f"{name} is to have at least {wants}, more than the longest row holds.", "Lower the minimum."
    return None


def room_conflicts(
    plan: Planogram, catalog: Catalog, limits: Limits, held: Sequence[Position]
) -> list[Violation]:
    """What is required against the room that locks leave."""
    fixture, locked = plan.fixture, facings_of(held)
    total = sum(row_length(fixture, r) for r in range(fixture.rows))
    room = total - sum(end - start for start, end in (span(p, fixture) for p in held))
    needs = {
        i: length(catalog[i], fixture, least - locked.get(i, 0))
        for i, least in limits.least.items()
        if least > locked.get(i, 0) and not impossible_here(catalog[i], plan)
    }
    if sum(needs.values()) <= room + 1e-6:
        return []
    unit = "in" if is_free(fixture) else "slots" if fixture.placement is Placement.SLOTS else "cells"
    largest = sorted(needs, key=lambda i: -needs[i])[:NAMED]
    message = (f"The minimum facings ask for {sum(needs.values()):g} {unit}, and locks leave "
               f"{max(room, 0.0):g} of {total:g}; most is asked for by "
               f"{', '.join(catalog[i].name for i in largest)}.")
    return [Violation(Rule.FACINGS, message, None, largest[0], "Lower some minimum, or take a lock off.")]


def _facings(n: int) -> str:
    return f"{n} facing{'' if n == 1 else 's'}"
