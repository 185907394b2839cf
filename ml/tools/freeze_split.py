"""Divide a data set once, so that every run trains, chooses and tests on the same pictures.

    python -m ml.tools.freeze_split ml/data/classifier --stratify --output ml/data/splits/classifier_v1.json

Pictures are put in the order of a hash of the seed and their contents, and the order is cut by the fractions:
the same data and seed give the same split on every machine, and what is added later moves few of the others.
Equal pictures, and with ``--group-by`` all that a pattern finds to be of one scene, stay on one side: a test
on a near copy of what was trained on tells nothing. ``--stratify`` cuts each class by itself; the class of a
picture is its folder, or for detection the set of kinds its label file names.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from core.errors import BadInput, WorkbenchError
from ml.tools.files import pictures, write_json
from ml.tools.hash_dataset import hash_dataset

SPLITS = ("train", "val", "test")
FRACTIONS = (0.8, 0.1, 0.1)


@dataclass(frozen=True, slots=True)
class Split:
    """Paths in the data set of the pictures for training, validation and test, each in order."""

    parts: Mapping[str, tuple[str, ...]]
    data_hash: str
    seed: int
    fractions: tuple[float, ...]
    stratified: bool


@dataclass(frozen=True, slots=True)
class _Group:
    """Pictures that stay together, and where they stand in the shuffled order."""

    stratum: str
    order: str
    paths: tuple[str, ...]


def freeze_split(
    folder: Path,
    *,
    stratify: bool = False,
    seed: int = 0,
    fractions: Sequence[float] = FRACTIONS,
    group_by: str | None = None,
) -> Split:
    """Divide a folder's pictures. ``group_by``: a pattern, searched in the path; its first group, or what it
    finds, names the scene. Raises BadInput for fractions that do not add up to 1 or a broken pattern."""
    shares = tuple(float(f) for f in fractions)
    if len(shares) != len(SPLITS) or min(shares) < 0 or abs(sum(shares) - 1) > 1e-6:
        raise BadInput(f"The fractions {list(shares)} do not add up to 1.", "Give three, as in 0.8 0.1 0.1.")
    version = hash_dataset(folder)
    paths = [path.relative_to(folder).as_posix() for path in pictures(folder)]
    strata: dict[str, list[_Group]] = defaultdict(list)
    for group in _groups(folder, paths, version.entries, seed, group_by):
        strata[group.stratum if stratify else ""].append(group)
    parts: dict[str, list[str]] = {name: [] for name in SPLITS}
    for name in sorted(strata):
        for part, chosen in zip(SPLITS, _cut(strata[name], shares), strict=True):
            parts[part] += chosen
    return Split({k: tuple(sorted(v)) for k, v in parts.items()}, version.hash, seed, shares, stratify)


def save_split(split: Split, path: Path) -> None:
    """The same split gives the same bytes."""
    write_json(
        path,
        {
            "data_hash": split.data_hash,
            "seed": split.seed,
            "fractions": list(split.fractions),
            "stratified": split.stratified,
            "splits": {name: list(split.parts[name]) for name in SPLITS},
        },
    )


def class_of(folder: Path, path: str) -> str:
    """Of one picture: the kinds that its YOLO label file names, or the folder it lies in."""
    picture = Path(path)
    if picture.parent.name == "images":
        labels = folder / picture.parent.parent / "labels" / f"{picture.stem}.txt"
        lines = labels.read_text().splitlines() if labels.is_file() else []
        return " ".join(sorted({line.split()[0] for line in lines if line.strip()})) or "none"
    return picture.parent.name


def _groups(
    folder: Path, paths: Sequence[str], digests: Mapping[str, str], seed: int, group_by: str | None
) -> list[_Group]:
    """Equal contents are one group; so is what the pattern calls one scene."""
    pattern = _pattern(group_by)
    joined: dict[str, str] = {}

    def head(key: str) -> str:
        while (to := joined.get(key, key)) != key:
            key = to
        return key

    for path in paths:
        if found := pattern.search(path) if pattern else None:
            scene, own = sorted(
                (head(f"scene {found.group(1 if found.re.groups else 0)}"), head(digests[path]))
            )
            joined[own] = scene
    members: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        members[head(digests[path])].append(path)
    return [
        _Group(
            stratum=class_of(folder, min(together)),
            order=hashlib.sha256(f"{seed} {key}".encode()).hexdigest(),
            paths=tuple(together),
        )
        for key, together in members.items()
    ]


def _pattern(group_by: str | None) -> re.Pattern[str] | None:
    if group_by is None:
        return None
    try:
        return re.compile(group_by)
    except re.error as error:
        raise BadInput(f"{group_by!r} is no pattern: {error}.", "Give a regular expression.") from error


def _cut(groups: Sequence[_Group], shares: Sequence[float]) -> list[list[str]]:
    """A stratum's pictures by part: cut where the count of pictures comes nearest to the shares."""
    ordered = sorted(groups, key=lambda group: group.order)
    ends = np.cumsum([0, *(len(group.paths) for group in ordered)])
    cuts = [int(np.argmin(np.abs(ends - share * ends[-1]))) for share in np.cumsum([0.0, *shares])]
    return [[path for group in ordered[a:b] for path in group.paths] for a, b in pairwise(cuts)]


def main(argv: Sequence[str] | None = None) -> int:
    """0; 2 for input that cannot be used."""
    parser = argparse.ArgumentParser(prog="ml.tools.freeze_split", description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--output", type=Path, help="write the split here, as JSON")
    parser.add_argument("--stratify", action="store_true", help="keep each class's share in every part")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--fractions", type=float, nargs=3, default=FRACTIONS, metavar=SPLITS)
    parser.add_argument("--group-by", help="pattern in the path that names the scene of a picture")
    given = parser.parse_args(argv)
    try:
        split = freeze_split(
            given.folder,
            stratify=given.stratify,
            seed=given.seed,
            fractions=given.fractions,
            group_by=given.group_by,
        )
        if given.output:
            save_split(split, given.output)
    except WorkbenchError as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps({"data_hash": split.data_hash, **{k: len(v) for k, v in split.parts.items()}}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
