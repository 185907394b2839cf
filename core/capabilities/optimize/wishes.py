"""What is asked of an optimization, and what that leaves to choose."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from core.capabilities.optimize.conflicts import (
    Limits,
    held_positions,
    impossible_here,
    limit_conflicts,
    room_conflicts,
    wrong_locks,
)
from core.capabilities.optimize.value import REVENUE, Goals, Worth, worth_of
from core.capabilities.widen import covering, known_product
from core.errors import BadInput, RuleViolation
from core.planogram.fixture import TemperatureZone
from core.planogram.places import count
from core.planogram.planogram import Planogram, Position, RuleSet
from core.planogram.product import Product
from core.planogram.space import length, row_length, span
from core.site.site import Site

MOST_FACINGS = 4
"""Facings (coils of a machine) of a product at most where nobody says otherwise: what more of them bring, no
study has measured."""
TOUCHING = 1e-6
"""Units by which two blocks may overlap in rounding."""
LEAST_TIME_S, MOST_TIME_S = 0.1, 600.0

Blocks = Literal["brand", "category"]
Limit = int | Mapping[int, int] | None


@dataclass(frozen=True, slots=True)
class Lock:
    """A product that has to stand at a slot (``B4``, or the machine's own label)."""

    slot: str
    product_id: int


@dataclass(frozen=True, slots=True)
class Wishes:
    """``products``: who may stand there; what is locked on the plan stays anyway. None: those in ``usual``
    (None: everybody in the catalog) who fit, except that nothing is frozen of which nobody said that it may
    be · ``min_facings``, ``max_facings``: one number for every product that is placed, or
    one for each product named, which then has to be placed (min) · ``blocks``: keep each brand or category
    together."""

    goals: Goals = REVENUE
    products: tuple[int, ...] | None = None
    locks: tuple[Lock, ...] = ()
    min_facings: Limit = None
    max_facings: Limit = None
    blocks: Blocks | None = None
    time_limit_s: float = 10.0
    usual: tuple[int, ...] | None = None


@dataclass(frozen=True, eq=False)
class Task:
    """What is left to choose. ``site`` knows every product. ``candidates``: who may be placed · ``limits``:
    facings of each · ``held``: positions that stay · ``impossible``: product → why it can stand nowhere."""

    plan: Planogram
    site: Site
    wishes: Wishes
    worth: Worth
    candidates: tuple[int, ...]
    limits: Limits
    held: tuple[Position, ...]
    impossible: Mapping[int, str] = field(default_factory=dict)

    @property
    def strict(self) -> bool:
        return self.plan.rule_set is RuleSet.STRICT

    def name(self, product_id: int) -> str:
        return self.site.catalog[product_id].name

    def keeps(self, plan: Planogram) -> bool:
        """Whether a plan is as the wishes ask; the hard rules are another matter."""
        held = {_key(p) for p in self.held}
        if not held <= {_key(p) for p in plan.positions}:
            return False
        loose = {p.product_id for p in plan.positions if _key(p) not in held}
        return loose <= set(self.candidates) and self.limits.allow(plan) and self._in_blocks(plan)

    def _in_blocks(self, plan: Planogram) -> bool:
        """Whether each block stands in one window: neighboring rows, nothing of another block within."""
        key = block_key(self.wishes)
        if key is None:
            return True
        stands = [
            (key(self.site.catalog[p.product_id]), p.row, *span(p, plan.fixture)) for p in plan.positions
        ]
        for name in {s[0] for s in stands}:
            own = [s for s in stands if s[0] == name]
            rows, left, right = {s[1] for s in own}, min(s[2] for s in own), max(s[3] for s in own)
            if max(rows) - min(rows) + 1 != len(rows):
                return False
            others = [s for s in stands if s[0] != name and s[1] in rows]
            if any(min(s[3], right) - max(s[2], left) > TOUCHING for s in others):
                return False
        return True


def task_of(plan: Planogram, site: Site, wishes: Wishes) -> Task:
    """What the wishes leave to choose on ``plan``.

    Raises BadInput for a wish that means nothing (a product that is not in the catalog, a slot that is not
    on the fixture, a negative number) and RuleViolation, one violation a conflict, for wishes that
    contradict each other or a hard rule.
    """
    if not LEAST_TIME_S <= wishes.time_limit_s <= MOST_TIME_S:
        raise BadInput(f"A time limit of {wishes.time_limit_s:g} s is not possible.",
                       f"Give {LEAST_TIME_S:g} to {MOST_TIME_S:g} seconds.")
    if wishes.products is not None and not wishes.products:
        raise BadInput("There is no product to choose from.", "Name at least one, or leave the choice open.")
    asked = _asked(site, wishes)
    locks = [(plan.fixture.locate(k.slot), k.product_id) for k in dict.fromkeys(wishes.locks)]
    held = held_positions(plan, site.catalog, locks)
    impossible = {i: why for i in asked if (why := _unfit(site.catalog[i], plan, wishes))}
    limits = _limits(plan, site, wishes, asked, held, impossible)
    conflicts = [
        *wrong_locks(plan, site.catalog, locks, held),
        *limit_conflicts(plan, site.catalog, limits, held, asked),
        *room_conflicts(plan, site.catalog, limits, held),
    ]
    if conflicts:
        more = f" {len(conflicts) - 1} more of the wishes conflict." if len(conflicts) > 1 else ""
        raise RuleViolation(conflicts[0].message + more, conflicts[0].hint, conflicts)
    impossible |= {
        i: why for i in asked
        if i not in impossible and (why := _forbidden(limits.most[i], limits.smallest[i]))
    }
    candidates = tuple(i for i in asked if i not in impossible)
    site = covering(site, (plan,), (*candidates, *(p.product_id for p in held)))
    worth = worth_of(site, plan, wishes.goals)
    return Task(plan, site, wishes, worth, candidates, limits, held, impossible)


def _asked(site: Site, wishes: Wishes) -> tuple[int, ...]:
    """The products to choose from. Raises BadInput for one, in any wish, that is not in the catalog."""
    limits = (wishes.min_facings, wishes.max_facings)
    named = {i for limit in limits if isinstance(limit, Mapping) for i in limit}
    for product_id in {*(wishes.products or ()), *named, *(lock.product_id for lock in wishes.locks)}:
        known_product(site, product_id)
    if wishes.products is not None:
        return tuple(dict.fromkeys(wishes.products))
    usual = site.catalog.keys() if wishes.usual is None else site.catalog.keys() & set(wishes.usual)
    return tuple(sorted({*usual, *(site.catalog.keys() & named)}))


def _unfit(product: Product, plan: Planogram, wishes: Wishes) -> str:
    """Why a product may stand nowhere, or nothing."""
    why = impossible_here(product, plan)
    if why or wishes.products is not None or plan.of_product(product.id):
        return why
    named = {lock.product_id for lock in wishes.locks}
    if isinstance(wishes.min_facings, Mapping):
        named |= wishes.min_facings.keys()
    frozen = plan.fixture.temperature_zone is TemperatureZone.FROZEN
    if frozen and product.temperature is None and product.id not in named:
        return f"Nothing says that {product.name} may be frozen; name it to have it considered."
    return ""


def _limits(
    plan: Planogram, site: Site, wishes: Wishes, asked: Sequence[int], held: Sequence[Position],
    impossible: Mapping[int, str],
) -> Limits:
    """Facings of every product that any wish or lock speaks of. Raises BadInput for what is no number."""
    low_all, low = _each(wishes.min_facings, "min facings")
    high_all, high = _each(wishes.max_facings, "max facings")
    every = sorted({*asked, *low, *high, *(p.product_id for p in held)} & site.catalog.keys())
    usual = _usual_most(plan, site, [i for i in asked if i not in impossible])
    now: dict[int, int] = {}
    for p in plan.positions:
        now[p.product_id] = now.get(p.product_id, 0) + p.facings
    smallest = {i: max(low.get(i, low_all or 0), 1) for i in every}
    default = {i: max(usual, smallest[i], now.get(i, 0)) if high_all is None else high_all for i in every}
    return Limits({i: low.get(i, 0) for i in every}, smallest, {i: high.get(i, default[i]) for i in every})


def _each(limit: Limit, name: str) -> tuple[int | None, dict[int, int]]:
    """(the number for all products, the numbers of those that are named)."""
    if isinstance(limit, Mapping):
        return None, {i: count(n, name, 0, 999) for i, n in limit.items()}
    return None if limit is None else count(limit, name, 0, 999), {}


def _usual_most(plan: Planogram, site: Site, usable: Sequence[int]) -> int:
    """Facings at most where nobody says: more than usual where so few products could not fill the rows."""
    fixture = plan.fixture
    total = sum(row_length(fixture, r) for r in range(fixture.rows))
    once = sum(length(site.catalog[i], fixture) for i in usable)
    return max(MOST_FACINGS, -int(-total // once)) if once > 0 else MOST_FACINGS


def _forbidden(most: int, smallest: int) -> str:
    """Why limits let a product stand nowhere, or nothing."""
    if most < 1:
        return "You set its facings to at most 0."
    if smallest > most:
        return f"Your limits ask for at least {smallest} facings and at most {most}."
    return ""


def _key(p: Position) -> tuple[int, int, int, int]:
    return p.product_id, p.row, p.column, p.facings


def block_key(wishes: Wishes) -> Callable[[Product], str] | None:
    """What block a product belongs to, where there are blocks."""
    if wishes.blocks is None:
        return None
    return (lambda p: p.brand) if wishes.blocks == "brand" else (lambda p: p.category)
