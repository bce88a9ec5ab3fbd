"""A page as it is read."""

import re
from typing import Any


def text_of(response: Any) -> str:
    """The words of a page: tags away, white space as one blank."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))
