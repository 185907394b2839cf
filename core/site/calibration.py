"""What a company's own resets say of the model: a correction of its draws, applied at one place.

Three things that the posterior cannot know by itself are learned by replaying resets (``replay``):

- ``scale``: by how much the draws miss what came after a reset, beyond the chance of counts. It is shrunk
  to 1 where few resets tell, and never below 1: intervals are not narrowed on the word of a few.
- ``newcomer``: how much less a product sells than thought at a place that had left it out so far. It was
  left out for a reason that the sales of those that stood there do not show.
- ``recapture``: which share of what a plan gains or loses in one category the rest of the face gives back.
  The model lets products of one category divert sales from each other only; customers who want *something*
  go further. To the total of a plan that is the same as more diversion, so it is added there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.site.response import BoolArray, Effects, Layout, Response
from core.site.zones import FloatArray

ANSWER, TILT = 0.30, 0.08
"""Standard deviations before any move is seen: a third of the place's effect; log from top to bottom."""
SPACE_SD = 0.05
"""Of a product's space elasticity around its category's, as of a category's around the common one."""

RECAPTURE = (0.20, 0.17)
"""Prior mean and sd: from none to nearly half. Of those before an empty shelf 45 % take another item of the
category, the others leave or wait (Gruen, Corsten and Bharadwaj 2002); how many of them find something else
nearby, few studies say."""
NEWCOMER_SD = 0.15
RECAPTURE_RANGE = (-0.1, 0.6)
MOST_DIVERSION = 0.95


@dataclass(frozen=True)
class Calibration:
    """``newcomer`` (log) and ``recapture`` as (mean, standard deviation); ``resets`` that were replayed;
    ``answer`` and ``tilt`` of each category of the fit (see ``form``)."""

    scale: float = 1.0
    newcomer: tuple[float, float] = (0.0, 0.0)
    recapture: tuple[float, float] = RECAPTURE
    resets: int = 0
    answer: tuple[float, ...] = ()
    tilt: tuple[float, ...] = ()

    @property
    def phrase(self) -> str:
        """For the screen: what was done to the intervals."""
        if not self.resets:
            return ""
        return f"intervals checked against {self.resets} past change{'s' if self.resets != 1 else ''}"

    def applied(
        self, response: Response, new: BoolArray, layout: Layout | None, rng: np.random.Generator
    ) -> Response:
        """The response with corrected draws. ``new`` (P,): products that never stood here. ``layout``: the
        plan that stands now, whose rates stay what they are."""
        draws = self._scaled(response.draws)
        base = draws.base.copy()
        shift, sd = self.newcomer
        base[:, new] += shift + sd * rng.standard_normal((len(draws), 1))
        beyond = self.recapture[0] + self.recapture[1] * rng.standard_normal((len(draws), 1))
        added = (1.0 - draws.diversion) * np.clip(beyond, *RECAPTURE_RANGE)
        diversion = np.clip(draws.diversion + added, 0.0, MOST_DIVERSION)
        if layout is not None and len(layout.product):
            now = response.attraction(layout, replace(draws, base=base))
            inclusive = np.log(np.exp(now) @ layout.member + 1e-12)
            stands = layout.member.any(axis=0)
            keep = (diversion - draws.diversion) * (inclusive - response.reference_inclusive)
            base += np.where(stands, keep, 0.0)[:, response.category]
        draws = replace(draws, base=base, diversion=diversion)
        return replace(response, draws=self._moved(response, draws, layout, rng))

    def _moved(
        self, response: Response, draws: Effects, layout: Layout | None, rng: np.random.Generator
    ) -> Effects:
        """With random answers to place and space, which leave what a product sells as it stands now."""
        count = len(response.categories)
        effects = []
        for known, guess in ((self.answer, ANSWER), (self.tilt, TILT)):
            sd = np.full(count, guess)
            sd[: len(known)] = known
            common = rng.standard_normal((len(draws), count))[:, response.category]
            own = rng.standard_normal(draws.base.shape)
            effects.append((common + own) * np.sqrt(0.5) * sd[response.category])
        answer, tilt = effects
        slot = _usual(response, draws.slot.mean(axis=0), layout)
        height = _usual(response, response.height, layout)
        facings = np.ones(len(response.category))
        if layout is not None:
            facings[layout.product] = layout.total_facings
        space = SPACE_SD * rng.standard_normal(draws.base.shape)
        base = draws.base - answer * slot - tilt * height - space * np.log(facings)
        return replace(draws, base=base, space=draws.space + space, answer=answer, tilt=tilt)

    def _scaled(self, draws: Effects) -> Effects:
        """Draws spread by ``scale`` around their means, so that the mean of a rate stays."""
        if self.scale == 1.0:
            return draws

        def spread(values: FloatArray) -> FloatArray:
            mean = values.mean(axis=0, keepdims=True)
            return np.asarray(mean + self.scale * (values - mean))

        grown = (self.scale**2 - 1.0) / 2.0
        return replace(
            draws, base=spread(draws.base) - grown * draws.base.var(axis=0), slot=spread(draws.slot),
            space=spread(draws.space), price=np.minimum(spread(draws.price), 0.0),
            diversion=np.clip(spread(draws.diversion), 0.0, MOST_DIVERSION), neighbor=spread(draws.neighbor),
        )


def _usual(response: Response, values: FloatArray, layout: Layout | None) -> FloatArray:
    """A zone's value where each product stands, (P,): its own place, else its category's mean place, else
    the face's mean."""
    result = np.full(len(response.category), values.mean() if len(values) else 0.0)
    if layout is None or not len(layout.product):
        return result
    here = layout.weights @ values
    for group, label in ((layout.category, response.category), (layout.product, np.arange(len(result)))):
        size = int(max(group.max(), label.max())) + 1
        count = np.bincount(group, layout.facings, size)
        mean = np.bincount(group, layout.facings * here, size) / np.maximum(count, 1e-9)
        result = np.where(count[label] > 0, mean[label], result)
    return result


UNCALIBRATED = Calibration()
"""Before any reset is seen."""
