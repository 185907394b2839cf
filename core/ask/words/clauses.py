"""Names → filters of what is measured, or conditions of what is listed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise

from core.ask.dimensions import THINGS
from core.ask.plan import Condition, Filter, Relation
from core.ask.words.beside import LYING
from core.ask.words.distributing import KINDS
from core.ask.words.draft import GOODS, PLACES, Draft, Unclear, united
from core.ask.words.reading import names_left

ANYWHERE = ("anywhere", "everywhere")


@dataclass
class _Clause:
    relation: Relation
    negated: bool = False
    groups: list[list[Filter]] = field(default_factory=list)
    said: bool = False
    verb: bool = False


def filters_of(draft: Draft) -> None:
    """Names filter what is measured: joined ones of a dimension together, negated ones apart."""
    runs: list[list[Filter]] = []
    before = -2
    for i, _, found in names_left(draft):
        negated = _negated(draft, i) or _all_but(draft, i)
        between = draft.pieces[i - 1] if i else None
        joined = (
            before >= 0
            and i == before + 2
            and between is not None
            and (between.kind in ("and", "versus") or (draft.versus and between.text == "with"))
        )
        joined = joined or (
            draft.versus
            and before >= 0
            and i == before + 1
            and bool(runs)
            and runs[-1][-1].dimension == found.dimension
        )
        draft.take(i)
        if joined and i == before + 2:
            draft.take(i - 1)
        one = replace(found, negated=negated or (joined and runs[-1][-1].negated))
        if joined:
            runs[-1].append(one)
        else:
            runs.append([one])
        before = i
    for run in runs:
        for one in _united(run, draft):
            draft.filters.append(one)
    _merge_places(draft)


def _united(run: list[Filter], draft: Draft) -> list[Filter]:
    whole = united(run, draft.vocabulary)
    if whole is not None:
        return [whole]
    dimensions = list(dict.fromkeys((f.dimension, f.negated) for f in run))
    found = [united([f for f in run if (f.dimension, f.negated) == d], draft.vocabulary) for d in dimensions]
    return [f for f in found if f is not None]


def _merge_places(draft: Draft) -> None:
    """Two different places, or two brands, are both meant, not what is in both."""
    found: list[Filter] = []
    for f in draft.filters:
        same = next(
            (
                k
                for k, o in enumerate(found)
                if o.dimension == f.dimension and o.negated == f.negated and f.dimension not in ("product",)
            ),
            None,
        )
        if same is None:
            found.append(f)
        elif f.dimension == "category" and set(f.values) & set(found[same].values):
            found[same] = replace(f, values=tuple(v for v in f.values if v in found[same].values))
        elif f.values != found[same].values:
            raise Unclear("Do you mean both, or one of them? Say “A and B”.")
    draft.filters = found


def _negated(draft: Draft, i: int) -> bool:
    """Whether "except", "without" or "not" stands before a name, adjectives aside."""
    k = i - 1
    while k >= 0 and draft.pieces[k].kind in ("name", "temperature", "family") and k not in draft.used:
        k -= 1
    if (
        k >= 0
        and draft.pieces[k].kind == "not"
        and (k not in draft.used or draft.pieces[k].value == "except")
    ):
        draft.take(k)
        if k and draft.pieces[k - 1].is_("and", "but"):
            draft.take(k - 1)
        return True
    return False


def _all_but(draft: Draft, i: int) -> bool:
    """ "All categories but candy"."""
    if i < 2 or not draft.is_(i - 1, "and", "but"):
        return False
    draft.take(i - 1)
    return True


def conditions_of(draft: Draft, default: Relation) -> None:
    """The clauses of a list: "that carry A but not B", "that did not sell", "without energy drinks"."""
    subject = draft.subject or "product"
    clauses = _clauses(draft, subject, default)
    for clause in clauses:
        for group in clause.groups or ([[]] if clause.said else []):
            draft.clauses.append(Condition(clause.relation, tuple(group), clause.negated))


def _clauses(draft: Draft, subject: str, default: Relation) -> list[_Clause]:
    clauses = [_Clause(default)]
    names = {i: found for i, _, found in names_left(draft)}
    if subject in GOODS:
        kinds = {i: draft.pieces[i].value for i in draft.free() if draft.is_(i, "thing", *KINDS)}
        names |= {i: Filter("kind", (KINDS[kind],)) for i, kind in kinds.items()}
    union = False
    previous = -2
    for i in draft.free():
        piece = draft.pieces[i]
        if piece.kind == "rel":
            _verb(draft, clauses, i, subject)
        elif piece.kind == "not":
            _not(draft, clauses, i, any(k > i for k in names if k not in draft.used))
        elif piece.kind == "and":
            union = piece.value == "or"
            if piece.value == "but" and (clauses[-1].groups or clauses[-1].said):
                clauses.append(_Clause(clauses[-1].relation, verb=clauses[-1].verb))
        elif piece.kind == "there":
            _attach_there(draft, clauses)
        elif i in names:
            joined = i == previous + 2 and draft.pieces[i - 1].kind == "and"
            _attach(draft, clauses[-1], names[i], subject, joined, union)
            previous, union = i, False
        else:
            continue
        draft.take(i)
    _spread(draft, clauses, subject)
    _check(draft, clauses)
    return [c for c in clauses if c.groups or c.said]


def _verb(draft: Draft, clauses: list[_Clause], i: int, subject: str) -> None:
    """What the clause says of its names; a second verb begins a clause."""
    piece, clause = draft.pieces[i], clauses[-1]
    if clause.groups and clause.verb and clause.relation == piece.value == "stands" and piece.text in LYING:
        return
    began = clause.verb and (bool(clause.groups) or clause.relation != "stands")
    if began and not (draft.pieces[i - 1].kind == "not" and not clause.groups):
        clause = _Clause(piece.value, clause.negated and not clause.groups)
        clauses.append(clause)
    clause.relation, clause.verb = piece.value, True
    clause.said = clause.said or _says_itself(draft, i, subject, clause.negated)


def _not(draft: Draft, clauses: list[_Clause], i: int, names_follow: bool) -> None:
    """A negated clause begins where the one before has said something, else the clause is negated."""
    value, clause = draft.pieces[i].value, clauses[-1]
    full = bool(clause.groups) and clause.verb
    if value == "except":
        clauses.append(_Clause(clause.relation, True))
    elif full and draft.is_(i + 1, "rel"):
        clauses.append(_Clause(draft.pieces[i + 1].value, True))
    elif full and not names_follow:
        clause.negated = True
    elif full or (clause.said and value == "without"):
        clauses.append(_Clause("stands" if value == "without" else clause.relation, True))
    else:
        clause.negated = True
    if value == "without":
        clauses[-1].said = clauses[-1].verb = True


def _check(draft: Draft, clauses: list[_Clause]) -> None:
    """Raises Unclear for a clause that says nothing."""
    empty = [c for c in clauses if not c.groups and not c.said]
    if any(c.negated for c in empty):
        raise Unclear("Not what? Say what the things have or have not.")
    bare = [c.relation for c in clauses if c.said and c.negated and not c.groups]
    if any(c.relation in bare and c.groups and not c.negated for c in clauses):
        raise Unclear("Not anywhere, or not there? Say “not sold in store 2”, for instance.")
    if len(clauses) > 1 and not draft.having and any(c.verb for c in empty):
        raise Unclear("Has what? Name a product, brand, category or place.")


def _spread(draft: Draft, clauses: list[_Clause], subject: str) -> None:
    """ "What store 3 carries but did not sell": not sold there. A negated clause on goods without names is
    about the place of the clause before, where that says something else, unless it says "anywhere"."""
    if subject not in GOODS or any(p.kind == "whole" and p.text in ANYWHERE for p in draft.pieces):
        return
    for before, clause in pairwise(clauses):
        bare = clause.negated and clause.said and not clause.groups
        if bare and not before.negated and before.relation != clause.relation:
            places = [[f for f in group if f.dimension in PLACES] for group in before.groups]
            clause.groups = [group for group in places if group][-1:]


def _attach_there(draft: Draft, clauses: list[_Clause]) -> None:
    """The places that the clauses before name."""
    places = [f for c in clauses for group in c.groups for f in group if f.dimension in PLACES]
    if not places:
        raise Unclear("Where is “there”?")
    clauses[-1].groups = [[*group, places[-1]] for group in clauses[-1].groups] or [[places[-1]]]


def _says_itself(draft: Draft, i: int, subject: str, negated: bool) -> bool:
    """ "Have" with nothing after it says something of goods, and where it is negated."""
    if draft.pieces[i].value != "stands":
        return True
    if draft.having and draft.pieces[i].text in ("with", "have", "has", "had"):
        return False
    return subject in GOODS or negated


def _attach(draft: Draft, clause: _Clause, found: Filter, subject: str, joined: bool, union: bool) -> None:
    """A name says which things, where they allow it, else what the clause is about."""
    own = found.dimension in THINGS[subject]
    if own and not (subject in ("product", "brand", "category") and found.dimension not in GOODS):
        _own(draft, replace(found, negated=clause.negated and not clause.said), clause, joined)
        return
    if found.dimension in PLACES or subject in ("product", "brand", "category"):
        clause.said = clause.said or not clause.groups
    if joined and clause.groups:
        last = clause.groups[-1][-1]
        whole = united([last, found], draft.vocabulary) if union or clause.negated else None
        if whole is not None:
            clause.groups[-1][-1] = whole
            return
        if not union:
            clause.groups.append([*clause.groups[-1][:-1], found])
            return
        raise Unclear("Say the two sides of “or” alike: two brands, or two categories.")
    if clause.groups:
        clause.groups[-1].append(found)
    else:
        clause.groups.append([found])


def _own(draft: Draft, found: Filter, clause: _Clause, joined: bool) -> None:
    if clause.negated and not clause.said:
        clause.negated = False
    same = next(
        (
            k
            for k, f in enumerate(draft.filters)
            if f.dimension == found.dimension and f.negated == found.negated
        ),
        None,
    )
    if same is not None and joined:
        values = tuple(dict.fromkeys((*draft.filters[same].values, *found.values)))
        draft.filters[same] = replace(found, values=values)
    else:
        draft.filters.append(found)
