"""The two versions of OneRoster, and where each one is on a server (oneroster dossier 1.2)."""

import re
from dataclasses import dataclass
from typing import Final

_SCOPE: Final = "https://purl.imsglobal.org/spec/or/{version}/scope/{name}"
_SCOPES: Final = ("roster-core.readonly", "roster.readonly", "roster-demographics.readonly")
_PATH: Final = re.compile(r"/ims/oneroster(/rostering)?(?:/(v1p[12]))?(/.*)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Version:
    """`base` is the path of the rostering service below the root that a person enters."""

    name: str
    key: str
    base: str

    @property
    def scopes(self) -> tuple[str, ...]:
        """What reading students, schools and demographics needs, and no more."""
        return tuple(_SCOPE.format(version=self.key, name=name) for name in _SCOPES)


V1_1: Final = Version("1.1", "v1p1", "/ims/oneroster/v1p1")
V1_2: Final = Version("1.2", "v1p2", "/ims/oneroster/rostering/v1p2")
VERSIONS: Final = {version.name: version for version in (V1_1, V1_2)}


def split_root(url: str) -> tuple[str, Version | None]:
    """The root below which OneRoster is, and the version if the address names one.

    >>> split_root("https://sis.example.org/aeries/ims/oneroster/v1p1/")
    ('https://sis.example.org/aeries', Version(name='1.1', key='v1p1', base='/ims/oneroster/v1p1'))
    >>> split_root("https://sis.example.org/aeries")
    ('https://sis.example.org/aeries', None)
    """
    found = _PATH.search(url)
    if found is None:
        return url.rstrip("/"), None
    named = (found[2] or "").lower()
    version = next((version for version in VERSIONS.values() if version.key == named), None)
    return url[: found.start()].rstrip("/"), version
