"""Measure the response against the truth of two simulated worlds, and write docs/truth.md.

    python -m tests.truth.evaluate --first 341-346 --second 431-436

For each world: rank correlation of slot multipliers, coverage, interval score and error of random what-ifs as
``predict_revenue`` answers them; the same without shrinkage, by a trial of four weeks and by rates read off
the history; placebo changes, and machines fitted alone.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd

from core.capabilities.whatif import predict_revenue
from core.planogram.planogram import Planogram
from core.planogram.product import Product
from core.site.estimate import FleetFit, fit_fleet
from core.site.response import Response
from core.site.site import Site, SiteHistory
from core.site.zones import FloatArray
from core.store.demo import rhythm
from core.store.demo.world import simulate
from tests.truth.naive import TRIAL_DAYS, History, before_after
from tests.truth.second_world import simulate_second
from tests.truth.whatifs import CHANGES, fill_gap, twin_swap

ROOT = Path(__file__).parents[2]
LEVEL = 0.90
DRAWS = 1000
MIN_DAYS, MIN_PRODUCTS = 14, 2
ALONE = 4


class Truth(Protocol):
    """What every world's truth can tell."""

    twins: tuple[tuple[int, int], ...]

    def slot_effects(self, site_id: int) -> FloatArray: ...
    def true_rates(self, site_id: int, plan: Planogram) -> FloatArray: ...
    def true_lift(self, site_id: int, current: Planogram, proposed: Planogram) -> float: ...


@dataclass(frozen=True, eq=False)
class Examined:
    """A world as the examination needs it. ``days`` (K, D): what the days did to the sites' demand."""

    seed: int
    catalog: dict[int, Product]
    histories: list[SiteHistory]
    truth: Truth
    days: FloatArray


@dataclass
class WorldResult:
    """What one world showed. ``changes``: one row a what-if and model; ``placebo`` and ``alone`` (sites
    fitted without the others) likewise."""

    world: str
    seed: int
    sites: int
    fit_seconds: float
    rank_correlation: float
    identified: float
    changes: pd.DataFrame
    placebo: pd.DataFrame
    alone: pd.DataFrame

    def of(self, model: str) -> pd.DataFrame:
        """The what-ifs as one model answers them."""
        return self.changes[self.changes.model == model]


def first_world(seed: int, machines: int, stores: int, days: int) -> Examined:
    """The demo's simulator."""
    world = simulate(seed, days=days, machines=machines, stores=stores)
    rng = np.random.default_rng([seed, 50])
    calendar = [world.first_day + pd.Timedelta(days=d) for d in range(days)]
    shock = rng.lognormal(-(world.truth.site_shock**2) / 2, world.truth.site_shock, (len(world.sites), days))
    factors = rhythm.venue_days(calendar)[world.truth.site_venue] * shock
    return Examined(seed, world.catalog, world.histories, world.truth, factors)


def second_world(seed: int, machines: int, stores: int, days: int) -> Examined:
    """The one with other rules."""
    world = simulate_second(seed, days=days, machines=machines, stores=stores)
    return Examined(seed, world.catalog, world.histories, world.truth, world.day_factors)


WORLDS: dict[str, Callable[[int, int, int, int], Examined]] = {"first": first_world, "second": second_world}


def evaluate_world(
    seed: int, machines: int, stores: int, what_ifs: int, days: int = 400, world: str = "first"
) -> WorldResult:
    """Simulate, fit with and without shrinkage, compare."""
    at = WORLDS[world](seed, machines, stores, days)
    started = time.perf_counter()
    fit = fit_fleet(at.histories, at.catalog)
    seconds = time.perf_counter() - started
    plain = fit_fleet(at.histories, at.catalog, shrinkage=False)
    tasks = random_changes(at, what_ifs, seed)
    twins = [
        (h, h.periods[-1].plan, plan, "twin")
        for h in at.histories for plan in twin_swap(h.periods[-1].plan, at.truth.twins)
    ]
    ours = predict(tasks, fit, at)
    changes = pd.concat([
        ours.assign(model="shrunken"), predict(tasks, plain, at).assign(model="without"),
        site_by_site(tasks, at).assign(model="single"), *naive(tasks, ours, at),
    ])
    rank, identified = slot_correlation(at.histories, fit, at.truth)
    return WorldResult(
        world, seed, len(at.histories), seconds, rank, identified, changes.assign(seed=seed, world=world),
        predict(twins, fit, at).assign(seed=seed), fitted_alone(at, tasks).assign(seed=seed),
    )


Task = tuple[SiteHistory, Planogram, Planogram, str]


def random_changes(at: Examined, count: int, seed: int) -> list[Task]:
    """``count`` changes of the present plans of random sites, all kinds in turn."""
    rng = np.random.default_rng([seed, 99])
    kinds = [*CHANGES, "add"]
    tasks: list[Task] = []
    for i in range(count):
        history = at.histories[int(rng.integers(len(at.histories)))]
        current = history.periods[-1].plan
        kind = kinds[i % len(kinds)]
        if kind == "add":
            current, proposed = fill_gap(current, at.catalog, rng)
        else:
            proposed = CHANGES[kind](current, at.catalog, rng)
        tasks.append((history, current, proposed, kind))
    return tasks


def fitted_alone(at: Examined, tasks: list[Task]) -> pd.DataFrame:
    """The what-ifs of the first sites, each fitted as if it were the only one there is."""
    parts = []
    for history in at.histories[:ALONE]:
        mine = [task for task in tasks if task[0] is history]
        if mine:
            parts.append(predict(mine, fit_fleet([history], at.catalog), at))
    return pd.concat(parts)


