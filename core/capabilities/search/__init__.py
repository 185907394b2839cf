"""Find products by what words mean and by how they are written, typing errors included."""

from core.capabilities.search.index import LONGEST_QUERY, Found, SearchIndex

__all__ = ["LONGEST_QUERY", "Found", "SearchIndex"]
