"""Where providers differ or nothing is known, a switch (the dossier's section stands beside each)."""

from dataclasses import dataclass
from enum import Enum


class Signing(Enum):
    SHA1 = "HMAC-SHA1"
    SHA256 = "HMAC-SHA256"


class Login(Enum):
    OAUTH2 = "oauth2"
    OAUTH1 = "oauth1"


class Href(Enum):
    ABSOLUTE = "absolute"
    RELATIVE = "relative"
    TILDE = "tilde"


class LinkForm(Enum):
    ABSOLUTE = "absolute"
    RELATIVE = "relative"
    LOWER_UNQUOTED = "lower-unquoted"


class GradeForm(Enum):
    CEDS = "ceds"
    BARE = "bare"
    WORDS = "words"


class ErrorShape(Enum):
    """1.7, the five shapes that were seen, (a) to (e)."""

    STATUS_INFO_SET = "status-info-set"
    BARE = "bare"
    WRAPPED = "wrapped"
    MINOR_AS_TEXT = "minor-as-text"
    PLAIN_TEXT = "plain-text"


class AgentSide(Enum):
    STUDENT = "student"
    GUARDIAN = "guardian"
    BOTH = "both"


class BadField(Enum):
    """What comes of a filter over a field that the provider does not filter by."""

    REFUSED = "refused"
    CRASHED = "crashed"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Options:
    """How this one provider behaves. The defaults are the specification's strict form. Sections are those of
    the oneroster dossier, with "aeries" before them those of the aeries dossier.
    """

    # --- address and login ---
    root: str = ""
    """1.2: what stands before /ims/oneroster."""
    versions: tuple[str, ...] = ("1.1", "1.2")
    """1.2: which versions are served; an absent one is answered 404."""
    token_path: str = "/oauth/token"  # noqa: S105  an address, not a password
    """1.2, 7: below the root, with and without a slash at the end."""
    token_slash: bool | None = None
    """aeries 14.1: only with the slash (True), only without (False), or both; the other one is a bare 400."""
    logins: tuple[Login, ...] = (Login.OAUTH2, Login.OAUTH1)
    """1.2: providers of 1.1 pick; 1.2 knows OAuth 2 only."""
    scope_required: bool = True
    """1.2: some clients send no scope; off gives those all that their client may have."""
    scope_enforced: bool = True
    """1.2, aeries 18.7: whether a resource asks for its scope."""
    missing_right: int = 403
    """aeries 14.5: the status where a right or a scope is missing."""
    token_lifetime: int = 3600
    token_basic: bool = True
    """1.2: takes client id and secret from a Basic header."""
    token_form: bool = True
    """1.2: takes them from the form."""
    signing: tuple[Signing, ...] = (Signing.SHA1, Signing.SHA256)
    """1.2: which OAuth 1 methods are taken."""
    timestamp_window: int = 0
    """1.2: seconds that an OAuth 1 timestamp may be off; 0 looks at none."""
    nonce_once: bool = False
    """1.2: a nonce used twice is refused."""
    outer_url: str = ""
    """1.2: scheme and host as seen from outside, where something stands before the server."""

    # --- paging ---
    default_limit: int | None = 100
    """1.4: rows without `limit`; None gives all (aeries 14.5)."""
    maximum_limit: int | None = None
    """1.5: a larger `limit` is cut to this without a word."""
    with_total: bool = True
    """1.5: a header with the count of all rows."""
    total_header: str = "X-Total-Count"
    """1.5: its name; x-count was seen too."""
    with_link: bool = True
    """1.5: a Link header."""
    link_form: LinkForm = LinkForm.ABSOLUTE
    total_off_by: int = 0
    """1.5: the count is wrong by so many."""
    short_pages: bool = False
    """1.5: each page but the last holds fewer rows than asked; the next offset is by rows received."""
    repeats_last_page: bool = False
    """1.5: behind the end the last page comes again, for ever."""
    drifts: bool = False
    """1.5: without `sort` the order is another one at each request."""
    doubles: bool = False
    """1.5: every so often a row comes twice, as from a query that joins too much."""

    # --- filters and fields ---
    filterable: tuple[str, ...] | None = None
    """1.4: the only fields that can be filtered by; None is all."""
    bad_filter_field: BadField = BadField.REFUSED
    """1.4: 400, 500 as one provider, or as if nothing had been said."""
    nested_filters: bool = True
    """1.4: dotted paths such as orgs.sourcedId."""
    sort_served: bool = True
    """aeries 14.5: off ignores `sort` and `orderBy`."""
    warns_in_1p1: bool = True
    """1.7: in 1.1 a bad `sort` or `fields` is 200 with a warning beside the data; off makes it 400 as in 1.2."""

    # --- shape ---
    nulls_and_blanks: bool = False
    """1.6: nulls and empty texts where the strict form leaves the field out."""
    real_booleans: bool = False
    """1.6: true and false instead of texts."""
    href: Href = Href.ABSOLUTE
    """1.6."""
    grades: GradeForm = GradeForm.CEDS
    """1.6."""
    milliseconds: bool = True
    """1.6: in dateLastModified."""
    agents: AgentSide = AgentSide.BOTH
    """1.6: on which side the tie of guardian and student is shown."""
    agents_field: str = "agents"
    """1.6: one provider says agentSourceIds."""
    singles_by_path: bool = False
    """1.3: a single is named school, term or student after its path instead of org, academicSession, user."""
    unknown_race_is_false: bool = False
    """1.6: a student whose race nobody knows has seven times false instead of nothing."""
    error_shape: ErrorShape | None = None
    """1.7: None is the usual one of the version, (a) in 1.1 and (b) in 1.2."""

    # --- who and what is there ---
    only_with_class: bool = False
    """aeries 14.5: only students with a current class."""
    this_year_only: bool = False
    """aeries 14.4: only the sessions of the opened year, as their ids name no year."""
    shown_twice_every: int = 0
    """1.6: every so many students is shown a second time with another school and sourcedId; 0 never."""
    absent: tuple[str, ...] = ()
    """1.3: resources that this provider does not have, as /schools/{school}/courses."""
