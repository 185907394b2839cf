"""Whether the data support a number of a sentence: a fact of the right product or place, of the field of
which the words around the number speak, has its value; or it follows from such."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise, permutations

from ml import cues
from ml.about import Owners, candidates, directly, is_bound
from ml.claims import Fact, Facts
from ml.concepts import COMMON, WORD, concepts, weight
from ml.derived import follows
from ml.derived_whole import sums_of_pairs
from ml.rounded import says
from ml.spots import Sentence, Spot
from ml.stated import Number, Unit

ENOUGH = 0.55
"""Of the relevance of the fact that a number is likeliest about, what one that has its value must reach."""
FAR, OWN, CARRIED, CONTEXT, MOST_CONTEXT, TELLING = 0.2, 0.7, 0.3, 0.4, 4, 0.5
RANGED, HEAD, LEAST_TOLD, TELLS, PRECISE = 0.6, 0.5, 0.2, 1.0, 0.5
"""``PRECISE``: a number of three digits that is a fact's by chance is rare."""
_UP = re.compile(
    r"\b(?:(?<!give )(?<!gives )up|rose|rises?|rising|grew|grows?|growth|gains?|gained|increas\w+|higher|more"
    r"|improv\w+|lifts?|lifted|adds?|added)\b", re.I)
_DOWN = re.compile(
    r"\b(?:down|fell|falls?|falling|declin\w+|drop\w*|decreas\w+|lower|less|loses?|lost|loss|losing"
    r"|costs?|gives? up|sheds?|slips?|shr[iau]nk\w*|worse|takes? back|takes? away)\b", re.I)


def supported(spot: Spot, owners: Owners, sentence: Sentence, facts: Facts) -> str:
    """How the data hold the number for these owners, or for the whole, or it follows from such: the field or
    the way in a word; "" where they do not."""
    n = spot.number
    mine = candidates(spot, owners, facts)
    scored = [(_relevance(f, spot, owners, sentence), f) for f in mine]
    best = max((r for r, f in scored if _rivals(n, f) and not f.end and not (spot.level and f.signed) and (
        not f.owner.islower() or f.owner in owners or _spoken(f, spot.near))), default=0.0)
    if n.weak and not _meant(spot, mine):
        return "no claim"
    if (counted := _labelled(n, sentence, facts)) is not None:
        return counted
    if n.unit == "share" and not spot.of and not _says_again(spot, sentence):
        return ""
    if pair := _part_and_whole(spot, owners, sentence, facts):
        return pair if pair != WRONG_PAIR else ""
    if n.unit == "rank" and not any(f.unit == "rank" for f in facts.numbers):
        return "no claim"
    ranged = [(r + (RANGED if spot.ranges and f.end else 0.0), f) for r, f in scored]
    least = ENOUGH * best if best >= TELLING else 0.0
    least *= PRECISE if not n.lean and n.value / n.step >= 100.0 else 1.0
    quoted = n.unit == "days" and n.written.lower() in facts.said  # "13 months", as a text of theirs says
    told = [f for r, f in ranged
            if r >= max(least, LEAST_TOLD * (f.told and not quoted), TELLS if n.unit and not f.unit else 0.0)]
    found = [f"{f.owner} {f.field} {f.value}" for f in directly(spot, sentence, told)
             if says(n, f.value, f.unit) and _same_way(f, spot)]
    if found:
        return "|".join(dict.fromkeys(found))
    if is_bound(spot, mine) and not cues.PERIOD.search(sentence.text):
        return ""
    return follows(spot, told, sentence, facts)


WRONG_PAIR = "wrong pair"


_AGAIN = re.compile(
    r"(?:\s*\w+\b){0,2}\s*[,(:–—]\s*(?:or|i\.e\.|that is|exactly|just|only|about|a little|a bit|over|under"
    r"|nearly|almost|roughly|around|some|well|more|less|than|call it|\s|,)*", re.I)


_LABEL = re.compile(r"(?:^|[(,;:])\s*(?P<word>[^\W\d_]+)(?:\s|:\s)$")


def _labelled(n: Number, sentence: Sentence, facts: Facts) -> str | None:
    """Of "(high 2, medium 1, low 2)": "count" where so many records of a list have the value that stands
    before the number, "" where others have; None where it is no such label."""
    at = n.start - sentence.start
    label = _LABEL.search(sentence.text[:at])
    if n.unit or label is None or not cues.CLOSES.match(sentence.text[n.end - sentence.start :]):
        return None
    kind = concepts([label["word"]])
    counts = [t.count for t in facts.tallies if kind and t.cues == kind and t.of is None and not t.sign]
    return ("count" if n.value in counts else "") if counts else None


