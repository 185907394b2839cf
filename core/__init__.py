"""The engine of the planogram workbench: no screen, no web framework, no model runtime."""

import os

# A plan's matrices are small and several people work at once: a second thread only waits for a processor.
# Read once, when numpy loads its BLAS; whoever sets it otherwise keeps it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
