"""What a company's words mean: products, brands, categories, families, places, plans and projects by name.

The order of rules is "Which products are meant" and "Which place is meant" of docs/ask.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from core.ask.plan import Filter
from core.ask.words.lexicon import FAMILY_CATEGORIES, fillers
from core.ask.words.tokens import stems
from core.store.names import Names, ProductName

Key = tuple[str, ...]
MAX_PART = 6


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase can mean: a filter, with the name to show."""

    filter: Filter
    label: str

    @property
    def dimension(self) -> str:
        return self.filter.dimension


@dataclass(frozen=True)
class Vocabulary:
    """``exact``: whole names and codes · ``parts``: parts of names of places, plans and projects ·
    ``words``: word → products whose name holds it · ``families``: name → the categories that there are."""

    names: Names
    exact: Mapping[Key, tuple[Meaning, ...]]
    parts: Mapping[Key, tuple[Meaning, ...]]
    words: Mapping[str, frozenset[int]]
    families: Mapping[str, Meaning]
    codes: Mapping[tuple[str, int], Meaning]
    products: Mapping[int, ProductName]
    spelling: frozenset[str] = field(default_factory=frozenset)

    def holding(self, key: Key) -> frozenset[int]:
        """Products whose names hold every word."""
        sets = [self.words.get(word, frozenset()) for word in key]
        return frozenset.intersection(*sets) if sets else frozenset()

    def passing(self, filters: Iterable[Filter]) -> frozenset[int]:
        """Products that pass the filters on goods."""
        found = frozenset(self.products)
        for f in filters:
            found &= frozenset(i for i in found if _value(self.products[i], f.dimension) in f.values)
        return found


def build(names: Names) -> Vocabulary:
    """The vocabulary of a company's names."""
    exact: dict[Key, list[Meaning]] = defaultdict(list)
    _add_products(names, exact)
    _add_brands(names, exact)
    _add_categories(names, exact)
    _add_places(names, exact)
    for dimension, pairs in (("project", names.projects), ("planogram", names.planograms)):
        for key, name in pairs:
            _put(exact, name, Meaning(Filter(dimension, (key,)), name))
    words: dict[str, set[int]] = defaultdict(set)
    for p in names.products:
        for word in stems(p.name):
            words[word].add(p.id)
    parts = _parts(names)
    spelling = {w for key in exact for w in key} | set(words)
    return Vocabulary(
        names,
        {k: tuple(v) for k, v in exact.items()},
        parts,
        {w: frozenset(ids) for w, ids in words.items() if w not in fillers()},
        _families(names),
        _codes(names),
        {p.id: p for p in names.products},
        frozenset(w for w in spelling if w.isalpha() and len(w) > 3),
    )


def _put(exact: dict[Key, list[Meaning]], phrase: str, meaning: Meaning) -> None:
    key = stems(phrase)
    if key and meaning not in exact[key]:
        exact[key].append(meaning)


def _add_products(names: Names, exact: dict[Key, list[Meaning]]) -> None:
    shorter: dict[Key, list[ProductName]] = defaultdict(list)
    whole: dict[Key, list[ProductName]] = defaultdict(list)
    for p in names.products:
        key, size = stems(p.name), stems(p.size)
        whole[key].append(p)
        if size and key[-len(size) :] == size:
            shorter[key[: -len(size)]].append(p)
    for key, products in whole.items():
        if key:
            exact[key].append(_of_products(products))
    for key, products in shorter.items():
        if len(products) == 1 and key and key not in exact:
            exact[key].append(_of_products(products))


def _of_products(products: list[ProductName]) -> Meaning:
    return Meaning(Filter("product", tuple(sorted(p.id for p in products))), products[0].name)


def _add_brands(names: Names, exact: dict[Key, list[Meaning]]) -> None:
    for brand in sorted({p.brand for p in names.products if p.brand}):
        if stems(brand) not in exact:
            _put(exact, brand, Meaning(Filter("brand", (brand,)), brand))


def _add_categories(names: Names, exact: dict[Key, list[Meaning]]) -> None:
    """Whole names first, then the parts between "&", then their last words."""
    levels: list[dict[Key, list[tuple[int, str]]]] = [defaultdict(list), defaultdict(list), defaultdict(list)]
    for key, name in names.categories:
        levels[0][stems(name)].append((key, name))
        for part in name.split("&"):
            words = stems(part)
            levels[1][words].append((key, name))
            levels[2][words[-1:]].append((key, name))
    families = {stems(family) for family in FAMILY_CATEGORIES}
    for level in levels:
        for words, found in level.items():
            if words and words not in exact and words not in families:
                ids = tuple(sorted({key for key, _ in found}))
                exact[words].append(
                    Meaning(Filter("category", ids), " and ".join(sorted({n for _, n in found})))
                )


def _add_places(names: Names, exact: dict[Key, list[Meaning]]) -> None:
    for p in names.places:
        meaning = Meaning(Filter("place", (p.site_id,)), p.name)
        _put(exact, p.name, meaning)
        if p.code:
            _put(exact, p.code, meaning)
    for venue in sorted({p.venue for p in names.places if p.venue}):
        _put(exact, venue, Meaning(Filter("venue", (venue,)), venue))


def _parts(names: Names) -> Mapping[Key, tuple[Meaning, ...]]:
    """Parts of names of places: its first words, or two and more from within."""
    found: dict[Key, list[Meaning]] = defaultdict(list)

    def add(dimension: str, value: int, name: str) -> None:
        words = stems(name)
        for start in range(len(words)):
            for stop in range(start + 1, min(len(words), start + MAX_PART) + 1):
                meaning = Meaning(Filter(dimension, (value,)), name)
                if stop - start < len(words) and meaning not in found[words[start:stop]]:
                    found[words[start:stop]].append(meaning)

    for p in names.places:
        add("place", p.site_id, p.name)
    for key, name in names.projects:
        add("project", key, name)
    for key, name in names.planograms:
        add("planogram", key, name)
    return {key: tuple(meanings) for key, meanings in found.items() if key[0] not in fillers()}


def _families(names: Names) -> Mapping[str, Meaning]:
    by_name = {name: key for key, name in names.categories}
    found = {}
    for family, members in FAMILY_CATEGORIES.items():
        ids = tuple(sorted(by_name[m] for m in members if m in by_name))
        if ids:
            found[family] = Meaning(Filter("category", ids), family)
    return found


def _codes(names: Names) -> Mapping[tuple[str, int], Meaning]:
    found: dict[tuple[str, int], Meaning] = {}
    for p in names.places:
        digits = "".join(c for c in p.code if c.isdigit())
        if digits and len(digits) < 9:
            found.setdefault((p.kind, int(digits)), Meaning(Filter("place", (p.site_id,)), p.name))
    return found


def _value(product: ProductName, dimension: str) -> int | str | None:
    return {
        "product": product.id,
        "brand": product.brand or None,
        "category": product.category_id,
        "temperature": product.temperature,
    }[dimension]
