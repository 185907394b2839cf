"""The figures as docs/backtest.md: verdicts first, then every contestant, then how it was judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from tests.backtest.contestants import OURS

CLOSE = 0.02
COVERAGE_TOLERANCE, BIAS_TOLERANCE = 0.03, 0.05
TIME_RIVAL = "AutoETS"

METHOD = """
## How it is judged

**Sets.** *vending_2022*: five machines, product × machine, daily, January to September 2022; what stood where
is inferred from the sales before each origin, as imports do it; sold-out slots are not recorded.
*orange_juice*: Dominick's, 11 brands × 42 stores, 121 weeks from June 1990, units of the brand's own size (64 oz,
two brands 96 oz); a store's missing weeks count as not known and are not judged; price, deal and feature of
the weeks ahead are known. *completejourney*: a panel of 2,469 households in 2017, product type × store, daily, the
15 stores and 20 types that sold most before the first development origin; the share of a type's volume on
display and in the mailer is known ahead. It is a panel: a store's week is about 120 units of these types.
*completejourney, departments*: all shelf goods (no fuel) of the same stores, department × store, no promotions.
*demo fleet*: the simulator, of a seed that nothing was developed on.

**Origins.** Each contestant forecasts 28 days (4 weeks) from every origin, and knows only what came before. Models were
developed on the development origins and earlier ones; their targets end before the first judged origin. The judged
origins were looked at when the first version of this page was written, and once more after the forecasts had been
changed on development origins: what you read is the second look. Judged: {origins}.

**Levels.** A machine's or store's week: the sum of the series that stood there at the origin, against *all* that
it then sold, products that came later included. A product's 28 days: of those that had stood at least
28 days and stayed. New products (under 28 days, vending only) are shown apart, because a method that looks at
one series alone can know nothing of them. A forecast of zero has a WAPE of 1 at each of these levels.

**Contestants.** Seasonal naive: the same weekday a week before; weekly data: the same week a year before. TSB with α = 0.1.
IMAPA, AutoETS and Theta (dynamic optimized) from statsforecast, season 7, on every series; the last two and the mean
also on each site's *total*, which is judged at that level only. LightGBM: one model for all series, direct for each step
ahead, learning the multiplier of a series' level from lags and means of series, site and product, the calendar, and all that
is known ahead (a week's price and promotion against usual and against the other products of the site); settings searched
on the development origins; and the same on totals.

**Points** are means, for everybody. **Scores.** WAPE = Σ|error| ÷ Σ units. MASE: mean of |error| ÷ the mean change from one
such window to the next in the history (at least 1 unit; left out where two windows do not fit). Pinball: mean over the quantiles
2.5, 5, 10, …, 95, 97.5 %, twice, ÷ mean, so that it reads like a WAPE. Coverage: randomized PIT inside the central 80 or
95 % (Czado, Gneiting and Held 2009).

**Intervals of the others.** No library here gives an interval for a sum of days or products, so all contestants but ours get
what their own errors at earlier origins allow: (actual − forecast) ÷ √forecast, pooled over the groups of a level, of all origins
whose targets had ended (split conformal). Ours are its own, from the history before the origin alone.

**Noise floor**: the WAPE of one who knows each total's true mean (taken as the group's mean over the judged origins) and forecasts
the median, where counting is the only noise: Poisson, or as overdispersed as buying several at a time makes it (vending
{vending:.2f}, completejourney {journey:.2f} variance over mean). Demand that truly moves from week to week is not in it.

