"""Who a registered child is among the students that a SIS shows."""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yellowbus.planning.recognise import NOBODY, Child, Doubt, Ground, Said, Same, nearness, recognise

BORN = date(2015, 3, 4)


@dataclass(frozen=True, slots=True)
class Seen:
    remote: str
    key: str = ""
    first_name: str = "Rosa"
    last_name: str = "Núñez"
    birth_date: date | None = BORN


ROSA = Child("Rosa", "Núñez", BORN)


def test_where_the_sis_shows_nobody_the_child_is_new() -> None:
    assert recognise(ROSA, []) == NOBODY


def test_an_id_decides_and_asks_no_name() -> None:
    child = Child("Rosa", "Vega", BORN, remote="7", key="100")
    assert recognise(child, [Seen("7", "100"), Seen("8")]) == Same("7", Ground.ID)


@pytest.mark.parametrize(
    ("held", "found"),
    [
        (Seen("7", last_name="Vega", birth_date=date(2011, 1, 1)), Doubt("export-id-of-another", ("7",))),
        (Seen("7", last_name="Vega"), Same("7", Ground.ID)),
        (Seen("7", birth_date=date(2011, 1, 1)), Same("7", Ground.ID)),
        (Seen("7", last_name="", birth_date=date(2011, 1, 1)), Same("7", Ground.ID)),
        (Seen("7", last_name="Vega", birth_date=None), Same("7", Ground.ID)),
    ],
)
def test_an_id_is_another_childs_where_last_name_and_birth_date_both_differ(
    held: Seen, found: object
) -> None:
    assert recognise(Child("Rosa", "Núñez", BORN, remote="7"), [held]) == found


def test_two_ids_of_two_students_are_a_persons() -> None:
    child = Child("Rosa", "Núñez", BORN, remote="7", key="100")
    assert recognise(child, [Seen("7"), Seen("8", "100")]) == Doubt("export-ids-disagree", ("7", "8"))


def test_an_id_that_is_gone_never_makes_a_new_student() -> None:
    child = Child("Rosa", "Núñez", BORN, remote="7")
    assert recognise(child, []) == Doubt("export-id-gone")
    assert recognise(child, [Seen("9")]) == Doubt("export-id-gone", ("9",))


def test_the_same_names_and_birth_date_are_taken_only_where_that_was_turned_on() -> None:
    seen = [Seen("7", first_name="ROSA", last_name="nunez")]
    assert recognise(ROSA, seen) == Doubt("export-candidate", ("7",))
    assert recognise(ROSA, seen, accept_exact=True) == Same("7", Ground.NAMES)
    assert recognise(ROSA, seen, accept_exact=True, others={"7"}) == Doubt("export-of-another", ("7",))


def test_a_person_has_the_last_word() -> None:
    seen = [Seen("7"), Seen("8")]
    assert recognise(ROSA, seen, said=Said("8")) == Same("8", Ground.PERSON)
    assert recognise(ROSA, seen, said=Said("9")) == Doubt("export-decided-gone")
    assert recognise(ROSA, seen, said=Said(none_of=frozenset("78"))) == NOBODY
    assert recognise(ROSA, seen, said=Said(none_of=frozenset("7"))) == Doubt("export-candidate", ("8",))


@pytest.mark.parametrize(
    ("first", "last", "born", "reason"),
    [
        ("Rosalía", "Núñez", BORN, "export-near"),
        ("Rosa", "Nuñes", BORN, "export-near"),
        ("Rosa", "Vega", BORN, "export-near"),
        ("Benito", "Núñez", BORN, "export-twin"),
        ("Rosa", "Núñez", date(2015, 4, 3), "export-namesake"),
        ("Rosa", "Núñez", None, "export-namesake"),
        ("Benito", "Vega", BORN, ""),
        ("Rosalía", "Núñez", date(2015, 4, 3), ""),
    ],
)
def test_what_makes_two_children_look_like_one(first: str, last: str, born: date | None, reason: str) -> None:
    seen = Seen("7", first_name=first, last_name=last, birth_date=born)
    assert nearness(ROSA, seen) == reason
    assert recognise(ROSA, [seen]) == (Doubt(reason, ("7",)) if reason else NOBODY)


@pytest.mark.parametrize(
    ("first", "born", "found"),
    [
        ("Benito", BORN, NOBODY),
        ("Rosa", date(2015, 4, 3), NOBODY),
        ("Rosita", BORN, Doubt("export-near", ("7",))),
    ],
)
def test_a_twin_or_namesake_whom_enroll_knows_is_no_doubt_and_a_short_name_is(
    first: str, born: date, found: object
) -> None:
    seen = Seen("7", first_name=first, birth_date=born)
    assert (
        recognise(Child("Ros", "Núñez", BORN) if first == "Rosita" else ROSA, [seen], others={"7"}) == found
    )


_NAMES = st.sampled_from(["Rosa", "Rosita", "Benito", "Ana", "Núñez", "Vega", ""])
_DAYS = st.sampled_from([BORN, date(2015, 4, 3), None])
_SEEN = st.builds(Seen, st.sampled_from("789"), st.sampled_from(["", "100"]), _NAMES, _NAMES, _DAYS)


@given(st.lists(_SEEN, max_size=4), st.sets(st.sampled_from("789")), st.booleans())
def test_nobody_is_ever_taken_on_likeness_alone(seen: list[Seen], others: set[str], accept: bool) -> None:
    found = recognise(ROSA, seen, others=others, accept_exact=accept)
    exact = {
        each.remote
        for each in seen
        if (each.first_name, each.last_name, each.birth_date) == ("Rosa", "Núñez", BORN)
    }
    if isinstance(found, Same):
        assert (accept, {found.remote}) == (True, exact)
    if found == NOBODY:
        assert exact == set()
