"""What every command has: the product brought up within one organization, --json, and an exit status with a meaning.

A command is a function of a Session and of its own arguments; `command` adds the options that all share, turns every
YellowbusError into its sentence and remedy, and its answer into the exit status.
"""

import csv
import functools
import inspect
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer
from rich.console import Console
from rich.table import Table

from yellowbus.cli import verbs
from yellowbus.errors import NeedsAdmin, UnsafePlan, YellowbusError
from yellowbus.planning.report import harmless_row

if TYPE_CHECKING:
    from yellowbus.setup.permissions import Actor


# A wrong use of the command, whatever the state of things.
_USAGE = frozenset({"secret-as-argument", "setting-not-pair", "system-unknown", "not-agreed"})
# The panels of `yellowbus --help`, in their order.
SET_UP, IMPORT, EXPORT, LOOK, PROGRAM = (
    "Set up", "Import", "Export", "What happened, what waits", "The program itself",
)  # fmt: skip


class Status(IntEnum):
    """The exit status of the program."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    HELD = 3


# Names that a person copies stay in one piece.
_WHOLE = frozenset({"Run", "To Enroll", "Id", "Name", "Field", "Short name"})
_WIDE = 220  # a file or a pipe has no width of its own


def _answers() -> Console:
    return Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _WIDE)


@dataclass(slots=True)
class Session:
    """One use of the program. Answers go to standard output, everything else to standard error.

    `organization` is the row of the organization at hand, None for a command that needs none.
    """

    json: bool = False
    organization: Any = None
    out: Console = field(default_factory=_answers)
    err: Console = field(default_factory=lambda: Console(stderr=True, highlight=False, soft_wrap=True))

    @property
    def actor(self) -> "Actor":
        return verbs.permissions.operator(self.organization.pk)

    @property
    def interactive(self) -> bool:
        """Whether a person is there to be asked."""
        return not self.json and sys.stdin.isatty() and sys.stderr.isatty()

    def answer(self, data: Any, *told: object) -> None:
        """The command's answer: `data` as JSON where that was asked for, else `told` for a person."""
        if self.json:
            self.out.print(json.dumps(data, default=str, ensure_ascii=False, indent=2), markup=False)
            return
        for part in told:
            self.out.print(part, markup=False)

    def stream(self, rows: Iterable[Any]) -> None:
        """An answer of any length: a JSON list, a row a line, written as the rows come."""
        separator = "[\n"
        for row in rows:
            self.out.file.write(f"{separator}{json.dumps(row, default=str, ensure_ascii=False)}")
            separator = ",\n"
        self.out.file.write("[]\n" if separator == "[\n" else "\n]\n")

    def say(self, sentence: str) -> None:
        """Something on the way: for a person, and never part of the answer."""
        self.err.print(sentence, markup=False)

    def confirm(self, question: str) -> bool:
        return self.interactive and typer.confirm(question, err=True)


def print_csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """CSV on standard output, in which no spreadsheet finds a formula; written as the rows come."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows(map(harmless_row, rows))


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """A table for a person. Blank for None."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        made.add_column(heading, overflow="fold", no_wrap=heading in _WHOLE)
    for row in rows:
        made.add_row(*("" if cell is None else str(cell) for cell in row))
    return made


_JSON = Annotated[bool, typer.Option("--json", help="Answer as JSON on standard output.")]
_ORGANIZATION = Annotated[
    str,
    typer.Option(
        "--organization",
        envvar="YELLOWBUS_ORGANIZATION",
        help="The organization, by its short name; not needed where there is only one.",
    ),
]
Body = Callable[..., Status | None]


def command(
    app: typer.Typer,
    name: str,
    *,
    example: str,
    organization: bool = True,
    product: bool = True,
    panel: str | None = None,
) -> Callable[[Body], Body]:
    """Add a function to `app` as the command `name`. Its docstring is the help, `example` a line that works.

    Without `product` nothing is started; without `organization` none needs to exist. `panel` is its place in the help.
    """

    def add(body: Body) -> Body:
        @functools.wraps(body)
        def run(**given: Any) -> None:
            session = Session(json=given.pop("json", False))
            slug = given.pop("organization", None)
            with reported(session) as status, _opened(session, slug, product=product):
                status.append(body(session, **given) or Status.DONE)

        run.__signature__ = _signature(body, organization=organization and product)  # type: ignore[attr-defined]
        app.command(name, epilog=f"Example: {example}", rich_help_panel=panel)(run)
        return body

    return add


def _signature(body: Body, *, organization: bool) -> inspect.Signature:
    """The command's own parameters without the session, and the shared ones after them."""
    hints = get_type_hints(body, include_extras=True)
    own = list(inspect.signature(body).parameters.values())[1:]
    shared = {"json": (_JSON, False)} | ({"organization": (_ORGANIZATION, "")} if organization else {})
    keyword = inspect.Parameter.KEYWORD_ONLY
    return inspect.Signature(
        [parameter.replace(kind=keyword, annotation=hints[parameter.name]) for parameter in own]
        + [
            inspect.Parameter(name, keyword, default=default, annotation=annotation)
            for name, (annotation, default) in shared.items()
        ]
    )


@contextmanager
def reported(session: Session) -> Iterator[list[Status]]:
    """End the program with the status put into the list, or with the one of the error that came."""
    status: list[Status] = []
    try:
        yield status
    except YellowbusError as error:
        _tell(session, error)
        status = [_status_of(error)]
    if status and status[-1] is not Status.DONE:
        raise typer.Exit(status[-1])


def _status_of(error: YellowbusError) -> Status:
    if isinstance(error, UnsafePlan):
        return Status.HELD
    return Status.USAGE if error.code in _USAGE else Status.FAILED


def _tell(session: Session, error: YellowbusError) -> None:
    session.say(f"{error.sentence}\n{error.remedy}".strip())
    if session.json:
        session.answer({"error": {"code": error.code, "sentence": error.sentence, "remedy": error.remedy}})


@contextmanager
def _opened(session: Session, slug: str | None, *, product: bool) -> Iterator[None]:
    if not product:
        yield
        return
    bring_up()
    if slug is None:
        yield
        return
    session.organization = verbs.organizations.find(slug)
    with within(session.organization):
        yield


def bring_up(*, log: str = "critical", migrated: bool = True) -> None:
    """Database, Django and migrations. A command says itself what went wrong; log lines are for workers and servers."""
    _log(log)
    from django.db import OperationalError  # noqa: PLC0415 (--help must not wait for it)

    try:
        verbs.start.start(migrated=migrated)
    except OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        raise NeedsAdmin("database-unreachable", reason=reason) from None


@contextmanager
def within(organization: Any) -> Iterator[None]:
    from yellowbus.enroll import fence  # noqa: PLC0415 (Django is not set up when this module is first read)

    with fence.within(organization):
        yield


def _log(level: str) -> None:
    import structlog  # noqa: PLC0415 (slow to read, and --help does not need it)

    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
