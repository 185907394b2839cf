"""A plan → one SELECT with bound parameters, every table with its company."""

from core.ask.query.columns import Column, Role
from core.ask.query.compile import Compiled, compile_plan
from core.ask.query.when import When

__all__ = ["Column", "Compiled", "Role", "When", "compile_plan"]
