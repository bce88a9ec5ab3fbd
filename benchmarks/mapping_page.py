"""The Field Mapping tab of 300 rows beside 400 source fields: `python benchmarks/mapping_page.py`.

Prints the time that the server takes to answer, which includes the database and excludes the SIS (its fields and the
example were read before), and what the answer weighs, whole and as it is sent. Aims: a page under 100 KB as sent and
under 25 ms; a changed row under 25 ms, so that a person sees its new Mapped Value within 150 ms.
"""

import argparse
import csv
import gzip
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from yellowbus.config.server import LocalServer

if TYPE_CHECKING:
    from django.test import Client

ROWS, SOURCES, YEAR = 300, 400, 2026
WARM_UP = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=40)
    given = parser.parse_args()
    folder = Path(mkdtemp(prefix="yellowbus-mapping-"))
    folder.chmod(0o755)  # root's server runs as another user, who must be able to reach it
    server = LocalServer(folder)
    os.environ |= {"YELLOWBUS_DATA": str(folder), "DATABASE_URL": server.start()}
    from yellowbus.config.start import start

    start()
    try:
        measure(folder, given.times)
    finally:
        server.release()


def measure(folder: Path, times: int) -> None:
    from django.conf import settings
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)
    settings.SECURE_SSL_REDIRECT = False
    settings.ALLOWED_HOSTS = ["testserver"]
    browser, key = district(folder)
    tab = f"/connections/{key}/mapping/students/fields/"
    changed = {"source": "column_301", "type": "direct", "write": "always", "example": "1"}
    asked: dict[str, Callable[[], Any]] = {
        "page": lambda: browser.get(tab, headers={"Accept-Encoding": "gzip"}),
        "page, an example chosen": lambda: browser.get(f"{tab}?example=1"),
        "row changed": lambda: browser.post(
            f"{tab}rule/custom.own_150/", changed, headers={"HX-Request": "true"}
        ),
        "Match Codes panel": lambda: browser.get(f"{tab}panel/match-codes/students_annual.grade/"),
        "Contact Mapping panel": lambda: browser.get(f"{tab}panel/contacts/guardian/"),
    }
    for name, ask in asked.items():
        print(json.dumps({"what": name} | timed(ask, times)), flush=True)


def timed(ask: Callable[[], Any], times: int) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for _ in range(WARM_UP):
        answer = ask()
        assert answer.status_code == 200, answer.status_code
    with CaptureQueriesContext(connection) as captured:
        ask()
    queries = len(captured)
    walls, cpus = [], []
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        answer = ask()
        walls.append((time.perf_counter() - wall) * 1000)
        cpus.append((time.process_time() - cpu) * 1000)
    body = answer.content
    whole = gzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body
    return {
        "median ms": round(median(walls), 1),
        "p90 ms": round(quantiles(walls, n=10)[-1], 1),
        "CPU ms": round(median(cpus), 1),
        "KB whole": round(len(whole) / 1000, 1),
        "KB gzipped": round(len(gzip.compress(whole, 6)) / 1000, 1),
        "queries": queries,
    }


def district(folder: Path) -> "tuple[Client, int]":
    """An administrator's browser, and a connection whose SIS has been read: fields, and one example."""
    from django.utils import timezone
    from django_scopes import scope

    from yellowbus.enroll import organizations, students, years
    from yellowbus.setup import connections, examples, mappings, options
    from yellowbus.setup.permissions import operator

    organization = organizations.add("Mapping", time_zone="America/Phoenix")
    actor = operator(organization.pk)
    file = folder / "students.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        names = [f"column_{number:03}" for number in range(SOURCES)]
        csv.writer(out).writerows([names, ["1", *(f"value {number}" for number in range(1, SOURCES))]])
    with scope(organization=organization):
        instance = organizations.instance(organization, "production")
        years.enable_imports(instance, YEAR)
        known = len(students.catalog_of("students", instance).fields)
        for number in range(ROWS - known):
            students.add_custom_field(instance, f"own_{number:03}", f"Own field {number}")
        credentials = {"students_file": str(file), "id_column": "column_000"}
        connection = connections.add(actor, instance, name="CSV", system="flatfile", credentials=credentials)
        fields = list(students.catalog_of("students", instance).fields)
        assert len(fields) == ROWS
        mappings.save(actor, connection, document(fields))
        options.write_options(connection, options.Options(examples=("1",)))
        examples.read(actor, connection, "students", now=timezone.now())
    return signed_in(organization), connection.pk


def document(fields: list[str]) -> dict[str, Any]:
    """Every field but contacts' mapped from a column of its own; grades by a table of codes."""
    apart = ("_sis_contact_id", "grade")
    rules: list[dict[str, Any]] = [
        {"field": name, "type": "direct", "source": f"column_{number:03}"}
        for number, name in enumerate(fields)
        if not name.endswith(apart)
    ]
    table = [[f"{number:02}", str(number)] for number in range(1, 13)]
    codes = [{"use": "match-codes", "table": table}]
    rules.append(
        {"field": "students_annual.grade", "type": "match-codes", "source": "column_399", "steps": codes}
    )
    return {"format": 1, "kind": "students", "rules": rules}


def signed_in(organization: Any) -> "Client":
    from django.test import Client
    from django.utils import timezone
    from django_scopes import scope

    from yellowbus.setup import groups
    from yellowbus.setup.models import Group, Membership, User

    with scope(organization=organization):
        groups.ensure(organization.pk)
        user = User.objects.create(email="mapping@lakeview.example", name="Mapping")
        group = Group.objects.get(name=groups.FULL)
        Membership.objects.create(organization=organization, user=user, group=group, joined_at=timezone.now())
    browser = Client()
    browser.force_login(user)
    return browser


if __name__ == "__main__":
    main()
