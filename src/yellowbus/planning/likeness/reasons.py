"""Why two records may be, or may not be, one child: each reason with its weight and its plain words.

A weight is the power of two by which a reason makes "the same child" more likely, or less. What two records share of a
household weighs once, whatever its parts.
"""

from enum import Enum


class Reason(Enum):
    """Its weight, and its words. The words take {ours} and {theirs}, the name as each record has it."""

    BORN_SAME = (12, "Same birth date")
    BORN_TURNED = (7, "Day and month of the birth date are exchanged")
    BORN_ONE_OFF = (6, "The birth dates differ in one digit")
    BORN_PART = (4, "Two of day, month and year of the birth date agree")
    BORN_BLANK = (5, "One of them has no birth date")
    BORN_OTHER = (-6, "Other birth date")

    FIRST_SAME = (7, "Same first name")
    FIRST_SHORT = (6, "{ours} and {theirs} are one name, long and short")
    FIRST_VARIANT = (5, "{ours} and {theirs} can be the same name, and two names as well")
    FIRST_LIKE = (4, "{ours} is written much like {theirs}")
    FIRST_MIDDLE = (3, "The first name of one is the middle name of the other")
    FIRST_INITIAL = (2, "Only the initial of the first name is given")
    FIRST_OTHER = (-9, "Other first name")
    FIRST_OF_TWINS = (-20, "Other first name: twins?")

    LAST_SAME = (7, "Same last name")
    LAST_TURNED = (7, "The parts of the last name stand in another order")
    LAST_CUT = (6, "One part of the double last name is missing")
    LAST_LIKE = (5, "{ours} is written much like {theirs}")
    LAST_PART = (3, "One part of the double last name is the same, the other is not")
    LAST_OTHER = (-6, "Other last name")
    NAMES_EXCHANGED = (11, "First and last name are exchanged")

    MIDDLE_SAME = (4, "Same middle name")
    MIDDLE_INITIAL = (2, "The initial of the middle name agrees")
    MIDDLE_OTHER = (-5, "Other middle name")
    SUFFIX_OTHER = (-4, "Other suffix, such as Jr. and Sr.")
    GENDER_SAME = (1, "Same gender")
    GENDER_OTHER = (-4, "Other gender")

    HOME_SAME = (9, "Same household")
    HOME_PARTLY = (5, "Perhaps the same household")
    HOME_OTHER = (-3, "Other household")

    def __init__(self, weight: int, words: str) -> None:
        self.weight = weight
        self.words = words
