"""A language model where the rules are unsure: it fills the same typed plan, which is checked the same way.

The model sees the question, the names that may stand in a plan and the plan's schema; no rows, no ids. It
writes names where a plan has ids; each must be a name of the company, and the plan must pass every check that
a plan of the rules passes. So what it can do is ask one of the questions that anyone of the company may ask.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from core.ask.dimensions import DIMENSIONS, Holds
from core.ask.language import AskBack, Outcome, Understood, namer
from core.ask.plan import Plan, from_json, json_schema, to_json
from core.ask.wording import words
from core.ask.words.linking import link
from core.ask.words.tokens import stems, tokens
from core.ask.words.vocabulary import Meaning, Vocabulary
from core.errors import BadInput
from core.language import Answer, Json, LanguageTask, Tier

_NEVER = date(1970, 1, 1)
KIND, MOST_TOKENS, WITHIN_S = "ask_plan", 700, 6.0
GUIDE = (
    "Fill “plan” so that it asks what the question asks; leave out what is default.",
    "value: one number · ranking: groups by the first measure, with “limit” where one or some are wanted · "
    "trend: by day, week, month, quarter or year · list and count: things of “of” that meet “conditions” and "
    "“having” · missing: products that like places carry and these do not.",
    "Sales are revenue. Without a period leave it out. Best is by revenue, “sells best” by units.",
    "In “values” write names exactly as in “names”, never ids.",
    "Where a word of the question has no part in a plan, or a name is not in “names”, or it is about the "
    "future, reasons, people, weather or changing data: “plan” is null and “unclear” says what.",
)
_IDS = frozenset(d.name for d in DIMENSIONS.values() if d.holds is Holds.ID)
_NAMED = _IDS | {"brand", "venue"}


def may_help(outcome: Outcome) -> bool:
    """Whether a model may read the question: the rules did not understand it. What is not answered, and a
    name that several have, stay as they are."""
    return isinstance(outcome, AskBack) and outcome.unsure


def task(text: str, vocabulary: Vocabulary, outcome: Outcome, previous: Plan | None) -> LanguageTask:
    """What is asked of the router. Its rule keeps what the rules said: no plan."""
    return LanguageTask(
        KIND,
        facts(text, vocabulary, previous),
        lambda: {"plan": None, "unclear": _said(outcome)},
        question=text,
        schema=schema(),
        check=checker(vocabulary),
        max_tokens=MOST_TOKENS,
        within_s=WITHIN_S,
        may_rule=False,
    )


def read(answer: Answer, vocabulary: Vocabulary, outcome: Outcome) -> Outcome:
    """The plan that a model gave, in words and marked as its own; else what the rules had said."""
    if answer.tier is Tier.RULES or not isinstance(answer.value, Mapping):
        return outcome
    filled = answer.value.get("plan")
    if filled is None:
        return outcome
    try:
        plan = plan_of(filled, vocabulary)
    except BadInput:
        return outcome
    told = words(plan, namer(vocabulary))
    return Understood(plan, told, (f"The model {answer.model} read the question so: {told}.",), answer.model)


def facts(text: str, vocabulary: Vocabulary, previous: Plan | None) -> dict[str, Any]:
    """What the model needs: how to fill a plan, names that the question can mean, the question before."""
    names = vocabulary.names
    known = {
        "category": [name for _, name in names.categories],
        "venue": sorted({p.venue for p in names.places if p.venue}),
        **_mentioned(text, vocabulary),
    }
    last = names.last_day
    before = None if previous is None else named(previous, vocabulary)
    return {"guide": GUIDE, "names": known, "today": None if last is None else str(last), "before": before}


def schema() -> Json:
    """The JSON schema of the answer: a plan with names in place of ids, or null and what is unclear."""
    made = copy.deepcopy(json_schema())
    parts = made.pop("$defs")
    parts["Filter"]["properties"]["values"]["items"] = {"type": ["string", "integer", "null"]}
    parts["Plan"] = made
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["plan", "unclear"],
        "$defs": parts,
        "properties": {
            "plan": {"anyOf": [{"$ref": "#/$defs/Plan"}, {"type": "null"}]},
            "unclear": {"type": "string"},
        },
    }


def checker(vocabulary: Vocabulary) -> Callable[[Any], str]:
    """What is wrong with an answer beyond its schema, in words that the model is told."""

    def check(value: Any) -> str:
        if value.get("plan") is None:
            return ""
        try:
            plan_of(value["plan"], vocabulary)
        except BadInput as error:
            return f"{error.message} {error.hint}"
        return ""

    return check


def plan_of(filled: Mapping[str, Any], vocabulary: Vocabulary) -> Plan:
    """The plan with the ids that its names are. Raises BadInput."""
    values = copy.deepcopy(dict(filled))
    for holder in (values, *(values.get("conditions") or ())):
        if isinstance(holder, dict) and holder.get("filters"):
            holder["filters"] = [_resolved(f, vocabulary) for f in holder["filters"]]
    return from_json(values)


def named(plan: Plan, vocabulary: Vocabulary) -> dict[str, Any]:
    """A plan with names in place of ids, as a model writes one."""
    told, called = to_json(plan), namer(vocabulary)
    for holder in (told, *told.get("conditions", ())):
        for f in holder.get("filters", ()):
            if f["dimension"] in _IDS:
                f["values"] = [called(f["dimension"], v) for v in f["values"]]
    return told


def _resolved(chosen: Any, vocabulary: Vocabulary) -> Any:
    if not isinstance(chosen, Mapping) or chosen.get("dimension") not in _NAMED:
        return chosen
    values: list[Any] = []
    dimension = str(chosen["dimension"])
    for value in chosen.get("values") or ():
        found = _meaning(value, dimension, vocabulary)
        dimension = found.dimension if not values else dimension
        if found.dimension != dimension:
            raise BadInput(f"“{value}” is no {dimension}.", "Put each dimension into a filter of its own.")
        values += found.filter.values
    return {**chosen, "dimension": dimension, "values": values}


def _meaning(value: Any, dimension: str, vocabulary: Vocabulary) -> Meaning:
    if not isinstance(value, str):
        raise BadInput(f"“{value}” is an id.", "Write the name.")
    found = vocabulary.exact.get(stems(value), ())
    alike = {"store": "place", "machine": "place"}.get(dimension, dimension)
    fit = [m for m in found if m.dimension == alike] or list(found)
    if len(fit) != 1:
        raise BadInput(
            f"{'Several have' if fit else 'Nothing has'} the name “{value}”.", "Use one of the names."
        )
    return fit[0]


def _mentioned(text: str, vocabulary: Vocabulary) -> dict[str, list[str]]:
    """Names that words of the question are, or may be, by dimension."""
    found: dict[str, list[str]] = {}
    for piece in link(tokens(text), vocabulary, vocabulary.names.last_day or _NEVER).pieces:
        meanings = (piece.value,) if piece.kind == "name" else piece.value
        for meaning in meanings if isinstance(meanings, tuple) else ():
            if isinstance(meaning, Meaning) and meaning.dimension not in ("category", "venue"):
                found.setdefault(meaning.dimension, []).extend(_names(meaning, vocabulary))
    return {dimension: sorted(set(names))[:40] for dimension, names in found.items()}


def _names(meaning: Meaning, vocabulary: Vocabulary) -> list[str]:
    called = namer(vocabulary)
    return [called(meaning.dimension, value) for value in meaning.filter.values]


def _said(outcome: Outcome) -> str:
    return outcome.question if isinstance(outcome, AskBack) else ""
