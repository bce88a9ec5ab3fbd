"""Students: a list to search, and one student's values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path

from yellowbus.catalog import Section
from yellowbus.enroll import directory
from yellowbus.enroll.directory import Child, Wanted
from yellowbus.enroll.students import catalog_of
from yellowbus.errors import NeedsAdmin
from yellowbus.setup.permissions import Permission
from yellowbus.web.page import page
from yellowbus.web.paging import Paged, asked_page, start_of
from yellowbus.web.place import Place, Request

_LONGEST = 100
_SECTIONS = (Section.STUDENT, Section.GUARDIAN, Section.EMERGENCY, Section.CUSTOM)


class Filter(forms.Form):
    """What the list is narrowed to."""

    use_required_attribute = False
    filters = True  # every box may stay empty, which then need not be said of each
    text = forms.CharField(label="Name or id", required=False, max_length=_LONGEST)
    school = forms.ChoiceField(label="School", required=False)
    grade = forms.CharField(label="Grade", required=False, max_length=10)

    def __init__(self, data: Mapping[str, str], schools: Mapping[str, str]) -> None:
        super().__init__(data)
        choices = [("", "All schools"), *((code, f"{name} ({code})") for code, name in schools.items())]
        self.fields["school"].choices = choices  # type: ignore[attr-defined]

    @property
    def wanted(self) -> Wanted:
        """What was asked for; a filter that cannot be read narrows nothing."""
        self.full_clean()
        return Wanted(**{name: value for name, value in self.cleaned_data.items() if value})


@dataclass(frozen=True, slots=True)
class Group:
    """The values of one section in one year, as field name, label and value."""

    title: str
    rows: Sequence[tuple[str, str, str]]


@page(Permission.VIEW_STUDENTS)
def students(request: Request) -> HttpResponseBase:
    place = request.place
    schools = directory.school_names(place.instance)
    form, number = Filter(request.GET, schools), asked_page(request)
    wanted = form.wanted
    part = directory.students(place.instance, place.year, wanted, start=start_of(number))
    context = {
        "form": form,
        "rows": [(row, schools.get(row.school_code, row.school_code)) for row in part.rows],
        "part": Paged(number, part.total),
        "narrowed": wanted != Wanted(),
    }
    return render(request, "students/list.html", context)


@page(Permission.VIEW_STUDENTS)
def student(request: Request, key: int) -> HttpResponseBase:
    place = request.place
    child = directory.student(place.instance, key)
    if child is None:
        raise NeedsAdmin("student-gone")
    years = sorted(child.years, reverse=True)
    asked = request.GET.get("in", "")
    year = next((each for each in years if str(each) == asked), _default(place, years))
    return render(
        request,
        "students/one.html",
        {
            "child": child,
            "shown": year,
            "years": years,
            "groups": _groups(place, child, year),
            "may_ask_why": place.may(Permission.VIEW_LOG),
        },
    )


def _default(place: Place, years: Sequence[int]) -> int:
    return place.year if place.year in years or not years else years[0]


def _groups(place: Place, child: Child, year: int) -> list[Group]:
    """Every value the child has in `year`, in the order of the Field Mapping tab; sections without a value left out."""
    values = {**child.lasting, **child.years.get(year, {})}
    known = catalog_of("students", place.instance).fields
    rows: dict[Section, list[tuple[str, str, str]]] = {section: [] for section in _SECTIONS}
    for name, described in known.items():
        if name in values:
            rows[described.section].append((name, described.label, values[name]))
    return [Group(section.value, found) for section, found in rows.items() if found]


urlpatterns = [
    path("students/", students, name="students"),
    path("students/<int:key>/", student, name="student"),
]
