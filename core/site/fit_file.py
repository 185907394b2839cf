"""A fit as one .npz, without pickles: arrays by name, everything else as one JSON text."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict, fields
from typing import Any

import numpy as np

from core.errors import BadInput
from core.planogram.fixture import Fixture, Placement, Shape, TemperatureZone
from core.site.calibration import Calibration
from core.site.cells import Goods
from core.site.design import Index
from core.site.kin import Kin, Traits
from core.site.posterior import MODEL_VERSION, FleetFit, SitePosterior
from core.site.response import Layout

FORMAT = 4
COMPACT = ("gain", "root")
"""Kept in single precision: they are most of the bytes, and only spread the draws."""


def dump(fit: FleetFit) -> bytes:
    """The fit as compressed bytes."""
    arrays: dict[str, np.ndarray] = {}
    plain: dict[str, Any] = {
        "format": FORMAT, "model": MODEL_VERSION, "spread": dict(fit.spread), "strength": fit.strength,
        "widening": fit.widening, "shrinkage": fit.shrinkage,
        "goods": _split(fit.goods, "goods", arrays), "index": _split(fit.index, "index", arrays),
        "kin": _split(fit.kin, "kin", arrays), "calibration": asdict(fit.calibration),
    }
    for name in ("theta", "covariance", "season", "affinity"):
        arrays[name] = getattr(fit, name)
    plain["sites"] = [
        _split(site, f"site{k}", arrays) for k, site in enumerate(fit.posteriors.values())
    ]
    arrays["plain"] = np.array(json.dumps(plain))
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def load(data: bytes) -> FleetFit:
    """Read what ``dump`` wrote. Raises BadInput for anything else, another format included."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        plain = json.loads(str(arrays["plain"]))
        known = plain["format"] == FORMAT
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise BadInput("These bytes are not a stored fit.", "Fit the sites again.") from error
    if not known:
        raise BadInput(f"A stored fit of format {plain['format']} cannot be read.", "Fit the sites again.")
    sites = [_site(values, arrays, f"site{k}") for k, values in enumerate(plain["sites"])]
    index = plain["index"]
    return FleetFit(
        Goods(categories=tuple(plain["goods"]["categories"]), **_arrays(Goods, arrays, "goods")),
        Index(
            {name: (start, size) for name, (start, size) in index["blocks"].items()},
            arrays["index.stocked"], tuple(index["venues"]),
            {name: (row, column) for name, (row, column) in index["models"].items()}, index["categories"],
            arrays["index.patterns"], arrays["index.repriced"], arrays["index.promoted"],
        ),
        arrays["theta"], arrays["covariance"], plain["spread"], arrays["season"], arrays["affinity"],
        plain["strength"], plain["widening"], {site.site_id: site for site in sites},
        _kin(plain["kin"], arrays), plain["shrinkage"], calibration=_calibration(plain["calibration"]),
    )


def _calibration(plain: dict[str, Any]) -> Calibration:
    return Calibration(
        plain["scale"], tuple(plain["newcomer"]), tuple(plain["recapture"]), plain["resets"],
        tuple(plain["answer"]), tuple(plain["tilt"]),
    )


def _kin(plain: dict[str, Any], arrays: dict[str, np.ndarray]) -> Kin:
    traits = dict(plain.pop("landmarks"))
    landmarks = Traits(**_arrays(Traits, arrays, "kin.landmarks"), brand=tuple(traits["brand"]))
    return Kin(**plain, **_arrays(Kin, arrays, "kin"), landmarks=landmarks)


def _split(value: object, prefix: str, arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    """Put a record's arrays under ``prefix.name`` and return the rest, ready for JSON."""
    plain: dict[str, Any] = {}
    for name in (f.name for f in fields(value)):  # type: ignore[arg-type]
        item = getattr(value, name)
        if isinstance(item, np.ndarray):
            arrays[f"{prefix}.{name}"] = item.astype(np.float32) if name in COMPACT else item
        elif isinstance(item, Layout):
            _split(item, f"{prefix}.{name}", arrays)
        elif isinstance(item, Traits):
            plain[name] = _split(item, f"{prefix}.{name}", arrays)
        elif isinstance(item, Fixture):
            plain[name] = {f.name: getattr(item, f.name) for f in fields(item)}
        else:
            plain[name] = dict(item) if hasattr(item, "items") else item
    return plain


def _arrays(kind: type, arrays: dict[str, np.ndarray], prefix: str) -> dict[str, Any]:
    """The stored arrays of a record's fields."""
    stored = {f.name: arrays[f"{prefix}.{f.name}"] for f in fields(kind) if f"{prefix}.{f.name}" in arrays}
    return {name: a.astype(np.float64) if name in COMPACT else a for name, a in stored.items()}


def _site(plain: dict[str, Any], arrays: dict[str, np.ndarray], prefix: str) -> SitePosterior:
    stored = dict(plain["fixture"])
    fixture = Fixture(**{
        **stored, "row_columns": tuple(stored["row_columns"]),
        "labels": tuple(tuple(row) for row in stored["labels"]),
        "placement": Placement(stored["placement"]), "shape": Shape(stored["shape"]),
        "temperature_zone": TemperatureZone(stored["temperature_zone"]),
    })
    layout = Layout(**_arrays(Layout, arrays, f"{prefix}.layout"))
    rest = {name: value for name, value in plain.items() if name != "fixture"}
    return SitePosterior(**rest, **_arrays(SitePosterior, arrays, prefix), fixture=fixture, layout=layout)
