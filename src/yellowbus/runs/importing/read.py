"""Step 1: read the SIS page by page and stage what would become of each record.

A page and the run's new position are one transaction. Records whose mark a row carries are known: they are counted and
not looked at. The rest is decoded, mapped and classified.
"""

import gc
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing, contextmanager
from typing import Any

from django.db import transaction

from yellowbus.connectors.base import Connector, Page, ReadFilter
from yellowbus.enroll import bulk
from yellowbus.enroll.bulk import Held
from yellowbus.mapping.compile import Mapped
from yellowbus.planning.match import Decision, match_key
from yellowbus.records import Outcome
from yellowbus.runs import staging, stay_put
from yellowbus.runs.claim import Claim
from yellowbus.runs.importing.ahead import ahead
from yellowbus.runs.importing.alike import Alike, look
from yellowbus.runs.importing.classify import (
    Incoming,
    InEnroll,
    Verdict,
    classify_school,
    classify_student,
    decode,
    kept_contacts,
    row,
    unreadable,
    would_be_added,
)
from yellowbus.runs.importing.terms import Terms
from yellowbus.runs.models import TRIAL, Run, State
from yellowbus.runs.trial import one_record

PAGE_ROOM = 1_000_000  # positions kept apart for the rows of one page


def read_all(run: Run, connector: Connector, terms: Terms, claim: Claim) -> None:
    """Read from where the run is to the end. What a crash interrupts is read again from the last page committed."""
    if run.last_page_read:
        return
    if terms.kind == "students" and (decided := staging.decisions(terms.connection)):
        bulk.look_again(terms.instance, decided)
    with closing(ahead(_marked(connector, run, terms), claim.stay)) as pages:
        for page, marks in pages:
            _take(run, page, marks, terms=terms, claim=claim)


def _marked(connector: Connector, run: Run, terms: Terms) -> Generator[tuple[Page, list[bytes]]]:
    """Each page with the marks of its records, to the last."""
    wanted = ReadFilter(fields=terms.compiled.sources, school_year=terms.year)
    source = (
        one_record(connector, run, wanted.fields)
        if run.trigger == TRIAL
        else connector.read(run.kind, run.bookmark, wanted)
    )
    with closing(source) as pages:  # type: ignore[type-var]
        for page in pages:
            yield page, [terms.mark(raw) for raw in page.records]
            if page.last:
                return


def _take(run: Run, page: Page, marks: list[bytes], *, terms: Terms, claim: Claim) -> None:
    """Stage one page and move the run past it."""
    with transaction.atomic():
        taken = _stage(page, marks, terms, number=run.pages)
        run.pages += 1
        run.read += taken
        run.bookmark = page.bookmark
        run.total = page.total if page.total is not None else run.total
        run.last_page_read = page.last
        claim.move(
            State.READING,
            pages=run.pages,
            read=run.read,
            bookmark=run.bookmark,
            total=run.total,
            last_page_read=run.last_page_read,
        )


def _stage(page: Page, marks: list[bytes], terms: Terms, *, number: int) -> int:
    """The number of records of the page that belong to the run."""
    familiar = _familiar(marks, terms)
    with _no_collection():
        fresh = [decode(page.records[place], marks[place], terms, page.decode) for place in familiar.fresh]
        if terms.only is not None:  # what is not asked for is not counted either
            fresh = [incoming for incoming in fresh if incoming.key in terms.only]
        verdicts = list(_classify(fresh, terms)) if fresh else []
        staged = [pair for pair in zip(fresh, verdicts, strict=True) if pair[1].staged]
        if staged:
            staging.stage(_rows(staged, terms, start=number * PAGE_ROOM))
        stay_put.lift(terms.run, terms.connection, _lifted(verdicts))
        tallies, reasons = _tally(familiar.schools, verdicts)
        left_out = _left_out(verdicts)
    staging.note_page(terms.run, number, familiar.rows, tallies=tallies, reasons=reasons, left_out=left_out)
    return len(fresh) + sum(familiar.schools.values())


def _lifted(verdicts: Iterable[Verdict]) -> Iterator[tuple[int, str]]:
    """The student and the field of each value that was put back and that the SIS has since changed."""
    for verdict in verdicts:
        if verdict.held is not None:
            yield from ((verdict.held.id, field) for field in verdict.lifted)


def _familiar(marks: Sequence[bytes], terms: Terms) -> bulk.Familiar:
    """A retry and a Send Record look at each of their records again, whatever their marks."""
    if terms.afresh:
        return bulk.Familiar(range(len(marks)), "{}", {})
    return bulk.familiar(terms.kind, terms.instance, marks, year=terms.year)


