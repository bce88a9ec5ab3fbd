import pytest
from hypothesis import given
from hypothesis import strategies as st

from yellowbus.planning import Counts, Reconciliation, does_not_add_up, gravest, total
from yellowbus.records import Outcome

outcomes = st.lists(st.sampled_from(Outcome))
districts = st.dictionaries(st.sampled_from(["101", "102", "103"]), outcomes)


def counted(records):
    return Counts.of(len(records), {outcome: records.count(outcome) for outcome in Outcome})


@given(districts)
def test_when_each_record_counts_once_everything_adds_up(district):
    by_school = {code: counted(records) for code, records in district.items()}
    whole = counted([record for records in district.values() for record in records])
    assert total(by_school) == whole
    assert does_not_add_up(whole, by_school) == {}


@given(districts.filter(bool), st.sampled_from(Outcome), st.data())
def test_one_record_too_many_is_found_where_it_is(district, outcome, data):
    by_school = {code: counted(records) for code, records in district.items()}
    whole = total(by_school)
    code = data.draw(st.sampled_from(sorted(by_school)))
    by_school[code] += Counts.of(0, {outcome: 1})
    assert does_not_add_up(whole, by_school) == {f"school {code}": -1, outcome.value: -1}


def test_a_record_without_an_outcome_is_missed():
    lost = Counts(read=3, created=1, failed=1)
    assert lost.unaccounted == 1
    assert does_not_add_up(lost, {"101": lost}) == {"run": 1, "school 101": 1}


def test_a_record_of_no_school_is_missed():
    whole = Counts(read=2, created=2)
    assert does_not_add_up(whole, {"101": Counts(read=1, created=1)}) == {"read": 1, "created": 1}


def test_every_outcome_has_its_count():
    counts = Counts.of(28, {outcome: n for n, outcome in enumerate(Outcome, 1)})
    assert [counts[outcome] for outcome in Outcome] == [1, 2, 3, 4, 5, 6, 7]
    assert counts.unaccounted == 0


def test_no_school_is_no_records():
    assert total({}) == Counts()


@pytest.mark.parametrize(
    ("seen", "counts_as"),
    [
        ([Outcome.UPDATED, Outcome.HELD], Outcome.HELD),
        ([Outcome.SKIPPED, Outcome.UNCHANGED], Outcome.UNCHANGED),
        ([Outcome.CREATED, Outcome.FAILED], Outcome.FAILED),
        ([], Outcome.UNCHANGED),
    ],
)
def test_a_record_counts_by_its_gravest_outcome(seen, counts_as):
    assert gravest(iter(seen)) is counts_as


@pytest.mark.parametrize(
    ("sis", "enroll", "differences", "unexplained"),
    [
        (120, 118, {"failed": 1, "skipped": 1}, 0),
        (120, 118, {}, 2),
        (120, 121, {"not in the read": -1}, 0),
        (120, 119, {"failed": 2, "made in Enroll": -1}, 0),
        (120, 121, {"failed": 1}, -2),
    ],
)
def test_what_has_no_name_remains_unexplained(sis, enroll, differences, unexplained):
    assert Reconciliation("Oak Invented", sis, enroll, differences).unexplained == unexplained
