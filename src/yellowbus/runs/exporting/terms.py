"""Everything that is fixed once for an export: its mapping ready to use, its year and day, its schools, its salt."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b
from typing import Final
from uuid import UUID

import msgspec

from yellowbus.catalog import KINDS
from yellowbus.connectors.registry import manifest
from yellowbus.connectors.writing import Writer
from yellowbus.enroll import registrations, students
from yellowbus.enroll.registrations import Form
from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.check import Finding, check_mapping
from yellowbus.mapping.compile import Compiled, Context, Mapped, compile_mapping
from yellowbus.mapping.document import from_document
from yellowbus.mapping.model import Mapping as FieldMapping
from yellowbus.planning.guard import Thresholds
from yellowbus.records import Problem, Record
from yellowbus.runs.exporting.targets import Targets, place_of
from yellowbus.runs.models import Run
from yellowbus.setup import assignments, connections
from yellowbus.setup.export_options import ExportOptions, read_export_options
from yellowbus.setup.models import Connection
from yellowbus.setup.options import read_options
from yellowbus.setup.writable import writer_of

# Raised whenever the code that maps, compares or writes changes what an export makes of a registration.
ENGINE: Final = 2
RE_ENROLL: Final = "re-enroll"  # what a manifest may name among its capabilities
_ENROLL_CONTACT = re.compile(r"(students_annual\.(?:guardian|emergency)\d+)_")
_GRADES = {"registrations.grade", "students_annual.grade"}
# The engine says these of a record that comes from the SIS; here it goes there.
_SAID_OTHERWISE = {
    "required-blank": "export-required-blank",
    "value-too-long": "export-value-too-long",
}


@dataclass(frozen=True, slots=True)
class Terms:
    """`assigned` are the School Codes of the connection's schools. Of the fields of the SIS, `grade_targets` are
    those filled from the grade, `constants` those filled from nothing in the form.
    `contact_ids` names, by place, the field of Enroll that keeps the id of the SIS contact.
    """

    run: UUID
    connection: int
    instance: int
    year: int
    today: date
    compiled: Compiled
    targets: Targets
    options: ExportOptions
    thresholds: Thresholds
    assigned: frozenset[str]
    grade_targets: frozenset[str]
    constants: frozenset[str]
    contact_ids: Mapping[int, str]
    re_enrolls: bool
    salt: bytes

    def map(self, form: Form) -> Mapped:
        """What the mapping makes of a registration."""
        mapped = self.compiled.apply(Record(form.values))
        return replace(mapped, problems=tuple(map(_said_otherwise, mapped.problems)))

    def mark(self, form: Form) -> bytes:
        """What stays on a registration that was sent whole: equal, there is nothing new to send."""
        sent = {name: form.values[name] for name in sorted(self.compiled.sources & form.values.keys())}
        who = [form.name, form.born, form.school, form.grade, form.entry_date, form.returning, sent]
        return blake2b(self.salt + msgspec.json.encode(who, order="sorted"), digest_size=16).digest()


def _said_otherwise(problem: Problem) -> Problem:
    return replace(problem, code=_SAID_OTHERWISE.get(problem.code, problem.code))


def sources_of(instance: int) -> frozenset[str]:
    """What an export mapping may read: the student's fields and the registration's own."""
    return frozenset(students.catalog_of(KINDS[0], instance).fields) | frozenset(registrations.SOURCES)


def findings(connection: Connection, mapping: FieldMapping) -> list[Finding]:
    """What an export mapping lacks before any run. Asks the SIS what it takes."""
    with connections.opened(connection) as (connector, _):
        targets = Targets.of(writer_of(connector, connection).targets())
    return check_mapping(mapping, targets.catalog, sources_of(connection.instance_id))


def terms_of(run: Run, writer: Writer) -> Terms:
    """Raises NeedsAdmin if the mapping cannot be used with what this SIS takes."""
    connection = run.connection
    targets, mapping = Targets.of(writer.targets()), from_document(run.mapping.document)
    faults = check_mapping(mapping, targets.catalog, sources_of(connection.instance_id))
    if faults:
        raise NeedsAdmin("mapping-not-ready", number=len(faults), first=faults[0].sentence)
    compiled = compile_mapping(mapping, targets.catalog, Context(run.today, run.school_year))
    options, assigned = read_export_options(connection), assignments.codes(connection)
    return Terms(
        run=run.pk,
        connection=connection.pk,
        instance=connection.instance_id,
        year=run.school_year,
        today=run.today,
        compiled=compiled,
        targets=targets,
        options=options,
        thresholds=read_options(connection).thresholds,
        assigned=assigned,
        grade_targets=frozenset(target for target, rule in mapping.targets() if _GRADES & set(rule.reads())),
        constants=frozenset(target for target, rule in mapping.targets() if not set(rule.reads())),
        contact_ids=contact_ids(mapping),
        re_enrolls=RE_ENROLL in manifest(connection.system).capabilities,
        salt=_salt(run, compiled),
    )


def contact_ids(mapping: FieldMapping) -> dict[int, str]:
    """By place, the field of Enroll in which an import keeps the id of the contact that the place is filled from."""
    read: dict[int, Counter[str]] = {}
    for target, rule in mapping.targets():
        found = [match[1] for source in rule.reads() if (match := _ENROLL_CONTACT.match(source))]
        read.setdefault(place_of(target)[0], Counter()).update(found)
    return {
        slot: f"{counted.most_common(1)[0][0]}_sis_contact_id"
        for slot, counted in read.items()
        if slot and counted
    }


def _salt(run: Run, compiled: Compiled) -> bytes:
    """A digest of all that decides, besides the registration itself, what is sent."""
    decides = [
        ENGINE,
        run.connection_id,
        run.mapping_id,
        run.school_year,
        run.today.isoformat() if compiled.daily else "",
    ]
    return blake2b(msgspec.json.encode(decides), digest_size=16).digest()
