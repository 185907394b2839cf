"""What a person's verdict on a finding teaches about the packages on the photo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.compliance.findings import Violation
from core.compliance.reading import Box
from core.errors import BadInput
from core.planogram.places import is_number
from core.store import validate
from core.store.audits import SavedAudit

MAX_NOTE = 500
NAMES = ("product_id", "sku_id", "actual_product_id")
FIELDS = (*NAMES, "not_in_catalog", "box", "note")
_HINT = "Send {\"product_id\": …} of what really stands there (null: not in the catalog), with box or note."


@dataclass(frozen=True, slots=True)
class Correction:
    """``names``: whether it says what stands there; ``product_id`` None is then "not in the catalog".
    ``box``: where, if not where the finding is. ``raw``: as it is kept."""

    names: bool = False
    product_id: int | None = None
    box: Box | None = None
    raw: Mapping[str, Any] = ()  # type: ignore[assignment]


def correction_of(verdict: str, sent: Any) -> Correction:
    """A correction as it was sent: an object, a product's id alone, or words alone. Raises BadInput for what
    cannot be read, and for a verdict "corrected" without one."""
    if sent is None or sent == "" or sent == {}:
        if verdict == "corrected":
            raise BadInput("The correction is missing.", _HINT)
        return Correction(raw={})
    if isinstance(sent, str):
        sent = {"note": sent}
    elif isinstance(sent, int) and not isinstance(sent, bool):
        sent = {"product_id": sent}
    if not isinstance(sent, Mapping):
        raise BadInput("The correction cannot be read.", _HINT)
    validate.only_fields(sent, FIELDS, "correction")
    raw: dict[str, Any] = {}
    named = next((n for n in NAMES if n in sent), None)
    product_id = _product(sent[named]) if named is not None else None
    names = named is not None or sent.get("not_in_catalog") is True
    if names:
        raw["product_id"] = product_id
    box = _box(sent["box"]) if sent.get("box") is not None else None
    if box is not None:
        raw["box"] = list(box)
    if sent.get("note"):
        raw["note"] = validate.text(sent["note"], "A note", MAX_NOTE)
    if verdict == "corrected" and not raw:
        raise BadInput("The correction says nothing.", _HINT)
    return Correction(names, product_id, box, raw)


def lessons(
    saved: SavedAudit, violation: Violation, verdict: str, said: Correction
) -> list[tuple[Box, int | None]]:
    """(box, product) of packages that the verdict names for certain.

    A confirmed finding confirms the names by which its packages were found; a correction names what stands
    in the box that it draws, or else in those of the finding. A dismissed one teaches nothing: it may be
    wrong or just allowed.
    """
    facings = [saved.reading.facings[i] for i in violation.facings if i < len(saved.reading.facings)]
    if verdict == "corrected" and said.names:
        boxes = [said.box] if said.box is not None else [f.box for f in facings]
        return [(box, said.product_id) for box in boxes]
    actual = violation.actual.product_id if violation.actual is not None else None
    if verdict == "confirmed" and actual is not None:
        return [(f.box, actual) for f in facings if f.product_id == actual]
    return []


def _product(value: Any) -> int | None:
    if value is None:
        return None
    return validate.whole(value, "Product id", least=-validate.MAX_ID, most=validate.MAX_ID)


def _box(value: Any) -> Box:
    if not isinstance(value, list | tuple) or len(value) != 4 or not all(is_number(v) for v in value):
        raise BadInput("The box cannot be read.", "Give x, y, width and height in pixels of the photo.")
    x, y, width, height = (float(v) for v in value)
    if width <= 0 or height <= 0:
        raise BadInput(f"A box of {width:g} × {height:g} pixels holds nothing.", "Draw it over the package.")
    return x, y, width, height
