"""Whether a number follows in one step from what the data and the sentence say: a sum, a difference, a share,
a multiple, what is left, so much a week, how many there are. Only where a word says that it does, of numbers
of like units that the sentence states or names: each further way lets more wrong numbers pass."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from ml import cues
from ml.claims import Fact, Facts, Tally
from ml.concepts import COMMON
from ml.derived_data import FEW, of_fields, of_loose, of_products, of_records, pairs_of_fields
from ml.derived_whole import of_whole
from ml.operands import Derived, alike, by_field, half_steps, is_total, others
from ml.rounded import is_times, says
from ml.spots import Sentence, Spot
from ml.stated import Number

CENT, LARGE = 0.01, 10.0
"""Each of two amounts to the cent may be off by half a cent; among small ones too much would follow."""
SLOW = 0.03
"""How far a year or a month may be off: a month has 30 or 30.4 days, and the amount of a day was rounded."""


def follows(spot: Spot, told: Sequence[Fact], sentence: Sentence, facts: Facts) -> str:
    """The way in which the number of a spot follows; "" where it does not."""
    n = spot.number
    if n.unit == "times" or (n.unit == "" and cues.TIMES.search(sentence.text)):
        ratios = _ratios(spot, sentence, facts)
        if any(is_times(n, ratio) for ratio in ratios):
            return "times"
    if n.unit == "" and _of_cases(n, sentence, facts):
        return "cases"
    ways = (
        *_of_stated(spot, told, sentence),
        *of_records(spot, sentence, facts),
        *of_fields(spot, told, sentence, facts),
        *_left(spot, told, sentence, facts),
        *_over_time(spot, told, sentence, facts),
        *of_loose(spot, sentence, facts),
        *of_products(spot, sentence, facts),
        *of_whole(spot, sentence, facts),
    )
    if "wrong" in spot.of:
        ways = (*of_records(spot, sentence, facts), *of_whole(spot, sentence, facts))
    for made in ways:
        alike = made.unit == n.unit or {made.unit, n.unit} == {"", "count"}
        if alike and _tells(n, made):
            return made.way
    if (
        n.unit == "days"
        and n.value in cues.CALENDAR
        and cues.WHILE.search(sentence.text[: n.start - sentence.start])
    ):
        return "period"
    listed = n.unit == "" and any(_counts(n, tally, spot, sentence, facts) for tally in facts.tallies)
    return "count" if listed else ""


def _counts(n: Number, tally: Tally, spot: Spot, sentence: Sentence, facts: Facts) -> bool:
    """Whether a number is how many there are of what the words say."""
    if n.value != tally.count:
        return False
    if tally.sign:
        way = cues.UP if tally.sign > 0 else cues.DOWN
        return bool(way.search(spot.clause)) and bool(tally.cues & spot.far)
    if tally.of is not None:
        return any(m.value == tally.of and m.start > n.start for m in sentence.numbers) and bool(
            (tally.cues - COMMON) & spot.far
        )
    if any((kin := f.cues - COMMON) and kin <= spot.head and not f.owner and not f.told and f.unit == "count"
           for f in facts.numbers):
        return False
    return bool((tally.cues - COMMON) & spot.after)


def _tells(n: Number, made: Derived) -> bool:
    slack = made.slack + (CENT if n.unit == "money" and n.step <= CENT and n.value >= LARGE else 0.0)
    if slack and not n.part:
        n = replace(n, step=n.step + 2.0 * slack)
    return says(n, made.value, made.unit)


def _of_stated(spot: Spot, told: Sequence[Fact], sentence: Sentence) -> Iterator[Derived]:
    """From other numbers that the text states, of the same unit."""
    n = spot.number
    same = [m for m in others(n, sentence) if alike(m, n)]
    if is_total(spot, sentence):
        for size in range(2, FEW + 1):
            for i in range(len(same) - size + 1):
                run = same[i : i + size]
                yield Derived(sum(m.value for m in run), n.unit, half_steps(*run), "sum of stated")
    said = sentence.text[: n.start - sentence.start]
    net = (
        cues.NET.search(spot.clause)
        or cues.NET.search(said)
        or (cues.THAT.search(sentence.text) and cues.NET.search(sentence.earlier))
    )
    if not (net or cues.THAT.search(sentence.text)):
        same = [m for m in same if m in sentence.numbers]
    if net or (cues.DIFFERENCE.search(spot.clause) and not any(f.signed for f in told)):
        for a, b in combinations(same, 2):
            yield Derived(abs(a.value - b.value), n.unit, half_steps(a, b), "difference of stated")
    if cues.NET.search(spot.clause):
        for i in range(len(same) - 2):
            a, b, c = same[i : i + 3]
            yield Derived(abs(a.value + b.value - c.value), n.unit, half_steps(a, b, c), "net of stated")
    if n.unit == "share":
        yield from _shares_of_stated(spot, sentence)


def _shares_of_stated(spot: Spot, sentence: Sentence) -> Iterator[Derived]:
    """ "43 of 50, nearly nine tenths", "$32 of the $60, a bit over half", "60% more"."""
    n = spot.number
    both = [m for m in (*sentence.before, *sentence.numbers) if m is n or m in others(n, sentence)]
    at = both.index(n)
    beside = [m for m in both[max(0, at - 3) : at + 4] if m is not n and m.unit != "share"]
    here, next_to = set(sentence.numbers), {*beside[max(0, min(at, 3) - 1) : min(at, 3) + 1]}
    back = not any(m.unit != "share" for m in here - {n}) and bool(cues.THAT.search(sentence.text))
    further = bool(cues.DIFFERENCE.search(spot.clause) or (
        cues.THAT.search(sentence.text) and cues.DIFFERENCE.search(sentence.earlier)))
    for a, b in combinations(beside, 2):
        low, high = sorted((a, b), key=lambda m: m.value)
        said = back or a in here or b in here
        if not alike(a, b) or low.value <= 0.0 or not said or not {a, b} & next_to:
            continue
        off = 100.0 * (half_steps(low) / low.value + half_steps(high) / high.value) * low.value / high.value
        if a.unit == "" and sentence.linked(a, b):
            off = 0.0
        elif a.unit == "" or not (n.part or n.lean or further or cues.PART.search(spot.clause)):
            continue
        if low.value < high.value:
            yield Derived(low.value / high.value, "share", off, "share of stated")
        if further:
            yield Derived(high.value / low.value - 1.0, "share", off, "rise of stated")
            yield Derived(1.0 - low.value / high.value, "share", off, "fall of stated")


def _left(spot: Spot, told: Sequence[Fact], sentence: Sentence, facts: Facts) -> Iterator[Derived]:
    """What is left: of all, of a whole of which a part is told."""
    n = spot.number
    if not (cues.REST.search(spot.clause) or cues.ALL_BUT.search(sentence.text[: n.start - sentence.start])):
        return
    firm = others(n, sentence)
    if n.unit == "share":
        for f in told:
            if 0.0 <= f.value <= 1.0 and f.unit in ("share", "") and f.value != round(f.value):
                yield Derived(1.0 - f.value, "share", 0.0, "left")
        last = [m for m in firm if m.unit == "share" and m.start < n.start][-1:]
        for m in last:
            if m in sentence.numbers or cues.OTHER.search(spot.clause):
                yield Derived(1.0 - m.value / 100.0, "share", 0.0, "left of stated")
    elif n.unit == "":
        for a, b in combinations(firm, 2):
            if sentence.linked(a, b):
                yield Derived(abs(a.value - b.value), "", 0.0, "left of stated")
        for one, two in pairs_of_fields(spot, sentence, facts):
            both = one.cues | two.cues
            goods = "products" in spot.near - both and "space" not in spot.near
            if one.unit == "count" and not goods and (both & spot.far or two.owner):
                yield Derived(abs(one.value - two.value), "count", 0.0, "left of fields")


def _over_time(spot: Spot, told: Sequence[Fact], sentence: Sentence, facts: Facts) -> Iterator[Derived]:
    """So much a week, a month or a year, of an amount a day or a month."""
    n = spot.number
    if n.unit != "money":
        return
    money = [m for m in sentence.numbers if m is not n and m.unit == "money"]
    low = max((m.end for m in money if m.end <= n.start), default=sentence.start)
    high = min((m.start for m in money if m.start >= n.end), default=sentence.start + len(sentence.text))
    clause = sentence.text[low - sentence.start : high - sentence.start].lower()
    words = set(re.findall(r"[a-z]+", clause)) or set()
    if not spot.ranges and not words & {*cues.PERIODS, "day", "daily", "days"}:
        words |= set(cues.PERIOD.findall(sentence.text[: low - sentence.start].lower())[-1:])
    days = {cues.PERIODS[w] for w in words if w in cues.PERIODS}
    days |= {
        m.value
        for m in sentence.numbers
        if m.unit == "days"
        and low <= m.start < high
        and (
            cues.HORIZON.search(sentence.text) or cues.WHILE.search(sentence.text[: m.start - sentence.start])
        )
    }
    months = {cues.MONTHS[w] for w in words if w in cues.MONTHS}
    moved = cues.DOWN.search(spot.clause) or cues.UP.search(spot.clause)
    whole = [f for f in facts.numbers if f.signed and not f.owner and not f.end and moved]
    for f in (*told, *whole):
        if f.unit == "money":
            value, factors = (
                abs(f.value),
                (days if "day" in f.cues else set()) | (months if "month" in f.cues else set()),
            )
            yield from (Derived(value * k, "money", SLOW * value * k, "over time") for k in factors)


def _ratios(spot: Spot, sentence: Sentence, facts: Facts) -> list[float]:
    """Ratios of numbers that the sentence states, of them to the same field of what it names, and of a field
    of which it speaks."""
    n = spot.number
    firm = [m for m in others(n, sentence) if m in sentence.numbers]
    firm = [m for m in firm if m.start < n.start][-2:] + [m for m in firm if m.start > n.start][:2]
    pairs = [(a.value, b.value) for a, b in combinations(firm, 2) if a.unit == b.unit]
    if not pairs:
        pairs = [(a.value, b.value) for a, b in combinations(others(n, sentence), 2) if a.unit == b.unit]
    named = [f for f in facts.numbers if f.owner in sentence.named and not f.end]
    for same in by_field(facts, replace(n, unit="money")):
        loose = [abs(f.value) for f in same if not f.owner and (f.cues | f.context - COMMON) & spot.far]
        pairs += list(combinations(loose, 2)) if len(loose) <= FEW else []
    for m in firm:
        fields = {f.field for f in facts.numbers if f.owner and says(m, f.value, f.unit)}
        scale = 100.0 if m.unit == "share" else 1.0
        pairs += [(m.value, scale * abs(f.value)) for f in named if f.field in fields]
    for one, two in combinations(named, 2):
        alike = one.field == two.field and one.cues & spot.far
        if alike or (one.owner == two.owner and one.unit == two.unit == "share" and one.field != two.field):
            pairs.append((abs(one.value), abs(two.value)))
    return [max(p) / min(p) for p in pairs if min(p) > 0]


def _of_cases(n: Number, sentence: Sentence, facts: Facts) -> bool:
    """Whether "nine of ten cases" is a share that the data hold."""
    for m in sentence.numbers:
        one, two = (n, m) if n.start < m.start else (m, n)
        if (
            m is not n
            and two.value in (10.0, 20.0, 100.0)
            and two.value > one.value
            and sentence.linked(one, two)
        ):
            share = one.value / two.value
            if any(
                f.unit == "share" and min(abs(f.value - share), abs(f.value / 100.0 - share)) < 0.005
                for f in facts.numbers
            ):
                return True
    return False
