"""The crackers photo altered in known ways: is every alteration found, and nothing else?

``python -m ml.eval.alterations`` makes at least forty altered photos, all from a seed, reads each, audits it
against the plan and prints precision and recall by kind of alteration. The unaltered photo departs from its
plan already, and those departures have to be told as well. What stands where is counted room by room: a room
is the place of one planned facing, and what an audit tells is matched to rooms by its boxes in the photo
alone. ``--output-dir`` keeps the altered photos, to be looked at.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from core.compliance.audit import audit
from core.compliance.findings import Audit, Kind
from core.compliance.planned import planned_facings
from core.compliance.reading import Box, ShelfReader
from ml.eval.crackers_case import Case

Pixels = NDArray[np.uint8]
Turn = Callable[[NDArray[np.float64]], NDArray[np.float64]]

UNKNOWN, ABSENT = -1, -2
"""What stands in a room: a package that is not in the catalog; of what is told: not the planned product."""
WHOLE = 0.9
"""Share of a room that must be in the photo for it to be judged."""
SEED, TARGET = 22, 0.95
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
        return [_inside(room.box, width, height) >= WHOLE for room in self.rooms]


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


# --- what is altered in a photo ---


def swapped(case: Case, base: Altered, rng: np.random.Generator) -> Altered:
    """Two packages of different products and about the same size change places."""
    rooms = list(base.rooms)
    pairs = [
        (a, b) for a in _free(base) for b in _free(base)
        if a < b and rooms[a].stands != rooms[b].stands and _alike(rooms[a].box, rooms[b].box)
    ]
    a, b = pairs[int(rng.integers(len(pairs)))]
    pixels = base.pixels.copy()
    for to, from_ in ((a, b), (b, a)):
        _paste(pixels, _resized(_cut(base.pixels, rooms[from_].box), rooms[to].box), rooms[to].box)
    rooms[a], rooms[b] = replace(rooms[a], stands=rooms[b].stands), replace(rooms[b], stands=rooms[a].stands)
    return replace(base, kind="swapped", pixels=pixels, rooms=tuple(rooms), changed=(a, b),
                   name=f"{_say(case, base, a)} and {_say(case, base, b)} changed places")


def removed(case: Case, base: Altered, rng: np.random.Generator) -> Altered:
    """A package is gone: the back wall is seen as in the gaps that the photo has, and below eye level some
    of the shelf's floor."""
    choice = _free(base)
    at = choice[int(rng.integers(len(choice)))]
    room = base.rooms[at]
    walls = [g.box for g in case.by_eye.gaps if g.row == 0]
    wall = _resized(_cut(base.pixels, walls[0]), room.box)
    if room.row >= 3:
        floor = _cut(base.pixels, next(g.box for g in case.by_eye.gaps if g.row == 5))
        high = round(0.16 * wall.shape[0])
        strip = floor[-round(0.2 * floor.shape[0]):]
        wall[-high:] = _scaled(strip, wall.shape[1], high)
    pixels = base.pixels.copy()
    _paste(pixels, wall, room.box)
    rooms = [replace(r, stands=None) if i == at else r for i, r in enumerate(base.rooms)]
    return replace(base, kind="removed", pixels=pixels, rooms=tuple(rooms), changed=(at,),
                   name=f"{_say(case, base, at)} is gone")


def replaced(case: Case, base: Altered, rng: np.random.Generator) -> Altered:
    """The packshot of another product stands in a package's place, a little askew, in the photo's light."""
    import cv2

    shots = {p.product_id: _decoded(p.views[0]) for p in case.gallery.products}
    options = [
        (i, p) for i in _free(base) for p, shot in shots.items()
        if p not in (base.rooms[i].stands, base.rooms[i].planned)
        and abs(np.log(shot.shape[1] / shot.shape[0] / (base.rooms[i].box[2] / base.rooms[i].box[3]))) < 0.12
    ]
    at, product = options[int(rng.integers(len(options)))]
    box, shot = base.rooms[at].box, shots[product]
    height, width = round(box[3]), round(box[2])
    high, wide = shot.shape[:2]
    own = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)
    askew = np.array([(0, 0), (width, 0), (width, height), (0, height)]) + rng.uniform(-3, 3, (4, 2))
    warped = cv2.warpPerspective(
        shot, cv2.getPerspectiveTransform(own, askew.astype(np.float32)), (width, height),
        flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE,
    ).astype(float)
    light = _cut(base.pixels, box).astype(float)
    gain = np.clip(np.percentile(light, 95) / max(np.percentile(warped, 95), 1.0), 0.6, 1.1)
    lit = cv2.GaussianBlur(warped * gain, (0, 0), 0.8) + rng.normal(0, 3, warped.shape)
    pixels = base.pixels.copy()
    _paste(pixels, np.clip(lit, 0, 255).astype(np.uint8), box)
    rooms = [replace(r, stands=product) if i == at else r for i, r in enumerate(base.rooms)]
    return replace(base, kind="replaced", pixels=pixels, rooms=tuple(rooms), changed=(at,),
                   name=f"{case.catalog[product].name} in place of {_say(case, base, at)}")


