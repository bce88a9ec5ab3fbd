"""What would become of one registration. Reads the SIS, and writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from yellowbus.connectors.writing import Held, Place, Sought, Writer
from yellowbus.enroll import registrations
from yellowbus.enroll.registrations import Form
from yellowbus.planning.diff import Changes, diff
from yellowbus.planning.enrolling import ATTENDING, EntryRefused, Returning, entry
from yellowbus.planning.recognise import Child, Doubt, Recognised, Said, Same, recognise
from yellowbus.records import Outcome, Problem
from yellowbus.runs.exporting import intents
from yellowbus.runs.exporting.contacts import ContactPlan, plan_contacts
from yellowbus.runs.exporting.groups import whole_groups
from yellowbus.runs.exporting.planned import Act, Entering, Planned, Verdict
from yellowbus.runs.exporting.targets import Values, by_place
from yellowbus.runs.exporting.terms import Terms
from yellowbus.runs.models import Identity

SUCCEEDED: Final = "succeeded"
_SCHOOL = "registrations.school_code"


@dataclass(slots=True)
class Sis:
    """The SIS as one run sees it: how to write into it, and its schools as places to write to in the run's year."""

    writer: Writer
    year: int
    _places: dict[str, Place] = field(default_factory=dict)

    def place(self, school: str) -> Place | None:
        if not self._places:
            self._places = {place.school: place for place in self.writer.places(self.year)}
        return self._places.get(school)


def classify(form: Form, sis: Sis, terms: Terms) -> Verdict:
    """What would become of the registration, by all that Enroll and the SIS say now."""
    early = _screened(form, terms) or _refused_place(form, sis)
    if early is not None:
        return early
    mapped = terms.map(form)
    if mapped.failed:
        first = next(problem for problem in mapped.problems if not problem.warning)
        return Verdict(form, Outcome.FAILED, first.code, problems=mapped.problems)
    seen = sis.writer.look(sought(form))
    found = recognised(form, seen, terms)
    if isinstance(found, Doubt):
        return _doubtful(form, found, seen)
    places = by_place(mapped.values)
    if isinstance(found, Same):
        held = next(each for each in seen if each.remote == found.remote)
        verdict = _known(form, held, places, sis, terms)
        verdict.basis = found.ground.value
    else:
        verdict = _new(form, places, sis, terms)
        verdict.basis = "new"
    verdict.problems = [*mapped.problems, *verdict.problems]
    return _settled(verdict, terms, seen)


# --- who it is ---


def sought(form: Form) -> Sought:
    return Sought(
        remote=form.sis_id,
        key=form.sis_key,
        first_name=form.values["students.fname"],
        last_name=form.values["students.lname"],
        birth_date=form.born,
    )


def child_of(form: Form) -> Child:
    assert form.born is not None
    return Child(
        form.values["students.fname"], form.values["students.lname"], form.born, form.sis_id, form.sis_key
    )


def recognised(form: Form, seen: Sequence[Held], terms: Terms) -> Recognised:
    """Which of `seen` the child is, also where a write without an answer is what explains that it is there."""
    child, others, said = child_of(form), _others(form, seen, terms), _said(form, terms)
    unanswered = intents.unanswered_create(terms.connection, form.id)
    if unanswered and not (form.sis_id or form.sis_key):
        apart = others | (said.none_of if said else frozenset())
        made = intents.found_after(child, seen, school=form.school, apart=apart)
        if made is not None:
            return made
    return recognise(child, seen, others=others, accept_exact=terms.options.accept_exact, said=said)


def _others(form: Form, seen: Sequence[Held], terms: Terms) -> set[str]:
    return registrations.of_others(terms.instance, terms.connection, form, [each.remote for each in seen])


def _identity(form: Form, terms: Terms) -> Identity | None:
    return Identity.objects.filter(connection=terms.connection, registration=form.id).first()


def _said(form: Form, terms: Terms) -> Said | None:
    identity = _identity(form, terms)
    return Said(identity.remote, frozenset(identity.none_of)) if identity else None


def _doubtful(form: Form, found: Doubt, seen: Sequence[Held]) -> Verdict:
    known = {each.remote: each for each in seen}
    problems = [
        Problem(found.reason, "", {"student": remote, "key": held.key, "standing": held.standing.value})
        for remote in found.remotes
        if (held := known.get(remote))
    ]
    planned = Planned(seen=tuple(known))
    return Verdict(form, Outcome.REVIEW, found.reason, problems=problems, planned=planned)


# --- what keeps it from going ---


def _screened(form: Form, terms: Terms) -> Verdict | None:
    """What needs no question to the SIS."""
    if form.status != registrations.APPROVED:
        withdrawn = form.status == registrations.WITHDRAWN and form.sis_id
        return Verdict(form, Outcome.SKIPPED, "withdrawn-after-sync" if withdrawn else "export-not-approved")
    if form.year != terms.year:
        return Verdict(form, Outcome.SKIPPED, "export-other-year")
    if form.school not in terms.assigned:
        return Verdict(form, Outcome.SKIPPED, "export-school-elsewhere")
    if not (
        form.name and form.born and form.values.get("students.fname") and form.values.get("students.lname")
    ):
        return _failed(form, "registration-without-name", registration=form.external_id)
    if form.sync_state == SUCCEEDED and form.synced_mark == terms.mark(form):
        # The mark goes along: without it the next export would ask the SIS about the registration again.
        return Verdict(form, Outcome.UNCHANGED, mark=form.synced_mark)
    return None


