"""docs/par_levels.md: the frontier of stock and service, ours and "max = k × average"."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.truth.par_levels import FILL_RATES, Comparison, Frontier, at_fill, at_stock, compare
from tests.truth.par_worlds import VENDING, simulated, vending
from tests.truth.risk_told import CLASSES, risk_told

DOCS = Path(__file__).parents[2] / "docs" / "par_levels.md"
ASKED_STOCK, ASKED_STOCKOUTS = 0.15, 1 / 3


def main(arguments: Sequence[str] | None = None) -> None:
    """Compare on each world and on the real machines, then write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", default="501-502", help="seeds, such as 501-502")
    parser.add_argument("--money", action="store_true", help="the first world also in money, twice the time")
    given = parser.parse_args(arguments)
    first, _, last = given.worlds.partition("-")
    found: list[Comparison] = []
    risks: dict[str, list[tuple[int, float, float]]] = {}
    for seed in range(int(first), int(last or first) + 1):
        case = simulated(seed)
        risks[case.name] = risk_told(case)
        found.append(compare(case))
        print(_lines(found[-1]), flush=True)
        if given.money and not any(c.money for c in found):
            found.append(compare(case, money=True))
            print(_lines(found[-1]), flush=True)
    if VENDING.exists():
        found.append(compare(vending()))
        print(_lines(found[-1]), flush=True)
    DOCS.write_text(page(found) + risk_section(risks), encoding="utf-8")
    print(f"Written to {DOCS.name}.")


def page(found: Sequence[Comparison]) -> str:
    """The whole page."""
    verdicts = "\n".join(f"- {c.name}{', in money' if c.money else ''}: {_verdict(c)}" for c in found)
    return f"{HEAD}## Verdict\n\n{verdicts}\n\n" + "\n".join(_section(c) for c in found)


def _verdict(c: Comparison) -> str:
    """From which share served on our refills do what is asked."""
    fits: list[float] = []
    for fill in reversed(FILL_RATES):
        window, _, stock = c.best_k(fill)
        if stock == stock:
            _, out = at_stock(c.baseline[window], stock)
            fewer = 1 - at_stock(c.refill, stock)[1] / out
            if 1 - at_fill(c.refill, fill)[1] / stock < ASKED_STOCK and fewer < ASKED_STOCKOUTS:
                break
        fits.append(fill)
    return f"as asked from {min(fits):.0%} served on" if fits else "not as asked"


def risk_section(risks: Mapping[str, Sequence[tuple[int, float, float]]]) -> str:
    """What was told of empty slots, and what came."""
    rows = ["| world | " + " | ".join(f"{low:.0%}–{min(high, 1.0):.0%}" for low, high in CLASSES) + " |",
            "|---|" + "---|" * len(CLASSES)]
    for name, classes in risks.items():
        cells = [f"told {told:.1%}, came {came:.1%} ({n:,})" if n else "" for n, told, came in classes]
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return RISK + "\n".join(rows) + "\n"


def _section(c: Comparison) -> str:
    what = "money: margin served, cost of what is in stock" if c.money else "units"
    return (
        f"## {c.name[0].upper()}{c.name[1:]}, in {what}\n\n{c.series:,} products in places, "
        f"{c.wanted:,.0f} units wanted in the quarter. A week's forecast of all took {c.seconds:.1f} s.\n\n"
        f"{_lines(c)}\n"
    )


def _lines(c: Comparison) -> str:
    rules = [("our par", c.par), ("our refill", c.refill)]
    rules += [("who knows the truth", c.knowing)] if c.knowing is not None else []
    rows = [
        "| served | rule | mean stock | less stock | run out at equal stock | fewer | lost at equal stock | fewer |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for fill in FILL_RATES:
        rows += _rows_at(c, fill, rules)
    return "\n".join(rows)


def _rows_at(c: Comparison, fill: float, rules: Sequence[tuple[str, Frontier]]) -> list[str]:
    unit = "$" if c.money else ""
    window, k, stock = c.best_k(fill)
    if stock != stock:
        rows = [f"| {fill:.0%} | no k reaches it | | | | | | |"]
        return rows + [f"| | {name} | {unit}{at_fill(f, fill)[1]:,.0f} | | | | | |" for name, f in rules]
    lost, out = at_stock(c.baseline[window], stock)
    rows = [f"| {fill:.0%} | {k:.2f} × average of {window} days | {unit}{stock:,.0f} | | {out:,.0f} | | "
            f"{unit}{lost:,.0f} | |"]
    for name, frontier in rules:
        mine = at_fill(frontier, fill)[1]
        our_lost, our_out = at_stock(frontier, stock)
        rows.append(
            f"| | {name} | {unit}{mine:,.0f} | {1 - mine / stock:.0%} | {our_out:,.0f} | {1 - our_out / out:.0%} | "
            f"{unit}{our_lost:,.0f} | {1 - our_lost / lost:.0%} |"
        )
    return rows


HEAD = f"""# Par levels over a held-out quarter

Written by `make par-levels`. The last 91 days of each history are held out. At the start of each of their
weeks both rules set levels from what was recorded before it; the same demand is then served from both, with a
refill up to the level at each service. Asked: at equal share served at least {ASKED_STOCK:.0%} less stock, or
at equal stock at least a third fewer stockouts.

- **k × average**: max = k × what sold between two services, a day in stock, rounded, at least one. k is tuned
  in hindsight to the share served, and so is the number of days averaged over (28, 56 or 91, whichever needs
  least stock): better than it could do in practice.
- **Our par**: one level a week. The quantile of demand over a service interval, as irregular as services have
  been, at one price for stock that all products share; the price draws the frontier.
- **Our refill**: the recommended stock of each refill. The same quantile for the real days until the next
  planned service, weekdays and holidays included.
- **Who knows the truth** (simulated worlds): the same refill from the simulator's true expected demand of every
  day to come, the shocks of the site's days included. Nobody can do better; it shows how much there is to gain.

Stock is the mean on hand, morning and evening. "Run out": services before which somebody found a product
gone. "Lost": demand that was not served. Simulated worlds: demand is the simulator's true demand with every
slot full; recorded is what the world's coils would have sold of it, with stockouts. Their seeds were not used
while developing. Real machines: what sold counts as what was wanted, services are assumed weekly. Capacity
binds neither rule. Costs other than the price for stock are left out, so that nothing but the levels differs.

"""

RISK = """
## The stockout risk that is told

Asked on the first day of the quarter for slots that stand there four weeks more, filled to the brim as the
recorded world does it, with the days between services read from the sales alone. "Came": the share of services
that found the slot empty. By class of the risk told (slots):

"""


if __name__ == "__main__":
    main()
