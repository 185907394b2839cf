"""Whether a text says only what the data it was given say.

Every number must be one of the data's, of the product or place that the sentence speaks of, as it is or
rounded; sums, averages, differences and shares count where the words say so. Every name must be known. What
cannot be judged without understanding the sentence is not judged: a wrong comparison in words alone passes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ml.claims import CODE, WORD, Fact, Facts, Number, blanked, facts_of, numbers_in
from ml.names import Mention, mentions_of, strangers

BRIEF, VAGUE, BRIEF_WORDS = 0.8, 0.6, 8
"""Quality of a text that claims nothing that could be checked, though the data hold numbers: of a label or a
short answer, and of one that had the words to say something."""
WRONG = 0.7
"""Most that a text with a problem can reach."""
_MARKUP = re.compile(
    r"</?[a-z!][^>]*>?|\*\*|^#{1,6}\s|```|\]\s?[(\[]|\b[a-z][a-z0-9+.\-]{1,11}://|\bwww\.|\b(?:javascript|data|mailto):",
    re.IGNORECASE | re.MULTILINE,
)
"""Markup and links: none is wanted, and where data talked a model into one it must not reach a screen."""
_SENTENCE = re.compile(r"(?<=[.!?])[\"”’)]?\s+(?=[\"“(]?[A-Z0-9$])|\n+")
_TOTAL = re.compile(r"\b(?:total|together|combined|altogether|in all|overall|sum|between them|both)\b", re.I)
_MEAN = re.compile(r"\b(?:average|averages|averaging|mean|typical(?:ly)?)\b", re.I)
_DIFFERENCE = re.compile(
    r"\b(?:more|less|fewer|higher|lower|difference|gap|ahead|behind|above|below|up|down|extra|additional|rise|rises"
    r"|fall|falls|gain|increase|decrease|exceeds|beats|trails|lifts?)\b", re.I)
_TIMES = re.compile(r"\b(?:times|twice|double|triple|fold|ratio)\b", re.I)
_PART = re.compile(r"\b(?:of|share|makes? up|accounts? for|portion|part|contributes?)\b", re.I)
_UP = re.compile(
    r"\b(?:up|rose|rises?|rising|grew|grows?|growth|gains?|gained|increas\w+|higher|more|improv\w+|lifts?|lifted"
    r"|adds?|added)\b", re.I)
_DOWN = re.compile(
    r"\b(?:down|fell|falls?|falling|declin\w+|drop\w*|decreas\w+|lower|less|loses?|lost|loss|shr[iau]nk\w*"
    r"|worse)\b", re.I)
MOST_COMPARED = 16
NEAR = 5
"""Words before and after a number that tell what it is a number of."""
STEM = 5
_COMMON_STEMS = frozenset({"day", "daily", "week", "month", "year", "total", "avera", "mean", "last", "per"})
"""Stems that many fields share: they tell of none."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``score`` 0–1; ``problems`` in words; ``claims``: how many numbers and names were checked."""

    ok: bool
    score: float
    problems: tuple[str, ...]
    claims: int


def judge_text(
    text: str, data: Any, *, names: Sequence[str] = (), question: str = ""
) -> Verdict:
    """Judge a text against the data. ``names``: all that the company knows, so that a product which is not
    in the data is noticed; ``question``: what a person said, which may be repeated."""
    facts = facts_of(data)
    mentions, foreign = mentions_of(text, facts, names, question)
    problems = [f"“{name}” is not in the data" for name in foreign]
    problems += [f"{code} is not in the data" for code in _codes(text, facts, question, mentions)]
    problems += [f"“{name}” is not known" for name in strangers(text, facts, mentions, question)]
    claims = len(mentions) + len(problems)
    asked = [n.value for n in numbers_in(question)]
    before: tuple[str, ...] = ()
    for start, end in _sentences(text, mentions):
        own = [m for m in mentions if start <= m.start < end]
        masked = blanked(text, [(m.start, m.end) for m in mentions] + [c.span() for c in CODE.finditer(text)])
        numbers = [n for n in numbers_in(masked[:end]) if n.start >= start and n.value not in asked]
        claims += len(numbers)
        sentence = _Sentence(text[start:end], tuple(own), before, _windows(numbers, masked, start, end))
        problems += [f"{n.written} is not what the data say" for n in _unsupported(numbers, sentence, facts)]
        before = own[-1].owners if own else before
    if _MARKUP.search(text):
        problems.append("it holds markup or a link")
    if not problems:
        brief = len(text.split()) <= BRIEF_WORDS or not facts.numbers
        return Verdict(True, 1.0 if claims else BRIEF if brief else VAGUE, (), claims)
    share = max(0.0, 1.0 - len(problems) / max(claims, 1))
    return Verdict(False, WRONG * share, tuple(dict.fromkeys(problems)), claims)


