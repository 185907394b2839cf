"""The best layout of a plan under goals, locks and limits, with its proof."""

from core.capabilities.optimize.best import Goals, Lock, Optimized, Step, Wishes, optimize

__all__ = ["Goals", "Lock", "Optimized", "Step", "Wishes", "optimize"]