@contextmanager
def _no_collection() -> Iterator[None]:
    """A page's records live for a moment, hold no cycles and are many: looking for cycles among them is in vain."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _classify(fresh: Sequence[Incoming], terms: Terms) -> Iterable[Verdict]:
    """A verdict for each record, in order. What Enroll holds is loaded once for the page."""
    held = bulk.held_by_key(
        terms.kind, terms.instance, {incoming.key for incoming in fresh if incoming.key}, year=terms.year
    )
    mapped = [_mapped(incoming, held, terms) for incoming in fresh]
    if terms.kind == "schools":
        for incoming, values in zip(fresh, mapped, strict=True):
            yield (
                unreadable(incoming)
                if values is None
                else classify_school(incoming, values, held.get(incoming.key), terms)
            )
        return
    for incoming, values in zip(fresh, mapped, strict=True):
        incoming.match_key = match_key(values.values) if values else None
    around = _around(fresh, mapped, held, terms)
    for incoming, values in zip(fresh, mapped, strict=True):
        yield unreadable(incoming) if values is None else classify_student(incoming, values, around, terms)


def _mapped(incoming: Incoming, held: Mapping[str, Held], terms: Terms) -> Mapped | None:
    """What the mapping makes of a record; None for one that could not be read."""
    if incoming.record is None:
        return None
    incoming.kept = kept_contacts(held.get(incoming.key))
    return terms.compiled.apply(incoming.record, incoming.kept)


def _around(
    fresh: Sequence[Incoming], mapped: Sequence[Mapped | None], held: Mapping[str, Held], terms: Terms
) -> InEnroll:
    keys = {incoming.match_key for incoming in fresh if incoming.match_key}
    decided = {
        key: Decision(student)
        for key, student in staging.decisions(terms.connection, [incoming.key for incoming in fresh]).items()
    }
    named = [decision.student for decision in decided.values() if decision.student is not None]
    by_id = {each.id: each for each in held.values()}
    by_id |= bulk.held_by_id(terms.kind, terms.instance, named, year=terms.year) if named else {}
    namesakes = bulk.namesakes(terms.instance, keys, year=terms.year)
    alike = _alike(fresh, mapped, {*held, *decided}, terms)
    by_id |= {each.link.id: each.link for each in alike.values() if each.link}
    return InEnroll(held, by_id, namesakes, decided, alike, stay_put.notes(terms.connection, by_id))


def _alike(
    fresh: Sequence[Incoming], mapped: Sequence[Mapped | None], known: AbstractSet[str], terms: Terms
) -> dict[str, Alike]:
    """Whom the records that would be added may be, by their key."""
    sought = {
        place: (incoming.key, values.values)
        for place, (incoming, values) in enumerate(zip(fresh, mapped, strict=True))
        if values and not values.failed and incoming.key not in known and would_be_added(values.values, terms)
    }
    return {fresh[place].key: alike for place, alike in look(sought, terms).items()}


def _rows(
    staged: Sequence[tuple[Incoming, Verdict]], terms: Terms, *, start: int
) -> Iterator[tuple[Any, ...]]:
    """The rows to copy in. Ids are reserved before the copy begins, which holds the connection to itself."""
    new = sum(verdict.outcome is Outcome.CREATED for _, verdict in staged)
    ids = iter(bulk.reserve_ids(terms.kind, new) if new else ())
    return (
        row(incoming, verdict, terms, seq=position, student=_student(verdict, ids))
        for position, (incoming, verdict) in enumerate(staged, start=start + 1)
    )


def _student(verdict: Verdict, ids: Iterator[int]) -> int | None:
    if verdict.outcome is Outcome.CREATED:
        return next(ids)
    return verdict.held.id if verdict.held else None


Tally = dict[str, Counter[str]]


def _tally(familiar: Mapping[str, int], verdicts: Sequence[Verdict]) -> tuple[Tally, Tally]:
    """What the page adds to the counts without rows: {school: {outcome: n}} and {reason: {school: n}}."""
    tallies: Tally = {school: Counter({Outcome.UNCHANGED.value: times}) for school, times in familiar.items()}
    reasons: Tally = {}
    for verdict in verdicts:
        if not verdict.staged:
            tallies.setdefault(verdict.school, Counter())[verdict.outcome.value] += 1
            reasons.setdefault(verdict.reason, Counter())[verdict.school] += 1
    return tallies, reasons


def _left_out(verdicts: Iterable[Verdict]) -> dict[str, dict[str, list[str]]]:
    """Who was skipped without a row: {reason: {school: [key]}}."""
    found: dict[str, dict[str, list[str]]] = {}
    for verdict in verdicts:
        if not verdict.staged:
            found.setdefault(verdict.reason, {}).setdefault(verdict.school, []).append(verdict.key)
    return found
