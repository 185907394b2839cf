"""What can be asked of a planogram and a site: each capability one function with its own result."""
