"""The same record twice in one read: alike ones count once, differing ones all fail.

A record that its mark explains has no row, only a place in its page's counts. Where it turns out not to be alone, its
place is moved, so that a night with marks counts as one without.
"""

from collections.abc import Mapping, Sequence

from yellowbus.enroll import bulk
from yellowbus.records import Outcome
from yellowbus.runs import staging
from yellowbus.runs.importing.links import settle_links
from yellowbus.runs.importing.terms import Terms
from yellowbus.runs.models import Page, Run


def settle(run: Run, terms: Terms) -> None:
    """Look at all pages together. Called once, in the transaction of the plan."""
    settle_links(run, terms)
    again = staging.confirmed_again(run.pk)
    staging.settle_repeats(run.pk)
    contradicted = staging.confirmed_and_contradicted(run.pk)
    alike = {student: pages[1:] for student, pages in again.items() if student not in contradicted}
    schools = _schools(terms, [*alike, *contradicted])
    _recount(run, alike, schools, to=Outcome.SKIPPED, reason="repeated-alike")
    _recount(run, contradicted, schools, to=Outcome.FAILED, reason="repeated-differing")


def _schools(terms: Terms, students: Sequence[int]) -> dict[int, str]:
    held = bulk.held_by_id(terms.kind, terms.instance, students, year=terms.year) if students else {}
    if terms.kind == "schools":
        return {row: each.key for row, each in held.items()}
    return {row: each.values.get("students_annual.school_code", "") for row, each in held.items()}


def _recount(
    run: Run, pages_of: Mapping[int, Sequence[int]], schools: Mapping[int, str], *, to: Outcome, reason: str
) -> None:
    """Move one record of each student from unchanged to `to`, on each of the pages named."""
    for student, numbers in pages_of.items():
        for number in numbers:
            page = Page.objects.get(run=run, number=number)
            school = _counted_under(page, schools.get(student, ""))
            tally = page.tallies[school]
            tally[Outcome.UNCHANGED.value] -= 1
            tally[to.value] = tally.get(to.value, 0) + 1
            page.tallies[school] = {outcome: number for outcome, number in tally.items() if number}
            reasons = page.reasons.setdefault(reason, {})
            reasons[school] = reasons.get(school, 0) + 1
            page.save(update_fields=["tallies", "reasons"])


def _counted_under(page: Page, school: str) -> str:
    """The school it was counted under; another one if somebody has moved the student since the page was read."""
    if page.tallies.get(school, {}).get(Outcome.UNCHANGED.value):
        return school
    counted: str = next(code for code, tally in page.tallies.items() if tally.get(Outcome.UNCHANGED.value))
    return counted
