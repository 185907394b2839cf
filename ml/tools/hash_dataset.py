"""One hash for a folder of data, so that a run can say what exactly it learned from.

    python -m ml.tools.hash_dataset ml/data/detector --output ml/data/versions/detector_v1.json
    python -m ml.tools.hash_dataset ml/data/detector --compare ml/data/versions/detector_v1.json

The hash is SHA-256 over the lines ``<SHA-256 of the file>  <path in the folder>`` in the order of the paths,
as ``sha256sum`` writes them: it depends on names and contents alone. Hidden files and what trainers leave
behind (``*.cache``) do not count. ``--compare`` ends with status 1 where anything differs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import BadInput, WorkbenchError
from ml.tools.files import data_files, read_json, write_json


@dataclass(frozen=True, slots=True)
class DatasetVersion:
    """A folder's contents: SHA-256 of each file by its path in the folder, with "/" on every system."""

    entries: Mapping[str, str]
    bytes: int = 0

    @property
    def hash(self) -> str:
        lines = "".join(f"{digest}  {path}\n" for path, digest in sorted(self.entries.items()))
        return hashlib.sha256(lines.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Difference:
    """Paths that only the newer has, that only the older has, and whose contents differ."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def hash_dataset(folder: Path) -> DatasetVersion:
    """Read every data file of a folder. Raises BadInput where there is none."""
    entries, size = {}, 0
    for path in data_files(folder):
        with path.open("rb") as file:
            entries[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
        size += path.stat().st_size
    return DatasetVersion(entries, size)


def compare(older: DatasetVersion, newer: DatasetVersion) -> Difference:
    """What has changed from one version to the next, in the order of the paths."""
    before, after = older.entries, newer.entries
    return Difference(
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        changed=tuple(sorted(p for p in after.keys() & before.keys() if after[p] != before[p])),
    )


def save_version(version: DatasetVersion, path: Path) -> None:
    """The same data give the same bytes: no time and no place is written."""
    write_json(
        path,
        {
            "hash": version.hash,
            "files": len(version.entries),
            "bytes": version.bytes,
            "entries": dict(sorted(version.entries.items())),
        },
    )


def load_version(path: Path) -> DatasetVersion:
    """Raises BadInput for a file that is no version, or whose entries do not give its hash."""
    content = read_json(path)
    entries = content.get("entries")
    if not isinstance(entries, dict) or not all(isinstance(v, str) for v in entries.values()):
        raise BadInput(f"{path} is no version of a data set.", "Write one with --output.")
    version = DatasetVersion(entries, int(content.get("bytes", 0)))
    if version.hash != content.get("hash"):
        raise BadInput(f"The entries of {path} do not give its hash.", "The file was edited; write it again.")
    return version


def main(argv: Sequence[str] | None = None) -> int:
    """0; 1 where --compare finds a difference; 2 for input that cannot be used."""
    parser = argparse.ArgumentParser(prog="ml.tools.hash_dataset", description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--output", type=Path, help="write the version here, as JSON")
    parser.add_argument("--compare", type=Path, help="an earlier version to compare with")
    given = parser.parse_args(argv)
    try:
        version = hash_dataset(given.folder)
        print(json.dumps({"hash": version.hash, "files": len(version.entries), "bytes": version.bytes}))
        difference = compare(load_version(given.compare), version) if given.compare else None
        if given.output:
            save_version(version, given.output)
    except WorkbenchError as error:
        print(error, file=sys.stderr)
        return 2
    if difference is None:
        return 0
    for sign, paths in (("+", difference.added), ("-", difference.removed), ("~", difference.changed)):
        print("".join(f"{sign} {path}\n" for path in paths), end="")
    print(
        f"{len(difference.added)} added, {len(difference.removed)} removed, {len(difference.changed)} changed"
    )
    return 1 if difference else 0


if __name__ == "__main__":
    raise SystemExit(main())
