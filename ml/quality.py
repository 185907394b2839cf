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

from ml.about import Owners
from ml.claims import CODE, Facts, facts_of
from ml.concepts import WORD, concepts
from ml.names import Mention, joined, mentions_of, strangers
from ml.spots import Sentence, Spot, spots
from ml.stated import Number, blanked, numbers_in
from ml.support import supported

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
_EMPHASIS = re.compile(r"\*\*(?P<strong>[^*\n]+)\*\*|(?<![\w*])\*(?P<soft>[^*\s][^*\n]*)\*(?![\w*])")
_SENTENCE = re.compile(
    r"(?<=[.!?])(?<!\bi\.e\.)(?<!\be\.g\.)(?<!\bvs\.)(?<!\b[Nn]o\.)[\"”’)]?\s+(?=[\"“(]?[A-Z0-9$])|\n+")
_EACH = re.compile(r"\b(?:each|both|apiece|all|against|versus|vs|compared)\b", re.IGNORECASE)
_BACK = re.compile(r"\b(?:those|these|they|them|their|the (?:two|three|four|pair)|that)\b", re.IGNORECASE)
"""Words that speak of what the sentence before named."""
_POINTS = re.compile(r"\b(?:it|its|he|she|they|them|their|those|these|this|that)\b", re.IGNORECASE)

