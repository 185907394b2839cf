"""A gallery from a folder: one folder of packshots a product, as the classifier's data lie."""

from __future__ import annotations

import re
from pathlib import Path

from core.compliance.reading import Gallery, GalleryProduct
from core.errors import BadInput
from ml.tools.files import PICTURES
from ml.tools.hash_dataset import hash_dataset

MOST_VIEWS = 8
"""Of one product: more of the same teach little and cost time with every photo."""


def read_gallery(folder: Path) -> Gallery:
    """The products below a folder, in the order of their names; a number in a folder's name is the product's,
    else they are counted from 1. Raises BadInput where there is none, or two have one number."""
    places = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    products = []
    for number, place in enumerate(places, start=1):
        pictures = sorted(path for path in place.iterdir() if path.suffix.lower() in PICTURES)
        if pictures:
            views = tuple(path.read_bytes() for path in pictures[:MOST_VIEWS])
            products.append(GalleryProduct(product_number(place.name, number), place.name, views=views))
    if not products:
        raise BadInput(f"{folder} holds no packshots.", "Put them into one folder a product.")
    numbers = [product.product_id for product in products]
    doubled = next((n for n in numbers if numbers.count(n) > 1), None)
    if doubled is not None:
        raise BadInput(f"Two folders of {folder} have the number {doubled}.", "Give each product its own.")
    return Gallery(tuple(products), hash_dataset(folder).hash)


def product_number(name: str, otherwise: int) -> int:
    """Of a folder: the first number in its name."""
    found = re.search(r"\d+", name)
    return int(found.group()) if found else otherwise
