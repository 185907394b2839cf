"""Questions about the company's data, as typed plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.store import records
from core.workbench.door import Door

if TYPE_CHECKING:
    from core.ask.answer import Answer
    from core.ask.form import Choice, Field
    from core.ask.plan import Plan

# What compiles questions is loaded with the first of them: pages that ask nothing do without it.


class AskDoor(Door):
    """Everyone of the company may ask; every question is noted."""

    def ask_plan(self, plan: Plan) -> Answer:
        """The answer to a plan. Raises BadInput for too many groups of time, TooLarge where it takes long."""
        from core.ask.answer import answer

        found = answer(self.database, self.actor, plan)
        with self._session() as session:
            records.audit(session, "ask", "question", words=found.words, rows=len(found.rows))
        return found

    def ask_fields(self, plan: Plan) -> tuple[Field, ...]:
        """What of a plan can be edited, and what can be chosen for each part."""
        from core.ask.form import fields

        return fields(plan)

    def ask_choices(self, dimension: str, limit: int = 200) -> tuple[Choice, ...]:
        """Values of a dimension that the company has, by name. Raises BadInput for an unknown dimension."""
        from core.ask.form import choices

        return choices(self.database, self.actor, dimension, limit)
