"""The editor without a browser: events, the desk between two events, what the component is sent."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.capabilities.search import Found, SearchIndex
from core.capabilities.validate import Validation, validate
from core.errors import BadInput, Conflict, WorkbenchError
from core.planogram.diff import PlanDiff, diff
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram
from core.planogram.rules import violations
from core.site.site import Site
from pages.parts.shelf_editor import answers, desk, events, payload
from pages.parts.shelf_editor.desk import Desk
from tests.support.sites import make_catalog, make_plan, make_site

FRONT = Path(events.__file__).parent / "front"
FIXTURE = Fixture.machine((4, 4, 4))
CATALOG = make_catalog(14)
PLAN = make_plan(FIXTURE, [1, 2, 3, 4, 5, 6, 7, 0, 8, 9, 0, 0])
SITE = make_site(FIXTURE, CATALOG, slot={"A1": 0.4, "C4": -0.3}, reference=PLAN, draws=60)


@dataclass
class Version:
    """As much of a saved planogram as the desk reads."""

    plan: Planogram
    version: int = 1
    last_version: int = 1
    id: int = 7
    name: str = "Lobby snacks"
    created_at: datetime = datetime(2026, 1, 2, tzinfo=UTC)
    created_by: str = "Dana"
    comment: str = ""
    positions: int = 0
    status: str = "draft"
    effective_from: date | None = None


class Shelf:
    """The workbench's saving and opening, in memory."""

    def __init__(self, plan: Planogram) -> None:
        self.saved = [Version(plan)]
        self.named: list[str] = []
        self.lived_with: set[str] = set()

    def open(self, planogram_id: int | str, version: int | None = None) -> Any:
        found = self.saved[(version or len(self.saved)) - 1]
        return replace(found, last_version=len(self.saved))

    def save(self, planogram_id: int, base_version: int, plan: Planogram, comment: str = "") -> Any:
        if base_version != len(self.saved):
            raise Conflict("Someone saved version 2 meanwhile.", "Reload it or save yours as new.")
        self.saved.append(Version(plan, len(self.saved) + 1, comment=comment))
        return self.open(planogram_id)

    def save_as(self, planogram_id: int, name: str, plan: Planogram, comment: str = "") -> Any:
        self.named.append(name)
        return replace(Version(plan), id=8, name=name)

    def restore(self, planogram_id: int, version: int) -> Any:
        return self.save(planogram_id, len(self.saved), self.saved[version - 1].plan)

    def versions(self, planogram_id: int) -> Any:
        return list(self.saved)

    def changes(self, planogram_id: int) -> dict[int, PlanDiff]:
        pairs = zip(self.saved, self.saved[1:], strict=False)
        return {after.version: diff(before.plan, after.plan) for before, after in pairs}

    def acknowledged(self, planogram_id: int) -> frozenset[str]:
        return frozenset(self.lived_with)

    def acknowledge(
        self, planogram_id: int, key: str, plan: Planogram | None = None, *, taken_back: bool = False
    ) -> Validation:
        (self.lived_with.discard if taken_back else self.lived_with.add)(key)
        return validate(plan or self.saved[-1].plan, SITE, self.lived_with)

    def search_products(self, query: str, k: int = 10) -> Found:
        return SearchIndex(CATALOG.values()).search(query, k)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(PLAN)


@pytest.fixture
def work(shelf: Shelf) -> Desk:
    return Desk(shelf.open(7), SITE, shelf)


def at(slot: str, plan: Planogram = PLAN) -> dict[str, Any]:
    """The place of an event."""
    row, column = FIXTURE.locate(slot)
    return {"row": row, "column": column, "x": column * FIXTURE.cell_width_in}


def do(work: Desk, *asked: dict[str, Any], client: str = "browser") -> None:
    """Send events as the browser does, numbered on from what was acknowledged."""
    first = work.session.ack + 1 if work.session.client == client else 1
    numbered = [{**event, "seq": first + i} for i, event in enumerate(asked)]
    work.handle({"client": client, "events": numbered})


def standing(plan: Planogram) -> dict[str, int]:
    return {p.slot: p.product_id for p in plan.positions}


