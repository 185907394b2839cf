"""Alembic revisions of the schema and the code that runs them."""