def _says_again(spot: Spot, sentence: Sentence) -> bool:
    """Whether a share right behind "9 of 12" is the share of these, or of the rest; True where none is."""
    n = spot.number
    before = [m for m in sentence.numbers if m.end <= n.start][-2:]
    if len(before) < 2 or not sentence.linked(*before) or any(m.unit for m in before):
        return True
    gap = sentence.text[before[1].end - sentence.start : n.start - sentence.start]
    part, whole = before[0].value, before[1].value
    if not _AGAIN.fullmatch(gap) or not 0.0 < part <= whole:
        return True
    return says(n, part / whole, "share") or says(n, 1.0 - part / whole, "share")


def _part_and_whole(spot: Spot, owners: Owners, sentence: Sentence, facts: Facts) -> str:
    """Of "4 of its 6 facings": whether a record holds both, or another one where it is of this that the words
    speak. "" where there is none, so that each number is looked for alone."""
    n = spot.number
    at = next((m for a, b in pairwise(sentence.numbers) if n in (a, b) and a.unit == b.unit == ""
               and sentence.linked(a, b) for m in (a, b) if m is not n), None)
    if at is None:
        return ""
    part, whole = (n, at) if n.start < at.start else (at, n)
    if (part.value, whole.value) in sums_of_pairs(sentence, facts):
        return "part and whole of those named"
    counts = [f for f in facts.numbers if f.unit == "count" and not f.told
              and (not f.amiss or cues.REST.search(sentence.text))]
    named = [f for f in counts if f.owner and f.owner in owners]
    loose = [f for f in counts if not f.owner and f.context]
    said = spot.far | sentence.about
    most = max((len((f.context - COMMON) & said) for f in loose), default=0)
    loose = [f for f in loose if most >= 2 and len((f.context - COMMON) & said) == most]
    total = [f for f in counts if not f.owner]
    for group, sure in ((named, True), (loose, True), (total, part.value >= whole.value)):
        pairs = [(a.value, b.value) for a, b in permutations(group, 2)
                 if a.record == b.record and a.value <= b.value]
        if (part.value, whole.value) in pairs:
            return "part and whole"
        if pairs and sure and group is not total:
            return WRONG_PAIR if not named or group is named else ""
    return WRONG_PAIR if part.value >= whole.value else ""


def _spoken(f: Fact, words: frozenset[str]) -> bool:
    """Whether words speak of a thing that has a description for a name: "what shoppers take instead"."""
    return bool((concepts(WORD.findall(f.owner)) - COMMON) & words)


def _rivals(n: Number, f: Fact) -> bool:
    """Whether a number that does not have a fact's value could be meant to: a field, of its unit."""
    share = n.unit == "share" and f.unit == "" and 0.0 <= f.value <= 1.0
    return not f.told and (not n.unit or f.unit == n.unit or share)


def _relevance(f: Fact, spot: Spot, owners: Owners, sentence: Sentence) -> float:
    """How likely the number is about the fact, by the words that both go with."""
    near = f.cues & spot.near
    score = sum(map(weight, near)) + FAR * sum(map(weight, (f.cues & spot.far) - near))
    about = spot.since if f.owner else spot.since | sentence.about
    context = len((f.context & about) - COMMON)
    score += HEAD * bool((f.cues - COMMON) & spot.head)
    own = OWN if f.owner.islower() and _spoken(f, spot.near) else 0.0
    if f.owner and f.owner in owners:
        own = OWN if f.owner in sentence.named else CARRIED
    return score + own + CONTEXT * min(context, MOST_CONTEXT)


def _meant(spot: Spot, mine: Iterable[Fact]) -> bool:
    """Whether the words right behind a number that may be a manner of speaking say what it counts."""
    wanted: tuple[Unit, ...] = ("share", "") if spot.number.unit == "share" else ("count", "", "days")
    about = spot.after - COMMON
    return any(not f.told and f.unit in wanted and (
        (f.cues - COMMON) & about or (f.field == "number" and (f.context - COMMON) & spot.near))
        for f in mine)


def _same_way(fact: Fact, spot: Spot) -> bool:
    """Whether a change goes the way that the words say; True where they say neither or both."""
    if not fact.signed or fact.value == 0:
        return True
    up, down = bool(_UP.search(spot.clause)), bool(_DOWN.search(spot.clause))
    return up == down or (fact.value > 0) == up
