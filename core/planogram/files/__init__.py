"""Planograms as files and back: ``write(plan, products, …) -> bytes`` and ``read(bytes) -> PlanFile``."""
