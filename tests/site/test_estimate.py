"""What the estimation learns from histories whose effects are known, and what it says without any."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from core.errors import BadInput
from core.planogram.fixture import Fixture
from core.site.estimate import FleetFit, fit_fleet, fit_groups, prior_response
from core.site.site import SiteHistory
from tests.site.worlds import TinyWorld, catalog_of, one_product, plan_of, tiny_history, tiny_world


@pytest.fixture(scope="module")
def world() -> TinyWorld:
    return tiny_world(seed=5)


@pytest.fixture(scope="module")
def fit(world: TinyWorld) -> FleetFit:
    return fit_fleet(world.histories, world.catalog)


def lift_of(response, current, proposed) -> np.ndarray:
    a, b = response.layout(current), response.layout(proposed)
    return (response.rates(b, response.draws) @ b.price) / (response.rates(a, response.draws) @ a.price) - 1


def test_rows_are_learned_from_products_that_moved(world, fit):
    """The best and the worst row and what is between them."""
    slot = fit.response(1).point.slot[0]
    assert np.corrcoef(slot, world.slot)[0, 1] > 0.85
    assert slot.mean() == pytest.approx(0.0, abs=1e-9)


def test_rates_of_the_present_plan_are_those_that_sold(world, fit):
    """Total within a few percent of the last period's sales."""
    history = world.histories[0]
    response = fit.response(1)
    last = history.periods[-1]
    sold = history.daily[history.daily["day"] >= np.datetime64(last.start)]["units"].sum()
    days = (last.end - last.start).days + 1
    assert response.rates(response.layout(last.plan)).sum() == pytest.approx(sold / days, rel=0.08)


def test_the_point_is_the_mean_of_the_draws(world, fit):
    """So that no two pages disagree about money."""
    response = fit.response(2)
    layout = response.layout(world.histories[1].periods[-1].plan)
    point, drawn = response.rates(layout)[0], response.rates(layout, response.draws).mean(axis=0)
    assert point == pytest.approx(drawn, rel=1e-3)


def test_the_point_lift_is_close_to_the_mean_lift(world, fit):
    """Also for a plan that never stood."""
    history, response = world.histories[0], fit.response(1)
    current = history.periods[-1].plan
    a, b = current.positions[0], current.positions[-1]
    proposed = current.with_positions((
        replace(a, product_id=b.product_id), *current.positions[1:-1], replace(b, product_id=a.product_id),
    ))
    before, after = response.layout(current), response.layout(proposed)
    point = (response.rates(after)[0] @ after.price) / (response.rates(before)[0] @ before.price) - 1
    assert point == pytest.approx(lift_of(response, current, proposed).mean(), abs=2e-3)


def test_the_same_data_give_the_same_draws(world, fit):
    """Twice the same question, twice the same answer; another seed, other draws."""
    again = fit_fleet(world.histories, world.catalog)
    assert np.array_equal(fit.response(1).draws.base, again.response(1).draws.base)
    assert not np.array_equal(fit.response(1).draws.base, fit.response(1, seed=1).draws.base)


def test_more_history_learns_more(world):
    """Shares learned here grow with days, and stay between 0 and 1."""
    short = fit_fleet(tiny_world(seed=5, days=16, periods=1).histories, world.catalog).response(1).provenance
    long = fit_fleet(world.histories, world.catalog).response(1).provenance
    stood = short.product_learned > 0
    assert long.product_learned[stood].mean() > short.product_learned[stood].mean()
    assert long.slot_learned.mean() > short.slot_learned.mean()
    assert 0 <= short.product_learned.min() <= long.product_learned.max() <= 1
    assert long.phrase.startswith("learned from 8 months here")


def test_a_product_without_history_is_uncertain_and_like_its_category(world):
    """Newer than the fit: wider than any that stood here."""
    fit = fit_fleet(world.histories, world.catalog)
    bigger = world.catalog | {99: replace(world.catalog[4], id=99, name="New")}
    response = fit.response(1, catalog=bigger)
    new = response.index[99]
    stood = response.provenance.product_learned > 0
    assert response.draws.base[:, new].std() > 2 * response.draws.base[:, stood].std(axis=0).max()
    assert response.provenance.product_learned[new] == 0


def test_a_category_that_the_fit_never_saw_is_answered_for(world, fit):
    """With finite numbers."""
    bigger = world.catalog | {99: replace(world.catalog[4], id=99, category="ice cream")}
    response = fit.response(1, catalog=bigger)
    history = world.histories[0].periods[-1].plan
    plan = history.with_positions((replace(history.positions[0], product_id=99), *history.positions[1:]))
    assert np.isfinite(response.rates(response.layout(plan), response.draws)).all()


