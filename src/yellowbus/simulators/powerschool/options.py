"""Where sources disagree or nothing is known, a switch (the dossier's section stands beside each)."""

from dataclasses import dataclass, field
from enum import Enum


class OverMaximum(Enum):
    CLAMP = "clamp"
    REFUSE = "refuse"


class Blank(Enum):
    OMIT = "omit"
    EMPTY = "empty"
    NULL = "null"


class TooLong(Enum):
    REFUSE = "refuse"
    CUT = "cut"


class ContactErrors(Enum):
    """How an error of a contact write is wrapped (10.4)."""

    PLAIN = "plain"
    UNDERSCORED = "underscored"


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
    read_level_status: int = 401
    """1.1, 5.5: what a plugin with accessLevelV1Api READ gets for a write: 401 as for no level at all, or the
    403 that the vendor lists."""
    wrong_content_status: int = 415
    """5.1: a write whose Content-Type is not application/json gets 415 or 500; the vendor lists both."""
    plural_date_prefix: bool = True
    """9.5, 16.6: INVALID_DATE_VALUE names its field students/…, as the only one measured does; off gives
    student/… as for every other code."""
    whole_triple: bool = True
    """9.5: one bad whole number gives all three errors (not an integer, not a number, over 10 characters); off
    gives only those that are true of it."""
    slashed_dates: bool = True
    """5.4: MM/DD/YYYY is accepted too (one source)."""
    null_clears: bool = False
    """Not documented: a JSON null counts as not sent; on, it clears like an empty text."""
    too_long: TooLong = TooLong.REFUSE
    """9.3: a text above its maximum gets FIELD_VALIDATION_ERROR, or is cut. Not documented."""
    terms_checked: bool = True
    """13.5: an insert outside every term of the school is refused. Whether PowerSchool does is unknown."""
    grades_checked: bool = True
    """13.3: an insert into a grade that the school does not have is refused. Unknown as well."""
    next_school_each_time: bool = True
    """9.3: sched_next_year_grade wants next_school in the same request; off is content with a stored one."""
    ethnicity_writable: bool = True
    """9.3: ethnicity_race can be written (inferred); off ignores it silently."""
    extensions_needed: bool = True
    """9.1: _extension_data without the query parameter extensions is ignored; off takes it (older client)."""
    extensions_on_insert: bool = True
    """6, 9.3: extensions on insert too, as the dictionary says; off on update only, as the list of end points
    says."""
    grants_gate_v1: bool = False
    """1.2: access_request does not gate /ws/v1 but for SSN; on, a v1 field granted read-only is dropped
    silently."""
    refused_actions: frozenset[str] = frozenset()
    """Ours: INSERT or UPDATE of students that this server refuses with ACTION_NOT_PERMITTED."""
    fees_warning: bool = False
    """9.5: every insert succeeds with the warning FEES_ASSIGN_FEES_FAILED."""
    largest_batch: int = 0
    """9.1: more records than this get 400; 0 is no limit. Not published."""
    contact_errors: ContactErrors = ContactErrors.PLAIN
    """10.4: error_message{error[]} as measured, or _error_message{_error[]} as the vendor's reference."""
    contact_success_underscored: bool = True
    """10.4: _success_message as the vendor's reference; off gives success_message."""
    saved_object: bool = True
    """10.4: the answer to a contact write shows what was saved, as the vendor's reference; off leaves it out."""
    contact_put_merges: bool = False
    """10.1: a PUT replaces the whole row, so a key left out falls back to its default; on keeps it."""
    second_active_detail_refused: bool = False
    """10.3: a second active detail puts the first out of force; on refuses it."""
    types_required: bool = True
    """10.3: an e-mail, phone or address needs its type; off gives Not Set or the first type there is."""
    ungranted_refused: bool = False
    """3.4, 16: a contact field that the plugin may only read is dropped silently; on gives 403 NoAccess."""

    subscriptions: dict[str, tuple[str, ...]] = field(
        default_factory=lambda: {"yellowbus": ("Students", "Person", "StudentContactAssoc")}
    )
    """12.1: application name to the tables whose changes it follows; how PowerSchool is told of it is not
    public."""

    @property
    def has_v1_level(self) -> bool:
        """Does this version know accessLevelV1Api (25.2.0.0 and newer)?"""
        major, minor = (int(part) for part in self.version.split(".")[:2])
        return (major, minor) >= (25, 2)
