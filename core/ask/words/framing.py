"""Words that frame a question ("looking at gyms only: …"), that count none ("not a single one"), and that
point at a question before ("its list price", "margin of those")."""

from __future__ import annotations

from collections.abc import Sequence

from core.ask.words.lexicon import fillers, lexicon
from core.ask.words.pieces import Linked
from core.ask.words.tokens import Token

_LEADS = frozenset(
    ("need", "needing", "looking", "keep", "focus", "focusing", "focussing", "focused", "zoom", "zooming",
     "concentrate", "concentrating", "considering", "consider", "concerning", "regarding", "limit", "limited",
     "limiting", "restrict", "restricted", "restricting", "confined", "narrow", "narrowed", "narrowing",
     "idea", "love", "grab", "compute", "calculate", "wanting", "trying", "hoping", "strictly", "purely",
     "only"))
_NONE = ("not", "without", "never", "no", "zero")
_DOING = ("do", "does", "is", "are")
_POINTING = ("its", "their", "theirs", "them", "those", "these")
_RELATIVE = ("that", "which", "who", "whose", "with", "where", "without")
_OF = ("of", "for", "about", "from")
_AFTER_THAT = ("by", "per", "in", "for", "over", "during", "last", "this", "vs", "versus", "compared",
               "instead")
_GOES_ON = ("for", "at", "longer", "more", "less", "under", "over", "up", "fewer", "only")
_TOWARD = ("to", "on", "in", "at", "down", "just", "only")
_GROWTH = ("growing", "growth", "rising", "declining", "shrinking", "falling", "dropping")
_BARE = ("fastest", "slowest", "quickest", "sluggish", "most sluggish")
_NOUNS = ("name", "several", "thing", "family", "temperature", "zone", "shape", "status", "unknown")


def is_frame(tokens: Sequence[Token], i: int) -> bool:
    """ "Need the margin of …", "looking at gyms only: …", "…, focusing on gyms": said before all else or
    after a comma, these say nothing."""
    if tokens[i].text not in _LEADS or tokens[i].text == "only":
        return False
    following = tokens[i + 1].text if i + 1 < len(tokens) else ""
    if tokens[i].text == "keep" and following not in ("only", "just", "the", "it"):
        return False
    if tokens[i].text.endswith("ed") and tokens[i].text != "need" and following not in _TOWARD:
        return False
    silent = all(t.text in _LEADS or t.text in fillers() for t in tokens[:i])
    return silent or tokens[i].comma


def is_any_one(tokens: Sequence[Token], i: int) -> bool:
    """ "Did not sell a single Volt", "not even one": none at all."""
    denied = any(t.text in _NONE for t in tokens[:i])
    if tokens[i].text == "even":
        return denied and i + 1 < len(tokens) and tokens[i + 1].text in ("a", "one")
    if tokens[i].text == "single":
        return denied and tokens[i - 1].text in ("a", "one")
    last = i + 1 == len(tokens)
    led = tokens[i - 1].text in ("not", "even", "sold", "sell", "have", "has", "had", "carry")
    if tokens[i].text != "one" or last or not denied or not led:
        return False
    return lexicon().get((tokens[i + 1].stem,), ("",))[0] != "thing"


def is_faring(tokens: Sequence[Token], i: int) -> bool:
    """ "Do well": by what is not said."""
    doing = ("do", "did", "doing", "go", "going")
    faring = tokens[i].text == "well" and i > 0 and tokens[i - 1].stem in doing
    return faring and (i + 1 == len(tokens) or tokens[i + 1].text != "as")


def applies(found: tuple[str, str], tokens: Sequence[Token], i: int, length: int) -> bool:
    """Whether an everyday phrase says it here: "what do we pay for one Volt", "what does it list for", "what
    does Volt go for", "how long does it keep"; "slowest growing" is not about units."""
    kind, value = found
    following = tokens[i + length].text if i + length < len(tokens) else ""
    if kind == "best":
        return not (tokens[i].text in ("slowest", "fastest", "quickest") and following in _GROWTH)
    if kind != "measure":
        return True
    said, before = tokens[i].text, [t.text for t in tokens[:i]]
    doing, done = bool(set(_DOING) & set(before)), "did" in before
    if value == "cost" and said in ("pay", "paying"):
        dated = {"in", "last", "since", "on", "ago", "yesterday", "before"} & {t.text for t in tokens[i:]}
        return "we" in before[-2:] and (not done or bool(dated))
    if value == "list_price" and said in ("list", "lists"):
        return before[-1:] not in ([], ["a"], ["the"]) and (doing or done)
    if value == "list_price" and said in ("go", "goes", "going"):
        return following in ("", "now", "currently") and doing and not done
    if value == "shelf_life" and said in ("last", "keep", "keeps", "good", "stay", "stays"):
        asked = before[:2] == ["how", "long"] or {"which", "what"} & set(before) or "that" in before[-2:]
        return bool(asked) or before[-1:] in (["products"], ["items"], ["not"])
    return True


def lasts(tokens: Sequence[Token], i: int) -> bool:
    """ "How long does it last", "products that last at least 60 days": the verb, not the time before."""
    if tokens[i].text not in ("last", "lasts"):
        return False
    following = tokens[i + 1].text if i + 1 < len(tokens) else ""
    before = [t.text for t in tokens[:i]]
    if not following:
        return before[:2] == ["how", "long"]
    told = before[-1:] in (["that"], ["which"], ["products"], ["items"]) or before[:2] == ["how", "long"]
    asked = bool({"which", "what"} & set(before)) and tokens[i - 1].text != tokens[i - 1].stem
    return (told or asked) and following in _GOES_ON


def is_bare(text: str) -> bool:
    """ "The slowest": of what is not said."""
    return text.lower() in _BARE


def dangling(linked: Linked) -> str:
    """The word that points at something said before, where this question has named nothing yet; else ""."""
    words = linked.words
    for i, word in enumerate(words):
        if any(p.at < i and p.kind in _NOUNS for p in linked.pieces):
            return ""
        if word in _POINTING:
            relative = word in ("those", "these") and bool(set(words[i + 1 : i + 4]) & set(_RELATIVE))
            if not relative:
                return word
        elif i and word in ("that", "it", "this", "they") and _is_object(words, i):
            return word
    return ""


def _is_object(words: tuple[str, ...], i: int) -> bool:
    """ "The margin of that", "how much does it cost"."""
    before, following = words[i - 1], words[i + 1] if i + 1 < len(words) else ""
    if words[i] in ("it", "they") and before in ("do", "does", "did", "are", "were", "have"):
        return True
    return before in _OF and (not following or following in _AFTER_THAT)


__all__ = ["applies", "dangling", "is_any_one", "is_bare", "is_faring", "is_frame", "lasts"]