def test_a_stockout_hides_demand():
    """Four a day wanted and four held: the plain mean of sales would be far too low."""
    rng = np.random.default_rng(7)
    wanted, held = rng.poisson(4.0, 300), 4
    sold = np.minimum(wanted, held)
    history = one_product(sold.tolist(), (sold == held).tolist())
    response = fit_fleet([history], catalog_of(1)).response(1)
    rate = response.rates(response.layout(history.periods[0].plan)).sum()
    assert sold.mean() < 3.3
    assert rate == pytest.approx(4.0, rel=0.08)


def test_days_that_began_without_stock_say_nothing():
    """Half the year empty: the rate is that of the other half."""
    history = one_product([2] * 100 + [0] * 100, [False] * 100 + [True] * 100)
    response = fit_fleet([history], catalog_of(1)).response(1)
    assert response.rates(response.layout(history.periods[0].plan)).sum() == pytest.approx(2.0, rel=0.1)


def test_sales_without_slots_still_teach_rates():
    """A store's receipts know no shelf."""
    world = tiny_world(seed=6, sites=2)
    blind = [replace(h, daily=h.daily.assign(row=-1, column=-1)) for h in world.histories]
    response = fit_fleet(blind, world.catalog).response(1)
    last = blind[0].periods[-1]
    recent = blind[0].daily[blind[0].daily["day"] >= np.datetime64(last.start)]
    days = (last.end - last.start).days + 1
    assert response.rates(response.layout(last.plan)).sum() == pytest.approx(recent["units"].sum() / days, rel=0.08)


@pytest.mark.parametrize("what", ["no sales", "no plan", "no period"])
def test_a_site_without_a_usable_history_gets_what_others_have_in_common(world, what):
    """It is left out of the fit, and a place of its kind is answered for."""
    history = world.histories[0]
    period = history.periods[0]
    empty = {
        "no sales": replace(history, site_id=9, daily=history.daily.iloc[:0]),
        "no plan": replace(history, site_id=9, periods=(replace(period, plan=period.plan.with_positions(())),)),
        "no period": replace(history, site_id=9, periods=()),
    }[what]
    fit = fit_fleet([*world.histories, empty], world.catalog)
    assert 9 not in fit.posteriors
    response = fit.response_for(history.fixture, "office", world.catalog)
    assert response.provenance.phrase == "from 3 similar machines"
    rate = response.rates(response.layout(period.plan)).sum()
    assert 10 < rate < 45


def test_an_unknown_venue_and_fixture_are_answered_for_with_wider_intervals(world, fit):
    """Less is known of them."""
    known = fit.response_for(world.histories[0].fixture, "office", world.catalog)
    unknown = fit.response_for(Fixture.shelves(48, 4), "zoo", world.catalog)
    assert unknown.draws.base.std(axis=0).mean() > known.draws.base.std(axis=0).mean()
    assert unknown.draws.slot.std() > 0


def test_without_any_sale_published_studies_answer():
    """Velocity sets the level, the literature the place."""
    catalog = {i: replace(p, velocity=2.0) for i, p in catalog_of(8).items()}
    fixture = Fixture.machine((4, 4))
    response = prior_response(fixture, catalog)
    layout = response.layout(plan_of(fixture, list(catalog), catalog))
    assert response.provenance.phrase == "from published studies"
    assert response.rates(layout).mean() == pytest.approx(2.0, rel=0.5)
    assert response.point.space.mean() == pytest.approx(0.17, abs=0.02)
    assert response.point.slot[0, :4].mean() > response.point.slot[0, 4:].mean()


def test_an_empty_catalog_is_no_error():
    """A workbench on its first day."""
    assert len(prior_response(Fixture.machine((2,)), {}).product_ids) == 0


def test_a_demo_site_never_informs_a_real_one(world):
    """The fit of the user's own sites is the same with and without demo sites beside them."""
    demo = [replace(h, site_id=h.site_id + 100) for h in tiny_world(seed=8, rate=5.0, is_demo=True).histories]
    fits = fit_groups([*demo, *world.histories], world.catalog)
    alone = fit_fleet(world.histories, world.catalog)
    assert np.array_equal(fits[False].theta, alone.theta)
    assert set(fits[True].posteriors) == {101, 102, 103}


def test_a_product_that_the_catalog_lacks_is_refused(world):
    """The caller has mixed two catalogs."""
    with pytest.raises(KeyError):
        fit_fleet(world.histories, catalog_of(3))


