"""Step 1: take the registrations that are due, page by page, and stage what would become of each."""

import msgspec
from django.db import transaction

from yellowbus.enroll import registrations
from yellowbus.enroll.registrations import Form
from yellowbus.planning.match import match_key
from yellowbus.records import Outcome
from yellowbus.runs.claim import Claim
from yellowbus.runs.exporting.classify import Sis, classify
from yellowbus.runs.exporting.planned import Verdict, plain
from yellowbus.runs.exporting.terms import Terms
from yellowbus.runs.models import Change, Run, State

PAGE = 20
_encode = msgspec.json.Encoder(order="sorted").encode


def choose(run: Run, sis: Sis, terms: Terms, claim: Claim) -> None:
    """From where the run is to the last registration. What a crash interrupts is looked at again from the last page."""
    if not run.pages:
        registrations.link_students(terms.instance, terms.year)
    while not run.last_page_read:
        forms = _page(run, terms)
        verdicts = []
        for form in forms:
            verdicts.append(classify(form, sis, terms))
            claim.stay()
        _take(run, verdicts, terms, claim)


def _page(run: Run, terms: Terms) -> list[Form]:
    after = int(run.bookmark or 0)
    if run.only is not None:
        return registrations.named(terms.instance, run.only, after=after, most=PAGE)
    return registrations.due(terms.instance, terms.year, terms.assigned, after=after, most=PAGE)


def _take(run: Run, verdicts: list[Verdict], terms: Terms, claim: Claim) -> None:
    """Stage one page and move the run past it."""
    run.pages += 1
    run.read += len(verdicts)
    run.last_page_read = len(verdicts) < PAGE
    run.bookmark = str(verdicts[-1].form.id) if verdicts else run.bookmark
    with transaction.atomic():
        Change.objects.bulk_create(_row(run, verdict) for verdict in verdicts)
        claim.move(
            State.READING,
            pages=run.pages,
            read=run.read,
            bookmark=run.bookmark,
            last_page_read=run.last_page_read,
            labels={name: field.label for name, field in terms.targets.catalog.fields.items()},
        )


def _row(run: Run, verdict: Verdict) -> Change:
    form = verdict.form
    writes = verdict.outcome in (Outcome.CREATED, Outcome.UPDATED)
    return Change(
        run=run,
        seq=form.id,
        key=form.external_id,
        student_id=form.id,
        outcome=verdict.outcome.value,
        reason=verdict.reason,
        basis=verdict.basis,
        version=form.version,
        school_code=form.school,
        changes={name: list(pair) for name, pair in verdict.changes.items()} if writes else None,
        problems=[plain(problem) for problem in verdict.problems] or None,
        partial=verdict.partial and (writes or verdict.outcome is Outcome.UNCHANGED),
        match_key=match_key(form.values) if verdict.outcome is Outcome.CREATED else None,
        mark=verdict.mark,
        source=_encode({"values": form.values}),
        plan=verdict.planned.as_row(),
    )
