"""Models behind the Protocols of ``core``; heavy imports stay inside the functions that need them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml.torchvision_cpu import install as _let_torchvision_load

if TYPE_CHECKING:
    from core.models import Models

_let_torchvision_load()


def local_models() -> Models:
    """The models that are installed here; the engine has a stand-in for each."""
    from core.models import Models
    from ml.text.minilm import MiniLM, installed

    return Models(MiniLM()) if installed() else Models()
