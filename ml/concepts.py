"""Which words of a text speak of which fields of the data: "takes in $60 a day" is about daily revenue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
STEM = 5
_GROUPS: Mapping[str, str] = {
    "sales": "revenue sale sales earn earns earning earned money sell sells sold selling income takings take "
             "takes brings bring brought makes make made return returns turns land generate generates "
             "generated generating produce produces deliver delivers pull pulls turnover yield yields",
    "space": "space room facing facings shelf shelves footprint allocation",
    "margin": "margin profit margins profits",
    "size": "slot slots foot feet size",
    "avail": "osa available availability shelf bought buy missing stockout stockouts",
    "supply": "supply last lasts lasting stocked cover covers coverage",
    "short": "short dry empty",
    "score": "score scores layout compliance",
    "issue": "issue issues problem problems flags",
    "best": "best prime premium top leaders leader",
    "place": "place places spot spots location locations",
    "used": "used fast movers",
    "balance": "balance follow follows aligned alignment matches mirrors tracks balanced",
    "rank": "rank ranks ranked ranking kind among peers peer comparable class group",
    "month": "month monthly months",
    "day": "day daily days",
    "gain": "gain gains swap swaps swapping trade trading exchange exchanging worth improvement adds "
            "add benefit",
    "change": "change changes changed lift rise rises more less fall falls gain gains gained lose loses lost "
              "adds add drop drops takes brings contribute contributes extra lifts win wins climbs climb "
              "slips increase increases decrease decreases decline declines picks sheds gives nets effect",
    "labor": "labor work labour wages",
    "cost": "cost costs",
    "recover": "recover recovered earned back pay pays payback repay recoup recouped recoups recovers even",
    "sure": "confidence confident sure certain certainty odds chance cases",
    "touch": "touch touches touching change changes affected affects involves moves touched",
    "comply": "compliance compliant comply follows planned matches match adherence accuracy",
    "right": "right correct planned shape perfect flawless match matches",
    "wrong": "wrong departure departures fix mend findings finding violations violation deviations deviation "
             "discrepancies errors mistakes mismatches misplaced",
    "check": "check look verify review",
    "products": "product products items skus",
    "instead": "instead substitution substitutions substitute substitutes substituting switching",
    "positions": "position positions spot spots",
    "units": "unit units sold sells velocity bottles cans",
    "price": "price prices priced pricing",
    "horizon": "horizon next over ahead",
    "interval": "between interval least likely expect range runs somewhere anywhere surer low high band "
                "floor ceiling downside upside pessimistic optimistic",
}
COMMON = frozenset({"day", "sales", "gain", "month", "change", "cost"})
"""What many fields share says less."""


def _table() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for concept, words in _GROUPS.items():
        for word in words.split():
            found.setdefault(word, set()).add(concept)
    return {word: frozenset(concepts) for word, concepts in found.items()}


_OF = _table()


def concepts(words: Iterable[str]) -> frozenset[str]:
    """What the words speak of: concepts of the table, and the stems of all others."""
    found: set[str] = set()
    for word in words:
        low = re.sub(r"['’]s?$", "", word.lower())
        known = _OF.get(low)
        if known is not None:
            found |= known
        elif len(low) > 2 and low not in _EMPTY:
            found.add(low[:STEM].rstrip("s"))
    return frozenset(found)


def concepts_of_field(field: str) -> frozenset[str]:
    """Of a key such as ``daily_revenue``."""
    return concepts(WORD.findall(field.replace("_", " ")))


def weight(concept: str) -> float:
    """How much a shared concept tells."""
    return 0.4 if concept in COMMON else 1.0


_EMPTY = frozenset((
    "the", "and", "for", "with", "that", "this", "its", "it's", "are", "was", "has", "have", "had",
    "but", "not", "all", "any", "one", "per", "from", "into", "than", "then", "them", "they",
    "their", "there", "these", "those", "which", "what", "who", "you", "your", "our", "his", "her",
    "she", "him", "been", "being", "will", "would", "should", "could", "can", "may", "might",
    "must", "also", "just", "only", "even", "still", "yet", "too", "very", "such", "each", "both",
    "some", "most", "about", "around", "percent", "cent", "cents", "now", "hold", "holds", "held",
    "case", "stand", "stands", "standing", "stood",
))