_WHOLE = re.compile(r"\b(?:overall|all in all|in all|altogether|as a whole|in total)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """``score`` 0–1; ``problems`` in words; ``claims``: how many numbers and names were checked."""

    ok: bool
    score: float
    problems: tuple[str, ...]
    claims: int


def plain(text: str) -> str:
    """A text without the marks of emphasis that models put into it though none is wanted."""
    return _EMPHASIS.sub(lambda m: m["strong"] or m["soft"], text.strip())


def judge_text(
    text: str, data: Any, *, names: Sequence[str] = (), question: str = ""
) -> Verdict:
    """Judge a text against the data. ``names``: all that the company knows, so that a product which is not
    in the data is noticed; ``question``: what a person said, which may be repeated."""
    facts = facts_of(data)
    mentions, foreign = mentions_of(text, facts, names, question)
    quoted = [(i, i + len(p)) for p in facts.phrases if (i := text.find(p)) >= 0]
    mentions = [m for m in mentions if not any(a <= m.start and m.end <= b and (a, b) != (m.start, m.end)
                                               for a, b in quoted)]
    problems = [f"“{name}” is not in the data" for name in foreign]
    problems += [f"{code} is not in the data" for code in _codes(text, facts, question, mentions)]
    problems += [f"“{name}” is not known" for name in strangers(text, facts, mentions, question)]
    claims = len(mentions) + len(problems)
    asked = [n.value for n in numbers_in(question)]
    before: tuple[str, ...] = ()
    stated: tuple[Number, ...] = ()
    earlier, last = "", frozenset[str]()
    together: tuple[tuple[int, frozenset[str]], ...] = ()
    for start, end in _sentences(text, mentions):
        own = [m for m in mentions if start <= m.start < end]
        proper = [(m.start, m.end) for m in mentions if not any(o.islower() for o in m.owners)]
        proper += quoted
        masked = blanked(text, proper + [c.span() for c in CODE.finditer(text)])
        numbers = [n for n in numbers_in(masked[:end]) if n.start >= start and n.value not in asked]
        claims += sum(not n.weak for n in numbers)
        here = frozenset(owner for mention in own for owner in mention.owners)
        named = here or (last if _BACK.search(text[start:end]) else here)
        about = concepts(WORD.findall(" ".join(text[m.start : m.end] for m in own)))
        sentence = Sentence(text[start:end], named, tuple(numbers), stated, start, earlier, about,
                            joined(text, own) if own else together)
        found = spots(numbers, masked, text, start, end)
        problems += [f"{n.written} is not what the data say"
                     for n in _unsupported(found, own, before, sentence, facts)]
        before = own[-1].owners if own else before
        stated, earlier, last, together = tuple(numbers), text[start:end], here, sentence.joined
    if _MARKUP.search(text):
        problems.append("it holds markup or a link")
    return _verdict(text, problems, claims, facts)


def _verdict(text: str, problems: Sequence[str], claims: int, facts: Facts) -> Verdict:
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


def _unsupported(found: Sequence[Spot], own: Sequence[Mention], before: Owners, sentence: Sentence,
                 facts: Facts) -> list[Number]:
    """The numbers of a sentence that no reading of it finds in the data; of the best reading."""
    if not found:
        return []
    numbers = [spot.number for spot in found]
    groups = [(m.start, m.owners) for m in own]
    readings = [_preceding, _carried, _following, _in_order, _of_next]
    if _EACH.search(sentence.text):
        readings.append(_all_named)
    if not own and (_WHOLE.search(sentence.text) or not _POINTS.search(sentence.text)):
        readings.append(_of_the_whole)
    results = [
        _without(found, [supported(spot, owners, sentence, facts) for spot, owners in zip(
            found, read(numbers, groups, before), strict=True)])
        for read in readings
    ]
    return min(results, key=len)


def _without(found: Sequence[Spot], ways: Sequence[str]) -> list[Number]:
    """The numbers without a way; nor may one field tell two shares of a thing: "earns 15% on 15%"."""
    lacking, taken = [], set[str]()
    for spot, way in zip(found, ways, strict=True):
        share = spot.number.unit == "share" and not spot.number.part
        own = share and not way.startswith(" ") and way[-1:].isdigit()
        if not way or (own and way in taken):
            lacking.append(spot.number)
        elif own and "|" not in way:
            taken.add(way)
    return lacking


Group = tuple[int, Owners]


def _all_named(
    numbers: Sequence[Number], groups: Sequence[Group], before: Owners
) -> list[Owners]:
    """Each number may be of any thing named before it: "A, B and C each add 6 to 7 cents"."""
    return [tuple(o for at, owners in groups if at < n.start for o in owners) or before for n in numbers]


def _of_the_whole(
    numbers: Sequence[Number], groups: Sequence[Group], before: Owners
) -> list[Owners]:
    """A sentence that names nothing and points back at nothing speaks of the whole."""
    return [() for _ in numbers]


def _preceding(
    numbers: Sequence[Number], groups: Sequence[Group], before: Owners
) -> list[Owners]:
    """Each number is of the thing named last before it; of the first one named where none was."""
    first = groups[0][1] if groups else before
    return [next((o for at, o in reversed(groups) if at < n.start), first) for n in numbers]


def _carried(
    numbers: Sequence[Number], groups: Sequence[Group], before: Owners
) -> list[Owners]:
    """Each number is of the thing named last before it, in this sentence or the one before: "On 16% of the
    facings they make twice what Water makes"."""
    return [next((o for at, o in reversed(groups) if at < n.start), before) for n in numbers]


def _following(
    numbers: Sequence[Number], groups: Sequence[Group], before: Owners
) -> list[Owners]:
    """Each number is of the thing named next after it: "120 units of Cola and 80 of Chips"."""
    last = groups[-1][1] if groups else before
    return [next((o for at, o in groups if at > n.start), last) for n in numbers]


def _of_next(
    numbers: Sequence[Number], groups: Sequence[Group], before: Owners
) -> list[Owners]:
    """As the first reading, but "the 2 cents of Cream Soda" are of what follows."""
    follows = [next((o for at, o in groups if 0 < at - n.end <= len(" of the ")), None) for n in numbers]
    return [o or b for o, b in zip(follows, _preceding(numbers, groups, before), strict=True)]


def _in_order(
    numbers: Sequence[Number], groups: Sequence[Group], before: Owners
) -> list[Owners]:
    """The k-th number is of the k-th thing named: "Cola and Chips sold 120 and 80"; several each where there
    are several times as many."""
    if len(groups) < 2 or len(numbers) % len(groups):
        return _preceding(numbers, groups, before)
    each = len(numbers) // len(groups)
    return [groups[i // each][1] for i in range(len(numbers))]
