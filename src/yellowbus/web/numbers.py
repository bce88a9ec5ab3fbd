"""Numbers of rows as a form or an address names them."""

_MOST_DIGITS = 18  # of a number that the database can hold


def number_in(text: str) -> int | None:
    """The whole number that the text is; None for any other text, and for a number longer than that of any row."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None
