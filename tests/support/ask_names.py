"""A small company's names, to ask about."""

from __future__ import annotations

from datetime import date

from core.ask.words.vocabulary import Vocabulary, build
from core.store.names import Names, PlaceName, ProductName

TODAY = date(2026, 11, 20)


def small_company(*more: str) -> Vocabulary:
    """``more``: products besides."""
    return build(Names(
        products=(
            ProductName(1, "Alpine Spring Water 1 L", "Alpine", "1 L", 1, "ambient"),
            ProductName(2, "Alpine Sparkling 12 oz", "Alpine", "12 oz", 1, "ambient"),
            ProductName(3, "Volt Original 16 oz", "Volt", "16 oz", 2, "refrigerated"),
            ProductName(4, "Hearth Beef Lasagna 9 oz", "Hearth", "9 oz", 3, "frozen"),
            ProductName(5, "Iron Beef Jerky 1 oz", "Iron", "1 oz", 4, "ambient"),
            *(ProductName(100 + i, name, "", "", 1, "ambient") for i, name in enumerate(more)),
        ),
        categories=((1, "Water"), (2, "Energy drinks"), (3, "Frozen meals"), (4, "Beef jerky & meat snacks")),
        places=(
            PlaceName(11, "store", "Columbia City Market", "S-001", "convenience store", 1),
            PlaceName(12, "store", "Hampden Grocer", "S-002", "grocery store", 2),
            PlaceName(13, "device", "Hyde Park Fitness", "M-001", "gym", 1),
            PlaceName(14, "device", "Hyde Park High School", "M-002", "school", 2),
        ),
        planograms=((1, "Hampden Grocer freezer end cap"),), projects=((1, "Summer drinks 2026"),),
    ))
