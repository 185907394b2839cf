"""How hard a task is, 0–1, with the reasons: it decides the cheapest model that may do."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.language import LanguageRequest, LanguageTask
from ml.prompts import template

_CUES: Mapping[str, re.Pattern[str]] = {
    name: re.compile(rf"\b(?:{words})", re.I) for name, words in {
        "asks for reasons": "why|reason|explain|cause",
        "compares": r"compare|versus|vs\b|than\b|difference|but not|except|without",
        "asks for advice": r"should|recommend|best way|strategy|plan for|how (?:can|could|do) (?:we|i)\b",
        "weighs several things": "trade-?off|balance|optimi[sz]e|while|unless|depending",
    }.items()
}
CUE, MOST_CUES = 0.08, 0.24
LENGTH_FROM, LENGTH_TO, MOST_LENGTH = 1_500, 24_000, 0.15
"""Characters from which a request counts as long, and at which it counts fully."""
SCHEMA, PICTURE, CREATIVE = 0.08, 0.1, 0.2


@dataclass(frozen=True, slots=True)
class Complexity:
    score: float
    reasons: tuple[str, ...]


def complexity(task: LanguageTask, request: LanguageRequest) -> Complexity:
    """Of a task as it would be sent."""
    parts = {f"a task of kind {template(task.kind).kind.replace('_', ' ')}": template(task.kind).base}
    found = [name for name, cue in _CUES.items() if cue.search(task.question)]
    if found:
        parts[" and ".join(found)] = min(CUE * len(found), MOST_CUES)
    length = sum(len(turn.text) for turn in request.turns)
    if length > LENGTH_FROM:
        share = math.log(length / LENGTH_FROM) / math.log(LENGTH_TO / LENGTH_FROM)
        parts[f"{length:,} characters long"] = min(share, 1.0) * MOST_LENGTH
    if task.schema is not None and depth(task.schema) > 2:
        parts["nested structure"] = SCHEMA
    if task.pictures:
        parts["a picture to look at"] = PICTURE
    if task.creative:
        parts["a free hand"] = CREATIVE
    return Complexity(min(sum(parts.values()), 1.0), tuple(f"{name} (+{v:.2f})" for name, v in parts.items()))


def depth(schema: Any) -> int:
    """How many objects and lists of a JSON schema stand within one another."""
    if isinstance(schema, Mapping):
        nested = [*(schema.get("properties") or {}).values(), schema.get("items")]
        own = 1 if schema.get("type") in ("object", "array") else 0
        return own + max((depth(part) for part in nested if part), default=0)
    return 0
