"""Every table of the workbench. Import from here, so that the metadata is always complete."""

from core.store.tables.advice import IssueAcknowledgement
from core.store.tables.audits import (
    LABEL_SOURCES,
    LABEL_STATES,
    VERDICTS,
    AuditVerdict,
    LearningItem,
    PhotoAudit,
)
from core.store.tables.base import DemoRow, Row, TenantRow, metadata, now, share_defaults
from core.store.tables.files import AuditRead, PlanogramSource
from core.store.tables.judgement import Forecast, ForecastRun, SiteForecast
from core.store.tables.language import ModelAnswer, RouterPolicy
from core.store.tables.learning import (
    AuditLog,
    Embedding,
    Experiment,
    ExperimentAssignment,
    Feedback,
    Inference,
    Prediction,
    ProductAffinity,
    ResponseFit,
    ZonePerformance,
)
from core.store.tables.life import (
    REASONS,
    PlanBatch,
    PlanBatchItem,
    PlanComment,
    PlanProof,
    PlanStep,
    PlanVariant,
)
from core.store.tables.places import ROLES, Cabinet, Company, Device, Fixture, Project, Site, Store, User
from core.store.tables.plans import STATUSES, Planogram, PlanogramPerformance, PlanogramVersion, Position
from core.store.tables.products import Category, Product, ProductAlias, ProductImage
from core.store.tables.questions import FEEDBACK_VERDICTS, QuestionFeedback, SavedQuestion
from core.store.tables.sales import DailySales, SalesImport, SalesLine, slot_code

__all__ = [
    "FEEDBACK_VERDICTS",
    "LABEL_SOURCES",
    "LABEL_STATES",
    "REASONS",
    "ROLES",
    "STATUSES",
    "VERDICTS",
    "AuditLog",
    "AuditRead",
    "AuditVerdict",
    "Cabinet",
    "Category",
    "Company",
    "DailySales",
    "DemoRow",
    "Device",
    "Embedding",
    "Experiment",
    "ExperimentAssignment",
    "Feedback",
    "Fixture",
    "Forecast",
    "ForecastRun",
    "Inference",
    "IssueAcknowledgement",
    "LearningItem",
    "ModelAnswer",
    "PhotoAudit",
    "PlanBatch",
    "PlanBatchItem",
    "PlanComment",
    "PlanProof",
    "PlanStep",
    "PlanVariant",
    "Planogram",
    "PlanogramPerformance",
    "PlanogramSource",
    "PlanogramVersion",
    "Position",
    "Prediction",
    "Product",
    "ProductAffinity",
    "ProductAlias",
    "ProductImage",
    "Project",
    "QuestionFeedback",
    "ResponseFit",
    "RouterPolicy",
    "Row",
    "SalesImport",
    "SalesLine",
    "SavedQuestion",
    "Site",
    "SiteForecast",
    "Store",
    "TenantRow",
    "User",
    "ZonePerformance",
    "metadata",
    "now",
    "slot_code",
]

for _mapper in Company._sa_registry.mappers:
    share_defaults(_mapper.class_)
