"""An answer in a language model's words: over its own rows, judged against them; else its own sentence."""

from __future__ import annotations

from typing import Any

from core.ask.answer import Answer
from core.ask.query import Role
from core.ask.sentence import shown
from core.language import LanguageTask

KIND, MOST_TOKENS, WITHIN_S = "answer_text", 160, 6.0
ROWS_TOLD = 12


def task(question: str, answer: Answer) -> LanguageTask:
    """What is asked of the router. The facts are the rows as people read them, without ids."""
    return LanguageTask(
        KIND, told(answer), lambda: answer.sentence, question=question, max_tokens=MOST_TOKENS,
        within_s=WITHIN_S, names=named(answer),
    )


def told(answer: Answer) -> dict[str, Any]:
    """All that may be said, as plain values."""
    days = answer.sources.days
    return {
        "answer": answer.sentence, "asked": answer.words,
        "period": None if days is None else f"{days.first} to {days.last}",
        "rows": [_row(answer, row) for row in answer.rows[:ROWS_TOLD]],
        "rows_in_all": len(answer.rows), "more_rows": answer.truncated,
    }


def named(answer: Answer) -> tuple[str, ...]:
    """The names in rows that are not told, so that one of them is noticed."""
    at = [i for i, c in enumerate(answer.columns) if c.role is Role.NAME]
    return tuple({str(row[i]) for row in answer.rows[ROWS_TOLD:] for i in at if row[i] is not None})


def _row(answer: Answer, row: tuple[Any, ...]) -> dict[str, str]:
    named_keys = {c.of for c in answer.columns if c.role is Role.NAME}
    return {
        c.label: shown(value, c, answer.currency) if c.role is not Role.NAME else str(value)
        for c, value in zip(answer.columns, row, strict=True)
        if c.role is not Role.KEY or c.of not in named_keys
    }
