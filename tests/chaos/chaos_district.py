"""One database of the chaos test, worked on in a process of its own: prepare it, order a night, approve its plan.

The calm database drives its runs here; the other one leaves that to the workers.
"""

import json
import sys
from datetime import UTC, datetime
from importlib import resources
from typing import Any

YEAR = 2026
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def prepare(url: str, client_id: str, client_secret: str) -> None:
    from yellowbus.enroll import schools, years
    from yellowbus.enroll.models import Instance, Organization
    from yellowbus.setup import assignments, connections, mappings
    from yellowbus.setup.permissions import operator

    organization = Organization.objects.create(name="Juniper Flats (invented)", slug="juniper")
    with scope(organization=organization):
        instance = Instance.objects.create(organization=organization, environment="production")
        years.enable_imports(instance.pk, YEAR)
        actor = operator(organization.pk)
        connection = connections.add(
            actor,
            instance.pk,
            name="SIS",
            system="powerschool",
            credentials={"server_url": url, "client_id": client_id, "client_secret": client_secret},
        )
        for kind in ("schools", "students"):
            mappings.save(actor, connection, ready(kind))
        run = ordered("schools", yes=True)
        drive.drive(run)
        assignments.assign(actor, connection, sorted(schools.codes(instance.pk)))


def ready(kind: str) -> dict[str, Any]:
    text = (
        resources.files("yellowbus.connectors.powerschool").joinpath(f"ready/{kind}.json").read_text("utf-8")
    )
    document: dict[str, Any] = json.loads(text)
    document.pop("contact_slots", None)  # contacts are read again after each kill, which would only take time
    return document


def ordered(kind: str, *, yes: bool = False) -> str:
    from yellowbus.enroll.models import Organization
    from yellowbus.runs.importing import order
    from yellowbus.setup import connections
    from yellowbus.setup.permissions import operator

    organization = Organization.objects.get()
    with scope(organization=organization):
        connection = connections.find("SIS")
        run = order.order(operator(organization.pk), connection, kind, year=YEAR, yes=yes, now=NOW)
    return str(run.pk)


def approved(run: str) -> None:
    from uuid import UUID

    from yellowbus.enroll.models import Organization
    from yellowbus.runs.importing import order
    from yellowbus.setup.permissions import operator

    organization = Organization.objects.get()
    with scope(organization=organization):
        order.approve(operator(organization.pk), UUID(run))


def calm_night() -> str:
    """A whole night that nothing disturbs."""
    run = ordered("students")
    drive.drive(run)
    approved(run)
    drive.drive(run)
    return run


if __name__ == "__main__":
    from yellowbus.config.start import start

    start()
    from django_scopes import scope

    from yellowbus.runs.importing import drive

    verbs = {
        "prepare": prepare,
        "order": lambda: ordered("students"),
        "approve": approved,
        "calm": calm_night,
    }
    print("answer:", verbs[sys.argv[1]](*sys.argv[2:]))  # noqa: T201
