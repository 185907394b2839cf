"""Questions kept on Home, and what people say of answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from core.errors import WorkbenchError
from core.store import freshness, questions, records
from core.store.database import races_told
from core.store.questions import SavedQuestion
from core.workbench.ask import AskDoor

if TYPE_CHECKING:
    from core.ask.answer import Answer
    from core.ask.plan import Plan


@dataclass(frozen=True)
class Tile:
    """A kept question with its answer of now. ``problem``: why it has none, one sentence; ``plan`` is None
    where it cannot be read any more."""

    saved: SavedQuestion
    plan: Plan | None = None
    answer: Answer | None = None
    problem: str = ""


class TilesDoor(AskDoor):
    """Everyone has tiles of their own."""

    def save_tile(self, title: str, question: str, plan: Plan) -> SavedQuestion:
        """Keep a question on the user's Home. Raises BadInput for an empty or long title, or too many."""
        from core.ask.plan import to_json

        with races_told(), self.database.writing_session(self.actor) as session:
            saved = questions.save_question(session, title, question, to_json(plan))
            records.audit(session, "save", "tile", saved.id, title=saved.title)
            return saved

    def saved_tiles(self) -> list[SavedQuestion]:
        """The user's tiles in their order, not answered."""
        with self._session() as session:
            return questions.saved_questions(session)

    def tile(self, saved: SavedQuestion) -> Tile:
        """A kept question, answered from the data of now, from memory until they change; it is not noted as
        asked. Audits are always read, as they leave the data's version as it is."""
        from core.ask.plan import from_json

        try:
            plan = from_json(saved.plan)
        except WorkbenchError as error:
            return Tile(saved, problem=error.message)
        try:
            return Tile(saved, plan, self._kept_answer(plan, saved))
        except WorkbenchError as error:
            return Tile(saved, plan, problem=error.message)

    def _kept_answer(self, plan: Plan, saved: SavedQuestion) -> Answer:
        from core.ask.answer import answer
        from core.ask.measures import Fact

        if Fact.AUDITS in plan.facts or any(c.relation == "audited" for c in plan.conditions):
            return answer(self.database, self.actor, plan)
        with self._session() as session:
            version = freshness.freshness(session).data_version
        key = ("tile", self.actor.company_id, version, json.dumps(saved.plan, sort_keys=True))
        kept = self.memory.views.get(key, lambda: answer(self.database, self.actor, plan))
        return cast("Answer", kept)

    def remove_tile(self, tile_id: int) -> None:
        """Take a tile away. Raises NotFound."""
        with self._session() as session:
            questions.remove_question(session, tile_id)
            records.audit(session, "remove", "tile", tile_id)

    def order_tiles(self, tile_ids: Sequence[int]) -> None:
        """Put the tiles in this order, those not named last. Raises NotFound."""
        with self._session() as session:
            questions.order_questions(session, tile_ids)
            records.audit(session, "order", "tiles", tiles=list(tile_ids))

    def judge_answer(
        self, question: str, verdict: str, plan: Plan | None = None, *, answered_by: str = "rules",
        comment: str = "",
    ) -> int:
        """Keep whether an answer was ``right`` or ``wrong``, and what was meant; returns its number. Raises
        BadInput."""
        from core.ask.plan import to_json

        words = "" if plan is None else self.ask_in_words(plan)
        with self._session() as session:
            number = questions.add_question_feedback(
                session, question, verdict, words=words, plan=None if plan is None else to_json(plan),
                answered_by=answered_by, comment=comment,
            )
            records.audit(session, "judge", "answer", number, verdict=verdict)
            return number
