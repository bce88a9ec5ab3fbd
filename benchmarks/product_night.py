"""One night of the product: a connection to a CSV file with the mapping of mapping.json, and an import by it.

The import is whole, as a worker does it: read, plan, guard, apply, log, journal, counts.
"""

import json
import sys
from contextlib import redirect_stdout
from pathlib import Path

import psycopg
from django_scopes import scope, scopes_disabled

from measure import Night, measured
from targets import SCHOOL_YEAR
from yellowbus.enroll import years
from yellowbus.enroll.models import Instance, Organization, School
from yellowbus.planning.admission import EVERYONE
from yellowbus.runs.importing.drive import drive
from yellowbus.runs.importing.order import order
from yellowbus.runs.models import Run, State
from yellowbus.setup import assignments, connections, mappings
from yellowbus.setup.models import Connection
from yellowbus.setup.options import Options, write_options
from yellowbus.setup.permissions import Actor, operator

NAME = "Nights"
YEAR = int(SCHOOL_YEAR)
SCHOOLS = [f"{number:04}" for number in range(1, 100)]
OUTCOMES = ("failed", "created", "updated")


def run(file: Path, database: str, *, dry: bool) -> None:
    """Import `file` and print what it took."""
    organization = Organization.objects.get_or_create(slug="benchmark", defaults={"name": "Benchmark"})[0]
    with scopes_disabled():
        actor = operator(organization.pk)
        if not Connection.objects.filter(organization=organization).exists():
            _set_up(actor, organization, file)
    with psycopg.connect(database) as beside, scope(organization=organization):
        connections.rotate(actor, connections.find(NAME), {"students_file": str(file)})
        measured(beside, lambda: _night(actor, dry=dry))


def _set_up(actor: Actor, organization: Organization, file: Path) -> None:
    instance = Instance.objects.create(organization=organization, environment="production").pk
    years.enable_imports(instance, YEAR)
    School.objects.bulk_create(
        School(instance_id=instance, values={"school_code": code, "name": f"School {code}"})
        for code in SCHOOLS
    )
    credentials = {"students_file": str(file), "id_column": "Student_Number"}
    connection = connections.add(actor, instance, name=NAME, system="flatfile", credentials=credentials)
    write_options(connection, Options(admission=EVERYONE))
    assignments.assign(actor, connection, SCHOOLS)
    mappings.save(actor, connection, json.loads(Path(__file__).with_name("mapping.json").read_text()))


def _night(actor: Actor, *, dry: bool) -> Night:
    ordered = order(actor, connections.find(NAME), "students", year=YEAR, yes=not dry).pk
    with redirect_stdout(sys.stderr):  # the log of the run; standard output is for the measures alone
        drive(str(ordered))
    return _told(Run.objects.get(pk=ordered), dry=dry)


def _told(done: Run, *, dry: bool) -> Night:
    if done.state != (State.WAITING if dry else State.DONE):
        raise SystemExit(f"the run is {done.state} {done.error_code} {done.waits_because} {done.error_facts}")
    totals = {name: sum(school.get(name, 0) for school in done.counts.values()) for name in OUTCOMES}
    return Night(done.read, totals["failed"], totals["created"] + totals["updated"])
