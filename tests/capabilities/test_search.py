"""Products found by words, by letters and by meaning."""

from __future__ import annotations

import string
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.capabilities.search import SearchIndex
from core.capabilities.search.meaning import SMALL, MeaningIndex
from core.capabilities.search.words import Vocabulary, words_of
from core.planogram.product import Product
from core.store.demo.assortment import build_catalog
from ml import local_models

PRODUCTS = (
    Product(1, "Beacon Cola Zero 12 oz", "Soda", "Beacon", "12 oz", upc="0123456789"),
    Product(2, "Beacon Cola 12 oz", "Soda", "Beacon", "12 oz", velocity=2.0),
    Product(3, "Beacon Cola 20 oz", "Soda", "Beacon", "20 oz", velocity=5.0),
    Product(4, "Jolly Otter Gummy Otters 2 oz", "Candy", "Jolly Otter", "2 oz"),
    Product(5, "Crème brûlée yogurt", "Dairy", "Maison d'Or"),
)


@pytest.fixture(scope="module")
def ok_small() -> SearchIndex:
    return SearchIndex(PRODUCTS)


@pytest.fixture(scope="module")
def demo() -> dict[int, Product]:
    return build_catalog()


def one_error(text: str, rng: np.random.Generator) -> str:
    """A letter dropped, doubled by another, exchanged, or two neighbors swapped, anywhere in a name."""
    at = rng.choice([i for i, c in enumerate(text) if c.isalpha()])
    letter = rng.choice(list(string.ascii_lowercase))
    match rng.integers(4):
        case 0:
            return text[:at] + text[at + 1 :]
        case 1:
            return text[:at] + letter + text[at:]
        case 2:
            return text[:at] + letter + text[at + 1 :]
    return text[:at] + text[at : at + 2][::-1] + text[at + 2 :]


def test_typing_errors_are_forgiven_on_the_demo_catalog(demo: dict[int, Product]) -> None:
    """One error in a name: the product is among the first five in 95 of 100 cases or more."""
    rng, index = np.random.default_rng(7), SearchIndex(demo.values())
    found = []
    for product in demo.values():
        hits = index.search(one_error(product.name, rng), 5).hits
        found.append(product.id in {h.product_id for h in hits})
    assert np.mean(found) >= 0.95


def test_one_word_of_a_name_with_an_error_finds_it(demo: dict[int, Product]) -> None:
    """The rarest word of a name, misspelled, leads to a product that has it, in 95 of 100 cases or more."""
    rng, index = np.random.default_rng(8), SearchIndex(demo.values())
    counts = {word: sum(word in words_of(p.name) for p in demo.values())
              for p in demo.values() for word in words_of(p.name)}
    found = []
    for product in demo.values():
        long = [w for w in words_of(product.name) if len(w) > 4 and w.isalpha()]
        if not long:
            continue
        word = min(long, key=counts.__getitem__)
        names = [h.name for h in index.search(one_error(word, rng), 5).hits]
        found.append(any(word in words_of(name) for name in names))
    assert np.mean(found) >= 0.95


def test_the_exact_name_comes_first_and_is_certain(demo: dict[int, Product]) -> None:
    """Whatever else shares words with it."""
    index = SearchIndex(demo.values())
    for product in demo.values():
        best = index.search(product.name, 1).hits[0]
        assert (best.name, best.uncertain) == (product.name, False)


@pytest.mark.parametrize(
    ("query", "best"),
    [("cola zer", 1), ("beaconcola 20", 3), ("gumy oter", 4), ("creme brulee", 5), ("maison dor", 5),
     ("0123456789", 1), ("20oz", 3), ("JOLLY-OTTER!", 4)],
)
def test_words_are_found_however_they_are_typed(ok_small: SearchIndex, query: str, best: int) -> None:
    """Half typed, joined, misspelled, without accents, by UPC, in capitals."""
    assert ok_small.search(query).hits[0].product_id == best


def test_of_two_that_fit_as_well_the_faster_seller_comes_first() -> None:
    """The same name twice, as catalogs have it."""
    twins = [Product(1, "Trail mix", "Nuts", velocity=1.0), Product(2, "Trail mix", "Nuts", velocity=3.0)]
    assert [h.product_id for h in SearchIndex(twins).search("trail").hits] == [2, 1]


def test_what_nobody_sells_is_uncertain(ok_small: SearchIndex) -> None:
    """Below 0.7, and nothing at all without words."""
    assert all(h.uncertain for h in ok_small.search("garden hose").hits)
    assert ok_small.search("   ").hits == ()
    assert ok_small.search("cola", 0).hits == ()
    assert SearchIndex(()).search("cola").hits == ()


def test_meaning_finds_what_shares_no_word() -> None:
    """A vector beside a product's brings it in, and the mode says so."""
    vectors = {p.id: np.eye(8, dtype=np.float32)[p.id] for p in PRODUCTS}
    index = SearchIndex(PRODUCTS, vectors)
    found = index.search("dessert in a cup", 3, vectors[5])
    assert (found.mode, found.hits[0].product_id) == ("semantic", 5)
    assert index.search("cola", 3).mode == "text"


def test_the_model_understands_what_people_mean(demo: dict[int, Product]) -> None:
    """Queries that share no word with the names they should bring up."""
    embedder = local_models().embedder
    if not embedder.learned:
        pytest.skip("The text model is not installed.")
    from core.site.kin import product_words

    products = list(demo.values())
    vectors = embedder.embed([product_words(p) for p in products])
    index = SearchIndex(products, {p.id: v for p, v in zip(products, vectors, strict=True)})
    for query, category in (("hydrate after the gym", "Water"), ("lunch", "Fresh meals")):
        hits = index.search(query, 5, embedder.embed([query])[0]).hits
        found = [demo[h.product_id].category for h in hits]
        assert found.count(category) >= 2, (query, found)


@example("HT02:0ISC0000MM")
@given(st.text(max_size=300))
def test_any_text_is_an_answer(ok_small: SearchIndex, query: str) -> None:
    """No text raises, and scores are shares in falling order."""
    scores = [h.score for h in ok_small.search(query).hits]
    assert all(0.0 < s <= 1.0 for s in scores)
    assert all(a >= b for a, b in pairwise(scores))


@given(st.text(string.ascii_lowercase, min_size=4, max_size=12), st.integers(0, 2**32 - 1))
def test_every_single_edit_leads_back_to_the_word(word: str, seed: int) -> None:
    """Symmetric deletes miss no word that is one edit away."""
    wrong = one_error(word, np.random.default_rng(seed))
    vocabulary = Vocabulary([word, "unrelated"])
    assert vocabulary.number[word] in dict(vocabulary.meant(wrong))


def test_two_stages_find_nearly_what_one_finds() -> None:
    """Of the ten nearest of many vectors, few are lost by comparing along some directions first."""
    rng = np.random.default_rng(0)
    centers = rng.normal(size=(40, 128))
    vectors = (centers[rng.integers(0, 40, SMALL + 500)] + 0.5 * rng.normal(size=(SMALL + 500, 128)))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    index = MeaningIndex(vectors)
    kept = []
    for query in vectors[:20]:
        best = np.argsort(-(vectors @ query))[:10]
        kept.append(np.isin(best, index.nearest(query, 300)).mean())
    assert np.mean(kept) > 0.95
