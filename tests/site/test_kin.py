"""Products that nobody stocked yet learn from those that are like them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models import HashedWords
from core.planogram.fixture import Fixture
from core.planogram.product import Product
from core.site.cells import goods_of
from core.site.estimate import FleetFit, fit_fleet
from core.site.kin import LANDMARKS, PATTERNS, ProductVectors, kin_of, product_words, traits_of
from tests.site.worlds import plan_of, tiny_history

FLAVORS = ("Cola", "Lemon", "Orange", "Cherry", "Vanilla", "Ginger")
BRANDS = dict(zip(
    ("Northern", "Harbor", "Quick", "Alder", "Bluebird", "Mesa", "Tiber", "Osprey", "Juno", "Kettle"),
    (0.9, -0.9, 0.6, -0.6, 0.3, -0.3, 0.8, -0.7, 0.5, -0.6), strict=True,
))
LEFT_OUT = tuple(range(6, 61, 6))
"""The last flavor of each brand."""


def shelf_of_brands() -> dict[int, Product]:
    """Ten brands of six flavors, one category, one price."""
    names = [(brand, flavor) for brand in BRANDS for flavor in FLAVORS]
    return {
        i: Product(i, f"{brand} {flavor} 12 oz", "soda", brand, "12 oz", price=2.0, cost=0.7)
        for i, (brand, flavor) in enumerate(names, start=1)
    }


def fit_of(catalog: dict[int, Product], appeal: np.ndarray, seed: int = 3) -> FleetFit:
    """Four machines that sold half of all products but the last flavor of each brand, at exp(appeal)."""
    rng = np.random.default_rng(seed)
    stocked = [p for p in catalog if p not in LEFT_OUT]
    histories = []
    for k in range(4):
        chosen = np.sort(rng.permutation(stocked)[:25]).tolist()
        plan = plan_of(Fixture.machine((5, 5, 5, 5, 5)), chosen, catalog)
        histories.append(tiny_history(k + 1, plan, appeal[np.array(chosen) - 1], 90, rng))
    return fit_fleet(histories, catalog)


@pytest.fixture(scope="module")
def catalog() -> dict[int, Product]:
    return shelf_of_brands()


@pytest.fixture(scope="module")
def fit(catalog: dict[int, Product]) -> FleetFit:
    """A world where brands differ and flavors do not."""
    return fit_of(catalog, np.array([BRANDS[p.brand] for p in catalog.values()]))


def test_a_product_that_nobody_stocked_takes_after_its_brand(fit, catalog):
    """The error is less than half of that of its category's mean, and most intervals hold the truth."""
    response = fit.response(1, catalog=catalog)
    base = response.draws.base[:, [response.index[p] for p in LEFT_OUT]]
    true = np.array(list(BRANDS.values()))
    assert ((base.mean(axis=0) - true) ** 2).mean() < 0.25 * ((true - true.mean()) ** 2).mean()
    low, high = np.quantile(base, (0.05, 0.95), axis=0)
    assert ((low < true) & (true < high)).mean() >= 0.8


def test_a_stranger_gets_the_category_and_a_wider_interval(fit, catalog):
    """A product like none of those sold is known less than one with kin."""
    stranger = Product(99, "Zuzu", "soda", "Zz", price=2.0, cost=0.7)
    response = fit.response(1, catalog={**catalog, 99: stranger})
    base = response.draws.base[:, [response.index[99], response.index[LEFT_OUT[0]]]]
    assert base[:, 0].std() > 1.1 * base[:, 1].std()
    assert abs(base[:, 0].mean()) < 0.4


def test_a_stored_fit_knows_the_kin_of_newer_products(fit, catalog):
    """What is read back answers for a product that came after it as the fit itself does."""
    newer = {**catalog, 99: Product(99, "Northern Berry 12 oz", "soda", "Northern", "12 oz", price=2.0)}
    again = FleetFit.from_bytes(fit.to_bytes())
    one, two = (f.response(1, catalog=newer) for f in (fit, again))
    assert two.point.base == pytest.approx(one.point.base, abs=1e-4)
    assert one.point.base[0, one.index[99]] > one.point.base[0, one.index[12]] + 0.5


