"""The reader of photos with the models that the settings ``AI_V2_…`` name; empty ones mean those shipped.

A file that is missing or is not what its card says never stops a photo: what reads without it says so, with
the setting's name. Files are looked at with the first photo, not at the start.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import WorkbenchError

if TYPE_CHECKING:
    from ml.inference.pipeline_v2 import PipelineConfig
    from ml.vision.detector import Detector


@dataclass(frozen=True, slots=True)
class ReaderFiles:
    """Paths of ``AI_V2_PIPELINE_CONFIG``, ``…_DETECTOR_MODEL``, ``…_CLASSIFIER_MODEL`` and
    ``…_EMBEDDINGS_PATH``."""

    pipeline: Path | None = None
    detector: Path | None = None
    classifier: Path | None = None
    embeddings: Path | None = None

    def detector_of_settings(self) -> tuple[Detector | None, str]:
        """The detector, or None; and what is to be told, "" for nothing."""
        from ml.vision.detector import load_detector

        told = list(self._not_used())
        config = None
        if self.pipeline is not None:
            try:
                config = _config(self.pipeline)
            except (WorkbenchError, OSError) as error:
                told.append(f"AI_V2_PIPELINE_CONFIG is not used: {_reason(error)}")
        if config is not None and not config.detector.enabled:
            return None, " ".join(told)
        path = self.detector or (Path(config.detector.model) if config and config.detector.model else None)
        found, missing = load_detector(path)
        if missing:
            told.append(f"AI_V2_DETECTOR_MODEL is {self.detector}. {missing}" if self.detector else missing)
        if found is not None and config is not None:
            found = replace(found, threads=config.detector.threads, least=config.detector.confidence)
        return found, " ".join(told)

    def _not_used(self) -> Iterator[str]:
        """What was set and cannot be used. Packages are named by comparison with packshots, so a classifier
        serves the commands alone."""
        for name, path in (("CLASSIFIER_MODEL", self.classifier), ("EMBEDDINGS_PATH", self.embeddings)):
            if path is not None:
                broken = _broken(path) if name == "CLASSIFIER_MODEL" else _missing(path)
                yield f"AI_V2_{name} is not used: {broken or 'packages are named by their packshots.'}"


def _config(path: Path) -> PipelineConfig:
    from ml.inference.pipeline_v2 import pipeline_config
    from ml.training.config import read_yaml

    return pipeline_config(read_yaml(path))


def _missing(path: Path) -> str:
    return "" if path.is_file() else f"there is no file {path}."


def _broken(path: Path) -> str:
    """Why a network cannot be used: it is not there, or not the file that its card describes."""
    from hashlib import sha256

    from ml.vision.embedding import Embedding

    try:
        expected = Embedding(path).card.sha256
    except WorkbenchError as error:
        return _missing(path) or _reason(error)
    is_same = path.is_file() and sha256(path.read_bytes()).hexdigest() == expected
    return _missing(path) or ("" if is_same else f"{path} is not the file that its card describes.")


def _reason(error: WorkbenchError | OSError) -> str:
    return f"{error.message} {error.hint}" if isinstance(error, WorkbenchError) else str(error)
