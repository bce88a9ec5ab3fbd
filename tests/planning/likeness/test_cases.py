"""The children that defeat a score, one by one. Incoming children are 101, 102, …; known ones 1, 2, …"""

import pytest

from planning.likeness.looking import ALONE, ELSEWHERE, HOME, child, looked_up, reasons

LINKED = [(1, [1], [])]
ASKED = [(None, [1], [])]
NEW = [(None, [], [])]


def test_the_same_child_typed_alike_is_linked():
    assert looked_up([child("Rosa")], [child("Rosa")]) == LINKED


def test_accents_case_and_punctuation_change_nothing():
    assert looked_up([child("JOSÉ-ÁNGEL", "O'Núñez")], [child("Jose Angel", "ONunez")]) == LINKED


def test_a_nickname_of_one_name_alone_is_linked():
    assert looked_up([child("Bill")], [child("William")]) == LINKED


@pytest.mark.parametrize(
    ("short", "full"), [("Chris", "Christopher"), ("Jack", "John"), ("Alex", "Alexandra")]
)
def test_a_nickname_that_may_be_another_child_is_asked(short, full):
    assert looked_up([child(short)], [child(full)]) == ASKED


# Twins


def test_twins_who_both_come_are_told_apart_and_asked():
    twins = [child("Jayden"), child("Jaden")]
    assert looked_up(twins, twins) == [(None, [1, 2], []), (None, [2, 1], [])]


def test_a_new_twin_with_a_like_name_is_asked():
    assert looked_up([child("Jaden")], [child("Jayden")]) == ASKED


def test_a_new_twin_with_another_name_is_new():
    assert looked_up([child("Olivia")], [child("Rosa")]) == NEW
    assert reasons(child("Olivia"), child("Rosa")) == ["BORN_SAME", "FIRST_OF_TWINS", "LAST_SAME"]


def test_a_known_twin_is_not_linked_even_if_the_name_is_the_same():
    assert looked_up([child("Rosa")], [child("Rosa"), child("Olivia")]) == ASKED


def test_a_child_is_not_linked_whose_twin_comes_beside_it():
    assert looked_up([child("Rosa"), child("Olivia")], [child("Rosa")]) == [(None, [1], []), (None, [], [])]


def test_a_twin_who_shares_only_the_mother_s_name_counts_as_one():
    twin = child("Olivia", home={**ELSEWHERE, "guardian1_fname": "Elena"})
    assert looked_up([child("Rosa")], [child("Rosa"), twin]) == ASKED


def test_twins_whose_middle_name_is_the_other_s_first_are_asked_the_right_one_first():
    twins = [child("Maria", mname="Elena"), child("Elena", mname="Maria")]
    assert looked_up(twins, twins) == [(None, [1, 2], []), (None, [2, 1], [])]
    assert looked_up([child("Elena", mname="Sofia")], [child("Maria", mname="Elena")]) == ASKED


def test_twins_who_share_their_first_name_are_new_to_each_other():
    assert looked_up([child("Jose", mname="Luis")], [child("Jose", mname="Antonio")]) == ASKED


@pytest.mark.parametrize("first", ["Jose", "María"])
def test_a_first_name_that_twins_share_needs_its_second(first):
    assert looked_up([child(first)], [child(first, mname="Luz")]) == ASKED
    assert looked_up([child(first, mname="L.")], [child(first, mname="Luz")]) == LINKED


def test_twins_of_different_gender_are_not_linked_by_their_nickname():
    assert looked_up([child("Dani", gender="F")], [child("Daniel", gender="M")]) == ASKED


# Brothers, sisters, fathers, namesakes


def test_brothers_and_sisters_are_new():
    assert looked_up([child("Olivia", born="2013-01-01")], [child("Rosa")]) == NEW


def test_sisters_who_share_a_first_name_are_new():
    known = child("Maria", mname="Elena", born="2013-07-09")
    assert looked_up([child("Maria", mname="Luz")], [known]) == NEW


def test_a_namesake_born_on_the_same_day_is_asked():
    assert looked_up([child("Rosa", home=ELSEWHERE)], [child("Rosa")]) == ASKED


def test_a_namesake_whose_mother_has_the_same_name_is_asked():
    home = {**ELSEWHERE, "guardian1_fname": "Elena"}
    assert looked_up([child("Rosa", home=home)], [child("Rosa")]) == ASKED


def test_a_namesake_in_the_next_flat_is_asked():
    home = {**ELSEWHERE, "address_street": "12 N. Oak St., Apt 9", "address_zip": "90001"}
    assert looked_up([child("Rosa", home=home)], [child("Rosa")]) == ASKED


def test_a_namesake_in_the_same_house_is_asked_while_the_flat_is_not_told():
    home = {**ELSEWHERE, "address_street": "12 N. Oak St.", "address_zip": "90001"}
    assert looked_up([child("Rosa", home=home)], [child("Rosa")]) == ASKED


def test_two_known_namesakes_are_both_shown_the_one_of_the_household_first():
    known = [child("Rosa", home=ELSEWHERE), child("Rosa")]
    assert looked_up([child("Rosa")], known) == [(None, [2, 1], [])]


def test_two_records_that_may_be_one_child_are_both_asked():
    assert looked_up([child("Rosa"), child("Rosa")], [child("Rosa")]) == [(None, [1], []), (None, [1], [])]


