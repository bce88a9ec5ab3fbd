"""Suggest mappings for a connection: what the SIS shows and what its folder knows, held against the fields left."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from functools import cache
from importlib import resources
from itertools import islice
from typing import Any

from yellowbus.connectors.base import Connector, ReadFilter
from yellowbus.connectors.registry import manifest
from yellowbus.enroll import students
from yellowbus.errors import NeedsAdmin, RecordError
from yellowbus.mapping.document import from_document
from yellowbus.mapping.suggest import Asked, Known, Source, Suggestion
from yellowbus.mapping.suggest import suggest as suggested
from yellowbus.records import Record
from yellowbus.setup import connections, examples
from yellowbus.setup.models import Connection
from yellowbus.setup.options import MOST_EXAMPLES
from yellowbus.setup.permissions import Actor, Permission

_KNOWN = ("{}.json", "known-{}.json")


def suggest(
    actor: Actor, connection: Connection, kind: str, document: dict[str, Any], *, now: datetime
) -> list[Suggestion]:
    """Suggestions for the Enroll fields that the document leaves unmapped. Nothing is changed.

    The SIS is asked for what is not known of it yet. Raises NeedsAdmin("suggest-fields-unread") where it does not tell
    its fields.
    """
    actor.require(Permission.MANAGE_MAPPINGS)
    return suggested(
        Asked(
            catalog=students.catalog_of(kind, connection.instance_id),
            sources=_sources(actor, connection, kind, now=now),
            mapping=from_document(document),
            samples=samples(actor, connection, kind, now=now),
            codes=_codes(actor, connection, now=now),
            known=known(connection.system, kind),
        )
    )


def samples(actor: Actor, connection: Connection, kind: str, *, now: datetime) -> tuple[Record, ...]:
    """The example records; of a file without Student Examples its first rows. None for who may not see students."""
    if Permission.VIEW_STUDENTS not in actor.permissions:
        return ()
    seen = examples.examples(actor, connection, kind, now=now)
    found = tuple(each.record for each in seen.found if each.record is not None)
    if found or known(connection.system, kind).mappings:
        return found
    with connections.opened(connection) as (connector, _):
        return tuple(islice(_first_records(connector, kind), MOST_EXAMPLES))


@cache
def known(system: str, kind: str) -> Known:
    """What the folder of a system knows of it: the ready mapping, then what is known beside it."""
    folder = resources.files(f"yellowbus.connectors.{system}").joinpath("ready")
    files = [folder.joinpath(name.format(kind)) for name in _KNOWN]
    documents = (json.loads(file.read_text("utf-8")) for file in files if file.is_file())
    return Known(manifest(system).label, tuple(map(from_document, documents)))


def _sources(actor: Actor, connection: Connection, kind: str, *, now: datetime) -> Sequence[Source]:
    seen = examples.fields(connection, kind, now=now)
    if seen.read_at is None:
        examples.read(actor, connection, kind, now=now)
        seen = examples.fields(connection, kind, now=now)
    if seen.trouble:
        raise NeedsAdmin("suggest-fields-unread", reason=seen.trouble.sentence, remedy=seen.trouble.remedy)
    return [
        Source(each.name, each.label, each.group, each.type, each.codes, each.contact) for each in seen.fields
    ]


def _codes(actor: Actor, connection: Connection, *, now: datetime) -> Mapping[str, list[tuple[str, str]]]:
    """The code sets of the SIS; without them those fields are left out that need them."""
    seen = examples.codes(connection, now=now)
    if seen.read_at is None:
        seen = examples.read_codes(actor, connection, now=now)
    found: dict[str, list[tuple[str, str]]] = {}
    for code in seen.codes:
        found.setdefault(code.set, []).append((code.value, code.label))
    return found


def _first_records(connector: Connector, kind: str) -> Iterator[Record]:
    pages = connector.read(kind, "", ReadFilter())
    with closing(pages):  # type: ignore[type-var]
        for page in pages:
            for raw in page.records:
                try:
                    yield page.decode(raw)
                except RecordError:
                    continue
