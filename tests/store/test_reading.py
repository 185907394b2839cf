"""Nothing is written and nothing runs for long where questions are answered."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.errors import NotAllowed, TooLarge
from core.store.database import Actor, Database
from core.store.reading import Statement, reader

SITES = "SELECT s.name FROM site AS s WHERE s.company_id = {} LIMIT {}"


def _statement(database: Database, company: int) -> Statement:
    marks = (":company", ":n") if database.is_sqlite else ("%(company)s", "%(n)s")
    return Statement(SITES.format(*marks), {"company": company, "n": 10})


def test_the_connection_cannot_write(database: Database, acme: Actor) -> None:
    """Even a statement that went past the check changes nothing."""
    with reader(database, acme) as reading, pytest.raises(DBAPIError):
        reading._connection.execute(text("DELETE FROM company"))
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM company")).scalar_one() == 2


def test_another_company_is_refused(database: Database, acme: Actor) -> None:
    """The parameter has to be the actor's company."""
    with reader(database, acme) as reading:
        assert reading.run(_statement(database, 1)).rows == []
        with pytest.raises(NotAllowed):
            reading.run(_statement(database, 2))


def test_what_takes_long_is_stopped(
    database: Database, acme: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A statement that would run for minutes ends with a hint, and the connection goes on."""
    monkeypatch.setattr("core.store.guard.check", lambda *_: None)
    slow = (
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 100000000) SELECT count(*) FROM c"
    )
    with pytest.raises(TooLarge), reader(database, acme, timeout_s=0.2) as reading:
        reading.run(Statement(slow, {}))
    with reader(database, acme) as reading:
        assert reading.run(_statement(database, 1)).rows == []
