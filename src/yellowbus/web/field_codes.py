"""Field Codes: CSVs of how both sides keep what is a set, and of the fields a mapping can name (enroll-sync 4.5.7)."""

from collections.abc import Callable, Iterable

from django.http.response import HttpResponseBase
from django.urls import path

from yellowbus.errors import NeedsAdmin
from yellowbus.setup import field_codes
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import Actor, Permission
from yellowbus.web.connections import found
from yellowbus.web.downloads import as_csv, as_file
from yellowbus.web.page import page
from yellowbus.web.place import Request, actor_of

Rows = Iterable[tuple[str, ...]]


def _codes(side: str) -> Callable[[Actor, Connection], Rows]:
    def rows(actor: Actor, connection: Connection) -> Rows:
        for each in field_codes.field_codes(actor, connection, side):
            yield (each.side, each.set, each.code, each.label)

    return rows


def _fields(side: str) -> Callable[[Actor, Connection], Rows]:
    def rows(actor: Actor, connection: Connection) -> Rows:
        for each in field_codes.fields(actor, connection, side):
            yield (each.side, each.kind, each.group, each.name, each.label, each.type, each.codes)

    return rows


_CODES, _FIELDS = field_codes.HEADINGS, field_codes.FIELD_HEADINGS
_FILES = {
    "enroll": (_CODES, _codes(field_codes.ENROLL)),
    "sis": (_CODES, _codes(field_codes.SIS)),
    "enroll-fields": (_FIELDS, _fields(field_codes.ENROLL)),
    "sis-fields": (_FIELDS, _fields(field_codes.SIS)),
}


@page(Permission.VIEW_LOG, Permission.MANAGE_MAPPINGS)
def file(request: Request, key: int, what: str) -> HttpResponseBase:
    """One of the files. Those of the SIS are asked of it now, whole, so that what fails is a page and no half file."""
    shown = found(request.place, key)
    if what not in _FILES:
        raise NeedsAdmin("page-unknown")
    headings, rows = _FILES[what]
    return as_file(as_csv(headings, list(rows(actor_of(request), shown))), f"field-codes-{what}.csv")


urlpatterns = [path("connections/<int:key>/field-codes/<str:what>/", file, name="field-codes")]
