"""The page script: frame, navigation and context around the page that was asked for."""

from __future__ import annotations

import streamlit as st

from pages.parts import frame, nav, picker, session, start, starting


def main() -> None:
    st.set_page_config("Planogram workbench", frame.mark(), layout="wide", initial_sidebar_state=208)
    frame.dress()
    st.logo(frame.logo(frame.is_dark()), size="large")
    page = st.navigation(nav.sections(), position="sidebar", expanded=True)
    if not start.house().soon_ready():
        starting.show()
        return
    if session.actor() is None:
        starting.sign_in()
        return
    session.read_url()
    with frame.guarded():
        picker.show(session.workbench())
        session.write_url()
    with frame.guarded():
        page.run()


main()
