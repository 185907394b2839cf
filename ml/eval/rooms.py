"""What stands in each room of the crackers shelf, and whether an audit of its photo tells so.

A room is the place of one planned facing. What an audit tells is matched to rooms by its boxes in the photo,
so that a box in the wrong place is an error too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.compliance.findings import Audit, Kind
from core.compliance.planned import planned_facings
from core.compliance.reading import Box
from ml.eval.crackers_case import Case

Pixels = NDArray[np.uint8]

UNKNOWN, ABSENT = -1, -2
"""What stands in a room: a package that is not in the catalog; of what is told: not the planned product."""
WHOLE = 0.9
"""Share of a room that must be in the photo for it to be judged."""
CONTENT = ("swapped", "removed", "replaced")
VIEW = ("darkened", "rotated 5°", "half size", "cropped")


@dataclass(frozen=True, slots=True)
class Room:
    """The place of one planned facing: its box, what is planned and what stands there (None: nothing)."""

    box: Box
    row: int
    planned: int
    stands: int | None

    @property
    def departs(self) -> bool:
        return self.stands != self.planned


@dataclass(frozen=True, eq=False)
class Altered:
    """A photo with what stands in it. ``changed`` are the rooms that the alteration is about."""

    kind: str
    name: str
    pixels: Pixels
    rooms: tuple[Room, ...]
    changed: tuple[int, ...]

    @property
    def visible(self) -> list[bool]:
        """Whether a room is all but wholly inside the photo."""
        height, width = self.pixels.shape[:2]
        return [inside(room.box, width, height) >= WHOLE for room in self.rooms]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Rooms that depart and are told rightly, that are told and do not depart so, and that are not told.
    ``found``: whether the alteration itself is told, None where it is only a way to look."""

    kind: str
    name: str
    right: int
    invented: int
    missed: int
    found: bool | None
    words: tuple[str, ...]


def rooms_of(case: Case) -> tuple[Room, ...]:
    """The rooms of the unaltered photo, by row, layer and place: what the eye saw, and its gaps."""
    planned = planned_facings(case.plan, case.catalog)
    seen: dict[tuple[int, int], list[tuple[Box, int | None]]] = {
        (int(r), int(k)): [] for r, k in zip(planned.row, planned.layer, strict=True)
    }
    upper = {planned.product_ids[u] for u in range(len(planned)) if planned.layer[u] > 0}
    for facing in case.by_eye.facings:
        product = facing.product_id if facing.product_id is not None else UNKNOWN
        seen[(facing.row, int(product in upper))].append((facing.box, product))
    for gap in case.by_eye.gaps:
        seen[(gap.row, 0)].append((gap.box, None))
    rooms = []
    for (row, layer), there in sorted(seen.items()):
        expected = [
            planned.product_ids[u] for u in planned.of_row(row) if planned.layer[u] == layer
        ]
        ordered = sorted(there, key=lambda item: item[0][0])
        rooms += [Room(box, row, p, s) for p, (box, s) in zip(expected, ordered, strict=True)]
    return tuple(rooms)


def judged(case: Case, altered: Altered, found: Audit) -> Outcome:
    """What an audit tells, room by room, against what stands there."""
    told, words = _told(altered, found)
    invented, right, missed = len(words), 0, 0
    visible = altered.visible
    for i, room in enumerate(altered.rooms):
        if not visible[i]:
            continue
        agrees = room.departs and i in told and told[i] in (room.stands, ABSENT)
        right += agrees
        at = f"row {room.row + 1}: {name_of(case, room.stands)} at {room.box[0]:.0f}"
        if i in told and not agrees:
            invented += 1
            words.append(f"{at} is told to be {name_of(case, told[i])}")
        if room.departs and not agrees:
            missed += 1
            words.append(f"{at} in the room of {name_of(case, room.planned)} is not told")
    open_ = [i for i in altered.changed if visible[i] and altered.rooms[i].departs]
    hit = all(i in told and told[i] in (altered.rooms[i].stands, ABSENT) for i in open_) if open_ else None
    return Outcome(altered.kind, altered.name, right, invented, missed, hit, tuple(words))


def _told(altered: Altered, found: Audit) -> tuple[dict[int, int | None], list[str]]:
    """(room → what is told to stand there, what is told of places that are no room). The place where a moved
    product belongs is told to lack it, whatever stands there."""
    told: dict[int, int | None] = {}
    astray = []
    for v in found.violations:
        if v.kind is Kind.WRONG_POSITION:
            for home in v.units:
                told.setdefault(home, ABSENT)
        for k, box in enumerate(v.boxes):
            room = _room_at(altered, box)
            if room is None:
                astray.append(f"told of no room: {v.text}")
                continue
            named = found.detected[v.facings[k]].product_id if v.facings else None
            told[room] = (UNKNOWN if named is None else named) if v.facings else None
    return told, astray


def _room_at(altered: Altered, box: Box) -> int | None:
    """The room that a box shares most of the smaller one's area with, from half of it on."""
    shares = [overlap(room.box, box) for room in altered.rooms]
    best = int(np.argmax(shares))
    return best if shares[best] >= 0.5 else None


def table(outcomes: Sequence[Outcome]) -> str:
    """Precision and recall of departures by kind and over all, as Markdown."""
    lines = ["| alteration | photos | found | departures told | invented | missed | precision | recall |",
             "|---|---|---|---|---|---|---|---|"]
    for kind in ("unaltered", *CONTENT, *VIEW, "all"):
        of = [o for o in outcomes if kind in (o.kind, "all")]
        if not of:
            continue
        right, invented, missed = (sum(getattr(o, n) for o in of) for n in ("right", "invented", "missed"))
        asked = [o.found for o in of if o.found is not None]
        lines.append(
            f"| {kind} | {len(of)} | {sum(asked)} of {len(asked)} | {right} | {invented} | {missed} | "
            f"{right / max(right + invented, 1):.3f} | {right / max(right + missed, 1):.3f} |"
        )
    return "\n".join(lines)


def overlap(a: Box, b: Box) -> float:
    """Shared area as a part of the smaller box."""
    wide = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    high = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(wide, 0.0) * max(high, 0.0) / max(min(a[2] * a[3], b[2] * b[3]), 1e-9)


def inside(box: Box, width: int, height: int) -> float:
    """Share of a box that is in a picture."""
    wide = min(box[0] + box[2], width) - max(box[0], 0.0)
    high = min(box[1] + box[3], height) - max(box[1], 0.0)
    return max(wide, 0.0) * max(high, 0.0) / max(box[2] * box[3], 1e-9)


def name_of(case: Case, product: int | None) -> str:
    if product is None:
        return "nothing"
    special = {UNKNOWN: "a package of no catalog", ABSENT: "elsewhere"}
    return special.get(product) or case.catalog[product].name
