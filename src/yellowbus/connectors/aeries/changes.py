"""Who changed since a moment, as Aeries remembers it (aeries dossier 5, "Data-change use")."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from yellowbus.connectors.aeries import endpoints, wire
from yellowbus.connectors.aeries.server import Server

OVERLAP: Final = timedelta(minutes=15)
AREAS: Final = ("student", "contact", "program")


def changed(server: Server, since: datetime) -> frozenset[str]:
    """The StudentIDs of whoever changed since `since`, with an overlap, as the clocks of two servers differ.

    Aeries names no deletions, so this shortens a night and never replaces the full read.
    """
    at = _local(server, since - OVERLAP)
    return frozenset(student for area in AREAS for student in _of(server, area, at))


def _of(server: Server, area: str, at: datetime) -> Iterator[str]:
    for raw in server.rows(endpoints.CHANGES.format(area=area, at=at), area=endpoints.STUDENT_DATA):
        student = wire.number(wire.parsed(raw) or {}, "StudentID")
        if student is not None:
            yield student


def _local(server: Server, moment: datetime) -> datetime:
    """`moment` by the clock of the server, which is what the address is read by. A naive answer is taken as UTC."""
    told = server.info().now
    # Aeries writes seven digits of a second; Python 3.11 reads six.
    whole = told[:19] + told[27:] if len(told) > 27 else told[:19]
    try:
        zone = datetime.fromisoformat(whole).tzinfo
    except ValueError:
        zone = None
    return moment.astimezone(zone or moment.tzinfo)
