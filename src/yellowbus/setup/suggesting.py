"""Suggest mappings for a connection: what the SIS shows and what its folder knows, held against the fields left."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any

from yellowbus.catalog import resolve
from yellowbus.connectors.base import Connector, ReadFilter
from yellowbus.connectors.registry import Credential, manifest
from yellowbus.enroll import students
from yellowbus.errors import NeedsAdmin, RecordError
from yellowbus.mapping.document import from_document, to_document
from yellowbus.mapping.model import Mapping as FieldMapping
from yellowbus.mapping.suggest import Asked, Known, Source, Suggestion, lay
from yellowbus.mapping.suggest import suggest as suggested
from yellowbus.records import Record
from yellowbus.setup import connections, examples, ready
from yellowbus.setup.models import Connection
from yellowbus.setup.options import MOST_EXAMPLES
from yellowbus.setup.permissions import Actor, Permission


def suggest(
    actor: Actor, connection: Connection, kind: str, document: dict[str, Any], *, now: datetime
) -> list[Suggestion]:
    """Suggestions for the Enroll fields that the document leaves unmapped. Nothing is changed.

    The SIS is asked for what is not known of it yet. Raises NeedsAdmin("suggest-fields-unread") where it does not tell
    its fields.
    """
    read(actor, connection, kind, now=now)
    return suggested(
        Asked(
            catalog=students.catalog_of(kind, connection.instance_id),
            sources=_sources(connection, kind, now=now),
            mapping=from_document(document),
            samples=samples(actor, connection, kind, now=now),
            codes=_codes(connection, now=now),
            known=known(connection.system, kind, connection.settings),
        )
    )


def chosen(suggestions: Sequence[Suggestion], fields: Collection[str] | None = None) -> list[Suggestion]:
    """The suggestions for these fields, or all. Raises NeedsAdmin for a field without one."""
    offered = {each.field: each for each in suggestions}
    names = list(offered) if fields is None else [resolve(name) for name in fields]
    for name in names:
        if name not in offered:
            raise NeedsAdmin("suggestion-missing", field=name)
    return [offered[name] for name in dict.fromkeys(names)]


def laid(document: dict[str, Any], taken: Iterable[Suggestion]) -> dict[str, Any]:
    """The document with these suggestions in it."""
    return to_document(lay(from_document(document), taken))


def unread(connection: Connection, kind: str, *, now: datetime) -> bool:
    """Whether the SIS is still to be asked for something that suggestions are made from."""
    fields, codes = examples.fields(connection, kind, now=now), examples.codes(connection, now=now)
    return fields.read_at is None or codes.read_at is None


def read(actor: Actor, connection: Connection, kind: str, *, now: datetime) -> None:
    """Ask the SIS for what is not known yet. What fails is kept with its reason, and not raised."""
    actor.require(Permission.MANAGE_MAPPINGS)
    if examples.fields(connection, kind, now=now).read_at is None:
        examples.read(actor, connection, kind, now=now)
    if examples.codes(connection, now=now).read_at is None:
        examples.read_codes(actor, connection, now=now)


def samples(actor: Actor, connection: Connection, kind: str, *, now: datetime) -> tuple[Record, ...]:
    """The example records; the first rows where there are none and no ready mapping knows the fields.

    None for who may not see students.
    """
    if Permission.VIEW_STUDENTS not in actor.permissions:
        return ()
    seen = examples.examples(actor, connection, kind, now=now)
    found = tuple(each.record for each in seen.found if each.record is not None)
    if found or ready.exists(connection.system, kind):
        return found
    with connections.opened(connection) as (connector, _):
        return tuple(islice(_first_records(connector, kind), MOST_EXAMPLES))


def known(system: str, kind: str, settings: Mapping[str, str] | None = None) -> Known:
    """What the folder of a system knows of it: the ready mapping, then what is known beside it.

    There a source written as {id_column} is what the setting of this name of the connection says.
    """
    described, given = manifest(system), settings or {}
    boxes = {f"{{{box.name}}}": box for box in described.credentials if not box.secret}
    named = {given[box.name]: box.label for box in boxes.values() if given.get(box.name)}
    found = (_document(system, name) for name in (kind, f"known-{kind}"))
    mappings = [_filled(mapping, boxes, given) for mapping in found if mapping is not None]
    return Known(described.label, tuple(mappings), named)


def _filled(mapping: FieldMapping, boxes: Mapping[str, Credential], given: Mapping[str, str]) -> FieldMapping:
    def filled(source: str | None) -> str | None:
        return given.get(boxes[source].name) if source and source in boxes else source

    rules = (replace(rule, source=filled(rule.source)) for rule in mapping.rules)
    return replace(mapping, rules=tuple(rules))


@cache
def _document(system: str, name: str) -> FieldMapping | None:
    file = ready.file_of(system, name)
    return from_document(json.loads(file.read_text("utf-8"))) if file.is_file() else None


def _sources(connection: Connection, kind: str, *, now: datetime) -> Sequence[Source]:
    seen = examples.fields(connection, kind, now=now)
    if seen.trouble:
        raise NeedsAdmin("suggest-fields-unread", reason=seen.trouble.sentence, remedy=seen.trouble.remedy)
    return [
        Source(each.name, each.label, each.group, each.type, each.codes, each.contact) for each in seen.fields
    ]


def _codes(connection: Connection, *, now: datetime) -> Mapping[str, list[tuple[str, str]]]:
    """The code sets of the SIS; without them those fields are left out that need them."""
    seen = examples.codes(connection, now=now)
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
