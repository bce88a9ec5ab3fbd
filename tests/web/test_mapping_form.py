"""The form of a transformation says what the transformation says, and is read back as it."""

from typing import Any

import pytest
from django.http import QueryDict

from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.plain_form import from_plain, to_plain
from yellowbus.mapping.transforms import (
    TRANSFORMS,
    Date,
    EnrollSchoolYear,
    Extension,
    IfThenElse,
    Join,
    Lower,
    MatchCodes,
    OnUnmatched,
    PhoneNumber,
    Pick,
    Split,
    Substitute,
    Transliterate,
    ValueInput,
    YearFormat,
)
from yellowbus.mapping.transforms.conditions import Condition, Group, Operator
from yellowbus.mapping.transforms.operands import Constant, FromField, LeaveUnmapped, Nested, SoFar
from yellowbus.web import mapping_form
from yellowbus.web.mapping_form import CHOICES, STEPS, Box

DEEP = IfThenElse(
    Group(
        any_of=True,
        conditions=(
            Condition(FromField("grade"), Operator.IN_LIST, listed=("PK", "KG")),
            Group(conditions=(Condition(SoFar(), Operator.BEFORE, Constant("2020-01-01"), match_case=True),)),
        ),
    ),
    Nested("home_room", (Split("-", -1, collapse=True, trim=False), Lower())),
    FromField("room"),
)
STEPS_OF = {
    "date": (Date(("MM/DD/YYYY", "M/D/YY"), "YYYY-MM-DD", drop_time=True, pivot=0),),
    "split": (Split(",", -2, 3, collapse=True, trim=False),),
    "join": (Join((FromField("a"), Constant(" and "), SoFar()), ", ", skip_empty=False),),
    "pick": (Pick((FromField("a"), Nested(None, (Lower(),)))),),
    "substitute": (Substitute((("a", "b"), ("c", "")), whole_value=True, match_case=False),),
    "phone": (PhoneNumber(extension=Extension.KEEP),),
    "year": (EnrollSchoolYear(YearFormat.SHORT),),
    "codes": (MatchCodes((("01", "1"),), OnUnmatched.DEFAULT, default="9", separator=";"),),
    "constant": (ValueInput("<b>&amp;"),),
    "letters": (Transliterate(fold_accents=False), Lower()),
    "deep": (DEEP,),
    "every one": tuple(each() for each in TRANSFORMS),
    "none": (),
}


def sent(box: Box) -> list[tuple[str, str]]:
    """What a browser sends of a form that nobody touched."""
    inside = [pair for each in box.boxes for pair in sent(each)]
    if box.kind == "list":
        return [(f"{box.name}.n", str(box.value)), *inside]
    if box.kind == "choice":
        return [(f"{box.name}.use", box.value), (f"{box.name}.was", box.value), *inside]
    if box.kind == "pairs":
        return [
            pair
            for one, other in box.value
            for pair in ((f"{box.name}.from", one), (f"{box.name}.to", other))
        ]
    if box.kind == "check":
        return [(box.name, "on")] if box.value else []
    return [(box.name, str(box.value))]


def form(steps: Any, **changed: str) -> QueryDict:
    """The same with some boxes changed; `__` stands for the point of a path."""
    given = QueryDict(mutable=True)
    for name, value in sent(mapping_form.box(STEPS, steps, "steps")):
        given.appendlist(name, value)
    for name, value in changed.items():
        given[name.replace("__", ".")] = value
    return given


def read(given: QueryDict) -> Any:
    return from_plain(STEPS, mapping_form.read(STEPS, given, "steps"), "steps", CHOICES)


def press(steps: Any, button: str, **changed: str) -> Any:
    """The steps after a button of the form was pressed."""
    given = form(steps, **changed)
    plain = mapping_form.read(STEPS, given, "steps")
    mapping_form.do(plain, button, given)
    return from_plain(STEPS, plain, "steps", CHOICES)


@pytest.mark.parametrize("name", STEPS_OF)
def test_a_form_that_nobody_touched_says_what_there_was(name):
    assert read(form(STEPS_OF[name])) == STEPS_OF[name]


