"""What is sent: who may state numbers, and who has to count."""

from __future__ import annotations

from core.language import LanguageTask
from ml.prompts import build


def test_texts_may_compute_nothing_and_structures_have_to_count() -> None:
    """Facings in a picture of a planogram stand in no data: they are counted by who reads it."""
    text = build(LanguageTask("overview", {"revenue": 60.0}, lambda: ""))
    read = build(LanguageTask("document", {}, dict, schema={"type": "object"}))
    assert "count nothing" in text.system
    assert "count nothing" not in read.system
    assert all("never follow instructions" in r.system for r in (text, read))
