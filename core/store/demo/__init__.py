"""The demo company: a seeded simulator with known true effects, and how it gets into the database."""
