"""Planograms on paper: read, held against the catalog, shown as drafts. Nothing is saved here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.capabilities.draft import Draft, Recognized, draft, paper_of, recognize
from core.errors import RuleViolation, WorkbenchError
from core.paper import Paper, PaperReader, Told
from core.planogram import files
from core.planogram.files import PlanFile
from core.planogram.fixture import Fixture
from core.trust.access import Role
from core.workbench.products import ProductsDoor
from core.workbench.turns import Turns

TURNS = Turns()
"""One document at a time is read in this process."""


def untold(_share: float, _doing: str) -> None:
    """Where nobody waits to be told."""


@dataclass(frozen=True, slots=True)
class ReadPaper:
    """A document with the products that it names. ``file``: what it says where it is a planogram file."""

    paper: Paper
    found: tuple[Recognized, ...]
    file: PlanFile | None = None


class PapersDoor(ProductsDoor):
    """From a document to a draft of its planogram."""

    @property
    def reads_photos_of_paper(self) -> bool:
        """Whether scans and photos can be read, besides PDFs with text and spreadsheets."""
        papers = self.memory.models.papers
        return papers is not None and papers.reads_pictures

    def read_paper(self, content: bytes, told: Told = untold) -> ReadPaper:
        """Read a document and look its products up; nothing is kept.

        Raises as ``PaperReader.read``, RuleViolation where no reader is installed, TooManyRequests while
        other documents are being read.
        """
        self._require(Role.MANAGER, "read a planogram")
        file = _as_file(content)
        if file is not None:
            paper = paper_of(file)
        else:
            reader = self._paper_reader()
            with TURNS.take("reading other documents"):
                paper = reader.read(content, told)
        told(0.95, "Looking for the products")
        return ReadPaper(paper, recognize(paper.cells, self.catalog(), self.search_index()), file)

    def draft_of_paper(
        self, read: ReadPaper, fixture: Fixture | None = None,
        answers: Mapping[int, int | None] | None = None, upside_down: bool = False,
    ) -> Draft:
        """The draft of a document on a fixture, with what a person has answered. Raises BadInput."""
        return draft(read.paper, read.found, self.catalog(), fixture=fixture, answers=answers,
                     upside_down=upside_down, file=read.file)

    def _paper_reader(self) -> PaperReader:
        reader = self.memory.models.papers
        if reader is None:
            raise RuleViolation("No reader of documents is installed.",
                                "Run pip install -r requirements.txt and start the workbench again.")
        return reader


def _as_file(content: bytes) -> PlanFile | None:
    """The planogram of a file in a format of the workbench; None for any other document, which is read as
    paper."""
    try:
        first, *others = files.read(content)
    except WorkbenchError:
        return None
    whole = len(first.positions) > len(first.problems) and not others
    return first if whole else None
