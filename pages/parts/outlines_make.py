"""Makes ``outlines.npz`` from the npm packages us-atlas 3.0.1 and world-atlas 2.0.2.

Their shapes are in the public domain (US Census Bureau, Natural Earth). Run once, after unpacking both:
``python -m pages.parts.outlines_make us-atlas/counties-10m.json world-atlas/countries-110m.json``
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
SCALE = 91.0
"""Coordinates are kept as int16 in 1/91 degree (about 1 km), which is all that a fleet map shows."""


def arcs(topology: dict[str, Any]) -> list[Points]:
    """The delta-coded arcs of a TopoJSON topology as (n, 2) longitude, latitude."""
    scale = np.array(topology["transform"]["scale"])
    origin = np.array(topology["transform"]["translate"])
    return [np.cumsum(np.array(arc), axis=0) * scale + origin for arc in topology["arcs"]]


def simplify(points: Points, tolerance: float) -> Points:
    """Douglas–Peucker: drop points closer than ``tolerance`` degrees to the line that stays."""
    keep = np.zeros(len(points), bool)
    keep[[0, -1]] = True
    stack = [(0, len(points) - 1)]
    while stack:
        first, last = stack.pop()
        if last - first < 2:
            continue
        along = points[last] - points[first]
        offset = points[first + 1 : last] - points[first]
        length = float(np.hypot(*along))
        if length:
            gap = np.abs(along[0] * offset[:, 1] - along[1] * offset[:, 0]) / length
        else:
            gap = np.hypot(offset[:, 0], offset[:, 1])
        worst = int(np.argmax(gap))
        if gap[worst] > tolerance:
            keep[first + 1 + worst] = True
            stack += [(first, first + 1 + worst), (first + 1 + worst, last)]
    return points[keep]


def rings(topology: dict[str, Any], name: str, lines: list[Points]) -> list[Points]:
    """The outer rings of a collection's polygons."""
    found = []
    for shape in topology["objects"][name]["geometries"]:
        polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape.get("arcs", [])
        for polygon in polygons:
            parts = [lines[i] if i >= 0 else lines[~i][::-1] for i in polygon[0]]
            found.append(np.concatenate([parts[0], *(p[1:] for p in parts[1:])]))
    return found


def packed(name: str, lines: list[Points]) -> dict[str, NDArray[Any]]:
    lines = [line for line in lines if len(line) > 1]
    ends = np.cumsum([len(line) for line in lines])
    points = np.round(np.concatenate(lines) * SCALE).astype(np.int16)
    return {f"{name}_points": points, f"{name}_ends": ends.astype(np.int32)}


def main(counties_file: str, world_file: str) -> None:
    us: dict[str, Any] = json.loads(Path(counties_file).read_text())
    world: dict[str, Any] = json.loads(Path(world_file).read_text())
    fine = [simplify(arc, 0.008) for arc in arcs(us)]
    countries = [
        g
        for g in world["objects"]["countries"]["geometries"]
        if g["properties"]["name"] != "United States of America"
    ]
    world["objects"]["countries"]["geometries"] = countries
    result = {
        **packed("state", [ring for ring in rings(us, "states", fine) if len(ring) > 5]),
        **packed("county", fine),
        **packed("country", rings(world, "countries", arcs(world))),
    }
    np.savez_compressed(Path(__file__).with_name("outlines.npz"), **result)


if __name__ == "__main__":
    main(*sys.argv[1:3])