def test_a_fit_by_a_model_answers_for_a_product_whose_words_nobody_has_read(catalog):
    """By its brand and form, whether no vector of a newer product is kept or only others' are."""
    rng = np.random.default_rng(9)
    vectors = rng.normal(size=(len(catalog), 12)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    read = ProductVectors("reader", dict(zip(catalog, vectors, strict=True)))
    history = tiny_history(1, plan_of(Fixture.machine((5, 5)), [*range(1, 11)], catalog), np.zeros(10), 60, rng)
    fit = fit_fleet([history], {i: catalog[i] for i in range(1, 11)}, words=read, calibrated=False)
    newer = {**catalog, 99: Product(99, "Northern Berry 12 oz", "soda", "Northern", "12 oz", price=2.0)}
    for known in (None, ProductVectors("reader", {}), ProductVectors("reader", {20: vectors[19]})):
        response = replace(fit, newer=known).response(1, catalog=newer)
        assert np.isfinite(response.draws.base[:, response.index[99]]).all()


def test_the_data_decide_how_much_kin_says(fit, catalog):
    """Where products of one brand do not sell alike, its spread is smaller than where they do."""
    rng = np.random.default_rng(5)
    strangers = fit_of(catalog, rng.permutation([BRANDS[p.brand] for p in catalog.values()]))
    assert strangers.spread["kin"] < 0.8 * fit.spread["kin"]
    assert strangers.spread["kin"] < strangers.spread["product"]


def test_patterns_of_a_large_catalog_are_few_and_quick():
    """Two thousand products, of which few are ever compared with all; Nyström gives back the stocked ones."""
    catalog = {
        i: Product(i, f"{FLAVORS[i % 6]} brew {i // 8} {8 + i % 5} oz", f"kind {i % 12}", f"Brand {i % 90}",
                   price=1.0 + i % 7)
        for i in range(2000)
    }
    goods = goods_of(catalog)
    traits = traits_of(catalog, goods.product_ids.tolist(), goods.category)
    kin, patterns = kin_of(traits, len(goods.categories), "hashed words 1")
    assert patterns.shape == (2000, PATTERNS)
    assert len(kin.landmarks) <= LANDMARKS
    assert kin.patterns(traits) == pytest.approx(patterns, abs=0.05)
    assert (patterns**2).sum(axis=1).max() <= 1.0 + 1e-9


def test_two_of_the_same_words_and_form_are_one():
    """A twin under another id draws the same effect as the product it is the twin of."""
    catalog = shelf_of_brands()
    goods = goods_of(catalog)
    traits = traits_of(catalog, goods.product_ids.tolist(), goods.category)
    kin, patterns = kin_of(traits, 1, "hashed words 1")
    assert kin.patterns(traits) == pytest.approx(patterns, abs=1e-6)
    assert kin.unexplained(patterns).min() == 0.0


def test_no_product_and_one_product_have_patterns():
    """Nothing to compare with is no fault."""
    catalog = shelf_of_brands()
    for ids in ([], [1]):
        traits = traits_of(catalog, ids, np.zeros(len(ids), np.int64))
        kin, patterns = kin_of(traits, 1, "hashed words 1")
        assert patterns.shape[0] == len(ids)
        assert kin.patterns(traits) == pytest.approx(patterns)


@given(st.lists(st.text(max_size=20), max_size=8))
def test_hashed_words_are_unit_vectors_or_nothing(texts):
    """For any text; the same text gives the same vector, whatever stands beside it."""
    vectors = HashedWords().embed(texts)
    norms = np.linalg.norm(vectors, axis=1)
    assert np.all((np.abs(norms - 1.0) < 1e-5) | (norms == 0.0))
    assert all(np.array_equal(HashedWords().embed([t])[0], v) for t, v in zip(texts, vectors, strict=True))


def test_likeness_of_letters_survives_a_typing_error():
    """A misspelled word is nearer than another word."""
    right, wrong, other = HashedWords().embed(["Pretzel twists", "Pretzle twists", "Sea salt popcorn"])
    assert right @ wrong > 0.5 > abs(right @ other) + 0.2


def test_words_hold_brand_and_size_once():
    """What the name says already is not said again."""
    assert product_words(Product(1, "Beacon Cola 20 oz", "soda", "Beacon", "20 oz")) == "Beacon Cola 20 oz"
    assert product_words(Product(1, "Cola", "soda", "Beacon", "20 oz")) == "Beacon Cola 20 oz"


def test_the_phrase_says_from_whom_a_level_comes(fit, catalog):
    """Own history, other places, similar products, or nothing but the category."""
    stranger = Product(99, "Zuzu", "tea", "Zz", price=9.0)
    odd = Product(98, "Vim", "soda", "Vv", price=99.0)
    provenance = fit.response(1, catalog={**catalog, 98: odd, 99: stranger}).provenance
    here = set(fit.goods.product_ids[fit.posteriors[1].products].tolist())
    elsewhere = set(fit.goods.product_ids[fit.index.stocked].tolist()) - here
    assert all(provenance.phrase_of(p).startswith("learned from 3 months here") for p in here)
    assert all("other place" in provenance.phrase_of(p) for p in elsewhere)
    assert provenance.phrase_of(LEFT_OUT[0]) == "from 5 similar products"
    assert provenance.phrase_of(98) == "from the products of its category"
    assert provenance.phrase_of(99) == "from products of other categories"
    assert provenance.phrase_with([*here, 98]).endswith("; 1 product from the products of its category")
    assert provenance.phrase_with(here) == provenance.phrase
