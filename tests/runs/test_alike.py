"""Records that would be added beside students of Enroll who are like them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scene import STUDENT_RULES, YEAR, Scene, child, direct
from yellowbus.enroll.models import Student
from yellowbus.planning.match import match_key
from yellowbus.protocols.files import Table
from yellowbus.runs import decisions
from yellowbus.runs.models import Change, Run
from yellowbus.runs.trial import previewed
from yellowbus.setup.options import Options, set_options

PHONE = "(480) 555-0101"
ROSA = {"first": "Rosa", "last": "Garcia Lopez", "dob": "03/04/2015", "phone": PHONE, "school": "310"}


@pytest.fixture
def office(scene: Scene) -> Scene:
    """A district whose file has the telephone of the first guardian."""
    with scene.scope():
        scene.map("students", (*STUDENT_RULES, direct("students_annual.guardian1_phone_mobile", "phone")))
    return scene


def known(
    scene: Scene,
    first="Rosa",
    last="Garcia Lopez",
    born="2015-03-04",
    *,
    phone="+14805550101",
    year=YEAR,
    **more,
):
    """A student whom Enroll knows, without an id of the SIS unless `student_district_id` is given."""
    lasting = {"fname": first, "lname": last, "dob": born, **more}
    with scene.scope():
        return Student.objects.create(
            instance=scene.instance,
            lasting=lasting,
            annual={str(year): {"guardian1_phone_mobile": phone}},
            match_key=match_key({f"students.{name}": value for name, value in lasting.items()}),
        ).pk


def link_certain(scene: Scene) -> None:
    with scene.scope():
        set_options(scene.actor, scene.connection, Options(links_certain=True))


def rows(scene: Scene, run: Run) -> dict[str, tuple[str, str, list[int]]]:
    """{key: (outcome, reason, candidates)} of the rows of a run."""
    with scene.scope():
        return {
            row.key: (row.outcome, row.reason, [each["facts"]["student"] for each in row.problems or ()])
            for row in Change.objects.filter(run=run).order_by("seq")
        }


@pytest.mark.parametrize(
    "typed",
    [
        {"first": "Roas"},
        {"last": "Lopez"},
        {"last": "García"},
        {"dob": "04/03/2015"},
        {"dob": "03/14/2015"},
        {"dob": "03/04/2014"},
        {"first": "Garcia", "last": "Rosa"},
        {"last": "Lopez Garcia", "dob": "05/04/2015"},
    ],
)
def test_a_new_record_like_a_student_waits_for_a_person(office: Scene, typed: dict[str, str]) -> None:
    rosa = known(office)
    office.write_students([child(9, **ROSA | typed)])
    assert rows(office, office.run()) == {"000009": ("review", "review-alike", [rosa])}


def test_brothers_and_sisters_are_added(office: Scene) -> None:
    known(office)
    office.write_students(
        [child(9, **ROSA | {"first": "Olivia", "dob": "01/01/2012"}), child(8, **ROSA | {"first": "Leo"})]
    )
    assert {key: row[0] for key, row in rows(office, office.run()).items()} == {
        "000009": "created", "000008": "created",
    }  # fmt: skip


def test_the_likeliest_candidate_comes_first_and_namesakes_keep_their_reason(office: Scene) -> None:
    elsewhere = known(office, phone="+14805550199")
    rosa = known(office, last="Garcia")
    office.write_students([child(9, **ROSA)])
    run = office.run()
    assert rows(office, run)["000009"][1:] == ("review-alike", [rosa, elsewhere])
    with office.scope():
        found = [(each["code"], each["facts"]["weight"]) for each in Change.objects.get(run=run).problems]
    assert found == [("review-alike", 34), ("review-namesake-without-id", 23)]


def test_two_ids_of_the_sis_need_the_household_to_speak_for_one_child(office: Scene) -> None:
    known(office, student_district_id="000001", phone="+14805550199")
    office.write_students([child(9, **ROSA | {"first": "Roas"})])
    assert rows(office, office.run())["000009"][0] == "created"


def test_the_household_of_an_earlier_year_speaks_too(office: Scene) -> None:
    rosa = known(office, student_district_id="000001", year=YEAR - 1)
    office.write_students([child(9, **ROSA | {"first": "Roas"})])
    assert rows(office, office.run())["000009"] == ("review", "review-alike", [rosa])


def test_whom_the_filter_would_not_add_is_not_compared(office: Scene) -> None:
    known(office)
    office.write_students([child(9, **ROSA | {"first": "Roas", "status": "inactive", "dob": "03/04/1990"})])
    assert rows(office, office.run()) == {}


def test_nothing_links_by_itself_before_the_administrator_says_so(office: Scene) -> None:
    rosa = known(office)
    office.write_students([child(9, **ROSA)])
    assert rows(office, office.run()) == {"000009": ("review", "review-namesake-without-id", [rosa])}


@pytest.mark.parametrize("typed", [{}, {"last": "Lopez"}, {"first": "ROSA"}])
def test_a_child_beyond_doubt_is_linked_and_takes_the_id(office: Scene, typed: dict[str, str]) -> None:
    rosa = known(office)
    link_certain(office)
    office.write_students([child(9, **ROSA | typed)])
    run = office.run()
    assert rows(office, run)["000009"][0] == "updated"
    with office.scope():
        assert Change.objects.get(run=run).basis == "likeness"
        assert list(Student.objects.values_list("pk", "district_id")) == [(rosa, "000009")]


def test_a_send_record_says_on_what_a_link_rests(office: Scene) -> None:
    known(office)
    link_certain(office)
    office.write_students([child(9, **ROSA)])
    run = office.run(yes=False, trial="000009")
    with office.scope():
        shown = previewed(run)
    assert shown is not None
    assert (shown.outcome.value, shown.basis) == (
        "updated",
        "Enroll has a student without an id of the SIS who is beyond doubt the same child.",
    )


def test_the_night_after_a_link_changes_nothing(office: Scene) -> None:
    known(office)
    link_certain(office)
    office.write_students([child(9, **ROSA)])
    office.run()
    assert rows(office, office.run()) == {}


@pytest.mark.parametrize(
    "typed",
    [
        {"first": "Roas"},
        {"phone": "(480) 555-0199"},
        {"dob": "04/03/2015"},
        {"first": "Garcia", "last": "Rosa"},
    ],
)
def test_what_is_short_of_the_rule_waits_even_then(office: Scene, typed: dict[str, str]) -> None:
    known(office)
    link_certain(office)
    office.write_students([child(9, **ROSA | typed)])
    assert rows(office, office.run())["000009"][0] == "review"


def test_a_twin_in_enroll_keeps_a_record_from_being_linked(office: Scene) -> None:
    rosa = known(office)
    known(office, first="Olivia")
    link_certain(office)
    office.write_students([child(9, **ROSA)])
    assert rows(office, office.run())["000009"][::2] == ("review", [rosa])


def test_a_twin_in_the_same_read_keeps_a_record_from_being_linked(office: Scene) -> None:
    known(office)
    link_certain(office)
    office.write_students([child(9, **ROSA), child(8, **ROSA | {"first": "Olivia"})])
    found = rows(office, office.run())
    assert (found["000009"][0], found["000008"][0]) == ("review", "created")


def test_two_records_never_link_to_one_student(office: Scene) -> None:
    known(office)
    link_certain(office)
    office.write_students([child(9, **ROSA), child(8, **ROSA)])
    assert {row[0] for row in rows(office, office.run()).values()} == {"review"}


@pytest.mark.parametrize("size", [1, 2, 5_000])
def test_a_link_is_looked_at_again_when_all_pages_are_read(
    office: Scene, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """Whether the other record stands on the same page or on another makes no difference."""
    monkeypatch.setitem(Table.chunks.__kwdefaults__, "size", size)
    rosa, leo, mei = (
        known(office),
        known(office, first="Leo", born="2012-05-06"),
        known(office, first="Mei", born="2011-07-08"),
    )
    link_certain(office)
    twin, like = {"first": "Olivia"}, {"first": "Loe", "dob": "05/06/2012"}
    office.write_students(
        [
            child(9, **ROSA), child(8, **ROSA | twin),
            child(7, **ROSA | like | {"first": "Leo"}), child(6, **ROSA | like),
            child(5, **ROSA | {"first": "Mei", "dob": "07/08/2011"}),
        ]
    )  # fmt: skip
    found = {
        key: (outcome, candidates) for key, (outcome, _, candidates) in rows(office, office.run()).items()
    }
    assert found == {
        "000009": ("review", [rosa]), "000008": ("created", []), "000007": ("review", [leo]),
        "000006": ("review", [leo]), "000005": ("updated", []),
    }  # fmt: skip
    with office.scope():
        assert Student.objects.get(district_id="000005").pk == mei
        assert Student.objects.filter(pk__in=[rosa, leo], district_id=None).count() == 2


def test_a_student_with_an_id_of_its_own_is_never_linked(office: Scene) -> None:
    known(office, student_district_id="000001")
    link_certain(office)
    office.write_students([child(9, **ROSA)])
    assert rows(office, office.run())["000009"][0] == "review"


def test_a_decision_for_a_new_student_holds_and_is_not_asked_again(office: Scene) -> None:
    known(office)
    office.write_students([child(9, **ROSA)])
    office.run()
    with office.scope():
        decisions.decide(office.actor, office.connection, "000009", None)
    assert rows(office, office.run())["000009"][0] == "created"
    assert rows(office, office.run())["000009"][0] == "unchanged"


def test_records_that_are_known_by_id_are_not_compared(office: Scene) -> None:
    office.write_students([child(number) for number in range(20)])
    office.run()
    office.write_students([child(number, grade="5") for number in range(20)])
    assert times_sought(office) == 0
    office.write_students([child(number, grade="6") for number in range(21)])
    assert times_sought(office) == 1


def times_sought(scene: Scene) -> int:
    """How often the next run asks Enroll for children alike."""
    with CaptureQueriesContext(connection) as asked:
        scene.run()
    return sum("WITH asked" in query["sql"] for query in asked)
