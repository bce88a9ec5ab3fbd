"""`yellowbus doctor`: what of this installation is in order, and what to do about the rest. Reads only.

Each check stands alone: one that cannot be made says so, and the others go on.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from yellowbus import __version__
from yellowbus.config import environment
from yellowbus.config.database import NEWEST, OLDEST, pending
from yellowbus.config.server import LocalServer
from yellowbus.connectors.base import Check
from yellowbus.enroll import fence, organizations
from yellowbus.errors import YellowbusError
from yellowbus.jobs import port
from yellowbus.runs import letters
from yellowbus.runs.models import MOVING, Run
from yellowbus.setup import schedules, secrets
from yellowbus.setup.connections import every as every_connection

ROOM = 2 * 1024**3  # bytes; a first import of 50,000 students and its journal fit in it with room to spare
DRIFT = timedelta(seconds=5)
OLD = timedelta(days=8)  # a weekly back-up that was missed once
_NOTED = "backup.json"


def examine() -> Iterator[Check]:
    """The checks in the order in which one rests on the other."""
    for name, look in _CHECKS.items():
        try:
            yield look(name)
        except YellowbusError as error:
            yield Check(name, ok=False, says=error.sentence, code=error.code, facts=error.facts)


def note_backup(made_at: str) -> None:
    """Remember when the last back-up was made, for the check of it."""
    (environment.data_folder() / _NOTED).write_text(json.dumps({"made_at": made_at}), "utf-8")


def _version(name: str) -> Check:
    version = connection.connection.info.server_version if connection.connection else 0
    major = version // 10000
    own = environment.database_url() == LocalServer(environment.data_folder()).url
    whose = "its own server" if own else "the one of DATABASE_URL"
    says = f"Yellowbus {__version__} on PostgreSQL {major}, {whose}."
    return Check(name, ok=OLDEST <= major <= NEWEST, says=says)


def _tables(name: str) -> Check:
    if pending():
        return Check(
            name, ok=False, says="The tables are of an older version; `yellowbus serve` renews them."
        )
    fenced = fence.stands()
    return Check(
        name,
        ok=fenced,
        says="The tables are of this version, and each is fenced by organization."
        if fenced
        else "A table has no policy of row-level security; start `yellowbus serve` once, which makes it.",
    )


def _clock(name: str) -> Check:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        apart = abs(cursor.fetchone()[0] - datetime.now(UTC))
    says = f"This machine and the database are {apart.total_seconds():.0f} seconds apart."
    return Check(name, ok=apart <= DRIFT, says=says, warning=apart > DRIFT)


def _keys(name: str) -> Check:
    opened = 0
    for organization in organizations.every():
        with fence.within(organization):
            opened += sum(len(secrets.reveal(each)) for each in every_connection())
    return Check(name, ok=True, says=f"{environment.keys_file()} opens every stored credential ({opened}).")


def _room(name: str) -> Check:
    free = shutil.disk_usage(_existing(environment.data_folder())).free
    says = f"{free / 1024**3:.1f} GB are free where the data folder is."
    return Check(name, ok=free >= ROOM, says=says)


def _existing(path: Path) -> Path:
    return path if path.exists() else _existing(path.parent)


def _worker(name: str) -> Check:
    if port.worker_alive(within=settings.YELLOWBUS_CLAIM_SECONDS):
        return Check(name, ok=True, says="A worker is alive.")
    says = "No worker is alive, so nothing runs at night: start `yellowbus serve` or `yellowbus worker`."
    return Check(name, ok=False, says=says)


def _runs(name: str) -> Check:
    silent = timezone.now() - timedelta(seconds=10 * settings.YELLOWBUS_CLAIM_SECONDS)
    with fence.beyond():
        stuck = Run.objects.filter(
            state__in=MOVING, created_at__lt=silent, claim=None, try_after=None
        ).count()
    says = f"{stuck} runs wait for a worker." if stuck else "No run waits for a worker."
    return Check(name, ok=not stuck, says=says)


def _schedules(name: str) -> Check:
    paused = late = on = 0
    now = timezone.now()
    for organization in organizations.every():
        with fence.within(organization):
            for schedule in schedules.every():
                due = schedules.next_instant(schedule)
                on += due is not None
                paused += bool(schedule.suspended)
                late += due is not None and due < now - timedelta(minutes=10)
    says = f"{on} schedules are on, {paused} paused, {late} late."
    return Check(name, ok=not late, says=says, warning=bool(paused))


def _pages(name: str) -> Check:
    if environment.plain_http():
        says = "The pages are served without TLS (YELLOWBUS_PLAIN_HTTP): right for a demo on one's own machine only."
        return Check(name, ok=False, says=says, warning=True)
    hosts = ", ".join(environment.hosts())
    return Check(name, ok=True, says=f"The pages answer to {hosts}, behind a proxy that speaks TLS.")


def _mail(name: str) -> Check:
    if not letters.is_on():
        says = "No mail server is named (YELLOWBUS_SMTP): notices stand on the pages, and none is mailed."
        return Check(name, ok=False, says=says, warning=True)
    with fence.beyond():
        lost = letters.undelivered()
    says = "Mail goes out by YELLOWBUS_SMTP."
    if lost:
        says = (
            f"{lost} notices could not be mailed within three days, or nobody knows whether they were. {says}"
        )
    return Check(name, ok=not lost, says=says, warning=True)


def _backup(name: str) -> Check:
    noted = environment.data_folder() / _NOTED
    if not noted.exists():
        says = "No back-up was made with `yellowbus backup` from here."
        return Check(name, ok=False, says=says, warning=True)
    made = datetime.fromisoformat(json.loads(noted.read_text("utf-8"))["made_at"])
    says = f"The last back-up is of {made:%Y-%m-%d %H:%M} UTC."
    return Check(name, ok=datetime.now(UTC) - made <= OLD, says=says, warning=True)


_CHECKS: dict[str, Callable[[str], Check]] = {
    "Program": _version,
    "Tables": _tables,
    "Clock": _clock,
    "Keys": _keys,
    "Room": _room,
    "Worker": _worker,
    "Runs": _runs,
    "Schedules": _schedules,
    "Pages": _pages,
    "Mail": _mail,
    "Back-up": _backup,
}
