"""Questions about the business: a typed plan, compiled to one SELECT, answered with its sources."""
