"""Whether the data support a number of a sentence: a fact of the right product or place, of the field of
which the words around the number speak, has its value; or it follows from such."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from ml.claims import Fact, Facts
from ml.concepts import COMMON, WORD, concepts, weight
from ml.stated import Number, Unit

Owners = tuple[str, ...]
ENOUGH = 0.55
"""Of the relevance of the fact that a number is likeliest about, what one that has its value must reach."""
FAR, OWN, CARRIED, CONTEXT, MOST_CONTEXT, TELLING = 0.2, 0.7, 0.3, 0.4, 4, 0.5
RANGED = 0.6
ROUGH, DERIVED, TIMES_OFF, MUCH_MORE = 0.06, 1.5, 0.1, 1.45
"""How far a rough number may be off; a ratio; and a ratio that is said to be exceeded."""
CENTS = 3.0
"""Of amounts to the cent: each of two may be off by half a cent, and so may what they make. Among small ones,
where cents tell, too much would follow from too little."""
LARGE = 10.0
MOST_COMPARED, FEW = 16, 4
_TOTAL = re.compile(r"\b(?:total|together|combined|altogether|in all|overall|sum|between them|both)\b", re.I)
_MEAN = re.compile(r"\b(?:average|averages|averaging|mean|typical(?:ly)?)\b", re.I)
_DIFFERENCE = re.compile(
    r"\b(?:more|less|fewer|higher|lower|difference|gap|ahead|behind|above|below|up|down|extra|additional|rise"
    r"|rises|fall|falls|gain|increase|decrease|exceeds|beats|trails|lifts?)\b", re.I)
_TIMES = re.compile(r"\b(?:times|twice|double|triple|quadruple|fold|ratio)\b", re.I)
_PART = re.compile(r"\b(?:of|share|makes? up|accounts? for|portion|part|contributes?)\b", re.I)
_REST = re.compile(
    r"\b(?:all but|not|missing|empty|remaining|rest|without|unavailable|gone|off the)\b", re.I)
_UP = re.compile(
    r"\b(?:up|rose|rises?|rising|grew|grows?|growth|gains?|gained|increas\w+|higher|more|improv\w+|lifts?|lifted"
    r"|adds?|added)\b", re.I)
_DOWN = re.compile(
    r"\b(?:down|fell|falls?|falling|declin\w+|drop\w*|decreas\w+|lower|less|loses?|lost|loss|losing|costs?"
    r"|shr[iau]nk\w*|worse|takes? back|takes? away)\b", re.I)
_BREAK = re.compile(
    r"[,;:()—]|\b(?:but|while|whereas|though|although|which|yet|and|against|where|so|than|as|with)\b", re.I)
_LINK = re.compile(r"^\W*(?:\b(?:of|to|or|out|its|the)\b|[^\w,;.])*$", re.IGNORECASE)
_LEFT_OVER = re.compile(r"^\s*(?:of|for)\s+(?:the\s|all\s|its\s)*\w+\b")
"""What stands right behind the number before is of that one: "of the facings"."""
_RANKED = re.compile(r"\b(?:last|worst|bottom|weakest|strongest|best)\s+(?:of|among)\s+(?:the\s+)?$", re.I)
_PERIOD = re.compile(r"\bthe (?:last|past|next)\b", re.IGNORECASE)
_BOUND = re.compile(r"\b(?:more|less|fewer)\s+than\s*(?:the\s+)?\$?\s*$", re.IGNORECASE)
_RANGE = re.compile(
    r"\b(?:between|interval|ranges?|anywhere|somewhere|at least|as (?:little|low|much|high) as|up to|low end"
    r"|high end|worst|best case|least|most|runs? from|could be|may be|likely)\b", re.IGNORECASE)
_ENDS = re.compile(r"[–-]|\bto\b|\band\b")
_BETWEEN = re.compile(r"\bbetween\W*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Spot:
    """A number in its sentence. ``near``: what the words of its clause speak of, ``far``: those of the
    sentence; ``after``: the words right behind it; ``since``: what was said since the number before;
    ``clause`` in words; ``ranges``: whether it is told as an end of a range."""

    number: Number
    near: frozenset[str]
    far: frozenset[str]
    after: frozenset[str]
    since: frozenset[str]
    clause: str
    ranges: bool


@dataclass(frozen=True, slots=True)
class Sentence:
    """``named``: owners that it names; ``numbers``: all that it states."""

    text: str
    named: frozenset[str]
    numbers: tuple[Number, ...]


def spots(numbers: Sequence[Number], masked: str, text: str, start: int, end: int) -> tuple[Spot, ...]:
    """The numbers of a sentence from ``start`` to ``end``. ``masked`` is the text without names."""
    masked = _PERIOD.sub("period  ", masked)
    breaks = [m.span() for m in _BREAK.finditer(masked, start, end)]
    far = concepts(WORD.findall(masked[start:end]))
    firm = [n for n in numbers if not n.weak]
    sides = [_sides(n, firm, breaks, start, end) for n in numbers]
    made = []
    for i, n in enumerate(numbers):
        left, right = sides[i]
        words = [_LEFT_OVER.sub("", _BOUND.sub("", masked[left : n.start])), masked[n.end : right]]
        behind = masked[n.end : right]
        if i + 1 < len(numbers) and _linked(masked, n, numbers[i + 1]):
            behind = masked[numbers[i + 1].end : sides[i + 1][1]]
            words.append(behind)
        if i and _linked(masked, numbers[i - 1], n):
            words.append(masked[sides[i - 1][0] : numbers[i - 1].start])
        if n.unit == "" and (_RANKED.search(masked[: n.start]) or (i and numbers[i - 1].unit == "rank")):
            words.append("rank")
        before = max((m.end for m in firm if m.end <= n.start), default=start)
        made.append(Spot(
            n, concepts(WORD.findall(" ".join(words))), far, concepts(WORD.findall(behind)[:3]),
            concepts(WORD.findall(text[before:right])), " ".join(words),
            bool(_RANGE.search(" ".join(words))) or any(
                _ENDS.search(g) and _linked(masked, a, b) for a, b, g in _beside(numbers, i, masked)),
        ))
    return tuple(made)


def _beside(numbers: Sequence[Number], i: int, masked: str) -> list[tuple[Number, Number, str]]:
    """The pairs of neighbors to which a number belongs, with what stands between."""
    pairs = [(numbers[k], numbers[k + 1]) for k in (i - 1, i) if 0 <= k < len(numbers) - 1]
    return [(a, b, masked[a.end : b.start]) for a, b in pairs]


def _linked(masked: str, a: Number, b: Number) -> bool:
    """Whether two numbers belong together: "14 to 95", "43 of 50", "between 6 and 7"."""
    gap = masked[a.end : b.start]
    if re.search(r"\bof\b", gap) and (a.unit or b.unit):
        return False
    return bool(_LINK.match(gap)) or (gap.strip() == "and" and bool(_BETWEEN.search(masked[: a.start])))


def _sides(
    n: Number, numbers: Sequence[Number], breaks: Sequence[tuple[int, int]], start: int, end: int
) -> tuple[int, int]:
    """Where the clause of a number begins and ends."""
    left = [start, *(b for _, b in breaks if b <= n.start), *(m.end for m in numbers if m.end <= n.start)]
    right = [end, *(a for a, _ in breaks if a >= n.end), *(m.start for m in numbers if m.start >= n.end)]
    return max(left), min(right)


def supported(spot: Spot, owners: Owners, sentence: Sentence, facts: Facts) -> bool:
    """Whether the data hold the number for these owners, or for the whole; or it follows from such."""
    n = spot.number
    mine = [f for f in facts.numbers if _concerns(f, owners, spot) and _fits(n, f)]
    scored = [(_relevance(f, spot, owners, sentence), f) for f in mine]
    best = max((r for r, f in scored if _rivals(n, f)), default=0.0)
    if n.weak and not _meant(spot, mine):
        return True
    if n.unit == "rank" and not any(f.unit == "rank" for f in facts.numbers):
        return True
    ranged = [(r + (RANGED if spot.ranges and "interval" in f.field else 0.0), f) for r, f in scored]
    told = [f for r, f in ranged if r >= (ENOUGH * best if best >= TELLING else TELLING if f.told else 0.0)]
    if not spot.ranges:
        told = [f for f in told if "interval" not in f.field]
    if any(_says(n, f.value, f.unit) and _same_way(f, spot) for f in told):
        return True
    if n.unit == "" and n.step == 1.0 and n.value in facts.sizes and best < TELLING:
        return True
    return _follows(spot, told, sentence, facts)


def _concerns(f: Fact, owners: Owners, spot: Spot) -> bool:
    """Whether a fact is of the whole, of what is named, or of something that a description tells."""
    if not f.owner or f.owner in owners:
        return True
    return f.owner.islower() and bool((concepts(WORD.findall(f.owner)) - COMMON) & (spot.since | spot.near))


def _fits(n: Number, f: Fact) -> bool:
    """Whether a number could be about a fact, by their units."""
    if n.unit == "rank" or f.unit == "rank":
        return n.unit in ("rank", "") and f.unit == "rank"
    if n.unit == "times":
        return False
    if n.unit and n.unit != f.unit and (f.unit or f.told):
        return False
    if n.unit:
        return True
    counts = f.unit in ("", "count", "days") and (abs(f.value) >= 1.0 or f.value == 0.0 or n.step < 1.0)
    return counts or _says(n, f.value, f.unit)


def _rivals(n: Number, f: Fact) -> bool:
    """Whether a number that does not have a fact's value could be meant to: a field, of its unit."""
    share = n.unit == "share" and f.unit == "" and 0.0 <= f.value <= 1.0
    return not f.told and (not n.unit or f.unit == n.unit or share)


