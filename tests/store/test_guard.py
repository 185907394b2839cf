"""The check of statements lets pass what the compiler makes, and nothing else."""

from __future__ import annotations

import pytest

from core.errors import NotAllowed
from core.store.guard import check

OWN = {"company": 1, "n": 10}
GOOD = "SELECT s.name FROM site AS s WHERE s.company_id = :company LIMIT :n"


def test_a_select_of_the_own_company_passes() -> None:
    """Known columns of a known table, held to the company, limited."""
    check(GOOD, OWN, 1, "sqlite")
    check(GOOD.replace(":company", "%(company)s::INTEGER").replace(":n", "%(n)s::INTEGER"), OWN, 1, "postgres")


def test_tables_in_parts_of_a_statement_pass_where_each_is_held() -> None:
    """CTEs, joins and subqueries, each table with its company in WHERE or where it is joined."""
    check(
        "WITH c AS (SELECT s.id AS k FROM site AS s WHERE s.company_id = :company) "
        "SELECT count(*) FROM c LEFT OUTER JOIN store AS st ON st.site_id = c.k AND st.company_id = :company "
        "WHERE c.k IN (SELECT d.site_id FROM device AS d WHERE d.company_id = :company) LIMIT :n", OWN, 1, "sqlite",
    )


REFUSED = {
    "another company's parameter": (GOOD, {"company": 2, "n": 10}),
    "no company": ("SELECT s.name FROM site AS s LIMIT :n", OWN),
    "another parameter as company": (GOOD.replace(":company", ":n"), OWN),
    "a number as company": (GOOD.replace(":company", "1"), OWN),
    "company or something": (
        "SELECT s.name FROM site AS s WHERE s.company_id = :company OR s.id > 0 LIMIT :n", OWN),
    "not the company": ("SELECT s.name FROM site AS s WHERE NOT s.company_id = :company LIMIT :n", OWN),
    "company of another alias": (
        "SELECT s.name FROM site AS s JOIN site AS o ON s.id = o.id AND o.company_id = :company LIMIT :n", OWN),
    "a table unheld in a subquery": (
        "SELECT s.name FROM site AS s WHERE s.company_id = :company AND s.id IN (SELECT d.site_id FROM device AS d) "
        "LIMIT :n", OWN),
    "a table unheld in a CTE": (
        "WITH c AS (SELECT d.site_id AS k FROM device AS d) SELECT c.k FROM c LIMIT :n", OWN),
    "a table unheld in a union": (
        "SELECT u.a FROM (SELECT s.name AS a FROM site AS s WHERE s.company_id = :company UNION ALL "
        "SELECT s.name AS a FROM site AS s) AS u LIMIT :n", OWN),
    "users": ("SELECT u.name FROM user_account AS u WHERE u.company_id = :company LIMIT :n", OWN),
    "the schema": ("SELECT m.sql FROM sqlite_master AS m WHERE m.company_id = :company LIMIT :n", OWN),
    "an unknown column": ("SELECT s.latitude FROM site AS s WHERE s.company_id = :company LIMIT :n", OWN),
    "a column of nothing": ("SELECT name FROM site AS s WHERE s.company_id = :company LIMIT :n", OWN),
    "all columns": ("SELECT s.* FROM site AS s WHERE s.company_id = :company LIMIT :n", OWN),
    "text of its own": ("SELECT s.name FROM site AS s WHERE s.company_id = :company AND s.name = 'x' LIMIT :n", OWN),
    "an unknown function": (GOOD.replace("s.name", "load_extension(s.name)"), OWN),
    "a function that sleeps": (GOOD.replace("s.name", "pg_sleep(s.id)"), OWN),
    "two statements": (GOOD + "; " + GOOD, OWN),
    "a write after it": (GOOD + "; DELETE FROM site", OWN),
    "a write": ("DELETE FROM site WHERE company_id = :company", OWN),
    "an update": ("UPDATE site SET name = :n WHERE company_id = :company", OWN),
    "a write in a CTE": (
        "WITH c AS (DELETE FROM site RETURNING id) SELECT c.id FROM c LIMIT :n", OWN),
    "a pragma": ("PRAGMA query_only = OFF", OWN),
    "an attachment": ("ATTACH DATABASE :n AS other", OWN),
    "another schema": ("SELECT s.name FROM main.site AS s WHERE s.company_id = :company LIMIT :n", OWN),
    "a set operation on top": (f"{GOOD.removesuffix(' LIMIT :n')} UNION SELECT s.name FROM site AS s LIMIT :n", OWN),
    "recursion": (
        "WITH RECURSIVE c AS (SELECT s.id AS k FROM site AS s WHERE s.company_id = :company UNION ALL "
        "SELECT c.k FROM c) SELECT c.k FROM c LIMIT :n", OWN),
    "no limit": (GOOD.removesuffix(" LIMIT :n"), OWN),
    "too high a limit": (GOOD, {"company": 1, "n": 100_000}),
    "a limit that is none": (GOOD, {"company": 1, "n": -1}),
    "what is no SQL": ("SELECT FROM WHERE (((", OWN),
    "a lock": (GOOD + " FOR UPDATE", OWN),
    "too much": ("SELECT " + "1, " * 200_000 + "1", OWN),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
def test_what_may_not_run_is_refused(name: str, dialect: str) -> None:
    """Each broken rule alone is enough."""
    sql, parameters = REFUSED[name]
    if dialect == "postgres":
        sql = sql.replace(":company", "%(company)s").replace(":n", "%(n)s")
    with pytest.raises(NotAllowed):
        check(sql, parameters, 1, dialect)