MOVE = {"type": "move", "from": at("A1"), "to": at("B4")}
SWAP = {"type": "swap", "a": at("A1"), "b": at("C2")}


# --- events ---


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (MOVE, {"B4": 1, "A1": None}),
        (SWAP, {"A1": 9, "C2": 1}),
        ({"type": "place", "product": 12, "to": at("C4")}, {"C4": 12}),
        ({"type": "replace", "product": 12, "at": at("A2")}, {"A2": 12}),
        ({"type": "remove", "items": [at("A1"), at("A2")]}, {"A1": None, "A2": None}),
        ({"type": "shift", "items": [at("C1"), at("C2")], "rows": 0, "columns": 2, "inches": 0},
         {"C1": None, "C3": 8, "C4": 9}),
    ],
)  # fmt: skip
def test_an_event_edits_the_plan(event: dict[str, Any], expected: dict[str, int | None]) -> None:
    """Slot → product afterwards; None: empty."""
    session = events.apply(events.EditSession.start(1, PLAN), event, CATALOG)
    after = standing(session.plan)
    assert {slot: after.get(slot) for slot in expected} == expected


def test_facings_and_locks_are_edits_of_one_position() -> None:
    """More facings where there is room; a locked product refuses to move."""
    session = events.EditSession.start(1, PLAN)
    session = events.apply(session, {"type": "facings", "at": at("B3"), "facings": 2}, CATALOG)
    assert session.plan.of_product(7)[0].facings == 2
    session = events.apply(session, {"type": "lock", "items": [at("A1")], "locked": True}, CATALOG)
    with pytest.raises(WorkbenchError, match="locked"):
        events.apply(session, MOVE, CATALOG)


def test_a_row_is_copied_to_the_one_below() -> None:
    """As found, a product may stand in two places."""
    session = events.apply(events.EditSession.start(1, PLAN), {"type": "copyRow", "from": 0, "to": 2}, CATALOG)
    assert [standing(session.plan).get(f"C{c}") for c in (1, 2, 3, 4)] == [1, 2, 3, 4]


PLACES = st.sampled_from(["A1", "A3", "B2", "B4", "C1", "C4"]).map(at)
ODD = st.one_of(st.none(), st.integers(-3, 99), st.text(max_size=3), st.floats(), st.booleans(),
                st.dictionaries(st.sampled_from(["row", "column", "x"]), st.one_of(st.integers(-9, 99), st.floats(), st.none())))
ANY_EVENT = st.fixed_dictionaries(
    {"type": st.sampled_from([*events._EDITS, "undo", "redo", "fly"])},
    optional={name: st.one_of(PLACES, ODD) for name in ("from", "to", "at", "a", "b", "product", "facings")}
    | {"items": st.one_of(st.lists(PLACES, max_size=3), ODD), "locked": st.booleans()}
    | {name: st.one_of(st.integers(-4, 4), ODD) for name in ("rows", "columns", "inches")},
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(ANY_EVENT, max_size=8))
def test_no_event_breaks_a_rule_and_undoing_all_ends_at_the_saved_plan(asked: list[dict[str, Any]]) -> None:
    """Whatever the browser sends either edits lawfully or is refused with a WorkbenchError."""
    session = events.EditSession.start(1, PLAN)
    lawful = len(violations(PLAN, CATALOG))
    for event in asked:
        try:
            session = events.apply(session, event, CATALOG)
        except WorkbenchError:
            continue
        assert len(violations(session.plan, CATALOG)) <= lawful
    latest = session.plan
    steps = len(session.past)
    for _ in range(steps):
        session = session.undone()
    assert session.plan == PLAN
    assert not session.changed
    for _ in range(steps):
        session = session.redone()
    assert session.plan == latest


def test_there_is_an_end_to_undo_and_it_is_told() -> None:
    """Nothing done, nothing to undo or redo."""
    session = events.EditSession.start(1, PLAN)
    with pytest.raises(BadInput, match="nothing to undo"):
        session.undone()
    with pytest.raises(BadInput, match="nothing to redo"):
        session.redone()


