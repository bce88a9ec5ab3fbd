"""The panel of a transformation: its steps in their order, each with the value of the example after it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http.response import HttpResponseBase

from yellowbus.errors import YellowbusError
from yellowbus.mapping import live
from yellowbus.mapping.compile import FieldTrace
from yellowbus.mapping.document import from_document
from yellowbus.mapping.model import FieldRule, MappingType
from yellowbus.mapping.plain_form import from_plain
from yellowbus.mapping.steps import Result
from yellowbus.mapping.transforms import TRANSFORMS
from yellowbus.records import ABSENT
from yellowbus.setup import drafts
from yellowbus.web import mapping_editing, mapping_form
from yellowbus.web.mapping_answer import answer
from yellowbus.web.mapping_editing import Editing
from yellowbus.web.mapping_form import CHOICES, STEPS, Box
from yellowbus.web.mapping_panels import panel_of
from yellowbus.web.mapping_rows import Said, context_of, said
from yellowbus.web.mapping_rules import rule_of
from yellowbus.web.mapping_sight import Sight, sight
from yellowbus.web.place import Request, actor_of


@dataclass(frozen=True, slots=True)
class Stage:
    """One step with its boxes. `state` is "value", "blank", "left", or "" where the value did not get there."""

    box: Box
    says: str
    state: str = ""
    value: str = ""
    problem: Said | None = None


@panel_of("transformation")
def panel(request: Request, editing: Editing, name: str) -> HttpResponseBase:
    """The steps of one field; a change of any box goes into the draft at once."""
    rule, seen = rule_of(editing, name), sight(request, editing.connection, editing.kind)
    trouble = None
    if request.method == "POST":
        try:
            rule = _edited(request, editing, rule, seen)
            draft = drafts.change_rule(actor_of(request), editing.connection, editing.kind, rule)
            editing = mapping_editing.of_draft(request, draft)
        except YellowbusError as error:
            trouble = error
    context = _context(editing, rule, seen, asked=request.POST.get("steps.new", ""))
    return answer(
        request, editing, [name], seen=seen, panel="mapping/panel_steps.html", trouble=trouble, **context
    )


def _edited(request: Request, editing: Editing, rule: FieldRule, seen: Sight) -> FieldRule:
    """The rule as the form says it, after the button that was pressed."""
    given, pressed = request.POST, request.POST.get("do", "")
    if pressed == "undo":
        return _as_saved(editing, rule.field)
    if "steps.n" not in given:
        return rule
    plain = mapping_form.read(STEPS, given, "steps")
    if pressed:
        mapping_form.do(plain, pressed, given)
    steps = from_plain(STEPS, plain, "steps", CHOICES)
    source = seen.find(given.get("source", "")) or None
    return replace(rule, steps=steps, source=source, type=_type(rule, steps, source))


def _type(rule: FieldRule, steps: Sequence[Any], source: str | None) -> MappingType:
    """A field that is given a step is a Transformation from then on."""
    if steps and rule.type in (MappingType.DIRECT, MappingType.DO_NOT_MAP):
        return MappingType.TRANSFORMATION
    if rule.type is MappingType.DO_NOT_MAP and source and source != rule.source:
        return MappingType.DIRECT
    return rule.type


def _as_saved(editing: Editing, name: str) -> FieldRule:
    """The rule of the version that the draft started from."""
    saved = from_document(drafts.base_document(editing.draft))
    return next((rule for rule in saved.rules if rule.field == name), FieldRule(name))


def _context(editing: Editing, rule: FieldRule, seen: Sight, *, asked: str) -> dict[str, Any]:
    field = editing.catalog.fields.get(rule.field)
    form = mapping_form.box(STEPS, rule.steps, "steps")
    trace = None
    if seen.record is not None and field is not None:
        trace = live.trace_steps(rule, field, context_of(editing), seen.record)
    return {
        "rule": rule,
        "title": field.label if field else rule.field,
        "form": form,
        "stages": _stages(rule, form, trace),
        "trace": trace,
        "new": asked,
        "kinds": [(each.use, each.title, each.says) for each in TRANSFORMS],
    }


def _stages(rule: FieldRule, form: Box, trace: FieldTrace | None) -> list[Stage]:
    """The steps with what each gave; where one gave nothing because something is wrong, that is said there."""
    after = [value for _, value in trace.steps] if trace else []
    grave = [each for each in trace.problems if not each.note] if trace else []
    stages = [Stage(box, step.says) for box, step in zip(form.boxes, rule.steps, strict=True)]
    for number, stage in enumerate(stages):
        if number < len(after):
            state, value = _shown(after[number])
            stages[number] = replace(stage, state=state, value=value)
        elif number == len(after) and grave:
            stages[number] = replace(stage, problem=said(grave[-1]))
    return stages


def _shown(value: Result) -> tuple[str, str]:
    if value is ABSENT:
        return "left", ""
    return ("value", value) if value else ("blank", "")
