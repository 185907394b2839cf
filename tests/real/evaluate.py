"""Judge the response on real data, and write docs/real.md.

    python -m tests.real.evaluate

Orange juice: held-out weeks against log-log regressions. Vending: the resets found in the history, replayed.
"""

from __future__ import annotations

import argparse
import tempfile
import textwrap
from pathlib import Path

import numpy as np
import pandas as pd

from core.planogram.product import Catalog
from core.site.site import SiteHistory
from core.store import tables as t
from core.store.catalog import load_catalog
from core.store.database import Actor, Database
from core.store.imports.run import import_sales
from core.store.sites import load_history
from tests.real.juice_contest import OURS, WEEKS, Contest, contest, elasticities, scores
from tests.real.orange_juice import BRANDS, DATA
from tests.real.orange_juice import FILE as JUICE
from tests.real.vending_replay import DAYS_KNOWN, LONGEST, MANY, MEASURES, SHORTEST, replay

ROOT = Path(__file__).parents[2]
VENDING = DATA / "vending_2022" / "sales_jan_sep.csv"
CHOSEN, JUDGED = 121, 141
"""First held-out week on which the model was chosen, and on which it is judged."""
KINDS = {
    "replaced": "another product came", "moved": "a product came from another slot",
    "filled": "an empty slot was filled", "emptied": "a slot was emptied",
    "repriced": "the price of what stayed changed",
}
SIZES = {"few": f"up to {MANY} slots changed", "many": f"more than {MANY} slots changed"}
FEWEST = 4
"""Changes of a kind that make a row."""


def juice_report(judged: Contest, chosen: Contest) -> list[str]:
    """The orange juice tables."""
    stores, rows = judged.held["store"].nunique(), len(judged.held)
    return [
        "## Orange juice: prices and promotions of held-out weeks", "",
        *_wrapped(
            f"Dominick's, {stores} stores × {len(BRANDS)} brands. Everyone is fitted on the weeks before "
            f"{JUDGED} and predicts the cartons of each brand, store and week of the {WEEKS} after "
            f"({rows:,} rows), told that week's prices, deals and advertisements. R² and bias are of "
            "expected cartons, MAPE and WAPE of medians; a regression gives its mean by Duan's "
            "smearing. The response sees a store as a shelf with one facing a brand; plans never "
            f"changed, so nothing is calibrated on resets. It was chosen on weeks {CHOSEN} to "
            f"{CHOSEN + WEEKS - 1}, fitted on those before (below), and not changed for the judged ones."
        ), "",
        *_score_table(scores(judged)), "",
        f"Weeks {CHOSEN} to {CHOSEN + WEEKS - 1}, on which the form was chosen:", "",
        *_score_table(scores(chosen)), "",
        "### Elasticities", "",
        *_wrapped(
            "Own-price elasticity of a brand at its usual prices, the others' prices unchanged (what "
            "goes to and comes from rivals included), mean over the stores with its 90 % interval, in a "
            "week without and with an advertisement; and what an advertisement multiplies sales by at "
            "the usual price. Published for brands: about −1.3 to −4 (Hoch et al. 1995, Montgomery 1997 "
            "on this chain; mean −2.6 over 1,851 estimates, Bijmolt et al. 2005)."
        ), "",
        "| brand | elasticity | 90 % | advertised | 90 % | advertisement | 90 % |",
        "|---|---|---|---|---|---|---|",
        *(_elasticity_row(int(b), row) for b, row in elasticities(judged.fit).iterrows()), "",
        *_wrapped(
            "The intervals take a store's weeks for independent given the model; chain-wide events that "
            "it does not know are shared by the stores, so they are narrower than the truth."
        ),
    ]


def _score_table(table: pd.DataFrame) -> list[str]:
    shown = table.copy()
    for name in ("MAPE", "WAPE", "bias", "90 % holds"):
        shown[name] = [f"{v:+.1%}" if name == "bias" else f"{v:.1%}" for v in table[name]]
    for name in ("R²", "R² of logs"):
        shown[name] = [f"{v:.3f}" for v in table[name]]
    return [
        "| | " + " | ".join(shown.columns) + " |", "|---" * (len(shown.columns) + 1) + "|",
        *(
            f"| {'**' + name + '**' if name == OURS else name} | " + " | ".join(row) + " |"
            for name, row in zip(shown.index, shown.to_numpy(), strict=True)
        ),
    ]


def _elasticity_row(brand: int, row: pd.Series) -> str:
    name, ounces = BRANDS[brand]
    cells = [f"{name}, {ounces} oz"]
    for key, times in (("elasticity", ""), ("advertised", ""), ("feature", "×")):
        cells.append(f"{times}{row[key]:.2f}")
        cells.append(f"{row[f'{key}_low']:.2f} to {row[f'{key}_high']:.2f}")
    return "| " + " | ".join(cells) + " |"