def _relevance(f: Fact, spot: Spot, owners: Owners, sentence: Sentence) -> float:
    """How likely the number is about the fact, by the words that both go with."""
    near = f.cues & spot.near
    score = sum(map(weight, near)) + FAR * sum(map(weight, (f.cues & spot.far) - near))
    context = len((f.context & spot.since) - COMMON)
    own = 0.0
    if f.owner and f.owner in owners:
        own = OWN if f.owner in sentence.named else CARRIED
    return score + own + CONTEXT * min(context, MOST_CONTEXT)


def _meant(spot: Spot, mine: Iterable[Fact]) -> bool:
    """Whether the words right behind a number that may be a manner of speaking say what it counts."""
    wanted: tuple[Unit, ...] = ("share", "") if spot.number.unit == "share" else ("count", "", "days")
    about = spot.after - COMMON
    return any(not f.told and f.unit in wanted and (f.cues - COMMON) & about for f in mine)


def _says(n: Number, value: float, unit: str, steps: float = 1.0) -> bool:
    """Whether a stated number is the value, as it is or rounded to the step in which it is written; within so
    many ``steps`` where what it follows from was rounded too."""
    shares = {n.unit, unit} in ({"share"}, {"share", ""}) and abs(value) <= 3.0
    scales = (100.0, 1.0) if shares else (1.0,)
    slack = 0.5 * n.step * steps
    if n.rough:
        slack = max(slack, ROUGH * n.value)
    return any(abs(abs(value) * scale - n.value) <= slack * (1.0 + 1e-9) for scale in scales)


