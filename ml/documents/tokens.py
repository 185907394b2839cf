"""What a few letters on a planogram mean: a place, a price, a code, a number of facings."""

from __future__ import annotations

import re

_PRICE = re.compile(r"^(?:us)?[$€£]\s?(\d{1,4})[.,\s]?(\d{2})$|^(\d{1,3})[.,](\d{2})$", re.IGNORECASE)
_FACINGS = re.compile(
    r"^(?:[x×]\s?(\d{1,2}|[lI|])|(\d{1,2})\s?[x×]|(\d{1,2})\s?(?:facings?|fac\.?|fcgs?|f)"
    r"|(?:facings?|fac\.?|f)\s?[:=]?\s?(\d{1,2}))(?:,?\s*(\d{1,2})\s*high)?(?:,?\s*\d{1,2}\s*deep)?$",
    re.IGNORECASE,
)
_SLOT = re.compile(r"^(?:[A-Z]{1,2}\s?-?\s?\d{1,3}|\d{2,4})$")
_AT = re.compile(r"^([A-Z]{1,2})\s+at\s+(\d+(?:\.\d+)?)\s*in$", re.IGNORECASE)
_ROW = re.compile(
    r"^(?:shelf|tray|row|level|deck|estante|bandeja|balda|nivel|fila|regalboden|fachboden|boden|ebene|tablette|"
    r"[eé]tag[eè]re|niveau|ripiano|prateleira|charola)\s*(?:no\.?|n[º°]|nr\.?|#|number)?\s*[:.]?\s*([A-Z]|\d{1,2})\b(.*)$",
    re.IGNORECASE)
_SIZE = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(?:in|\")?\s*[x×X]\s*(\d+(?:[.,]\d+)?)\s*(?:in|\")?\s*[x×X]\s*(\d+(?:[.,]\d+)?)"
    r"\s*(?:in\b|\"|inches)", re.IGNORECASE)
_DIGITS = re.compile(r"^[\d\s-]{8,20}$")


def price(text: str) -> float | None:
    """ "$1.90", "1.90", "$1 90" as a number; None for anything else."""
    found = _PRICE.match(text.strip())
    if found is None:
        return None
    whole, cents = found[1] or found[3], found[2] or found[4]
    return int(whole) + int(cents) / 100


def facings(text: str) -> tuple[int, int | None] | None:
    """(wide, high) of "2 facings", "x2", "3F", "2 facings, 2 high"; None for anything else."""
    found = _FACINGS.match(text.strip())
    if found is None:
        return None
    wide = next(int(re.sub(r"[lI|]", "1", g)) for g in found.groups()[:4] if g)
    return (wide, int(found[5]) if found[5] else None) if wide > 0 else None


def slot(text: str) -> str:
    """A place such as "B4", "148" or "A at 12.5 in" as it is written, "" for anything else."""
    plain = text.strip()
    if _AT.match(plain):
        return plain
    return plain.replace(" ", "") if _SLOT.match(plain) else ""


def code(text: str) -> str:
    """The digits of a UPC, EAN or other code of 8 to 14 digits, "" for anything else."""
    if not _DIGITS.match(text.strip()):
        return ""
    digits = re.sub(r"\D", "", text)
    return digits if 8 <= len(digits) <= 14 else ""


def row(text: str) -> tuple[str, str] | None:
    """(name of the shelf, what follows) of "Tray A, the top one", "Shelf 2"; None for anything else."""
    found = _ROW.match(text.strip())
    return (found[1].upper(), found[2].strip(" ,.:()")) if found else None


def size(text: str) -> tuple[float, float, float] | None:
    """Width, height and depth of "48 × 72 × 18 in"; None for anything else."""
    found = _SIZE.search(text)
    if found is None:
        return None
    width, height, depth = (float(g.replace(",", ".")) for g in found.groups())
    return (width, height, depth) if min(width, height, depth) > 0 else None


def has_name(text: str) -> bool:
    """Whether there are letters enough for a name: two in a row, as in "7UP" or "M&M"."""
    return re.search(r"[^\W\d_]{2}", text.replace("&", "").replace("'", "")) is not None