def vending(folder: Path) -> tuple[list[SiteHistory], Catalog]:
    """The real export, imported as a user would, and read back."""
    database = Database(f"sqlite:///{folder / 'vending.db'}")
    database.migrate()
    with database.admin_session() as session:
        session.add(t.Company(name="Vending"))
    actor = Actor(None, 1, "admin")
    import_sales(database, actor, VENDING, VENDING.name)
    with database.session(actor) as session:
        histories, goods = load_history(session), load_catalog(session)
    database.close()
    return histories, goods


def replay_report(found: pd.DataFrame) -> list[str]:
    """The replay tables."""
    count = found[found["measure"] == MEASURES[0]].groupby("place").size()
    prices = int((found["kind"] == "repriced").sum() / len(MEASURES))
    return [
        "## Vending: planogram changes of the real history, replayed", "",
        *_wrapped(
            f"{count.get('machine', 0)} resets of {found['site'].nunique()} machines with "
            f"{count['slot'] - prices} changed slots, and {prices} changes of the price of a product that "
            f"stayed: all that were found in the sales with at least {DAYS_KNOWN} days known before, and "
            f"{SHORTEST} days or more on both sides (at most {LONGEST} are compared). All machines are fitted "
            "on the days before the change. Changes are of revenue and units a day; \"no change\" predicts 0. "
            "Intervals hold the change that would be *seen*, with the chance of counts, good and bad weeks "
            "on both sides. \"What-if\": expected after less expected before, as the pages say it. \"From "
            "what was seen\": expected after less what was sold before, which knows that an unusual stretch "
            "is followed by a usual one."
        ), "",
        *(line for measure in MEASURES for line in _replay_table(found[found["measure"] == measure], measure)),
        *_wrapped(
            "Errors are mean absolute. The machines sell 2 to 11 units a day and a slot a tenth to a third "
            "of one, so chance alone moves most of what is seen. Resets are inferred from the sales with "
            "hindsight: a product counts as placed from about its first sale on, which makes newcomers "
            "look better than they are (the bias of changed slots, and of machines with many), and one "
            "that never sold is not seen at all. Between the stretches of a price change other slots may "
            "have changed; that is not counted."
        ),
    ]


def _replay_table(found: pd.DataFrame, measure: str) -> list[str]:
    slots, machines = (found[found["place"] == place] for place in ("slot", "machine"))
    changed = slots[slots["kind"] != "repriced"]
    parts = [("**whole machine**", machines), ("**changed slot**", changed)]
    parts += [(f"slot: {KINDS[kind]}", part) for kind, part in slots.groupby("kind", sort=False)]
    parts += [(f"machine, {SIZES[kind]}", part) for kind, part in machines.groupby("kind")]
    return [
        f"{'Revenue, dollars' if measure == 'revenue' else 'Units'} a day:", "",
        "| | changes | error of no change | of what-if | from what was seen | right sign | from seen "
        "| 90 % holds | from seen | bias |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *(_replay_row(name, part) for name, part in parts if len(part) >= FEWEST), "",
    ]


def _replay_row(name: str, rows: pd.DataFrame) -> str:
    cells = [name, f"{len(rows)}", f"{rows['seen'].abs().mean():.3f}"]
    cells += [f"{(rows[f'{p}expected'] - rows['seen']).abs().mean():.3f}" for p in ("", "level_")]
    moved = rows[rows["seen"] != 0]
    cells += [
        f"{(np.sign(moved[f'{p}expected']) == np.sign(moved['seen'])).mean():.0%}" for p in ("", "level_")
    ]
    cells += [
        f"{rows['seen'].between(rows[f'{p}low'], rows[f'{p}high']).mean():.0%}" for p in ("", "level_")
    ]
    cells.append(f"{(rows['expected'] - rows['seen']).mean():+.3f}")
    return "| " + " | ".join(cells) + " |"


def _wrapped(words: str) -> list[str]:
    return textwrap.wrap(words, 100, break_on_hyphens=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "real.md")
    args = parser.parse_args()
    lines = [
        "# The response on real data", "",
        "Written by `make real` (`python -m tests.real.evaluate`). Against a simulator whose truth is known:",
        "[truth.md](truth.md). Forecasts: [backtest.md](backtest.md).", "",
    ]
    if JUICE.exists():
        lines += [*juice_report(contest(JUDGED), contest(CHOSEN)), ""]
    if VENDING.exists():
        with tempfile.TemporaryDirectory() as folder:
            lines += [*replay_report(replay(*vending(Path(folder)))), ""]
    args.out.write_text("\n".join(lines))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