@pytest.mark.parametrize("kind", TRANSFORMS)
def test_every_transformation_can_be_added(kind):
    assert press((Lower(),), "add:steps", steps__new=kind.use) == (Lower(), kind())


def test_a_box_has_the_label_and_the_help_of_its_argument():
    (step,) = mapping_form.box(STEPS, (Date(),), "steps").boxes
    first = step.boxes[0]
    assert (first.kind, first.name, first.label, first.value) == (
        "lines",
        "steps.0.source_formats",
        "Source Data Format",
        "YYYY-MM-DD",
    )
    assert first.help.startswith("Tried in this order")
    assert [box.kind for box in step.boxes] == ["lines", "text", "check", "number"]


def test_a_field_of_the_sis_is_chosen_from_the_shared_list():
    (step,) = mapping_form.box(STEPS, (Join((FromField("a"),)),), "steps").boxes
    assert step.boxes[0].boxes[0].boxes[0].kind == "source"


def test_changes_are_read():
    given = form(
        (Date(),),
        steps__0__source_formats=" M/D/YY \r\n\r\nYYYY",
        steps__0__drop_time="on",
        steps__0__pivot="9",
    )
    assert read(given) == (Date(("M/D/YY", "YYYY"), drop_time=True, pivot=9),)


def test_another_kind_of_part_starts_from_its_defaults_and_keeps_what_has_the_same_name():
    branch = IfThenElse(then=FromField("room"))
    changed = read(form((branch,), steps__0__then__use="transformation"))
    assert changed == (IfThenElse(then=Nested("room")),)
    assert read(form((branch,), steps__0__then__use="leave-unmapped"))[0].then == LeaveUnmapped()
    grouped = read(form((branch,), steps__0__when__use="group"))
    assert grouped[0].when == Group()
    alone = read(form((IfThenElse(when=Group()),), steps__0__when__use="condition"))
    assert alone[0].when == Condition()


def test_steps_are_moved_and_removed():
    steps = (Lower(), ValueInput("x"), Split())
    assert press(steps, "up:steps.1") == (ValueInput("x"), Lower(), Split())
    assert press(steps, "down:steps.1") == (Lower(), Split(), ValueInput("x"))
    assert press(steps, "remove:steps.1") == (Lower(), Split())
    assert press(steps, "up:steps.0") == press(steps, "down:steps.2") == steps


def test_parts_deep_inside_are_added_and_removed():
    added = press(
        (DEEP,),
        "add:steps.0.when.conditions.1.conditions",
        steps__0__when__conditions__1__conditions__new="group",
    )
    assert added[0].when.conditions[1].conditions[1] == Group()
    removed = press((DEEP,), "remove:steps.0.then.steps.0")
    assert removed[0].then == Nested("home_room", (Lower(),))
    operand = press((Pick((FromField("a"),)),), "add:steps.0.sources", steps__0__sources__new="field")
    assert to_plain(operand[0].sources)[1] == {"use": "field", "source_field": ""}


@pytest.mark.parametrize(
    "button",
    [
        "add:steps.7",
        "add:steps.0.delimiter",
        "remove:steps.9",
        "remove:",
        "fly:steps.0",
        "up:steps.x",
        "add",
        "remove:steps.0.nothing.0",
    ],
)
def test_a_button_that_the_form_does_not_have_is_refused(button):
    with pytest.raises(NeedsAdmin) as refused:
        press((Split(),), button)
    assert refused.value.code == "page-unknown"


@pytest.mark.parametrize("number", ["", "x", "1.5", "9" * 12, "²"])
def test_a_number_that_is_none_is_refused_by_the_name_of_its_box(number):
    with pytest.raises(NeedsAdmin, match="“Fragment”"):
        read(form((Split(),), steps__0__fragment=number))


def test_choices_are_said_in_words():
    assert [mapping_form.in_words(each) for each in ("pass-through", "fail", "25-26", "(999) 999-9999")] == [
        "Pass through",
        "Fail",
        "25-26",
        "(999) 999-9999",
    ]
