"""Headings: how they are cut into words, and whose value they name."""

import pytest

from yellowbus.mapping.suggest.headings import Heading, Owner, understand
from yellowbus.mapping.suggest.lexicon import lexicon
from yellowbus.mapping.suggest.words import words_of


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("Stu Last", ("student", "last")),
        ("student_nbr", ("student", "number")),
        ("StudentLegalFirstName", ("student", "legal", "first", "name")),
        ("LASTNAME", ("last", "name")),
        ("nextyeargrade", ("next", "year", "grade")),
        ("D.O.B.", ("birth", "date")),
        ("Wthdrwl Dt", ("withdrawal", "date")),
        ("E-Mail", ("email",)),
        ("Parent #2", ("parent", "2")),
        ("ID#", ("id", "number")),
        ("Grade 2026-27", ("grade",)),
        ("HomeAddress2", ("home", "address", "line2")),
        ("Address Line 1", ("address", "line1")),
        ("St Address", ("street", "address")),
        ("St ID", ("state", "id")),
        ("Adress", ("address",)),
        ("Prénom", ("prenom",)),
        ("", ()),
        ("***", ()),
    ],
)
def test_a_heading_is_cut_into_whole_words(heading: str, words: tuple[str, ...]) -> None:
    assert words_of(heading) == words


@pytest.mark.parametrize(
    ("text", "owner", "number", "named", "left"),
    [
        ("First Name", Owner.NOBODY, 0, "", {"first", "name"}),
        ("Child's First Name", Owner.STUDENT, 0, "", {"first", "name"}),
        ("P1 Cell", Owner.GUARDIAN, 1, "", {"mobile"}),
        ("Gdn 2 Email", Owner.GUARDIAN, 2, "", {"email"}),
        ("Parent/Guardian #1 Relationship to student", Owner.GUARDIAN, 1, "", {"relationship"}),
        ("Second guardian email", Owner.GUARDIAN, 2, "", {"email"}),
        ("Guardian Priority 1 Last", Owner.GUARDIAN, 1, "", {"last"}),
        ("Mother's Email", Owner.GUARDIAN, 0, "mother", {"email"}),
        ("Mother or Father Email", Owner.OTHER, 0, "", {"mother", "father", "email"}),
        ("EC1 Ph", Owner.EMERGENCY, 1, "", {"phone"}),
        ("Emergency Phone 2", Owner.EMERGENCY, 2, "", {"phone"}),
        ("Emergency contact phone", Owner.EMERGENCY, 0, "", {"phone"}),
        ("c3_last", Owner.CONTACT, 3, "", {"last"}),
        ("Your email", Owner.RESPONDENT, 0, "", {"email"}),
        ("Teacher Email", Owner.OTHER, 0, "", {"teacher", "email"}),
        ("Parents", Owner.OTHER, 0, "", {"parents"}),
        ("Guardian 1 Phone 2", Owner.OTHER, 1, "", {"phone", "2"}),
        ("Email 1", Owner.NOBODY, 0, "", {"email"}),
        ("Email 2", Owner.OTHER, 0, "", {"email", "2"}),
        ("Household 2 City", Owner.OTHER, 0, "", {"household", "2", "city"}),
    ],
)
def test_a_heading_says_whose_value_it_is(
    text: str, owner: Owner, number: int, named: str, left: set[str]
) -> None:
    assert understand(text) == Heading(owner, number, named, frozenset(left))


@pytest.mark.parametrize(
    ("text", "format_"),
    [
        ("DOB (mm/dd/yyyy)", "MM/DD/YYYY"),
        ("Start (D.M.YYYY)", "D.M.YYYY"),
        ("DOB (if known)", ""),
        ("DOB", ""),
    ],
)
def test_a_heading_may_name_the_date_format(text: str, format_: str) -> None:
    assert understand(text).format == format_


def test_what_only_tells_how_to_fill_in_does_not_count() -> None:
    assert {understand(text).words for text in ("Gender", "Gender (M/F/X)", "Gender (optional)")} == {
        frozenset({"gender"})
    }


def test_words_in_parentheses_that_say_something_count() -> None:
    assert understand("Phone (work)").words == frozenset({"phone", "work"})


def test_every_phrase_can_be_met() -> None:
    """A phrase made of words that are set aside, or that are written out otherwise, would never be found."""
    known = lexicon()
    words = {
        word
        for role in known.meanings.values()
        for each in role
        for phrase in each.phrases
        for word in phrase.words
    }
    aside = known.filler | known.owners["student"]
    assert sorted(words & aside) == []
    assert sorted(word for word in words if not word.startswith("line") and words_of(word) != (word,)) == []
