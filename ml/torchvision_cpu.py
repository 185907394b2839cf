"""Let the registry's (CUDA-built) torchvision import beside a CPU-only torch.

torchvision's Linux x86_64 wheel links its C++ operators against libtorch_cuda.so.
With a CPU build of torch they cannot load, and torchvision >= 0.20 then dies at
import: "operator torchvision::nms does not exist".  install() puts a finder on
sys.meta_path (no torch import, microseconds); only when something imports
torchvision, and only if its C++ library does not load, it declares the two
operators that the import needs and gives nms a pure-torch CPU kernel.
"""

from __future__ import annotations

import importlib.machinery
import os
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

_keep: list[Any] = []


def _nms(dets: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
    import numpy as np
    import torch

    if dets.numel() == 0:
        return torch.empty((0,), dtype=torch.int64, device=dets.device)
    b = dets.detach().float().cpu().numpy()
    order = scores.detach().float().cpu().argsort(descending=True, stable=True).numpy()
    x1, y1, x2, y2 = b.T
    area = (x2 - x1) * (y2 - y1)
    keep = []
    while order.size:
        i = order[0]
        keep.append(i)
        r = order[1:]
        w = np.minimum(x2[i], x2[r]) - np.maximum(x1[i], x1[r])
        h = np.minimum(y2[i], y2[r]) - np.maximum(y1[i], y1[r])
        inter = w.clip(0) * h.clip(0)
        order = r[inter <= iou_threshold * (area[i] + area[r] - inter)]
    return torch.as_tensor(np.asarray(keep), dtype=torch.int64, device=dets.device)


def _declare_missing_ops(package_dir: str) -> bool:
    import torch

    try:
        torch.ops.load_library(os.path.join(package_dir, "_C.so"))
        return False  # a matching build (or a CUDA torch): leave it alone
    except (OSError, ImportError):
        pass
    if hasattr(torch.ops.torchvision, "nms"):
        return False
    lib = torch.library.Library("torchvision", "DEF")
    lib.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    lib.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    lib.impl("nms", _nms, "CPU")
    _keep.append(lib)
    return True


class _Loader:
    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self.inner.create_module(spec)

    def exec_module(self, module: Any) -> None:
        declared = _declare_missing_ops(os.path.dirname(module.__spec__.origin))
        self.inner.exec_module(module)
        if declared:
            module.ops.boxes._assert_has_ops = lambda: None


class _Finder:
    @staticmethod
    def find_spec(
        name: str, path: Any = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != "torchvision":
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)  # type: ignore[assignment]
        return spec


def install() -> None:
    """Watch for the import of torchvision from now on; a second call does nothing."""
    if "torchvision" in sys.modules or _Finder in sys.meta_path:
        return
    sys.meta_path.insert(0, _Finder)
