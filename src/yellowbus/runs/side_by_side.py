"""Open reviews as a person looks at them: the record and its candidates beside each other, with the reasons.

The record is mapped again by the version of its run, and weighed against what Enroll holds now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from yellowbus.enroll import lookalikes
from yellowbus.enroll.lookalikes import Known
from yellowbus.enroll.students import catalog_of
from yellowbus.errors import YellowbusError
from yellowbus.mapping.compile import Compiled, Context, compile_mapping
from yellowbus.mapping.document import from_document
from yellowbus.planning.likeness import Child, Said, child_of, said, weigh
from yellowbus.records import Value
from yellowbus.runs.decisions import Kept, Waiting, kept, waiting
from yellowbus.runs.models import Change, Run
from yellowbus.runs.packed import unpack
from yellowbus.runs.told import Told, told
from yellowbus.setup.models import Connection

_KIND = "students"
_SLOTS = range(1, 3)

# What a person compares: the label, and the fields that make it up.
COMPARED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("First name", ("students.fname",)),
    ("Middle name", ("students.mname",)),
    ("Last name", ("students.lname", "students.suffix")),
    ("Goes by", ("students.preferred_name",)),
    ("Birth date", ("students.dob",)),
    ("Gender", ("students.gender",)),
    ("School", ("students_annual.school_code",)),
    ("Grade", ("students_annual.grade",)),
    ("Address", tuple(f"students_annual.address_{part}" for part in ("street", "unit", "city", "zip"))),
    *(
        (f"Guardian {slot}", tuple(f"students_annual.guardian{slot}_{part}" for part in ("fname", "lname")))
        for slot in _SLOTS
    ),
    *((f"Phone of guardian {slot}", (f"students_annual.guardian{slot}_phone_mobile",)) for slot in _SLOTS),
)


@dataclass(frozen=True, slots=True)
class Side:
    """A student of Enroll whom the record may be; `weight` is the sum of the reasons."""

    student: int
    district_id: str
    archived: bool
    why: Told
    reasons: tuple[Said, ...]
    values: Mapping[str, Value] = field(repr=False)

    @property
    def weight(self) -> int:
        return sum(reason.weight for reason in self.reasons)

    @property
    def name(self) -> str:
        return name_of(self.values)


@dataclass(frozen=True, slots=True)
class Card:
    """One record with those it may be, the likeliest first; `decided` is what was said of it."""

    review: Waiting
    why: Told
    sides: tuple[Side, ...]
    decided: Kept | None
    values: Mapping[str, Value] = field(repr=False)

    @property
    def key(self) -> str:
        return self.review.key

    @property
    def name(self) -> str:
        return name_of(self.values)

    @property
    def rows(self) -> list[tuple[str, str, list[tuple[str, bool]]]]:
        """Of each compared part its label, the record's value, and each side's with whether it is the same."""
        found = []
        for label, fields in COMPARED:
            mine, theirs = _joined(self.values, fields), [_joined(side.values, fields) for side in self.sides]
            if mine or any(theirs):
                found.append((label, mine, [(its, its == mine) for its in theirs]))
        return found


def name_of(values: Mapping[str, Value]) -> str:
    return _joined(values, ("students.fname", "students.lname", "students.suffix"))


def _joined(values: Mapping[str, Value], fields: Sequence[str]) -> str:
    return " ".join(value for name in fields if (value := values.get(name)))


def cards(connection: Connection, reviews: Sequence[Waiting]) -> list[Card]:
    """These reviews, in their order; the number of queries does not grow with them."""
    changes = _changes(reviews)
    students = {student for review in reviews for student in review.candidates}
    years = {change.run.school_year for change in changes.values()}
    around = _Around(
        held=lookalikes.latest(connection.instance_id, students, year=max(years, default=0)),
        decided=kept(connection, [review.key for review in reviews]),
        compiled=_compiled(connection, {change.run for change in changes.values()}),
    )
    return [_card(review, changes[review.run, review.seq], around) for review in reviews]


def card(connection: Connection, key: str) -> Card | None:
    """The review of this record; None if it waits no more."""
    found = cards(connection, waiting(connection, [key]))
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class _Around:
    held: Mapping[int, Known]
    decided: Mapping[str, Kept]
    compiled: Mapping[UUID, Compiled]


def _changes(reviews: Sequence[Waiting]) -> dict[tuple[UUID, int], Change]:
    rows = Change.objects.filter(
        run__in={review.run for review in reviews}, seq__in=[review.seq for review in reviews]
    )
    return {(row.run_id, row.seq): row for row in rows.select_related("run__mapping")}


def _compiled(connection: Connection, runs: set[Run]) -> dict[UUID, Compiled]:
    """The mapping of each run, ready to use. One that cannot be used any more is left out."""
    fields = catalog_of(_KIND, connection.instance_id)
    found = {}
    for run in runs:
        try:
            document = from_document(run.mapping.document)
            found[run.pk] = compile_mapping(document, fields, Context(run.today, run.school_year))
        except YellowbusError:
            continue
    return found


def _card(review: Waiting, change: Change, around: _Around) -> Card:
    values = _mapped(change, around.compiled.get(change.run_id))
    ours = child_of(values, 0)
    codes = {problem["facts"]["student"]: str(problem["code"]) for problem in change.problems or ()}
    sides = [
        _side(student, codes[student], ours, around)
        for student in review.candidates
        if student in around.held
    ]
    return Card(
        review=review,
        why=told(review.reason, {}),
        sides=tuple(sides),
        decided=around.decided.get(review.key),
        values=values,
    )


def _mapped(change: Change, compiled: Compiled | None) -> Mapping[str, Value]:
    packed = unpack(bytes(change.source))
    return compiled.apply(packed.record, packed.kept).values if packed and compiled else {}


def _side(student: int, code: str, ours: Child, around: _Around) -> Side:
    held = around.held[student]
    theirs = child_of(held.values, student)
    reasons = said(weigh(ours, theirs), ours, theirs) if ours.given else ()
    return Side(student, held.district_id, held.archived, told(code, {}), reasons, held.values)