# --- how a photo is taken ---


def darkened(base: Altered, rng: np.random.Generator) -> Altered:
    """A third to a half of the light, with the noise of a short exposure."""
    light = rng.uniform(0.33, 0.5)
    dark = base.pixels * light + rng.normal(0, 4, base.pixels.shape)
    return _viewed(base, "darkened", f"{light:.0%} of the light", np.clip(dark, 0, 255).astype(np.uint8))


def rotated(base: Altered, rng: np.random.Generator) -> Altered:
    """Held 5° askew, to either side; the whole photo stays in the picture."""
    import cv2

    degrees = 5.0 if rng.random() < 0.5 else -5.0
    height, width = base.pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    wide, high = int(width * cos + height * sin), int(width * sin + height * cos)
    matrix[:, 2] += ((wide - width) / 2, (high - height) / 2)
    pixels = cv2.warpAffine(base.pixels, matrix, (wide, high), flags=cv2.INTER_LINEAR)
    turn: Turn = lambda points: points @ matrix[:, :2].T + matrix[:, 2]  # noqa: E731
    return _viewed(base, "rotated 5°", f"by {degrees:+g}°", np.asarray(pixels, np.uint8), turn)


def half_size(base: Altered, rng: np.random.Generator) -> Altered:
    """Half as many pixels each way."""
    height, width = base.pixels.shape[:2]
    half = _scaled(base.pixels, width // 2, height // 2)
    return _viewed(base, "half size", f"{width // 2} pixels wide", half, lambda points: points / 2)


def cropped(base: Altered, rng: np.random.Generator) -> Altered:
    """Up to a third is cut off at one side."""
    height, width = base.pixels.shape[:2]
    side, share = int(rng.integers(4)), rng.uniform(0.15, 0.33)
    left = round(width * share) if side == 0 else 0
    right = round(width * (1 - share)) if side == 1 else width
    top = round(height * share) if side == 2 else 0
    bottom = round(height * (1 - share)) if side == 3 else height
    name = f"{share:.0%} off the {('left', 'right', 'top', 'bottom')[side]}"
    return _viewed(base, "cropped", name, base.pixels[top:bottom, left:right].copy(),
                   lambda points: points - np.array([left, top]))


def alterations(case: Case, seed: int = SEED, each: int = 10, views: int = 5) -> list[Altered]:
    """``each`` alterations of every content, and ``views`` of every way to look, each with one content: the
    unaltered photo first."""
    rng = np.random.default_rng(seed)
    base = Altered("unaltered", "the photo as it is", _decoded(case.photo), rooms_of(case), ())
    contents = {"swapped": swapped, "removed": removed, "replaced": replaced}
    made = [base]
    for alter in contents.values():
        made += [alter(case, base, rng) for _ in range(each)]
    looks = (darkened, rotated, half_size, cropped)
    for look in looks:
        for i in range(views):
            made.append(look(contents[CONTENT[i % len(CONTENT)]](case, base, rng), rng))
    return made


# --- what is told ---


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
        at = f"row {room.row + 1}: {_name(case, room.stands)} at {room.box[0]:.0f}"
        if i in told and not agrees:
            invented += 1
            words.append(f"{at} is told to be {_name(case, told[i])}")
        if room.departs and not agrees:
            missed += 1
            words.append(f"{at} in the room of {_name(case, room.planned)} is not told")
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
    shares = [_overlap(room.box, box) for room in altered.rooms]
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


# --- pictures and boxes ---


def _viewed(base: Altered, kind: str, name: str, pixels: Pixels, turn: Turn | None = None) -> Altered:
    """The same shelf in another picture, every room's box around its turned corners."""
    rooms = base.rooms if turn is None else tuple(replace(r, box=_turned(r.box, turn)) for r in base.rooms)
    return replace(base, kind=kind, name=f"{name}: {base.name}", pixels=pixels, rooms=rooms)


def _turned(box: Box, turn: Turn) -> Box:
    x, y, w, h = box
    corners = turn(np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], float))
    low, high = corners.min(axis=0), corners.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])


def _free(base: Altered) -> list[int]:
    """Rooms whose package can be exchanged: known, whole, and hardly behind its neighbors."""
    boxes = [room.box for room in base.rooms]
    return [
        i for i, room in enumerate(base.rooms)
        if room.stands not in (None, UNKNOWN) and boxes[i][3] > 300 and boxes[i][2] > 200
        and max((_overlap(boxes[i], other) for k, other in enumerate(boxes) if k != i), default=0.0) < 0.08
    ]


