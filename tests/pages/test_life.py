"""What the editor says of a plan's life, and two versions beside each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from core.planogram import edit
from core.planogram.diff import diff
from core.planogram.fixture import Fixture
from core.store.life import Life, Step
from core.store.plan_talk import Comment
from core.store.planograms import VersionCard
from pages.parts import life_versions, life_words
from tests.support.sites import make_catalog, make_plan

CATALOG = make_catalog(9)
PLAN = make_plan(Fixture.machine((3, 3)), [1, 2, 3, 4, 0, 0])
TODAY = date(2026, 11, 21)
LIFE = Life(1, "Lobby", False, 3, None, 1, date(2026, 3, 2), frozenset({1}), None, True, ())
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize(("life", "said"), [
    (LIFE, "Version 1 stands there since Mar 2, version 3 is a draft."),
    (replace(LIFE, prepared=2), "Version 1 stands there since Mar 2, version 2 is prepared, version 3 is a draft."),
    (replace(LIFE, last_version=1), "Version 1 stands there since Mar 2."),
    (replace(LIFE, implemented=None, since=None, stood=frozenset()), "Version 3 is a draft."),
    (replace(LIFE, archived=True), "This plan is archived."),
    (replace(LIFE, archived=True, steps=(Step(2, "archived", 3, date(2026, 11, 2), AT, "Ann", ""),)),
     "This plan is archived since Nov 2; version 1 stood there until then."),
])
def test_where_a_plan_is_takes_one_sentence(life: Life, said: str) -> None:
    """What stands, what waits, what is worked on."""
    assert life_words.where(life, TODAY) == said


def test_a_step_is_told_with_day_and_person() -> None:
    """A version that is no longer there is told as one."""
    step = Step(1, "implemented", 5, date(2026, 3, 2), AT, "Ann", "")
    assert life_words.step(step, TODAY) == "Version 5 put in place on Mar 2, by Ann"
    assert life_words.step(replace(step, version=None, by=""), TODAY) == "A version put in place on Mar 2"


def test_every_step_has_a_button_and_a_meaning() -> None:
    """Whatever the plan can come to."""
    for life in (LIFE, replace(LIFE, prepared=2), replace(LIFE, archived=True)):
        for status in life.next:
            assert life_words.button(status, life)
            assert life_words.explained(status, life).endswith(".")
            assert status in life_words.ICONS


def test_a_comment_says_of_what_it_speaks() -> None:
    """Who, slot and product, version."""
    said = Comment(1, None, None, "B4", 3, "Cola", None, "Hello", "", "", datetime.now(UTC), None, "")
    assert life_words.about(said) == "Someone, just now · B4 Cola · an earlier version"


def test_a_change_has_the_same_frame_on_both_sides() -> None:
    """Removed, added, moved, other facings, other price; what stays has none."""
    after = edit.remove(PLAN, CATALOG, "A1")
    after = edit.set_price(edit.place(after, CATALOG, 7, 0, 0), "A2", 9.0)
    after = edit.move(edit.set_facings(after, CATALOG, "B1", 2), CATALOG, "A3", 1, 2)
    left, right = life_versions.marks(PLAN, after)
    assert {p.slot: kind for p, kind in left.items()} == {
        "A1": "gone", "A2": "price", "A3": "moved", "B1": "more"}
    assert {p.slot: kind for p, kind in right.items()} == {
        "A1": "new", "A2": "price", "B3": "moved", "B1": "more"}
    assert set(left.values()) | set(right.values()) == set(life_versions.KEYS)
    table = life_versions.rows(diff(PLAN, after), CATALOG)
    assert set(table["What"]) >= {"Added", "Removed", "Moved", "Facings", "Price"}
    moved = table[table["What"] == "Moved"].iloc[0]
    assert (moved["Product"], moved["From"], moved["To"]) == (CATALOG[3].name, "A3", "B3")


def test_a_version_is_named_by_what_became_of_it() -> None:
    """What stood earlier is told apart from a plan in the archive."""
    card = VersionCard(2, AT, "Ann", "", date(2026, 1, 2), 6, "archived")
    assert life_versions.name(card) == "Version 2 · stood earlier · Nov 20 · Ann"
    assert life_versions.name(replace(card, effective_from=None, status="draft", created_by="")) == (
        "Version 2 · draft · Nov 20")
