"""A planogram as a space-planning file (.psa), the text format that such programs exchange.

What the format has no column for (selection labels, stock, locks, rule set) is kept in the last free text
of the planogram (``desc_50``) and of each position (``desc_30``), so that write then read gives the same
plan. A file of another program is read as a free shelf; written again with its own text as ``source``, rows
and cells that nobody here knows stay as they were.
"""

from core.planogram.files.psa_read import read, read_all
from core.planogram.files.psa_write import write

__all__ = ["read", "read_all", "write"]
