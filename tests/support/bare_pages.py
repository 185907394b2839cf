"""Runs every page as it is with the base requirements alone, and prints what was shown as JSON.

A process of its own: ``python -m tests.support.bare_pages DATABASE``. Every installed package that
``requirements.txt`` does not bring is hidden from imports, as if it were not there; so are its key and address.
"""

from __future__ import annotations

import json
import os
import re
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_NAME = re.compile(r"[-_.]+")
SLOW_S = 120


def normal(name: str) -> str:
    return _NAME.sub("-", name).lower()


def base_distributions() -> set[str]:
    """Distributions that ``requirements.txt`` brings, with what those need."""
    from packaging.requirements import Requirement

    lines = (ROOT / "requirements.txt").read_text().splitlines()
    waiting = [Requirement(line) for line in lines if line and not line.startswith("#")]
    found: set[str] = set()
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        wanted = waiting.pop()
        key = (normal(wanted.name), frozenset(wanted.extras))
        if key in seen:
            continue
        seen.add(key)
        found.add(key[0])
        try:
            needed = metadata.requires(wanted.name) or []
        except metadata.PackageNotFoundError:
            continue
        for text in needed:
            requirement = Requirement(text)
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *wanted.extras)):
                waiting.append(requirement)
    return found


def hidden_modules() -> set[str]:
    """Top-level modules that no base distribution has."""
    base = base_distributions()
    own = {path.name for path in ROOT.iterdir()} | {"_distutils_hack"}
    return {
        module for module, owners in metadata.packages_distributions().items()
        if module not in own and not {normal(owner) for owner in owners} & base
    }


class _Hiding:
    """A finder that does not find what is hidden."""

    def __init__(self, finder: Any, hidden: set[str]) -> None:
        self._finder, self._hidden = finder, hidden

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name.partition(".")[0] in self._hidden:
            return None
        return self._finder.find_spec(name, path, target)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._finder, name)


def hide() -> set[str]:
    """Make imports of all but the base fail, and keys of the environment unknown."""
    hidden = hidden_modules()
    sys.meta_path[:] = [_Hiding(finder, hidden) for finder in sys.meta_path]
    for name in [n for n in os.environ if n.startswith(("WORKBENCH_", "AI_V2_")) or n.endswith("_API_KEY")]:
        del os.environ[name]
    return hidden


def main(database_path: str) -> None:
    hidden = hide()
    from streamlit.testing.v1 import AppTest

    from core.settings import Settings
    from core.store.database import Database
    from core.workbench.door import equip
    from ml import local_models
    from pages.parts import nav, start

    database = Database(f"sqlite:///{database_path}")
    house = start.House(Settings(), database)
    start.house = lambda: house  # type: ignore[assignment]
    assert house.wait(SLOW_S).ready, house.progress.error
    models = local_models()
    equip(database, models)
    pages: dict[str, Any] = {}
    for entry in nav.PAGES:
        app = AppTest.from_file(str(ROOT / "pages" / "main.py"), default_timeout=SLOW_S)
        app.run()
        if entry.path != nav.HOME:
            app.switch_page(entry.path).run()
        pages[entry.path] = {
            "exceptions": [e.value for e in app.exception], "errors": [e.value for e in app.error],
            "html": [h.value for h in app.html if "<style>" not in h.value],
        }
    loaded = sorted({m.partition(".")[0] for m in sys.modules} & hidden)
    print(json.dumps({"pages": pages, "loaded": loaded, "installed": sorted(
        e.name for e in models.language.catalog() if e.installed)}))


if __name__ == "__main__":
    main(sys.argv[1])
