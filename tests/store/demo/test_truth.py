"""The truth: its form, its effects, its file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from core.planogram.planogram import Planogram
from core.site.response import Effects, Provenance, Response
from core.site.zones import zones_of
from core.store.demo.truth import Truth
from core.store.demo.world import SiteInfo, World


def _response(truth: Truth, site: SiteInfo) -> Response:
    """The engine's response with the true effects of a site."""
    k, zones = truth.site_index[site.site_id], zones_of(site.model.fixture)
    effects = Effects(
        truth.base[k][None], truth.slot_effects(site.site_id)[None], truth.space[None],
        truth.price_elasticity[truth.category][None], truth.diversion[None], np.array([truth.neighbor]),
    )
    none = np.zeros(0)
    return Response(
        truth.product_ids, truth.category, truth.categories, truth.reference_price,
        truth.reference_price * 0.5, truth.affinity, truth.season, np.ones(7),
        truth.reference_inclusive[k], zones, effects, effects, 1.0,
        Provenance(0, 0, none, none, False, "truth"),
    )


def test_truth_has_the_form_of_the_response(small: World):
    """Given the true effects, the engine's response predicts the true rates on every plan."""
    for site in small.sites:
        response = _response(small.truth, site)
        for version in site.versions:
            rates = response.rates(response.layout(version.plan))[0]
            np.testing.assert_allclose(rates, small.truth.true_rates(site.site_id, version.plan), rtol=1e-6)


def test_swapping_twins_changes_nothing(world: World):
    """A product in the place of its twin, and two twins that change places."""
    swapped = 0
    for site in world.sites:
        plan = site.versions[-1].plan
        for a, b in world.truth.twins:
            if not {a, b} & set(plan.product_ids):
                continue
            other = {a: b, b: a}
            moved = plan.with_positions(
                replace(p, product_id=other.get(p.product_id, p.product_id)) for p in plan.positions
            )
            assert abs(world.truth.true_lift(site.site_id, plan, moved)) < 1e-12
            swapped += 1
    assert swapped > 20


def test_removing_a_product_sends_part_of_its_sales_to_substitutes(small: World):
    """Others of its category gain, those of other categories do not; the total falls."""
    site, truth = small.sites[0], small.truth
    plan = site.versions[0].plan
    gone = plan.positions[0]
    category = small.catalog[gone.product_id].category
    left = plan.with_positions(p for p in plan.positions if p.product_id != gone.product_id and p.row > 0)
    before = Planogram(plan.fixture, (*left.positions, gone), plan.rule_set)
    rates = dict(zip(before.positions, truth.true_rates(site.site_id, before), strict=True))
    after = dict(zip(left.positions, truth.true_rates(site.site_id, left), strict=True))
    for position, rate in after.items():
        if small.catalog[position.product_id].category == category:
            assert rate > rates[position]
        else:
            assert rate == pytest.approx(rates[position])
    assert sum(after.values()) < sum(rates.values())


def test_more_facings_and_lower_prices_sell_more(small: World):
    """A second facing adds less than the first; ten percent off adds units."""
    site, truth = small.sites[0], small.truth
    plan = site.versions[0].plan
    one = plan.with_positions([replace(plan.positions[0], facings=1, cells=1)])
    two = plan.with_positions([replace(one.positions[0], facings=2)])
    cheap = plan.with_positions([replace(one.positions[0], price=(one.positions[0].price or 1) * 0.9)])
    rate = float(truth.true_rates(site.site_id, one)[0])
    assert rate < float(truth.true_rates(site.site_id, two)[0]) < 1.5 * rate
    assert rate < float(truth.true_rates(site.site_id, cheap)[0])


def test_places_differ_as_the_literature_says(world: World):
    """Worst to best row about +39 %, column about +15 %, and the eye level is the model's own."""
    vertical, horizontal, best = [], [], {}
    for site in world.sites:
        zones, effect = zones_of(site.model.fixture), world.truth.slot_effects(site.site_id)
        rows = np.bincount(zones.row, effect) / np.bincount(zones.row)
        vertical.append(np.exp(rows.max() - rows.min()))
        columns = [effect[zones.row == r] - rows[r] for r in range(site.model.fixture.rows)]
        horizontal.append(np.exp(np.mean([c.max() - c.min() for c in columns])))
        best[site.model.name] = int(rows.argmax())
    assert np.mean(vertical) == pytest.approx(1.39, abs=0.12)
    assert np.mean(horizontal) == pytest.approx(1.2, abs=0.1)
    assert len(set(best.values())) > 1


