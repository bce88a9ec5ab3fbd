"""What the pages of a Send Record share, whichever way it goes: the choice, the run, and what is said of it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms

from yellowbus.errors import NeedsAdmin, YellowbusError
from yellowbus.jobs import port
from yellowbus.runs import history
from yellowbus.runs.models import MOVING, TRIAL, Run, State
from yellowbus.runs.told import told
from yellowbus.setup import drafts
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import Permission
from yellowbus.web import remedies
from yellowbus.web.place import Place, Request, actor_of
from yellowbus.web.run import progress_of

LONGEST = 100


class ChooseForm(forms.Form):
    """One of the examples, or another by the id that is typed; an id typed goes first."""

    use_required_attribute = False
    filters = True  # neither box need be filled, and of each that need not be said
    example = forms.ChoiceField(label="Student Example", required=False, widget=forms.RadioSelect)
    other = forms.CharField(
        label="Or another student, by the id that people see in the SIS",
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, offered: Mapping[str, str], data: Any = None, *, asked: str = "") -> None:
        chosen = asked if asked in offered else next(iter(offered), "")
        super().__init__(data, initial={"example": chosen, "other": "" if chosen == asked else asked})
        if offered:
            self.fields["example"].choices = list(offered.items())  # type: ignore[attr-defined]
        else:
            del self.fields["example"]
            self.fields["other"].label = "Student, by the id that people see in the SIS"

    def clean(self) -> dict[str, Any]:
        """`student` is the id to send."""
        given = super().clean() or {}
        given["student"] = given.get("other") or given.get("example", "")
        if not given["student"] and not self.errors:
            self.add_error("other", "Enter the student's id.")
        return given


def asked_example(request: Request) -> str:
    """The example that the page before showed."""
    return request.GET.get("example", "")[:LONGEST]


def has_draft(request: Request, connection: Connection, kind: str) -> bool:
    """Whether the person works on the mapping: what is sent goes by the saved version."""
    if not request.place.may(Permission.MANAGE_MAPPINGS):
        return False
    return drafts.look(actor_of(request), connection, kind).pk is not None


def refused(place: Place, trouble: YellowbusError | None) -> dict[str, Any]:
    """What a page shows of a refusal; nothing where there was none."""
    return {"trouble": trouble, **remedies.link(place, trouble.code, trouble.facts)} if trouble else {}


def find(place: Place, key: int, run: UUID, kind: str) -> Run:
    """The Send Record of this kind. Raises NeedsAdmin for a run that is none, or one of another connection."""
    shown = history.find(place.instance, run)
    if shown.connection_id != key or shown.trigger != TRIAL or shown.kind != kind:
        raise NeedsAdmin("run-gone")
    return shown


def chosen(shown: Run) -> str:
    """The one id that was to be sent."""
    (key,) = shown.only or ("",)
    return str(key)


def standing(place: Place, shown: Run) -> dict[str, Any]:
    """What `mapping/sent_frame.html` shows besides the preview: how far the run is, or how it ended without one."""
    moving = shown.state in MOVING
    context: dict[str, Any] = {
        **progress_of(shown),
        "idle": moving and not port.worker_alive(),
        "ended": shown.state in (State.CANCELLED, State.REPLACED),
    }
    if shown.state == State.FAILED:
        failed = told(shown.error_code, shown.error_facts)
        context |= {"failed": failed, **remedies.link(place, failed.code, shown.error_facts)}
    return context
