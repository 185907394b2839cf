"""Ultralytics without its habits: nothing is fetched, reported, installed or written outside of a run."""

from __future__ import annotations

import os
from pathlib import Path

FONTS = ("Arial.ttf", "Arial.Unicode.ttf")


def quiet_yolo(folder: Path) -> None:
    """Set the environment that the package reads when it is imported, with its settings in ``folder``.

    ``YOLO_OFFLINE`` ends reports and downloads, except for a font that every data set asks for: matplotlib's
    is put where it is looked for.
    """
    settings = folder / ".ultralytics"
    os.environ.update(
        YOLO_OFFLINE="true",
        YOLO_AUTOINSTALL="false",
        YOLO_VERBOSE=os.environ.get("YOLO_VERBOSE", "true"),
        YOLO_CONFIG_DIR=str(settings.resolve()),
        MPLCONFIGDIR=os.environ.get("MPLCONFIGDIR", str(settings.resolve())),
        GIT_PYTHON_REFRESH="quiet",
    )
    import matplotlib

    place = settings / "Ultralytics"
    place.mkdir(parents=True, exist_ok=True)
    font = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    for name in FONTS:
        if not (place / name).exists():
            (place / name).symlink_to(font)
    _no_reports()


def _no_reports() -> None:
    """Off in the settings too, for a package that was imported before."""
    from ultralytics.utils import SETTINGS

    if SETTINGS.get("sync"):
        SETTINGS.update(sync=False)
