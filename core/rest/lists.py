"""Lists: ``?limit=&offset=`` → ``{"items", "total"}``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import Query

from core.rest.reading import Whole

T = TypeVar("T")
Limit = Annotated[Whole, Query(ge=0, le=1000)]
Offset = Annotated[Whole, Query(ge=0)]


def page(items: Sequence[T], limit: int, offset: int, shape: Callable[[T], dict[str, Any]]) -> dict[str, Any]:
    """One page of a list, shaped."""
    return {"items": [shape(item) for item in items[offset:offset + limit]], "total": len(items)}
