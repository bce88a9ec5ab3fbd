"""`yellowbus field-codes`."""

import sys
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer

from yellowbus.cli import verbs
from yellowbus.cli.arguments import ConnectionName
from yellowbus.cli.command import SET_UP, Session, command, table


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
        sys.stdout.writelines(verbs.field_codes.codes_csv(found))
        return
    codes = list(found)
    rows = [(code.side, code.set, code.code, code.label) for code in codes]
    at.answer([asdict(code) for code in codes], table(verbs.field_codes.HEADINGS, rows))
