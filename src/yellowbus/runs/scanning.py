"""The scan: all records of the SIS are read once, and the values of fields that are sets are counted.

It is for whoever makes Match Codes, before any schedule (enroll-sync 8.4). It changes nothing but the counts. A scan is
short and harmless, so one that is cut off begins again from the start.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any
from uuid import uuid4

import structlog
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from yellowbus.connectors.base import Connector, Page, ReadFilter, SourceField
from yellowbus.enroll.fence import beyond, within
from yellowbus.errors import NeedsAdmin, RecordError, YellowbusError
from yellowbus.jobs import port
from yellowbus.jobs.handlers import STOPPING, each_minute, handles
from yellowbus.records import Record
from yellowbus.runs import seen
from yellowbus.runs.claim import LostClaimError, StoppingError, unclaimed
from yellowbus.runs.importing.ahead import ahead
from yellowbus.runs.models import SCANNING, Scan, ScanState, SeenCodes, stored
from yellowbus.runs.unforeseen import database_is_away, our_fault
from yellowbus.setup import audit, connections, examples
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import Actor, Permission

log = structlog.get_logger()

MOST_VALUES = 500  # of one field: what has more is no set of codes
LONGEST = 200
MOST_ATTEMPTS = 3


def order(actor: Actor, connection: Connection, kind: str, *, year: int, fields: Iterable[str] = ()) -> Scan:
    """Order a scan of every field that the SIS says is a set or the mapping uses Match Codes on, and of these `fields`.

    Raises NeedsAdmin: the connection is archived, or such a scan is under way.
    """
    actor.require(Permission.MANAGE_MAPPINGS)
    actor.require(Permission.VIEW_STUDENTS)
    wanted = sorted(set(fields))
    scan = Scan(connection=connection, kind=kind, actor=actor.name, fields=wanted, school_year=year)
    with _one_at_a_time(connection), transaction.atomic():
        if Connection.objects.select_for_update().get(pk=connection.pk).archived_at is not None:
            raise NeedsAdmin("connection-archived", name=connection.name)
        Scan.objects.filter(connection=connection, kind=kind).exclude(state__in=SCANNING).delete()
        scan.save(force_insert=True)
        port.defer("scan", str(scan.pk))
        audit.note(actor, "codes.scan", connection.name, kind=kind, fields=wanted)
    return scan


@contextmanager
def _one_at_a_time(connection: Connection) -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise NeedsAdmin("scan-under-way", connection=connection.name) from None


def cancel(actor: Actor, connection: Connection, kind: str) -> bool:
    """Stop the scan that is under way; the counts stay as they were. False if there was none."""
    actor.require(Permission.MANAGE_MAPPINGS)
    with transaction.atomic():
        moving = Scan.objects.filter(connection=connection, kind=kind, state__in=SCANNING)
        stopped = moving.update(state=ScanState.CANCELLED, ended_at=Now(), claim=None)
        if stopped:
            audit.note(actor, "codes.scan-cancel", connection.name, kind=kind)
    return bool(stopped)


def latest(connection: Connection, kind: str) -> Scan | None:
    """The scan under way, or the last one that ended."""
    return Scan.objects.filter(connection=connection, kind=kind).order_by("-pk").first()


# --- the work ---


@handles("scan")
def scan(of: str) -> None:
    """Work on the scan of this id if it is not done and nobody else works on it."""
    taken = _claim(int(of))
    if taken is None:
        return
    with within(taken.connection.organization):
        _work(taken)


def _claim(scan_id: int) -> Scan | None:
    token = uuid4()
    with beyond():
        free = Scan.objects.filter(unclaimed(), pk=scan_id, state__in=SCANNING)
        if not free.update(
            claim=token, claimed_at=Now(), state=ScanState.READING, read=0, attempts=F("attempts") + 1
        ):
            return None
        return Scan.objects.select_related("connection__organization").get(pk=scan_id)


def _work(taken: Scan) -> None:
    try:
        _count(taken)
    except LostClaimError:
        log.info("scan.left", scan=taken.pk)
    except StoppingError:
        Scan.objects.filter(pk=taken.pk, claim=taken.claim).update(claim=None)
        port.defer("scan", str(taken.pk))
    except YellowbusError as error:
        _stop(taken, error)
    except Exception as error:
        if not database_is_away(error):
            _stop(taken, our_fault(error))
            return
        connection.close()  # the job fails; a minute's tick begins the scan again
        raise


def _count(taken: Scan) -> None:
    if taken.attempts > MOST_ATTEMPTS:
        raise NeedsAdmin("scan-stuck", tries=MOST_ATTEMPTS)
    examples.read_codes(_for(taken), taken.connection, now=timezone.now())  # what the codes are called
    with connections.opened(taken.connection) as (connector, _):
        counting = Counting(_fields(connector, taken))
        wanted = ReadFilter(fields=counting.names, school_year=taken.school_year)
        pages_of = _to_the_last(connector, taken.kind, wanted)
        with closing(ahead(pages_of, lambda: _move(taken))) as pages:
            for page in pages:
                counting.take(page)
                _move(taken, read=counting.read, total=page.total, unreadable=counting.unreadable)
    with transaction.atomic():
        _move(taken, state=ScanState.DONE, claim=None, ended_at=Now())
        _keep(taken, counting)
    log.info("scan.done", scan=taken.pk, read=counting.read)


def _for(taken: Scan) -> Actor:
    """The scan, acting for the administrator who asked for it."""
    organization = taken.connection.organization_id
    return Actor(taken.actor, organization, frozenset({Permission.MANAGE_MAPPINGS}))


def _fields(connector: Connector, taken: Scan) -> list[SourceField]:
    """What to count. Raises NeedsAdmin for a field asked for that the SIS does not give, and where none is a set."""
    given = {field.name: field for field in connector.fields(taken.kind)}
    if lacking := [name for name in taken.fields if name not in given]:
        raise NeedsAdmin("scan-fields-lacking", fields=", ".join(lacking))
    named = {*taken.fields, *seen.sources(taken.connection, taken.kind)}
    chosen = [field for field in given.values() if field.codes or field.name in named]
    if not chosen:
        raise NeedsAdmin("scan-nothing", connection=taken.connection.name)
    return chosen


def _to_the_last(connector: Connector, kind: str, wanted: ReadFilter) -> Generator[Page]:
    with closing(connector.read(kind, "", wanted)) as pages:  # type: ignore[type-var]
        for page in pages:
            yield page
            if page.last:
                return


def _move(taken: Scan, **position: Any) -> None:
    """Note how far the scan is, if it is still ours and nobody cancelled it."""
    if STOPPING.is_set():
        raise StoppingError
    ours = Scan.objects.filter(pk=taken.pk, claim=taken.claim, state=ScanState.READING)
    if ours.update(**{"claimed_at": Now()} | position) != 1:
        raise LostClaimError


def _stop(taken: Scan, error: YellowbusError) -> None:
    log.warning("scan.failed", scan=taken.pk, detail=error.detail)
    Scan.objects.filter(pk=taken.pk, claim=taken.claim).update(
        state=ScanState.FAILED, claim=None, ended_at=Now(), error_code=error.code,
        error_facts=stored(error.facts),
    )  # fmt: skip


def _keep(taken: Scan, counting: "Counting") -> None:
    rows = [
        SeenCodes(
            connection=taken.connection, kind=taken.kind, field=name, counts=tally.counts, blank=tally.blank,
            others=tally.others, at=Now(),
        )
        for name, tally in counting.tallies.items()
    ]  # fmt: skip
    same = {"connection": taken.connection, "kind": taken.kind, "field__in": list(counting.tallies)}
    SeenCodes.objects.filter(**same).delete()
    SeenCodes.objects.bulk_create(rows)


@each_minute
def defer_orphans() -> int:
    """Defer a job for every scan that has neither a worker nor a live job. How many."""
    with beyond():
        found = list(Scan.objects.filter(unclaimed(), state__in=SCANNING).values_list("pk", flat=True))
    seconds = settings.YELLOWBUS_CLAIM_SECONDS
    orphans = [each for each in found if not port.is_live("scan", str(each), silent_after=seconds)]
    for each in orphans:
        port.defer("scan", str(each))
    return len(orphans)


# --- counting ---


class Tally:
    """The values of one field. It holds MOST_VALUES of them at most, whatever the size of the district."""

    __slots__ = ("blank", "counts", "others")

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.blank = 0
        self.others = 0

    def take(self, value: str | None) -> None:
        if not value or value.isspace():
            self.blank += 1
        elif value in self.counts:
            self.counts[value] += 1
        elif len(self.counts) < MOST_VALUES and _can_be_a_code(value):
            self.counts[value] = 1
        else:
            self.others += 1


def _can_be_a_code(value: str) -> bool:
    """Whether it is short, and text that the database can keep."""
    return len(value) <= LONGEST and "\0" not in value and value.encode("utf-8", "ignore").decode() == value


class Counting:
    """The tallies of all fields over the pages taken so far."""

    def __init__(self, fields: Sequence[SourceField]) -> None:
        self.tallies = {field.name: Tally() for field in fields}
        self._of_student = [(field.name, self.tallies[field.name]) for field in fields if not field.contact]
        self._of_contact = [(field.name, self.tallies[field.name]) for field in fields if field.contact]
        self.read = 0
        self.unreadable = 0

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.tallies)

    def take(self, page: Page) -> None:
        for raw in page.records:
            self.read += 1
            try:
                self._take(page.decode(raw))
            except RecordError:
                self.unreadable += 1

    def _take(self, record: Record) -> None:
        for name, tally in self._of_student:
            tally.take(record.values.get(name))
        for contact in record.contacts:
            for name, tally in self._of_contact:
                tally.take(contact.get(name))
