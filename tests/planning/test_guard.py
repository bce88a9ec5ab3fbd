import pytest
from hypothesis import given
from hypothesis import strategies as st

from yellowbus.errors import UnsafePlan
from yellowbus.planning import FieldTally, HoldKind, HoldRule, Thresholds, check_read, holds

USUAL = Thresholds()
SCHOOL, GRADE, EMAIL = "students_annual.school_code", "students_annual.grade", "students.email"


def held(tallies, known=1000, moved=0, thresholds=USUAL):
    return holds(tallies, known=known, moved=moved, thresholds=thresholds)


def test_the_thresholds_are_those_of_the_dossier():
    assert (USUAL.clears, USUAL.moves, USUAL.shrink, USUAL.at_least) == (5, 10, 10, 10)


@pytest.mark.parametrize(
    ("clears", "with_value", "waits"),
    [
        (50, 1000, False),
        (51, 1000, True),
        (9, 9, False),
        (10, 10, True),
        (10, 200, False),
        (10, 199, True),
        (0, 0, False),
    ],
)
def test_clears_wait_above_five_percent_and_from_ten_students(clears, with_value, waits):
    expected = (HoldRule(HoldKind.CLEARS, EMAIL, clears, with_value, 5),) if waits else ()
    assert held({EMAIL: FieldTally(clears=clears, with_value=with_value)}) == expected


@given(
    of=st.integers(1, 5_000),
    share=st.integers(0, 100),
    at_least=st.integers(1, 60),
    count=st.integers(0, 5_000),
)
def test_the_number_from_which_it_waits_is_the_one_that_is_told(of, share, at_least, count):
    thresholds = Thresholds(at_least=at_least)
    least = thresholds.waits_from(of, share=share)
    count = min(count, of)
    assert thresholds.passed(count, of, share=share) == (least is not None and count >= least)


@pytest.mark.parametrize(("updates", "waits"), [(200, False), (201, True)])
def test_a_mass_update_waits_above_one_student_in_five(updates, waits):
    expected = (HoldRule(HoldKind.UPDATES, EMAIL, updates, 1000, 20),) if waits else ()
    assert held({EMAIL: FieldTally(updates=updates, with_value=1000)}) == expected


def test_a_field_that_few_have_is_measured_by_those_few():
    assert held({EMAIL: FieldTally(updates=12, with_value=30)}) == (
        HoldRule(HoldKind.UPDATES, EMAIL, 12, 30, 20),
    )


@pytest.mark.parametrize(("moved", "waits"), [(100, False), (101, True)])
def test_school_and_grade_wait_together_when_too_many_move(moved, waits):
    tallies = {
        SCHOOL: FieldTally(updates=40, with_value=1000),
        GRADE: FieldTally(updates=61, with_value=1000),
        EMAIL: FieldTally(updates=5, with_value=1000),
    }
    expected = (
        HoldRule(HoldKind.MOVES, SCHOOL, moved, 1000, 10),
        HoldRule(HoldKind.MOVES, GRADE, moved, 1000, 10),
    )
    assert held(tallies, moved=moved) == (expected if waits else ())


def test_a_move_field_that_does_not_change_has_nothing_to_hold():
    tallies = {SCHOOL: FieldTally(with_value=1000), GRADE: FieldTally(updates=900, with_value=1000)}
    assert [rule.field for rule in held(tallies, moved=900)] == [GRADE]


def test_a_move_is_not_held_as_a_mass_update_too():
    tallies = {GRADE: FieldTally(updates=900, with_value=1000)}
    assert [rule.kind for rule in held(tallies, moved=900)] == [HoldKind.MOVES]


def test_clears_and_updates_of_one_field_are_held_apart():
    tallies = {GRADE: FieldTally(clears=60, updates=300, with_value=1000), EMAIL: FieldTally(60, 300, 1000)}
    assert [(rule.field, rule.kind) for rule in held(tallies, moved=300)] == [
        (GRADE, HoldKind.CLEARS),
        (GRADE, HoldKind.MOVES),
        (EMAIL, HoldKind.CLEARS),
        (EMAIL, HoldKind.UPDATES),
    ]


