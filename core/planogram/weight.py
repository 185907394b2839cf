"""How heavy a product is, read from its size text ("6 x 330 ml", "12 oz")."""

from __future__ import annotations

import re
from functools import lru_cache

_GRAMS = {
    "kg": 1000.0, "g": 1.0, "mg": 0.001, "lb": 453.6, "lbs": 453.6, "oz": 28.35,
    "floz": 29.57, "l": 1000.0, "lt": 1000.0, "cl": 10.0, "dl": 100.0, "ml": 1.0, "gal": 3785.0,
}
_SIZE = re.compile(
    r"(?:(\d+)\s*(?:x|×|pk|pack|ct)\s*)?(\d+(?:[.,]\d+)?)\s*(fl\.?\s*oz|kg|mg|lbs?|oz|ml|cl|dl|gal|lt|g|l)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def grams(size: str) -> float | None:
    """Weight in grams of what a size text says, 1 ml taken as 1 g; ``None`` when it says nothing."""
    match = _SIZE.search(size)
    if match is None:
        return None
    unit = re.sub(r"[.\s]", "", match[3].lower())
    return int(match[1] or 1) * float(match[2].replace(",", ".")) * _GRAMS[unit]
