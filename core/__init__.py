"""The engine of the planogram workbench: no screen, no web framework, no model runtime."""
