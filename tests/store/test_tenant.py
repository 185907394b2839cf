"""A query cannot forget its company."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, exists, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased
from sqlmodel import Session

from core.errors import NotAllowed
from core.store import tables as t
from core.store.database import Actor, Database

Category = t.Category
TABLE = Category.__table__  # type: ignore[attr-defined]


@pytest.fixture
def two_companies(database: Database, acme: Actor, other: Actor) -> Database:
    """Acme has the category "snacks", Other has "drinks"."""
    for actor, name in ((acme, "snacks"), (other, "drinks")):
        with database.session(actor) as session:
            session.add(Category(name=name))
    return database


def _names(database: Database) -> set[str]:
    with database.admin_session() as session:
        return set(session.execute(select(Category.name)).scalars())


@pytest.mark.parametrize("statement", [
    select(Category.name),
    select(aliased(Category).name),
    select(select(Category).subquery().c.name),
    select(select(Category.name).cte().c.name),
    select(func.max(Category.name)),
    select(t.Company.name).where(exists().where(Category.name == "snacks")),
    select(select(func.max(Category.name)).scalar_subquery()).select_from(t.Company),
], ids=["columns", "alias", "subquery", "cte", "aggregate", "exists", "scalar subquery"])
def test_select_never_shows_another_companys_rows(two_companies: Database, other: Actor, statement) -> None:
    """Wherever the statement hides the table, only own rows are read."""
    with two_companies.session(other) as session:
        assert "snacks" not in set(session.execute(statement).scalars())
        assert "Acme" not in set(session.execute(statement).scalars())


def test_get_does_not_find_another_companys_row(two_companies: Database, acme: Actor, other: Actor) -> None:
    """An id guessed from outside leads nowhere."""
    with two_companies.session(acme) as session:
        theirs = session.execute(select(Category.id)).scalar_one()
    with two_companies.session(other) as session:
        assert session.get(Category, theirs) is None
        assert session.get(t.Company, 1) is None


@pytest.mark.parametrize("statement", [
    update(Category).values(name="taken"),
    update(Category).where(Category.id.in_(select(Category.id))).values(name="taken"),
    delete(Category),
], ids=["update", "update through subquery", "delete"])
def test_writes_leave_another_companys_rows_alone(two_companies: Database, other: Actor, statement) -> None:
    """UPDATE and DELETE without a condition touch own rows only."""
    with two_companies.session(other) as session:
        session.execute(statement)
    assert "snacks" in _names(two_companies)
    assert "drinks" not in _names(two_companies)


@pytest.mark.parametrize("statement", [
    text("SELECT name FROM category"),
    select(TABLE),
    select(TABLE.c.name),
    select(func.count()).select_from(TABLE),
    select(Category).where(Category.id.in_(select(TABLE.c.id))),
    select(Category).where(text("1 = 1")),
    update(TABLE).values(name="x"),
    delete(TABLE),
    insert(TABLE),
    insert(Category).values(name="x", company_id=1),
    insert(Category).from_select(["name"], select(Category.name)),
], ids=str)
def test_statements_that_escape_the_filter_are_refused(
    two_companies: Database, other: Actor, statement
) -> None:
    """Raw SQL and Core statements on tenant tables do not run."""
    with two_companies.session(other) as session, pytest.raises(TypeError, match=r"filter|Insert rows"):
        session.execute(statement)
    assert _names(two_companies) == {"snacks", "drinks"}


def test_new_rows_get_the_company(two_companies: Database, acme: Actor) -> None:
    """Added objects and bulk rows are stamped."""
    with two_companies.session(acme) as session:
        session.add(Category(name="candy"))
        session.execute(insert(Category), [{"name": "gum"}, {"name": "nuts"}])
    with two_companies.session(acme) as session:
        assert set(session.execute(select(Category.company_id)).scalars()) == {1}
        assert set(session.execute(select(Category.name)).scalars()) == {"snacks", "candy", "gum", "nuts"}


def test_a_row_of_another_company_cannot_be_added(two_companies: Database, other: Actor) -> None:
    """Neither as an object nor in bulk nor by moving a row."""
    with two_companies.session(other) as session:
        session.add(Category(name="spy", company_id=1))
        with pytest.raises(NotAllowed):
            session.flush()
        session.rollback()
    with two_companies.session(other) as session, pytest.raises(NotAllowed):
        session.execute(insert(Category), [{"name": "spy", "company_id": 1}])
    with two_companies.session(other) as session, pytest.raises(NotAllowed):
        session.execute(update(Category).values(company_id=1))
    assert _names(two_companies) == {"snacks", "drinks"}


def test_an_object_cannot_change_its_company(two_companies: Database, other: Actor) -> None:
    """Assigning another company to a loaded row is refused on flush."""
    with two_companies.session(other) as session:
        row = session.execute(select(Category)).scalar_one()
        row.company_id = 1
        with pytest.raises(NotAllowed):
            session.flush()
        session.rollback()


def test_an_object_smuggled_in_cannot_be_written(two_companies: Database, other: Actor) -> None:
    """A detached row of another company is neither changed nor deleted."""
    with two_companies.admin_session() as admin:
        theirs = admin.execute(select(Category).where(Category.name == "snacks")).scalar_one()
    with two_companies.session(other) as session:
        session.add(theirs)
        theirs.name = "stolen"
        with pytest.raises(NotAllowed):
            session.flush()
        session.rollback()
    assert "snacks" in _names(two_companies)


def test_the_database_refuses_references_across_companies(two_companies: Database) -> None:
    """Even without the session's care, a product cannot lie in another company's category."""
    with two_companies.admin_session() as session:
        theirs = session.execute(select(Category.id).where(Category.name == "snacks")).scalar_one()
    with pytest.raises(IntegrityError), two_companies.admin_session() as session:
        session.add(t.Product(company_id=2, category_id=theirs, name="Cola"))


def test_an_error_rolls_the_session_back(two_companies: Database, acme: Actor) -> None:
    """Nothing of a failed block is kept."""
    def fail_halfway() -> None:
        with two_companies.session(acme) as session:
            session.add(Category(name="lost"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    assert "lost" not in _names(two_companies)


def test_the_admin_session_has_no_tenant(two_companies: Database) -> None:
    """Set-up sees all companies."""
    with two_companies.admin_session() as session:
        assert isinstance(session, Session)
        assert session.execute(select(func.count(t.Company.id))).scalar_one() == 2
