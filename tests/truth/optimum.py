"""What the optimizer's plans truly add, as a share of what the true optimum would, into docs/optimum.md.

    python -m tests.truth.optimum --first 601-602

For every cabinet of the machines of a simulated world, whose truth the estimate never sees: the plan that
``optimize`` returns on the estimated site, and the one it returns on a site whose response is the truth, by
the same solver and local search. Beside them the automatic layout and a random filling of the slots.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from core.capabilities.optimize import Optimized, Wishes, optimize
from core.planogram.autofill import autofill
from core.planogram.fixture import Placement
from core.planogram.planogram import Planogram
from core.planogram.space import new_position
from core.site.estimate import FleetFit, fit_fleet
from core.site.response import Effects, Provenance, Response
from core.site.site import Site, SiteHistory
from core.site.zones import zones_of
from core.store.demo.truth import Truth
from tests.truth.evaluate import WORLDS, Examined, parse_seeds, site_of

DOCS = Path(__file__).parents[2] / "docs" / "optimum.md"
MACHINES, STORES, DAYS = 20, 5, 400
ASKED = 0.90
WISHES = Wishes(time_limit_s=20.0)
RANDOM_PLANS = 20
ABOUT = (
    "The lifts are large because the simulator's merchandiser picks products and places by a guess at their appeal: even",
    "a random filling often earns more than what stands, and the truth bears the predictions out. A frozen cabinet has 17",
    "products for 30 slots, so that little but facings and places is left to choose, and its shares are the lowest. Real",
    "machines may leave less to gain; the page says so where a lift is more than studies have seen.",
)


def true_site(truth: Truth, history: SiteHistory, at: Examined) -> Site:
    """A site whose response is the truth itself, its one draw the point."""
    k, zones, size = truth.site_index[history.site_id], zones_of(history.fixture), len(truth.product_ids)
    effects = Effects(
        truth.base[k][None], truth.slot_effects(history.site_id)[None], truth.space[None],
        truth.price_elasticity[truth.category][None], truth.diversion[None], np.array([truth.neighbor]),
    )
    known = Provenance(DAYS, 1, np.ones(len(zones)), np.ones(size), literature=False, version="truth")
    cost = np.array([at.catalog[int(p)].cost for p in truth.product_ids])
    response = Response(
        truth.product_ids, truth.category, truth.categories, truth.reference_price, cost, truth.affinity,
        np.ones((len(truth.categories), 12)), np.ones(7), truth.reference_inclusive[k], zones, effects, effects,
        1.0, known,
    )
    return Site(history.site_id, history.name, history.venue_type, history.fixture, at.catalog, response,
                "truth", history.days)


def evaluate_optimum(at: Examined, fit: FleetFit | None = None, most: int | None = None) -> pd.DataFrame:
    """One row a cabinet: money a day under the truth of the present plan, of ours, of the true optimum, the
    automatic layout and the mean random plan; the lift that was predicted with its interval; seconds."""
    fit = fit or fit_fleet(at.histories, at.catalog)
    cabinets = [h for h in at.histories if h.fixture.placement is Placement.SLOTS][:most]
    return pd.DataFrame([_row(at, fit, history) for history in cabinets])


def _row(at: Examined, fit: FleetFit, history: SiteHistory) -> dict[str, object]:
    plan, site_id = history.periods[-1].plan, history.site_id
    started = time.perf_counter()
    ours = optimize(plan, site_of(history, fit, at), WISHES)
    seconds = time.perf_counter() - started

    def money(subject: Planogram) -> float:
        rates = at.truth.true_rates(site_id, subject)
        price = [at.catalog[p.product_id].price if p.price is None else p.price for p in subject.positions]
        return float(rates @ np.array(price))

    now, mine = money(plan), money(ours.plan)
    optimum = np.nan
    if isinstance(at.truth, Truth):
        best = optimize(plan, true_site(at.truth, history, at), WISHES)
        optimum = max(money(best.plan), mine)  # a local search on the truth may miss what ours hit
    rng = np.random.default_rng([at.seed, site_id])
    return {
        "seed": at.seed, "site": site_id, "name": history.name, "slots": history.fixture.cell_count,
        "now": now, "ours": mine, "optimum": optimum, "autofill": money(_autofilled(plan, at)),
        "random": float(np.mean([money(_random(plan, at, rng)) for _ in range(RANDOM_PLANS)])),
        **_told(ours), "seconds": seconds,
    }


def _told(ours: Optimized) -> dict[str, object]:
    lift = ours.predicted_lift
    new = set(ours.plan.product_ids) - set(ours.before.product_ids)
    return {"point": lift.value, "low": lift.lower, "high": lift.upper, "gap": ours.gap, "new": len(new)}


def _fitting(plan: Planogram, at: Examined) -> list[int]:
    return sorted(p.id for p in at.catalog.values() if p.temperature in (None, plan.fixture.temperature_zone))


def _autofilled(plan: Planogram, at: Examined) -> Planogram:
    """The automatic layout of everything that fits, at the present prices."""
    return _priced(plan, autofill(plan.fixture, [at.catalog[i] for i in _fitting(plan, at)]).plan)


def _random(plan: Planogram, at: Examined, rng: np.random.Generator) -> Planogram:
    """Every slot filled by chance, no product twice where there are enough."""
    ids, cells = _fitting(plan, at), plan.fixture.cells()
    chosen = rng.choice(ids, len(cells), replace=len(ids) < len(cells))
    positions = [
        new_position(at.catalog[int(i)], plan.fixture, row, column)
        for i, (row, column) in zip(chosen, cells, strict=True)
    ]
    return _priced(plan, plan.with_positions(positions))


def _priced(plan: Planogram, other: Planogram) -> Planogram:
    prices = {p.product_id: p.price for p in reversed(plan.positions)}
    return other.with_positions(replace(p, price=prices.get(p.product_id)) for p in other.positions)


def share(rows: pd.DataFrame, column: str = "ours") -> pd.Series:
    """What a plan truly adds to the present one as a share of what the true optimum would."""
    return (rows[column] - rows.now) / (rows.optimum - rows.now)


def report(rows: pd.DataFrame, second: pd.DataFrame | None = None) -> str:
    """docs/optimum.md."""
    shares = share(rows)
    verdict = "met" if shares.median() >= ASKED else "**not met**"
    lines = [
        "# The optimizer against the true optimum", "",
        "Written by `python -m tests.truth.optimum` (`make optimum`) on simulated companies of "
        f"{MACHINES} machines and {STORES} stores over {DAYS} days, whose seeds were not used while developing.",
        "For every cabinet of the machines: what the plan of `optimize`, made on the estimated response, truly",
        "earns more than the plan that stands, as a share of what the true optimum would. The true optimum is",
        "the plan of the same solver and local search on the true response (ours, where that is better).",
        "The truth is computed from the simulator's parameters, which the estimate never sees.", "",
        f"- **Median share of {len(rows)} cabinets: {shares.median():.1%}** (asked: {ASKED:.0%}, {verdict}); "
        f"lowest {shares.min():.1%}, a tenth of them below {shares.quantile(0.1):.1%}.",
        f"- The automatic layout reaches {share(rows, 'autofill').median():.1%}, a random filling "
        f"{share(rows, 'random').median():.1%}.",
        *_lifts(rows), "", *ABOUT, "",
        "| world | cabinet | slots | earns now | ours | true optimum | share | autofill | random | predicted lift "
        "(90 %) | true lift | new products | s |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|",
        *(_line(row, s) for (_, row), s in zip(rows.iterrows(), shares, strict=True)),
    ]
    if second is not None and len(second):
        lines += ["", "## The second world", "",
                  "Other rules (`tests/truth/second_truth.py`), which no solver here knows, so there is no true "
                  "optimum to compare with, only what the plans truly earn.", "", *_lifts(second),
                  f"- The automatic layout truly adds {_mean_lift(second, 'autofill'):+.1f} % on average, a random "
                  f"filling {_mean_lift(second, 'random'):+.1f} %."]
    return "\n".join(lines) + "\n"


def _true_lift(rows: pd.DataFrame, column: str = "ours") -> pd.Series:
    return 100.0 * (rows[column] / rows.now - 1.0)


def _mean_lift(rows: pd.DataFrame, column: str) -> float:
    return float(_true_lift(rows, column).mean())


def _lifts(rows: pd.DataFrame) -> list[str]:
    true = _true_lift(rows)
    inside = ((rows.low <= true) & (true <= rows.high)).mean()
    return [
        f"- Predicted lift {rows.point.mean():.1f} % on average, true lift {true.mean():.1f} %: "
        f"{rows.point.mean() - true.mean():+.1f} points (an optimizer's curse would be above 0); {inside:.0%} "
        "of the 90 % intervals hold the true lift.",
        f"- Lower than what stands: {(true < 0).sum()} of {len(rows)}. Median time {rows.seconds.median():.1f} s.",
    ]


def _line(row: pd.Series, part: float) -> str:
    true = 100.0 * (row.ours / row.now - 1.0)
    return (
        f"| {row.seed} | {row['name']} | {row.slots} | ${row.now:,.2f} | ${row.ours:,.2f} | ${row.optimum:,.2f} "
        f"| {part:.1%} | ${row.autofill:,.2f} | ${row.random:,.2f} | {row.point:+.1f} % ({row.low:.1f}–"
        f"{row.high:.1f}) | {true:+.1f} % | {row.new} | {row.seconds:.1f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", default="601-602", help="seeds of the first world")
    parser.add_argument("--second", default="", help="seeds of the second world")
    parser.add_argument("--most", type=int, default=None, help="cabinets of a world at most")
    parser.add_argument("--out", type=Path, default=DOCS)
    given = parser.parse_args()
    found: dict[str, list[pd.DataFrame]] = {"first": [], "second": []}
    for kind in found:
        for seed in parse_seeds(getattr(given, kind)):
            rows = evaluate_optimum(WORLDS[kind](seed, MACHINES, STORES, DAYS), most=given.most)
            print(f"{kind} {seed}: median share {share(rows).median():.3f}, true lift "
                  f"{_mean_lift(rows, 'ours'):.1f} %, predicted {rows.point.mean():.1f} %", flush=True)
            found[kind].append(rows)
    second = pd.concat(found["second"]) if found["second"] else None
    text = report(pd.concat(found["first"]), second)
    given.out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
