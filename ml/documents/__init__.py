"""Planograms on paper: PDF, scans, photos and spreadsheets read into ``core.paper`` values."""
