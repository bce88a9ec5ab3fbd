"""What the page of a run offers about its held values, in parts: by school, by field, by record."""

from typing import Any

from django.http import HttpRequest

from yellowbus.enroll import directory
from yellowbus.runs import detail, holding, outstanding
from yellowbus.runs.four_eyes import own_part
from yellowbus.runs.held_rows import Part
from yellowbus.runs.models import WAITING_HOLD, Change, Hold, Run
from yellowbus.setup import policies
from yellowbus.setup.permissions import Actor, Permission
from yellowbus.web.numbers import number_in
from yellowbus.web.place import Place


def of_run(place: Place, shown: Run, holds: list[Hold]) -> dict[str, Any]:
    """`second` is what the person has to do with the run where another one must release; else blank."""
    if not holds or not place.may(Permission.RELEASE_HOLDS):
        return {"second": ""}
    waiting = [hold.field for hold in holds if hold.state == WAITING_HOLD]
    labels = detail.fields(shown)
    return {
        "second": own_part(place.actor, shown) if policies.kept().four_eyes else "",
        "held_fields": [(name, labels.get(name, name)) for name in dict.fromkeys(waiting)],
        "held_schools": _schools(shown) if waiting else [],
    }


def _schools(shown: Run) -> list[tuple[str, str]]:
    """The schools of records that wait, by code."""
    names = directory.school_names(shown.connection.instance_id)
    rows = Change.objects.filter(run=shown, held__isnull=False).exclude(school_code="")
    codes = rows.order_by("school_code").values_list("school_code", flat=True).distinct()
    return [(code, f"{names.get(code, '')} ({code})".strip()) for code in codes]


def release(actor: Actor, shown: Run, request: HttpRequest) -> Run:
    """Release what was chosen: whole fields, or a part."""
    fields = _fields(request)
    part = _part(shown, request)
    if part is None:
        return outstanding.release_holds(actor, shown, fields)
    return holding.release_part(actor, shown, part, fields)


def dismiss(actor: Actor, shown: Run, request: HttpRequest) -> Run:
    """Dismiss what was chosen: whole fields, or a part."""
    fields = _fields(request)
    part = _part(shown, request)
    if part is None:
        outstanding.dismiss_holds(actor, shown, fields)
    else:
        holding.dismiss_part(actor, shown, part, fields)
    return shown


def _fields(request: HttpRequest) -> list[str]:
    return [name for name in request.POST.getlist("field") if name]


def _part(shown: Run, request: HttpRequest) -> Part | None:
    """The part that was asked for; None where the button was one for a whole field."""
    if "part" not in request.POST:
        return None
    if request.POST["part"] == "school":
        return holding.part_of(shown, school=request.POST.get("school", ""))
    chosen = map(number_in, request.POST.getlist("seq"))
    return holding.part_of(shown, seqs=[each for each in chosen if each is not None])
