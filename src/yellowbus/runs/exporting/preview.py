"""What an export mapping makes of a few registrations, field by field. Writes nothing; the SIS says what it takes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from yellowbus.enroll import registrations
from yellowbus.enroll.registrations import Form
from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.compile import Context, FieldTrace, compile_mapping
from yellowbus.mapping.document import from_document
from yellowbus.records import Record
from yellowbus.runs.exporting.targets import Targets
from yellowbus.setup import connections
from yellowbus.setup.models import Connection, MappingVersion
from yellowbus.setup.options import MOST_EXAMPLES
from yellowbus.setup.permissions import Actor, Permission
from yellowbus.setup.writable import writer_of


@dataclass(frozen=True, slots=True)
class Example:
    """One registration by an id of either kind: its own, or the district id of its student. No form where none has it."""

    key: str
    form: Form | None = None
    fields: tuple[FieldTrace, ...] = field(default=(), repr=False)

    @property
    def found(self) -> bool:
        return self.form is not None

    @property
    def name(self) -> str:
        return self.form.name if self.form else ""


def preview(
    actor: Actor, connection: Connection, kept: MappingVersion, keys: Sequence[str], *, year: int
) -> Iterator[Example]:
    """The examples in their order. Raises NeedsAdmin for none, for more than five, and for a mapping that cannot work."""
    actor.require(Permission.VIEW_REGISTRATIONS)
    if not keys:
        raise NeedsAdmin("examples-missing")
    if len(keys) > MOST_EXAMPLES:
        raise NeedsAdmin("too-many-examples", count=len(keys), most=MOST_EXAMPLES)
    with connections.opened(connection) as (connector, _):
        targets = Targets.of(writer_of(connector, connection).targets())
    today = datetime.now(ZoneInfo(connection.organization.time_zone)).date()
    compiled = compile_mapping(from_document(kept.document), targets.catalog, Context(today, year))
    for key in keys:
        form = registrations.find_any(connection.instance_id, key, year)
        traces = compiled.trace(Record(form.values)) if form else ()
        yield Example(key, form, traces)
