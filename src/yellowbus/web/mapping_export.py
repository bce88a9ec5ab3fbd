"""The Configure tab of Export Student Mapping: examples, how students enter, who is recognised, and what is allowed."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from yellowbus.connectors.registry import manifest
from yellowbus.enroll import export_examples
from yellowbus.enroll.export_examples import Found
from yellowbus.errors import YellowbusError
from yellowbus.mapping.model import EXPORT
from yellowbus.planning.enrolling import EnrollAs, Returning
from yellowbus.runs.exporting.terms import RE_ENROLL
from yellowbus.setup import writable
from yellowbus.setup.export_options import (
    ExportOptions,
    SisSite,
    mark_of,
    read_export_options,
    set_export_options,
)
from yellowbus.setup.models import Connection
from yellowbus.setup.options import MOST_EXAMPLES
from yellowbus.setup.permissions import Permission
from yellowbus.web import mapping_editing, places, schedule
from yellowbus.web.page import status_of
from yellowbus.web.place import Place, Request, actor_of
from yellowbus.web.schedule import ScheduleForm

TAB = "mapping-configure"
_FORMS = tuple(f"form{number}" for number in range(1, MOST_EXAMPLES + 1))
_STUDENTS = tuple(f"student{number}" for number in range(1, MOST_EXAMPLES + 1))
_ID = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
_STATUS = {
    EnrollAs.DYNAMIC: "Dynamic: pre-registered until the school year of the entry date has begun, then active",
    EnrollAs.PRE_REGISTERED: "Pre-Registered, always",
    EnrollAs.ACTIVE: "Active, always",
}
_RETURNING = {
    Returning.ASK: "Ask a person each time",
    Returning.RE_ENROLL: "Enroll the student again",
    Returning.UPDATE: "Update the data only; the enrollment in the SIS stays as it is",
}
_SIS = {
    SisSite.PRODUCTION: "Production: the records of real children",
    SisSite.TEST: "A test server",
}


class ExportForm(forms.Form):
    """The whole tab as one form, saved at once. `seen` marks what was shown."""

    use_required_attribute = False
    filters = True  # what may stay empty is said of each group, not of each box
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    status = forms.ChoiceField(
        label="Status of a new student",
        widget=forms.RadioSelect,
        choices=[(each.value, says) for each, says in _STATUS.items()],
    )
    returning = forms.ChoiceField(
        label="A student whom the SIS has as inactive, transferred or graduated",
        widget=forms.RadioSelect,
        choices=[(each.value, says) for each, says in _RETURNING.items()],
    )
    accept_exact = forms.BooleanField(
        label="Take the one student with exactly the same names and birth date without asking",
        required=False,
        help_text="Off: such a student is shown to a person, who says whether it is the same child. A student with"
        " the same id is always taken, and one who is only alike never.",
    )
    sis = forms.ChoiceField(
        label="Whose records stand in this SIS",
        widget=forms.RadioSelect,
        choices=[(each.value, says) for each, says in _SIS.items()],
    )
    allow_sandbox = forms.BooleanField(
        label="Let the Sandbox of Enroll write into this SIS though it is production",
        required=False,
        help_text="Off: an export from Sandbox to a production SIS is refused before anything is sent.",
    )

    def __init__(self, options: ExportOptions, *, guards: bool, data: Any = None) -> None:
        """`guards` says whether the person may set what guards a production SIS."""
        initial = {
            "status": options.status.value,
            "returning": options.returning.value,
            "accept_exact": options.accept_exact,
            "sis": options.sis.value,
            "allow_sandbox": options.allow_sandbox,
            **dict(zip(_FORMS, options.registration_examples, strict=False)),
            **dict(zip(_STUDENTS, options.student_examples, strict=False)),
        }
        super().__init__(data, initial=initial)
        self.kept = options
        for names, label in ((_FORMS, "Registration Example"), (_STUDENTS, "Student Example")):
            for number, name in enumerate(names, 1):
                self.fields[name] = forms.CharField(
                    label=f"{label} {number}", required=False, max_length=100, widget=_ID
                )
        if not guards:
            del self.fields["sis"], self.fields["allow_sandbox"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for names in (_FORMS, _STUDENTS):
            typed = [given[name] for name in names if given.get(name)]
            for name in names:
                if given.get(name) and typed.count(given[name]) > 1:
                    self.add_error(name, "This id is given twice.")
        return given

    @property
    def options(self) -> ExportOptions:
        """What was asked for; of a valid form."""
        given = self.cleaned_data
        asked = replace(
            self.kept,
            status=EnrollAs(given["status"]),
            returning=Returning(given["returning"]),
            accept_exact=given["accept_exact"],
            registration_examples=tuple(given[name] for name in _FORMS if given[name]),
            student_examples=tuple(given[name] for name in _STUDENTS if given[name]),
        )
        if "sis" not in given:
            return asked
        return replace(asked, sis=SisSite(given["sis"]), allow_sandbox=given["allow_sandbox"])

    @property
    def form_boxes(self) -> list[Any]:
        return [self[name] for name in _FORMS]

    @property
    def student_boxes(self) -> list[Any]:
        return [self[name] for name in _STUDENTS]


def configure(request: Request, shown: Connection) -> HttpResponseBase:
    """The Configure tab of the kind export."""
    if not writable.can_write(shown):
        return render(request, "mapping/export.html", mapping_editing.frame(shown, EXPORT, TAB))
    data = request.POST if request.method == "POST" else None
    guards = request.place.may(Permission.MANAGE_CONNECTIONS)
    form = ExportForm(read_export_options(shown), guards=guards, data=data)
    if not form.is_valid():
        return _tab(request, shown, form)
    try:
        set_export_options(actor_of(request), shown, form.options, seen=form.cleaned_data["seen"])
    except YellowbusError as error:
        return _tab(request, shown, form, trouble=error)
    messages.success(request, "Saved. The next export goes by it.")
    return redirect(TAB, key=shown.pk, kind=EXPORT)


def _tab(
    request: Request, shown: Connection, form: ExportForm, trouble: YellowbusError | None = None
) -> HttpResponseBase:
    place, kept = request.place, read_export_options(shown)
    set_up = schedule.of([shown], kind=EXPORT).get(shown.pk)
    context = {
        **mapping_editing.frame(shown, EXPORT, TAB),
        **places.context(place, shown),
        "form": form,
        "trouble": trouble,
        "seen": form.data["seen"] if form.errors and "seen" in form.data else mark_of(kept),
        "looked_up": list(_looked_up(place, shown, kept)),
        "re_enrolls": RE_ENROLL in manifest(shown.system).capabilities,
        "schedule_form": ScheduleForm(place, shown, set_up, kind=EXPORT),
        "next_run": schedule.words(set_up),
        "may_schedule": place.may(Permission.MANAGE_SCHEDULES),
    }
    status = status_of(trouble) if trouble else (422 if form.errors else 200)
    return render(request, "mapping/configure_export.html", context, status=status)


def _looked_up(place: Place, shown: Connection, kept: ExportOptions) -> Iterator[tuple[str, Found | None]]:
    """What each example that is kept was found to be; nothing for who may see neither students nor registrations."""
    if place.may(Permission.VIEW_STUDENTS) or place.may(Permission.VIEW_REGISTRATIONS):
        found: Mapping[str, Found | None] = export_examples.find(shown.instance_id, place.year, kept.examples)
        yield from found.items()
