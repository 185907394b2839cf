"""Words → plan, with no language model: one pure function of text, names, the question before, and the day.

What is not understood whole is not answered: every word must be explained by the plan, else it is asked back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from core.ask.plan import Plan
from core.ask.wording import Names as Namer
from core.ask.wording import plain_name, words
from core.ask.words.draft import GOODS, Draft, Outside, Unclear
from core.ask.words.followup import follow, follows
from core.ask.words.framing import dangling
from core.ask.words.linking import link
from core.ask.words.meaning import Meanings
from core.ask.words.pieces import Linked
from core.ask.words.reading import read
from core.ask.words.shaping import rest, shape
from core.ask.words.tokens import tokens
from core.ask.words.vocabulary import Meaning, Vocabulary
from core.errors import BadInput

MAX_TEXT, MAX_WORDS = 500, 60
INSTEAD = (
    "Revenue, units, margin, prices, stockouts, facings, shelf space, stock and compliance can be asked, by "
    "product, brand, category, store, machine, planogram and time."
)


@dataclass(frozen=True, slots=True)
class Understood:
    """``words``: the plan in words · ``doubts``: what was taken for something else, to be said · ``model``:
    the language model that read the question, "" where the rules did."""

    plan: Plan
    words: str
    doubts: tuple[str, ...] = ()
    model: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be chosen: its name, and the question with it in place of what was unclear."""

    label: str
    text: str
    dimension: str | None = None
    values: tuple[int | str | None, ...] = ()


@dataclass(frozen=True, slots=True)
class AskBack:
    """Something is unclear: what, and what can be chosen. ``unsure``: the rules did not understand it, so
    that others may; false where a name is several things or nothing at all was asked."""

    question: str
    choices: tuple[Offer, ...] = ()
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Cannot:
    """Why it is not answered, and what can be asked instead."""

    reason: str
    instead: str = INSTEAD
    is_why: bool = False
    """Whether reasons were asked for."""


Outcome = Understood | AskBack | Cannot


def understand(
    text: str, vocabulary: Vocabulary, today: date, previous: Plan | None = None,
    known: Meanings | None = None,
) -> Outcome:
    """The plan that a question means, or what is unclear in it, or why it cannot be answered. ``known``: what
    the company's names mean, for words that nothing else explains."""
    said = tokens(text[:MAX_TEXT])
    if not said:
        return AskBack("What would you like to know?")
    if len(text) > MAX_TEXT or len(said) > MAX_WORDS:
        return Cannot(f"A question has at most {MAX_TEXT} characters and {MAX_WORDS} words.")
    linked = link(said, vocabulary, today, known)
    try:
        return _understood(linked, vocabulary, previous)
    except Unclear as unclear:
        offers = tuple(_offer(text, unclear.said, m) for m in unclear.choices[:8])
        several = any(p.kind == "several" for p in linked.pieces)
        return AskBack(unclear.question, offers, unsure=not several and len(linked.pieces) > 1)
    except Outside as outside:
        is_why = any(piece.is_("forbidden", "reasons") for piece in linked.pieces)
        return Cannot(f"{outside}, which is not answered here.", is_why=is_why)
    except BadInput as error:
        return Cannot(error.message, f"{error.hint} {INSTEAD}" if error.hint else INSTEAD)


def _understood(linked: Linked, vocabulary: Vocabulary, previous: Plan | None) -> Outcome:
    if previous is not None and follows(linked, previous):
        plan = follow(linked, vocabulary, previous)
    else:
        draft = read(Draft(linked, vocabulary))
        if word := dangling(linked):
            raise Unclear(f"What is meant by “{word}”? Nothing was asked before.")
        plan = shape(draft)
        left = rest(draft)
        if left:
            raise Unclear(f"What do you mean by “{left[0]}” here?")
    _check_goods(plan, vocabulary)
    wrong = [written for written, _ in linked.corrected]
    doubts = tuple(
        f"“{p.text}” was taken for “{p.value.label}”."
        for p in linked.pieces if p.kind == "name" and any(w in p.text.split() for w in wrong)
    )
    doubts += tuple(f"“{said}” was taken for “{label}” by its meaning." for said, label in linked.guessed)
    return Understood(plan, words(plan, namer(vocabulary)), doubts)


def _check_goods(plan: Plan, vocabulary: Vocabulary) -> None:
    """Words that each name goods, and together none, mean something else: "hot drinks". Raises Unclear."""
    for filters in (plan.filters, *(c.filters for c in plan.conditions)):
        goods = [f for f in filters if f.dimension in GOODS and not f.negated]
        if len(goods) > 1 and not vocabulary.passing(goods):
            called = namer(vocabulary)
            told = " and ".join(called(f.dimension, f.values[0]) for f in goods)
            raise Unclear(f"No product is both of what was said ({told} …): which products do you mean?")


def _offer(text: str, said: str, meaning: Meaning) -> Offer:
    """The question with the whole name where the unclear words stood."""
    unclear = re.compile(r"\W+".join(map(re.escape, said.split())), re.IGNORECASE)
    asked = unclear.sub(lambda _: meaning.label, text, count=1) if said else text
    return Offer(meaning.label, asked, meaning.filter.dimension, meaning.filter.values)


def namer(vocabulary: Vocabulary) -> Namer:
    """Names of the ids in a plan."""
    names = vocabulary.names
    categories, plans, projects = dict(names.categories), dict(names.planograms), dict(names.projects)
    places = {p.site_id: p.name for p in names.places}
    tables = {"category": categories, "planogram": plans, "project": projects, "place": places}

    def name(dimension: str, value: int | str | None) -> str:
        if dimension == "product" and isinstance(value, int) and value in vocabulary.products:
            return vocabulary.products[value].name
        table = tables.get(dimension)
        if table is not None and isinstance(value, int):
            return table.get(value, plain_name(dimension, value))
        return plain_name(dimension, value)

    return name


__all__ = ["AskBack", "Cannot", "Offer", "Outcome", "Understood", "namer", "understand"]
