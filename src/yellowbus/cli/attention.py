"""`yellowbus due`, `reviews` and `decide`: what waits for a person."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yellowbus.cli import verbs
from yellowbus.cli.arguments import Because, ConnectionName, Kind, KindName, OnlyConnection
from yellowbus.cli.command import LOOK, Session, command, table
from yellowbus.planning.report import counted

if TYPE_CHECKING:
    from yellowbus.runs.side_by_side import Card, Side
    from yellowbus.setup.models import Connection


def register(app: typer.Typer) -> None:
    due = typer.Typer(no_args_is_help=True)
    command(due, "list", example="yellowbus due list --connection PowerSchool")(list_due)
    command(due, "dismiss", example="yellowbus due dismiss PowerSchool 200003")(dismiss)
    command(due, "causes", example="yellowbus due causes --connection PowerSchool")(list_causes)
    command(
        due, "dismiss-cause", example="yellowbus due dismiss-cause 3f2a91c4 --because 'The school knows'"
    )(dismiss_cause)
    command(due, "take-back", example="yellowbus due take-back 12")(take_back_dismissal)
    app.add_typer(
        due,
        name="due",
        help="What is due until it succeeds or is dismissed: list, dismiss, causes, dismiss-cause, take-back.",
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


def chosen(name: str) -> "list[Connection]":
    return [verbs.connections.find(name)] if name else verbs.connections.every()


def list_due(
    at: Session,
    *,
    connection: OnlyConnection = "",
    dismissed: Annotated[bool, typer.Option("--dismissed", help="List what was dismissed instead.")] = False,
) -> None:
    """List what is due, the oldest first, with its reason."""
    lines = verbs.outstanding.due(chosen(connection), dismissed=dismissed)
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
    because: Because = "",
) -> None:
    """Say that records need no attention as they are. One comes back when its reason changes."""
    count = verbs.outstanding.dismiss(
        at.actor, verbs.connections.find(name), keys, kind=kind.value, because=because
    )
    at.answer({"dismissed": count}, f"{counted(count, 'record')} dismissed.")


def list_causes(
    at: Session,
    *,
    connection: OnlyConnection = "",
    dismissed: Annotated[bool, typer.Option("--dismissed", help="List what was dismissed instead.")] = False,
) -> None:
    """List what is due by cause, in the order to mend it; whole runs that failed or wait come first."""
    connections = chosen(connection)
    if dismissed:
        groups = verbs.waiting.dismissed(connections)
        cells = ((x.key, x.connection_name, x.count, x.by, x.because) for x in groups)
        at.answer(
            [asdict(group) for group in groups],
            table(("Number", "Connection", "Records", "Dismissed by", "Because"), cells),
        )
        return
    stopped, causes = verbs.waiting.stopped(connections), verbs.waiting.causes(connections)
    rows = ((x.key[:8], x.connection_name, x.kind, x.count, x.alone, x.sentence, x.remedy) for x in causes)
    headings = ("Id", "Connection", "Kind", "Records", "Freed", "Cause", "What to do")
    at.answer(
        {"runs": [asdict(each) for each in stopped], "causes": [asdict(each) for each in causes]},
        *(f"{x.connection_name}, {x.kind}: {x.why.sentence} {x.why.remedy}" for x in stopped),
        table(headings, rows) if causes else "Nothing is due.",
    )


def dismiss_cause(
    at: Session,
    cause: Annotated[str, typer.Argument(metavar="CAUSE", help="Its id, as `due causes` lists it.")],
    *,
    because: Because = "",
) -> None:
    """Dismiss the records with which nothing but this cause is wrong. One comes back when its reason changes."""
    connections = verbs.connections.every()
    found = [each.key for each in verbs.waiting.causes(connections) if each.key.startswith(cause.lower())]
    key = found[0] if len(found) == 1 else cause
    count, left = verbs.waiting.dismiss(at.actor, connections, key, because=because)
    stays = f" {counted(left, 'record')} with another cause too stay due." if left else ""
    at.answer({"dismissed": count, "left": left}, f"{counted(count, 'record')} dismissed.{stays}")


def take_back_dismissal(
    at: Session,
    number: Annotated[int, typer.Argument(help="Its number, as `due causes --dismissed` lists it.")],
) -> None:
    """Make due again what was dismissed together."""
    count = verbs.waiting.take_back(at.actor, verbs.connections.every(), number)
    at.answer({"due": count}, f"{counted(count, 'record')} due again.")


def list_reviews(at: Session, *, connection: OnlyConnection = "") -> None:
    """List records that may be students Enroll knows, with those students, the likeliest first, and the reasons."""
    found = [
        (each, card)
        for each in chosen(connection)
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
