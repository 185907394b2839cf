"""Texts as numbers of word pieces, as for BERT's uncased vocabulary (Wu et al. 2016; Devlin et al. 2019)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

LONGEST_WORD = 100
"""Letters; what is longer is one unknown word."""


class WordPieces:
    """The greedy longest-match tokenizer of a vocabulary."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._number: Mapping[str, int] = {piece: i for i, piece in enumerate(vocabulary)}
        self._unknown = self._number["[UNK]"]
        self._ends = self._number["[CLS]"], self._number["[SEP]"]

    @classmethod
    def read(cls, path: Path) -> WordPieces:
        """One piece a line."""
        return cls(path.read_text(encoding="utf-8").splitlines())

    def encode(self, text: str, longest: int) -> list[int]:
        """Numbers of the pieces between those that begin and end a text, at most ``longest`` in all."""
        pieces = [p for word in words(text) for p in self._pieces(word)]
        return [self._ends[0], *pieces[: longest - 2], self._ends[1]]

    def _pieces(self, word: str) -> list[int]:
        if len(word) > LONGEST_WORD:
            return [self._unknown]
        found: list[int] = []
        start = 0
        while start < len(word):
            prefix = "##" if start else ""
            for end in range(len(word), start, -1):
                number = self._number.get(prefix + word[start:end])
                if number is not None:
                    found.append(number)
                    start = end
                    break
            else:
                return [self._unknown]
        return found


def words(text: str) -> list[str]:
    """Lower-case words without accents; punctuation marks and Chinese characters stand alone."""
    spaced = "".join(f" {c} " if _is_chinese(c) else " " if c.isspace() else c for c in text if _is_kept(c))
    plain = unicodedata.normalize("NFD", spaced.lower())
    letters = (c for c in plain if unicodedata.category(c) != "Mn")
    return "".join(f" {c} " if _is_mark(c) else c for c in letters).split()


def _is_kept(c: str) -> bool:
    return c in "\t\n\r" or not (c in "\0\ufffd" or unicodedata.category(c).startswith("C"))


def _is_mark(c: str) -> bool:
    ascii_mark = c.isascii() and c.isprintable() and not c.isalnum() and c != " "
    return ascii_mark or unicodedata.category(c).startswith("P")


def _is_chinese(c: str) -> bool:
    return any(a <= ord(c) <= b for a, b in _CHINESE)


_CHINESE = (
    (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
)
