"""Search on matched records of two shops: the small pair; the large one is in docs/search.md."""

from __future__ import annotations

import pytest

from core.capabilities.search import SearchIndex
from tests.real.search_recall import DATA, bm25, own, rapidfuzz, read, reciprocal_ranks


@pytest.mark.skipif(not DATA.exists(), reason=f"{DATA} is not there; set WORKBENCH_REAL_DATA")
def test_words_find_another_shops_beer_at_least_as_well_as_plain_text_search() -> None:
    """BM25 and RapidFuzz over the same words; every match of the set."""
    made = read("Beer", "train")
    asked = [*made.asked, *read("Beer", "valid").asked]
    shares = [
        sum(rank > 0 for rank in reciprocal_ranks(search, asked)) / len(asked)
        for search in (own(SearchIndex(made.products), None), bm25(made.products), rapidfuzz(made.products))
    ]
    assert shares[0] >= 0.95
    assert shares[0] >= max(shares[1:])
