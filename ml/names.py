"""Which names a text mentions, whether the data hold them, and what looks like a name that nobody knows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from pathlib import Path

from ml.claims import CODE, Facts
from ml.concepts import WORD
from ml.stated import blanked, numbers_in

_SIZE = re.compile(
    r"[\s,(]*\b\d[\d.,/]*\s*-?(?:oz|fl\.?\s?oz|ml|l|lt|g|kg|lbs?|ct|count|pk|pack|in|inch|cm|mm|z)?\b\.?\)?\s*$",
    re.IGNORECASE,
)
LEAST_WORD, MOST_WORDS = 3, 7
LEAST_SHORT = 4
"""Letters of a first word that may stand for a whole name, where no other name begins with it."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text; ``owners``: the data's names that it may stand for; ``several``: it names
    them all."""

    start: int
    end: int
    owners: tuple[str, ...]
    several: bool = False


def mentions_of(
    text: str, facts: Facts, names: Sequence[str], question: str
) -> tuple[list[Mention], list[str]]:
    """Mentions of the data's names, in order; and names that the company knows but the data do not hold."""
    aliases = _aliases(facts.names)
    asked = question.lower()
    elsewhere = _aliases(tuple(n for n in names if n not in set(facts.names)))
    others = {way: owners for way, owners in elsewhere.items()
              if any(owner.lower().startswith(way) for owner in owners)}
    known = {a for a in others if a not in aliases and a not in asked and _is_distinct(a, others[a], facts)}
    spans = _spans(text, (*aliases, *sorted(known)))
    found = [Mention(start, end, aliases[alias]) for start, end, alias in spans if alias in aliases]
    foreign = [text[start:end] for start, end, alias in spans if alias not in aliases]
    found = sorted([*found, *_several(text, facts.names)], key=lambda m: m.start)
    return found, list(dict.fromkeys(foreign))


_SHELVES = re.compile(r"\b(?P<kind>Shelves|Trays|Rows|Doors)(?P<letters>(?:,?\s(?:and\s)?[A-Z]\b)+)")

_LETTER = re.compile(
    r"(?<=[a-z0-9,;] )([A-HJ-Z])\b(?!\d|\.\S)"
    r"|(?<!\S)([B-HJ-Z])\b(?=\s(?:has|have|is|shows?|stands?|at|with|and))")
"""A letter that stands alone and begins no sentence, or is said to have something."""


def _several(text: str, names: Sequence[str]) -> list[Mention]:
    """ "Shelves A and B" names each of them."""
    one = {"Shelves": "Shelf", "Trays": "Tray", "Rows": "Row", "Doors": "Door"}
    made = []
    for m in _SHELVES.finditer(text):
        owners = [f"{one[m['kind']]} {letter}" for letter in re.findall(r"\b[A-Z]\b", m["letters"])]
        known = tuple(n for n in names if any(n == o or n.startswith(f"{o},") for o in owners))
        made += [Mention(m.start(), m.end(), known, several=len(known) > 1)] if known else []
    if re.search(r"\b(?:shelf|shelves|trays?|rows?|doors?)\b", text, re.IGNORECASE):
        for m in _LETTER.finditer(text):
            label = re.compile(rf"(?:Shelf|Tray|Row|Door) {m[1] or m[2]}(?:,.*)?")
            known = tuple(n for n in names if label.fullmatch(n))
            made += [Mention(m.start(), m.end(), known)] if known else []
    return made


_AND = re.compile(
    r"\s*(?:,|&|(?:,\s*)?\b(?:and|plus|with|along with)\b)\s*(?:the\s|its\s)?\s*", re.IGNORECASE)


def joined(text: str, mentions: Sequence[Mention]) -> tuple[tuple[int, frozenset[str]], ...]:
    """Where, and which names a text puts together: "A and B", "Cola, Chips and Water", or names alone; none
    where one of them may stand for several."""
    runs: list[list[Mention]] = []
    for m in mentions:
        if runs and _AND.fullmatch(text[runs[-1][-1].end : m.start]):
            runs[-1].append(m)
        else:
            runs.append([m])
    return tuple(
        (run[0].start, frozenset(o for m in run for o in m.owners if all(
            m.several or len(m.owners) == 1 for m in run)))
        for run in runs)


def _is_distinct(alias: str, owners: Sequence[str], facts: Facts) -> bool:
    """Whether an alias says more than words of the data do, or is the whole of a name that they lack."""
    if not all(word in facts.words for word in WORD.findall(alias)):
        return True
    whole = any(alias in (name.lower(), _SIZE.sub("", name.lower()).strip(" ,")) for name in owners)
    return whole and " " in alias and alias not in facts.said


