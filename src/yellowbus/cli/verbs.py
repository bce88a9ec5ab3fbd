"""The product's own modules, each imported when a command first names it.

Importing them needs Django, the settings and so a database; `yellowbus --help` must not wait for those.
"""

# ruff: noqa: PLC0414 (an alias says that the name is for others)

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yellowbus.config import backup as backup
    from yellowbus.config import doctor as doctor
    from yellowbus.config import environment as environment
    from yellowbus.config import start as start
    from yellowbus.connectors import registry as registry
    from yellowbus.enroll import codes as codes
    from yellowbus.enroll import organizations as organizations
    from yellowbus.enroll import registrations as registrations
    from yellowbus.enroll import schools as schools
    from yellowbus.enroll import students as students
    from yellowbus.enroll import years as years
    from yellowbus.jobs import port as port
    from yellowbus.mapping import check as check
    from yellowbus.mapping import document as document
    from yellowbus.planning import report as report
    from yellowbus.runs import archiving as archiving
    from yellowbus.runs import causes as causes
    from yellowbus.runs import decisions as decisions
    from yellowbus.runs import detail as detail
    from yellowbus.runs import differences as differences
    from yellowbus.runs import holding as holding
    from yellowbus.runs import letters as letters
    from yellowbus.runs import log as log
    from yellowbus.runs import notices as notices
    from yellowbus.runs import outstanding as outstanding
    from yellowbus.runs import purging as purging
    from yellowbus.runs import reconciling as reconciling
    from yellowbus.runs import scanning as scanning
    from yellowbus.runs import seen as seen
    from yellowbus.runs import side_by_side as side_by_side
    from yellowbus.runs import timeline as timeline
    from yellowbus.runs import told as told
    from yellowbus.runs import unknown_codes as unknown_codes
    from yellowbus.runs import waiting as waiting
    from yellowbus.runs import why as why
    from yellowbus.runs.exporting import decide as _identities
    from yellowbus.runs.exporting import order as _exports
    from yellowbus.runs.exporting import preview as _export_preview
    from yellowbus.runs.exporting import terms as _export_terms
    from yellowbus.runs.importing import drive as drive
    from yellowbus.runs.importing import order as order
    from yellowbus.runs.importing import preview as preview
    from yellowbus.runs.undoing import order as _undo_orders
    from yellowbus.runs.undoing import told as _undos
    from yellowbus.setup import assignments as assignments
    from yellowbus.setup import connections as connections
    from yellowbus.setup import drafts as drafts
    from yellowbus.setup import export_options as export_options
    from yellowbus.setup import field_codes as field_codes
    from yellowbus.setup import keyring as keyring
    from yellowbus.setup import mappings as mappings
    from yellowbus.setup import options as options
    from yellowbus.setup import people as people
    from yellowbus.setup import permissions as permissions
    from yellowbus.setup import policies as policies
    from yellowbus.setup import ready as ready
    from yellowbus.setup import registrations as _intake
    from yellowbus.setup import sandbox as sandbox
    from yellowbus.setup import schedules as schedules
    from yellowbus.setup import secrets as secrets
    from yellowbus.setup import settings as settings
    from yellowbus.setup import suggesting as suggesting

    # Modules that share their name with another one go by what they are about.
    exports, export_terms, export_preview = _exports, _export_terms, _export_preview
    undo_orders, undos = _undo_orders, _undos
    identities, intake = _identities, _intake

_WHERE = {
    "backup": "yellowbus.config.backup",
    "doctor": "yellowbus.config.doctor",
    "environment": "yellowbus.config.environment",
    "start": "yellowbus.config.start",
    "registry": "yellowbus.connectors.registry",
    "codes": "yellowbus.enroll.codes",
    "organizations": "yellowbus.enroll.organizations",
    "registrations": "yellowbus.enroll.registrations",
    "schools": "yellowbus.enroll.schools",
    "students": "yellowbus.enroll.students",
    "years": "yellowbus.enroll.years",
    "port": "yellowbus.jobs.port",
    "check": "yellowbus.mapping.check",
    "document": "yellowbus.mapping.document",
    "report": "yellowbus.planning.report",
    "archiving": "yellowbus.runs.archiving",
    "causes": "yellowbus.runs.causes",
    "decisions": "yellowbus.runs.decisions",
    "drive": "yellowbus.runs.importing.drive",
    "identities": "yellowbus.runs.exporting.decide",
    "exports": "yellowbus.runs.exporting.order",
    "export_preview": "yellowbus.runs.exporting.preview",
    "export_terms": "yellowbus.runs.exporting.terms",
    "order": "yellowbus.runs.importing.order",
    "preview": "yellowbus.runs.importing.preview",
    "detail": "yellowbus.runs.detail",
    "differences": "yellowbus.runs.differences",
    "holding": "yellowbus.runs.holding",
    "letters": "yellowbus.runs.letters",
    "log": "yellowbus.runs.log",
    "notices": "yellowbus.runs.notices",
    "outstanding": "yellowbus.runs.outstanding",
    "purging": "yellowbus.runs.purging",
    "reconciling": "yellowbus.runs.reconciling",
    "scanning": "yellowbus.runs.scanning",
    "seen": "yellowbus.runs.seen",
    "side_by_side": "yellowbus.runs.side_by_side",
    "timeline": "yellowbus.runs.timeline",
    "told": "yellowbus.runs.told",
    "undo_orders": "yellowbus.runs.undoing.order",
    "undos": "yellowbus.runs.undoing.told",
    "unknown_codes": "yellowbus.runs.unknown_codes",
    "waiting": "yellowbus.runs.waiting",
    "why": "yellowbus.runs.why",
    "assignments": "yellowbus.setup.assignments",
    "connections": "yellowbus.setup.connections",
    "drafts": "yellowbus.setup.drafts",
    "export_options": "yellowbus.setup.export_options",
    "field_codes": "yellowbus.setup.field_codes",
    "intake": "yellowbus.setup.registrations",
    "keyring": "yellowbus.setup.keyring",
    "mappings": "yellowbus.setup.mappings",
    "options": "yellowbus.setup.options",
    "people": "yellowbus.setup.people",
    "permissions": "yellowbus.setup.permissions",
    "policies": "yellowbus.setup.policies",
    "ready": "yellowbus.setup.ready",
    "sandbox": "yellowbus.setup.sandbox",
    "schedules": "yellowbus.setup.schedules",
    "secrets": "yellowbus.setup.secrets",
    "settings": "yellowbus.setup.settings",
    "suggesting": "yellowbus.setup.suggesting",
}


def __getattr__(name: str) -> ModuleType:
    if name not in _WHERE:
        raise AttributeError(name)
    return import_module(_WHERE[name])
