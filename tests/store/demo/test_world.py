"""The simulated company: size, sense, and books that balance."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import numpy as np

from core.planogram.fixture import Placement
from core.planogram.rules import violations
from core.store.demo.world import World, simulate
from tests.store.demo.demo_support import SMALL


def test_same_seed_gives_the_same_world(small: World):
    """To the last vend."""
    again = simulate(4, **SMALL)
    for name in ("spot", "sold_at", "units", "transaction"):
        assert np.array_equal(getattr(again.lines, name), getattr(small.lines, name))
    assert [s.versions for s in again.sites] == [s.versions for s in small.sites]


def test_another_seed_gives_another_world(small: World):
    """In what is sold and in what is true."""
    other = simulate(5, **SMALL)
    assert not np.array_equal(other.truth.slots, small.truth.slots)
    assert len(other.lines.spot) != len(small.lines.spot)


def test_world_is_large_enough(world: World):
    """The numbers that the demo promises."""
    assert len(world.stores) >= 10
    assert len(world.devices) >= 44
    assert len({p.venue_type for p in world.devices}) >= 5
    assert (world.last_day - world.first_day).days >= 365
    assert len({p.city for p in world.places}) >= 4
    assert len({p.name for p in world.places}) == len(world.places)
    assert any(s.cabinet == 1 and world.places[s.place].machine for s in world.sites)
    zones = {s.model.fixture.temperature_zone.value for s in world.sites}
    assert zones == {"ambient", "refrigerated", "frozen"}


def test_machines_sell_realistic_numbers(world: World):
    """8 to 110 vends a day a machine, most slots between 0.2 and 5."""
    days = (world.last_day - world.first_day).days + 1
    place = np.array([s.place for s in world.sites])[world.spots.site[world.slot_days.spot]]
    a_day = np.bincount(place, world.slot_days.units)[: len(world.devices)] / days
    assert a_day.min() > 10
    assert a_day.max() < 110
    rates = np.concatenate([world.truth.true_rates(s.site_id, s.versions[0].plan) for s in world.sites])
    assert np.mean((rates > 0.2) & (rates < 5)) > 0.9


def test_every_plan_obeys_the_hard_rules_and_is_full(world: World):
    """In the rule set of its kind of place."""
    for site in world.sites:
        for version in site.versions:
            assert violations(version.plan, world.catalog) == ()
            assert sum(p.cells for p in version.plan.positions) >= 0.9 * version.plan.fixture.cell_count


def test_categories_stand_together_in_rows(world: World):
    """A product beside another of its category is the rule, not the exception."""
    together = pairs = 0
    for site in world.sites:
        positions = site.versions[0].plan.positions
        for a, b in pairwise(positions):
            if a.row == b.row:
                pairs += 1
                together += world.catalog[a.product_id].category == world.catalog[b.product_id].category
    assert together / pairs > 0.7


def test_every_site_has_four_to_seven_plans(world: World):
    """In the order of their days, the first from the first day on."""
    for site in world.sites:
        starts = [v.effective_from for v in site.versions]
        assert starts[0] == world.first_day
        assert starts == sorted(set(starts))
        assert 4 <= len(starts) <= 7 or "wrong" in _story(world, site.site_id)


def _story(world: World, site_id: int) -> str:
    return " ".join(a.description for a in world.truth.anomalies if a.site_id == site_id)


def test_most_slots_held_several_products_for_weeks(world: World):
    """At least 60 % held two or more for 14 days each, so that place can be told from product."""
    told = total = 0
    for history in world.histories:
        days: dict[tuple[int, int], dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for period in history.periods:
            for p in period.plan.positions:
                for column in range(p.column, p.column + p.cells):
                    days[p.row, column][p.product_id] += (period.end - period.start).days + 1
        told += sum(sum(n >= 14 for n in slot.values()) >= 2 for slot in days.values())
        total += history.fixture.cell_count
    assert told / total >= 0.6


def test_prices_and_facings_change_during_the_year(world: World):
    """So that their elasticities can be learned."""
    prices: dict[tuple[int, int], set[float | None]] = defaultdict(set)
    facings: dict[tuple[int, int], set[int]] = defaultdict(set)
    for site in world.sites:
        for version in site.versions:
            for p in version.plan.positions:
                prices[site.site_id, p.product_id].add(p.price)
                facings[site.site_id, p.product_id].add(p.facings)
    assert np.mean([len(x) > 1 for x in prices.values()]) > 0.15
    assert np.mean([len(x) > 1 for x in facings.values()]) > 0.1


def test_lines_add_up_to_the_days(small: World):
    """Units by spot and day are the same in lines and slot-days."""
    width = (small.last_day - small.first_day).days + 1
    lines, days = small.lines, small.slot_days
    size = len(small.spots.site) * width
    from_lines = np.bincount(lines.spot * width + lines.sold_at // 86_400, lines.units, size)
    from_days = np.bincount(days.spot * width + days.day, days.units, size)
    assert np.array_equal(from_lines, from_days)


def test_histories_hold_every_unit(small: World):
    """Each history has its site's sales, on days when the product stood in that slot."""
    assert sum(h.daily["units"].sum() for h in small.histories) == small.slot_days.units.sum()
    history = small.histories[0]
    for row in history.daily.sample(50, random_state=1).itertuples():
        period = next(p for p in history.periods if p.start <= row.day.date() <= p.end)
        position = period.plan.at(row.row, row.column)
        assert position is not None
        assert position.product_id == row.product_id


