"""Why does this student have this value? Found in the journal, and mapped again with every step told. Reads only.

The last run that wrote the field is found by its row; its mapping version is then traced on the record that the row
keeps, with that run's day and school year. Nothing is traced in a normal run.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F, Q, QuerySet

from yellowbus.catalog import Catalog
from yellowbus.enroll import directory
from yellowbus.enroll.students import catalog_of
from yellowbus.errors import NeedsAdmin, YellowbusError
from yellowbus.mapping.compile import Context, FieldTrace, compile_mapping
from yellowbus.mapping.document import from_document
from yellowbus.records import ABSENT, Absent, Outcome, Value
from yellowbus.runs import log
from yellowbus.runs.models import UNDO, Change, Run, Undoing
from yellowbus.runs.packed import unpack
from yellowbus.runs.told import Told, told
from yellowbus.setup.permissions import Actor, Permission

_COLUMNS = {"students": "lasting", "students_annual": "annual", "custom": "custom"}
_WRITTEN = (Outcome.CREATED.value, Outcome.UPDATED.value, Outcome.HELD.value)


@dataclass(frozen=True, slots=True)
class Why:
    """Where a value came from. `run`, `seq` and `at` are blank, and `note` says why, where no run is known.

    `trace` are the source value and the value after each step, as the mapping made them that night; None where the
    record cannot be mapped again, which `note` then explains.
    """

    name: str
    label: str
    value: Value = field(repr=False)
    before: Value = field(default=None, repr=False)
    run: Run | None = None
    seq: int = 0
    at: datetime | None = None
    trace: FieldTrace | None = field(default=None, repr=False)
    note: Told | None = None

    @property
    def put_back(self) -> bool:
        """Whether the value is what an undo put back."""
        return self.run is not None and self.run.trigger == UNDO

    @property
    def changed_since(self) -> bool:
        """Whether something that is no import wrote it after the run."""
        return self.note is not None and self.note.code == "why-changed-since"

    @property
    def replayed(self) -> Value:
        """What the mapping makes of the record again."""
        return None if self.trace is None or self.trace.result is ABSENT else self.trace.result

    @property
    def steps(self) -> list[tuple[str, str]]:
        """Each step with the value after it, in words where there is none."""
        return [(title, _in_words(value)) for title, value in self.trace.steps] if self.trace else []


def _in_words(value: Value | Absent) -> str:
    return "(left alone)" if value is ABSENT else value or "(blank)"


def why(actor: Actor, instance: int, student: int, name: str, *, year: int) -> Why:
    """The story of one value of one student; `year` is the school year of a students_annual field.

    Raises NeedsAdmin for a student or a field that is not there.
    """
    actor.require(Permission.VIEW_STUDENTS)
    child = directory.student(instance, student)
    if child is None:
        raise NeedsAdmin("student-gone")
    known = catalog_of("students", instance)
    if name not in known.fields:
        raise NeedsAdmin("field-unknown", field=name, advice="Choose a field of the student's page.")
    value = {**child.lasting, **child.years.get(year, {})}.get(name)
    label = known.fields[name].label
    change = _last(instance, student, name, year=year)
    if change is None:
        return Why(name, label, value, note=told("why-no-run", {}))
    before, after = log.changed_fields(change)[name]
    at = change.run.ended_at or change.run.planned_at
    trace, note = _put_back(change) if change.run.trigger == UNDO else _replay(change, known, name)
    if after != value:
        note = told("why-changed-since", {})
    return Why(name, label, value, before, change.run, change.seq, at, trace, note)


def written(instance: int, student: int) -> QuerySet[Change]:
    """The rows by which runs wrote this student, the newest first; what was planned or left out is none."""
    rows = Change.objects.select_related("run__connection", "run__mapping")
    applied = rows.filter(seq__lte=F("run__applied_through"), left_out="", outcome__in=_WRITTEN)
    ours = applied.filter(run__connection__instance=instance, run__kind="students", student_id=student)
    return ours.order_by("-run__planned_at", "-seq")


def _last(instance: int, student: int, name: str, *, year: int) -> Change | None:
    """The row that last wrote the field; one of another school year says nothing of this year's value."""
    table, _, short = name.partition(".")
    new = Q(changes__isnull=True, **{f"{_COLUMNS[table]}__has_key": short})
    rows = written(instance, student).filter(Q(changes__has_key=name) | new)
    if table == "students_annual":
        rows = rows.filter(run__school_year=year)
    return rows.first()


def _put_back(change: Change) -> tuple[None, Told]:
    """An undo read nothing that could be mapped again; it says who put the value back, and out of which run."""
    undoing = Undoing.objects.filter(run=change.run).first()
    undone = str(undoing.undoes_id)[:8] if undoing and undoing.undoes_id else "that is no longer on record"
    who = change.run.approved_by or change.run.actor
    return None, told("why-put-back", {"who": who, "run": undone})


def _replay(change: Change, known: Catalog, name: str) -> tuple[FieldTrace | None, Told | None]:
    packed = unpack(bytes(change.source))
    if packed is None:
        return None, told("why-not-kept", {})
    run = change.run
    try:
        context = Context(run.today, run.school_year)
        compiled = compile_mapping(from_document(run.mapping.document), known, context)
    except YellowbusError as error:
        return None, told(error.code, error.facts)
    traces: Mapping[str, FieldTrace] = {
        trace.field: trace for trace in compiled.trace(packed.record, packed.kept)
    }
    return (traces[name], None) if name in traces else (None, told("why-not-mapped", {}))
