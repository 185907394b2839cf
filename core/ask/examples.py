"""Questions to begin with, made of names that the company has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from core.ask.words.vocabulary import Vocabulary
from core.store.names import Names, PlaceName

MOST = 6


def candidates(vocabulary: Vocabulary) -> Iterator[str]:
    """Questions of many forms, best first; whoever shows them keeps those that find something."""
    names = vocabulary.names
    stores = [p for p in names.places if p.kind == "store"]
    machines = [p for p in names.places if p.kind == "device"]
    brands, categories = _common_brands(names), _common_categories(names)
    yield from _of_places(stores, machines)
    if brands:
        yield f"Revenue of {brands[0]} by month"
    if stores:
        yield f"What is missing from {stores[0].name}?"
    yield "Which products grew most compared with last month?"
    if len(brands) > 1:
        yield f"Where do we have {brands[0]} but not {brands[1]}?"
    if categories:
        yield f"Revenue per facing of {categories[0]} by brand"
    yield "Which products were out of stock most often last week?"
    yield "Share of revenue by category"
    yield "Units by weekday"
    yield "Which products have more than 2 facings?"


def _of_places(stores: list[PlaceName], machines: list[PlaceName]) -> Iterator[str]:
    several = [kind for kind, places in (("store", stores), ("machine", machines)) if len(places) > 1]
    if several:
        yield f"Which {several[0]} has the highest revenue?"
    for place in (*machines[:1], *stores[:1])[:1]:
        yield f"Top 5 products at {place.name} last month"


def _common_brands(names: Names) -> list[str]:
    found = Counter(p.brand for p in names.products if p.brand)
    return [brand for brand, _ in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))]


def _common_categories(names: Names) -> list[str]:
    called = dict(names.categories)
    found = Counter(p.category_id for p in names.products if p.category_id in called)
    return [called[key] for key, _ in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))]
