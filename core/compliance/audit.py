"""A photo against a plan: ``audit(reading, plan, catalog)`` answers with an ``Audit`` (see ``findings``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from core.compliance.align import Alignment, align
from core.compliance.findings import Audit, Detected, Kind, RowResult, Standing, Violation
from core.compliance.judge import Judgement, State, in_photo, judge
from core.compliance.reading import SHOWN_FROM, Reading
from core.compliance.score import DEFINITION, availability, compliance, facings_of, name_of, shares_of
from core.compliance.words import row_text, violations, where_it_stands
from core.planogram.instructions_text import shelf_name
from core.planogram.planogram import Planogram
from core.planogram.product import Catalog


def audit(reading: Reading, plan: Planogram, catalog: Catalog) -> Audit:
    """What stands right and what does not. Whatever a reading holds is answered; nothing is raised.

    What is outside the photo or behind something is never missing; what is less sure than ``SHOWN_FROM`` is
    kept apart, to check.
    """
    a = align(reading, plan, catalog)
    return told(a, judge(a), catalog)


def told(a: Alignment, j: Judgement, catalog: Catalog) -> Audit:
    """The audit of what has been aligned and judged."""
    found = violations(a, j, catalog)
    facts = tuple(v for v in found if v.is_fact)
    open_ = tuple(v for v in found if not v.is_fact)
    counted = facings_of(a, j, catalog)
    score = compliance(a, j)
    rows = _rows(a, j, facts)
    judged = j.state != State.NOT_SEEN
    value, low, high = score or (None, None, None)
    return Audit(
        value, low, high, DEFINITION, facts, open_, _detected(a, j, found, catalog), counted,
        shares_of(a, j, catalog), availability(counted), rows, int(judged.sum()),
        int((j.state == State.RIGHT).sum()), int((~judged).sum()), _summary(a, j, facts, score),
        _notes(a, j, rows), a.seen.reading.quality, _behind(a, j),
    )


def _detected(
    a: Alignment, j: Judgement, found: Sequence[Violation], catalog: Catalog
) -> tuple[Detected, ...]:
    of = {f: v for v in reversed(found) for f in v.facings}
    facings = a.seen.reading.facings
    names = [None if n < 0 else n for n in a.seen.named.tolist()]
    spots = [where_it_stands(a, i) for i in range(len(facings))]
    standing = _standings(a, j, of)
    return tuple(
        Detected(i, name, None if name is None else name_of(name, catalog), facing.box,
                 spot.row if spot else None, spot.column if spot else None, spot.slot if spot else None,
                 sure, likely, standing[i], of[i].id if i in of else None)
        for i, (facing, name, spot, sure, likely) in enumerate(zip(
            facings, names, spots, a.seen.confidence.tolist(), a.seen.named_share.tolist(), strict=True))
    )


def _standings(a: Alignment, j: Judgement, of: Mapping[int, Violation]) -> list[Standing]:
    """How each facing stands; ``of``: the violation it belongs to."""
    placed = a.unit_of >= 0
    right = np.zeros(len(a.seen), bool)
    right[placed] = j.state[a.unit_of[placed]] == State.RIGHT
    facts = {f for f, violation in of.items() if violation.is_fact}

    def how(facing: int, is_right: bool, is_piled: bool, is_placed: bool) -> Standing:
        if is_right:
            return Standing.RIGHT
        if is_piled:
            return Standing.PILED
        if facing in j.outside:
            return Standing.OUTSIDE
        if facing in j.moved:
            return Standing.MOVED
        if facing not in facts:
            return Standing.UNSURE
        return Standing.WRONG if is_placed else Standing.EXTRA

    columns = right.tolist(), (a.on >= 0).tolist(), placed.tolist()
    return [how(i, *row) for i, row in enumerate(zip(*columns, strict=True))]


def _rows(a: Alignment, j: Judgement, facts: Sequence[Violation]) -> tuple[RowResult, ...]:
    fixture = a.planned.plan.fixture
    result = []
    for row in range(fixture.rows):
        units = a.planned.of_row(row)
        state = j.state[units]
        judged, right = int((state != State.NOT_SEEN).sum()), int((state == State.RIGHT).sum())
        ids = tuple(v.id for v in facts if row in _rows_of(v))
        score = compliance(a, j, units)
        name = shelf_name(row, fixture).split(",")[0].split(" (")[0]
        result.append(RowResult(
            row, name, row in a.rows.values(), judged, right, len(units) - judged,
            score[0] if score else None, ids, row_text(name, judged, right, len(units) - judged, len(ids)),
        ))
    return tuple(result)


def _rows_of(v: Violation) -> set[int]:
    """The rows that a violation is about: both ends of a move."""
    spots = [stock.spot for stock in (v.expected, v.actual) if stock is not None]
    return {spot.row for spot in spots if spot is not None}


def _summary(
    a: Alignment, j: Judgement, facts: Sequence[Violation], score: tuple[float, float, float] | None
) -> str:
    """The sentence that matters."""
    if score is None:
        return "No planned facing can be seen in the photo." if len(a.planned) else "The plan is empty."
    planned, right = int((j.state != State.NOT_SEEN).sum()), int((j.state == State.RIGHT).sum())
    head = f"{right} of {planned} planned facings stand right"
    if not facts:
        return f"{head}; nothing departs from the plan." if right == planned else f"{head}; some need a look."
    gone = [v for v in facts if v.kind in (Kind.OUT_OF_STOCK, Kind.MISSING_PRODUCT)]
    empty = f", {_count(len(gone), 'product')} cannot be bought" if gone else ""
    return f"{head}: {_count(len(facts), 'departure')} to fix{empty}."


def _notes(a: Alignment, j: Judgement, rows: Sequence[RowResult]) -> tuple[str, ...]:
    notes = []
    missing = [r.name for r in rows if not r.is_seen and r.not_seen]
    if missing:
        notes.append(f"Not in the photo: {', '.join(missing)}.")
    hidden = _behind(a, j)
    if hidden:
        seen = int((j.state != State.NOT_SEEN).sum())
        notes.append(f"{_count(hidden, 'planned facing')} cannot be seen behind what is before the shelf: "
                     f"the score is of {seen:,} of {len(a.planned):,} places.")
    cut = sum(r.not_seen for r in rows if r.is_seen) - hidden
    if cut:
        notes.append(f"{_count(cut, 'planned facing')} outside the photo, which is cut off.")
    extra = a.seen.rows - len(a.rows)
    if extra > 0:
        notes.append(f"{_count(extra, 'row')} of the photo not in the plan.")
    beside = sum(1 for f in j.outside if a.plan_row[f] >= 0)
    if beside:
        notes.append(f"{_count(beside, 'package')} beside the fixture left out.")
    weak = int(np.sum(a.seen.confidence < SHOWN_FROM)) if len(a.seen) else 0
    if weak:
        notes.append(f"{_count(weak, 'package')} too unsure to count.")
    return tuple(notes)


def _behind(a: Alignment, j: Judgement) -> int:
    """Planned facings in the photo that cannot be seen because something is before them."""
    return int(((j.state == State.NOT_SEEN) & in_photo(a)).sum())


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun if number == 1 else noun + 's'}"
