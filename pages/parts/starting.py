"""What is shown before the workbench is ready: progress of the start, and signing in."""

from __future__ import annotations

import streamlit as st

from core.errors import WorkbenchError
from pages.parts import frame, start


def show() -> None:
    """The progress of the start; turns into the workbench by itself."""
    progress = start.house().progress
    with st.container(width=520, key="card_start", border=True):
        frame.title(
            "Getting the workbench ready",
            "The first start builds a demo company with a year of sales; it takes less than a minute.",
        )
        if progress.error is None:
            _follow()
        else:
            frame.show_error(progress.error)


@st.fragment(run_every=0.5)
def _follow() -> None:
    progress = start.house().progress
    if progress.ready or progress.error is not None:
        st.rerun(scope="app")
    st.progress(progress.share, text=f"{progress.doing} …")


def sign_in() -> None:
    """Ask for e-mail and password where the workbench is not in demo mode."""
    with st.container(width=400), st.form("sign_in"):
        frame.title("Sign in")
        email = st.text_input("E-mail")
        password = st.text_input("Password", type="password")
        if st.form_submit_button("Sign in", type="primary"):
            try:
                st.session_state.wb_actor = start.house().sign_in(email, password)
            except WorkbenchError as error:
                frame.show_error(error)
            else:
                st.rerun()
