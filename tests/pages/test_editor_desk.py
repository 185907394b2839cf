"""One person's work on one planogram between two events: saving, merging, comparing, mending."""

from __future__ import annotations

import numpy as np
import pytest

from pages.parts.shelf_editor import answers, events
from pages.parts.shelf_editor.desk import Desk
from tests.support.desks import CATALOG, MOVE, PLAN, SITE, SWAP, Shelf, at, do, standing


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(PLAN)


@pytest.fixture
def work(shelf: Shelf) -> Desk:
    return Desk(shelf.open(7), SITE, shelf)


def test_a_resent_event_is_done_once_and_a_new_browser_starts_counting_anew(work: Desk) -> None:
    """The browser sends again what was not acknowledged in time."""
    message = {"client": "one", "events": [{**SWAP, "seq": 1}]}
    work.handle(message)
    once = work.plan
    work.handle(message)
    assert work.plan == once != PLAN
    work.handle({"client": "two", "events": [{**SWAP, "seq": 1}]})
    assert work.plan == PLAN


def test_a_drop_has_a_score_and_the_same_money_as_the_whole_plan_anew(work: Desk) -> None:
    """The figures of the path of a drop are increments; they must not drift from the plain way."""
    do(work, SWAP, {"type": "remove", "items": [at("B2")]}, MOVE | {"from": at("A1"), "to": at("B4")})
    site = answers.ready(SITE, PLAN)
    plain = answers.first_figures(work.plan, PLAN, site)
    np.testing.assert_allclose(work.figures.total, plain.total, rtol=1e-9)
    np.testing.assert_allclose(work.figures.gained, plain.gained, atol=1e-9)
    np.testing.assert_allclose(work.figures.draws_gained, plain.draws_gained, atol=1e-9)
    assert work.last is not None
    assert work.last.score is not None
    assert 0 <= work.last.score.placement_score <= 100


def test_what_cannot_be_done_is_told_and_the_next_event_still_counts(work: Desk) -> None:
    """An error changes nothing and is acknowledged, so that the browser does not send it for ever."""
    do(work, {"type": "move", "from": at("C4"), "to": at("A1")}, SWAP)
    assert standing(work.plan)["C2"] == 1
    assert work.notice is not None
    assert "no longer there" in work.notice["message"]
    assert work.payload()["ack"] == 2


def test_undo_tells_what_it_took_back_and_the_money_returns(work: Desk) -> None:
    """As before the move, to the cent."""
    before = work.payload()["money"]["day"]
    do(work, SWAP)
    assert work.payload()["money"]["day"] != before
    do(work, {"type": "undo"})
    assert work.payload()["money"]["day"] == pytest.approx(before, abs=1e-4)
    assert work.payload()["last"] is None
    assert work.notice is not None
    assert work.notice["message"].startswith("Undone: ")


def test_saving_makes_the_edits_the_base_and_undo_still_works(work: Desk, shelf: Shelf) -> None:
    """A saved plan has no changes; its gain counts from now."""
    do(work, SWAP, {"type": "save", "comment": "Tried in May"})
    shown = work.payload()
    assert (shown["canSave"], shown["changes"], shown["money"]["delta"]) == (False, 0, 0.0)
    assert shelf.saved[-1].comment == "Tried in May"
    do(work, {"type": "undo"})
    assert work.plan == PLAN
    assert work.payload()["canSave"]
    do(work, {"type": "redo"}, MOVE | {"from": at("A2")})
    assert work.payload()["changes"] == 1


def test_an_older_base_is_a_conflict_that_reload_or_a_new_name_ends(shelf: Shelf) -> None:
    """Nothing is overwritten, nothing is lost."""
    mine, other = Desk(shelf.open(7), SITE, shelf), Desk(shelf.open(7), SITE, shelf)
    do(other, MOVE, {"type": "save"})
    do(mine, SWAP, {"type": "save"})
    assert mine.payload()["conflict"]["name"] == "Lobby snacks (mine)"
    assert mine.plan != PLAN
    do(mine, {"type": "saveAs", "name": "My own"})
    assert (shelf.named, mine.goto, mine.conflict) == (["My own"], 8, None)

    late = Desk(shelf.open(7, 1), SITE, shelf)
    late.read_only = False
    do(late, SWAP, {"type": "save"}, {"type": "reload"})
    assert late.plan == shelf.saved[-1].plan
    assert late.payload()["conflict"] is None


def test_changes_of_two_people_are_merged_and_saved(shelf: Shelf) -> None:
    """Other slots go together: one step on what was saved, that can be undone and saved."""
    mine, other = Desk(shelf.open(7), SITE, shelf), Desk(shelf.open(7), SITE, shelf)
    do(other, {"type": "remove", "items": [at("C1")]}, {"type": "save"})
    do(mine, SWAP, {"type": "save"})
    told = mine.payload()["conflict"]
    assert (told["clashes"], told["who"], told["version"]) == ([], "Dana", 2)
    assert (told["mine"], told["theirs"]) == ("2 moved.", "1 removed.")
    do(mine, {"type": "merge", "keep": []})
    both = mine.plan
    assert both.at(2, 0) is None
    assert mine.payload()["conflict"] is None
    assert {m["kind"] for m in mine.payload()["compare"]["marks"]} == {"moved"}
    do(mine, {"type": "undo"})
    assert mine.plan == shelf.saved[-1].plan
    do(mine, {"type": "redo"}, {"type": "save"})
    assert shelf.saved[-1].plan == both
    assert shelf.saved[-1].version == 3