**Time**: processor seconds of one core for every contestant, per 1,000 series and origin, choosing of methods and spreads included;
each contestant has answered once before, so that nobody pays for compilation.
"""


@dataclass(frozen=True, eq=False)
class SetResult:
    """What one set showed. ``tables``: days → figures by level and contestant; ``seconds`` per 1,000
    series; ``volume``: totals of at least 200 units a week; ``minutes`` of one core that all contestants took."""

    name: str
    series: int
    origins: Sequence[date]
    purchase: float
    tables: Mapping[int, pd.DataFrame]
    seconds: Mapping[str, float]
    volume: pd.DataFrame
    minutes: float


def report(results: Sequence[SetResult], further: pd.DataFrame, resumed: bool) -> str:
    """The whole page. ``resumed``: others than ours were read from what an earlier run had kept."""
    by_name = {r.name: r for r in results}
    spans = "; ".join(f"{r.name} {len(r.origins)} origins, {r.origins[0]} to {r.origins[-1]}" for r in results)
    method = METHOD.format(
        origins=spans, vending=by_name["vending_2022"].purchase, journey=by_name["completejourney"].purchase
    )
    parts = [
        "# Forecasts against real data and other forecasters",
        "Written by `make backtest` (`python -m tests.backtest`), whatever it showed. All forecasts together took "
        f"{sum(r.minutes for r in results):.0f} minutes of one core."
        + (" What others than ours said was kept from an earlier run of the same code." if resumed else ""),
        "## Verdicts\n\nOurs against the best other contestant of each row. Bias within 5 % and coverage within 3 points "
        "where not marked with *.",
        _markdown(verdicts := _verdicts(results)),
        _summary(verdicts, results),
        "## Volume\n\nTotals of at least 200 units a week; weekly units and the revenue of 28 days at the prices of "
        "those days. Wanted: weekly WAPE < 20 %, monthly revenue MAPE < 15 %, R² > 0.8.",
        _markdown(_volume(results, further)),
        "## Time",
        _markdown(_time(results)),
        *(_full(r) for r in results),
        method.strip(),
    ]
    return "\n\n".join(parts) + "\n"


def verdict(ours: float, others: pd.Series) -> str:
    """Best, within 2 % of the best other, or how far behind it."""
    gap = ours / float(others.min()) - 1
    if gap <= 0:
        return f"best ({-gap:.0%} less)" if gap <= -0.005 else "best"
    return "within 2 %" if gap <= CLOSE else f"behind by {gap:.1%}"


def _verdicts(results: Sequence[SetResult]) -> pd.DataFrame:
    rows = []
    for r in results:
        for days, table in r.tables.items():
            for level, part in table.groupby("level", sort=False):
                if level.startswith("new "):
                    continue
                ours, others = part[part["contestant"] == OURS].iloc[0], part[part["contestant"] != OURS]
                best = others.loc[others["wape"].idxmin()]
                rows.append(
                    {
                        "set": r.name,
                        "horizon": f"{days} days",
                        "level": level,
                        "WAPE": f"{ours['wape']:.3f}",
                        "best other": f"{best['wape']:.3f} {best['contestant']}",
                        "verdict WAPE": verdict(ours["wape"], others["wape"]),
                        "verdict MASE": verdict(ours["mase"], others["mase"]),
                        "verdict pinball": verdict(ours["pinball"], others["pinball"]),
                        "bias": _marked(ours["bias"], 0.0, BIAS_TOLERANCE, "+.1%"),
                        "in 80 %": _marked(ours["cover80"], 0.80, COVERAGE_TOLERANCE, ".1%"),
                        "in 95 %": _marked(ours["cover95"], 0.95, COVERAGE_TOLERANCE, ".1%"),
                        "noise floor": f"{ours['floor']:.3f}",
                        "ours ÷ floor": f"{ours['wape'] / ours['floor']:.1f}",
                    }
                )
    return pd.DataFrame(rows)


def _summary(verdicts: pd.DataFrame, results: Sequence[SetResult]) -> str:
    """How many rows hold what was wanted."""
    behind = verdicts[["verdict WAPE", "verdict MASE", "verdict pinball"]].apply(
        lambda column: column.str.startswith("behind")
    )
    marked = verdicts[["bias", "in 80 %", "in 95 %"]].apply(lambda column: column.str.endswith("*"))
    fast = [r.name for r in results if r.seconds[OURS] < r.seconds[TIME_RIVAL] / 10]
    return (
        f"Of {len(verdicts)} rows, ours is best or within 2 % of the best on WAPE in "
        f"{(~behind['verdict WAPE']).sum()}, on MASE in {(~behind['verdict MASE']).sum()}, on pinball in "
        f"{(~behind['verdict pinball']).sum()}; bias holds in {(~marked['bias']).sum()}, coverage of 80 % in "
        f"{(~marked['in 80 %']).sum()}, of 95 % in {(~marked['in 95 %']).sum()}. It takes less than a tenth of "
        f"{TIME_RIVAL}'s time on {', '.join(fast) or 'no set'}."
    )


def _marked(value: float, wanted: float, tolerance: float, how: str) -> str:
    return format(value, how) + ("" if abs(value - wanted) <= tolerance else " *")


def _volume(results: Sequence[SetResult], further: pd.DataFrame) -> pd.DataFrame:
    named = [r.volume.assign(set=r.name) for r in results] + [further]
    table = pd.concat([part for part in named if len(part)], ignore_index=True)
    return pd.DataFrame(
        {
            "set": table["set"],
            "totals of": table["level"],
            "groups": table["groups"],
            "units a week": table["units a week"].map("{:,.0f}".format),
            "contestant": table["contestant"],
            "weekly WAPE": table["wape"].map("{:.1%}".format),
            "weekly R²": table["r2"].map(_figure),
            "monthly revenue MAPE": table["revenue mape"].map("{:.1%}".format),
            "revenue R²": table["revenue r2"].map(_figure),
            "bias": table["bias"].map("{:+.1%}".format),
            "noise floor": table["floor"].map("{:.1%}".format),
        }
    )


def _time(results: Sequence[SetResult]) -> pd.DataFrame:
    table = pd.DataFrame({r.name: pd.Series(r.seconds) for r in results})
    part = table.loc[OURS] / table.loc[TIME_RIVAL]
    shown = table.map("{:.2f}".format)
    shown.loc[f"ours ÷ {TIME_RIVAL}"] = part.map("{:.3f}".format)
    return shown.rename_axis("s per 1,000 series").reset_index()


def _full(result: SetResult) -> str:
    parts = [f"## {result.name}"]
    for days, table in result.tables.items():
        for level, part in table.groupby("level", sort=False):
            first = part.iloc[0]
            shown = pd.DataFrame(
                {
                    "contestant": part["contestant"],
                    **{x.upper(): part[x].map(_figure) for x in ("wape", "mase")},
                    "bias": part["bias"].map("{:+.1%}".format),
                    "pinball": part["pinball"].map(_figure),
                    "in 80 %": part["cover80"].map("{:.1%}".format),
                    "in 95 %": part["cover95"].map("{:.1%}".format),
                    "R²": part["r2"].map(_figure),
                }
            )
            parts.append(
                f"**{days} days, {level}**: {first['groups']:,.0f} totals of {first['mean']:,.1f} units on average, "
                f"noise floor {first['floor']:.3f}"
            )
            parts.append(_markdown(shown))
    return "\n\n".join(parts)


def _figure(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.3f}"


def _markdown(table: pd.DataFrame) -> str:
    lines = [list(table.columns), ["---"] * len(table.columns), *table.astype(str).to_numpy().tolist()]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
