"""What the browser needs to show an audit: photo, boxes, findings in words."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from core.compliance.annotate import COLORS, QUIET, UNSURE
from core.compliance.crops import upright
from core.compliance.findings import Kind, Standing
from pages.parts import format as fmt

if TYPE_CHECKING:
    from core.compliance.findings import Audit, Detected, Violation
    from core.store.audits import SavedAudit

LONG_SIDE, QUALITY = 1500, 82
NOTHING_SEEN = "None of the planned facings could be found on this photo. Is it of this shelf?"
TITLES: Mapping[str, str] = {
    Kind.MISSING_PRODUCT: "Missing", Kind.OUT_OF_STOCK: "Out of stock", Kind.WRONG_PRODUCT: "Wrong product",
    Kind.WRONG_POSITION: "Wrong place", Kind.EXTRA_PRODUCT: "Extra product", Kind.WRONG_FACINGS: "Facings",
}  # fmt: skip
_STANDING = {
    Standing.RIGHT: "stands right", Standing.WRONG: "wrong product", Standing.MOVED: "in the wrong place",
    Standing.EXTRA: "not planned here", Standing.UNSURE: "not sure", Standing.PILED: "on one of its kind",
    Standing.OUTSIDE: "outside the planned shelf",
}  # fmt: skip
_EMPTY = (Kind.MISSING_PRODUCT, Kind.OUT_OF_STOCK)


def build(saved: SavedAudit, photo: bytes, *, dark: bool, may: bool) -> dict[str, Any]:
    """The payload of the component. ``photo``: as it was sent; ``may``: whether findings can be judged."""
    audit, reading = saved.audit, saved.reading
    told = [(v, False) for v in audit.violations] + [(v, True) for v in audit.to_check]
    findings = [_finding(v, number, check, saved) for number, (v, check) in enumerate(told, 1)]
    boxes = [box for v, check in told for box in _boxes_of(v, check)]
    marked = {i for v, _ in told for i in v.facings}
    boxes += [_seen(d) for d in audit.detected if d.index not in marked]
    used = {f["tone"] for f in findings} | {b["tone"] for b in boxes}
    return {
        "theme": "dark" if dark else "light", "may": may, "photo": _data_url(photo),
        "alt": f"Photo of {saved.card.planogram} with {fmt.count(len(findings), 'finding')}",
        "width": reading.width, "height": reading.height, "boxes": boxes, "findings": findings,
        "tones": {t: {"color": COLORS[t], "words": TITLES.get(t, "Please check").lower()} for t in used},
        "none": none_words(audit),
    }  # fmt: skip


def none_words(audit: Audit) -> str:
    """What to say where nothing was found."""
    if audit.compliance_score is None:
        return NOTHING_SEEN
    return "Everything that the photo shows stands as planned."


def _finding(v: Violation, number: int, check: bool, saved: SavedAudit) -> dict[str, Any]:
    verdict = saved.verdicts.get(v.id)
    spot = v.spot
    return {
        "id": v.id, "number": number, "tone": UNSURE if check else v.kind.value, "title": TITLES[v.kind],
        "text": v.text, "where": (spot.label or spot.slot) if spot else "", "check": check,
        "sure": _sure(v, verdict.by if verdict else "", verdict.verdict if verdict else ""),
        "exact": f"{fmt.share(v.confidence)} likely", "verdict": verdict.verdict if verdict else None,
    }  # fmt: skip


def _sure(v: Violation, by: str, verdict: str) -> str:
    told = f"{fmt.confidence(v.confidence).capitalize()} evidence"
    return f"{told} · {verdict} by {by}" if verdict else told


def _boxes_of(v: Violation, check: bool) -> list[dict[str, Any]]:
    tone = UNSURE if check else v.kind.value
    return [
        {**_corners(box), "tone": tone, "finding": v.id, "room": v.kind in _EMPTY,
         "title": TITLES[v.kind], "text": v.text, "facing": None}
        for box in (v.boxes or (v.box,))
    ]  # fmt: skip


def _seen(d: Detected) -> dict[str, Any]:
    named = f"{d.name}" if d.name else "Could not be named"
    sure = f" · {fmt.share(d.probability)} likely" if d.name else ""
    where = f"{d.slot} · " if d.slot else ""
    return {
        **_corners(d.box), "tone": QUIET, "finding": None, "room": False, "title": named,
        "text": f"{where}{_STANDING[d.standing]}{sure}", "facing": d.index,
    }  # fmt: skip


def _corners(box: Sequence[float]) -> dict[str, float]:
    return dict(zip("xywh", box, strict=True))


@lru_cache(maxsize=8)
def _data_url(photo: bytes) -> str:
    return f"data:image/jpeg;base64,{b64encode(small(photo)).decode()}"


def small(photo: bytes, long_side: int = LONG_SIDE) -> bytes:
    """The upright photo as a JPEG of at most ``long_side`` pixels."""
    picture, _ = upright(photo)
    picture.thumbnail((long_side, long_side))
    target = BytesIO()
    picture.save(target, "JPEG", quality=QUALITY)
    return target.getvalue()