def test_slot_multipliers_have_geometric_mean_one(small: World):
    """One for each zone of the site's fixture."""
    for site in small.sites:
        multipliers = small.truth.slot_multipliers(site.site_id)
        assert multipliers.shape == (len(zones_of(site.model.fixture)),)
        assert np.log(multipliers).mean() == pytest.approx(0, abs=1e-12)


def test_space_elasticity_averages_what_studies_found(world: World):
    """Mean 0.17, more for impulse than for commodities."""
    assert world.truth.space.mean() == pytest.approx(0.17, abs=0.03)
    truth = world.truth
    of = {name: truth.space[truth.category == c].mean() for c, name in enumerate(truth.categories)}
    assert of["Chocolate bars"] > of["Cookies"] > of["Water"]


def test_observed_units_agree_with_the_true_rates(world: World):
    """Over all sites, what was sold is what the truth expects, less the days out of stock and the jam."""
    expected = np.zeros(len(world.sites))
    for k, site in enumerate(world.sites):
        for period in world.histories[k].periods:
            days = (period.end - period.start).days + 1
            expected[k] += days * world.truth.true_rates(site.site_id, period.plan).sum()
    sold = np.bincount(world.spots.site[world.slot_days.spot], world.slot_days.units)
    assert sold.sum() / expected.sum() == pytest.approx(1, abs=0.06)
    assert np.corrcoef(np.log(sold), np.log(expected))[0, 1] > 0.98


def test_the_jam_halves_a_machine_and_reports_no_stockout(world: World):
    """The planted collapse is there in the data."""
    anomaly = next(a for a in world.truth.anomalies if a.kind == "collapse")
    daily = world.histories[anomaly.site_id - 1].daily
    since = date.fromisoformat(anomaly.since)
    after = daily["day"].dt.date >= since
    before = ~after & (daily["day"].dt.date >= since - timedelta(days=50))
    assert daily["units"][after].sum() / 25 < 0.7 * daily["units"][before].sum() / 50
    assert daily["stockout"][after].mean() <= daily["stockout"][before].mean() + 0.02


def test_the_wrong_set_costs_a_store_much_of_its_cooler(world: World):
    """The planted layout is worse than the one before by at least a tenth."""
    anomaly = next(a for a in world.truth.anomalies if a.kind == "layout")
    versions = world.sites[anomaly.site_id - 1].versions
    assert versions[-1].effective_from.isoformat() == anomaly.since
    assert world.truth.true_lift(anomaly.site_id, versions[-2].plan, versions[-1].plan) < -0.1


def test_truth_survives_its_file(small: World, tmp_path: Path):
    """Every array and every word, and the same rates."""
    path = tmp_path / "truth.npz"
    small.truth.save(path)
    again = Truth.load(path)
    for name, value in vars(small.truth).items():
        if isinstance(value, np.ndarray):
            assert np.array_equal(getattr(again, name), value), name
        elif name in Truth.__dataclass_fields__:
            assert getattr(again, name) == value, name
    site = small.sites[0]
    plan = site.versions[0].plan
    assert np.array_equal(again.true_rates(site.site_id, plan), small.truth.true_rates(site.site_id, plan))


def test_unknown_site_and_product_are_refused(small: World):
    """A truth about another world is no truth."""
    plan = small.sites[0].versions[0].plan
    with pytest.raises(KeyError):
        small.truth.true_rates(999, plan)
    strange = plan.with_positions([replace(plan.positions[0], product_id=9999)])
    with pytest.raises(KeyError):
        small.truth.true_rates(1, strange)


def test_renumbered_truth_answers_to_new_ids(small: World):
    """As after a build into a database that had rows."""
    site = small.sites[0]
    plan = site.versions[0].plan
    sites = {s.site_id: s.site_id + 70 for s in small.sites}
    moved = small.truth.renumbered({p: p + 500 for p in small.catalog}, sites)
    shifted = plan.with_positions(replace(p, product_id=p.product_id + 500) for p in plan.positions)
    rates = small.truth.true_rates(site.site_id, plan)
    assert np.array_equal(moved.true_rates(site.site_id + 70, shifted), rates)
    assert moved.twins[0][0] == small.truth.twins[0][0] + 500
