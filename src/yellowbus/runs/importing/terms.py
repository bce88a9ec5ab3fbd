"""Everything that is fixed once for a run: its mapping ready to use, its year and day, its schools, its salt."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any
from uuid import UUID

import msgspec

from yellowbus.catalog import Catalog
from yellowbus.enroll import schools, students
from yellowbus.mapping.compile import Compiled, Context, compile_mapping
from yellowbus.mapping.document import from_document
from yellowbus.planning.admission import Admission
from yellowbus.planning.guard import Thresholds
from yellowbus.runs.models import TRIAL, Run
from yellowbus.setup import assignments
from yellowbus.setup.options import read_options

# Raised whenever the code that maps, diffs or stores changes what a record becomes: every record is then looked at again.
ENGINE = 1


@dataclass(frozen=True, slots=True)
class Terms:
    """`assigned` are the School Codes of the connection's schools, `known` those of the instance.

    `only` are the keys that a retry takes up; `afresh` says that each record is looked at whatever its mark.
    """

    run: UUID
    kind: str
    connection: int
    instance: int
    year: int
    today: Any
    compiled: Compiled
    catalog: Catalog
    admission: Admission
    thresholds: Thresholds
    assigned: frozenset[str]
    known: frozenset[str]
    only: frozenset[str] | None
    afresh: bool
    salt: bytes
    links_certain: bool
    tables: Mapping[str, tuple[str, str]]

    @property
    def labels(self) -> dict[str, str]:
        """What the fields are called, by name."""
        return {name: described.label for name, described in self.catalog.fields.items()}

    @property
    def run_text(self) -> str:
        return str(self.run)

    def mark(self, raw: bytes) -> bytes:
        """What a row carries whose last sync saw exactly this record under exactly these terms."""
        return blake2b(self.salt + raw, digest_size=16).digest()


def terms_of(run: Run) -> Terms:
    """Raises NeedsAdmin if the mapping cannot be used any more."""
    connection = run.connection
    options = read_options(connection)
    fields = students.catalog_of(run.kind, connection.instance_id)
    compiled = compile_mapping(
        from_document(run.mapping.document), fields, Context(run.today, run.school_year)
    )
    assigned = assignments.codes(connection)
    return Terms(
        run=run.pk,
        kind=run.kind,
        connection=connection.pk,
        instance=connection.instance_id,
        year=run.school_year,
        today=run.today,
        compiled=compiled,
        catalog=fields,
        admission=options.admission,
        thresholds=options.thresholds,
        assigned=assigned,
        known=schools.codes(connection.instance_id),
        only=None if run.only is None or run.trigger == TRIAL else frozenset(run.only),
        afresh=run.only is not None,
        salt=_salt(run, compiled, assigned),
        links_certain=options.links_certain,
        tables=_tables(fields),
    )


def _salt(run: Run, compiled: Compiled, assigned: frozenset[str]) -> bytes:
    """A digest of all that decides, besides the record itself, what a record becomes.

    The filter is no part of it: it decides about records without a row of Enroll, and those carry no mark.
    """
    decides = [
        ENGINE,
        run.connection_id,
        run.kind,
        run.mapping_id,
        run.school_year,
        run.today.isoformat() if compiled.daily else "",
        sorted(assigned),
        students.codes_version(run.connection.instance_id),
    ]
    return blake2b(msgspec.json.encode(decides), digest_size=16).digest()


_COLUMNS = {"students": "lasting", "schools": "lasting", "students_annual": "annual", "custom": "custom"}


def _tables(fields: Catalog) -> dict[str, tuple[str, str]]:
    """Of each field the column of a staged change that carries it, and its name there."""
    return {name: (_COLUMNS[field.table], field.column) for name, field in fields.fields.items()}
