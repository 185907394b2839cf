"""The pages: read input, call the workbench, show. No SQL, no arithmetic, no access rule."""
