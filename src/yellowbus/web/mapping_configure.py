"""The Configure tab: Student Examples, who may be added, how a record finds its student, and when a change waits."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone

from yellowbus.enroll import codes, students
from yellowbus.errors import NeedsAdmin, YellowbusError
from yellowbus.mapping.model import EXPORT
from yellowbus.planning.admission import EVERYONE, Admission
from yellowbus.planning.guard import Thresholds
from yellowbus.planning.report import counted
from yellowbus.setup import examples
from yellowbus.setup.models import Connection
from yellowbus.setup.options import MOST_EXAMPLES, Options, mark_of, read_options, set_options
from yellowbus.setup.permissions import Permission
from yellowbus.web import mapping_editing, mapping_export
from yellowbus.web.connections import found
from yellowbus.web.example_names import names_of
from yellowbus.web.page import page, status_of
from yellowbus.web.place import Request, actor_of

MANAGE = (Permission.VIEW_LOG, Permission.MANAGE_MAPPINGS)
_TAB = "mapping-configure"
_EXAMPLES = tuple(f"example{number}" for number in range(1, MOST_EXAMPLES + 1))
_ALL, _CHOSEN = "all", "chosen"
_SUPPOSED = 2_000  # students, where Enroll has none yet to take for an example
_ID = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})


@dataclass(frozen=True, slots=True)
class Share:
    """One threshold: what it guards, and what more than its share of them is called."""

    label: str
    help: str
    told: str


SHARES = {
    "clears": Share(
        "Values cleared",
        "A field that loses its value for more than this share of the students who have one. Such a blank is most often"
        " a column that an export left out.",
        "{n} of {of} would lose, say, their phone number",
    ),
    "moves": Share(
        "Students moved",
        "More than this share of the known students get another school or another grade. Right at the start of a school"
        " year, and an accident on any other day.",
        "{n} of {of} would change school or grade",
    ),
    "updates": Share(
        "Values changed",
        "A field that gets another value for more than this share of the students who have one. Families move one by"
        " one; many at once are a changed format or a changed code.",
        "{n} of {of} would get, say, another home language",
    ),
    "shrink": Share(
        "Fewer records read",
        "The SIS gives fewer records than at the last good import, by more than this share. Then the whole import waits.",
        "{n} of {of} would be missing from what the SIS gives",
    ),
}


class ConfigureForm(forms.Form):
    """The whole tab as one form, saved at once. `seen` marks what was shown."""

    use_required_attribute = False
    filters = True  # what may stay empty is said of each group, not of each box
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    who = forms.ChoiceField(
        label="Who may be added to Enroll",
        widget=forms.RadioSelect,
        choices=[
            (_CHOSEN, "Students with these statuses, and others of school age"),
            (_ALL, "All students, the non-active, historical and graduated ones included"),
        ],
    )
    statuses = forms.MultipleChoiceField(
        label="Enroll statuses", required=False, widget=forms.CheckboxSelectMultiple
    )
    by_age = forms.BooleanField(label="Also others of school age, whatever their status", required=False)
    youngest = forms.IntegerField(label="From age", required=False, min_value=0, max_value=99)
    oldest = forms.IntegerField(label="To age", required=False, min_value=0, max_value=99)
    grades = forms.MultipleChoiceField(
        label="Grades",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None ticked: all grades.",
    )
    at_least = forms.IntegerField(
        label="Students at least",
        min_value=1,
        max_value=1_000_000,
        help_text="No threshold counts for fewer students than this, so that a few children of a small school go on.",
    )

    links_certain = forms.BooleanField(
        label="Link a record by itself where it is a student of Enroll beyond doubt",
        required=False,
        help_text="Names, birth date and household agree, no other child of that birth date lives there, nobody else"
        " comes into question, and the student has no id of the SIS yet. Off: a person always says who is who.",
    )

    def __init__(self, connection: Connection, data: Any = None) -> None:
        options = read_options(connection)
        super().__init__(data, initial=_initial(options))
        known = list(codes.every(connection.instance_id))
        admission = options.admission
        for name, code_set, kept in (
            ("statuses", "enroll_status", admission.statuses),
            ("grades", "grade", admission.grades),
        ):
            choices = {code.value: code.label for code in known if code.set == code_set}
            choices |= {value: value for value in sorted(kept) if value not in choices}
            self.fields[name].choices = list(choices.items())  # type: ignore[attr-defined]
        for number, name in enumerate(_EXAMPLES, 1):
            self.fields[name] = forms.CharField(
                label=f"Student Example {number}", required=False, max_length=100, widget=_ID
            )
        for name, share in SHARES.items():
            self.fields[name] = forms.IntegerField(
                label=f"{share.label}, percent", min_value=0, max_value=100, help_text=share.help
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("who") == _CHOSEN and not given.get("statuses"):
            self.add_error("statuses", "Tick at least one status, or choose all students.")
        if given.get("who") == _CHOSEN and given.get("by_age"):
            self._check_ages(given)
        typed = [given[name] for name in _EXAMPLES if given.get(name)]
        for name in _EXAMPLES:
            if given.get(name) and typed.count(given[name]) > 1:
                self.add_error(name, "This student is given twice.")
        return given

    def _check_ages(self, given: dict[str, Any]) -> None:
        youngest, oldest = given.get("youngest"), given.get("oldest")
        if youngest is None or oldest is None:
            self.add_error("youngest", "Give both ages, or take the tick of school age away.")
        elif youngest > oldest:
            self.add_error("oldest", "This age is below the other one.")

    @property
    def options(self) -> Options:
        """What was asked for; of a valid form."""
        given = self.cleaned_data
        ages = (given["youngest"], given["oldest"]) if given["by_age"] else None
        grades = frozenset(given["grades"])
        return Options(
            admission=Admission(EVERYONE.statuses, EVERYONE.school_age, grades)
            if given["who"] == _ALL
            else Admission(frozenset(given["statuses"]), ages, grades),
            thresholds=Thresholds(**{name: given[name] for name in (*SHARES, "at_least")}),
            examples=tuple(given[name] for name in _EXAMPLES if given[name]),
            links_certain=given["links_certain"],
        )

    @property
    def example_boxes(self) -> list[Any]:
        return [self[name] for name in _EXAMPLES]


def _initial(options: Options) -> dict[str, Any]:
    admission = options.admission
    ages = admission.school_age or (Admission().school_age or (0, 0))
    return {
        **asdict(options.thresholds),
        **dict(zip(_EXAMPLES, options.examples, strict=False)),
        "who": _CHOSEN if admission.statuses else _ALL,
        "statuses": sorted(admission.statuses or Admission().statuses),
        "by_age": admission.school_age is not None or not admission.statuses,
        "youngest": ages[0],
        "oldest": ages[1],
        "grades": sorted(admission.grades),
        "links_certain": options.links_certain,
    }


@page(*MANAGE, methods=("GET", "POST"))
def configure(request: Request, key: int, kind: str) -> HttpResponseBase:
    shown = found(request.place, key)
    if kind == EXPORT:
        return mapping_export.configure(request, shown)
    if kind == "schools":
        return render(request, "mapping/configure_schools.html", mapping_editing.frame(shown, kind, _TAB))
    if kind != "students":
        raise NeedsAdmin("page-unknown")
    form = ConfigureForm(shown, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _tab(request, shown, form)
    try:
        set_options(actor_of(request), shown, form.options, seen=form.cleaned_data["seen"])
    except YellowbusError as error:
        return _tab(request, shown, form, trouble=error)
    messages.success(request, "Saved. The next import goes by it.")
    return redirect(_TAB, key=key, kind=kind)


def _tab(
    request: Request, shown: Connection, form: ConfigureForm, trouble: YellowbusError | None = None
) -> HttpResponseBase:
    kept = read_options(shown)
    context = {
        **mapping_editing.frame(shown, "students", _TAB),
        **_looked_up(request, shown),
        "form": form,
        "shares": list(_shares(form, shown, kept.thresholds)),
        "trouble": trouble,
        # after a refusal to save again is to overwrite knowingly
        "seen": form.data["seen"] if form.errors and "seen" in form.data else mark_of(kept),
        "theirs": list(in_words(kept)) if trouble and trouble.code == "options-changed-meanwhile" else [],
    }
    status = status_of(trouble) if trouble else (422 if form.errors else 200)
    return render(request, "mapping/configure.html", context, status=status)


def _looked_up(request: Request, shown: Connection) -> dict[str, Any]:
    """The Student Examples as last read from the SIS, with their names. `unread` says that it is still to be asked."""
    if not request.place.may(Permission.VIEW_STUDENTS):
        return {"looked_up": [], "unread": False}
    wanted = examples.wanted(shown, "students")
    seen = examples.examples(actor_of(request), shown, "students", now=timezone.now())
    names = names_of(shown, seen.found)
    return {
        "looked_up": [(each, names[each.key]) for each in seen.found],
        "unread": bool(wanted) and seen.read_at is None,
        "unasked": seen.trouble,
        "read_at": seen.read_at,
        "wanted": wanted,
    }


@page(*MANAGE, Permission.VIEW_STUDENTS, methods=("POST",))
def look_up(request: Request, key: int, kind: str) -> HttpResponseBase:
    """Ask the SIS for the Student Examples; what fails is said."""
    shown = found(request.place, key)
    if kind != "students":
        raise NeedsAdmin("page-unknown")
    examples.read(actor_of(request), shown, kind, now=timezone.now())
    if "HX-Request" not in request.headers:
        return redirect(_TAB, key=key, kind=kind)
    context = {"connection": shown, "kind": kind, **_looked_up(request, shown)}
    return render(request, "mapping/looked_up.html", context)


def _shares(form: ConfigureForm, shown: Connection, kept: Thresholds) -> Iterator[tuple[Any, str]]:
    """Each threshold's box with what the kept value means for a district of this size."""
    known = students.count(shown.instance_id)
    size = known if known >= kept.at_least else _SUPPOSED
    for name, share in SHARES.items():
        least = kept.waits_from(size, share=getattr(kept, name))
        of = f"the {size:,} students here" if size == known else f"{size:,} students"
        if least is None:
            yield form[name], "As it is kept, nothing waits for this."
            continue
        told = share.told.format(n=f"{least:,}", of=of)
        yield form[name], f"As it is kept: it waits as soon as {told}."


def in_words(options: Options) -> Iterator[str]:
    """The options as sentences."""
    admission, kept = options.admission, options.thresholds
    statuses = ", ".join(sorted(admission.statuses)) or "any status"
    ages = (
        ""
        if admission.school_age is None
        else f", and others aged {admission.school_age[0]} to {admission.school_age[1]}"
    )
    yield f"Student Examples: {', '.join(options.examples) or 'none'}."
    yield f"May be added: {statuses}{ages}; grades: {', '.join(sorted(admission.grades)) or 'all'}."
    shares = ", ".join(
        f"{share.label.lower()} {getattr(kept, name)} percent" for name, share in SHARES.items()
    )
    yield f"Waits above: {shares}, and from {counted(kept.at_least, 'student')} on."
    yield f"Links a record by itself where it is a student beyond doubt: {'yes' if options.links_certain else 'no'}."


_KIND = "connections/<int:key>/mapping/<str:kind>"
urlpatterns = [
    path(f"{_KIND}/configure/", configure, name=_TAB),
    path(f"{_KIND}/configure/examples/", look_up, name="mapping-examples"),
]