def _same_way(fact: Fact, spot: Spot) -> bool:
    """Whether a change goes the way that the words say; True where they say neither or both."""
    if not fact.signed or fact.value == 0:
        return True
    up, down = bool(_UP.search(spot.clause)), bool(_DOWN.search(spot.clause))
    return up == down or (fact.value > 0) == up


def _follows(spot: Spot, told: Sequence[Fact], sentence: Sentence, facts: Facts) -> bool:
    """Whether the number follows from facts in a way of which the sentence speaks."""
    n = spot.number
    stated = [m for m in sentence.numbers if m is not n]
    if (n.unit == "times" or (_TIMES.search(sentence.text) and n.unit == "")) and any(
            _times(n, ratio, sentence.text) for ratio in _ratios(spot, stated, sentence, facts)):
        return True
    if n.unit == "share":
        same = [(a.value, b.value) for a, b in combinations(stated, 2) if a.unit == b.unit == "money"]
        if any(_says(n, min(p) / max(p), "share", DERIVED) for p in same if max(p) > 0 and n.rough):
            return True
        if _REST.search(sentence.text) and any(
                _says(n, 1.0 - f.value, "share") for f in told if 0 <= f.value <= 1 and f.unit == "share"):
            return True
    if n.unit in ("", "share") and _of_cases(n, stated, sentence, facts):
        return True
    steps = CENTS if n.unit == "money" and n.step <= 0.01 and n.value >= LARGE else DERIVED
    return any(
        _says(n, value, unit, steps) for value, unit in _derived(told, spot, sentence, facts)
        if not n.unit or not unit or unit == n.unit
    )


def _times(n: Number, ratio: float, text: str) -> bool:
    if re.search(r"\b(?:more than|over|above|at least)\b", text, re.IGNORECASE) and n.value <= ratio:
        return ratio <= MUCH_MORE * n.value
    return abs(ratio - n.value) <= max(TIMES_OFF * n.value, 0.5 * n.step if not n.rough else 0.0)


