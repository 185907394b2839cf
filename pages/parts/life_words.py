"""Where a plan is, in words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pages.parts import format as fmt

if TYPE_CHECKING:
    from core.store.life import Life, Step
    from core.store.plan_talk import Comment

ICONS = {
    "draft": ":material/edit:", "prepared": ":material/inventory_2:",
    "implemented": ":material/check_circle:", "archived": ":material/archive:",
}  # fmt: skip
_DONE = {
    "draft": "back to draft", "prepared": "prepared", "implemented": "put in place", "archived": "archived",
}


def where(now: Life, today: date | None = None) -> str:
    """One sentence: what stands there, what waits, what is being worked on."""
    if now.archived:
        return _archived(now, today)
    parts = []
    if now.implemented is not None:
        since = fmt.day(now.since, today)
        parts.append(f"version {now.implemented} stands there since {since}")
    if now.prepared is not None:
        parts.append(f"version {now.prepared} is prepared")
    if now.status == "draft":
        parts.append(f"version {now.last_version} is a draft")
    text = ", ".join(parts) + "."
    return text[:1].upper() + text[1:]


def _archived(now: Life, today: date | None) -> str:
    """Since when, and what stood there until then."""
    taken = next((s for s in now.steps if s.status == "archived"), None)
    if taken is None:
        return "This plan is archived."
    since = fmt.day(taken.day, today)
    stood = "" if now.implemented is None else f"; version {now.implemented} stood there until then"
    return f"This plan is archived since {since}{stood}."


def step(taken: Step, today: date | None = None) -> str:
    """Such as "Version 5 put in place on Mar 3, by Ann"."""
    version = "A version" if taken.version is None else f"Version {taken.version}"
    who = f", by {taken.by}" if taken.by else ""
    return f"{version} {_DONE[taken.status]} on {fmt.day(taken.day, today)}{who}"


def button(status: str, now: Life) -> str:
    """What a click on the next step does."""
    if status == "prepared":
        return f"Prepare version {now.last_version}"
    if status == "implemented":
        return f"Put version {now.prepared} in place"
    if status == "draft":
        return "Make it a draft again" if now.archived else f"Take version {now.prepared} back"
    return "Archive this plan"


def explained(status: str, now: Life) -> str:
    """What a step means, in a sentence."""
    if status == "prepared":
        before = f" in place of version {now.prepared}" if now.prepared is not None else ""
        return f"It is frozen for the store{before}; drafting can go on. It has to keep every hard rule."
    if status == "implemented":
        return "Say since when it stands there. From that day on estimates learn from it."
    if status == "draft":
        return "Nothing waits to be put in place then."
    return "It is no longer worked on; its versions stay."


def about(said: Comment) -> str:
    """Whom and what a comment speaks of: "Ann, 2 hours ago · B4 Cola Zero · version 5"."""
    who = said.by or "Someone"
    place = " ".join(p for p in (said.slot, said.product) if p)
    version = "an earlier version" if said.version is None else f"version {said.version}"
    return " · ".join(p for p in (f"{who}, {fmt.ago(said.at)}", place, version) if p)
