"""How Aeries writes values (aeries dossier 3): dates with a time of zero, digits of a phone, cleaned text."""

from datetime import date

from yellowbus.simulators.district import Address

CLEANED = str.maketrans("", "", '"<>')
PHONE_DIGITS = 10


def day(value: date | None) -> str | None:
    """A date as a time of zero.

    >>> day(date(2026, 8, 3))
    '2026-08-03T00:00:00'
    """
    return f"{value.isoformat()}T00:00:00" if value else None


def digits(phone: str) -> str:
    """The ten digits of a number.

    >>> digits("+1 (480) 555-0142")
    '4805550142'
    """
    return "".join(sign for sign in phone if sign.isdigit())[-PHONE_DIGITS:]


def clean(row: dict[str, object]) -> dict[str, object]:
    """Texts lose quotes and angle brackets on the way out."""
    return {name: _cleaned(value) if type(value) is str else value for name, value in row.items()}


def _cleaned(text: str) -> str:
    unclean = '"' in text or "<" in text or ">" in text
    return text.translate(CLEANED) if unclean else text


def yes(flag: bool) -> str:  # noqa: FBT001  a value, not a switch
    return "Y" if flag else "N"


def address(prefix: str, home: Address | None) -> dict[str, object]:
    """Street, city, state and the two parts of the postal code, named after the prefix."""
    zip_code, _, extension = (home.postal_code if home else "").partition("-")
    return {
        prefix: f"{home.street} {home.unit}".strip() if home else "",
        f"{prefix}City": home.city if home else "",
        f"{prefix}State": home.state if home else "",
        f"{prefix}ZipCode": zip_code,
        f"{prefix}ZipExt": extension,
    }


def words(text: str) -> tuple[str, ...]:
    """The names in a text, for long lists of them."""
    return tuple(text.split())
