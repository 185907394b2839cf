"""What stands where: fixtures, immutable planograms, edits and rules. No database, no screen."""
