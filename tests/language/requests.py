"""A seeded log of mixed requests, as a company's day brings them, and servers that answer them more or less
well. What share of a model's answers is wrong is an assumption, written down here, not a measurement."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
from PIL import Image

from core.language import LanguageTask, Picture
from tests.language.told import CATALOG, SITES, Told, told
from tests.support.language_server import FAULTS, Reply, Sent

MIX: Mapping[str, float] = {
    "label": 0.20, "category_reasoning": 0.12, "instructions_tone": 0.08, "overview": 0.16, "audit_summary": 0.12,
    "answer_text": 0.12, "whatif_explanation": 0.08, "ask_plan": 0.05, "analysis": 0.03, "document": 0.015,
    "photo_check": 0.01, "creative": 0.015,
}
QUESTIONS = (
    "", "", "", "How did it sell?", "Why does it earn less than the one next door?", "What should we change first?",
    "Compare this month with the last one.", "Which product leads?", "How can we balance variety and revenue while stock is short?",
)
WRONG: Mapping[str, float] = {"small": 0.12, "mid": 0.04, "large": 0.01}
"""Share of a model's texts with a mistake in them."""
FAULTY = 0.03
REPEATED = 0.2
SCHEMA = {"type": "object", "properties": {"measure": {"type": "string"}, "top": {"type": "integer", "minimum": 1}},
          "required": ["measure", "top"], "additionalProperties": False}


def _noise() -> Picture:
    """A photo of about 40 KB."""
    file = io.BytesIO()
    pixels = np.random.default_rng(5).integers(0, 256, (160, 240, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(file, "JPEG", quality=88)
    return Picture(file.getvalue(), "image/jpeg")


_PICTURE = _noise()


@dataclass
class Requests:
    """``tasks`` in their order. The marker in a task's facts tells the servers what it is about."""

    tasks: list[LanguageTask]
    told: Mapping[str, Told]
    wrong: Mapping[str, Told]
    seed: int
    lock: Lock = field(default_factory=Lock)
    faults: list[str] = field(default_factory=list)

    def reply(self, tier: str, sent: Sent) -> Reply:
        """What a model of a tier answers: right, wrong or not at all, the same for the same call."""
        marker = sent.raw.split("req-")[1][:6]
        with self.lock:
            before = sum(1 for f in self.faults if f.startswith(f"{marker}/{tier}"))
            self.faults.append(f"{marker}/{tier}")
        rng = random.Random(f"{self.seed}/{marker}/{tier}/{before}")
        if rng.random() < FAULTY:
            return Reply("This will not be heard in full, it is only here to be cut.", rng.choice(FAULTS), retry_after="0.1")
        bad = rng.random() < WRONG[tier]
        if ("measure" in sent.raw and "response_format" in sent.raw) or ("output_config" in sent.raw and "json_schema" in sent.raw):
            return Reply('{"measure": "revenue"}' if bad else json.dumps({"measure": "revenue", "top": 3}), tokens_out=60)
        text = (self.wrong if bad else self.told)[marker].text
        long = "\"kind\": \"analysis\"" in sent.raw or "Analyze the whole plan" in sent.raw
        return Reply(text, tokens_out=600 if long else None)


def requests(count: int, seed: int) -> Requests:
    """``count`` requests, a fifth of them a repetition of an earlier one."""
    rng = random.Random(seed)
    tasks: list[LanguageTask] = []
    right: dict[str, Told] = {}
    wrong: dict[str, Told] = {}
    while len(tasks) < count:
        if tasks and rng.random() < REPEATED:
            tasks.append(rng.choice(tasks[-200:]))
            continue
        marker = f"{len(tasks):06d}"
        kind = rng.choices(list(MIX), list(MIX.values()))[0]
        story = told(seed * 100_000 + len(tasks))
        right[marker] = story
        wrong[marker] = told(seed * 100_000 + len(tasks), "number")
        tasks.append(_task(kind, marker, story, rng))
    return Requests(tasks, right, wrong, seed)


def _task(kind: str, marker: str, story: Told, rng: random.Random) -> LanguageTask:
    facts = {**story.data, "reference": f"req-{marker}"}
    if kind == "analysis":  # a whole planogram: every position with what it sells
        facts["positions"] = [
            {"slot": f"{chr(65 + i // 10)}{i % 10 + 1}", "product": rng.choice(CATALOG), "facings": rng.randint(1, 3),
             "units_a_day": round(rng.uniform(0.2, 14), 2), "revenue_a_day": round(rng.uniform(0.5, 40), 2)}
            for i in range(60)
        ]
    structured = kind in ("ask_plan", "document", "photo_check")
    return LanguageTask(
        kind, facts, lambda: {"measure": "revenue", "top": 1} if structured else "By rule.",
        question=rng.choice(QUESTIONS), names=(*CATALOG, *SITES), schema=SCHEMA if structured else None,
        pictures=(_PICTURE,) if kind in ("document", "photo_check") else (),
        max_tokens=900 if kind == "analysis" else 300, within_s=6.0, creative=kind == "creative",
    )