def test_nothing_of_the_household_known_is_not_enough_for_a_link():
    assert looked_up([child("Rosa", home=ALONE)], [child("Rosa")]) == ASKED


def test_father_and_son_are_two():
    assert (
        looked_up(
            [child("John", suffix="Jr.", mname="Lee")],
            [child("John", mname="Lee", suffix="Sr", born="1985-06-07")],
        )
        == NEW
    )


def test_a_junior_and_a_third_of_one_birth_date_are_not_linked():
    assert looked_up([child("John", "Garcia Jr")], [child("John", suffix="III")]) == ASKED


def test_a_suffix_that_one_side_leaves_out_or_writes_elsewhere_is_no_obstacle():
    assert looked_up([child("John", "Garcia, Jr.")], [child("John", suffix="Jr")]) == LINKED
    assert looked_up([child("John")], [child("John", suffix="Jr")]) == LINKED


# Names written otherwise


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("Garcia", "LAST_CUT"),
        ("Lopez", "LAST_CUT"),
        ("Garcia-Lopez", "LAST_SAME"),
        ("Lopez Garcia", "LAST_TURNED"),
        ("GarciaLopez", "LAST_SAME"),
    ],
)
def test_a_double_last_name_cut_or_turned_is_linked(typed, reason):
    assert looked_up([child("Rosa", typed)], [child("Rosa", "Garcia Lopez")]) == LINKED
    assert reason in reasons(child("Rosa", typed), child("Rosa", "Garcia Lopez"))


@pytest.mark.parametrize("typed", ["Dela Cruz", "DE LA CRUZ", "Delacruz", "Cruz"])
def test_particles_of_a_last_name_do_not_count(typed):
    assert looked_up([child("Rosa", typed)], [child("Rosa", "de la Cruz")]) in (LINKED, ASKED)


def test_half_another_double_name_is_asked():
    assert looked_up([child("Rosa", "Garcia Ruiz")], [child("Rosa", "Garcia Lopez")]) == ASKED
    assert "LAST_PART" in reasons(child("Rosa", "Garcia Ruiz"), child("Rosa", "Garcia Lopez"))


def test_first_and_last_name_exchanged_are_asked():
    assert looked_up([child("Garcia", "Rosa")], [child("Rosa", "Garcia")]) == ASKED
    assert reasons(child("Garcia", "Rosa"), child("Rosa", "Garcia")) == ["BORN_SAME", "NAMES_EXCHANGED"]


def test_a_slip_of_the_hand_is_asked():
    assert looked_up([child("Roas")], [child("Rosa")]) == ASKED
    assert looked_up([child("Rosa", "Gracia")], [child("Rosa")]) == ASKED


def test_a_child_called_by_its_middle_name_is_asked():
    assert looked_up([child("Lee")], [child("John", mname="Lee")]) == ASKED


def test_a_child_called_by_another_name_is_asked():
    assert looked_up([child("Coco")], [child("Rosalind", preferred_name="Coco")]) == ASKED


def test_a_first_name_that_lost_everything_but_the_middle_one_is_asked():
    assert looked_up([child("R", mname="Luz")], [child("Rosa", mname="Luz")]) == ASKED


def test_a_child_whose_last_name_changed_is_asked_within_the_household_only():
    assert looked_up([child("Rosa", "Smith")], [child("Rosa")]) == ASKED
    assert looked_up([child("Rosa", "Smith", home=ELSEWHERE)], [child("Rosa")]) == NEW


# Birth dates


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("2015-04-03", "BORN_TURNED"),
        ("2015-03-14", "BORN_ONE_OFF"),
        ("2014-03-04", "BORN_ONE_OFF"),
        ("2015-03-19", "BORN_PART"),
        ("", "BORN_BLANK"),
    ],
)
def test_another_or_no_birth_date_is_asked_never_linked(typed, reason):
    assert looked_up([child("Rosa", born=typed)], [child("Rosa")]) == ASKED
    assert looked_up([child("Rosa")], [child("Rosa", born=typed)]) == ASKED
    assert reason in reasons(child("Rosa", born=typed), child("Rosa"))


def test_a_wrong_date_beside_a_cut_name_is_still_found():
    known = child("Rosa", "Lopez Garcia")
    assert looked_up([child("Rosa", "Garcia", born="2015-05-04")], [known]) == ASKED
    assert looked_up([child("Rosa", "Garcia", born="2013-03-04")], [known]) == ASKED


def test_without_birth_dates_a_slip_is_still_found_by_the_telephone():
    assert looked_up([child("Anthoyn", born="")], [child("Anthony")]) == ASKED


# The same new child twice


def test_a_new_child_that_comes_twice_is_shown_beside_its_first_record():
    assert looked_up([child("Rosa"), child("Rosa")], []) == [(None, [], []), (None, [], [101])]
    assert looked_up([child("Bill"), child("William", "Gracia")], []) == [(None, [], []), (None, [], [101])]


def test_new_twins_do_not_pass_for_one_child():
    assert looked_up([child("Rosa"), child("Olivia")], []) == [(None, [], []), (None, [], [])]


def test_nobody_is_compared_with_himself():
    assert looked_up([child("Rosa")], []) == NEW


def test_home_is_whole_here():
    assert reasons(child("Rosa", home=HOME), child("Rosa", home=HOME)) == [
        "BORN_SAME",
        "FIRST_SAME",
        "LAST_SAME",
    ]