def _sentences(text: str, mentions: Sequence[Mention]) -> list[tuple[int, int]]:
    """Where sentences begin and end; none ends within a name."""
    ends = [m.end() for m in _SENTENCE.finditer(text)]
    cuts = [0, *(e for e in ends if not any(m.start < e < m.end for m in mentions)), len(text)]
    return [(a, b) for a, b in pairwise(cuts) if b > a]


def _codes(text: str, facts: Facts, question: str, mentions: Sequence[Mention]) -> list[str]:
    known = facts.codes | set(CODE.findall(question))
    inside = [(m.start, m.end) for m in mentions]
    return [
        c[0] for c in CODE.finditer(text)
        if c[0] not in known and not any(a <= c.start() < b for a, b in inside)
    ]


Owners = tuple[str, ...]
Stems = frozenset[str]


@dataclass(frozen=True, slots=True)
class _Sentence:
    """``own`` mentions; ``before``: what was spoken of last; ``windows``: stems of the words around each
    number."""

    text: str
    own: tuple[Mention, ...]
    before: Owners
    windows: tuple[Stems, ...]

    @property
    def named(self) -> set[str]:
        return {owner for mention in self.own for owner in mention.owners}


def _windows(numbers: Sequence[Number], masked: str, start: int, end: int) -> tuple[Stems, ...]:
    edges = [start, *(n.end for n in numbers)], [*(n.start for n in numbers[1:]), end]
    return tuple(
        _stems(WORD.findall(masked[left : n.start])[-NEAR:] + WORD.findall(masked[n.end : right])[:NEAR])
        for n, left, right in zip(numbers, edges[0], edges[1], strict=False)
    )


def _stems(words: Sequence[str]) -> Stems:
    return frozenset(word.lower()[:STEM].rstrip("s") for word in words if len(word) > 2)


def _unsupported(numbers: Sequence[Number], sentence: _Sentence, facts: Facts) -> list[Number]:
    """The numbers of a sentence that no reading of it finds in the data; of the best reading."""
    if not numbers:
        return []
    groups = [(m.start, m.owners) for m in sentence.own]
    results = [
        [
            n for n, owners, window in zip(
                numbers, read(numbers, groups, sentence.before), sentence.windows, strict=True)
            if not _supported(n, owners, window, sentence, facts)
        ]
        for read in (_preceding, _following, _in_order)
    ]
    return min(results, key=len)


Group = tuple[int, Owners]


def _preceding(
    numbers: Sequence[Number], groups: Sequence[Group], before: Owners
) -> list[Owners]:
    """Each number is of the thing named last before it; of the first one named where none was."""
    first = groups[0][1] if groups else before
    return [next((o for at, o in reversed(groups) if at < n.start), first) for n in numbers]


def _following(
    numbers: Sequence[Number], groups: Sequence[Group], before: Owners
) -> list[Owners]:
    """Each number is of the thing named next after it: "120 units of Cola and 80 of Chips"."""
    last = groups[-1][1] if groups else before
    return [next((o for at, o in groups if at > n.start), last) for n in numbers]


