"""Field Codes: how both sides keep what is a set, for whoever writes Match Codes (enroll-sync 4.5.7, 8.1)."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from yellowbus.enroll import codes
from yellowbus.setup import connections
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import Actor, Permission

ENROLL, SIS = "enroll", "sis"
HEADINGS = ("Side", "Set", "Code", "Label")


@dataclass(frozen=True, slots=True)
class FieldCode:
    """One code. `side` is ENROLL or SIS."""

    side: str
    set: str
    code: str
    label: str


def field_codes(actor: Actor, connection: Connection, side: str = "") -> Iterator[FieldCode]:
    """The codes of one side, or of both, Enroll first. Those of the SIS are asked of it now."""
    actor.require(Permission.MANAGE_MAPPINGS)
    if side in ("", ENROLL):
        for known in codes.every(connection.instance_id):
            yield FieldCode(ENROLL, known.set, known.value, known.label)
    if side in ("", SIS):
        with connections.opened(connection) as (connector, _):
            for code in connector.codes():
                yield FieldCode(SIS, code.set, code.value, code.label)


class _Echo:
    def write(self, text: str) -> str:
        return text


def codes_csv(found: Iterable[FieldCode]) -> Iterator[str]:
    """The codes as CSV, line by line, with headings."""
    row = csv.writer(_Echo(), lineterminator="\n").writerow
    yield str(row(HEADINGS))
    for code in found:
        yield str(row((code.side, code.set, code.code, code.label)))
