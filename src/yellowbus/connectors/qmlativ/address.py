"""The API base URL of an instance (qmlativ dossier 2)."""

import re
from typing import Final

from yellowbus.protocols.net import base_url

_PAGE: Final = re.compile(r"(.*?)STS(?:/.*)?", re.DOTALL)
_API: Final = re.compile(r"(.*?API)/.*", re.DOTALL)


def offered(typed: str) -> str:
    """The API base URL, also from the address of a page of the web user interface. Raises NeedsAdmin.

    >>> offered("https://skyward.iscorp.com/MapleMNStuSTS/Session/Signin?area=Home")
    'https://skyward.iscorp.com/MapleMNStuAPI'
    """
    bare = typed.strip().split("?")[0].split("#")[0]
    if page := _PAGE.fullmatch(bare):
        return base_url(f"{page[1]}API")
    inside = _API.fullmatch(bare)
    return base_url(inside[1] if inside else bare)
