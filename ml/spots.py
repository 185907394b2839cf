"""The numbers of a sentence with the words that tell what each is a number of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ml.concepts import WORD, concepts
from ml.stated import Number, without_lean

_BREAK = re.compile(
    r"[,;:()—]|\b(?:but|while|whereas|though|although|which|yet|and|against|where|so|than|as|with)\b", re.I
)
_LABEL = re.compile(r":(?=\s*[~≈+−-]?\$?\d)")
"""A label and its number stand together: "Departures: 5"."""
_LINK = re.compile(r"^\W*(?:\b(?:of|to|or|out|its|the)\b|[^\w,;.])*$", re.IGNORECASE)
_LEFT_OVER = re.compile(r"^\s*(?:of|for)\s+(?:the\s|all\s|its\s)*\w+\b")
"""What stands right behind the number before is of that one: "of the facings"."""
_RANKED = re.compile(r"\b(?:last|worst|bottom|weakest|strongest|best)\s+(?:of|among)\s+(?:the\s+)?$", re.I)
_PERIOD = re.compile(r"\bthe (?:last|past|next)\b", re.IGNORECASE)
_BOUND = re.compile(r"\b(?:more|less|fewer)\s+than\s*(?:the\s+)?\$?\s*$", re.IGNORECASE)
_RANGE = re.compile(
    r"\b(?:between|interval|ranges?|anywhere|somewhere|at least|as (?:little|low|much|high) as|up to|low end"
    r"|high end|worst|best case|least|most|runs? from|could be|may be|likely|floor|ceiling|downside"
    r"|upside|pessimistic|optimistic|compared with|at best|unlucky|lucky|luck"
    r"|if (?:we|you|things|all|not|it)|hope for|fear"
    r"|(?:good|bad|weak|strong|slow|poor|rosy|gloomy) (?:cases?|days?|scenarios?|end))\b",
    re.IGNORECASE,
)
MOST_TOLD = 4
_AS_MUCH = re.compile(r"\bas (?:little|low|much|high|few|many) as\W*$", re.IGNORECASE)
_LIKELIEST = re.compile(r"\bmost likely\b", re.IGNORECASE)
_ANNOUNCES = re.compile(
    r"\b(?:between|interval|ranges?|floor|ceiling|runs? from|goes from|anywhere from"
    r"|every (?:likely )?case|all (?:likely )?cases)\b", re.IGNORECASE
)
_SURELY = re.compile(
    r"\b(?:somewhere|anywhere|interval|range[sd]?|likely)\s(?:\w+\s){0,2}\W*$", re.IGNORECASE)
_FROM, _TO = re.compile(r"\bfrom\W*$", re.IGNORECASE), re.compile(r"\W*to\W*", re.IGNORECASE)
_ENDS = re.compile(r"[–-]|\bto\b|\band\b")
_OF = re.compile(r"\W*(?:\w+\s)?(?:out\s)?of\s(?:(?:the|all|its|a|total|planned|every)\s)*", re.IGNORECASE)
_WHOLE = re.compile(r"\W*of\s(?P<what>(?:[a-z'’]+\s?){1,4})", re.IGNORECASE)
"""What a share is of: "19% of the facings"."""
_BETWEEN = re.compile(r"\bbetween\W*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Spot:
    """A number in its sentence. ``near``: what the words of its clause speak of, ``far``: those of the
    sentence; ``after``: the words right behind it; ``since``: what was said since the number before;
    ``clause`` in words; ``ranges``: whether it is told as an end of a range; ``of``: what a share is of;
    ``head``: what the word right behind it says that it counts; ``level``: whether it is told as where
    something was or will be ("from 97 to 98"); ``bound``: whether it is
    surely an end of an interval: "somewhere between 10 and 79", "(207–215)"."""

    number: Number
    near: frozenset[str]
    far: frozenset[str]
    after: frozenset[str]
    since: frozenset[str]
    clause: str
    ranges: bool
    of: frozenset[str] = frozenset()
    head: frozenset[str] = frozenset()
    level: bool = False
    bound: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """``named``: owners that it names; ``numbers``: all that it states; ``before``: those of the sentence
    before; ``start``: where it begins in the text; ``earlier``: the words of the one before;
    ``about``: what the names in it speak of; ``joined``: where, and what it names together: "A and B",
    or alone."""

    text: str
    named: frozenset[str]
    numbers: tuple[Number, ...]
    before: tuple[Number, ...] = ()
    start: int = 0
    earlier: str = ""
    about: frozenset[str] = frozenset()
    joined: tuple[tuple[int, frozenset[str]], ...] = ()

    def beside(self, n: Number) -> frozenset[str]:
        """What is named together next to a number: right before it, else first after it."""
        before = [owners for at, owners in self.joined if at < n.start]
        return before[-1] if before else self.joined[0][1] if self.joined else frozenset()

    def linked(self, a: Number, b: Number) -> bool:
        """Whether two of its numbers stand as part and whole: "43 of the 50"."""
        one, two = (a, b) if a.start < b.start else (b, a)
        gap = self.text[max(one.end - self.start, 0) : max(two.start - self.start, 0)]
        return one.start >= self.start and bool(_OF.fullmatch(gap))


def spots(numbers: Sequence[Number], masked: str, text: str, start: int, end: int) -> tuple[Spot, ...]:
    """The numbers of a sentence from ``start`` to ``end``. ``masked`` is the text without names."""
    masked = _LIKELIEST.sub("           ", _PERIOD.sub("period  ", masked))
    breaks = [m.span() for m in _BREAK.finditer(masked, start, end) if not _LABEL.match(masked, m.start())]
    far = concepts(WORD.findall(masked[start:end]))
    firm = [n for n in numbers if not n.weak]
    sides = [_sides(n, firm, breaks, start, end) for n in numbers]
    made = []
    for i, n in enumerate(numbers):
        right = sides[i][1]
        words, behind = _words(masked, numbers, i, sides)
        whole = _WHOLE.match(masked[n.end : right]) if n.unit == "share" else None
        before = max((m.end for m in firm if m.end <= n.start), default=start)
        made.append(
            Spot(
                n,
                concepts(WORD.findall(" ".join(words))),
                far,
                concepts(WORD.findall(behind)[:3]),
                concepts(WORD.findall(text[before:right])),
                " ".join(words),
                bool(_RANGE.search(" ".join(words)) or _AS_MUCH.search(masked[start : n.start]))
                or _told_as_end(masked[start : n.start], n, numbers)
                or any(_ENDS.search(g) and _linked(masked, a, b) for a, b, g in _beside(numbers, i, masked)),
                concepts(WORD.findall(whole["what"])) if whole else frozenset(),
                _head(masked[n.end : right]),
                _is_level(masked, numbers, i),
                _is_bound(masked, numbers, i, start),
            )
        )
    return tuple(made)


def _words(
    masked: str, numbers: Sequence[Number], i: int, sides: Sequence[tuple[int, int]]
) -> tuple[list[str], str]:
    """The words of a number's clause, with those of a number that it belongs to; and those behind it."""
    n, (left, right) = numbers[i], sides[i]
    behind = masked[n.end : right]
    words = [_LEFT_OVER.sub("", without_lean(_BOUND.sub("", masked[left : n.start]))), behind]
    if i + 1 < len(numbers) and _linked(masked, n, numbers[i + 1]):
        behind = masked[numbers[i + 1].end : sides[i + 1][1]]
        words.append(behind)
    if i and _linked(masked, numbers[i - 1], n):
        words.append(masked[sides[i - 1][0] : numbers[i - 1].start])
    if n.unit in ("", "count") and _RANKED.search(masked[: n.start]):
        return ["rank", behind], behind
    if n.unit in ("", "count") and i and numbers[i - 1].unit == "rank":
        words.append("rank")
    return words, behind


