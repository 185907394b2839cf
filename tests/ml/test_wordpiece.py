"""Texts become pieces of words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.text.wordpiece import WordPieces, words

PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "cola", "co", "##la", "##las", "zero", ",", "茶"]


@pytest.mark.parametrize(("text", "expected"), [
    ("Crème Brûlée", ["creme", "brulee"]),
    ("a-b, $3.99", ["a", "-", "b", ",", "$", "3", ".", "99"]),
    ("tabs\tand\nlines", ["tabs", "and", "lines"]),
    ("緑茶 tea", ["緑", "茶", "tea"]),
    ("zero\u200bwidth\x00", ["zerowidth"]),
    ("", []),
])
def test_words_are_plain_and_marks_stand_alone(text, expected):
    """As BERT's basic tokenizer cuts."""
    assert words(text) == expected


def test_the_longest_piece_comes_first():
    """Greedy from the left, never back: "colas" is "cola" and no "##s", so it is unknown, though "co" and
    "##las" are there."""
    assert WordPieces(PIECES).encode("Cola zero, cocola colas 茶", 20) == [2, 4, 8, 9, 1, 1, 10, 3]
    assert WordPieces([*PIECES, "##cola"]).encode("cocola", 20) == [2, 5, 11, 3]


def test_a_long_text_is_cut_between_its_ends():
    """Never more than asked for, ends included."""
    assert WordPieces(PIECES).encode("cola " * 50, 10) == [2, *[4] * 8, 3]


@given(st.text(max_size=60))
def test_every_text_has_pieces(text):
    """Whatever the characters: known numbers between the two ends."""
    numbers = WordPieces(PIECES).encode(text, 32)
    assert (numbers[0], numbers[-1]) == (2, 3)
    assert all(0 <= n < len(PIECES) for n in numbers)
