"""“Schedule Import: Students” as a form: the slider, the time of day and the school year."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from yellowbus.mapping.model import EXPORT
from yellowbus.setup import schedules
from yellowbus.setup.models import Connection, Schedule
from yellowbus.web.place import Place, Request, actor_of
from yellowbus.web.templatetags.yellowbus import year as year_in_words

KIND = "students"


class ScheduleForm(forms.Form):
    """The slider of one connection. Several may stand on one page."""

    enabled = forms.BooleanField(
        label="Schedule Import: Students",
        required=False,
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
    )
    at = forms.TimeField(label="Time of day", widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    year = forms.TypedChoiceField(label="School year", coerce=int)

    def __init__(
        self,
        place: Place,
        connection: Connection,
        now: Schedule | None,
        data: Any = None,
        *,
        kind: str = KIND,
    ) -> None:
        initial: dict[str, Any] = {
            "enabled": bool(now and now.enabled and not now.suspended),
            "at": "02:00",
            "year": place.year,
        }
        if now:
            initial |= {"at": now.at, "year": now.year}
        self.kept, self.kind = now, kind
        super().__init__(data, initial=initial, auto_id=f"schedule-{connection.pk}-%s")
        if kind == EXPORT:
            self.fields["enabled"].label = "Schedule Export: Students"
        years = sorted({*place.years, initial["year"]}, reverse=True)
        self.fields["year"].choices = [(each, year_in_words(each)) for each in years]  # type: ignore[attr-defined]

    def save(self, request: Request, connection: Connection) -> str:
        """Set the schedule as the form says; the sentence that says so."""
        now, given = timezone.now(), self.cleaned_data
        kept = schedules.set_schedule(
            actor_of(request),
            connection,
            self.kind,
            at=given["at"],
            year=given["year"],
            enabled=given["enabled"],
            now=now,
        )
        return f"{connection.name}: {schedules.in_words(kept, now)}"


def of(connections: Sequence[Connection], *, kind: str = KIND) -> dict[int, Schedule]:
    """The schedule of each connection that has one, by its id. One query."""
    rows = Schedule.objects.filter(connection__in=connections, kind=kind)
    return {each.connection_id: each for each in rows.select_related("connection__organization")}


def words(schedule: Schedule | None) -> str:
    return schedules.in_words(schedule, timezone.now()) if schedule else "Off."
