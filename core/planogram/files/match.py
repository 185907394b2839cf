"""From what a file says to a planogram of this catalog, with a reason for every row that is left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.errors import BadInput
from core.planogram.files.values import FilePosition, FileProduct, PlanFile, RowProblem, require_few
from core.planogram.fixture import Fixture
from core.planogram.parse import position_from_payload
from core.planogram.places import is_number
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Catalog
from core.planogram.rules import refusal, violations
from core.planogram.space import is_free
from core.units import COLLISION_TOLERANCE_IN


@dataclass(frozen=True, slots=True)
class Matched:
    """The planogram of a file in this catalog. ``problems`` name the rows that are not in it, by line."""

    plan: Planogram
    problems: tuple[RowProblem, ...]


def find_products(products: Sequence[FileProduct], catalog: Catalog) -> list[int | None]:
    """Catalog id of each product of a file, None where there is none.

    By UPC; else by id, where the names do not contradict; else by name, where only one product has it.
    Never by likeness.
    """
    by_upc = {p.upc: p.id for p in catalog.values() if p.upc}
    named: dict[str, list[int]] = defaultdict(list)
    for p in catalog.values():
        named[_plain(p.name)].append(p.id)
    return [_find(f, catalog, by_upc, named) for f in products]


def _find(
    found: FileProduct, catalog: Catalog, by_upc: Mapping[str, int], named: Mapping[str, list[int]]
) -> int | None:
    wanted = found.product
    if wanted.upc and (known := by_upc.get(wanted.upc)) is not None:
        return known
    same_id = catalog.get(wanted.id)
    if same_id is not None and _plain(wanted.name) in ("", _plain(same_id.name)):
        return same_id.id
    same_name = named.get(_plain(wanted.name), [])
    return same_name[0] if len(same_name) == 1 else None


def _plain(name: str) -> str:
    return " ".join(name.lower().split())


def match(
    file: PlanFile, catalog: Catalog, ids: Mapping[int, int] | None = None
) -> Matched:
    """The plan of a file, its products taken from ``catalog``; ``ids`` adds ids by the file's product index.

    A position whose product is unknown, that cannot be read or that breaks a hard rule is left out and
    reported. Raises BadInput for more than ``MAX_POSITIONS`` and RuleViolation for a fixture that
    is not possible.
    """
    require_few(len(file.positions))
    known = find_products(file.products, catalog)
    problems = list(file.problems)
    placed: list[tuple[int, Position]] = []
    for entry in file.positions:
        product_id = (ids or {}).get(entry.product, known[entry.product])
        try:
            placed.append((entry.line, _position(entry, product_id, file, catalog)))
        except BadInput as error:
            problems.append(RowProblem(entry.line, error.message))
    kept, broken = _lawful(file, placed, catalog)
    plan = Planogram(file.fixture, tuple(p for _, p in kept), file.rule_set)
    return Matched(plan, tuple(sorted((*problems, *broken), key=lambda p: p.line)))


def _position(
    entry: FilePosition, product_id: int | None, file: PlanFile, catalog: Catalog
) -> Position:
    if product_id is None:
        product = file.products[entry.product].product
        upc = f" (UPC {product.upc})" if product.upc else ""
        shown = product.name or (f"Product {product.id}" if product.id else "A product without name")
        raise BadInput(f"{shown}{upc} is not in the catalog.", "Add the product first.")
    position = position_from_payload({**entry.item, "product_id": product_id}, file.fixture, catalog)
    return _as_measured(position, entry.item, file.fixture)


def _as_measured(position: Position, item: Mapping[str, object], fixture: Fixture) -> Position:
    """On a grid, edge and width as the file has them where they mean the same cells."""
    if is_free(fixture):
        return position
    x, width = item.get("x_in"), item.get("width_in")
    if is_number(x) and abs(x - position.x_in) <= COLLISION_TOLERANCE_IN:
        position = replace(position, x_in=float(x))
    if is_number(width) and abs(width - position.width_in) <= COLLISION_TOLERANCE_IN:
        position = replace(position, width_in=float(width))
    return position


def _lawful(
    file: PlanFile, placed: Sequence[tuple[int, Position]], catalog: Catalog
) -> tuple[list[tuple[int, Position]], list[RowProblem]]:
    """The positions without those that break a hard rule, and why these go."""
    kept = list(placed)
    broken: list[RowProblem] = []
    while True:
        plan = Planogram(file.fixture, tuple(p for _, p in kept), file.rule_set)
        found = violations(plan, catalog)
        if any(v.slot is None for v in found):
            raise refusal(found)
        if not found:
            return kept, broken
        reasons: dict[tuple[str | None, int | None], list[str]] = defaultdict(list)
        for v in found:
            reasons[v.slot, v.product_id].append(v.message)
        gone = {}
        for index, (line, p) in sorted(enumerate(kept), key=lambda entry: -entry[1][0]):
            if left := reasons[p.slot, p.product_id]:
                gone[index] = RowProblem(line, left.pop())
        broken += gone.values()
        kept = [entry for index, entry in enumerate(kept) if index not in gone]
