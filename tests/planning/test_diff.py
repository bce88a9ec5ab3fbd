import pytest
from hypothesis import given
from hypothesis import strategies as st

from yellowbus.planning import diff
from yellowbus.records import WriteRule

FIELDS = [f"students_annual.f{n}" for n in range(6)]
texts = st.sampled_from(["a", "b", "c"])
mapped = st.dictionaries(st.sampled_from(FIELDS), st.none() | texts)
stored = st.dictionaries(st.sampled_from(FIELDS), texts)
rule_sets = st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(WriteRule))


def applied(changes, current):
    after = dict(current)
    for field, (_, value) in changes.items():
        after[field] = value
    return {field: value for field, value in after.items() if value is not None}


def test_an_equal_value_is_no_change():
    assert diff({"f": "1"}, {"f": "1", "g": "2"}, {}) == {}


def test_an_absent_field_stays_a_none_clears_and_a_value_writes():
    assert diff(
        {"cleared": None, "new": "1", "other": "3"}, {"kept": "9", "cleared": "8", "other": "2"}, {}
    ) == {
        "cleared": ("8", None),
        "new": (None, "1"),
        "other": ("2", "3"),
    }


def test_clearing_a_blank_is_no_change():
    assert diff({"f": None}, {}, {}) == {}


def test_changes_keep_the_order_of_the_mapping():
    assert list(diff({"b": "1", "a": "1", "c": "1"}, {}, {})) == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("rule", "blank_before", "value_before", "clearing", "creating"),
    [
        (WriteRule.ALWAYS, True, True, True, True),
        (WriteRule.IF_BLANK, True, False, False, True),
        (WriteRule.ON_CREATE, False, False, False, True),
        (WriteRule.NEVER, False, False, False, False),
    ],
)
def test_each_write_rule(rule, blank_before, value_before, clearing, creating):
    rules = {"f": rule}
    assert diff({"f": "new"}, {}, rules) == ({"f": (None, "new")} if blank_before else {})
    assert diff({"f": "new"}, {"f": "old"}, rules) == ({"f": ("old", "new")} if value_before else {})
    assert diff({"f": None}, {"f": "old"}, rules) == ({"f": ("old", None)} if clearing else {})
    assert diff({"f": "new"}, None, rules) == ({"f": (None, "new")} if creating else {})


def test_a_new_student_gets_no_blanks():
    assert diff({"f": None, "g": "1"}, None, {}) == {"g": (None, "1")}


@given(mapped, stored)
def test_without_rules_every_mapped_value_is_what_enroll_then_holds(values, current):
    expected = {field: value for field, value in (current | values).items() if value is not None}
    assert applied(diff(values, current, {}), current) == expected


@given(mapped, stored, rule_sets)
def test_a_second_run_changes_nothing(values, current, rules):
    after = applied(diff(values, current, rules), current)
    assert diff(values, after, rules) == {}


@given(mapped, rule_sets)
def test_a_second_run_after_a_create_changes_nothing(values, rules):
    created = applied(diff(values, None, rules), {})
    assert diff(values, created, rules) == {}


@given(mapped, stored, rule_sets)
def test_every_change_is_true_real_and_allowed(values, current, rules):
    changes = diff(values, current, rules)
    for field, (before, after) in changes.items():
        assert before == current.get(field)
        assert after == values[field]
        assert before != after
        assert rules.get(field) not in (WriteRule.NEVER, WriteRule.ON_CREATE)
        assert rules.get(field) is not WriteRule.IF_BLANK or before is None


@given(mapped, stored, rule_sets)
def test_a_rule_only_takes_changes_away(values, current, rules):
    free = diff(values, current, {})
    assert diff(values, current, rules).items() <= free.items()
    assert diff(values, current, dict.fromkeys(FIELDS, WriteRule.ALWAYS)) == free


@given(mapped, stored, rule_sets)
def test_nothing_that_is_passed_in_is_changed(values, current, rules):
    copies = (dict(values), dict(current), dict(rules))
    diff(values, current, rules)
    assert (values, current, rules) == copies