def site_by_site(tasks: list[Task], at: Examined) -> pd.DataFrame:
    """All what-ifs by a regression of each site for itself, without shrinkage; in the order of ``tasks``."""
    parts = []
    for history in {id(t[0]): t[0] for t in tasks}.values():
        mine = [i for i, task in enumerate(tasks) if task[0] is history]
        fit = fit_fleet([history], at.catalog, shrinkage=False)
        parts.append(predict([tasks[i] for i in mine], fit, at).set_index(pd.Index(mine)))
    return pd.concat(parts).sort_index()


def predict(tasks: list[Task], fit: FleetFit, at: Examined) -> pd.DataFrame:
    """One row a task: true lift, point, interval, Winkler score, whether the interval covers."""
    sites: dict[int, Site] = {}
    rows = []
    for history, current, proposed, kind in tasks:
        if history.site_id not in sites:
            sites[history.site_id] = site_of(history, fit, at)
        lift = predict_revenue(current, proposed, sites[history.site_id], confidence_level=LEVEL).lift
        point, low, high = (v / 100.0 for v in (lift.value, lift.lower, lift.upper))
        true = at.truth.true_lift(history.site_id, current, proposed)
        winkler = high - low + 2 / (1 - LEVEL) * (max(low - true, 0.0) + max(true - high, 0.0))
        rows.append((kind, history.site_id, true, point, low, high, winkler, low <= true <= high))
    return pd.DataFrame(rows, columns=["kind", "site", "true", "point", "low", "high", "winkler", "inside"])


def naive(tasks: list[Task], ours: pd.DataFrame, at: Examined) -> list[pd.DataFrame]:
    """The same tasks by a trial of four weeks and by rates read off the history: points only."""
    rng = np.random.default_rng([at.seed, 98])
    read = History(at.histories, at.catalog)
    place = {h.site_id: k for k, h in enumerate(at.histories)}
    tried, seen = [], []
    for history, current, proposed, _ in tasks:
        rates = [at.truth.true_rates(history.site_id, plan) for plan in (current, proposed)]
        prices = [
            np.array([at.catalog[p.product_id].price if p.price is None else p.price for p in plan.positions])
            for plan in (current, proposed)
        ]
        first = int(rng.integers(at.days.shape[1] - 2 * TRIAL_DAYS))
        days = at.days[place[history.site_id], first : first + 2 * TRIAL_DAYS]
        tried.append(before_after(*rates, (prices[0], prices[1]), days, rng))
        seen.append(read.lift(history.site_id, current, proposed, at.catalog))
    return [
        ours[["kind", "site", "true"]].assign(point=point, model=model)
        for model, point in (("trial", tried), ("read", seen))
    ]


def site_of(history: SiteHistory, fit: FleetFit, at: Examined) -> Site:
    """The site without a date, so that money is counted at the average season, as the truth is."""
    return Site(
        history.site_id, history.name, history.venue_type, history.fixture, at.catalog,
        fit.response(history.site_id, DRAWS), "truth", history.days,
    )


def slot_correlation(histories: Sequence[SiteHistory], fit: FleetFit, truth: Truth) -> tuple[float, float]:
    """(Spearman correlation of slot multipliers over all identified slots, share of slots that are)."""
    from scipy.stats import spearmanr

    estimated, true, shares = [], [], []
    for history in histories:
        response = fit.response(history.site_id, 50)
        identified = identified_slots(history, response)
        shares.append(identified)
        estimated.append(response.point.slot[0][identified])
        true.append(truth.slot_effects(history.site_id)[identified])
    rank = spearmanr(np.concatenate(estimated), np.concatenate(true)).statistic
    return float(rank), float(np.concatenate(shares).mean())


def identified_slots(history: SiteHistory, response: Response) -> np.ndarray:
    """Zones that held at least two products for at least 14 days each, (S,) bool."""
    days = np.zeros((len(response.zones), len(response.product_ids)))
    for period in history.periods:
        covers = response.zones.weights(period.plan) > 1e-6
        product = [response.index[p.product_id] for p in period.plan.positions]
        for i, p in enumerate(product):
            days[covers[i], p] += (period.end - period.start).days + 1
    return (days >= MIN_DAYS).sum(axis=1) >= MIN_PRODUCTS


def parse_seeds(text: str) -> list[int]:
    """``101-106`` or ``1,2,3``; nothing for an empty text."""
    if "-" in text:
        first, last = (int(x) for x in text.split("-"))
        return list(range(first, last + 1))
    return [int(x) for x in text.split(",") if x]


def main() -> None:
    from tests.truth.report import report

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", default="341-346", help="seeds of the first world")
    parser.add_argument("--second", default="431-436", help="seeds of the second world")
    parser.add_argument("--machines", type=int, default=20)
    parser.add_argument("--stores", type=int, default=5)
    parser.add_argument("--what-ifs", type=int, default=160)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "truth.md")
    args = parser.parse_args()
    asked = [("first", s) for s in parse_seeds(args.first)] + [("second", s) for s in parse_seeds(args.second)]
    run = partial(_run, args.machines, args.stores, args.what_ifs)
    with ProcessPoolExecutor(args.jobs) as pool:
        results = list(pool.map(run, asked))
    text = report(results, args.machines, args.stores)
    args.out.write_text(text)
    print(text)


def _run(machines: int, stores: int, what_ifs: int, asked: tuple[str, int]) -> WorldResult:
    result = evaluate_world(asked[1], machines, stores, what_ifs, world=asked[0])
    covered = result.of("shrunken").inside.mean()
    print(f"{asked[0]} world {asked[1]}: slot rank {result.rank_correlation:.3f}, coverage {covered:.3f}", flush=True)
    return result


if __name__ == "__main__":
    main()
