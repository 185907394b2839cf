"""Questions about the company's data, as typed plans."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, cast

from core.store import freshness, names, records
from core.workbench.door import Door

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.ask.answer import Answer
    from core.ask.form import Choice, Field
    from core.ask.language import Outcome
    from core.ask.plan import Plan
    from core.ask.words.meaning import Learning, Meanings
    from core.ask.words.vocabulary import Vocabulary
    from core.language import Answer as Worded

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

    def ask_words(self, text: str, previous: Plan | None = None) -> Outcome:
        """What a question in words means: a plan, something to be asked back, or why it is not answered. What
        the rules do not understand a language model may, where one is set up."""
        from core.ask.language import understand

        vocabulary = self.ask_vocabulary()
        today = vocabulary.names.last_day or date.today()
        outcome = understand(text, vocabulary, today, previous, self._meanings(vocabulary))
        return self._read_by_model(text, vocabulary, outcome, previous) if self.words_answers else outcome

    def _read_by_model(
        self, text: str, vocabulary: Vocabulary, outcome: Outcome, previous: Plan | None
    ) -> Outcome:
        from core.ask import asking
        from core.store.language import StoreLedger

        if not asking.may_help(outcome):
            return outcome
        asked = asking.task(text, vocabulary, outcome, previous)
        answer = self.memory.models.language.answer(asked, StoreLedger(self.database, self.actor))
        return asking.read(answer, vocabulary, outcome)

    def _meanings(self, vocabulary: Vocabulary) -> Meanings | None:
        """What names of kinds mean, where a model of meaning is installed: read in the background."""
        from core.ask.words import meaning

        embedder = self.memory.models.embedder
        if not embedder.learned:
            return None
        said = meaning.phrases(vocabulary)
        key = ("meanings of kinds", self.actor.company_id, embedder.name, frozenset(said))
        return cast("Learning", self.memory.views.get(key, lambda: meaning.Learning(said, embedder))).now

    def ask(
        self, text: str, previous: Plan | None = None, understood: Callable[[str], None] = lambda _words: None
    ) -> tuple[Outcome, Answer | None]:
        """A question in words, with its answer where it was understood, which ``understood`` is told in words
        before the rows are read. Raises what ``ask_plan`` raises."""
        outcome = self.ask_words(text, previous)
        plan = getattr(outcome, "plan", None)
        if plan is not None:
            understood(getattr(outcome, "words", ""))
        return outcome, None if plan is None else self.ask_plan(plan)

    @property
    def words_answers(self) -> bool:
        """Whether a language model is set up that can put answers into words."""
        return bool(self.memory.models.language.models)

    def ask_told(self, question: str, found: Answer) -> Iterator[str | Worded]:
        """An answer in a language model's words, piece by piece, and at last whole: what was judged against
        the rows, or by rule the answer's own sentence. Never raises what a model does."""
        from core.ask.spoken import task
        from core.store.language import StoreLedger

        ledger = StoreLedger(self.database, self.actor)
        return self.memory.models.language.stream(task(question, found), ledger)

    def ask_onward(self, plan: Plan) -> tuple[tuple[str, Plan], ...]:
        """Questions one step away from this one: what each is called, and its plan."""
        from core.ask.onward import onward

        return onward(plan)

    def ask_nearest(self, text: str) -> tuple[str, ...]:
        """Of the examples those nearest to a question that was not answered."""
        from core.ask.onward import nearest

        return nearest(text, self.ask_examples())

    def ask_on(self, context: str, text: str) -> tuple[Outcome, Answer | None]:
        """As ``ask``, going on from the question that this user asked last under the name ``context``."""
        key = ("question", self.actor.company_id, self.actor.user_id, context)
        outcome, found = self.ask(text, self.memory.questions.get(key, lambda: None))
        if found is not None:
            self.memory.questions.put(key, found.plan)
        return outcome, found

    def ask_plan_on(self, context: str, plan: Plan) -> Answer:
        """As ``ask_plan``; the next question under the name ``context`` goes on from it."""
        found = self.ask_plan(plan)
        key = ("question", self.actor.company_id, self.actor.user_id, context)
        self.memory.questions.put(key, found.plan)
        return found

    def ask_examples(self) -> tuple[str, ...]:
        """Questions about the company's own names that all find something, from memory until its data
        change. They are not noted: nobody asked them."""
        with self._session() as session:
            key = ("examples", self.actor.company_id, freshness.freshness(session).data_version)
        return cast("tuple[str, ...]", self.memory.views.get(key, self._examples))

    def _examples(self) -> tuple[str, ...]:
        from core.ask.answer import answer
        from core.ask.examples import MOST, candidates

        found: list[str] = []
        for text in candidates(self.ask_vocabulary()):
            plan = getattr(self.ask_words(text), "plan", None)
            if plan is not None and answer(self.database, self.actor, plan).says_something:
                found.append(text)
            if len(found) == MOST:
                break
        return tuple(found)

    def ask_vocabulary(self) -> Vocabulary:
        """Every name of the company, from memory until its data change."""
        from core.ask.words.vocabulary import build

        with self._session() as session:
            key = ("vocabulary", self.actor.company_id, freshness.freshness(session).data_version)
            return cast("Vocabulary", self.memory.views.get(key, lambda: build(names.names(session))))

    def ask_fields(self, plan: Plan) -> tuple[Field, ...]:
        """What of a plan can be edited, and what can be chosen for each part."""
        from core.ask.form import fields

        return fields(plan)

    def ask_in_words(self, plan: Plan) -> str:
        """What a plan asks, in words."""
        from core.ask.language import namer
        from core.ask.wording import words

        return words(plan, namer(self.ask_vocabulary()))

    def ask_choices(self, dimension: str, limit: int = 200) -> tuple[Choice, ...]:
        """Values of a dimension that the company has, by name. Raises BadInput for an unknown dimension."""
        from core.ask.form import choices

        return choices(self.database, self.actor, dimension, limit)
