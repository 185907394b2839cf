"""What ``choose`` found out about a fleet, kept apart from its forecasts so that it can be stored."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from core.errors import BadInput
from core.forecast.panel import FloatArray

FORECAST_VERSION = "2"
"""Of the forecasting model: changes whenever its figures do."""


@dataclass(frozen=True, eq=False)
class Pool:
    """Methods and how far each is trusted, and how wide forecasts are, by class of series.

    ``methods`` M names · ``classes`` C names · ``weights`` (C, M), not negative, rows add up to 1 ·
    ``noise``, ``drift`` (C,): variance of a step's count over its mean; relative variance of the level over
    a horizon beyond what the counts behind it explain, which is ``sampling`` ÷ those counts ·
    ``day_shock``, ``product_shock``, ``fleet_shock``, ``tail``, ``site_error``, ``product_error``,
    ``fleet_error``: as Forecast's, one figure each · ``power``: how far a site's own total scales its
    products, ``boost``: how far trees are let in, 0–1 · ``version`` of the model.
    """

    methods: Sequence[str]
    classes: Sequence[str]
    weights: FloatArray
    noise: FloatArray
    drift: FloatArray
    sampling: float
    day_shock: float
    fleet_shock: float
    site_error: float
    product_error: float
    fleet_error: float
    product_shock: float = 0.0
    tail: float = 0.0
    power: float = 0.5
    boost: float = 0.0
    version: str = FORECAST_VERSION

    def to_bytes(self) -> bytes:
        """As one ``.npz`` without pickled objects."""
        file = io.BytesIO()
        arrays = {f.name: np.asarray(getattr(self, f.name)) for f in fields(self)}
        np.savez_compressed(file, allow_pickle=False, **arrays)
        return file.getvalue()

    @staticmethod
    def from_bytes(data: bytes) -> Pool:
        """Raises BadInput where the bytes are no pool of this version."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                found = {name: file[name] for name in file.files}
            version = str(found["version"])
        except (ValueError, OSError, KeyError, EOFError) as error:
            raise BadInput("These bytes are no kept choice of forecasts.", "Choose again.") from error
        if version != FORECAST_VERSION:
            raise BadInput(
                f"The choice was kept by version {version}, this is {FORECAST_VERSION}.", "Choose again."
            )
        values = {
            name: a.tolist() if a.ndim == 0 or a.dtype.kind == "U" else a for name, a in found.items()
        }
        return Pool(**values)