def _ratios(
    spot: Spot, stated: Sequence[Number], sentence: Sentence, facts: Facts
) -> list[float]:
    """Ratios of numbers that the sentence states, of them to the same field of what it names, and of a field
    of which it speaks."""
    firm = [m for m in stated if not m.weak and m.unit != "times"]
    pairs = [(a.value, b.value) for a, b in combinations(firm, 2) if a.unit == b.unit]
    named = [f for f in facts.numbers if f.owner in sentence.named]
    for m in firm:
        fields = {f.field for f in facts.numbers if f.owner and _says(m, f.value, f.unit)}
        scale = 100.0 if m.unit == "share" else 1.0
        pairs += [(m.value, scale * abs(f.value)) for f in named if f.field in fields]
    for one, two in combinations(named, 2):
        if one.field == two.field and (one.cues - COMMON or one.cues) & spot.far:
            pairs.append((abs(one.value), abs(two.value)))
    return [max(p) / min(p) for p in pairs if min(p) > 0]


def _of_cases(n: Number, stated: Sequence[Number], sentence: Sentence, facts: Facts) -> bool:
    """Whether "nine of ten cases" is a share that the data hold."""
    for m in stated:
        one, two = (n, m) if n.start < m.start else (m, n)
        between = sentence.text[max(0, one.end - one.start) :] if two.value else ""
        if between and two.value in (10.0, 20.0, 100.0) and two.value > one.value:
            share = one.value / two.value
            if any(f.unit == "share" and min(abs(f.value - share), abs(f.value / 100.0 - share)) < 0.005
                   for f in facts.numbers):
                return True
    return False


def _derived(
    told: Sequence[Fact], spot: Spot, sentence: Sentence, facts: Facts
) -> list[tuple[float, str]]:
    """Values that follow from the data, of the kinds that the sentence speaks of, with their units."""
    n = spot.number
    fields: dict[str, list[Fact]] = {}
    for fact in facts.numbers:
        if not n.unit or not fact.unit or fact.unit == n.unit or n.unit == "share":
            fields.setdefault(fact.field, []).append(fact)
    found = [v for same in fields.values() for v in _over_records(same, sentence)]
    if _DIFFERENCE.search(spot.clause) and not any(f.signed for f in told):
        for unit in {f.unit for f in told}:
            values = [f.value for f in told if f.unit == unit][:MOST_COMPARED]
            found += _compared(values, unit)
    if _DIFFERENCE.search(spot.clause):
        for same in fields.values():
            whole = [f.value for f in same if not f.owner and not f.told and "interval" not in f.field]
            if 2 <= len(whole) <= FEW:
                found += _compared(whole, same[0].unit)
    if _TOTAL.search(sentence.text):
        for same in fields.values():
            loose = [f.value for f in same if not f.owner and not f.told and f.context]
            found += [(a + b, same[0].unit) for a, b in combinations(loose[:FEW], 2)]
        near = [m.value for m in sentence.numbers if m is not n and m.unit == n.unit]
        found += [(sum(near), n.unit)] if len(near) >= 2 else []
    return found


def _over_records(same: Sequence[Fact], sentence: Sentence) -> list[tuple[float, str]]:
    """Sums, means, parts and differences of one field over records: those named, and all."""
    found: list[tuple[float, str]] = []
    text = sentence.text
    mine = [f.value for f in same if f.owner in sentence.named]
    every = [f.value for f in same if f.owner]
    unit = same[0].unit
    for values in (mine, every):
        if len(values) >= 2 and _TOTAL.search(text):
            found.append((sum(values), unit))
        if len(values) >= 2 and _MEAN.search(text):
            found.append((sum(values) / len(values), unit))
    if len(mine) >= 2:
        found += _compared(mine, unit) if _DIFFERENCE.search(text) else []
    if _PART.search(text) and unit in ("money", "count", "") and sum(every) > 0 and min(every) >= 0:
        found += [(value / sum(every), "share") for value in (*mine, sum(mine))]
    return found


def _compared(values: Sequence[float], unit: str) -> list[tuple[float, str]]:
    """Differences of values of one unit, absolute and in parts."""
    pairs = list(combinations(values, 2))
    found = [(abs(a - b), unit) for a, b in pairs]
    return found + [(abs(a / b - 1.0), "share") for x, y in pairs for a, b in ((x, y), (y, x)) if b]
