"""What a heading says: whose value it is, which of several people's, and what of them."""

import re
from dataclasses import dataclass
from enum import Enum

from yellowbus.mapping.date_formats import is_format
from yellowbus.mapping.suggest.lexicon import lexicon
from yellowbus.mapping.suggest.words import words_of

_PARENTHESES = re.compile(r"\(([^()]*)\)")
_CHOICES = re.compile(r"[A-Za-z]( ?[/,] ?[A-Za-z])+")
_ASIDE = re.compile(
    r"(?i)last( name)?, ?first( name)?( ?m\.?i?\.?)?|if (known|any|applicable|different)|optional|required"
)


class Owner(Enum):
    """Whose value a heading names. NOBODY is unsaid, so a student's; OTHER nobody's whom Enroll knows."""

    NOBODY = "nobody"
    STUDENT = "student"
    GUARDIAN = "guardian"
    CONTACT = "contact"
    EMERGENCY = "emergency"
    RESPONDENT = "respondent"
    OTHER = "other"


PEOPLE = (Owner.GUARDIAN, Owner.CONTACT, Owner.EMERGENCY, Owner.RESPONDENT)


@dataclass(frozen=True, slots=True)
class Heading:
    """`number` is 0 where none is said; `named` a parent by kinship, as in mother. `words` are what is left.

    `format` is a date format that the heading itself names, in the words of Date.
    """

    owner: Owner
    number: int
    named: str
    words: frozenset[str]
    format: str = ""


def understand(text: str) -> Heading:
    """What the heading says. One with too many numbers belongs to OTHER."""
    body, date_format = _without_hints(text)
    words = words_of(body)
    owner, named = _owner(words)
    number, rest = _number(words, owner)
    owners = lexicon().owners
    mine = {
        Owner.GUARDIAN: owners["guardian"] | owners["student"],
        Owner.EMERGENCY: owners["emergency"] | owners["contact"] | owners["student"],
        Owner.CONTACT: owners["contact"] | owners["student"],
    }.get(owner, owners["student"])
    left = frozenset(word for word in rest if word not in mine and word not in lexicon().filler)
    if any(word.isdigit() for word in left):
        owner = Owner.OTHER
    return Heading(owner, number, named, left - {"your"}, date_format)


def _without_hints(text: str) -> tuple[str, str]:
    """The heading without what only tells how to fill it in: (mm/dd/yyyy), (M/F/X), (Last, First), (if known)."""
    date_format = ""
    for inside in _PARENTHESES.findall(text):
        asked = inside.strip().upper()
        if is_format(asked):
            date_format = asked
        if is_format(asked) or _CHOICES.fullmatch(inside.strip()) or _ASIDE.fullmatch(inside.strip()):
            text = text.replace(f"({inside})", " ")
    return text, date_format


def _owner(words: tuple[str, ...]) -> tuple[Owner, str]:
    owners = lexicon().owners
    there = set(words)
    if there & owners["other"] or "parents" in there:
        return Owner.OTHER, ""
    named = sorted(there & owners["named"])
    if there & owners["emergency"]:
        return (Owner.OTHER if there & owners["guardian"] else Owner.EMERGENCY), ""
    if there & owners["guardian"]:
        return (Owner.GUARDIAN, named[0] if named else "") if len(named) < 2 else (Owner.OTHER, "")
    if "contact" in there:
        return Owner.CONTACT, ""
    if there & owners["student"]:
        return (Owner.RESPONDENT, "") if words[0] == "your" else (Owner.STUDENT, "")
    return (Owner.RESPONDENT if "your" in there else Owner.NOBODY), ""


def _number(words: tuple[str, ...], owner: Owner) -> tuple[int, list[str]]:
    """Which of several people, and the words without that number."""
    rest = list(words)
    if owner in PEOPLE:
        return _number_of_person(rest, owner)
    if "household" in rest and "2" in rest:
        return 0, rest
    return 0, [word for word in rest if word != "1"]


def _number_of_person(words: list[str], owner: Owner) -> tuple[int, list[str]]:
    owners = lexicon().owners
    people = owners["guardian"] | owners["contact"] | owners["emergency"]
    last = max((place for place, word in enumerate(words) if word in people), default=-1)
    first = min((place for place, word in enumerate(words) if word in people), default=0)
    after = last + 1
    while after < len(words) and words[after] in owners["after"] and not words[after].isdigit():
        after += 1
    if after < len(words) and words[after].isdigit():
        return int(words[after]), words[: last + 1] + words[after + 1 :]
    for number, said in ((1, owners["first"]), (2, owners["second"])):
        if first and words[first - 1] in said:
            return number, words[: first - 1] + words[first:]
    digits = [word for word in words if word.isdigit()]
    if len(digits) == 1 and (owner is Owner.EMERGENCY or words[0] == digits[0] or digits[0] == "1"):
        number = 0 if owner is not Owner.EMERGENCY and words[0] != digits[0] else int(digits[0])
        return number, [word for word in words if word != digits[0]]
    return 0, words
