"""Search over 100,000 products, by words and by meaning, beside RapidFuzz over the same names.

The catalog is made of words as catalogs have them: brands, kinds, flavors, sizes, and a word of its own for
every tenth product. Vectors are random but for their product's kind, because what a search costs does not
depend on what they mean; a query's own vector is made by the model, and that is in the figure.
"""

from __future__ import annotations

import time

import numpy as np

from core.capabilities.search import SearchIndex
from core.models import HashedWords, Vectors
from core.planogram.product import Product
from ml import local_models
from tests.bench.report import ROUNDS, Figure, print_figures, timed

PRODUCTS, QUERIES, LIMIT_MS, WIDTH = 100_000, 40, 20.0, 384
KINDS = ("cola", "chips", "chocolate", "water", "coffee", "cookies", "yogurt", "gum", "noodles", "juice",
         "cereal bar", "energy drink", "trail mix", "iced tea", "crackers", "popcorn", "jerky", "granola")
FLAVORS = ("cherry", "salted", "vanilla", "lime", "spicy", "honey", "barbecue", "peanut", "caramel", "zero",
           "original", "strawberry", "mint", "almond", "dark", "sour cream", "cheddar", "mango", "hazelnut")
ASKED = ("{brand} {kind}", "{flavor} {kind}", "something {flavor} to eat", "{kind} {size}", "{brand} {typo}",
         "a {flavor} drink for a hot day", "{brand} {flavor} {kind} {size}")
SYLLABLES = ("ba", "co", "di", "fe", "go", "ka", "li", "mo", "na", "pe", "ri", "sa", "to", "va", "zu")


def word(rng: np.random.Generator) -> str:
    return "".join(rng.choice(SYLLABLES, int(rng.integers(2, 5))))


def bench_catalog(count: int = PRODUCTS, seed: int = 0) -> tuple[list[Product], dict[int, Vectors]]:
    """Products and their vectors."""
    rng = np.random.default_rng(seed)
    brands = [word(rng).title() for _ in range(count // 50)]
    centers = rng.normal(size=(len(KINDS), WIDTH))
    kind, flavor = rng.integers(0, len(KINDS), count), rng.integers(0, len(FLAVORS), count)
    brand, size = rng.integers(0, len(brands), count), rng.integers(1, 40, count)
    products = []
    for i in range(count):
        own = f" {word(rng)}{word(rng)}" if i % 10 == 0 else ""
        name = f"{brands[brand[i]]} {FLAVORS[flavor[i]].title()} {KINDS[kind[i]].title()}{own} {size[i]} oz"
        products.append(Product(i + 1, name, KINDS[kind[i]], brands[brand[i]], f"{size[i]} oz",
                                velocity=float(rng.gamma(1.0))))
    vectors = (centers[kind] + 1.5 * rng.normal(size=(count, WIDTH))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return products, {p.id: vectors[i] for i, p in enumerate(products)}


def queries(products: list[Product], count: int, seed: int = 1) -> list[str]:
    """As people type: names in part, with an error, and in words of their own."""
    rng = np.random.default_rng(seed)
    asked = []
    for i in range(count):
        product, flavor = products[int(rng.integers(len(products)))], str(rng.choice(FLAVORS))
        cut = int(rng.integers(1, len(product.category)))
        typo = product.category[:cut] + product.category[cut + 1 :]
        asked.append(ASKED[i % len(ASKED)].format(
            brand=product.brand, kind=product.category, flavor=flavor, size=product.size, typo=typo))
    return asked


def main() -> list[Figure]:
    from rapidfuzz import fuzz, process

    embedder = local_models().embedder
    products, vectors = bench_catalog()
    started = time.perf_counter()
    index = SearchIndex(products, vectors)
    built = time.perf_counter() - started
    asked = queries(products, ROUNDS * QUERIES)
    index.search(asked[0], vector=embedder.embed(["first"])[0] if embedder.learned else None)
    names = [p.name for p in products]
    started = time.perf_counter()
    process.extract(asked[1], names, scorer=fuzz.WRatio, limit=10)
    plain = f"RapidFuzz over the names: {(time.perf_counter() - started) * 1000:,.0f} ms"
    figures = [timed("search, 100,000 products, by words", LIMIT_MS, lambda i: index.search(asked[i]),
                     QUERIES, plain)]
    if not isinstance(embedder, HashedWords):
        figures.append(timed(
            "search, 100,000 products, by meaning", LIMIT_MS,
            lambda i: index.search(asked[i], vector=embedder.embed([asked[i]])[0]), QUERIES, plain,
        ))
    return [*figures, Figure("search, making the index of 100,000 products", "s", 10.0, built)]


if __name__ == "__main__":
    print_figures(main())
