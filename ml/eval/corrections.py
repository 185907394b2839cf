"""What corrections are worth: twenty products in a new design, each named once by a person, before and after.

A held-out shelf is photographed twice. The gallery has the old design of twenty of its products; on the first
photo a person names one package of each. The second photo shows whether they are known now, and whether the
others suffer: ``python -m ml.eval.corrections --shelves 2``. With ``--half`` every second product of a shelf
is new, so that nearly each of the others has a sibling among them.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import cv2
import numpy as np

from core.compliance.crops import cut
from core.compliance.reading import Box, Gallery, GalleryProduct, Reading, ShelfReader
from ml.rendering import goods
from ml.rendering.articles import Article, assortment
from ml.rendering.cases import Case, held_out
from ml.rendering.shelf import Settings, render
from ml.rendering.truth import Rendered

CORRECTED = 20
OLD_DESIGNS = 9_900_000
"""Seed of the designs that only the gallery still has."""
FOUND = 0.5
PHOTO = Settings(width=1280, neighbors=False)


class Right(NamedTuple):
    """Packages named rightly, of all that are there: of the products in a new design, and of the others."""

    new: int
    new_of: int
    others: int
    others_of: int

    def and_(self, other: Right) -> Right:
        """Of both shelves."""
        return Right(*(a + b for a, b in zip(self, other, strict=True)))

    def __str__(self) -> str:
        return f"new design {self.new} of {self.new_of}, others {self.others} of {self.others_of}"


@dataclass(frozen=True, eq=False)
class Redesign:
    """A shelf with two photos. ``new``: products in a design that ``gallery`` does not have."""

    case: Case
    new: frozenset[int]
    gallery: Gallery
    first: Rendered
    second: Rendered

    @classmethod
    def of(cls, number: int, settings: Settings = PHOTO, corrected: int = CORRECTED) -> Redesign:
        """The held-out shelf of a number."""
        case = held_out(number)
        planned = sorted(case.plan.product_ids)
        rng = np.random.default_rng((OLD_DESIGNS, number))
        new = rng.choice(planned, min(corrected, len(planned)), replace=False).tolist()
        old = dict(zip(new, assortment(OLD_DESIGNS + number, 3 * corrected, (1, 1)), strict=False))
        products = tuple(
            replace(p, views=(goods.packshot(_redrawn(case.articles[p.product_id], old)),))
            if p.product_id in old else p
            for p in case.gallery.products
        )
        first, second = (
            render(case.plan, case.catalog, seed, settings, articles=case.articles) for seed in (11, 12)
        )
        return cls(case, frozenset(new), Gallery(products, f"old designs {number}"), first, second)

    def corrected(self) -> Gallery:
        """The gallery with one package of each new design as the first photo shows it."""
        named: dict[int, Box] = {}
        for shown in sorted(self.first.packages, key=lambda s: -s.visible):
            if shown.row >= 0 and shown.product_id in self.new:
                named.setdefault(shown.product_id, shown.box)
        crops = dict(zip(named, cut(encoded(self.first), list(named.values())), strict=True))
        products = tuple(_taught(p, crops) for p in self.gallery.products)
        return Gallery(products, f"{self.gallery.version}, corrected")

    def right(self, photo: Rendered, reading: Reading) -> Right:
        """How many packages of a photo are found and named rightly."""
        counts = {True: [0, 0], False: [0, 0]}
        for shown in photo.packages:
            if shown.row < 0:
                continue
            near = max(reading.facings, key=lambda f: _overlap(f.box, shown.box), default=None)
            good = near is not None and _overlap(near.box, shown.box) >= FOUND
            count = counts[shown.product_id in self.new]
            count[0] += bool(good and near is not None and near.product_id == shown.product_id)
            count[1] += 1
        return Right(*counts[True], *counts[False])


def encoded(photo: Rendered) -> bytes:
    """As a phone sends it."""
    _, data = cv2.imencode(".jpg", photo.image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
    return data.tobytes()


def compare(reader: ShelfReader, redesign: Redesign) -> tuple[Right, Right]:
    """(before, after) the corrections, on the second photo."""
    photo = encoded(redesign.second)
    before, after = (
        redesign.right(redesign.second, reader.read(photo, gallery, redesign.case.plan))
        for gallery in (redesign.gallery, redesign.corrected())
    )
    return before, after


def _redrawn(article: Article, old: dict[int, Article]) -> Article:
    """The package in its size and shape, in its former design."""
    return replace(old[article.id], id=article.id, shape=article.shape, size_in=article.size_in)


def _taught(product: GalleryProduct, crops: dict[int, bytes]) -> GalleryProduct:
    crop = crops.get(product.product_id)
    return product if crop is None else replace(product, confirmed=(crop,))


def _overlap(a: Box, b: Box) -> float:
    """Intersection over union."""
    wide = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    tall = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    both = max(wide, 0.0) * max(tall, 0.0)
    return both / max(a[2] * a[3] + b[2] * b[3] - both, 1e-9)


def main(arguments: Sequence[str] | None = None) -> None:
    from ml import photo_reader

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shelves", type=int, default=2)
    parser.add_argument("--first", type=int, default=0, help="number of the first shelf")
    parser.add_argument("--half", action="store_true", help="correct half of a shelf's products, not twenty")
    asked = parser.parse_args(arguments)
    reader = photo_reader()
    if reader is None:
        raise SystemExit("No reader of photos is installed: pip install -r requirements.txt")
    total = Right(0, 0, 0, 0), Right(0, 0, 0, 0)
    for number in range(asked.first, asked.first + asked.shelves):
        many = len(held_out(number).plan.product_ids) // 2 if asked.half else CORRECTED
        before, after = compare(reader, Redesign.of(number, corrected=many))
        total = total[0].and_(before), total[1].and_(after)
        print(f"shelf {number}: before: {before}; after: {after}", flush=True)
    print(f"all: before: {total[0]}; after: {total[1]}")


if __name__ == "__main__":
    main()