def _is_level(masked: str, numbers: Sequence[Number], i: int) -> bool:
    """Whether a number is one of two between which something moves."""
    first = (
        numbers[i - 1] if i and _TO.fullmatch(masked[numbers[i - 1].end : numbers[i].start]) else numbers[i]
    )
    return bool(_FROM.search(masked[: first.start]))


def _is_bound(masked: str, numbers: Sequence[Number], i: int, start: int) -> bool:
    """Whether a number is one of two between which something is said to lie."""
    for a, b, gap in _beside(numbers, i, masked):
        if (a.unit == b.unit or not a.unit) and _ENDS.fullmatch(gap.strip(" $−+")):
            before = masked[max(start, a.start - 30) : a.start]
            return bool(_SURELY.search(before)) or (before.rstrip(" $−+").endswith("(") and "–" in gap)
    return False


def _told_as_end(before: str, n: Number, numbers: Sequence[Number]) -> bool:
    """Whether an interval was announced, and a number is one of the next, in amounts or in percent."""
    found = list(_ANNOUNCES.finditer(before))
    if not found:
        return False
    at = n.start - len(before) + found[-1].end()
    return sum(at <= m.start < n.start for m in numbers) < MOST_TOLD


def _head(behind: str) -> frozenset[str]:
    """What the first word behind a number that says anything speaks of: "25 positions"."""
    said = (concepts([word]) for word in WORD.findall(behind)[:3] if not word.lower().startswith("stand"))
    return next((found for found in said if found), frozenset())


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
