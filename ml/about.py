"""Which facts a number could be about: those of its owners or the whole, of its unit, that the words right
beside it do not rule out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ml.claims import Fact, Facts
from ml.concepts import COMMON
from ml.spots import Sentence, Spot
from ml.stated import Number

Owners = tuple[str, ...]
_BETWEEN_THEM = re.compile(
    r"^(?:\W*\w+){0,4}?\W*\b(?:between them|combined|put together|all told|in total)\b", re.I)
_GAP = re.compile(r"\b(?:difference|gap)\b", re.I)
_A_MONTH = re.compile(r"^\s*(?:(?:a|per|each|every)\s(?:month|week|year)|monthly|weekly|yearly)\b", re.I)
_A_DAY = re.compile(r"^\s*(?:(?:a|per|each|every)\sday|daily)\b", re.I)


def candidates(spot: Spot, owners: Owners, facts: Facts) -> list[Fact]:
    """Facts that could have the number for their value."""
    n = spot.number
    mine = [f for f in facts.numbers if _concerns(f, owners) and _fits(n, f)
            and (not f.amiss or f.cues <= spot.near)]
    if not spot.ranges:
        mine = [f for f in mine if not f.end]
    if any(not f.told and f.cues & spot.of for f in mine):
        mine = [f for f in mine if f.cues & spot.of]
    if is_bound(spot, mine):
        mine = [f for f in mine if f.end or f.told]
    if "wrong" in spot.of:
        mine = [f for f in mine if "wrong" in f.cues]
    return _of_kind(spot, mine)


def is_bound(spot: Spot, mine: Sequence[Fact]) -> bool:
    """Whether a number is surely an end of an interval, and the data hold such."""
    return spot.bound and any(f.end and f.unit == spot.number.unit for f in mine)


def directly(spot: Spot, sentence: Sentence, mine: list[Fact]) -> list[Fact]:
    """Those whose very value it may be; not what the words right beside it rule out: an amount a day where
    one a month is told, a thing's own where they sum things up, a level where they tell a gap."""
    n = spot.number
    behind = sentence.text[n.end - sentence.start :]
    if _A_MONTH.match(behind):
        mine = [f for f in mine if "day" not in f.cues or f.told]
    elif _A_DAY.match(behind):
        mine = [f for f in mine if "month" not in f.cues or f.told]
    if _BETWEEN_THEM.match(behind):
        mine = [f for f in mine if not (f.owner or f.context)]
    if _GAP.search(spot.clause) and n.unit in ("money", "share"):
        mine = [f for f in mine if f.signed or f.told]
    return mine


def _of_kind(spot: Spot, mine: list[Fact]) -> list[Fact]:
    """Of records that count kinds, those of whose kind the words speak most."""
    counts = [f for f in mine if f.field == "number" and not f.owner]
    said = spot.near | spot.after
    most = max((len((f.context - COMMON) & said) for f in counts), default=0)
    out = {id(f) for f in counts if most and len((f.context - COMMON) & said) < most}
    return [f for f in mine if id(f) not in out]


def _concerns(f: Fact, owners: Owners) -> bool:
    """Whether a fact is of the whole, of what is named, or of something that a description tells."""
    return not f.owner or f.owner in owners or f.owner.islower()


def _fits(n: Number, f: Fact) -> bool:
    """Whether a number could be about a fact, by their units."""
    if n.unit == "rank" or f.unit == "rank":
        return n.unit in ("rank", "") and f.unit == "rank"
    if n.unit == "times":
        return f.told and f.unit == "times"
    if n.unit:
        return n.unit == f.unit or not (f.unit or f.told)
    if f.unit == "share" and "score" in f.cues | f.context and n.value > 1.0:
        return True  # scores are told in points too
    if f.unit == "days":
        return "horizon" in f.cues
    return f.unit in ("", "count", "share") and (abs(f.value) >= 1.0 or f.value == 0.0 or n.step < 1.0)
