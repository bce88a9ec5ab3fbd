"""`yellowbus reconcile` and `unknown-codes`: what the SIS and Enroll do not agree on, and codes nobody knows."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yellowbus.cli import verbs
from yellowbus.cli.answers import told
from yellowbus.cli.arguments import Because, ConnectionName, Direction, DirectionName, OnlyConnection
from yellowbus.cli.attention import chosen
from yellowbus.cli.command import LOOK, Session, Status, command, print_csv, table
from yellowbus.cli.following import follow
from yellowbus.planning.report import counted, reconciliation_line

if TYPE_CHECKING:
    from yellowbus.runs.differences import Line


def register(app: typer.Typer) -> None:
    command(app, "reconcile", example="yellowbus reconcile --connection PowerSchool", panel=LOOK)(reconcile)
    group = typer.Typer(no_args_is_help=True)
    command(group, "list", example="yellowbus unknown-codes list")(list_codes)
    command(group, "add", example="yellowbus unknown-codes add PowerSchool students_annual.grade 04 4")(
        add_code
    )
    app.add_typer(
        group,
        name="unknown-codes",
        help="Codes of the SIS that the mapping does not know, each once: list, add.",
        rich_help_panel=LOOK,
    )


def reconcile(
    at: Session,
    *,
    connection: OnlyConnection = "",
    left_out: Annotated[
        bool, typer.Option("--left-out", help="List whom the filter or the assignment of schools leaves out.")
    ] = False,
    dismissed: Annotated[bool, typer.Option("--dismissed", help="List what was dismissed instead.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="The list as CSV.")] = False,
    dismiss: Annotated[
        list[int] | None, typer.Option("--dismiss", help="Dismiss the difference of this number.")
    ] = None,
    take_back: Annotated[
        list[int] | None, typer.Option("--take-back", help="List the difference of this number again.")
    ] = None,
    because: Because = "",
) -> Status:
    """Compare the SIS with Enroll after the last full import: a line a school, then student by student.

    Each difference is followed from night to night, until it is gone or dismissed. Ends with 1 where something differs.
    """
    connections = chosen(connection)
    if dismiss or take_back:
        _decide(at, connections, dismiss or (), take_back or (), because=because)
        return Status.DONE
    show = verbs.differences.Show
    asked = verbs.differences.Asked(
        show.DISMISSED if dismissed else (show.LEFT_OUT if left_out else show.OPEN)
    )
    lines = list(verbs.differences.every(at.actor, connections, asked))
    if as_csv:
        print_csv(verbs.differences.CSV_HEADER, verbs.differences.cells(lines))
    else:
        _tell(at, connections, lines)
    return Status.FAILED if lines and asked.show is show.OPEN else Status.DONE


def _decide(at: Session, connections: Any, dismiss: Any, take_back: Any, *, because: str) -> None:
    count = verbs.differences.dismiss(at.actor, connections, dismiss, because=because) if dismiss else 0
    back = verbs.differences.take_back(at.actor, connections, take_back) if take_back else 0
    at.answer(
        {"dismissed": count, "taken_back": back},
        f"{counted(count, 'difference')} dismissed, {counted(back, 'difference')} listed again.",
    )


def _tell(at: Session, connections: Any, lines: "list[Line]") -> None:
    schools = [line for _, _, found in verbs.differences.schools(connections) for line in found]
    data = {
        "schools": [asdict(line) | {"unexplained": line.unexplained} for line in schools],
        "differences": [asdict(line) | {"id": line.id} for line in lines],
    }
    headings = (
        "Number",
        "Difference",
        "Id",
        "Name",
        "School",
        "SIS",
        "Enroll",
        "Since",
        "Reason",
        "Dismissed",
    )
    rows = (
        (
            line.pk, line.side.label, line.id, line.name, line.school, line.sis, line.enroll, f"{line.since:%Y-%m-%d}",
            line.why.sentence, f"{line.dismissed_by}: {line.because}" if line.dismissed_by else "",
        )
        for line in lines
    )  # fmt: skip
    at.answer(
        data, *map(reconciliation_line, schools), table(headings, rows) if lines else "Nothing differs."
    )


def list_codes(at: Session, *, connection: OnlyConnection = "") -> Status:
    """List the unknown codes of what is due, the most frequent first. Ends with 1 where there are any."""
    found = verbs.unknown_codes.unknown(at.actor, chosen(connection))
    rows = ((x.connection_name, x.kind, x.field, x.code, x.count, x.added) for x in found)
    at.answer(
        [asdict(each) | {"choices": [value for value, _ in each.choices]} for each in found],
        table(("Connection", "Kind", "Field", "SIS code", "Records", "Added as"), rows)
        if found
        else "No code is unknown.",
    )
    return Status.FAILED if found else Status.DONE


def add_code(
    at: Session,
    name: ConnectionName,
    field: Annotated[str, typer.Argument(help="The Enroll field by its catalog name.")],
    code: Annotated[str, typer.Argument(help="The code as the SIS has it.")],
    value: Annotated[str, typer.Argument(help="What it stands for in Enroll.")],
    *,
    kind: DirectionName = Direction.STUDENTS,
) -> Status:
    """Add a code to the mapping as a new version, and import again just the records that have it."""
    added = verbs.unknown_codes.add(
        at.actor, verbs.connections.find(name), kind.value, {(field, code): value}
    )
    at.say(
        f"Version {added.version.number} of the mapping knows the code of {counted(added.records, 'record')}."
    )
    if added.run is None:
        assert added.refused is not None
        raise added.refused
    return told(at, follow(at, added.run))
