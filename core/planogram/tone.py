"""Instructions in another tone: by rules, or reworded by a language model, step by step, no fact changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.language import LanguageTask
from core.planogram.instructions import Act, Instructions, Step, facings_of, place_name
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Catalog

PLAIN = "plain"
TONES = (PLAIN, "friendly", "terse")
KIND, WITHIN_S = "instructions_tone", 20.0
STEPS_A_TASK, TOKENS_A_STEP = 30, 48
LONGEST_STEP = 300
_CLAIM = re.compile(r"\b[A-Z]{1,2}\d{1,3}\b|\bshelf [A-Z]{1,2}\b|\d+(?:[.,]\d+)*")
_MARKUP = re.compile(r"[<>`|\[\]]|\*\*|https?:|www\.", re.IGNORECASE)
_SCHEMA: Mapping[str, Any] = {
    "type": "object", "additionalProperties": False, "required": ["steps"],
    "properties": {"steps": {"type": "array", "items": {
        "type": "object", "additionalProperties": False, "required": ["number", "text"],
        "properties": {"number": {"type": "integer"}, "text": {"type": "string"}},
    }}},
}


def in_tone(found: Instructions, products: Catalog, tone: str) -> Instructions:
    """The same steps in one of ``TONES``, by rules; "plain" is as they are."""
    words: Mapping[str, Callable[[Step], str]] = {"friendly": _friendly, "terse": _Terse(found, products)}
    word = words.get(tone)
    if word is None:
        return found
    return replace(found, steps=tuple(replace(step, text=word(step)) for step in found.steps))


def tasks(found: Instructions, products: Catalog, tone: str) -> list[LanguageTask]:
    """What is asked of the router: so many steps at a time, each answer checked step by step. Its value is
    ``{"steps": [{"number", "text"}]}``; the rule's is the text that ``in_tone`` gives."""
    by_rule = in_tone(found, products, tone).steps
    return [
        _task(found.steps[i : i + STEPS_A_TASK], by_rule[i : i + STEPS_A_TASK], products, tone)
        for i in range(0, len(found.steps), STEPS_A_TASK)
    ]


def reworded(found: Instructions, answers: Sequence[Mapping[str, Any]]) -> Instructions:
    """The instructions with the texts of all answers."""
    texts = {step["number"]: step["text"] for answer in answers for step in answer["steps"]}
    return replace(found, steps=tuple(replace(s, text=texts.get(s.number, s.text)) for s in found.steps))


def _task(steps: Sequence[Step], by_rule: Sequence[Step], products: Catalog, tone: str) -> LanguageTask:
    facts = {"tone": tone, "steps": [{"number": s.number, "text": s.text} for s in steps]}
    rule = {"steps": [{"number": s.number, "text": s.text} for s in by_rule]}
    return LanguageTask(
        KIND, facts, lambda: rule, schema=_SCHEMA, check=_checker(steps, products),
        max_tokens=120 + TOKENS_A_STEP * len(steps), within_s=WITHIN_S, may_rule=False, tries=2,
    )


def _checker(steps: Sequence[Step], products: Catalog) -> Callable[[Any], str]:
    """What is wrong with an answer: every step once, with its product's name, its places and its numbers,
    no other numbers and no markup."""
    names = {s.number: _name(s, products) for s in steps}
    known = {s.number: s for s in steps}

    def check(answer: Any) -> str:
        said = {step["number"]: step["text"] for step in answer["steps"]}
        if sorted(said) != sorted(known) or len(answer["steps"]) != len(known):
            return f"steps {known and min(known)} to {known and max(known)} are wanted, each once"
        return next((f"step {n}: {wrong}" for n, text in said.items()
                     if (wrong := _departs(known[n].text, text, names[n]))), "")
    return check


def _departs(before: str, after: str, name: str) -> str:
    """How a reworded step departs from what it was, "" where it does not."""
    if not after.strip() or len(after) > LONGEST_STEP or _MARKUP.search(after):
        return "it is empty, too long or holds markup"
    if name and name not in after:
        return f"it has to name {name}"
    were, are = _claims(before, name), _claims(after, name)
    if [claim for _, claim in were] != [claim for _, claim in are]:
        return "it has other numbers or places, or in another order"
    turned = any({a, b} == {"from", "to"} for (a, _), (b, _) in zip(were, are, strict=True))
    return "it goes the other way" if turned else ""


def _claims(text: str, name: str) -> list[tuple[str, str]]:
    """Numbers and places of a step in their order, without those of the product's name; each with the "from"
    or "to" before it."""
    rest = text.replace(name, " ") if name else text
    return [(_way(rest[: found.start()]), found[0]) for found in _CLAIM.finditer(rest)]


def _way(before: str) -> str:
    words = re.findall(r"[a-z]+", before.lower())[-2:]
    return next((w for w in reversed(words) if w in ("from", "to")), "")


def _name(step: Step, products: Catalog) -> str:
    product = products.get(step.product_id or 0)
    return product.name if product else ""


def _friendly(step: Step) -> str:
    return f"Please {step.text[:1].lower()}{step.text[1:]}"


class _Terse:
    """A step without a sentence: place, product, what is to be there."""

    def __init__(self, found: Instructions, products: Catalog) -> None:
        self._products = products
        self._plan = found.plan
        self._before = found.before or found.plan

    def __call__(self, step: Step) -> str:
        name = _name(step, self._products) or f"product {step.product_id}"
        a, b = step.before, step.after
        if step.act is Act.TAKE_OUT and a is not None:
            return f"{self._at(self._before, a)}: {name} out."
        if step.act is Act.HOLD and a is not None:
            return f"{self._at(self._before, a)}: hold {name}."
        if b is None:
            return step.text
        here = self._at(self._plan, b)
        if step.act is Act.PLACE:
            price = "" if b.price is None or step.is_held else f", ${b.price:,.2f}"
            return f"{here}: {name}, {facings_of(b)}{price}."
        if a is None:
            return step.text
        if step.act is Act.MOVE:
            more = "" if facings_of(a) == facings_of(b) else f", {facings_of(b)}"
            return f"{self._at(self._before, a)} → {here}: {name}{more}."
        if step.act is Act.REFACE:
            return f"{here}: {name}, {facings_of(b)} (now {facings_of(a, short=True)})."
        if step.act is Act.REPRICE:
            return f"{here}: {name}, {'no price' if b.price is None else f'${b.price:,.2f}'}."
        return step.text

    @staticmethod
    def _at(plan: Planogram, p: Position) -> str:
        return place_name(p, plan.fixture)
