"""Small models where they are installed: what is said, how remarks feel, what offends, and files that were changed."""

from __future__ import annotations

import io
import json
import wave
from pathlib import Path

import numpy as np
import pytest

from core.errors import BadInput, WorkbenchError
from ml.local import cards, feeling, offense, speech
from ml.local.feeling import Vader
from ml.local.offense import ProfanityCheck
from ml.local.speech import RATE, Whisper, read_wav
from ml.second_look import SecondLook

SPOKEN = Path(__file__).parent / "spoken.wav"
"""“Which ten products sold best last month?”, by a speech synthesizer."""
needs_speech = pytest.mark.skipif(not speech.installed(), reason="no speech model is installed")
needs_vader = pytest.mark.skipif(not feeling.installed(), reason="VADER is not installed")
needs_offense = pytest.mark.skipif(not offense.installed(), reason="alt-profanity-check is not installed")


def wav(samples: np.ndarray, rate: int = RATE, width: int = 2, channels: int = 1) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(width)
        out.setframerate(rate)
        out.writeframes(samples.tobytes())
    return file.getvalue()


@needs_speech
def test_a_spoken_question_is_heard() -> None:
    """Its telling words; the confidence is a share."""
    heard = Whisper().transcribe(SPOKEN.read_bytes())
    assert "sold best last month" in heard.text.lower()
    assert 0.3 < heard.confidence <= 1.0
    assert heard.seconds == pytest.approx(3.34, abs=0.05)


@needs_speech
def test_silence_and_noise_say_nothing() -> None:
    """No words are made up."""
    model = Whisper()
    noise = (1500 * np.random.default_rng(3).standard_normal(2 * RATE)).astype("<i2")
    assert model.transcribe(wav(np.zeros(RATE, "<i2"))).text == ""
    assert model.transcribe(wav(noise)).text == ""


@pytest.mark.parametrize("data", [b"", b"RIFF", b"\x00" * 400, b"ID3" + b"\x01" * 200])
def test_what_is_no_sound_is_refused(data: bytes) -> None:
    """With one sentence."""
    with pytest.raises(BadInput):
        read_wav(data)


def test_a_sound_that_is_too_long_or_too_large_is_refused() -> None:
    """Before anything computes on it."""
    with pytest.raises(BadInput, match="lasts 61 s"):
        read_wav(wav(np.zeros(61 * 8000, np.uint8), 8000, 1))
    with pytest.raises(BadInput, match="MB"):
        read_wav(b"RIFF" + bytes(9_000_000))


@pytest.mark.parametrize(("width", "scale", "kind"), [(1, 127, np.uint8), (2, 32767, "<i2"), (4, 2**31 - 1, "<i4")])
def test_every_width_of_samples_is_the_same_sound(width: int, scale: int, kind: object) -> None:
    """A tone of half the full scale at 8 kHz, two channels, is one channel at 16 kHz."""
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(8000) / 8000)
    both = np.repeat(tone * scale + (128 if width == 1 else 0), 2).astype(kind)
    found = read_wav(wav(both, 8000, width, 2))
    assert len(found) == RATE
    assert float(np.abs(found[100:-100]).max()) == pytest.approx(0.5, abs=0.02)


def test_samples_of_three_bytes_keep_their_sign() -> None:
    """Little end first."""
    raw = np.frombuffer(b"\x00\x00\x40\x00\x00\xc0", np.uint8)
    assert read_wav(wav(raw, RATE, 3)) == pytest.approx([0.5, -0.5])


@needs_vader
def test_remarks_feel_for_or_against() -> None:
    """A plain one neither."""
    good, bad, plain = Vader().scores(["Great, that helped a lot", "This is wrong and useless", "It sold 4 units"])
    assert good > 0.4
    assert bad < -0.4
    assert abs(plain) < 0.2


@needs_offense
def test_an_insult_is_rejected_and_a_product_that_sounds_like_one_is_not() -> None:
    """Names are taken out first."""
    look = SecondLook(ProfanityCheck())
    right = "Dick's Hot Sauce is missing at B3, which loses $4.20 a day."
    assert look.offense(right, ["Dick's Hot Sauce"]) == ""
    assert look.offense(f"{right} Whoever built this is a fucking idiot.", ["Dick's Hot Sauce"])
    assert look.offense("", ["x"]) == ""


def test_a_file_that_is_not_its_cards_is_never_opened(tmp_path: Path) -> None:
    """Changed, missing, or with a card that points elsewhere."""
    for name in ("model.joblib", "vectorizer.joblib"):
        (tmp_path / name).write_bytes(b"not the model")
    with pytest.raises(WorkbenchError, match="not the file that its card describes"):
        cards.verify("alt-profanity-check", tmp_path)
    (tmp_path / "model.joblib").unlink()
    with pytest.raises(WorkbenchError, match="missing"):
        cards.verify("alt-profanity-check", tmp_path)
    (tmp_path / cards.CARD).write_text(json.dumps({"sha256": {"../elsewhere": "0"}}))
    with pytest.raises(WorkbenchError, match="elsewhere"):
        cards.verify("my own", tmp_path)


def test_a_folder_with_its_own_card_is_held_to_it(tmp_path: Path) -> None:
    """And found changed when the file changes."""
    (tmp_path / "model.onnx").write_bytes(b"abc")
    code = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    (tmp_path / cards.CARD).write_text(json.dumps({"sha256": {"model.onnx": code}}))
    cards.verify("my own", tmp_path)
    (tmp_path / "model.onnx").write_bytes(b"abcd")
    with pytest.raises(WorkbenchError):
        cards.verify("my own", tmp_path)


def test_a_small_model_that_fails_loses_no_text() -> None:
    """The text is judged without it."""
    class Broken:
        name = "broken"

        def prepare(self) -> None:
            raise WorkbenchError("It is gone.", "Bring it back.")

        def scores(self, *_asked: object) -> list[float]:
            raise WorkbenchError("It is gone.", "Bring it back.")

    look = SecondLook(Broken(), Broken())  # type: ignore[arg-type]
    look.prepare()
    assert look.offense("Fine.", ()) == ""
    assert look.quality(0.9, "why?", "Fine.") == 0.9