def _alike(a: Box, b: Box) -> bool:
    return bool(abs(np.log(a[2] / b[2])) < 0.15 and abs(np.log(a[3] / b[3])) < 0.15)


def _overlap(a: Box, b: Box) -> float:
    """Shared area as a part of the smaller box."""
    wide = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    high = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(wide, 0.0) * max(high, 0.0) / max(min(a[2] * a[3], b[2] * b[3]), 1e-9)


def _inside(box: Box, width: int, height: int) -> float:
    """Share of a box that is in a picture."""
    wide = min(box[0] + box[2], width) - max(box[0], 0.0)
    high = min(box[1] + box[3], height) - max(box[1], 0.0)
    return max(wide, 0.0) * max(high, 0.0) / max(box[2] * box[3], 1e-9)


def _edges(box: Box) -> tuple[int, int, int, int]:
    x, y, w, h = box
    return round(x), round(y), round(x + w), round(y + h)


def _cut(pixels: Pixels, box: Box) -> Pixels:
    left, top, right, bottom = _edges(box)
    return pixels[top:bottom, left:right].copy()


def _paste(pixels: Pixels, piece: Pixels, box: Box) -> None:
    left, top, right, bottom = _edges(box)
    pixels[top:bottom, left:right] = piece


def _resized(piece: Pixels, box: Box) -> Pixels:
    left, top, right, bottom = _edges(box)
    return _scaled(piece, right - left, bottom - top)


def _scaled(piece: Pixels, width: int, height: int) -> Pixels:
    import cv2

    how = cv2.INTER_AREA if width < piece.shape[1] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(piece, (width, height), interpolation=how), np.uint8)


def _decoded(picture: bytes) -> Pixels:
    """RGB, transparent parts white."""
    import io

    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(picture)) as image:
        turned = ImageOps.exif_transpose(image).convert("RGBA")
        ground = Image.new("RGBA", turned.size, "white")
        return np.asarray(Image.alpha_composite(ground, turned).convert("RGB"), np.uint8).copy()


def encoded(pixels: Pixels) -> bytes:
    """As JPEG, as phones do."""
    import cv2

    return bytes(cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes())


def _name(case: Case, product: int | None) -> str:
    if product is None:
        return "nothing"
    special = {UNKNOWN: "a package of no catalog", ABSENT: "elsewhere"}
    return special.get(product) or case.catalog[product].name


def _say(case: Case, base: Altered, room: int) -> str:
    at = base.rooms[room]
    return f"{_name(case, at.stands)} (row {at.row + 1}, {at.box[0]:.0f})"


def evaluate(
    reader: ShelfReader, case: Case, altered: Sequence[Altered], keep: Path | None = None
) -> list[Outcome]:
    """Read and audit every photo. Prints what is wrong as it goes."""
    outcomes = []
    for number, photo in enumerate(altered):
        picture = encoded(photo.pixels)
        if keep is not None:
            (keep / f"{number:02d}_{photo.kind.replace(' ', '_').replace('°', '')}.jpg").write_bytes(picture)
        started = perf_counter()
        reading = reader.read(picture, case.gallery, case.plan)
        outcome = judged(case, photo, audit(reading, case.plan, case.catalog))
        outcomes.append(outcome)
        sign = "ok" if not outcome.words else f"{len(outcome.words)} wrong"
        print(f"{number:2d} {photo.kind}: {photo.name} ({perf_counter() - started:.1f} s) {sign}", flush=True)
        for line in outcome.words:
            print(f"     {line}", flush=True)
    return outcomes


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 0 where precision and recall over all are at least 0.95."""
    from ml.vision.reader import PhotoReader

    parser = argparse.ArgumentParser(prog="python -m ml.eval.alterations", description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED, help="of what is altered")
    parser.add_argument("--each", type=int, default=10, help="photos of each content altered")
    parser.add_argument("--views", type=int, default=5, help="photos of each way to look")
    parser.add_argument("--output-dir", type=Path, help="keep the altered photos there")
    options = parser.parse_args(arguments)
    case = Case.here()
    if not (case.folder / "photo.jpg").exists():
        parser.error(f"There is no photo in {case.folder}: set WORKBENCH_REAL_DATA to the real data.")
    if options.output_dir:
        options.output_dir.mkdir(parents=True, exist_ok=True)
    altered = alterations(case, options.seed, options.each, options.views)
    outcomes = evaluate(PhotoReader(), case, altered, options.output_dir)
    print(f"\n{table(outcomes)}")
    right, wrong, missed = (sum(getattr(o, n) for o in outcomes) for n in ("right", "invented", "missed"))
    return 0 if right >= TARGET * (right + wrong) and right >= TARGET * (right + missed) else 1


if __name__ == "__main__":
    raise SystemExit(main())
