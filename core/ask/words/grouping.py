"""By what is grouped: nouns after "by", "per" and "each", units of time, and both kinds of places."""

from __future__ import annotations

from core.ask.dimensions import GRAINS
from core.ask.words.draft import Draft, filter_of


def kinds_compared(draft: Draft) -> None:
    """ "Machines versus stores": all places, by their kind."""
    both = [i for i in draft.free() if draft.is_(i, "thing", "store", "machine")]
    several = len({draft.pieces[i].value for i in both}) > 1
    if several and any(p.is_("versus") or p.is_("and", "or") for p in draft.pieces):
        by = [i for i in draft.free() if draft.is_(i, "by") and i + 1 in both]
        if not by and any(p.is_("versus") for p in draft.pieces):
            draft.take(*both)
            draft.by.append("kind")


def grains(draft: Draft) -> None:
    for i in draft.free():
        piece = draft.pieces[i]
        if piece.kind == "grain":
            draft.take(i)
            draft.trend = True
            draft.by.append(piece.value)
        elif piece.kind == "trend":
            draft.take(i)
            draft.trend = True


def groups(draft: Draft) -> None:
    """ "by store and category", "per week", "for each brand"; "by revenue" says what ranks."""
    for i in draft.free():
        piece = draft.pieces[i]
        if not (piece.is_("by") or piece.is_("per", "per")) or i in draft.used:
            continue
        if _is_over_all(draft, i) or _is_counted(draft, i):
            draft.take(i)
            continue
        k, found = _past_names(draft, i + 1), False
        while True:
            follows = draft.piece(k)
            if follows is None:
                break
            if (follows.kind == "thing" and follows.value != "slot") or draft.is_(k, "thing"):
                _group(draft, str(follows.value))
                draft.take(k)
                found, k = True, k + 1
                if draft.is_(k, "and", "and") and (draft.is_(k + 1, "thing") or draft.is_(k + 1, "by")):
                    draft.take(k)
                    k += 1
                    if draft.is_(k, "by"):
                        draft.take(k)
                        k += 1
                    continue
            elif follows.kind in ("name", "zone", "shape", "temperature", "time") and not found:
                break
            break
        found = found or _each_named(draft, i)
        follows_free = next((k for k in draft.free() if k > i), i)
        if (
            found
            or any(draft.is_(follows_free, kind) for kind in ("measure", "share", "change", "order"))
            or (piece.is_("by", "by") and not found and draft.pieces[i].text not in ("by",))
        ):
            draft.take(i)
    if draft.trend and not any(d in GRAINS for d in draft.by):
        draft.by.append("week")


def _each_named(draft: Draft, i: int) -> bool:
    """ "Of every energy drink": of each product of them; "in each gym", "by gym": of each place."""
    follows = draft.piece(i + 1)
    found = filter_of(follows, draft.vocabulary) if follows is not None and i + 1 not in draft.used else None
    each = draft.pieces[i].text.endswith(("each", "every"))
    if found is None or follows is None or follows.plural or draft.is_(i + 2, "thing"):
        return False
    if found.dimension == "venue":
        _group(draft, "place")
        return True
    if each and found.dimension == "category":
        _group(draft, "product")
        return True
    return False


def _is_over_all(draft: Draft, i: int) -> bool:
    """ "Products with more than 20 facings across machines": all of them, where something else is asked."""
    places = draft.pieces[i].text == "across" and draft.is_(i + 1, "thing", "store", "machine", "place")
    led = bool(draft.having) or any(p.kind in ("ask", "best", "count") for p in draft.pieces[:i])
    return places and led


def _is_counted(draft: Draft, i: int) -> bool:
    """ "By number of facings": what ranks."""
    counted = draft.is_(i + 1, "count") and draft.is_(i + 2, "measure")
    if counted:
        draft.take(i + 1)
    return counted


def _past_names(draft: Draft, k: int) -> int:
    """Where the noun stands in "each Volt product", "per frozen product", else ``k``."""
    stop = k
    while (piece := draft.piece(stop)) is not None and filter_of(piece, draft.vocabulary) is not None:
        stop += 1
    return stop if draft.is_(stop, "thing") else k


def _group(draft: Draft, name: str) -> None:
    if name in GRAINS:
        draft.trend = True
    if name not in draft.by:
        draft.by.append(name)
