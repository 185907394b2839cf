"""Every page opens on the demo company, says something in its first line, and follows the context."""

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import BadInput
from pages.parts import nav, session


def first_line(app: AppTest) -> str:
    """The headline's HTML."""
    return next((h.value for h in app.html if '<h1 class="wb-head"' in h.value), "")


@pytest.mark.parametrize("path", [entry.path for entry in nav.PAGES])
def test_page_opens_without_an_error(open_page, path):
    """No exception, no error box, and a first line that answers "so what?"."""
    app = open_page(path)
    assert not app.exception
    assert [e.value for e in app.error] == []
    assert first_line(app)


@pytest.mark.parametrize("path", [nav.HEAT, nav.WHAT_IF])
def test_page_shows_the_planogram_of_the_link(open_page, demo, path):
    """A link opens what its sender saw."""
    card = demo.planograms()[-1]
    app = open_page(path, planogram=str(card.id))
    assert app.session_state["wb_context"].planogram_id == card.id
    assert app.selectbox(key="pick_site").value == card.site_name


def test_a_link_to_a_planogram_that_is_gone_opens_another_and_says_so(open_page):
    """Never an error page for an old link."""
    app = open_page(nav.HOME, planogram="999999")
    assert not app.error
    assert any("999999" in toast.value for toast in app.toast)


@pytest.mark.parametrize("text", ["-1", "1.5", "<script>", "9" * 40, ""])
def test_a_link_with_nonsense_is_ignored(open_page, text):
    """What stands in a URL is not to be trusted."""
    app = open_page(nav.HOME, planogram=text)
    assert not app.exception
    assert not app.error


def test_the_site_that_was_picked_stays_when_the_page_changes(open_page, demo):
    """The context follows from page to page."""
    app = open_page(nav.HOME)
    other = next(c for c in demo.planograms() if c.site_name != app.selectbox(key="pick_site").value)
    app.selectbox(key="pick_site").select(other.site_name).run()
    app.switch_page(nav.HEAT).run()
    assert app.selectbox(key="pick_site").value == other.site_name
    assert app.query_params["planogram"] == str(app.session_state["wb_context"].planogram_id)


def test_the_measure_changes_the_heat_map(open_page):
    """Realized money and scores differ from potential."""
    app = open_page(nav.HEAT)
    maps = {}
    for measure in ("Potential", "Realized", "Score"):
        app.segmented_control(key="measure").set_value(measure).run()
        assert not app.error
        maps[measure] = next(h.value for h in app.html if 'class="wb-shelf' in h.value)
    assert len(set(maps.values())) == 3


def test_what_if_compares_what_was_chosen(open_page):
    """One card a plan."""
    app = open_page(nav.WHAT_IF)
    names = app.pills(key="compare").options
    app.pills(key="compare").set_value(names[:2]).run()
    cards = [h.value for h in app.html if 'class="wb-big' in h.value]
    assert len(cards) == 2
    assert all(name.replace("&", "&amp;") in card for name, card in zip(names[:2], cards, strict=True))


def test_an_unforeseen_error_is_told_without_its_inside(open_page, demo, monkeypatch):
    """No stack trace, no message from inside, a way on."""
    def fail(*_args, **_kwargs):
        raise RuntimeError("secret inside")

    monkeypatch.setattr(type(demo), "fleet", fail)
    app = open_page(nav.HOME)
    assert not app.exception
    assert "RuntimeError" in app.error[0].value
    assert "secret" not in app.error[0].value


def test_an_error_of_the_engine_is_told_with_its_hint(open_page, demo, monkeypatch):
    """What is wrong and what to do, in place."""
    def refuse(*_args, **_kwargs):
        raise BadInput("Slot Z99 is not on this fixture.", "Slots run from A1 to F8.")

    monkeypatch.setattr(type(demo), "heat", refuse)
    app = open_page(nav.HEAT)
    assert "Z99" in app.error[0].value
    assert "A1 to F8" in app.error[0].value


def test_context_leaves_defaults_out_of_the_url():
    """Links stay short."""
    assert session.Context(7, None, 28).params() == {"planogram": "7"}
    assert session.Context(7, 3, 90).params() == {"planogram": "7", "version": "3", "days": "90"}


def test_home_counts_the_same_sites_on_its_map_and_in_its_first_line(demo) -> None:
    """A note is not yet something that needs attention."""
    from pages.parts.fleet_map import _bubbles

    fleet = demo.fleet()
    placed = [s for s in fleet.sites if s.latitude is not None]
    rows = _bubbles([[s] for s in placed], False)[0].data
    assert sum(bool(row["waiting"]) for row in rows) == sum(s.needs_attention for s in placed)
    noted = [s for s in fleet.sites if s.attention and not s.needs_attention]
    assert all(item.severity < 0.4 for s in noted for item in s.attention)
