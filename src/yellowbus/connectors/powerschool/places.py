"""Schools as places to write to: their Years & Terms in one school year (powerschool dossier 13.4, 13.5)."""

from datetime import date
from typing import Final

from yellowbus.connectors.base import text
from yellowbus.connectors.powerschool import schools, wire
from yellowbus.connectors.powerschool.server import Server
from yellowbus.connectors.writing import Place

_YEAR: Final = "1"  # the portion of the term that covers the whole year


def places(server: Server, year: int) -> list[Place]:
    """In the order of their codes; a school without a number cannot be named in a write and is left out."""
    found = [_place(school, year) for school in schools.with_terms(server, year)]
    numbered = [place for place in found if place.school]
    return sorted(numbered, key=lambda place: (not place.school.isdigit(), place.school.zfill(10)))


def _place(found: schools.SchoolTerms, year: int) -> Place:
    school = found.school
    code, name = text(school.get("school_number")) or "", text(school.get("name")) or ""
    first, last = _days(found.terms)
    if first is None or last is None:
        facts = {"school": name or code, "year": f"{year}-{year + 1}"}
        return Place(code, name, ready=False, code="powerschool-school-terms", facts=facts)
    return Place(code, name, ready=True, first_day=first, last_day=last, grades=_grades(school))


def _days(terms: list[wire.Json]) -> tuple[date | None, date | None]:
    """First and last day by the year term, else by all terms together."""
    years = [term for term in terms if text(term.get("portion")) == _YEAR] or terms
    first = [day for term in years if (day := day_of(term.get("start_date")))]
    last = [day for term in years if (day := day_of(term.get("end_date")))]
    return min(first, default=None), max(last, default=None)


def day_of(value: object) -> date | None:
    try:
        return date.fromisoformat(text(value) or "")
    except ValueError:
        return None


def _grades(school: wire.Json) -> frozenset[str]:
    """The grades from the lowest to the highest, those before kindergarten below 0 (dossier 13.3)."""
    low, high = text(school.get("low_grade")), text(school.get("high_grade"))
    try:
        return frozenset(str(grade) for grade in range(int(low or ""), int(high or "") + 1))
    except ValueError:
        return frozenset()
