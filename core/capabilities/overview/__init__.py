"""A plan in numbers and in words: how its space is used, how it compares, and what would make it better."""

from core.capabilities.overview.summary import Overview, overview

__all__ = ["Overview", "overview"]