def _in_order(
    numbers: Sequence[Number], groups: Sequence[Group], before: Owners
) -> list[Owners]:
    """The k-th number is of the k-th thing named: "Cola and Chips sold 120 and 80"; several each where there
    are several times as many."""
    if len(groups) < 2 or len(numbers) % len(groups):
        return _preceding(numbers, groups, before)
    each = len(numbers) // len(groups)
    return [groups[i // each][1] for i in range(len(numbers))]


def _supported(n: Number, owners: Owners, window: Stems, sentence: _Sentence, facts: Facts) -> bool:
    """Whether the data hold a number for these owners, or for the whole; or it follows from such."""
    mine = [f for f in facts.numbers if not f.owner or f.owner in owners]
    found = [f for f in mine if _matches(n, f.value, f.unit) and _same_way(f, sentence.text)]
    if found and not _another_is_meant(n, found, mine, window):
        return True
    spoken_of = any(_field_stems(f) & window for f in mine)
    if not found and not spoken_of and n.unit == "" and n.step == 1.0 and n.value in facts.sizes:
        return True
    named = sentence.named | set(owners)
    return any(_matches(n, value, unit, 2.0) for value, unit in _derived(facts, named, sentence.text))


def _another_is_meant(n: Number, found: Sequence[Fact], mine: Sequence[Fact], window: Stems) -> bool:
    """Whether the words around a number speak of another field, whose value differs, and of none of those in
    which it was found."""
    if any(_field_stems(f) & window for f in found):
        return False
    same = [f for f in mine if f.unit == n.unit or not n.unit]
    owners = {f.owner for f in found}
    return any((_field_stems(f) - _COMMON_STEMS) & window and f.owner in owners for f in same)


def _field_stems(fact: Fact) -> Stems:
    return _stems(WORD.findall(fact.field.replace("_", " ")))


def _matches(n: Number, value: float, unit: str, steps: float = 1.0) -> bool:
    """Whether a stated number is the value, as it is or rounded to the step in which it is written; within so
    many ``steps`` where what it follows from was rounded too."""
    if n.unit and unit and n.unit != unit:
        return False
    scales = (100.0, 1.0) if n.unit == "share" and abs(value) <= 3.0 else (1.0,)
    slack = n.step * (1.0 if n.rough else 0.5) * steps * (1.0 + 1e-9)
    return any(abs(abs(value) * scale - n.value) <= slack for scale in scales)


def _same_way(fact: Fact, sentence: str) -> bool:
    """Whether a change goes the way that the sentence says; True where it says neither or both."""
    if not fact.signed or fact.value == 0:
        return True
    up, down = bool(_UP.search(sentence)), bool(_DOWN.search(sentence))
    return up == down or (fact.value > 0) == up


def _derived(facts: Facts, named: set[str], sentence: str) -> list[tuple[float, str]]:
    """Values that follow from the data, of the kinds that the sentence speaks of, with their units."""
    fields: dict[str, list[Fact]] = {}
    for fact in facts.numbers:
        fields.setdefault(fact.field, []).append(fact)
    found = [value for same in fields.values() for value in _over_records(same, named, sentence)]
    if _DIFFERENCE.search(sentence) or _TIMES.search(sentence):
        for owner in ("", *named):
            own = [f for f in facts.numbers if f.owner == owner][:MOST_COMPARED]
            for unit in {f.unit for f in own}:
                found += _compared([f.value for f in own if f.unit == unit], unit, sentence)
    return found


def _over_records(same: Sequence[Fact], named: set[str], sentence: str) -> list[tuple[float, str]]:
    """Sums, means, parts and differences of one field over records: those named, and all."""
    found: list[tuple[float, str]] = []
    mine = [f.value for f in same if f.owner in named]
    every = [f.value for f in same if f.owner]
    unit = same[0].unit
    for values in (mine, every):
        if len(values) >= 2 and _TOTAL.search(sentence):
            found.append((sum(values), unit))
        if len(values) >= 2 and _MEAN.search(sentence):
            found.append((sum(values) / len(values), unit))
    if len(mine) >= 2:
        found += _compared(mine, unit, sentence)
    if _PART.search(sentence) and sum(every) > 0:
        found += [(value / sum(every), "share") for value in (*mine, sum(mine))]
    return found


def _compared(values: Sequence[float], unit: str, sentence: str) -> list[tuple[float, str]]:
    """Differences and ratios of values of one unit, where the sentence speaks of such."""
    found: list[tuple[float, str]] = []
    pairs = [(a, b) for i, a in enumerate(values) for b in values[:i]]
    if _DIFFERENCE.search(sentence):
        found += [(abs(a - b), unit) for a, b in pairs]
        found += [(abs(a / b - 1.0), "share") for x, y in pairs for a, b in ((x, y), (y, x)) if b]
    if _TIMES.search(sentence):
        found += [(a / b, "") for x, y in pairs for a, b in ((x, y), (y, x)) if b]
    return found
