"""Measure the response against the simulator's truth, and write docs/truth.md.

    python -m tests.truth.evaluate --seeds 101-106

Worlds that the model has never seen; for each: rank correlation of slot multipliers, coverage and
interval score of random what-ifs, the same without shrinkage, and placebo changes.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from core.planogram.planogram import Planogram
from core.site.estimate import FleetFit, fit_fleet
from core.site.response import Layout, Response
from core.site.site import SiteHistory
from core.store.demo.truth import Truth
from core.store.demo.world import World, simulate
from tests.truth.whatifs import CHANGES, twin_swap

ROOT = Path(__file__).parents[2]
LEVEL = 0.90
DRAWS = 1000
MIN_DAYS, MIN_PRODUCTS = 14, 2


@dataclass
class WorldResult:
    """What one world showed. ``changes``: one row a what-if and model, ``placebo`` likewise."""

    seed: int
    sites: int
    fit_seconds: float
    rank_correlation: float
    identified: float
    changes: pd.DataFrame
    placebo: pd.DataFrame


def evaluate_world(seed: int, machines: int, stores: int, what_ifs: int, days: int = 400) -> WorldResult:
    """Simulate, fit with and without shrinkage, compare."""
    world = simulate(seed, days=days, machines=machines, stores=stores)
    started = time.perf_counter()
    fit = fit_fleet(world.histories, world.catalog)
    seconds = time.perf_counter() - started
    plain = fit_fleet(world.histories, world.catalog, shrinkage=False)
    tasks = random_changes(world, what_ifs, seed)
    twins = [
        (h, h.periods[-1].plan, plan, "twin")
        for h in world.histories for plan in twin_swap(h.periods[-1].plan, world.truth.twins)
    ]
    changes = pd.concat([
        predict(tasks, fit, world.truth).assign(model="shrunken"),
        predict(tasks, plain, world.truth).assign(model="without"),
    ])
    rank, identified = slot_correlation(world.histories, fit, world.truth)
    return WorldResult(
        seed, len(world.histories), seconds, rank, identified, changes.assign(seed=seed),
        predict(twins, fit, world.truth).assign(seed=seed),
    )


Task = tuple[SiteHistory, Planogram, Planogram, str]


def random_changes(world: World, count: int, seed: int) -> list[Task]:
    """``count`` changes of the present plans of random sites, all kinds in turn."""
    rng = np.random.default_rng([seed, 99])
    kinds = list(CHANGES)
    tasks: list[Task] = []
    for i in range(count):
        history = world.histories[int(rng.integers(len(world.histories)))]
        current = history.periods[-1].plan
        kind = kinds[i % len(kinds)]
        tasks.append((history, current, CHANGES[kind](current, world.catalog, rng), kind))
    return tasks


def predict(tasks: list[Task], fit: FleetFit, truth: Truth) -> pd.DataFrame:
    """One row a task: true lift, point, interval, Winkler score, whether the interval covers."""
    responses: dict[int, Response] = {}
    rows = []
    for history, current, proposed, kind in tasks:
        if history.site_id not in responses:
            responses[history.site_id] = fit.response(history.site_id, DRAWS)
        response = responses[history.site_id]
        before, after = response.layout(current), response.layout(proposed)
        lift = revenue(response, after) / revenue(response, before) - 1.0
        low, high = np.quantile(lift, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        point = point_revenue(response, after) / point_revenue(response, before) - 1.0
        true = truth.true_lift(history.site_id, current, proposed)
        winkler = high - low + 2 / (1 - LEVEL) * (max(low - true, 0.0) + max(true - high, 0.0))
        rows.append((kind, history.site_id, true, point, low, high, winkler, low <= true <= high))
    return pd.DataFrame(rows, columns=["kind", "site", "true", "point", "low", "high", "winkler", "inside"])


def revenue(response: Response, layout: Layout) -> np.ndarray:
    """Revenue a day of each draw, (D,)."""
    return response.rates(layout, response.draws) @ layout.price


def point_revenue(response: Response, layout: Layout) -> float:
    return float(response.rates(layout)[0] @ layout.price)


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


def report(results: list[WorldResult], machines: int, stores: int) -> str:
    """The tables as Markdown."""
    changes = pd.concat([r.changes for r in results])
    ours, other = changes[changes.model == "shrunken"], changes[changes.model == "without"]
    placebo = pd.concat([r.placebo for r in results])
    ranks = [r.rank_correlation for r in results]
    held = np.mean([r.identified for r in results])
    right_sign = (np.sign(ours.point) == np.sign(ours.true)).mean()
    lines = [
        "# The response against the truth", "",
        "Written by `make truth` (`tests/truth/evaluate.py`): simulated worlds with seeds that no one",
        f"looked at while developing, {machines} machines and {stores} stores each, 400 days. A lift is a",
        "share of the plan's revenue; intervals are 90 %. Winkler: width plus 20 × the distance by which",
        "the interval misses, smaller is better.", "",
        f"- **{len(ours):,} what-ifs in {len(results)} worlds: {ours.inside.mean():.1%} of the intervals",
        "  hold the true lift** (asked: 87–93 %).",
        f"- Mean Winkler score {ours.winkler.mean():.4f}, without shrinkage {other.winkler.mean():.4f}",
        f"  (whose intervals hold {other.inside.mean():.1%}).",
        f"- Rank correlation of slot multipliers {np.mean(ranks):.3f} (least {min(ranks):.3f}; asked: 0.8)",
        f"  over the {held:.0%} of slots that held two products or more for 14 days each (asked: half).",
        f"- Placebo, a product swapped for its twin, {len(placebo)} times: {placebo.inside.mean():.1%} of",
        f"  the intervals hold 0; mean predicted lift {placebo.point.mean():+.2%}.",
        f"- Right sign of the lift {right_sign:.1%}; error of the point {rms(ours.point - ours.true):.4f},",
        f"  of \"no change\" {rms(ours.true):.4f}; mean bias {(ours.point - ours.true).mean():+.4f}.",
        "", "| world | sites | fit, s | slot rank | coverage | Winkler | without: coverage | Winkler |",
        "|---|---|---|---|---|---|---|---|", *(_world_row(r) for r in results),
        "", "| change | what-ifs | coverage | mean size of lift | error of point | Winkler | without |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind, part in ours.groupby("kind", sort=False):
        without = other[other.kind == kind].winkler.mean()
        lines.append(
            f"| {kind} | {len(part)} | {part.inside.mean():.1%} | {part.true.abs().mean():.4f} | "
            f"{rms(part.point - part.true):.4f} | {part.winkler.mean():.4f} | {without:.4f} |"
        )
    return "\n".join(lines) + "\n"


def _world_row(r: WorldResult) -> str:
    a, b = (r.changes[r.changes.model == model] for model in ("shrunken", "without"))
    return (
        f"| {r.seed} | {r.sites} | {r.fit_seconds:.1f} | {r.rank_correlation:.3f} | {a.inside.mean():.1%} | "
        f"{a.winkler.mean():.4f} | {b.inside.mean():.1%} | {b.winkler.mean():.4f} |"
    )


def rms(values: pd.Series) -> float:
    return float(np.sqrt((values**2).mean()))


def parse_seeds(text: str) -> list[int]:
    """``101-106`` or ``1,2,3``."""
    if "-" in text:
        first, last = (int(x) for x in text.split("-"))
        return list(range(first, last + 1))
    return [int(x) for x in text.split(",")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="101-106")
    parser.add_argument("--machines", type=int, default=24)
    parser.add_argument("--stores", type=int, default=6)
    parser.add_argument("--what-ifs", type=int, default=300)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "truth.md")
    args = parser.parse_args()
    results = []
    for seed in parse_seeds(args.seeds):
        result = evaluate_world(seed, args.machines, args.stores, args.what_ifs)
        ours = result.changes[result.changes.model == "shrunken"]
        rank = result.rank_correlation
        print(f"world {seed}: slot rank {rank:.3f}, coverage {ours.inside.mean():.3f}", flush=True)
        results.append(result)
    text = report(results, args.machines, args.stores)
    args.out.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
