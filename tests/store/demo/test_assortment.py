"""The demo catalog."""

from __future__ import annotations

from dataclasses import replace

from core.store.demo.assortment import CATEGORIES, TWINS, build_catalog, check_digit, season_curves


def test_check_digit_of_a_known_gtin():
    """The GS1 example 614141 00003 has the check digit 6."""
    assert check_digit("61414100003") == "6"


def test_every_gtin_is_valid_unique_and_in_the_range_for_local_use():
    """Weighted digits add up to a multiple of ten, and no real product can have the number."""
    upcs = [p.upc for p in build_catalog().values()]
    weights = (3, 1) * 6
    assert all(sum(int(d) * w for d, w in zip(u, weights, strict=True)) % 10 == 0 for u in upcs)
    assert all(len(u) == 12 and u[0] == "4" for u in upcs)
    assert len(set(upcs)) == len(upcs)


def test_catalog_has_21_categories_and_enough_products():
    """Each category has some choice, and names tell products apart."""
    products = build_catalog().values()
    assert len({p.category for p in products}) == len(CATEGORIES) == 21
    assert len(products) >= 148
    assert min(len(spec.items) for spec in CATEGORIES) >= 6
    assert len({p.name for p in products}) == len(products)


def test_every_product_earns_and_fits():
    """Cost below price, real dimensions, a temperature need, a shelf life and four seasons."""
    for p in build_catalog().values():
        assert 0 < p.cost < p.price
        assert min(p.width_in, p.height_in, p.depth_in) > 0.5
        assert max(p.width_in, p.height_in, p.depth_in) < 12
        assert p.temperature is not None
        assert p.shelf_life_days is not None
        assert p.health_score is not None
        assert set(p.seasonality) == {"spring", "summer", "autumn", "winter"}


def test_twins_differ_in_name_and_number_alone():
    """Otherwise a swap of the two would change something."""
    by_name = {p.name: p for p in build_catalog().values()}
    for first, second in TWINS:
        a, b = by_name[first], by_name[second]
        assert replace(a, id=b.id, name=b.name, upc=b.upc) == b
        assert a.upc != b.upc


def test_seasons_average_to_one():
    """A season moves demand through the year and neither makes nor takes any."""
    assert abs(season_curves().mean(axis=1) - 1).max() < 1e-9
