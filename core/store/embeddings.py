"""Vectors of texts, computed once and kept by model and content."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from sqlalchemy import delete, select

from core.models import Vectors
from core.store import tables as t
from core.store.tenant import TenantSession, insert_new

CHUNK = 500
"""Ids in one statement: databases limit how many values a statement may name."""

_embedding: Any = t.Embedding


def content_hash(text: str) -> str:
    """What a vector was made of."""
    return hashlib.sha256(text.encode()).hexdigest()


def stored(session: TenantSession, kind: str, model: str, texts: Mapping[int, str]) -> dict[int, Vectors]:
    """Object id → vector, of those whose vector by this model is of the text as it is now."""
    wanted = {i: content_hash(text) for i, text in texts.items()}
    found: dict[int, Vectors] = {}
    for ids in _chunks(wanted):
        rows = session.execute(
            select(_embedding.object_id, _embedding.content_hash, _embedding.vector)
            .where(_embedding.kind == kind, _embedding.model == model, _embedding.object_id.in_(ids))
        )
        found |= {i: np.frombuffer(blob, "<f4") for i, made_of, blob in rows if made_of == wanted[i]}
    return found


def keep(
    session: TenantSession, kind: str, model: str, texts: Mapping[int, str], vectors: Vectors
) -> None:
    """Keep the vectors (n, d) of the n texts, in their order, in place of earlier ones of these objects."""
    made = dict(zip(texts, vectors, strict=True))
    for ids in _chunks(made):
        session.execute(
            delete(_embedding)
            .where(_embedding.kind == kind, _embedding.model == model, _embedding.object_id.in_(ids))
        )
        session.execute(insert_new(session, t.Embedding), [
            {"kind": kind, "object_id": i, "model": model, "content_hash": content_hash(texts[i]),
             "vector": made[i].astype("<f4").tobytes(), "created_at": t.now()}
            for i in ids
        ])


def _chunks(ids: Collection[int]) -> list[list[int]]:
    every = list(ids)
    return [every[k : k + CHUNK] for k in range(0, len(every), CHUNK)]
