"""Reconciliation: school by school, and student by student, where the SIS and Enroll do not say the same."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse

from yellowbus.enroll import directory
from yellowbus.planning.report import counted, reconciliation_line
from yellowbus.runs import differences
from yellowbus.runs.difference_models import Side
from yellowbus.runs.differences import CSV_HEADER, Asked, Show
from yellowbus.runs.waiting import LONGEST
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import Permission
from yellowbus.web.connections import of_site
from yellowbus.web.downloads import as_csv, as_file
from yellowbus.web.numbers import number_in
from yellowbus.web.page import page
from yellowbus.web.paging import Paged, asked_page, start_of
from yellowbus.web.place import Place, Request, actor_of

SEE = (Permission.VIEW_LOG, Permission.VIEW_STUDENTS)
_SHOWN = {
    Show.OPEN: "To look at", Show.LEFT_OUT: "Left out by filter or assignment", Show.DISMISSED: "Dismissed",
}  # fmt: skip


class Filter(forms.Form):
    """What the lists are narrowed to."""

    use_required_attribute = False
    filters = True
    connection = forms.TypedChoiceField(label="Connection", required=False, coerce=int, empty_value=None)
    show = forms.ChoiceField(
        label="Show", required=False, choices=[(each.value, word) for each, word in _SHOWN.items()]
    )
    side = forms.ChoiceField(
        label="Difference", required=False, choices=[("", "Any difference"), *Side.choices]
    )
    school = forms.ChoiceField(label="School", required=False)

    def __init__(self, data: Mapping[str, str], place: Place) -> None:
        super().__init__(data)
        self.site, self.schools = of_site(place), directory.school_names(place.instance)
        chosen = {
            "connection": [("", "All connections"), *((each.pk, each.name) for each in self.site)],
            "school": [
                ("", "All schools"),
                *((code, f"{name} ({code})") for code, name in sorted(self.schools.items())),
            ],
        }
        for name, choices in chosen.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        self.full_clean()

    @property
    def connections(self) -> list[Connection]:
        wanted = self.cleaned_data.get("connection")
        return [each for each in self.site if wanted in (None, each.pk)]

    @property
    def asked(self) -> Asked:
        """What was asked for; a filter that cannot be read narrows nothing."""
        given = self.cleaned_data
        return Asked(Show(given.get("show") or Show.OPEN), given.get("side", ""), "", given.get("school", ""))


@page(*SEE)
def reconciliation(request: Request) -> HttpResponseBase:
    place, form, number = request.place, Filter(request.GET, request.place), asked_page(request)
    asked = form.asked
    rows, total = differences.lines(actor_of(request), form.connections, asked, start=start_of(number))
    context: dict[str, Any] = {
        "form": form,
        "asked": asked,
        "schools": _schools(form.connections),
        "reasons": differences.counts(form.connections, asked.show),
        "rows": [(row, form.schools.get(row.school, "")) for row in rows],
        "part": Paged(number, total),
        "may_dismiss": place.may(Permission.RELEASE_HOLDS),
        "dismissed": asked.show is Show.DISMISSED,
        "query": request.GET.urlencode(),
        "longest": LONGEST,
    }
    return render(request, "reconciliation/list.html", context)


def _schools(connections: Sequence[Connection]) -> list[tuple[Any, Any, list[tuple[str, int]]]]:
    return [
        (connection, run, [(reconciliation_line(line), line.unexplained) for line in found])
        for connection, run, found in differences.schools(connections)
    ]


@page(*SEE)
def file(request: Request) -> HttpResponseBase:
    """The same lists as a file."""
    form = Filter(request.GET, request.place)
    found = differences.every(actor_of(request), form.connections, form.asked)
    return as_file(as_csv(CSV_HEADER, differences.cells(found)), "reconciliation.csv")


@page(*SEE, Permission.RELEASE_HOLDS, methods=("POST",))
def dismiss(request: Request) -> HttpResponseBase:
    """Dismiss the ticked differences, or with `back` list them again."""
    named = map(number_in, request.POST.getlist("chosen"))
    chosen = [each for each in named if each is not None]
    if "back" in request.POST:
        count = differences.take_back(actor_of(request), of_site(request.place), chosen)
        messages.success(request, f"{counted(count, 'difference')} listed again.")
    else:
        because = request.POST.get("because", "")
        count = differences.dismiss(actor_of(request), of_site(request.place), chosen, because=because)
        messages.success(request, f"{counted(count, 'difference')} dismissed. What changes comes back.")
    asked = QueryDict(request.POST.get("query", "")).urlencode()
    return HttpResponseRedirect(reverse("reconciliation") + (f"?{asked}" if asked else ""))


urlpatterns = [
    path("reconciliation/", reconciliation, name="reconciliation"),
    path("reconciliation/file/", file, name="reconciliation-file"),
    path("reconciliation/dismiss/", dismiss, name="reconciliation-dismiss"),
]
