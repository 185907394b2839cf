"""What a text claims, and what the data it was given hold: numbers with their units, and whose they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ml.concepts import WORD, concepts, concepts_of_field
from ml.stated import Unit, blanked, numbers_in

_NAME_KEYS = ("name", "product", "product_name", "title", "category", "brand", "store", "site", "label")
_FIELDS: tuple[tuple[Unit, re.Pattern[str]], ...] = (
    ("share", re.compile(
        r"share|percent|pct|rate|utili[sz]ation|lift|osa|availab|balance|probab|confiden|complian|ratio|growth")),
    ("money", re.compile(
        r"revenue|price|cost|margin|money|usd|dollar|gain|profit|earn|budget|spend|worth|interval")),
    ("days", re.compile(r"days|horizon|weeks|months")),
    ("count", re.compile(
        r"units|kind|running_short|plans|departures|facings|count|quantity|positions|products|capacity|par_|stock|rank|places|slots"
        r"|number|among|issues|velocity")),
)
_AMISS = "_wrong"
_SIGNED = re.compile(r"lift|change|delta|difference|growth|trend")


@dataclass(frozen=True, slots=True)
class Fact:
    """A number of the data. ``owner``: the name of the record that holds it, "" for what is said of the
    whole; ``signed``: whether its sign says which way something went; ``cues``: what its field and, in a
    text, the words around it speak of; ``context``: what its record speaks of; ``told``: whether it stands
    within a text of the data; ``record``: which mapping holds it."""

    value: float
    owner: str
    field: str
    unit: Unit
    signed: bool = False
    cues: frozenset[str] = frozenset()
    context: frozenset[str] = frozenset()
    told: bool = False
    record: int = 0

    @property
    def amiss(self) -> bool:
        """Whether it follows from what was planned and what of that is right, and no field tells it."""
        return self.field.endswith(_AMISS)

    @property
    def end(self) -> bool:
        """Whether it is an end of an interval."""
        return "interval" in self.field and "_holds" not in self.field


@dataclass(frozen=True, slots=True)
class Tally:
    """How many parts a list has (``of`` None and ``sign`` 0), or its records with the value ``of`` in a
    field, or those in which a change has a ``sign``. ``cues``: what they are."""

    count: int
    cues: frozenset[str]
    of: float | None = None
    sign: int = 0


@dataclass(frozen=True)
class Facts:
    """``names`` of records, ``words`` of all strings and keys (lower case), ``codes`` like ``B4``;
    ``tallies``: how long lists are, and how many of their records agree in a field;
    ``phrases``: short texts with digits, which may be repeated as they are; ``said``: all in lower case."""

    numbers: tuple[Fact, ...]
    names: tuple[str, ...]
    words: frozenset[str]
    codes: frozenset[str]
    tallies: tuple[Tally, ...]
    phrases: tuple[str, ...] = ()
    said: str = ""


CODE = re.compile(r"\b[A-Z]\d{1,2}\b")
PHRASE = 60
_LISTED = re.compile(r"[^\W\d_][^.:;!?]{1,40}")
"""A name in a list of such: its place there is its rank."""
WINDOW = 7
"""Words of a text before and after a number that tell what it is a number of."""


def facts_of(data: Any) -> Facts:
    """All that the data say."""
    found = _Found()
    _walk(data, _At(), found, top=True)
    found.numbers += [f for text, at in found.prose for f in _in_text(text, at, tuple(found.names))]
    phrases = {t for t, _ in found.prose if " " in t and len(t) <= PHRASE and numbers_in(t)}
    whole = " ".join(found.texts)
    words = {w for word in WORD.findall(whole) for w in (word.lower(), word.lower().removesuffix("'s"))}
    return Facts(tuple(found.numbers), tuple(found.names), frozenset(words), frozenset(CODE.findall(whole)),
                 tuple(found.tallies), tuple(sorted(phrases, key=len, reverse=True)), whole.lower())


@dataclass(frozen=True, slots=True)
class _At:
    """Where in the data: whose record, which key, what the keys above and the record speak of."""

    owner: str = ""
    key: str = ""
    above: frozenset[str] = frozenset()
    context: frozenset[str] = frozenset()
    record: int = 0


@dataclass(slots=True)
class _Found:
    numbers: list[Fact] = field(default_factory=list)
    names: dict[str, None] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    prose: list[tuple[str, _At]] = field(default_factory=list)
    tallies: list[Tally] = field(default_factory=list)
    records: int = 0


def _walk(value: Any, at: _At, found: _Found, *, top: bool = False) -> None:
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int | float):
        found.numbers.append(_fact(float(value), at))
    elif isinstance(value, str):
        found.texts.append(value)
        if at.key:
            found.prose.append((value, at))
    elif isinstance(value, Mapping):
        _record(value, at, found, top=top)
    elif isinstance(value, Sequence | set | frozenset) and not isinstance(value, bytes):
        found.tallies += _tallies(tuple(value), at)
        listed = isinstance(value, Sequence) and all(
            isinstance(p, str) and _LISTED.fullmatch(p) for p in value)
        for i, part in enumerate(value, 1):
            if listed:
                found.numbers.append(Fact(float(i), part, "rank", "rank", cues=frozenset({"rank"})))
                found.names[part] = None
            _walk(part, at, found)
    else:
        found.texts.append(str(value))


def _tallies(parts: Sequence[Any], at: _At) -> list[Tally]:
    """How many parts a list has, and how many of its records hold the same under a key, or gain, or lose."""
    records = [p for p in parts if isinstance(p, Mapping)]
    if not parts or not (records or isinstance(parts[0], str)):
        return []
    names = (str(k) for k, v in records[0].items() if isinstance(v, str)) if records else ()
    cues = frozenset[str]().union(concepts_of_field(at.key), *map(concepts_of_field, names), _common(records))
    made = [Tally(len(parts), cues)]
    for key in dict.fromkeys(str(k) for r in records for k in r):
        values = [r[key] for r in records if isinstance(r.get(key), str | int | float)]
        cues = concepts_of_field(key)
        often = Counter(values)
        kinds = max(often.values(), default=0) > 1
        for v, times in often.items():
            if (1 if kinds and isinstance(v, str) and " " not in v else 2) <= times < len(values):
                made.append(Tally(times, concepts(WORD.findall(v))) if isinstance(v, str)
                            else Tally(times, cues, of=float(v)))
        if _SIGNED.search(key):
            signs = [v < 0 for v in values if not isinstance(v, str)]
            made += [Tally(sum(signs), cues, sign=-1), Tally(len(signs) - sum(signs), cues, sign=1)]
    return made


def _common(records: Sequence[Mapping[Any, Any]]) -> frozenset[str]:
    """What the names of all records of a list have in common: "Tray A" and "Tray B" are trays."""
    named = (r[k] for r in records for k in _NAME_KEYS if isinstance(r.get(k), str))
    said = [concepts(WORD.findall(name)) for name in named]
    return frozenset.intersection(*said) if len(said) > 1 else frozenset()


def _record(value: Mapping[Any, Any], at: _At, found: _Found, *, top: bool) -> None:
    """A mapping: with a name of its own, or known by what its texts say."""
    named = next((str(value[k]) for k in _NAME_KEYS if isinstance(value.get(k), str) and value[k]), "")
    if named:
        found.names[named] = None
        found.texts.append(named)
    owner = at.owner if top or not named else named
    said = [v for v in value.values() if isinstance(v, str)]
    context = at.context if top else at.context | concepts(WORD.findall(" ".join(said)))
    beside = frozenset[str]() if top else frozenset().union(
        *(concepts_of_field(str(k)) for k, v in value.items() if isinstance(v, int | float)))
    found.records += 1
    record = found.records
    found.numbers += _amiss(value, replace(at, owner=owner, context=context, record=record))
    for key, part in value.items():
        text = str(key)
        found.texts.append(text.replace("_", " "))
        above = at.above | concepts_of_field(at.key) | (beside if text == "interval" else frozenset())
        if _is_name(text) and isinstance(part, int | float | Mapping):
            found.names[text] = None
            found.texts.append(text)
            inner = at.key if not isinstance(part, Mapping) else text
            _walk(part, _At(text, inner, at.above, context, record), found)
        elif text not in _NAME_KEYS or not isinstance(part, str):
            _walk(part, _At(owner, text, above, context, record), found)


def _amiss(value: Mapping[Any, Any], at: _At) -> list[Fact]:
    """How many are wrong, where a record tells how many were planned and how many of them are right."""
    counts = {str(k): v for k, v in value.items() if isinstance(v, int) and not isinstance(v, bool)}
    right = next((k for k in counts if k.endswith("_right")), "")
    planned = next((k for k in counts if "planned" in k and k != right), "")
    if not (right and planned) or counts[right] > counts[planned]:
        return []
    field = right.removesuffix("_right") + _AMISS
    amiss = float(counts[planned] - counts[right])
    return [Fact(amiss, at.owner, field, "count", cues=concepts_of_field(field), context=at.context,
                 record=at.record)]


def _is_name(key: str) -> bool:
    """Whether a key is a name and no field: it has a space or a capital letter."""
    return " " in key or (key[:1].isupper() and not key.isupper())


def _fact(value: float, at: _At) -> Fact:
    plain = at.key.lower()
    unit: Unit = next((unit for unit, pattern in _FIELDS if pattern.search(plain)), "")
    if unit == "money" and abs(value) <= 1.0 and re.search(r"share|rate|pct|percent", plain):
        unit = "share"
    if unit == "count" and value != round(value):
        unit = ""  # "best places used" is a share, whatever it is called
    if plain == "rank":
        unit = "rank"
    if unit == "share" and re.search(r"percent|pct", plain):
        value /= 100.0
    signed = bool(_SIGNED.search(plain)) and "interval" not in plain
    return Fact(value, at.owner, at.key, unit, signed, concepts_of_field(at.key) | at.above, at.context,
                record=at.record)


def _in_text(text: str, at: _At, names: Sequence[str]) -> list[Fact]:
    """Numbers that a text of the data states, known by the words around them; each of the name before it."""
    made = []
    places = sorted((i, name) for name in names if (i := text.find(name)) >= 0)
    for n in numbers_in(blanked(text, [(i, i + len(name)) for i, name in places])):
        around = [*WORD.findall(text[: n.start])[-WINDOW:], *WORD.findall(text[n.end :])[:WINDOW]]
        owner = next((name for i, name in reversed(places) if i < n.start), at.owner)
        made.append(Fact(
            n.value, owner, at.key, n.unit, False, concepts(around), at.context, True, at.record))
    return made
