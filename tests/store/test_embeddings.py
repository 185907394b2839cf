"""Vectors of texts: kept by model and content, made anew when the text changes."""

from __future__ import annotations

import numpy as np

from core.models import HashedWords
from core.store import embeddings
from core.store.database import Actor, Database

TEXTS = {7: "Beacon Cola 20 oz", 9: "Harbor Kettle Sea Salt"}


def _kept(database: Database, acme: Actor) -> None:
    with database.session(acme) as session:
        embeddings.keep(session, "product", "model 1", TEXTS, HashedWords().embed([*TEXTS.values()]))


def test_a_vector_comes_back_as_it_was(database: Database, acme: Actor) -> None:
    """To the last bit."""
    _kept(database, acme)
    with database.session(acme) as session:
        found = embeddings.stored(session, "product", "model 1", TEXTS)
    assert found.keys() == TEXTS.keys()
    assert np.array_equal(found[7], HashedWords().embed([TEXTS[7]])[0])


def test_another_text_model_or_kind_has_no_vector(database: Database, acme: Actor) -> None:
    """A product that was renamed is not what its old vector says."""
    _kept(database, acme)
    renamed = {**TEXTS, 7: "Beacon Cola 16 oz"}
    with database.session(acme) as session:
        assert embeddings.stored(session, "product", "model 1", renamed).keys() == {9}
        assert not embeddings.stored(session, "product", "model 2", TEXTS)
        assert not embeddings.stored(session, "store", "model 1", TEXTS)


def test_a_new_vector_takes_the_place_of_the_old(database: Database, acme: Actor) -> None:
    """One row an object and model, however often it is made."""
    _kept(database, acme)
    renamed = {7: "Beacon Cola 16 oz"}
    with database.session(acme) as session:
        embeddings.keep(session, "product", "model 1", renamed, HashedWords().embed([*renamed.values()]))
    with database.session(acme) as session:
        assert embeddings.stored(session, "product", "model 1", renamed).keys() == {7}
        assert embeddings.stored(session, "product", "model 1", TEXTS).keys() == {9}


def test_another_company_sees_none(database: Database, acme: Actor, other: Actor) -> None:
    """Vectors are the tenant's."""
    _kept(database, acme)
    with database.session(other) as session:
        assert not embeddings.stored(session, "product", "model 1", TEXTS)


def test_many_ids_are_asked_for_at_once(database: Database, acme: Actor) -> None:
    """More than a statement may name."""
    texts = {i: f"product {i}" for i in range(1, 1300)}
    with database.session(acme) as session:
        embeddings.keep(session, "product", "m", texts, HashedWords(8).embed([*texts.values()]))
        assert len(embeddings.stored(session, "product", "m", texts)) == len(texts)
