"""Forecasts of demand for whole fleets at once: arrays in, distributions out; no database, no screen."""
