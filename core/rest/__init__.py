"""REST: the same functions that the pages call, as JSON under ``/api``."""

from core.rest.app import create_api

__all__ = ["create_api"]
