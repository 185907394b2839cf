"""Questions in plain words become plans, with no language model."""
