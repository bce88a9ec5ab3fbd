"""Where sources disagree or nothing is known, a switch (the dossier's section stands beside each)."""

from dataclasses import dataclass
from enum import Enum


class OverMaximum(Enum):
    CLAMP = "clamp"
    REFUSE = "refuse"


class Blank(Enum):
    OMIT = "omit"
    EMPTY = "empty"
    NULL = "null"


@dataclass(frozen=True, slots=True)
class Options:
    """How this one server behaves. The defaults are the dossier's best knowledge."""

    version: str = "25.12.0.0.253441049"
    """2, 3.2: from 25.2 on, the plugin attribute accessLevelV1Api exists and without it /ws/v1 is closed."""
    page_size: int = 100
    """1.11: default and maximum of every resource; the administrator can change it per plugin."""
    over_maximum: OverMaximum = OverMaximum.CLAMP
    """7: a pagesize above the maximum is cut to it, or answered 400. Not documented."""
    token_lifetime: int = 2_592_000
    """4: seconds; about 30 days."""
    same_token: bool = True
    """4: asking again gives the same token with the remaining time."""
    expires_in_as_text: bool = True
    """4: seconds as text, as three clients found; off gives a number."""
    with_token_type: bool = True
    """4: send token_type."""
    xml_unless_json_accepted: bool = True
    """5.1: without Accept: application/json, v1 answers XML. Inferred."""
    count_in_resource: bool = True
    """5.2: v1 counts inside `resource`, as every client saw; off gives the bare count of the vendor's
    reference."""
    blank_street: bool = False
    """5.3 rule 3: an address whose street is blank shows "street":"" (seen once) instead of leaving it
    out."""
    current_only_in_school: bool = True
    """7: the student list of a school holds only current students (active and pre-registered) unless q
    speaks of the enroll status. Inferred; the list of the district has every status."""
    single_field_bare: bool = True
    """19: a single extension `_field` is an object by rule 5.3.1; off gives an array, as one live document
    showed."""
    unknown_expansions: frozenset[str] = frozenset()
    """7: expansions that this server does not know and so ignores silently."""
    numeric_student_numbers: bool = False
    """9.3: Student_Number is a whole number, so leading zeros are lost; off keeps them as text (5.3 rule
    4)."""
    blank_columns: Blank = Blank.OMIT
    """11.1: what a table row shows for a blank column. Known for PowerQueries only (omitted)."""
    tables_as_list: bool = True
    """11.1: GET /ws/schema/table as {"tables": […]} (a client) or as a record list (the vendor's
    reference)."""
    stable_order: bool = True
    """16.16: off makes table pages and PowerQueries without an order come in another order at each
    request."""
    contact_state_as_code: bool = True
    """10.2: `state` and `country` of a contact's address as text codes; off gives the code set's id."""

    @property
    def has_v1_level(self) -> bool:
        """Does this version know accessLevelV1Api (25.2.0.0 and newer)?"""
        major, minor = (int(part) for part in self.version.split(".")[:2])
        return (major, minor) >= (25, 2)
