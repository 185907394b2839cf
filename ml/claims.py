"""What a text claims, and what the data it was given hold: numbers with their units, and whose they are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
        r"units|kind|plans|departures|facings|count|quantity|positions|products|capacity|par_|stock|rank|places|slots|number|among"
        r"|issues|velocity")),
)
_SIGNED = re.compile(r"lift|change|delta|difference|growth|trend")


@dataclass(frozen=True, slots=True)
class Fact:
    """A number of the data. ``owner``: the name of the record that holds it, "" for what is said of the
    whole; ``signed``: whether its sign says which way something went; ``cues``: what its field and, in a
    text, the words around it speak of; ``context``: what its record speaks of; ``told``: whether it stands
    within a text of the data."""

    value: float
    owner: str
    field: str
    unit: Unit
    signed: bool = False
    cues: frozenset[str] = frozenset()
    context: frozenset[str] = frozenset()
    told: bool = False


@dataclass(frozen=True)
class Facts:
    """``names`` of records, ``words`` of all strings and keys (lower case), ``codes`` like ``B4``; ``sizes``
    of lists; ``phrases``: short texts with digits, which may be repeated as they are."""

    numbers: tuple[Fact, ...]
    names: tuple[str, ...]
    words: frozenset[str]
    codes: frozenset[str]
    sizes: frozenset[int]
    phrases: tuple[str, ...] = ()


CODE = re.compile(r"\b[A-Z]\d{1,2}\b")
PHRASE = 60
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
                 frozenset(found.sizes), tuple(sorted(phrases, key=len, reverse=True)))


@dataclass(frozen=True, slots=True)
class _At:
    """Where in the data: whose record, which key, what the keys above and the record speak of."""

    owner: str = ""
    key: str = ""
    above: frozenset[str] = frozenset()
    context: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Found:
    numbers: list[Fact] = field(default_factory=list)
    names: dict[str, None] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    prose: list[tuple[str, _At]] = field(default_factory=list)
    sizes: set[int] = field(default_factory=set)


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
        found.sizes.add(len(value))
        for part in value:
            _walk(part, at, found)
    else:
        found.texts.append(str(value))


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
    for key, part in value.items():
        text = str(key)
        found.texts.append(text.replace("_", " "))
        above = at.above | concepts_of_field(at.key) | (beside if text == "interval" else frozenset())
        if _is_name(text) and isinstance(part, int | float | Mapping):
            found.names[text] = None
            found.texts.append(text)
            inner = at.key if not isinstance(part, Mapping) else text
            _walk(part, _At(text, inner, at.above, context), found)
        elif text not in _NAME_KEYS or not isinstance(part, str):
            _walk(part, _At(owner, text, above, context), found)


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
    signed = bool(_SIGNED.search(plain)) and "interval" not in plain
    return Fact(value, at.owner, at.key, unit, signed, concepts_of_field(at.key) | at.above, at.context)


def _in_text(text: str, at: _At, names: Sequence[str]) -> list[Fact]:
    """Numbers that a text of the data states, known by the words around them; each of the name before it."""
    made = []
    places = sorted((i, name) for name in names if (i := text.find(name)) >= 0)
    for n in numbers_in(blanked(text, [(i, i + len(name)) for i, name in places])):
        around = [*WORD.findall(text[: n.start])[-WINDOW:], *WORD.findall(text[n.end :])[:WINDOW]]
        owner = next((name for i, name in reversed(places) if i < n.start), at.owner)
        made.append(Fact(n.value, owner, at.key, n.unit, False, concepts(around), at.context, True))
    return made