@pytest.mark.parametrize("keep", [[], [0]])
def test_a_clash_is_decided_by_the_second_to_save(shelf: Shelf, keep: list[int]) -> None:
    """Both sides are told in words; what is not chosen is in the history."""
    mine, other = Desk(shelf.open(7), SITE, shelf), Desk(shelf.open(7), SITE, shelf)
    do(other, {"type": "remove", "items": [at("A1")]}, {"type": "save"})
    do(mine, {"type": "move", "from": at("A1"), "to": at("C4")}, {"type": "save"})
    (asked,) = mine.payload()["conflict"]["clashes"]
    name = CATALOG[1].name
    assert (asked["mine"], asked["theirs"]) == ([f"{name}: A1 → C4"], [f"{name} removed from A1"])
    wanted = mine.plan if keep else shelf.saved[-1].plan
    do(mine, {"type": "merge", "keep": keep})
    assert mine.plan == wanted


def test_a_merge_that_nobody_asked_for_is_refused(work: Desk) -> None:
    """As is one that says nothing."""
    do(work, {"type": "merge", "keep": []}, {"type": "merge"})
    assert work.payload()["notice"]["kind"] == "error"
    assert work.plan == PLAN


def test_a_viewer_and_an_older_version_change_nothing(shelf: Shelf) -> None:
    """Looking is allowed."""
    viewer = Desk(shelf.open(7), SITE, shelf, may_edit=False)
    do(viewer, SWAP, {"type": "save"}, {"type": "select", "product": 1, "at": at("A1")})
    assert viewer.plan == PLAN
    assert len(shelf.saved) == 1
    assert viewer.payload()["detail"]["product"] == 1
    shelf.save(7, 1, PLAN)
    assert Desk(shelf.open(7, 1), SITE, shelf).read_only


def test_the_table_of_best_places_follows_an_edit_when_asked_for(work: Desk) -> None:
    """It is off the path of a drop; until then the browser is told that it is old."""
    assert not work.payload()["pairsStale"]
    do(work, SWAP)
    assert work.payload()["pairs"] is None
    assert work.payload()["moves"] is None
    do(work, {"type": "pairs"})
    shown = work.payload()
    assert not shown["pairsStale"]
    assert "1@2,1" in shown["pairs"]["keys"]


def test_an_advised_move_is_made_once_and_only_on_the_plan_it_was_found_for(work: Desk) -> None:
    """An old advice is refused."""
    if not work.ranking.moves:
        pytest.skip("no move of this plan is worth more than its uncertainty")
    advised = work.ranking.moves[0]
    do(work, {"type": "apply", "move": 0})
    assert work.plan == advised.plan
    do(work, {"type": "apply", "move": 0})
    assert work.plan == advised.plan


def test_comparing_marks_what_differs_and_restoring_is_a_new_version(work: Desk, shelf: Shelf) -> None:
    """Moved, removed and where they were."""
    do(work, MOVE, {"type": "remove", "items": [at("C1")]}, {"type": "save"}, {"type": "compare", "version": 1})
    shown = work.payload()["compare"]
    assert [m["text"] for m in shown["marks"] if m["kind"] == "moved"] == ["from A1"]
    assert [r["product"] for r in shown["removed"]] == [8]
    do(work, {"type": "restore", "version": 1})
    assert work.plan == PLAN
    assert [row["version"] for row in work.payload()["versions"]] == [3, 2, 1]


def test_a_plan_from_another_page_is_one_step_that_can_be_undone(work: Desk) -> None:
    """Heat zones and what-if hand plans over."""
    other = events.apply(work.session, SWAP, CATALOG).plan
    work.adopt(other, "Two swaps")
    assert work.plan == other
    do(work, {"type": "undo"})
    assert work.plan == PLAN


def test_a_misspelled_search_is_answered_beside_the_names_that_hold_it(work: Desk) -> None:
    """Looking changes nothing, and a viewer may."""
    name = CATALOG[3].name
    do(work, {"type": "search", "text": name[:-2] + name[-1]})
    assert work.payload()["found"]["products"][0] == 3
    assert not work.session.changed


def test_an_issue_is_mended_by_one_click_that_can_be_undone(work: Desk) -> None:
    """The edit that was offered for the plan on screen; for another one it is refused."""
    issue = next(w for w in work.payload()["warnings"] if w["fix"])
    do(work, {"type": "fix", "key": issue["key"]})
    assert work.session.present.title == issue["fix"]
    assert work.plan != PLAN
    edits = work.session.edits
    do(work, {"type": "fix", "key": issue["key"]})
    assert work.session.edits == edits
    assert work.notice is not None
    assert work.notice["kind"] == "error"
    do(work, {"type": "undo"})
    assert work.plan == PLAN


def test_an_acknowledged_issue_is_marked_and_leaves_the_tiles(work: Desk) -> None:
    """And counts again when it is taken back."""
    before = work.payload()
    issue = next(w for w in before["warnings"] if w["severity"] == "warning")
    do(work, {"type": "acknowledge", "key": issue["key"]})
    after = work.payload()
    assert next(w for w in after["warnings"] if w["key"] == issue["key"])["known"]
    assert after["layoutScore"] >= before["layoutScore"]
    do(work, {"type": "acknowledge", "key": issue["key"], "back": True})
    assert work.payload()["warnings"] == before["warnings"]
