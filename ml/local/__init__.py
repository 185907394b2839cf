"""Small models that run in this process; each is there where its package or its files are."""
