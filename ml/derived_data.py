"""What follows in one step from the data: records that a sentence names, and fields of which it speaks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from ml import cues
from ml.claims import Fact, Facts
from ml.concepts import COMMON, concepts_of_field
from ml.operands import Derived, by_field, half_steps, is_total, of_named, of_unit, others, told_of
from ml.rounded import says
from ml.spots import Sentence, Spot
from ml.stated import Unit

FEW, MOST_COMPARED = 4, 16


def of_records(spot: Spot, sentence: Sentence, facts: Facts) -> Iterator[Derived]:
    """Sums, means, parts and differences of one field over records: those named, and all."""
    n, text = spot.number, sentence.text
    total = cues.TOTAL.search(text) or (n.unit == "share" and cues.SUBJECTS.search(text))
    mean = cues.MEAN.search(text)
    fields = by_field(facts, n)
    if n.unit == "share" and any(same[0].unit == "share" and same[0].cues & spot.of for same in fields):
        fields = [same for same in fields if same[0].unit != "share" or same[0].cues & spot.of]
    each = cues.EACH.match(text[n.end - sentence.start :].strip())
    signed = text[: n.start - sentence.start].endswith(("−", "+", "-"))
    for same in fields:
        unit = same[0].unit
        own = [f.value for f in of_named(same, sentence)]
        every = [f.value for f in same if f.owner]
        for values in (own, every):
            if len(values) >= 2 and total and not each:
                yield Derived(sum(values), unit, 0.0, "sum")
            if len(values) >= 2 and mean:
                yield Derived(sum(values) / len(values), unit, 0.0, "mean")
        apart = cues.DIFFERENCE.search(spot.clause)
        if (len(own) >= 2 and apart) or (len(own) == 2 and cues.NET.search(text)):
            yield from _compared(own, unit)
        yield from _extremes(same, text)
        wrong = "wrong" in spot.of
        if n.unit == "share" and own and cues.PART.search(text) and wrong == same[0].amiss and not signed:
            yield from _parts(own, every, same[0], facts)


def _extremes(same: Sequence[Fact], text: str) -> Iterator[Derived]:
    """ "The two biggest losers give up 83 cents"."""
    signed = sorted(f.value for f in same if f.owner and f.signed)
    for m in cues.EXTREME.finditer(text) if len(signed) > FEW else ():
        count = cues.COUNTS[(m["top"] or m["count"]).lower()]
        down = (m["what"] or "").lower().startswith(("lo", "de"))
        mine = (
            [v for v in signed if v < 0][:count] if down else [v for v in reversed(signed) if v > 0][:count]
        )
        if len(mine) == count:
            yield Derived(sum(mine), same[0].unit, 0.0, "sum of extremes")


def _parts(own: Sequence[float], every: Sequence[float], field: Fact, facts: Facts) -> Iterator[Derived]:
    """What those named make of the sum of all, and of the whole where the data hold it."""
    if field.unit in ("money", "count", "") and sum(every) > 0 and min(every) >= 0:
        yield from (Derived(value / sum(every), "share", 0.0, "part") for value in (*own, sum(own)))
    for f in facts.numbers:
        whole = not f.owner and not f.told and f.unit == field.unit and not f.end
        if whole and f.value and f.cues - {"day"} and f.cues <= field.cues:
            for value in {*own, sum(own)}:
                yield Derived(abs(value / f.value), "share", 0.0, "part of whole")


def _compared(values: Sequence[float], unit: Unit) -> Iterator[Derived]:
    """Differences of values of one unit, absolute and in parts."""
    for x, y in combinations(values, 2):
        yield Derived(abs(x - y), unit, 0.0, "difference")
        if unit != "share":
            yield from (Derived(abs(a / b - 1.0), "share", 0.0, "rise") for a, b in ((x, y), (y, x)) if b)


def of_fields(spot: Spot, told: Sequence[Fact], sentence: Sentence, facts: Facts) -> Iterator[Derived]:
    """Differences and shares of two fields of one record, or of the whole, of which the sentence speaks."""
    n = spot.number
    if cues.DIFFERENCE.search(spot.clause):
        if not any(f.signed for f in told):
            for unit in {f.unit for f in told}:
                values = [f.value for f in told if f.unit == unit][:MOST_COMPARED]
                yield from (d for d in _compared(values, unit) if d.way == "difference")
        for same in by_field(facts, n):
            whole = [f.value for f in same if not f.owner]
            if 2 <= len(whole) <= FEW:
                yield from (d for d in _compared(whole, same[0].unit) if d.way == "difference")
    if n.unit == "share":
        for a, b in pairs_of_fields(spot, sentence, facts):
            low, high = sorted((abs(a.value), abs(b.value)))
            if 0 < low <= high and (a.unit != "share" or (n.part and cues.FAIR.search(sentence.text))):
                yield Derived(low / high, "share", 0.0, "share of fields")


def pairs_of_fields(spot: Spot, sentence: Sentence, facts: Facts) -> Iterator[tuple[Fact, Fact]]:
    """Two fields of one unit of a record that the sentence names, or of the whole: each is stated, or the
    words speak of it."""
    stated = others(spot.number, sentence)
    spoken = [
        f
        for f in facts.numbers
        if not f.told
        and not f.end
        and told_of(f, spot)
        and (
            f.owner in sentence.named
            or (
                not f.owner
                and (f.cues & spot.far or any(says(m, f.value, f.unit) and of_unit(m, f) for m in stated))
            )
        )
    ]
    for a, b in combinations(spoken, 2):
        if (
            a.record == b.record
            and a.unit == b.unit
            and a.field != b.field
            and (a.owner or ((a.cues | b.cues) - COMMON) & spot.near)
        ):
            yield a, b
    if spot.number.unit == "share":
        yield from _of_one_record(spot, sentence, facts)


def _of_one_record(spot: Spot, sentence: Sentence, facts: Facts) -> Iterator[tuple[Fact, Fact]]:
    """Two counts of the record without a name of which the words since the number before speak most."""
    loose = [f for f in facts.numbers if not f.owner and not f.told and f.unit == "count" and f.context
             and told_of(f, spot)]
    said = spot.since | sentence.about
    most = max((len(f.context & said) for f in loose), default=0)
    mine = [f for f in loose if most >= 2 and len(f.context & said) == most]
    yield from ((a, b) for a, b in combinations(mine, 2) if a.record == b.record)


def of_loose(spot: Spot, sentence: Sentence, facts: Facts) -> Iterator[Derived]:
    """Of one field of few records without names, such as the gains of two swaps: what words say of both."""
    n, text = spot.number, sentence.text
    for same in by_field(facts, n):
        loose = [f for f in same if not f.owner and f.context]
        spoken = any((f.cues | f.context - COMMON) & spot.far for f in loose)
        if not (spoken or cues.BOTH.search(text) or _again(spot, sentence)):
            continue
        if not 2 <= len(loose) <= FEW:
            continue
        unit = loose[0].unit
        for a, b in combinations([abs(f.value) for f in loose], 2):
            if is_total(spot, sentence) or (unit == "money" and cues.BOTH.search(text)):
                yield Derived(a + b, unit, 0.0, "sum of loose")
            if cues.DIFFERENCE.search(text):
                yield Derived(abs(a - b), unit, 0.0, "difference of loose")
            stated = any(says(m, v, unit) for m in others(n, sentence) for v in (a, b))
            if n.unit == "share" and cues.PART.search(spot.clause) and max(a, b) > 0 and stated:
                yield Derived(min(a, b) / max(a, b), "share", 0.0, "share of loose")


def _again(spot: Spot, sentence: Sentence) -> bool:
    """Whether a sentence that names nothing sums up those before: "That makes $54 between them"."""
    return bool(not sentence.named and cues.THAT.search(sentence.text) and is_total(spot, sentence))


def of_products(spot: Spot, sentence: Sentence, facts: Facts) -> Iterator[Derived]:
    """So many a product times the products; a stated share of a whole amount; half an interval's width."""
    n = spot.number
    whole = [f for f in facts.numbers if not f.owner and not f.told]
    if n.unit == "":
        for f in whole:
            parts = f.field.split("_per_")
            if len(parts) == 2 and concepts_of_field(parts[0]) & spot.head:
                yield from (
                    Derived(round(f.value * g.value), "count", 0.0, "so many each")
                    for g in whole
                    if g.unit == "count" and g.field.startswith(parts[1])
                )
    if n.part and re.search(r"^\W*of\b", sentence.text[n.end - sentence.start :]):
        yield from (
            Derived(m.value / g.value, "share", 100.0 * half_steps(m) / g.value, "share of whole")
            for m in others(n, sentence)
            for g in whole
            if m.unit == g.unit == "money"
            and not g.end
            and g.value > m.value > 0
            and g.cues & spot.near
            and "size" not in g.cues
        )
    if n.unit != "money":
        return
    if cues.PART.search(sentence.text):
        shares = [
            f
            for f in facts.numbers
            if f.owner in sentence.named
            and f.unit == "share"
            and any(m.unit == "share" and says(m, f.value, "share") for m in sentence.numbers)
        ]
        yield from (
            Derived(f.value * g.value, "money", 0.0, "share of whole")
            for f in shares
            for g in whole
            if g.unit == "money" and not g.end and g.cues & f.cues and "size" not in g.cues
        )
    yield from _half_intervals(spot, whole)


def _half_intervals(spot: Spot, whole: Sequence[Fact]) -> Iterator[Derived]:
    """ "Give or take $4": half of an interval's width."""
    if cues.MARGIN.search(spot.clause):
        for one, two in combinations([f for f in whole if f.end and f.unit == "money"], 2):
            if one.field == two.field and one.record == two.record:
                yield Derived(abs(one.value - two.value) / 2.0, "money", 0.0, "half an interval")
