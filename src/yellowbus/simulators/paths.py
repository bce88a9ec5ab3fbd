"""Path patterns such as /schools/{id}/students."""

import re
from collections.abc import Mapping
from functools import cache


@cache
def _expression(pattern: str, flags: int) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern) + "/?", flags)


def parts_of(path: str, pattern: str, *, any_case: bool = False) -> Mapping[str, str] | None:
    """What stands in the pattern's places, or None where the path is another. One slash at the end is let
    through.

    >>> parts_of("/schools/3/students/", "/schools/{id}/students")
    {'id': '3'}
    """
    found = _expression(pattern, re.IGNORECASE if any_case else 0).fullmatch(path)
    return found.groupdict() if found else None
