"""What Configure Mapping shows of the SIS: its fields, its codes, and the example records, read once and kept a while.

A page only looks, which never asks the SIS; `read` and `read_codes` ask it. What could not be read is kept for a few
minutes with its reason, so that a page says why and does not ask over and over. Example records are personal: they are
encrypted and gone after an hour (`glimpses`).
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction

from yellowbus.connectors.base import Code, Connector, ReadFilter, SourceField
from yellowbus.errors import YellowbusError
from yellowbus.records import Record
from yellowbus.setup import connections, glimpses
from yellowbus.setup.models import Connection
from yellowbus.setup.options import MOST_EXAMPLES, read_options
from yellowbus.setup.permissions import Actor, Permission

EXAMPLES_LAST = timedelta(minutes=60)
LISTS_LAST = timedelta(days=1)
TROUBLE_LASTS = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something could not be read, in the words of the error."""

    code: str
    sentence: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Example:
    """One example by the id that people see. `record` is None where the SIS has no such one, or `trouble` says why."""

    key: str
    record: Record | None = None
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Fields:
    """The source fields of one kind of record; none where `trouble` says why."""

    fields: tuple[SourceField, ...] = ()
    trouble: Trouble | None = None
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Examples:
    """The examples in their order. `read_at` is None before they were read, and again when their time is over."""

    found: tuple[Example, ...] = ()
    trouble: Trouble | None = None
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Codes:
    """The code sets of the SIS."""

    codes: tuple[Code, ...] = ()
    trouble: Trouble | None = None
    read_at: datetime | None = None


def fields(connection: Connection, kind: str, *, now: datetime) -> Fields:
    """The source fields as last read. Nothing is asked."""
    seen = glimpses.recall(connection, f"fields/{kind}", Fields, now=now)
    return Fields(seen.value.fields, seen.value.trouble, seen.read_at) if seen else Fields()


def examples(actor: Actor, connection: Connection, kind: str, *, now: datetime) -> Examples:
    """The examples as last read; not read where the Student Examples are others by now. Nothing is asked."""
    actor.require(Permission.VIEW_STUDENTS)
    seen = glimpses.recall(connection, f"examples/{kind}", Examples, now=now)
    if seen is None or (not seen.value.trouble and not _are_wanted(connection, kind, seen.value)):
        return Examples()
    return Examples(seen.value.found, seen.value.trouble, seen.read_at)


def codes(connection: Connection, *, now: datetime) -> Codes:
    """The code sets as last read. Nothing is asked."""
    seen = glimpses.recall(connection, "codes", Codes, now=now)
    return Codes(seen.value.codes, seen.value.trouble, seen.read_at) if seen else Codes()


def wanted(connection: Connection, kind: str) -> tuple[str, ...]:
    """The Student Examples. Of schools the first ones are taken, which need not be named."""
    return read_options(connection).examples if kind == "students" else ()


def read(actor: Actor, connection: Connection, kind: str, *, now: datetime) -> None:
    """Ask the SIS for its fields and the examples, and keep both. What fails is kept with its reason, and not raised."""
    actor.require(Permission.MANAGE_MAPPINGS)
    actor.require(Permission.VIEW_STUDENTS)
    try:
        with connections.opened(connection) as (connector, _):
            found = Fields(tuple(connector.fields(kind)))
            shown = Examples(tuple(_read_examples(connector, connection, kind)))
    except YellowbusError as error:
        found, shown = Fields(trouble=_trouble(error)), Examples(trouble=_trouble(error))
    with transaction.atomic():
        _keep(connection, f"fields/{kind}", found, now=now, lasts=LISTS_LAST)
        _keep(connection, f"examples/{kind}", shown, now=now, lasts=EXAMPLES_LAST)


def read_codes(actor: Actor, connection: Connection, *, now: datetime) -> Codes:
    """Ask the SIS for its code sets, and keep them. What fails is kept with its reason, and not raised."""
    actor.require(Permission.MANAGE_MAPPINGS)
    try:
        with connections.opened(connection) as (connector, _):
            found = Codes(tuple(connector.codes()))
    except YellowbusError as error:
        found = Codes(trouble=_trouble(error))
    _keep(connection, "codes", found, now=now, lasts=LISTS_LAST)
    return Codes(found.codes, found.trouble, now)


def _keep(
    connection: Connection, name: str, found: Fields | Examples | Codes, *, now: datetime, lasts: timedelta
) -> None:
    glimpses.keep(connection, name, found, now=now, lasts=TROUBLE_LASTS if found.trouble else lasts)


def _read_examples(connector: Connector, connection: Connection, kind: str) -> Iterator[Example]:
    if kind == "schools":
        yield from _first_schools(connector)
        return
    for key in wanted(connection, kind):
        yield _one(key, lambda key=key: connector.find(key))  # type: ignore[misc]


def _one(key: str, find: Callable[[], Record | None]) -> Example:
    """One that cannot be read does not keep the others from being shown."""
    try:
        return Example(key, find())
    except YellowbusError as error:
        return Example(key, trouble=_trouble(error))


def _first_schools(connector: Connector) -> Iterator[Example]:
    pages = connector.read("schools", "", ReadFilter())
    with closing(pages):  # type: ignore[type-var]
        raw = ((page, each) for page in pages for each in page.records)
        for number, (page, each) in enumerate(islice(raw, MOST_EXAMPLES), 1):
            yield _one(str(number), lambda page=page, each=each: page.decode(each))  # type: ignore[misc]


def _are_wanted(connection: Connection, kind: str, seen: Examples) -> bool:
    return kind != "students" or tuple(each.key for each in seen.found) == wanted(connection, kind)


def _trouble(error: YellowbusError) -> Trouble:
    return Trouble(error.code, error.sentence, error.remedy)
