"""Seeded layout problems of a size that is met in shops and machines, as the optimizer's benches and tests pose them."""

from __future__ import annotations

import numpy as np

from core.optimize.problem import Items, Options, Problem, Strips

FACINGS = 4
"""Most facings of a product in a shop."""


def vending(seed: int, products: int = 60, rows: int = 6, columns: int = 10) -> Problem:
    """A machine: every product fits every slot, sells by its own appeal and the slot's, and stands once."""
    rng = np.random.default_rng(seed)
    slots = rows * columns
    item, slot = (axis.ravel() for axis in np.indices((products, slots)))
    appeal = rng.gamma(2.0, 1.0, products)
    height = 1.0 + 0.25 * np.sin(np.pi * (np.arange(rows) + 0.5) / rows)
    place = np.repeat(height, columns) * rng.uniform(0.9, 1.1, slots)
    value = appeal[item] * place[slot] * rng.uniform(0.9, 1.1, len(item))
    options = Options.of(item, slot // columns, 1.0, value, at=slot % columns)
    return Problem(Strips.of(np.full(rows, float(columns))), Items.of(products), options)


def coils(seed: int, products: int = 60, rows: int = 6, columns: int = 10) -> Problem:
    """A machine as found: some products take two cells, a product may stand three times and then sells less a coil."""
    rng = np.random.default_rng(seed)
    plain = vending(seed, products, rows, columns)
    wide = np.where(rng.random(products) < 0.2, 2.0, 1.0)
    options = plain.options
    return Problem(
        plain.strips,
        Items.of(products, max_places=3, place_share=np.tile([1.0, 0.5, 0.3], (products, 1))),
        Options.of(options.item, options.strip, wide[options.item], options.value, at=options.at),
    )


def retail(
    seed: int, products: int = 250, shelves: int = 8, width: float = 160.0, brands: int = 15, blocks: bool = True
) -> Problem:
    """Shelves of a shop: widths in inches, a product stands once with 1 to 4 facings, brands stand in blocks.

    What a product brings rises with its facings to a power of 0.1 to 0.25 (space elasticities of Eisend 2014
    are 0.17 in the mean) and with the shelf, best at the height of the eyes. Brands differ in size as they do
    in shops, the largest with a fifth of the products. Tall products fit only where the shelf is high enough.
    """
    rng = np.random.default_rng(seed)
    size = 1.0 / np.arange(1, brands + 1) ** 0.8
    brand = np.sort(rng.choice(brands, products, p=size / size.sum()))
    look = rng.uniform(0.7, 1.4, brands)[brand]
    wide = np.clip(rng.lognormal(1.25, 0.35, products) * look, 1.5, 10.0).round(1)
    tall = np.clip(rng.normal(8.0, 2.0, products) * look**0.5, 3.0, 13.0)
    brings = rng.gamma(1.5, 10.0, products)
    elasticity = rng.uniform(0.10, 0.25, products)
    level = np.interp(np.arange(shelves) / (shelves - 1), [0.0, 0.6, 1.0], [0.85, 1.15, 0.9])
    high = np.interp(np.arange(shelves) / (shelves - 1), [0.0, 1.0], [14.0, 10.0])
    item, shelf, more = (axis.ravel() for axis in np.indices((products, shelves, FACINGS)))
    fits = tall[item] <= high[shelf]
    item, shelf, facings = item[fits], shelf[fits], more[fits] + 1
    value = brings[item] * level[shelf] * facings ** elasticity[item]
    return Problem(
        Strips.of(np.full(shelves, width)),
        Items.of(products, max_facings=FACINGS, block=brand if blocks else -1),
        Options.of(item, shelf, wide[item] * facings, value, facings=facings),
    )
