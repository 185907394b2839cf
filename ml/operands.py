"""What numbers may follow from: others that the text states, and fields of the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ml import cues
from ml.claims import Fact, Facts
from ml.spots import Sentence, Spot
from ml.stated import Number, Unit


@dataclass(frozen=True, slots=True)
class Derived:
    """A value that follows, its unit, how far it may be off because what it follows from was rounded, and the
    way in a word."""

    value: float
    unit: Unit
    slack: float
    way: str


def alike(a: Number, b: Number) -> bool:
    counts = ("", "count")
    return a.unit == b.unit or (a.unit in counts and b.unit in counts)


def others(n: Number, sentence: Sentence) -> list[Number]:
    """The other numbers that the sentence, or the one before, states."""
    both = (*sentence.before, *sentence.numbers)
    return [m for m in both if m is not n and not m.weak and m.unit not in ("times", "rank")]


def half_steps(*numbers: Number) -> float:
    return sum(
        0.5 * (min(m.step, 0.01) if m.unit == "money" and "." in m.written else m.step) for m in numbers
    )


def is_total(spot: Spot, sentence: Sentence) -> bool:
    """Whether words call a number a total: those of its clause, or since the last number of its unit."""
    n = spot.number
    last = max(
        (m.end for m in sentence.numbers if m.end <= n.start and m.unit == n.unit), default=sentence.start
    )
    since = sentence.text[last - sentence.start : n.start - sentence.start]
    return bool(cues.TOTAL.search(spot.clause) or cues.TOTAL.search(since))


def of_named(same: Sequence[Fact], sentence: Sentence) -> list[Fact]:
    return [f for f in same if f.owner in sentence.named]


def by_field(facts: Facts, n: Number) -> list[list[Fact]]:
    """Facts by their field, of units that may make the number's."""
    fields: dict[tuple[str, frozenset[str]], list[Fact]] = {}
    for fact in facts.numbers:
        if (
            not fact.end
            and not fact.told
            and (fact.unit in (n.unit, "") or n.unit == "share" or (n.unit == "" and fact.unit == "count"))
        ):
            fields.setdefault((fact.field, fact.cues if fact.owner else frozenset()), []).append(fact)
    return list(fields.values())


def of_unit(m: Number, f: Fact) -> bool:
    return m.unit == f.unit or (m.unit == "" and f.unit in ("", "count"))


def told_of(f: Fact, spot: Spot) -> bool:
    """Whether words may speak of a fact: what is amiss needs words that say so."""
    return not f.amiss or bool(cues.REST.search(spot.clause))
