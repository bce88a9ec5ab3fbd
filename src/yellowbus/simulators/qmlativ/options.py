"""What is unknown about Qmlativ, each a switch (the dossier's section stands beside it). The defaults are the
dossier's best knowledge.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class TokenStyle(Enum):
    """How key and secret travel to the token end point (4: styles A, B and C)."""

    BASIC_POST = "basic-post"
    BODY_POST = "body-post"
    BASIC_GET = "basic-get"


class Place(Enum):
    """Where the vendor's hidden third value is looked for."""

    NOWHERE = "nowhere"
    HEADER = "header"
    FORM = "form"


class NextAtEnd(Enum):
    """What Paging.Next is where the reading ends."""

    NULL = "null"
    EMPTY = "empty"
    ABSENT = "absent"
    ITSELF = "itself"


class Refusing(Enum):
    """Answer with an error, or do less without a word."""

    REFUSE = "refuse"
    SILENT = "silent"


class Markers(Enum):
    """The shape of a field's value in the catalogue."""

    LIST = "list"
    TEXT = "text"
    OBJECT = "object"


class Envelope(Enum):
    """The shape of an error's body."""

    ERROR = "error"
    ERRORS = "errors"
    MESSAGE = "Message"
    TEXT = "text"


class Blank(Enum):
    """What an empty value looks like."""

    NULL = "null"
    TEXT = "text"
    LIST = "list"


class Literals(Enum):
    """What the enumeration property (the one without Code in its name) holds."""

    WORDS = "words"
    CODES = "codes"


PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "District/Entity": ("SchoolYearID",),
    "Family/Family": ("DistrictID",),
    "Scheduling/StudentSection": ("AsOfDate",),
}


@dataclass(frozen=True, slots=True)
class Options:
    """How this one server behaves."""

    token_styles: frozenset[TokenStyle] = frozenset(TokenStyle)
    """4: the styles that are answered. C is likely for the old system only."""
    encoded_credentials: bool = True
    """4: key and secret are URL-encoded before they are joined and base64-encoded; off takes them as they
    are."""
    token_lifetime: float = 1200
    """4: seconds. Unknown."""
    with_expires_in: bool = True
    """4: send expires_in. Inferred."""
    expired_status: int = 403
    """4, 6.5: the status of an expired or unknown token: 403, 401 or 500."""
    oneroster_expired_status: int = 500
    """4: on the OneRoster end points a bad token has surfaced as 500."""
    third_value: Place = Place.NOWHERE
    """3.2: the hidden value of integrations whose district generates the secret travels nobody knows
    where."""
    third_value_name: str = "X-Integration-Key"
    """3.2: the name of that header or form field. Ours."""
    api_roots: frozenset[str] = frozenset({"Custom", "Generic"})
    """2: the names under which the API answers; whether Generic still does is unknown."""
    markers: Markers = Markers.LIST
    """6.2: a list, a text or an object."""
    next_at_end: NextAtEnd = NextAtEnd.NULL
    """5.2: how the last page says that it is the last."""
    next_stops_after: int = 0
    """5.2: from this page on Paging.Next is as at the end though rows remain (0: never). A fault, to see
    that a reader does not take half for the whole."""
    max_page_size: int = 0
    """5.2: the hard maximum, 0 for none. Unknown."""
    over_maximum: Refusing = Refusing.SILENT
    """5.2: a larger page is cut to the maximum without a word, or answered 400."""
    stable_order: bool = True
    """5.2: off, rows come in another order at each request that does not sort."""
    no_search_fields: Refusing = Refusing.SILENT
    """5.1: a request that names no fields gets the key alone, or 400."""
    ungranted_fields: Refusing = Refusing.REFUSE
    """6.5: a field that is not granted or not there is answered with an error, or is missing without a
    word."""
    ungranted_status: int = 403
    """6.5: the status of that error: 400 or 403."""
    other_wrappers: bool = True
    """5.3: condition wrappers other than Long, String and Bool. Inferred."""
    nested_groups: bool = True
    """5.3: a group inside a group's Conditions. Inferred."""
    required_parameters: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: dict(PARAMETERS))
    """5.1: object ("District/Entity") or field ("Student/Student.IsActiveAsOfDate") to the parameters that
    reading it needs. Empty is the time before December 2025."""
    parameters_in_body_only: bool = False
    """5.1: whether the query string will do for a parameter is unknown."""
    year_scoped_lists: bool = True
    """5.1: a list of a per-year object holds the rows of the context year; off gives those of every year."""
    relationship_paths: bool = False
    """5.1: dotted field paths, which may need a grant of their own."""
    envelope: Envelope = Envelope.ERROR
    """6.5: the error envelope is unknown."""
    dates_with_time: bool = False
    """6.4: dates may carry T00:00:00."""
    blanks: Blank = Blank.NULL
    """6.4: null; a text or a list when a parser stood between."""
    literals: Literals = Literals.WORDS
    """6.4: the accepted and shown literals of an enumeration are unknown."""
    oneroster_scopes: bool = False
    """4, 7: OneRoster needs the 1EdTech scopes on its token."""