def test_old_steps_are_forgotten_after_two_hundred() -> None:
    """A day of edits does not grow without end."""
    session = events.EditSession.start(1, PLAN)
    for i in range(events.MAX_STEPS + 20):
        session = events.apply(session, SWAP, CATALOG)
        assert session.edits == i + 1
    assert len(session.past) == events.MAX_STEPS


# --- the desk ---


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


# --- what the component is sent ---


def javascript(name: str) -> str:
    return (FRONT / name).read_text("utf-8")


def fields_of(constant: str) -> list[str]:
    """A list of field names in the component's script."""
    found = re.search(rf"const {constant} = \[(.*?)\]", javascript("model.js"), re.DOTALL)
    assert found is not None
    return re.findall(r'"(\w+)"', found[1])


def test_rows_have_the_fields_that_the_component_reads(work: Desk) -> None:
    """Both sides count fields, so both must count the same."""
    shown = work.payload()
    assert {len(row) for row in shown["products"]} == {len(fields_of("PRODUCT_FIELDS"))}
    assert {len(row) for row in shown["positions"]} == {len(fields_of("POSITION_FIELDS"))}
    first = dict(zip(fields_of("POSITION_FIELDS"), shown["positions"][0], strict=True))
    assert (first["product"], first["row"], first["column"], first["locked"]) == (1, 0, 0, False)


def test_the_desk_knows_every_event_that_the_component_sends() -> None:
    """A misspelled event would be refused only when somebody clicks."""
    sent = {kind for path in FRONT.glob("*.js") for kind in re.findall(r'type: "(\w+)"', path.read_text("utf-8"))}
    known = {*events._EDITS, *desk._LOOKING, *desk._KEEPING, "undo", "redo"}
    assert sent <= known | {"button", "radio"}
    assert {"move", "swap", "place", "pairs", "save"} <= sent


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from([MOVE, SWAP, {"type": "undo"}, {"type": "pairs"}, {"type": "history"},
                                 {"type": "overlay", "name": "heat"}]), max_size=5))  # fmt: skip
def test_every_payload_is_strict_json(asked: list[dict[str, Any]]) -> None:
    """No NaN, no infinity, nothing that only Python knows."""
    shelf = Shelf(PLAN)
    work = Desk(shelf.open(7), SITE, shelf)
    do(work, *asked)
    shown = work.payload()
    assert json.loads(json.dumps(shown, allow_nan=False)) == shown


def test_the_table_of_best_places_survives_its_packing(work: Desk) -> None:
    """Bytes for scores, small integers for money: within half a unit; 255 where a product may not stand."""
    packed, ranking = work.payload()["pairs"], work.ranking
    shape = (len(packed["keys"]), packed["zones"])
    score = np.frombuffer(base64.b64decode(packed["score"]), np.uint8).reshape(shape)
    gain = np.frombuffer(base64.b64decode(packed["gain"]), "<i2").reshape(shape) * packed["unit"]
    legal = np.isfinite(ranking.gain)
    assert (score[~legal] == payload.NOT_ALLOWED).all()
    np.testing.assert_allclose(score[legal], ranking.score[legal], atol=0.51)
    np.testing.assert_allclose(gain[legal], ranking.gain[legal], atol=packed["unit"])


def test_a_product_that_cannot_stand_here_says_why() -> None:
    """Frozen food in an ambient machine."""
    frozen = replace(CATALOG[1], temperature="frozen")
    assert "frozen" in payload.refused(frozen, FIXTURE)
    assert payload.refused(CATALOG[2], FIXTURE) == ""


def test_neighbors_that_compete_are_told_but_not_marked_on_every_tile() -> None:
    """Where a category stands together, nearly every neighbor competes."""
    hostile: Site = make_site(FIXTURE, CATALOG, affinity={(1, 2): -0.6, (2, 1): -0.6}, reference=PLAN, draws=20)
    told = payload.warnings(PLAN, validate(PLAN, hostile).issues)
    competing = [w for w in told if "compet" in w["message"]]
    assert competing
    assert all(w["minor"] and w["many"] for w in competing)
    assert any(not w["minor"] for w in told)


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
