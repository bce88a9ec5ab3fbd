"""What a mapping makes of a few students of the SIS, field by field. Reads only, and writes nothing anywhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from yellowbus.enroll import bulk, students
from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.compile import Context, FieldTrace, compile_mapping
from yellowbus.mapping.document import from_document
from yellowbus.runs.importing.classify import kept_contacts
from yellowbus.setup import connections
from yellowbus.setup.models import Connection, MappingVersion
from yellowbus.setup.options import MOST_EXAMPLES, read_options
from yellowbus.setup.permissions import Actor, Permission


@dataclass(frozen=True, slots=True)
class Example:
    """One student of the SIS by the id that people see; no fields where the SIS does not have it."""

    key: str
    found: bool
    fields: tuple[FieldTrace, ...] = ()


def preview(
    actor: Actor, connection: Connection, kept: MappingVersion, keys: Sequence[str], *, year: int
) -> Iterator[Example]:
    """The examples in their order, each as soon as it is there. Without `keys` the Student Examples of the connection.

    Raises NeedsAdmin for no student at all, for more than five, and for a mapping that cannot work.
    """
    actor.require(Permission.VIEW_STUDENTS)
    wanted = keys or read_options(connection).examples
    if not wanted:
        raise NeedsAdmin("examples-missing")
    if len(wanted) > MOST_EXAMPLES:
        raise NeedsAdmin("too-many-examples", count=len(wanted), most=MOST_EXAMPLES)
    today = datetime.now(ZoneInfo(connection.organization.time_zone)).date()
    catalog = students.catalog_of(kept.kind, connection.instance_id)
    compiled = compile_mapping(from_document(kept.document), catalog, Context(today, year))
    with connections.opened(connection) as (connector, _):
        for key in wanted:
            record = connector.find(key, compiled.sources)
            if record is None:
                yield Example(key, found=False)
                continue
            student = compiled.district_id(record) or key
            held = bulk.held_by_key(kept.kind, connection.instance_id, [student], year=year)
            yield Example(key, found=True, fields=compiled.trace(record, kept_contacts(held.get(student))))
