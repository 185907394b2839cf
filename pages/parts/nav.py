"""Which pages there are, in their groups. Only pages that work are listed."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st
from streamlit.navigation.page import StreamlitPage


class Entry(NamedTuple):
    """A page of the workbench; ``path`` is relative to the page script."""

    section: str
    path: str
    title: str
    icon: str
    help: str


EDITOR, HOME, HEAT, WHAT_IF, DATA = "editor.py", "home.py", "heat_zones.py", "what_if.py", "data.py"
OPTIMIZE, NEW = "optimize.py", "new_planogram.py"
DEMAND, MODEL_CHECK = "demand.py", "model_check.py"
MANY = "many_machines.py"
ASK = "ask.py"
MODELS = "models.py"
AUDIT, LABELS = "photo_audit.py", "label_queue.py"

PAGES = (
    Entry(
        "Plan",
        EDITOR,
        "Editor",
        ":material/grid_view:",
        "Drag products to slots and see at once what each move is worth.",
    ),
    Entry(
        "Plan",
        NEW,
        "New planogram",
        ":material/add_box:",
        "Choose the place, the fixture and the season; categories and a first layout are suggested.",
    ),
    Entry(
        "Plan",
        OPTIMIZE,
        "Optimize",
        ":material/auto_awesome:",
        "The best layout for your goals, with its proof, what moves and why.",
    ),
    Entry(
        "Plan",
        MANY,
        "Many machines",
        ":material/content_copy:",
        "Copy a layout to similar machines, or change a product on all of them at once.",
    ),
    Entry("Understand", HOME, "Home", ":material/home:", "The fleet at a glance, and what needs attention."),
    Entry(
        "Understand",
        HEAT,
        "Heat zones",
        ":material/local_fire_department:",
        "Which slots sell more, how that was learned, and which swaps pay.",
    ),
    Entry(
        "Understand",
        WHAT_IF,
        "What-if",
        ":material/compare_arrows:",
        "Compare plans side by side: revenue, interval, break-even, risks.",
    ),
    Entry(
        "Understand",
        DEMAND,
        "Demand",
        ":material/trending_up:",
        "What will sell, what runs out before the next service, and what each par level costs.",
    ),
    Entry(
        "Understand",
        ASK,
        "Ask",
        ":material/question_answer:",
        "Ask in plain words; the answer comes with its rows and where they come from.",
    ),
    Entry(
        "In the store",
        AUDIT,
        "Photo audit",
        ":material/photo_camera:",
        "Photograph a shelf: what is missing, wrong or moved, and what to do about it.",
    ),
    Entry(
        "In the store",
        LABELS,
        "Label queue",
        ":material/label:",
        "Packages that could not be named for sure: one tap each, and the next audit knows them.",
    ),
    Entry(
        "System",
        DATA,
        "Data",
        ":material/database:",
        "Bring sales in, see what is there, remove the demo company.",
    ),
    Entry(
        "System",
        MODELS,
        "Models",
        ":material/psychology:",
        "What language models are asked and cost, what is installed, and where a text would go.",
    ),
    Entry(
        "System",
        MODEL_CHECK,
        "Model check",
        ":material/fact_check:",
        "How good the forecasts were, how honest their intervals, and whether anything drifts.",
    ),
)


def sections() -> dict[str, list[StreamlitPage]]:
    """The navigation: section → pages. Home opens first."""
    grouped: dict[str, list[StreamlitPage]] = {}
    for entry in PAGES:
        page = st.Page(
            entry.path, title=entry.title, icon=entry.icon, help=entry.help, default=entry.path == HOME
        )
        grouped.setdefault(entry.section, []).append(page)
    return grouped


def page_path(name: str) -> str:
    """The page that the engine means by a plain name ("editor", "heat zones"); the editor when unknown."""
    wanted = name.lower().removesuffix(".py").replace(" ", "_").replace("-", "_")
    return next((e.path for e in PAGES if e.path.removesuffix(".py") == wanted), EDITOR)
