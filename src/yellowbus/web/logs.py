"""Sync Logs: every run of this site in one table, to narrow and to download."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path

from yellowbus.runs import history, log
from yellowbus.runs.history import STATUSES, Asked
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import Permission
from yellowbus.web.downloads import as_csv, as_file
from yellowbus.web.page import page
from yellowbus.web.paging import Paged, asked_page, start_of
from yellowbus.web.place import Place, Request

_DAY = forms.DateInput(attrs={"type": "date"})


class Filter(forms.Form):
    """What the list is narrowed to."""

    use_required_attribute = False
    filters = True
    connection = forms.TypedChoiceField(label="Connection", required=False, coerce=int, empty_value=None)
    status = forms.ChoiceField(label="Status", required=False)
    student = forms.CharField(label="Student District ID", required=False, max_length=100)
    since = forms.DateField(label="From", required=False, widget=_DAY)
    until = forms.DateField(label="To", required=False, widget=_DAY)

    def __init__(self, data: Mapping[str, str], place: Place) -> None:
        super().__init__(data)
        rows = Connection.objects.filter(instance_id=place.instance).order_by("name", "pk")
        named = [(row.pk, f"{row.name} (archived)" if row.archived_at else row.name) for row in rows]
        self.fields["connection"].choices = [("", "All connections"), *named]  # type: ignore[attr-defined]
        if not place.may(Permission.VIEW_STUDENTS):
            del self.fields["student"]
        words = [(word, word) for word in STATUSES]
        self.fields["status"].choices = [("", "Any status"), *words]  # type: ignore[attr-defined]

    @property
    def asked(self) -> Asked:
        """What was asked for; a filter that cannot be read narrows nothing."""
        self.full_clean()
        return Asked(**{name: value for name, value in self.cleaned_data.items() if value})


@page(Permission.VIEW_LOG)
def logs(request: Request) -> HttpResponseBase:
    place, form, number = request.place, Filter(request.GET, request.place), asked_page(request)
    asked = form.asked
    runs, total = history.runs(place.instance, asked, zone=place.zone, start=start_of(number))
    context: dict[str, Any] = {
        "form": form,
        "rows": [log.row(run) | {"key": run.pk} for run in runs],
        "part": Paged(number, total),
        "narrowed": asked != Asked(),
        "query": request.GET.urlencode(),
    }
    return render(request, "logs/list.html", context)


@page(Permission.VIEW_LOG)
def file(request: Request) -> HttpResponseBase:
    """The same runs as a file."""
    place = request.place
    rows = history.narrowed(place.instance, Filter(request.GET, place).asked, zone=place.zone)
    return as_file(as_csv(history.CSV_HEADER, history.cells(rows, place.zone)), "sync-logs.csv")


urlpatterns = [
    path("logs/", logs, name="logs"),
    path("logs/file/", file, name="logs-file"),
]
