"""The check of statements lets pass what the compiler makes, and nothing else."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Any

import pytest

from core.ask.period import Period
from core.ask.plan import Compare, Condition, Filter, Having, Plan
from core.ask.query import compile_plan
from core.ask.query.ground import Ground
from core.ask.query.when import when_of
from core.errors import NotAllowed
from core.store.guard import check
from core.store.reading import Statement, render

OWN = {"company": 1, "n": 10}
GOOD = "SELECT s.name FROM site AS s WHERE s.company_id = :company LIMIT :n"


IN_PARTS = (
    "WITH c AS (SELECT s.id AS k FROM site AS s WHERE s.company_id = :company) "
    "SELECT count(*) FROM c LEFT OUTER JOIN store AS st ON st.site_id = c.k AND st.company_id = :company "
    "WHERE c.k IN (SELECT d.site_id FROM device AS d WHERE d.company_id = :company) LIMIT :n"
)


def refuses(sql: str, parameters: dict[str, Any], dialect: str) -> bool:
    """Whether the check refuses, for which it has one way alone."""
    try:
        check(sql, parameters, 1, dialect)
    except NotAllowed:
        return True
    return False


def postgres(sql: str) -> str:
    return sql.replace(":company", "%(company)s::INTEGER").replace(":n", "%(n)s::INTEGER")


@pytest.mark.parametrize("sql", [GOOD, IN_PARTS], ids=["select", "in parts"])
@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
def test_own_rows_pass_and_each_part_needs_its_company(sql: str, dialect: str) -> None:
    """Known columns of known tables in CTEs, joins and subqueries, limited; with any one of its conditions on
    the company left out or weakened it is refused."""
    assert not refuses(postgres(sql) if dialect == "postgres" else sql, OWN, dialect)
    for at in re.finditer(r"\w+\.company_id = :company", sql):
        for instead in ("1 = 1", f"NOT {at[0]}", f"({at[0]} OR 1 = 1)", at[0].replace("=", "<>"),
                        at[0].replace(":company", ":n"), at[0].replace(":company", "company_id")):
            weak = sql[: at.start()] + instead + sql[at.end() :]
            assert refuses(postgres(weak) if dialect == "postgres" else weak, OWN, dialect), weak


ALL = Period("all")
PLANS = (
    Plan("ranking", ("revenue",), ("brand",), share=True, per=(), compare=None, period=ALL),
    Plan("ranking", ("units",), ("planogram",), per=("facing",), compare=Compare()),
    Plan("trend", ("margin",), ("month",), period=ALL),
    Plan("list", ("units",), of="product", having=(Having("units", "=", 0.0),),
         conditions=(Condition("sold", (Filter("brand", ("A",)),), True),)),
    Plan("missing", filters=(Filter("store", (1,)),)),
)
WHERE = {
    "sqlite": re.compile(r"(\w+)\.company_id = :company"),
    "postgres": re.compile(r"(\w+)\.company_id = %\(company\)s::INTEGER"),
}


@cache
def compiled(plan: Plan, dialect: str) -> Statement:
    sqlite = dialect == "sqlite"
    at = when_of(plan, date(2026, 3, 12), date(2025, 3, 1), 300.0)
    return render(compile_plan(plan, Ground(1, sqlite), at).select, sqlite)


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
@pytest.mark.parametrize("plan", PLANS, ids=lambda p: f"{p.form}-{'-'.join(p.measures) or p.of}")
def test_a_compiled_statement_that_is_rewritten_is_refused(plan: Plan, dialect: str) -> None:
    """As the compiler makes it, it passes; with any table freed from its company, or with what no question
    needs put anywhere, it does not."""
    made = compiled(plan, dialect)
    own = dict(made.parameters)
    assert not refuses(made.sql, own, dialect)
    found = list(WHERE[dialect].finditer(made.sql))
    assert len(found) >= made.sql.count("FROM ") // 4
    for i, at in enumerate(found):
        instead = ("1 = 1", f"({at[0]} OR 1 = 1)", f"{at[1]}.company_id > 0", f"NOT ({at[0]})")[i % 4]
        assert refuses(made.sql[: at.start()] + instead + made.sql[at.end() :], own, dialect), (at, instead)
    for old, new in REWRITTEN:
        changed = re.sub(old, lambda m, new=new: m.expand(new), made.sql, count=1)  # type: ignore[misc]
        if changed != made.sql:
            assert refuses(changed, own, dialect), new
    assert refuses(made.sql, {**own, "company": 2}, dialect)
    assert sum(re.search(old, made.sql) is not None for old, _ in REWRITTEN) > 14


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
def test_functions_that_are_not_listed_are_refused(dialect: str) -> None:
    """Those that read files, sleep, load code, take memory, reach other servers or tell about the server."""
    for name in CALLS:
        sql = GOOD.replace("s.name", f"{name}(s.name)")
        assert refuses(postgres(sql) if dialect == "postgres" else sql, OWN, dialect), name


CALLS = (
    "load_extension", "pg_sleep", "readfile", "writefile", "randomblob", "zeroblob", "hex", "quote", "char", "printf",
    "sqlite_version", "fts3_tokenizer", "edit", "current_setting", "set_config", "pg_read_file", "pg_ls_dir", "lo_import",
    "dblink", "query_to_xml", "pg_terminate_backend", "version", "nextval", "pg_advisory_lock", "generate_series",
)
REWRITTEN = (
    (r"$", "; DROP TABLE site"), (r"$", " UNION SELECT u.password_hash FROM user_account AS u"),
    (r"$", " -- "), (r"$", " /* x */"), (r"^", "EXPLAIN "), (r"^", "PRAGMA query_only = OFF; "),
    (r"^", "ATTACH DATABASE x AS y; "), (r"^", "SET TRANSACTION READ WRITE; "), (r"$", "\x00"),
    (r"FROM (site|product|planogram|photo_audit|position|daily_sales)\b", r"FROM user_account"),
    (r"FROM (site|product|planogram|photo_audit|position|daily_sales)\b", r"FROM main.\1"),
    (r"FROM (site|product|planogram|photo_audit|position|daily_sales)\b", r"FROM pg_catalog.pg_authid"),
    (r"FROM (site|product|planogram|photo_audit|position|daily_sales)\b", r"FROM sqlite_master"),
    (r"\n LIMIT .*$", ""), (r"\n LIMIT .*$", "\n LIMIT 100000"), (r"\n LIMIT .*$", "\n LIMIT -1"),
    (r"^SELECT ", "SELECT *, "), (r"^SELECT ", "SELECT 'x', "), (r"^WITH ", "WITH RECURSIVE "),
    (r"\bLEFT OUTER JOIN\b", "FULL OUTER JOIN"), (r"\bLEFT OUTER JOIN\b", "RIGHT OUTER JOIN"),
    (r"\bJOIN\b", "NATURAL JOIN"), (r"\bJOIN\b", "RIGHT JOIN"),
    (r"\.(name|units|facings|score|version)\b", ".password_hash"), (r"\.(id|site_id)\b", ".rowid"),
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
    "rows of the right side alone": (
        "SELECT s.name FROM (SELECT st.id AS a FROM store AS st WHERE st.company_id = :company) AS q "
        "RIGHT JOIN site AS s ON s.company_id = :company LIMIT :n", OWN),
    "rows of both sides alone": (
        "SELECT s.name FROM (SELECT st.id AS a FROM store AS st WHERE st.company_id = :company) AS q "
        "FULL JOIN site AS s ON s.company_id = :company LIMIT :n", OWN),
    "a join by the names of columns": (
        "SELECT s.name FROM site AS s NATURAL JOIN store AS st WHERE s.company_id = :company AND "
        "st.company_id = :company LIMIT :n", OWN),
    "a CTE that calls itself without saying so": (
        "WITH c AS (SELECT s.id AS k FROM site AS s WHERE s.company_id = :company UNION ALL SELECT c.k + 1 FROM c) "
        "SELECT c.k FROM c LIMIT :n", OWN),
    "a new table": (GOOD.replace("FROM", "INTO x FROM"), OWN),
    "a type that looks names up": (GOOD.replace("s.name", "CAST(s.name AS regclass)"), OWN),
    "a whole row": (GOOD.replace("s.name", "s"), OWN),
    "a part of a row": (GOOD.replace("s.name", "(s).latitude"), OWN),
    "a comment": (GOOD.replace("SELECT", "SELECT /* x */"), OWN),
    "a comment to the end": (GOOD + " -- x", OWN),
    "dollar quotes": (GOOD.replace("s.name", "$$x$$"), OWN),
    "a table in the order": (
        GOOD.replace("LIMIT", "ORDER BY (SELECT u.email FROM user_account AS u) LIMIT"), OWN),
    "a table in the limit": (GOOD.replace(":n", "(SELECT d.id FROM device AS d)"), OWN),
    "a table behind a comma": (GOOD.replace("WHERE", ", device AS d WHERE"), OWN),
    "a limit of a fraction": (GOOD.replace(":n", "1.5"), OWN),
    "an alias twice": (
        "SELECT s.name FROM site AS s JOIN site AS s ON s.company_id = :company WHERE s.company_id = :company LIMIT :n",
        OWN),
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