def test_no_day_sells_more_than_fits(small: World):
    """Stock bounds the day, and a slot that has sold all it holds is out of stock."""
    days = small.slot_days
    capacity = small.spots.capacity[days.spot]
    assert np.all(days.units <= capacity)
    assert np.all(days.stockout[days.units == capacity])


def test_sales_between_two_visits_stay_within_capacity(small: World):
    """What a slot sells until it is refilled is at most what it holds."""
    days, spots = small.slot_days, small.spots
    visit = np.cumsum(small.visits, axis=1)[spots.site[days.spot], days.day]
    sold = np.bincount(days.spot * 1000 + visit, days.units, len(spots.site) * 1000).reshape(-1, 1000)
    assert np.all(sold <= spots.capacity[:, None])


def test_a_slot_without_stock_sells_nothing_until_the_next_visit(small: World):
    """The day after a stockout without service is a stockout without units."""
    days, spots = small.slot_days, small.spots
    at = {(int(s), int(d)): (int(u), bool(o)) for s, d, u, o in
          zip(days.spot, days.day, days.units, days.stockout, strict=True)}
    followed = 0
    for (spot, day), (_, out) in at.items():
        later = day + 1
        if out and later <= spots.end[spot] and not small.visits[spots.site[spot], later]:
            assert at[spot, later] == (0, True)
            followed += 1
    assert followed > 0


def test_stockouts_happen_but_are_no_plague(world: World):
    """One to five slot-days of a hundred."""
    stood = (world.spots.end - world.spots.start + 1).sum()
    assert 0.01 < world.slot_days.stockout.sum() / stood < 0.05


def test_baskets_hold_up_to_three_different_products_of_one_moment_and_place(small: World):
    """A transaction is one purchase."""
    lines = small.lines
    kept = lines.transaction > 0
    number, spot, when = lines.transaction[kept], lines.spot[kept], lines.sold_at[kept]
    place = np.array([s.place for s in small.sites])[small.spots.site[spot]]
    seen: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for n, *row in zip(number, small.spots.product[spot], when, place, strict=True):
        seen[int(n)].append(tuple(map(int, row)))
    sizes = [len(rows) for rows in seen.values()]
    assert set(sizes) == {1, 2, 3}
    assert all(len({row[1:] for row in rows}) == 1 for rows in seen.values())
    assert all(len({row[0] for row in rows}) == len(rows) for rows in seen.values())


def test_affine_products_are_bought_together_more_often_than_rivals(world: World):
    """Within places, the lift of true pairs is far above that of products of one category."""
    lines, n = world.lines, len(world.catalog)
    kept = lines.transaction > 0
    number, product = lines.transaction[kept], world.spots.product[lines.spot[kept]]
    place = np.array([s.place for s in world.sites])[world.spots.site[lines.spot[kept]]]
    joined = np.flatnonzero(np.diff(number) == 0)
    observed = np.zeros((n, n))
    np.add.at(observed, (product[joined], product[joined + 1]), 1)
    expected = np.zeros((n, n))
    for k in range(len(world.places)):
        share = np.bincount(product[place == k], minlength=n) / (place == k).sum()
        expected += (place[joined] == k).sum() * share[:, None] * share
    pairs, rivals = world.truth.affinity > 0.4, world.truth.affinity < 0
    lift = [observed[mask].sum() / expected[mask].sum() for mask in (pairs, rivals)]
    assert lift[0] > 1.2
    assert lift[1] < 0.9


def test_offices_sleep_on_weekends(world: World):
    """Weekday patterns follow the venue type."""
    history = next(h for h in world.histories if h.venue_type == "office")
    weekend = history.daily["day"].dt.dayofweek >= 5
    assert history.daily["units"][weekend].sum() < 0.1 * history.daily["units"].sum()


def test_machines_repeat_products_and_stores_do_not(world: World):
    """A best seller gets a second coil; a retail shelf shows a product once."""
    repeated = {True: 0, False: 0}
    for site in world.sites:
        plan = site.versions[0].plan
        machine = plan.fixture.placement is Placement.SLOTS
        repeated[machine] += len(plan.positions) - len(plan.product_ids)
    assert repeated[True] > 0
    assert repeated[False] == 0


def test_current_plans_know_their_stock(small: World):
    """Quantity between 0 and capacity, par level up to capacity."""
    for site in small.sites:
        for p in site.versions[-1].plan.positions:
            assert p.quantity is not None
            assert p.capacity is not None
            assert p.par_level is not None
            assert 0 <= p.quantity <= p.capacity
            assert 0 < p.par_level <= p.capacity


def test_progress_rises_to_the_end():
    """From above 0 to 1, with words."""
    told: list[tuple[float, str]] = []
    simulate(1, days=20, machines=2, stores=1, progress=lambda share, text: told.append((share, text)))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert all(text for _, text in told)


def test_a_world_of_machines_alone_is_possible():
    """No store, no store's anomaly."""
    world = simulate(2, days=30, machines=3, stores=0)
    assert world.stores == ()
    assert {a.kind for a in world.truth.anomalies} == {"collapse"}
