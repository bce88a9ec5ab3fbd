"""`yellowbus field-codes`."""

from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from yellowbus.cli import verbs
from yellowbus.cli.arguments import ConnectionName
from yellowbus.cli.command import SET_UP, Session, command, print_csv, table

if TYPE_CHECKING:
    from yellowbus.setup.field_codes import FieldCode


class Side(StrEnum):
    """Whose codes."""

    BOTH = "both"
    ENROLL = "enroll"
    SIS = "sis"


def register(app: typer.Typer) -> None:
    command(
        app,
        "field-codes",
        example="yellowbus field-codes PowerSchool --side sis --csv > codes.csv",
        panel=SET_UP,
    )(field_codes)


def field_codes(
    at: Session,
    name: ConnectionName,
    *,
    side: Annotated[Side, typer.Option(help="Whose codes.")] = Side.BOTH,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
) -> None:
    """List how Enroll and the SIS keep what is a set, for Match Codes and Transformations."""
    chosen = "" if side is Side.BOTH else side.value
    found = verbs.field_codes.field_codes(at.actor, verbs.connections.find(name), chosen)
    if as_csv:
        print_csv(verbs.field_codes.HEADINGS, map(_cells, found))
        return
    codes = list(found)
    at.answer([asdict(code) for code in codes], table(verbs.field_codes.HEADINGS, map(_cells, codes)))


def _cells(code: "FieldCode") -> tuple[str, ...]:
    return code.side, code.set, code.code, code.label