def _refused_place(form: Form, sis: Sis) -> Verdict | None:
    """A school that is not set up for the year fails its registrations before anything is written."""
    place = sis.place(form.school)
    if place is None:
        return _failed(form, "export-school-unknown", school=form.school)
    if not place.ready:
        return _failed(form, place.code, **place.facts)
    return None


def _failed(form: Form, code: str, **facts: object) -> Verdict:
    return Verdict(form, Outcome.FAILED, code, problems=[Problem(code, _SCHOOL, facts)])


# --- a new student ---


def _new(form: Form, places: Mapping[int, Values], sis: Sis, terms: Terms) -> Verdict:
    entering = _entering(form, places[0], sis, terms)
    if isinstance(entering, Verdict):
        return entering
    takes = terms.targets.fields
    values = {name: value for name, value in places[0].items() if takes[name].on_create}
    changes, problems = whole_groups(diff(values, None, terms.compiled.write_rules), {}, terms.targets)
    contacts = plan_contacts(form, places, sis.writer, terms, student="")
    return _written(Verdict(form, Outcome.CREATED), changes, problems, Planned(entering=entering), contacts)


def _entering(form: Form, values: Values, sis: Sis, terms: Terms) -> Entering | Verdict:
    """How the child comes into its school, or why it cannot."""
    place = sis.place(form.school)
    assert place is not None
    if place.first_day is None or place.last_day is None:
        return _failed(form, "export-year-without-days", school=place.name, year=terms.year)
    if place.grades and place.grades.isdisjoint(_grades(form, values, terms)):
        return _failed(form, "export-grade-not-offered", school=place.name, grade=form.grade)
    try:
        day = entry(
            today=terms.today, first_day=place.first_day, last_day=place.last_day, chosen=form.entry_date,
            status=terms.options.status,
        )  # fmt: skip
    except EntryRefused:
        return _failed(
            form, "export-entry-date", school=place.name, first=place.first_day, last=place.last_day
        )
    return Entering(day.day, day.exit_day, day.standing)


def _grades(form: Form, values: Values, terms: Terms) -> set[str]:
    """The grade as Enroll writes it, and as the mapping writes it for the SIS."""
    mapped = {values.get(name) for name in terms.grade_targets}
    return {form.grade, *(grade for grade in mapped if grade)}


# --- a student whom the SIS has ---


def _known(form: Form, held: Held, places: Mapping[int, Values], sis: Sis, terms: Terms) -> Verdict:
    entering = None
    if held.standing.value not in ATTENDING:
        back = _coming_back(form, held, terms)
        if back is not None:
            return back
        if _returning(form, terms) is Returning.RE_ENROLL:
            come = _entering(form, places[0], sis, terms)
            if isinstance(come, Verdict):
                return come
            entering = come
    current = {name: value for name, value in held.values.items() if value}
    takes = terms.targets.fields
    values = {name: value for name, value in places[0].items() if takes[name].on_update}
    changed = diff(terms.targets.as_written(values, current), current, terms.compiled.write_rules)
    changes, problems = whole_groups(changed, current, terms.targets)
    contacts = plan_contacts(form, places, sis.writer, terms, student=held.remote)
    planned = Planned(held.remote, held.key, entering, holding=tuple(current))
    return _written(Verdict(form, Outcome.UPDATED), changes, problems, planned, contacts)


def _returning(form: Form, terms: Terms) -> Returning:
    identity = _identity(form, terms)
    return Returning(identity.returning) if identity and identity.returning else terms.options.returning


def _coming_back(form: Form, held: Held, terms: Terms) -> Verdict | None:
    """A student who does not attend: what to do is said by a person or an option, never guessed."""
    chosen = _returning(form, terms)
    if chosen is Returning.UPDATE or (chosen is Returning.RE_ENROLL and terms.re_enrolls):
        return None
    code = "export-manual-enrollment" if chosen is Returning.RE_ENROLL else "export-returning"
    facts = {"student": held.remote, "key": held.key, "standing": held.standing.value}
    planned = Planned(held.remote, held.key, seen=(held.remote,))
    return Verdict(form, Outcome.REVIEW, code, problems=[Problem(code, "", facts)], planned=planned)


# --- both ---


def _written(
    verdict: Verdict,
    changes: Changes,
    problems: Sequence[Problem],
    planned: Planned,
    contacts: ContactPlan,
) -> Verdict:
    verdict.changes = changes | contacts.changes
    verdict.problems = [*problems, *contacts.problems]
    verdict.planned = Planned(
        remote=planned.remote,
        key=planned.key,
        entering=planned.entering,
        contacts=tuple(contacts.contacts),
        holding=(*planned.holding, *contacts.holding),
    )
    return verdict


def _settled(verdict: Verdict, terms: Terms, seen: Sequence[Held]) -> Verdict:
    """What is true of every verdict once all is known."""
    if verdict.outcome in (Outcome.FAILED, Outcome.REVIEW):
        return verdict
    planned = verdict.planned
    acts = any(contact.act is not Act.KEEP for contact in planned.contacts)
    if verdict.outcome is Outcome.UPDATED and not (verdict.changes or acts or planned.entering):
        verdict.outcome = Outcome.UNCHANGED
    verdict.planned = Planned(
        planned.remote, planned.key, planned.entering, planned.contacts,
        tuple(each.remote for each in seen), planned.holding,
    )  # fmt: skip
    verdict.reason = next((problem.code for problem in verdict.problems if not problem.note), "")
    verdict.mark = None if verdict.partial else terms.mark(verdict.form)
    return verdict
