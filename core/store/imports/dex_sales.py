"""From the counters of two successive readings of a machine to what it sold between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.store.imports.dex import Counters


@dataclass(frozen=True, slots=True)
class Sold:
    """Units of a selection and what they brought, in ten-thousandths; ``was_reset``: its counters began
    anew between the two readings."""

    label: str
    units: int
    amount_e4: int
    was_reset: bool = False


def sold_between(before: Mapping[str, Counters], after: Mapping[str, Counters]) -> list[Sold]:
    """What every selection of ``after`` sold since ``before``; those that sold nothing are left out.

    A selection that ``before`` does not know has counted from 0 since.
    """
    found = [_sold(label, before.get(label, Counters(0, 0, 0, 0)), now) for label, now in after.items()]
    return [sold for sold in found if sold.units > 0]


def _sold(label: str, old: Counters, new: Counters) -> Sold:
    """The difference of the counters since initialization; where these ran backward (a new board, a cleared
    memory) what was counted since the reset. Machines that only count since a reset are read by that."""
    if new.units_init is not None and old.units_init is not None:
        units, value = _difference(
            (old.units_init, old.value_init), (new.units_init, new.value_init))
        if units >= 0 and value >= 0:
            return Sold(label, units, value)
        return Sold(label, *_since_reset(new), was_reset=True)
    if new.units_reset is None:
        return Sold(label, new.units_init or 0, new.value_init or 0)
    units, value = _difference((old.units_reset or 0, old.value_reset), (new.units_reset, new.value_reset))
    if units >= 0 and value >= 0:
        return Sold(label, units, value)
    return Sold(label, *_since_reset(new), was_reset=True)


def _difference(old: tuple[int, int | None], new: tuple[int, int | None]) -> tuple[int, int]:
    return new[0] - old[0], (new[1] or 0) - (old[1] or 0)


def _since_reset(new: Counters) -> tuple[int, int]:
    """Units and value since the reset. More than since the initialization cannot be: then that counts."""
    init = (new.units_init or 0, new.value_init or 0)
    if new.units_reset is None or (new.units_init is not None and new.units_reset > new.units_init):
        return init
    if new.value_reset is not None:
        return new.units_reset, new.value_reset
    share = new.units_reset / init[0] if init[0] else 0.0
    return new.units_reset, round(init[1] * share)
