"""One noun for several numbers: "stores 1, 2 and 5", "machine 3 vs 4", "machines 3 to 6"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.ask.words.lexicon import lexicon
from core.ask.words.tokens import Token
from core.ask.words.vocabulary import Vocabulary

KINDS = {"store": "store", "machine": "device"}
_JOINS = ("and", "or", "vs", "versus", "v", "plus", "against", "n")
_TO = ("to", "through", "thru", "till", "until")
_MARKS = ("#", "no", "number", "nr", "code")
MOST = 50


def distributed(tokens: Sequence[Token], vocabulary: Vocabulary) -> tuple[Token, ...]:
    """The tokens with the noun before each number that is one of its codes; a range becomes its numbers."""
    found: list[Token] = []
    i = 0
    while i < len(tokens):
        word = lexicon().get((tokens[i].stem,))
        kind = KINDS.get(word[1]) if word is not None and word[0] == "thing" else None
        run, length = _run(tokens, i + 1, kind, vocabulary) if kind else ([], 0)
        if kind is None or not run or (len(run) == 1 and tokens[i].text == tokens[i].stem):
            found.append(tokens[i])
            i += 1
            continue
        noun = Token(tokens[i].stem, tokens[i].stem, tokens[i].said)
        for join, n in run:
            found += [*join, noun, Token(str(n), str(n), str(n))]
        i += 1 + length
    return tuple(found)


def _run(
    tokens: Sequence[Token], at: int, kind: str | None, vocabulary: Vocabulary
) -> tuple[list[tuple[list[Token], int]], int]:
    """Numbers of the kind's codes from ``at`` on, with what joins each to the one before, and how many
    tokens say them."""
    found: list[tuple[list[Token], int]] = []
    i, join = at, list[Token]()
    while i < len(tokens):
        start = i
        while i < len(tokens) and tokens[i].text in _MARKS:
            i += 1
        numbers, length = _numbers(tokens, i)
        if (
            not numbers
            or not all((kind, n) in vocabulary.codes for n in numbers)
            or _counts(tokens, i + length)
        ):
            i = start
            break
        for n in numbers:
            found.append((join if found else [], n))
            join = [Token("and", "and", "and")]
        i += length
        at_end = i
        if i < len(tokens) and tokens[i].text in _JOINS:
            join, i = [tokens[i]], i + 1
            if i < len(tokens) and tokens[i].text in _JOINS:
                i += 1
        else:
            join = [Token("and", "and", "and")]
        if not _numbers(tokens, i)[0] and not (i < len(tokens) and tokens[i].text in _MARKS):
            return found, at_end - at
    return found, _consumed(tokens, at, i)


def _consumed(tokens: Sequence[Token], at: int, i: int) -> int:
    """Without a join that turned out to lead to something else."""
    while i > at and tokens[i - 1].text in _JOINS:
        i -= 1
    return i - at


def _numbers(tokens: Sequence[Token], i: int) -> tuple[list[int], int]:
    """The numbers that one number or range is, and its tokens."""
    if i >= len(tokens):
        return [], 0
    ranged = re.fullmatch(r"(\d{1,4})-(\d{1,4})", tokens[i].text)
    if ranged:
        return _between(int(ranged[1]), int(ranged[2])), 1
    if not tokens[i].text.isdigit() or len(tokens[i].text) > 4:
        return [], 0
    if i + 2 < len(tokens) and tokens[i + 1].text in _TO and tokens[i + 2].text.isdigit():
        return _between(int(tokens[i].text), int(tokens[i + 2].text[:4])), 3
    return [int(tokens[i].text)], 1


def _between(first: int, last: int) -> list[int]:
    return list(range(first, last + 1)) if first <= last < first + MOST else []


def _counts(tokens: Sequence[Token], i: int) -> bool:
    """Whether the number before counts what follows: "stores and 3 units"."""
    if i >= len(tokens):
        return False
    found = lexicon().get((tokens[i].stem,))
    return tokens[i].text == "%" or (
        found is not None
        and found[0] in ("thing", "measure")
        and found[1] not in KINDS
        and tokens[i].text not in ("sales", "revenue", "units", "margin", "stock", "facings", "stockouts")
    )
