"""With the base requirements alone and no key every page works, and says in a quiet line what a model would add."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pages.parts import nav, told

ROOT = Path(__file__).resolve().parents[2]
_MARKUP = re.compile(r"<[^>]+>")


@pytest.fixture(scope="module")
def bare(demo, tmp_path_factory) -> dict[str, Any]:
    """What a process shows from which all other packages are hidden."""
    copy = tmp_path_factory.mktemp("bare") / "workbench.db"
    with sqlite3.connect(demo.database.path) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.bare_pages", str(copy)], cwd=ROOT, capture_output=True, text=True,
        timeout=540, check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def words(page: dict[str, Any]) -> str:
    return " ".join(_MARKUP.sub(" ", html) for html in page["html"])


def test_nothing_but_the_base_was_there(bare) -> None:
    """Only what is shipped is installed."""
    assert bare["installed"] == ["shelf-detector", "shelf-embedding"]
    assert bare["loaded"] == []


@pytest.mark.parametrize("path", [entry.path for entry in nav.PAGES])
def test_every_page_works(bare, path: str) -> None:
    """No error, and a first line."""
    page = bare["pages"][path]
    assert (page["exceptions"], page["errors"]) == ([], [])
    assert any('<h1 class="wb-head"' in html for html in page["html"])


@pytest.mark.parametrize("path", [nav.WHAT_IF, nav.ASK, nav.MODELS])
def test_where_a_model_would_help_one_quiet_line_says_so(bare, path: str) -> None:
    """On the pages that show texts as they open; it is no warning."""
    said = words(bare["pages"][path])
    assert "language model" in said
    if path == nav.WHAT_IF:
        assert told.ADVICE in said
