"""Models behind the Protocols of ``core``; heavy imports stay inside the functions that need them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml.torchvision_cpu import install as _let_torchvision_load

if TYPE_CHECKING:
    from core.compliance.reading import ShelfReader
    from core.models import Models
    from ml.configured import ReaderFiles

_let_torchvision_load()


def local_models(files: ReaderFiles | None = None) -> Models:
    """The models that are installed here; the engine has a stand-in for each. ``files``: models of one's own
    to read photos with."""
    from core.models import Models
    from core.settings import Settings
    from ml.documents import ocr
    from ml.documents.reader import DocumentReader
    from ml.documents.tags import PriceTagReader
    from ml.local.available import embedder, hearing, sentiment
    from ml.rendering.studio import DrawnStudio
    from ml.router import router_of

    reader = photo_reader(files)
    studio = DrawnStudio() if reader else None
    tags = PriceTagReader() if reader and ocr.installed() else None
    settings = Settings()
    return Models(
        embedder=embedder(settings), reader=reader, studio=studio, papers=DocumentReader(),
        tags=tags,
        language=router_of(settings), speech=hearing(), sentiment=sentiment(settings),
    )


def photo_reader(files: ReaderFiles | None = None) -> ShelfReader | None:
    """What reads photos of shelves; None where OpenCV is not installed. Nothing heavy is imported before the
    first photo."""
    from importlib.util import find_spec

    if find_spec("cv2") is None:
        return None
    from ml.configured import ReaderFiles
    from ml.vision.reader import PhotoReader

    return PhotoReader(load_detector=(files or ReaderFiles()).detector_of_settings)