def test_where_nobody_was_known_nothing_can_trip():
    tallies = {field: FieldTally() for field in (SCHOOL, GRADE, EMAIL)}
    assert held(tallies, known=0, moved=0) == ()


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 2000), st.integers(0, 50), st.integers(1, 30))
def test_a_hold_always_has_its_share_and_its_students(clears, updates, rest, share, least):
    thresholds = Thresholds(clears=share, updates=share, at_least=least)
    tally = FieldTally(clears, updates, clears + updates + rest)
    rules = held({EMAIL: tally}, thresholds=thresholds)
    counts = {HoldKind.CLEARS: clears, HoldKind.UPDATES: updates}
    tripped = {kind for kind, n in counts.items() if n >= least and n * 100 > share * tally.with_value}
    assert {rule.kind for rule in rules} == tripped


@pytest.mark.parametrize(
    ("kind", "cleared", "filled", "replaced"),
    [
        (HoldKind.CLEARS, True, False, False),
        (HoldKind.UPDATES, False, False, True),
        (HoldKind.MOVES, False, False, True),
    ],
)
def test_a_rule_holds_only_changes_of_its_kind(kind, cleared, filled, replaced):
    rule = HoldRule(kind, GRADE, 1, 1, 1)
    assert (rule.holds("4", None), rule.holds(None, "5"), rule.holds("4", "5")) == (cleared, filled, replaced)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (HoldKind.CLEARS, "G would be cleared for 1,200 of the 9,500 students who have it: over 5 percent."),
        (HoldKind.UPDATES, "G would change for 1,200 of the 9,500 students who have it: over 5 percent."),
    ],
)
def test_a_hold_says_what_waits_and_why(kind, sentence):
    assert (
        HoldRule(kind, "G", 1200, 9500, 5).sentence
        == f"{sentence} These changes wait; everything else goes on."
    )


def test_a_hold_of_moves_speaks_of_all_who_move():
    assert HoldRule(HoldKind.MOVES, "G", 1200, 9500, 10).sentence == (
        "1,200 of 9,500 students would change school or grade: over 10 percent."
        " The changes of G wait; everything else goes on."
    )


def test_values_lost_since_the_changes_were_counted_do_not_stop_the_plan():
    assert held({EMAIL: FieldTally(clears=12, updates=8, with_value=15)}) == (
        HoldRule(HoldKind.CLEARS, EMAIL, 12, 20, 5),
    )


@pytest.mark.parametrize("tally", [(-1, 0, 5), (0, -1, 5), (0, 0, -1)])
def test_a_tally_that_cannot_be_is_refused(tally):
    with pytest.raises(ValueError, match="counts students"):
        FieldTally(*tally)


@pytest.mark.parametrize("wrong", [{"clears": -1}, {"moves": 101}, {"at_least": 0}])
def test_thresholds_that_mean_nothing_are_refused(wrong):
    with pytest.raises(ValueError, match="percents"):
        Thresholds(**wrong)


@pytest.mark.parametrize(
    ("now", "last_good"), [(900, 1000), (1000, 1000), (2000, 1000), (0, 9), (0, 0), (5, None)]
)
def test_a_read_of_the_usual_size_goes_on(now, last_good):
    check_read(now, last_good, USUAL)


@pytest.mark.parametrize(("now", "last_good"), [(899, 1000), (0, 10), (0, 1000)])
def test_a_read_that_shrank_holds_the_whole_run(now, last_good):
    with pytest.raises(UnsafePlan) as unsafe:
        check_read(now, last_good, USUAL)
    assert unsafe.value.code == "read-shrank"


def test_a_shrunken_read_names_both_counts():
    with pytest.raises(UnsafePlan) as unsafe:
        check_read(1200, 9500, USUAL)
    assert unsafe.value.sentence == (
        "The SIS sent 1,200 records, after 9,500 at the last good run: over 10 percent fewer."
        " Nothing was changed."
    )