def test_a_fit_survives_being_stored(world, fit):
    """Bytes and back: the same point, draws within single precision."""
    copy = FleetFit.from_bytes(fit.to_bytes())
    a, b = fit.response(2), copy.response(2)
    assert a.point.slot == pytest.approx(b.point.slot, abs=1e-4)
    assert a.draws.base == pytest.approx(b.draws.base, abs=1e-4)
    assert copy.posteriors[2].fixture == fit.posteriors[2].fixture
    assert b.provenance.phrase == a.provenance.phrase


@pytest.mark.parametrize("data", [b"", b"not a fit", b"PK\x03\x04 broken"])
def test_bytes_that_are_no_fit_are_refused(data):
    """With a hint what to do."""
    with pytest.raises(BadInput, match="not a stored fit"):
        FleetFit.from_bytes(data)


def test_shrinkage_narrows_what_little_data_leave_open():
    """Sixteen days in one plan: without shrinkage the slots are anyone's guess."""
    world = tiny_world(seed=5, days=16, periods=1)
    shrunken = fit_fleet(world.histories, world.catalog).response(1)
    plain = fit_fleet(world.histories, world.catalog, shrinkage=False).response(1)
    assert shrunken.draws.slot.std(axis=0).mean() < plain.draws.slot.std(axis=0).mean() / 2


def test_one_machine_year_fits_in_a_second():
    """And its response is drawn in a twentieth of that; generous factors for busy machines."""
    world = tiny_world(sites=1, days=365)
    fit_fleet(world.histories, world.catalog)
    started = time.process_time()
    fit = fit_fleet(world.histories, world.catalog)
    fitted = time.process_time()
    fit.response(1)
    assert fitted - started < 1.0
    assert time.process_time() - fitted < 0.5


def test_a_history_of_one_day_is_enough_to_answer(world):
    """Nearly all prior, but finite and of the right order."""
    history = world.histories[0]
    first = history.periods[0]
    day = np.datetime64(first.start)
    short: SiteHistory = replace(
        history, periods=(replace(first, end=first.start),), daily=history.daily[history.daily["day"] == day]
    )
    response = fit_fleet([short], world.catalog).response(1)
    rates = response.rates(response.layout(first.plan), response.draws)
    assert np.isfinite(rates).all()
    assert 5 < rates.sum(axis=1).mean() < 80


def test_space_given_to_what_sells_anyway_is_not_taken_for_its_effect():
    """Best sellers have three facings and the others one, for ever: the elasticity stays the literature's."""
    rng, catalog = np.random.default_rng(4), catalog_of(16)
    fixture = Fixture.machine((8, 8))
    liking = {p: 0.8 * (p <= 4) + rng.normal(0, 0.2) for p in catalog}
    histories = [
        _with_facings(site, fixture, catalog, liking, {p: 3 if p <= 4 else 1 for p in catalog}, rng)
        for site in range(1, 7)
    ]
    fit = fit_fleet(histories, catalog)
    space = fit.theta[fit.index.span("space0")][0]
    assert space < 0.19
    assert fit.theta[fit.index.span("habit")][0] > 0.1


def _with_facings(site, fixture, catalog, liking, facings, rng) -> SiteHistory:
    """Four months in one plan; facings do nothing, liking everything."""
    order = [int(p) for p in rng.permutation(list(catalog))]
    plan = plan_of(fixture, order, catalog)
    plan = plan.with_positions(replace(q, facings=facings[q.product_id]) for q in plan.positions)
    return tiny_history(site, plan, np.array([liking[p] for p in order]), 120, rng)


def test_what_is_popular_about_a_rows_products_is_no_merit_of_the_row():
    """Drinks below and bars above, for ever, drinks selling thrice as much: the rows keep their prior."""
    rng = np.random.default_rng(8)
    catalog = catalog_of(20)
    fixture = Fixture.machine((5, 5, 5, 5))
    plan = plan_of(fixture, list(catalog), catalog)
    log_rate = np.where(np.arange(20) >= 15, np.log(1.5), np.log(0.5)) + rng.normal(0.0, 0.2, 20)
    histories = [tiny_history(k + 1, plan, log_rate, 240, rng) for k in range(3)]
    slot = fit_fleet(histories, catalog).response(1).point.slot[0].reshape(4, 5).mean(axis=1)
    prior = prior_response(fixture, catalog).point.slot[0].reshape(4, 5).mean(axis=1)
    assert slot == pytest.approx(prior, abs=0.12)
