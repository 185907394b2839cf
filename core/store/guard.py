"""What a statement that answers a question may be, checked on its parsed text before it runs.

One SELECT, without text or comments of its own: known kinds of expressions, functions, types and joins, known
columns of known tables, each table held to one company by a parameter, and a limit of rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from core.errors import NotAllowed

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

COMPANY = "company"
"""The parameter that holds the company."""
MAX_ROWS = 1001
MAX_SQL = 200_000

TABLES: Mapping[str, frozenset[str]] = {
    name: frozenset(columns.split()) | {"company_id"} for name, columns in {
        "site": "id kind name venue_type",
        "store": "id site_id",
        "device": "id site_id store_id",
        "cabinet": "id cabinet_index",
        "fixture": "id shape placement temperature_zone",
        "project": "id name",
        "planogram": "id name season status site_id project_id cabinet_id",
        "planogram_version": "id planogram_id version fixture_id effective_from",
        "position": "planogram_version_id product_id row_index column_index width_in facings capacity "
                    "quantity par_level price_e4",
        "category": "id name",
        "product": "id category_id name brand size price_e4 cost_e4 shelf_life_days temperature",
        "daily_sales": "site_id day slot product_id units revenue_e4 stockout",
        "photo_audit": "id planogram_id usable score availability expected_facings violations created_at",
    }.items()
}
"""Table → the columns that a question may read."""

_KINDS = """
Select From Join Where Group Having Order Ordered Limit Offset With CTE Subquery Union Table TableAlias
Alias Column Identifier Placeholder Parameter Literal Null Boolean Paren And Or Not EQ NEQ
LT LTE GT GTE Is In Between Exists Add Sub Mul Div Case If Cast DataType DataTypeParam Distinct Star Window
Var NullSafeEQ NullSafeNEQ
"""
_CALLED = "Sum Count Max Min Coalesce Nullif RowNumber Lower Trim Case If Cast And Or Exists Collate"
_FUNCTIONS = frozenset(_CALLED.split())
_TYPES = frozenset({"INT", "BIGINT", "DECIMAL", "DOUBLE", "DATE", "TIMESTAMPTZ", "VARCHAR"})
_TEXT = re.compile(r"[A-Za-z0-9_ \n\"().,:%<>=!+*/-]+")
"""What the compiler writes: no quotes of text, no separators of statements."""
_COMMENT = re.compile(r"--|/\*|\*/")
"""Databases and the parser may disagree where one ends."""
_EXPRESSIONS = frozenset(_KINDS.split()) | _FUNCTIONS


def check(sql: str, parameters: Mapping[str, Any], company_id: int, dialect: str) -> None:
    """Raises NotAllowed, with the rule that is broken, for a statement that may not run."""
    if len(sql) > MAX_SQL:
        _refuse("it is too long")
    if not _TEXT.fullmatch(sql) or _COMMENT.search(sql):
        _refuse("it holds characters that no question needs")
    if parameters.get(COMPANY) != company_id:
        _refuse("it is for another company")
    limit = _check_text(sql, dialect)
    rows = parameters.get(limit) if isinstance(limit, str) else limit
    if not isinstance(rows, int) or not 0 < rows <= MAX_ROWS:
        _refuse("it has no limit of rows")


@lru_cache(maxsize=512)
def _check_text(sql: str, dialect: str) -> str | int | None:
    """What a text may be whatever its parameters are; returns its limit of rows, or the parameter's name."""
    from sqlglot.errors import SqlglotError

    try:
        return _check_tree(sql, dialect)
    except (SqlglotError, RecursionError) as error:
        raise NotAllowed("The statement cannot be read.", "Ask in another way.") from error


def _check_tree(sql: str, dialect: str) -> str | int | None:
    import sqlglot
    from sqlglot import exp
    from sqlglot.optimizer.scope import traverse_scope

    found = sqlglot.parse(sql, read=dialect)
    if len(found) != 1 or not isinstance(found[0], exp.Select):
        _refuse("it is not one SELECT")
    tree: Any = found[0]
    _check_nodes(tree)
    scopes = traverse_scope(tree)
    reached = [source for scope in scopes for source in _tables(scope).values()]
    if len({id(s) for s in reached}) < sum(_names_a_table(table, tree) for table in tree.find_all(exp.Table)):
        _refuse("a table stands where it cannot be followed")
    for scope in scopes:
        _check_scope(scope)
    return _limit_of(tree)


