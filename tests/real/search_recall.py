"""How well search finds the same product in another's catalog: Beer and Walmart-Amazon (Magellan data).

A record of one shop is the query, the other shop's records are the catalog; a hit is the record that people
matched to it. Beside it plain text searches over the same names: BM25 (Robertson and Zaragoza 2009, k1 = 1.2,
b = 0.75) and RapidFuzz's weighted ratio. ``python -m tests.real.search_recall`` writes docs/search.md.

The weights of the search were looked at on the matches of ``train.txt``; those of ``valid.txt`` were asked once.
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from core.capabilities.search import LONGEST_QUERY, SearchIndex
from core.models import Embedder, Vectors
from core.planogram.product import Product
from core.site.kin import product_words
from ml import local_models

DATA = Path(os.environ.get("WORKBENCH_REAL_DATA", "../shared/data")) / "product_match"
SETS, SPLITS, TOP = ("Beer", "Walmart-Amazon"), ("train", "valid"), 5
REPORT = Path("docs/search.md")
Search = Callable[[str], Sequence[int]]
"""Query → product ids, best first."""

INTRODUCTION = """# Search

Written by `make search-eval` ({day}). A record of one shop is the query (all its fields, cut at {longest}
characters, as the search itself does), the other shop's records are the catalog, and the right hit is the record
that people matched to it (Magellan's Beer and Walmart-Amazon pairs). Share of queries whose right hit is among
the first {top}, and, in brackets, mean reciprocal rank over those {top}.

The weights of the search were looked at on the matches of `train` alone; tables with `valid` were seen meanwhile, and nothing was chosen by them.
"""
CLOSING = """
Plain text searches over the same names, brands and categories: BM25 (k1 = 1.2, b = 0.75) and RapidFuzz's weighted
ratio. *Search by words* is what answers where the model is not installed. Records that differ by a model number
alone are what both miss; what meaning adds is shown by queries that share no word with the name: in
`tests/capabilities/test_search.py`.
"""


@dataclass(frozen=True, slots=True)
class Matches:
    """A catalog, and (query, product id) for each match."""

    name: str
    split: str
    products: tuple[Product, ...]
    asked: tuple[tuple[str, int], ...]


def read(name: str, split: str) -> Matches:
    """The catalog is that of all splits, the queries are the split's."""
    catalog: dict[str, int] = {}
    asked: list[tuple[str, int]] = []
    for part in SPLITS:
        for line in (DATA / name / f"{part}.txt").read_text("utf-8").splitlines():
            record, other, same = line.split("\t")
            number = catalog.setdefault(other.strip(), len(catalog) + 1)
            if same.strip() == "1" and part == split:
                asked.append((" ".join(v for v in fields(record).values() if v), number))
    products = tuple(product(fields(text), number) for text, number in catalog.items())
    return Matches(name, split, products, tuple(asked))


def fields(record: str) -> dict[str, str]:
    """``COL title VAL x COL price VAL 2`` → its fields without the price, which is no name."""
    found = dict(re.findall(r"COL (\S+) VAL(.*?)(?= COL |$)", record))
    return {name: value.strip() for name, value in found.items() if name != "price"}


def product(of: dict[str, str], number: int) -> Product:
    if "Beer_Name" in of:
        return Product(number, of["Beer_Name"], of["Style"], of["Brew_Factory_Name"], of["ABV"])
    return Product(number, f"{of['title']} {of['modelno']}".strip(), of["category"], of["brand"])


def text_of(item: Product) -> str:
    return f"{item.name} {item.brand} {item.category} {item.size}"


def bm25(products: Sequence[Product], k1: float = 1.2, b: float = 0.75) -> Search:
    """The reference that search engines start from."""
    words = [re.findall(r"\w+", text_of(p).lower()) for p in products]
    length = np.array([len(w) for w in words]) / np.mean([len(w) for w in words])
    postings: dict[str, list[tuple[int, int]]] = {}
    for row, found in enumerate(words):
        for word, count in Counter(found).items():
            postings.setdefault(word, []).append((row, count))

    def search(query: str) -> Sequence[int]:
        score = np.zeros(len(products))
        for word in set(re.findall(r"\w+", query.lower())):
            rows, counts = np.array(postings.get(word, np.zeros((0, 2), int))).T
            rarity = np.log1p((len(products) - len(rows) + 0.5) / (len(rows) + 0.5))
            score[rows] += rarity * counts * (k1 + 1) / (counts + k1 * (1 - b + b * length[rows]))
        return [products[i].id for i in np.argsort(-score, kind="stable")[:TOP]]

    return search


def rapidfuzz(products: Sequence[Product]) -> Search:
    from rapidfuzz import fuzz, process, utils

    texts = {p.id: utils.default_process(text_of(p)) for p in products}

    def search(query: str) -> Sequence[int]:
        found = process.extract(utils.default_process(query), texts, scorer=fuzz.WRatio, limit=TOP)
        return [i for _, _, i in found]

    return search


def own(index: SearchIndex, embedder: Embedder | None) -> Search:
    def search(query: str) -> Sequence[int]:
        vector: Vectors | None = None if embedder is None else embedder.embed([query[:LONGEST_QUERY]])[0]
        return [hit.product_id for hit in index.search(query, TOP, vector).hits]

    return search


def reciprocal_ranks(search: Search, asked: Sequence[tuple[str, int]]) -> list[float]:
    """1 / rank of the right hit of each query, 0 where it is not among the first."""
    ranks = []
    for query, right in asked:
        found = list(search(query[:LONGEST_QUERY]))
        ranks.append(1.0 / (found.index(right) + 1) if right in found else 0.0)
    return ranks


def told(ranks: Sequence[float]) -> str:
    return f"{np.mean([r > 0 for r in ranks]):.1%} ({np.mean(ranks):.3f})"


def searches(products: Sequence[Product], embedder: Embedder) -> dict[str, Search]:
    vectors = embedder.embed([product_words(p) for p in products]) if embedder.learned else []
    index = SearchIndex(products, {p.id: v for p, v in zip(products, vectors, strict=False)})
    found = {"BM25": bm25(products), "RapidFuzz": rapidfuzz(products), "search by words": own(index, None)}
    return found | ({"search by meaning and words": own(index, embedder)} if embedder.learned else {})


def main() -> int:
    if not DATA.exists():
        print(f"There is no {DATA}: set WORKBENCH_REAL_DATA to the folder that holds product_match.")
        return 1
    embedder = local_models().embedder
    table: dict[str, list[str]] = {}
    every: dict[str, list[float]] = {}
    heads = []
    for name in SETS:
        made = searches(read(name, "train").products, embedder)
        for split in SPLITS:
            asked = read(name, split).asked
            heads.append(f"{name}, {split} ({len(asked)} of {len(read(name, split).products):,})")
            for method, search in made.items():
                ranks = reciprocal_ranks(search, asked)
                table.setdefault(method, []).append(told(ranks))
                every[method] = [*every.get(method, []), *ranks]
                print(heads[-1], method, table[method][-1], flush=True)
    for method, ranks in every.items():
        table[method].append(told(ranks))
    heads.append("all")
    rows = [["search", *heads], ["---"] * (len(heads) + 1), *([m, *cells] for m, cells in table.items())]
    lines = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    head = INTRODUCTION.format(day=date.today(), longest=LONGEST_QUERY, top=TOP)
    REPORT.write_text(f"{head}\n{lines}\n{CLOSING}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
