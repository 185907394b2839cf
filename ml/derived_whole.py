"""What follows in one step from things that a text puts together, from the parts of a list, from the ends of
an interval, and from a part and its whole."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from ml import cues
from ml.claims import Fact, Facts
from ml.concepts import COMMON
from ml.operands import Derived, by_field, half_steps, others, told_of
from ml.spots import Sentence, Spot
from ml.stated import Number

SUMMED = frozenset({"money", "count", "share", ""})


def of_whole(spot: Spot, sentence: Sentence, facts: Facts) -> Iterator[Derived]:
    """All of these ways."""
    yield from _of_joined(spot, sentence, facts)
    yield from _of_sides(spot, sentence, facts)
    yield from _of_interval(spot, sentence, facts)
    yield from _net(spot, sentence, facts)
    if spot.number.unit == "share":
        yield from _of_list(spot, facts)
        yield from _of_amount(spot, sentence, facts)
    elif spot.number.unit == "money":
        yield from _amount_of_share(spot, sentence, facts)
    elif spot.number.unit == "":
        yield from _again(spot, sentence, facts)


def sums_of_pairs(sentence: Sentence, facts: Facts) -> list[tuple[float, float]]:
    """(sum of one count, sum of another) over each set of records that a sentence puts together."""
    made = []
    counts = [f for f in facts.numbers if f.unit == "count" and not f.told and not f.amiss]
    for _, owners in sentence.joined:
        if len(owners) < 2:
            continue
        fields = {f.field: sum(g.value for g in counts if g.field == f.field and g.owner in owners)
                  for f in counts if f.owner in owners}
        pairs = combinations(fields.values(), 2)
        made += [(min(a, b), max(a, b)) for a, b in pairs]
    return made


def _of_joined(spot: Spot, sentence: Sentence, facts: Facts) -> Iterator[Derived]:
    """ "Facings and neighbors bring 54 cents": one field of which the words speak, summed over what they put
    together; not where they tell of each."""
    n = spot.number
    behind = sentence.text[n.end - sentence.start :][:16]
    owners = sentence.beside(n)
    if len(owners) < 2 or cues.EACH.search(spot.clause) or cues.EACH.match(behind.strip()):
        return
    for same in by_field(facts, n):
        if same[0].unit not in SUMMED or not (same[0].cues - {"day"}) & spot.far:
            continue
        values = {f.owner: f.value for f in same if f.owner in owners}
        if len(values) == len(owners) and told_of(same[0], spot):
            yield Derived(sum(values.values()), same[0].unit, 0.0, "sum of joined")


def _of_sides(spot: Spot, sentence: Sentence, facts: Facts) -> Iterator[Derived]:
    """ "On the harmful side …": all losses of a field, all gains of it."""
    signs = [sign for sign, cue in ((1.0, cues.SIDE), (-1.0, cues.DARK_SIDE)) if cue.search(sentence.text)]
    if spot.number.unit != "money" or not signs:
        return
    for same in by_field(facts, spot.number):
        changes = [f.value for f in same if f.owner and f.signed]
        for sign in signs if len(changes) > 1 else ():
            yield Derived(sum(v for v in changes if v * sign > 0.0), "money", 0.0, "sum of a side")


def _of_interval(spot: Spot, sentence: Sentence, facts: Facts) -> Iterator[Derived]:
    """ "Some 11 points wide": from one end to the other, of the data or as stated."""
    n = spot.number
    if not cues.WIDTH.search(spot.clause):
        return
    ends = [f for f in facts.numbers if f.end and not f.owner and f.unit in (n.unit, "share")]
    for a, b in combinations(ends, 2):
        if a.record == b.record and a.field == b.field:
            yield Derived(abs(a.value - b.value), a.unit if n.unit else n.unit, 0.0, "width")
    stated = [m for m in others(n, sentence) if m.unit == n.unit]
    for one, two in combinations(stated, 2):
        yield Derived(abs(one.value - two.value), n.unit, half_steps(one, two), "width of stated")


def _net(spot: Spot, sentence: Sentence, facts: Facts) -> Iterator[Derived]:
    """ "That leaves $2.40": the change of the whole, after its causes were told."""
    if spot.number.unit == "money" and cues.NET.search(spot.clause):
        for f in facts.numbers:
            if f.signed and not f.owner and f.unit == "money" and not f.end:
                yield Derived(f.value, "money", 0.0, "net of the whole")


def _of_list(spot: Spot, facts: Facts) -> Iterator[Derived]:
    """ "60% of the departures": a part of a list whose counts add up to a total of which the words speak."""
    about = spot.of | spot.after | spot.head
    totals = [f for f in facts.numbers if not f.owner and f.unit == "count" and f.value > 0 and not f.told]
    for total in totals:
        kin = (total.cues - COMMON) & about
        parts = [f for f in facts.numbers if f.field == "number" and f.cues & kin and not f.owner]
        if kin and sum(f.value for f in parts) == total.value:
            spoken = [f for f in parts if (f.context - COMMON - total.cues) & spot.near]
            for f in spoken or parts:
                yield Derived(f.value / total.value, "share", 0.0, "part of a list")


def _of_amount(spot: Spot, sentence: Sentence, facts: Facts) -> Iterator[Derived]:
    """ "$95.12 (53% of revenue)": what the amount stated right before is of a whole that the words name."""
    n = spot.number
    before = [m for m in sentence.numbers if m.end <= n.start and m.unit != "share" and not m.weak][-1:]
    for m in before:
        for f in facts.numbers:
            kin = not f.owner and not f.told and not f.end and not f.signed and "size" not in f.cues
            if kin and _units_fit(m, f) and f.cues & spot.of and f.value > m.value > 0.0:
                slack = 100.0 * half_steps(m) / f.value
                yield Derived(m.value / f.value, "share", slack, "part of an amount")


def _units_fit(m: Number, f: Fact) -> bool:
    return m.unit == f.unit or (m.unit == "" and f.unit == "count")


def _amount_of_share(spot: Spot, sentence: Sentence, facts: Facts) -> Iterator[Derived]:
    """ "They sell $30 worth a day": the share of a thing named, of the whole of which the words speak."""
    for f in facts.numbers:
        kin = f.cues - {"space", "day"}
        if f.owner in sentence.named and f.unit == "share" and kin & spot.near:
            for g in facts.numbers:
                whole = not g.owner and not g.told and not g.end and g.unit == "money"
                if whole and g.cues & kin and "day" in g.cues and "size" not in g.cues and not g.signed:
                    yield Derived(f.value * g.value, "money", 0.0, "amount of a share")


def _again(spot: Spot, sentence: Sentence, facts: Facts) -> Iterator[Derived]:
    """ "With these two put right", "that closes all five": how many there are of what was told of before."""
    n = spot.number
    before, behind = sentence.text[: n.start - sentence.start], sentence.text[n.end - sentence.start :]
    if cues.AGAIN.search(before) or (cues.ALL.search(before) and cues.CLOSES.match(behind)):
        lists = [t for t in facts.tallies if t.of is None and not t.sign]
        yield from (Derived(float(t.count), "", 0.0, "these") for t in lists)
        yield from (Derived(m.value, "", 0.0, "these") for m in sentence.before if m.unit == "")
