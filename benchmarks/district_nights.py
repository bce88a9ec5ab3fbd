"""Two nights of a simulated PowerSchool: `python benchmarks/district_nights.py --students 50000`.

The first imports everything with the ready mapping, contacts included; then 2 % of the students change at the source,
and the second must map and write only those. Prints for each night the requests, the records mapped, the rows written
by table, time and memory. The simulator runs in a process of its own, the database on the product's own server.
"""

import argparse
import json
import os
import time
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from measure import peak_mb
from reading import Simulated, simulator
from yellowbus.config.server import LocalServer

if TYPE_CHECKING:
    from yellowbus.setup.models import Connection
    from yellowbus.setup.permissions import Actor

YEAR = 2026
CHANGED = {"share": 0.02, "seed": 11}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=50_000)
    given = parser.parse_args()
    folder = Path(mkdtemp(prefix="yellowbus-nights-"))
    folder.chmod(0o755)  # root's server runs as another user, who must be able to reach it
    server = LocalServer(folder)
    os.environ |= {
        "YELLOWBUS_DATA": str(folder),
        "YELLOWBUS_ALLOW_PRIVATE_ADDRESSES": "1",
        "DATABASE_URL": server.start(),
    }
    from yellowbus.config.start import start

    start()
    with simulator(given.students) as sis:
        two_nights(sis)
    server.release()


def two_nights(sis: Simulated) -> None:
    from django_scopes import scope

    from yellowbus.enroll import organizations, schools, years
    from yellowbus.setup import assignments, connections, mappings, ready
    from yellowbus.setup.permissions import operator

    organization = organizations.add("Nights", time_zone="America/Phoenix")
    actor = operator(organization.pk)
    credentials = {"server_url": sis.url, "client_id": sis.client_id, "client_secret": sis.client_secret}
    with scope(organization=organization):
        instance = organizations.instance(organization, "production")
        years.enable_imports(instance, YEAR)
        connection = connections.add(
            actor, instance, name="Nights", system="powerschool", credentials=credentials
        )
        for kind in ("schools", "students"):
            mappings.save(actor, connection, ready.document("powerschool", kind))
        night(actor, connection, "schools")
        assignments.assign(actor, connection, sorted(schools.codes(instance)))
        print(json.dumps({"night": 1} | night(actor, connection, "students")), flush=True)
        changed = sis.ask("POST", "/simulator/change", CHANGED)
        told = {name: len(changed[name]) for name in ("changed", "added", "transferred")}
        print(json.dumps({"at the source": told}), flush=True)
        print(json.dumps({"night": 2} | night(actor, connection, "students")), flush=True)


def night(actor: "Actor", connection: "Connection", kind: str) -> dict:
    from yellowbus.runs.importing.drive import drive
    from yellowbus.runs.importing.order import order
    from yellowbus.runs.models import Change

    before, started, cpu = _written(), time.perf_counter(), time.process_time()
    run = order(actor, connection, kind, year=YEAR, yes=True)
    drive(str(run.pk))
    run.refresh_from_db()
    outcomes: dict[str, int] = {}
    for counted in run.counts.values():
        for outcome, number in counted.items():
            outcomes[outcome] = outcomes.get(outcome, 0) + number
    rows = {table: number - before.get(table, 0) for table, number in _written().items()}
    return {
        "state": run.state,
        "read": run.read,
        "requests": run.requests,
        "outcomes": outcomes,
        "mapped": Change.objects.filter(run=run).count(),
        "rows written": {table: number for table, number in rows.items() if number},
        "seconds": round(time.perf_counter() - started, 1),
        "own CPU seconds": round(time.process_time() - cpu, 1),
        "peak MB": round(peak_mb()),
    }


def _written() -> dict[str, int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables"
            " WHERE relname LIKE 'enroll%' OR relname LIKE 'runs%'"
        )
        return dict(cursor.fetchall())


if __name__ == "__main__":
    main()
