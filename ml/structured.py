"""A JSON value out of a model's text, and what is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from core.language import Json

_FENCE = re.compile(r"^\s*```(?:json)?\s*(.*?)\s*```\s*$", re.DOTALL)
LONGEST_PROBLEM = 300


def read(text: str, schema: Json, check: Callable[[Any], str] | None) -> tuple[Any, str]:
    """The value and "", or None and what is wrong in words that the model may be told."""
    fenced = _FENCE.match(text)
    try:
        value = json.loads(fenced[1] if fenced else text)
    except ValueError as error:
        return None, f"it is not JSON ({error})"
    from jsonschema.validators import validator_for

    wrong = next(iter(validator_for(schema)(schema).iter_errors(value)), None)
    if wrong is not None:
        return None, f"{wrong.json_path}: {wrong.message}"[:LONGEST_PROBLEM]
    problem = check(value) if check is not None else ""
    return (None, problem[:LONGEST_PROBLEM]) if problem else (value, "")
