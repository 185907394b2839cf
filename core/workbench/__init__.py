"""The door: for this user, may they; load planogram and site; call the capability; record the rest.

Pages and REST routes call this class and nothing below it.
"""

from core.workbench.data import DataDoor
from core.workbench.demand import DemandDoor
from core.workbench.estimates import EstimatesDoor
from core.workbench.files import FilesDoor
from core.workbench.fix_lists import FixListsDoor
from core.workbench.language import LanguageDoor
from core.workbench.life import LifeDoor
from core.workbench.many import ManyDoor
from core.workbench.model_use import ModelUseDoor
from core.workbench.opinions import OpinionsDoor
from core.workbench.optimize import OptimizeDoor
from core.workbench.papers import PapersDoor
from core.workbench.products import ProductsDoor
from core.workbench.samples import SamplesDoor
from core.workbench.tiles import TilesDoor
from core.workbench.writing import WritingDoor

__all__ = ["Workbench"]


class Workbench(
    FilesDoor, LifeDoor, PapersDoor, ManyDoor, ProductsDoor, OptimizeDoor, WritingDoor, EstimatesDoor,
    DemandDoor, FixListsDoor, OpinionsDoor, SamplesDoor, TilesDoor, LanguageDoor, ModelUseDoor, DataDoor,
):
    """Everything one user can do, as one object."""
