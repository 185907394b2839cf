"""A shelf photo against its planogram: what was seen, how it departs, and what to do about it."""
