"""Send Record: one student goes the whole way, previewed first, logged as a test (enroll-sync 9)."""

from collections.abc import Iterator
from uuid import UUID

import msgspec

from yellowbus.connectors.base import Connector, Page
from yellowbus.errors import NeedsAdmin
from yellowbus.records import Record
from yellowbus.runs.models import Change, Run


def one_record(connector: Connector, run: Run, fields: frozenset[str]) -> Iterator[Page]:
    """The student of a Send Record as a page of one. Raises NeedsAdmin if the SIS has no such student."""
    (key,) = run.only or ("",)
    record = connector.find(key, fields)
    if record is None:
        raise NeedsAdmin("student-not-in-sis", key=key)
    yield Page([msgspec.json.encode(record, order="sorted")], _decode, bookmark="", last=True, total=1)


def _decode(raw: bytes) -> Record:
    return msgspec.json.decode(raw, type=Record)


def previewed(run: UUID) -> Change | None:
    """What the Send Record would do to its student; None if the student would be skipped."""
    return Change.objects.filter(run=run).first()
