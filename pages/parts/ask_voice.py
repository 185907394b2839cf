"""The field for a question: typed, or spoken where a model hears; what was heard is read before it goes."""

from __future__ import annotations

import streamlit as st

from core.errors import WorkbenchError
from pages.parts import frame, session

BOX = "ask_box"
_HEARD = "ask_heard"
UNSURE = 0.6


def question(placeholder: str, most: int) -> str | None:
    """What was typed and sent. A recording comes back into the field as text, to be read and sent."""
    note = _take_heard()
    with_voice = session.workbench().speech is not None
    sent = st.chat_input(placeholder, max_chars=most, key=BOX, accept_audio=with_voice)
    if note:
        st.toast(frame.md(note), icon=":material/mic:")
    if sent is None or isinstance(sent, str):
        return sent
    if sent.audio is None:
        return sent.text or None
    _hear(sent.audio.getvalue())
    return None


def _hear(sound: bytes) -> None:
    try:
        with st.spinner("Listening"):
            heard = session.workbench().heard(sound)
    except WorkbenchError as error:
        frame.show_error(error)
        return
    st.session_state[_HEARD] = (heard.text, heard.confidence)
    st.rerun()


def _take_heard() -> str:
    """Put what was heard into the field, before the field is made; says what to do with it."""
    found = st.session_state.pop(_HEARD, None)
    if found is None:
        return ""
    text, confidence = found
    if not text:
        return "Nothing was heard. Say it again, or type it."
    st.session_state[BOX] = text
    doubt = "Not heard well: read it" if confidence < UNSURE else "Read what was heard"
    return f"{doubt}, then press Enter to ask."
