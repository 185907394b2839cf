"""The tables of docs/truth.md."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tests.truth.evaluate import ALONE, WorldResult

SEEN = """What was seen before. The model was developed on seeds 11–18 and 21–28 only, but with the second world's rules
known: the prior of recapture, what a category does where it never stood and how categories answer to place were set
after errors on its development seeds had been seen, so a new seed of it is weaker evidence than an unknown world.
Judged before, on earlier states: worlds 301–304 and 311–316 (94.5 % held), 321–326 (95.2 %), 401–406 (89.0 %) and
411–416 (89.3 %, error 0.52 of the regression without shrinkage); each set of seeds is judged once.
Worlds 331–336 (94.1 %, error 0.34) and 421–426 (89.1 %, error 0.43) were judged with a wider prior (± 0.6, not ± 0.4) of what
the first product of a category gains; it was taken back, since it made the first world wider still.
One set of six worlds is known to ± 2 points (standard error, by worlds): of the second kind, the 24 worlds 401–406, 411–416,
421–426 and 431–436 together held 88.3 %, and their error was 0.43 to 0.52 of the regression's where it was measured.
Worlds of this size (38 fixtures) leave intervals wider than large ones: of 240 what-ifs in a development world of 82
fixtures of the second kind 83 % held."""
ABOUT = {
    "first": (
        "The demo's simulator. Its form is the model's own, with parameters that the model has to find; sales come "
        "from real coils, stockouts are recorded, days are noisier than a Poisson's."
    ),
    "second": (
        "Other rules (`tests/truth/second_truth.py`): customers come with a want and choose by a nested logit, also "
        "across categories and to buy nothing; facings saturate; the effects of row, column and surface add up, and "
        "categories and strong products answer to them differently; price sensitivity is a product's and of two kinds "
        "of customers; demand wanders (AR(1)), cities share shocks, products come into fashion, days have heavy "
        "tails; products are moved once or twice a year, at some sites never; 40 % of the sites record no stockout, the "
        "others three in four."
    ),
}
NAMES = {
    "shrunken": "ours", "single": "a regression without shrinkage, each site for itself",
    "without": "our model of all sites with its shrinkage switched off",
    "trial": "before/after: four weeks each, simulated with their chance",
    "read": "read off the history: the product's mean rate × how the row sells",
}


def report(results: list[WorldResult], machines: int, stores: int) -> str:
    """The tables as Markdown."""
    return "\n".join([
        "# The response against the truth", "",
        "Written by `python -m tests.truth.evaluate` on simulated companies of two kinds, each of",
        f"{machines} machines and {stores} stores over 400 days, whose seeds were not used while developing.",
        "Every prediction is `predict_revenue`'s, as the pages show it; the true lift is computed from the",
        "simulator's parameters, which the estimate never sees. A lift is a share of the plan's revenue;",
        "intervals are 90 %. Winkler score: the width plus 20 × the distance by which the interval misses,",
        "smaller is better. \"Without\": the same model without shrinkage, every spread 1.", "", *SEEN.split("\n"), "",
        *(line for world in ABOUT if (part := [r for r in results if r.world == world])
          for line in _world(world, part)),
    ]) + "\n"


def _world(world: str, results: list[WorldResult]) -> list[str]:
    ours, other = (pd.concat([r.of(model) for r in results]) for model in ("shrunken", "without"))
    changes = pd.concat([r.changes for r in results])
    return [
        f"## The {world} world", "", ABOUT[world], "", *_summary(results, ours, other),
        "", "Error of the point, the same what-ifs for all:", "",
        "| | median absolute error of the lift | ours ÷ it | right sign |", "|---|---|---|---|",
        *_errors(changes), "", *_errors_by_kind(changes), "", f"### By world ({world})", "",
        "| seed | sites | fit, s | slot rank | slots judged | coverage | Winkler | without: coverage | Winkler "
        "| placebo holds 0 |",
        "|---|---|---|---|---|---|---|---|---|---|", *(_world_row(r) for r in results),
        "", f"### By kind of change ({world})", "",
        "| change | what-ifs | coverage | mean size of lift | error of point | bias | Winkler | without |",
        "|---|---|---|---|---|---|---|---|",
        *(_kind_row(kind, part, other[other.kind == kind]) for kind, part in ours.groupby("kind", sort=False)),
        "", f"### Coverage by seed and kind ({world})", "", *_coverage_table(ours), "",
    ]


def _summary(results: list[WorldResult], ours: pd.DataFrame, other: pd.DataFrame) -> list[str]:
    placebo, alone = (pd.concat([getattr(r, name) for r in results]) for name in ("placebo", "alone"))
    ranks = [r.rank_correlation for r in results]
    error = ours.point - ours.true
    return [
        f"- **{len(ours):,} what-ifs: {ours.inside.mean():.1%} of the intervals hold the true lift** (asked: 87–93 %).",
        f"- Mean Winkler score **{ours.winkler.mean():.4f}**, without shrinkage {other.winkler.mean():.4f}",
        f"  (its intervals hold {other.inside.mean():.1%}).",
        f"- Rank correlation (Spearman) of slot multipliers **{np.mean(ranks):.3f}**, least {min(ranks):.3f}, over the",
        f"  {np.mean([r.identified for r in results]):.0%} of slots that held two products or more for 14 days each.",
        f"- Placebo, a product swapped for its twin, {len(placebo)} times: {placebo.inside.mean():.1%} of the",
        f"  intervals hold 0; mean predicted lift {placebo.point.mean():+.2%}, root mean square "
        f"{rms(placebo.point):.2%}.",
        f"- Right sign of the lift {(np.sign(ours.point) == np.sign(ours.true)).mean():.1%}; root mean square",
        f"  error of the point {rms(error):.4f}, of \"no change\" {rms(ours.true):.4f}; bias {error.mean():+.4f}.",
        f"- {ALONE} sites a world fitted alone, without the others ({len(alone)} what-ifs): coverage",
        f"  {alone.inside.mean():.1%}, error of the point {rms(alone.point - alone.true):.4f}.",
    ]


def _errors(changes: pd.DataFrame) -> list[str]:
    size = (changes.point - changes.true).abs().groupby(changes.model).median()
    right = (np.sign(changes.point) == np.sign(changes.true)).groupby(changes.model).mean()
    return [
        f"| {NAMES[model]} | {size[model]:.4f} | {size['shrunken'] / size[model]:.2f} | {right[model]:.0%} |"
        for model in NAMES
    ]


def _errors_by_kind(changes: pd.DataFrame) -> list[str]:
    """Where the error of the lift comes from: medians of ours and of the regression, kind by kind."""
    size = (changes.point - changes.true).abs().groupby([changes.kind, changes.model], sort=False).median().unstack()
    return [
        "| change | median error, ours | regression without shrinkage | ours ÷ it |", "|---|---|---|---|",
        *(f"| {kind} | {row.shrunken:.4f} | {row.single:.4f} | {row.shrunken / row.single:.2f} |"
          for kind, row in size.iterrows()),
    ]


def _world_row(r: WorldResult) -> str:
    a, b = r.of("shrunken"), r.of("without")
    return (
        f"| {r.seed} | {r.sites} | {r.fit_seconds:.1f} | {r.rank_correlation:.3f} | {r.identified:.0%} | "
        f"{a.inside.mean():.1%} | {a.winkler.mean():.4f} | {b.inside.mean():.1%} | {b.winkler.mean():.4f} | "
        f"{r.placebo.inside.mean():.1%} of {len(r.placebo)} |"
    )


def _kind_row(kind: str, part: pd.DataFrame, without: pd.DataFrame) -> str:
    error = part.point - part.true
    return (
        f"| {kind} | {len(part)} | {part.inside.mean():.1%} | {part.true.abs().mean():.4f} | "
        f"{rms(error):.4f} | {error.mean():+.4f} | {part.winkler.mean():.4f} | {without.winkler.mean():.4f} |"
    )


def _coverage_table(ours: pd.DataFrame) -> list[str]:
    table = ours.pivot_table(index="seed", columns="kind", values="inside", sort=False)
    rows = [f"| {seed} | " + " | ".join(f"{v:.0%}" for v in row) + " |" for seed, row in zip(
        table.index, table.to_numpy(), strict=True
    )]
    return ["| world | " + " | ".join(table.columns) + " |", "|---" * (len(table.columns) + 1) + "|", *rows]


def rms(values: pd.Series) -> float:
    return float(np.sqrt((values**2).mean()))