@lru_cache(maxsize=64)
def _aliases(names: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """Lower-case ways to call the names → the names that each may stand for: whole, without its size, and by
    its first words where these tell it from the others."""
    found: dict[str, dict[str, None]] = {}
    for name in names:
        for way in _ways(name):
            found.setdefault(way, {})[name] = None
    whole = {name.lower() for name in names}
    return {
        way: tuple(owners) for way, owners in found.items()
        if way in whole or " " in way or (len(owners) == 1 and way not in _COMMON)
    }


def _ways(name: str) -> set[str]:
    """A name whole, without its size, by its first words; and by words of it in their order: "Teriyaki
    Jerky", "tea and coffee"; each word of one that is no proper name: "jerky"."""
    plain = name.lower()
    short = _SIZE.sub("", plain).strip(" ,") or plain
    words = short.split()
    ways = {plain, short} | {" ".join(words[:k]) for k in range(2, len(words))}
    if len(words) > 1 and len(words[0]) >= LEAST_SHORT:
        ways.add(words[0])
    if len(words) <= MOST_WORDS:
        said = [w for w in words if w != "&"]
        ways |= {" ".join(part) for size in range(2, len(said)) for part in combinations(said, size)}
    if not any(c.isupper() for c in name[1:]):
        ways |= {w for w in words if len(w) >= LEAST_WORD}
    return ways | {way.replace(" & ", " and ") for way in ways if " & " in way}


def _spans(text: str, aliases: tuple[str, ...]) -> list[tuple[int, int, str]]:
    """Places of aliases in a text, the longest where several begin at one place."""
    if not aliases:
        return []
    pattern = _pattern(aliases)
    return [(m.start(), m.end(), m[0].lower()) for m in pattern.finditer(text)]


@lru_cache(maxsize=64)
def _pattern(aliases: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted(aliases, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)", re.IGNORECASE)


_CAPITAL = re.compile(r"(?:[A-Z][\w’'&\-]*)(?:\s+(?:of|and|de|&|the)?\s*[A-Z][\w’'&\-]*)*")
_QUOTED = re.compile(r"[“\"]([^”\"]{2,60})[”\"]")
_START = re.compile(r"(?:^|[.!?:;]\s+[\"“(]?|\n\s*(?:[-•*]\s*)?|[\"“(])$")
_VERBS = frozenset((
    "sold", "sells", "sell", "earns", "earned", "earn", "brings", "brought", "stands", "stood", "has", "had",
    "is", "was", "leads", "led", "makes", "made", "lasts", "needs", "takes", "took", "gets", "got", "moves",
    "moved", "ranks", "runs", "holds", "contributes", "accounts", "generates", "generated", "sits", "belongs",
    "deserves", "outsells", "outsold",
))
"""What a product does: a word before one of these that is no common word is taken for a name."""
_COMMON = frozenset((Path(__file__).parent / "text" / "common_words.txt").read_text(encoding="utf-8").split())
"""Words that begin sentences about shelves, months, days and feasts."""


def strangers(text: str, facts: Facts, mentions: Sequence[Mention], question: str) -> list[str]:
    """Capitalized or quoted names that neither the data nor the question hold."""
    masked = blanked(text, [(m.start, m.end) for m in mentions] + [c.span() for c in CODE.finditer(text)]
                     + [(n.start, n.end) for n in numbers_in(text)])
    known = facts.words | {w.lower() for w in WORD.findall(question)} | _COMMON
    found = []
    for run in [*_CAPITAL.finditer(masked), *_QUOTED.finditer(masked)]:
        words = WORD.findall(run[0])
        at_start = bool(_START.search(masked[: run.start()]))
        if at_start and words and not run[0].startswith(("“", '"')):
            alone = len(words) == 1 or words[0].lower() in known
            single = len(words) == 1
            alone = alone or (_formed(words[0]) and " ".join(words[1:3]).lower() in facts.said)
            if alone and not (single and _named_first(words[0], masked[run.end() :], known)):
                words = words[1:]
        if any(_is_strange(word, known) for word in words):
            found.append(run[0].strip("“”\""))
    return list(dict.fromkeys(found))


def _is_strange(word: str, known: frozenset[str] | set[str]) -> bool:
    plain = re.sub(r"'s?$", "", word.lower().replace("’", "'"))
    forms = {plain, plain.rstrip("s"), word.lower().replace("’", "'")}
    return not forms & known and not (word.isupper() and len(word) <= 2)


def _formed(word: str) -> bool:
    """Whether a word is formed as verbs and what is made of them are, and names seldom: "Letting"."""
    return word.lower().endswith(("ing", "ed", "ly", "tion", "ment", "ity"))


def _named_first(word: str, rest: str, known: frozenset[str] | set[str]) -> bool:
    """Whether a single word that begins a sentence is a name: a verb of trade follows, and it is no common
    word nor formed like one."""
    following = WORD.match(rest.lstrip())
    verb = following is not None and following[0].lower() in _VERBS
    return verb and not _formed(word) and _is_strange(word, known)
