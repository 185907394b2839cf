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
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from core.compliance.audit import audit
from core.compliance.reading import Box, ShelfReader
from ml.eval.crackers_case import Case
from ml.eval.rooms import (
    CONTENT,
    UNKNOWN,
    Altered,
    Outcome,
    Pixels,
    judged,
    name_of,
    overlap,
    rooms_of,
    table,
)

Turn = Callable[[NDArray[np.float64]], NDArray[np.float64]]

SEED, TARGET = 22, 0.95
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
        and max((overlap(boxes[i], other) for k, other in enumerate(boxes) if k != i), default=0.0) < 0.08
    ]


def _alike(a: Box, b: Box) -> bool:
    return bool(abs(np.log(a[2] / b[2])) < 0.15 and abs(np.log(a[3] / b[3])) < 0.15)


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


def _say(case: Case, base: Altered, room: int) -> str:
    at = base.rooms[room]
    return f"{name_of(case, at.stands)} (row {at.row + 1}, {at.box[0]:.0f})"


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