def _check_nodes(tree: exp.Expression) -> None:
    from sqlglot import exp

    for node in tree.walk():
        kind = type(node).__name__
        if kind not in _EXPRESSIONS:
            _refuse(f"{kind} is not among the known expressions")
        if isinstance(node, exp.Func) and kind not in _FUNCTIONS:
            _refuse(f"{kind} is not among the known functions")
        if isinstance(node, exp.Literal) and node.is_string:
            _refuse("it holds text of its own")
        if isinstance(node, exp.Star) and not isinstance(node.parent, exp.Count):
            _refuse("it asks for all columns")
        if isinstance(node, exp.With) and node.args.get("recursive"):
            _refuse("it calls itself")
        plain = isinstance(node.this, exp.Identifier) and not (node.text("db") or node.text("catalog"))
        if isinstance(node, exp.Table) and not plain:
            _refuse("a table is not named plainly")
        if isinstance(node, exp.DataType) and (node.this.name not in _TYPES or node.args.get("nested")):
            _refuse(f"{node.this.name} is not among the known types")
        if isinstance(node, exp.Join):
            _check_join(node)


def _check_join(join: exp.Join) -> None:
    """Joins that keep unmatched rows of their right side let those pass that the condition does not hold."""
    if join.side not in ("", "LEFT") or join.kind not in ("", "INNER", "OUTER", "CROSS"):
        _refuse(f"it joins by {join.side} {join.kind}".rstrip())
    if join.method or join.args.get("using"):
        _refuse("it joins by names of columns")


def _limit_of(tree: exp.Expression) -> str | int | None:
    from sqlglot import exp

    limit = tree.args.get("limit")
    value = None if limit is None else limit.expression.unnest()
    if isinstance(value, exp.Cast):
        value = value.this
    if isinstance(value, exp.Placeholder | exp.Parameter):
        return value.name
    return int(value.name) if isinstance(value, exp.Literal) and value.is_int else None


def _names_a_table(table: exp.Table, tree: exp.Expression) -> bool:
    from sqlglot import exp

    return table.name not in {cte.alias for cte in tree.find_all(exp.CTE)}


def _tables(scope: Scope) -> dict[str, exp.Table]:
    """Alias → real table that the scope itself reads from."""
    from sqlglot import exp

    return {
        alias: source for alias, (node, source) in scope.selected_sources.items()
        if isinstance(source, exp.Table)
    }


def _check_scope(scope: Scope) -> None:
    from sqlglot import exp

    tables = _tables(scope)
    for alias, table in tables.items():
        if table.name not in TABLES:
            _refuse(f"it reads {table.name}")
        if not _held(scope, alias):
            _refuse(f"{table.name} is not held to a company")
    for column in scope.columns:
        source = scope.sources.get(column.table)
        if source is None:
            _refuse(f"{column.sql()} belongs to no table")
        known = TABLES.get(source.name, frozenset()) if isinstance(source, exp.Table) else _given(source)
        if column.name not in known:
            _refuse(f"it reads {column.sql()}, which is none of what may be read")


def _given(part: Scope | None) -> frozenset[str]:
    """The columns that a part of the statement gives to what is around it."""
    if part is None:
        return frozenset()
    given: Any = part.expression
    return frozenset(given.named_selects)


def _held(scope: Scope, alias: str) -> bool:
    """Whether the table's company is asked for wherever its rows pass: in WHERE, or where it is joined."""
    select = scope.expression
    where = select.args.get("where")
    conditions = list(_all_of(where.this)) if where is not None else []
    for join in select.args.get("joins") or []:
        if join.alias_or_name == alias and join.args.get("on") is not None:
            conditions += _all_of(join.args["on"])
    return any(_is_company(condition, alias) for condition in conditions)


def _all_of(condition: Any) -> Iterator[Any]:
    """The conditions that all have to hold."""
    from sqlglot import exp

    condition = condition.unnest()
    if isinstance(condition, exp.And):
        yield from _all_of(condition.left)
        yield from _all_of(condition.right)
    else:
        yield condition


def _is_company(condition: Any, alias: str) -> bool:
    from sqlglot import exp

    if not isinstance(condition, exp.EQ):
        return False
    column, value = condition.left, condition.right
    if isinstance(value, exp.Cast):
        value = value.this
    return (
        isinstance(column, exp.Column) and column.name == "company_id" and column.table == alias
        and isinstance(value, exp.Placeholder | exp.Parameter) and value.name == COMPANY
    )


def _refuse(why: str) -> None:
    raise NotAllowed(f"The statement is refused: {why}.", "Ask in another way.")
