"""`yellowbus due`, `reviews` and `decide`: what waits for a person."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yellowbus.cli import verbs
from yellowbus.cli.arguments import ConnectionName, Kind, KindName
from yellowbus.cli.command import LOOK, Session, command, table
from yellowbus.planning.report import counted

if TYPE_CHECKING:
    from yellowbus.runs.side_by_side import Card, Side
    from yellowbus.setup.models import Connection

_CONNECTION = Annotated[str, typer.Option("--connection", help="Only of this connection.")]


def register(app: typer.Typer) -> None:
    due = typer.Typer(no_args_is_help=True)
    command(due, "list", example="yellowbus due list --connection PowerSchool")(list_due)
    command(due, "dismiss", example="yellowbus due dismiss PowerSchool 200003")(dismiss)
    app.add_typer(
        due,
        name="due",
        help="Records that stay due until they succeed or are dismissed: list, dismiss.",
        rich_help_panel=LOOK,
    )
    reviews = typer.Typer(no_args_is_help=True)
    command(reviews, "list", example="yellowbus reviews list")(list_reviews)
    command(reviews, "take-back", example="yellowbus reviews take-back PowerSchool 200003")(take_back)
    app.add_typer(
        reviews,
        name="reviews",
        help="Records that wait for a person to match them: list, take-back.",
        rich_help_panel=LOOK,
    )
    command(app, "decide", example="yellowbus decide PowerSchool 200003 --student 4711", panel=LOOK)(decide)


def _chosen(name: str) -> "list[Connection]":
    return [verbs.connections.find(name)] if name else verbs.connections.every()


def list_due(
    at: Session,
    *,
    connection: _CONNECTION = "",
    dismissed: Annotated[bool, typer.Option("--dismissed", help="List what was dismissed instead.")] = False,
) -> None:
    """List what is due, the oldest first, with its reason."""
    lines = verbs.outstanding.due(_chosen(connection), dismissed=dismissed)
    if at.json:
        at.stream(asdict(line) for line in lines)
        return
    cells = (
        (x.connection, x.kind, x.key, x.outcome, f"{x.since:%Y-%m-%d}", x.sentence, x.remedy) for x in lines
    )
    at.answer(None, table(("Connection", "Kind", "Id", "Outcome", "Since", "Reason", "What to do"), cells))


def dismiss(
    at: Session,
    name: ConnectionName,
    keys: Annotated[
        list[str], typer.Argument(metavar="ID...", help="Student ids or School Codes that are due.")
    ],
    *,
    kind: KindName = Kind.STUDENTS,
) -> None:
    """Say that records need no attention as they are. One comes back when its reason changes."""
    count = verbs.outstanding.dismiss(at.actor, verbs.connections.find(name), keys, kind=kind.value)
    at.answer({"dismissed": count}, f"{counted(count, 'record')} dismissed.")


def list_reviews(at: Session, *, connection: _CONNECTION = "") -> None:
    """List records that may be students Enroll knows, with those students, the likeliest first, and the reasons."""
    found = [
        (each, card)
        for each in _chosen(connection)
        for card in verbs.side_by_side.cards(each, verbs.decisions.waiting(each))
    ]
    rows = [
        (each.name, card.key, card.review.school, who.student, who.district_id, who.name, _reasons(who))
        for each, card in found
        for who in card.sides
    ]
    headings = ("Connection", "Id", "School", "Student", "Its id", "Its name", "Reasons and their weight")
    at.answer([_as_data(each.name, card) for each, card in found], table(headings, rows))


def _reasons(side: "Side") -> str:
    """The sum, and each reason with what it adds or takes."""
    return f"{side.weight}: " + "; ".join(f"{reason.words} {reason.weight:+}" for reason in side.reasons)


def _as_data(connection: str, card: "Card") -> dict[str, Any]:
    return {
        "connection": connection,
        "key": card.key,
        "school": card.review.school,
        "run": str(card.review.run),
        "remedy": card.why.remedy,
        "decided": card.decided is not None,
        "candidates": [
            {
                "student": side.student,
                "district_id": side.district_id,
                "name": side.name,
                "reason": side.why.sentence,
                "weight": side.weight,
                "reasons": [asdict(reason) for reason in side.reasons],
            }
            for side in card.sides
        ],
    }


def take_back(
    at: Session,
    name: ConnectionName,
    key: Annotated[str, typer.Argument(metavar="ID", help="The id of the record in the SIS.")],
) -> None:
    """Forget what was said of a record: the next run asks again. What an import did by it stays."""
    verbs.decisions.take_back(at.actor, verbs.connections.find(name), key)
    at.answer({"key": key}, f"Nothing is said of {key} any more.")


def decide(
    at: Session,
    name: ConnectionName,
    key: Annotated[str, typer.Argument(metavar="ID", help="The id of the record in the SIS.")],
    *,
    student: Annotated[int | None, typer.Option(help="It is this student (students.id of Enroll).")] = None,
    new: Annotated[bool, typer.Option("--new", help="It is nobody whom Enroll knows.")] = False,
) -> None:
    """Say who a record is. The decision is kept, and the next run goes by it."""
    if (student is not None) is new:
        raise typer.BadParameter("Say --student N or --new.")
    verbs.decisions.decide(at.actor, verbs.connections.find(name), key, student)
    who = f"student {student}" if student is not None else "a new student"
    at.answer({"key": key, "student": student}, f"{key} is {who} from the next run on.")
