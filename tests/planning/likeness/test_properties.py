import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.likeness.invented import district
from planning.likeness.looking import child
from planning.likeness.measured import children
from yellowbus.planning.likeness import Child, comes_into_question, could_weigh, look_up, weigh
from yellowbus.planning.likeness.variants import initials, short_for_one, variants
from yellowbus.planning.likeness.weigh import worth_weighing

FIRST = st.sampled_from(
    ["Rosa", "Rosa Luz", "Jean Luc", "Jeanluc", "R", "Bill", "William", "Garcia", "Roas", ""]
)
LAST = st.sampled_from(["Garcia", "Garcia Lopez", "Lopez", "Rosa", "de la Cruz", "Gracia", ""])
BORN = st.sampled_from(["2015-03-04", "2015-04-03", "2015-03-14", "1990-08-30", ""])
CHILD = st.builds(child, FIRST, LAST, BORN, mname=st.sampled_from(["", "Luz", "L"]))


@given(CHILD, CHILD)
def test_the_quick_look_refuses_nobody_who_comes_into_question(ours, theirs):
    assert worth_weighing(ours, theirs) or not comes_into_question(weigh(ours, theirs))


@given(CHILD, CHILD)
def test_names_and_dates_alone_never_promise_too_little(ours, theirs):
    known = Child(theirs.id, theirs.given, theirs.last, theirs.born)
    whole = weigh(ours, theirs)
    assert could_weigh(ours, known) >= whole.weight or not comes_into_question(whole)


@given(CHILD, CHILD)
def test_likeness_is_mutual(ours, theirs):
    assert weigh(ours, theirs).weight == weigh(theirs, ours).weight


def test_the_order_of_the_known_changes_nothing():
    incoming, known = children(district(400, 9))
    assert list(look_up(incoming, known)) == list(look_up(incoming, known[::-1]))


def test_a_link_is_always_the_only_candidate_and_no_child_is_linked_twice():
    incoming, known = children(district(1_000, 9))
    links = [found for found in look_up(incoming, known) if found.link is not None]
    assert len(links) > 400
    assert [[like.id for like in found.candidates] for found in links] == [[found.link] for found in links]
    assert len({found.link for found in links}) == len(links)


@pytest.mark.parametrize(
    ("one", "other", "beyond_doubt", "may_be"),
    [
        ("bill", "william", True, True),
        ("bill", "will", True, True),
        ("chuy", "jesus", True, True),
        ("jack", "john", False, True),
        ("liam", "william", False, True),
        ("alex", "alexander", False, True),
        ("sam", "samantha", False, True),
        ("chris", "christian", False, True),
        ("kate", "katherine", False, True),
        ("bill", "robert", False, False),
        ("rosalind", "rosalind", False, False),
        ("jayden", "jaden", False, False),
    ],
)
def test_which_names_are_one(one, other, beyond_doubt, may_be):
    assert (short_for_one(one, other), variants(one, other)) == (beyond_doubt, may_be)
    assert (short_for_one(other, one), variants(other, one)) == (beyond_doubt, may_be)


def test_a_name_is_sought_under_the_initials_of_its_variants():
    assert initials("bill") == {"b", "w"}
    assert initials("rosalind") == {"r"}
