"""Step 2: look at all that would be sent together: the same child twice, shared contacts, holds, and who must say yes."""

from collections.abc import Iterator
from dataclasses import replace

from django.db import transaction
from django.db.models.functions import Now

from yellowbus.planning.guard import FieldTally, HoldKind, HoldRule, holds
from yellowbus.planning.recognise import are_alike
from yellowbus.records import Outcome, Problem
from yellowbus.runs import held_rows, staging
from yellowbus.runs.claim import Claim
from yellowbus.runs.exporting.planned import Act, Planned, PlannedContact, plain
from yellowbus.runs.exporting.targets import Values, by_place
from yellowbus.runs.exporting.terms import Terms
from yellowbus.runs.importing.plan import dismissed_already, last_good, replace_older, writes
from yellowbus.runs.models import TRIAL, Change, Hold, Identity, Run, State

_WRITES = (Outcome.CREATED.value, Outcome.UPDATED.value)
_MANY = 500


def plan(run: Run, terms: Terms, claim: Claim) -> None:
    """Make the plan of what is staged. It then waits for a person, or goes on if it has its yes."""
    with transaction.atomic():
        _one_create_for_one_child(run, terms)
        _share_contacts(run, terms)
        for rule in _held(run, terms):
            if rule.count > run.released.get(rule.field, 0):
                _hold(run, rule)
        run.counts = staging.counts(run.pk)
        why = _waits_because(run)
        replace_older(run)
        claim.move(
            State.PLANNING,
            to=State.WAITING if why else State.APPLYING,
            waits_because=why,
            planned_at=Now(),
            counts=run.counts,
        )


# --- one child ---


def _one_create_for_one_child(run: Run, terms: Terms) -> None:
    """Of registrations that would all create the same child the first does; a person looks at the others."""
    rows = Change.objects.filter(run=run, outcome=Outcome.CREATED.value).exclude(match_key=None)
    said = Identity.objects.filter(connection=terms.connection, remote="").values_list(
        "registration", flat=True
    )
    decided, known = set(said), dict[str, list[tuple[str, str]]]()
    for seq, key, match in rows.order_by("seq").values_list("seq", "key", "match_key"):
        first, _, family = (match or "").partition("|")
        before = known.setdefault(family, [])
        reason, other = _same_as(first, before)
        before.append((first, key))
        if reason and seq not in decided:
            problem = Problem(reason, "", {"registration": other})
            rows.filter(seq=seq).update(
                outcome=Outcome.REVIEW.value,
                reason=reason,
                problems=[plain(problem)],
                changes=None,
                mark=None,
            )


def _same_as(first: str, before: list[tuple[str, str]]) -> tuple[str, str]:
    """Why a first name is that of an earlier child of the same last name and birth date, and which one's."""
    for name, key in before:
        if name == first:
            return "export-same-child-twice", key
        if are_alike(name, first):
            return "export-near-in-run", key
    return "", ""


# --- shared contacts ---


def _share_contacts(run: Run, terms: Terms) -> None:
    """Siblings whose forms name the same new contact share the one that the first of them makes."""
    made: dict[tuple[str, ...], tuple[int, int, str]] = {}
    rows = Change.objects.filter(run=run, outcome__in=_WRITES).defer("source").order_by("seq")
    for change in rows.iterator(_MANY):
        planned = Planned.of_row(change.plan)
        contacts, notes = _shared(change, planned, made, terms)
        if contacts != planned.contacts:
            problems = [*(change.problems or ()), *map(plain, notes)]
            Change.objects.filter(run=run, seq=change.seq).update(
                plan=replace(planned, contacts=contacts).as_row(), problems=problems
            )


def _shared(
    change: Change, planned: Planned, made: dict[tuple[str, ...], tuple[int, int, str]], terms: Terms
) -> tuple[tuple[PlannedContact, ...], list[Problem]]:
    after = by_place({name: pair[1] for name, pair in (change.changes or {}).items()})
    contacts, notes = [], list[Problem]()
    for contact in planned.contacts:
        found = _made_before(contact, after.get(contact.slot, {}), made, terms)
        if found is not None:
            contacts.append(replace(contact, like=found[:2]))
            facts = {"slot": contact.slot, "registration": found[2], "other": found[1]}
            notes.append(Problem("export-contact-shared", str(contact.slot), facts, warning=True, note=True))
            continue
        contacts.append(contact)
        if contact.act is Act.CREATE:
            own = (change.seq, contact.slot, change.key)
            made |= {
                each: own
                for each in terms.targets.roles.identities(after.get(contact.slot, {}))
                if each not in made
            }
    return tuple(contacts), notes


def _made_before(
    contact: PlannedContact, values: Values, made: dict[tuple[str, ...], tuple[int, int, str]], terms: Terms
) -> tuple[int, int, str] | None:
    if contact.act is not Act.CREATE:
        return None
    identities: Iterator[tuple[str, ...]] = iter(sorted(terms.targets.roles.identities(values)))
    return next((made[each] for each in identities if each in made), None)


# --- holds ---


def _held(run: Run, terms: Terms) -> tuple[HoldRule, ...]:
    """Which fields wait. Where too few students are concerned for any threshold, nothing is counted."""
    tallies = {
        field: tally
        for field, tally in staging.field_tallies(run.pk).items()
        if max(tally) >= terms.thresholds.at_least
    }
    if not tallies:
        return ()
    holding = staging.planned_holding(run.pk, list(tallies))
    return holds(
        {field: FieldTally(clears, updates, holding[field]) for field, (clears, updates) in tallies.items()},
        known=staging.matched(run.pk),
        moved=0,
        thresholds=terms.thresholds,
    )


def _hold(run: Run, rule: HoldRule) -> None:
    held_rows.hold_field(run.pk, "", rule.field, clears=rule.kind is HoldKind.CLEARS)
    Hold.objects.create(
        run=run, rule=rule.kind.value, field=rule.field, count=rule.count, population=rule.of,
        threshold=rule.threshold, **dismissed_already(run, rule),
    )  # fmt: skip


def _waits_because(run: Run) -> str:
    """Why a person must say yes before anything is written; "" if nobody must."""
    if run.approved_by or (run.trigger == TRIAL and not writes(run)):
        return ""
    if last_good(run) is None:
        return "export-first-run"
    return "" if run.schedule_id else "asked-to-plan"
