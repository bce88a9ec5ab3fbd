"""One provider, as its settings describe it: which version, how to sign in, where the tokens are."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from yellowbus.connectors.oneroster.record import SYSTEM, Org
from yellowbus.errors import NeedsAdmin
from yellowbus.protocols.net import Door, base_url
from yellowbus.protocols.oauth import Account, ClientCredentials, Credentials, Signature, SignedRequests
from yellowbus.protocols.oneroster import V1_1, V1_2, VERSIONS, Client, Version, reading, split_root
from yellowbus.protocols.oneroster.reading import Json, word

WHERE_CREDENTIALS: Final = (
    "Copy the Consumer ID and the Consumer Secret again from the system that provides OneRoster."
)
WHERE_RIGHT: Final = "The person who runs the provider gives the consumer the right to read it."
# Below the OneRoster URL, as Aeries, Skyward and others have it (aeries dossier 14.1, oneroster dossier 7).
TOKEN_PATHS: Final = ("/token", "/token/", "/oauth/token", "/oauth/access_token")
_SIGNATURES: Final = {"oauth1-sha256": Signature.SHA256, "oauth1-sha1": Signature.SHA1}
_SIGN_IN: Final = ("oauth2", *_SIGNATURES)
_CODES: Final = ("sourcedId", "identifier")
# What a server without the version asked for answers with.
_OTHER_VERSION: Final = frozenset({"oneroster-address", "scopes-refused", "token-address"})


@dataclass(frozen=True, slots=True)
class Settings:
    """The credentials of manifest.toml, understood. Raises NeedsAdmin for what is none of the choices."""

    root: str
    version: Version | None
    sign_in: str
    token_url: str
    school_code: str
    account: Account

    @classmethod
    def of(cls, told: Mapping[str, str]) -> "Settings":
        root, named = split_root(base_url(told["server_url"]))
        version = _choice(told, "version", "Version", ("auto", *VERSIONS))
        token_url = told.get("token_url", "").strip()
        return cls(
            root=root,
            version=named if version == "auto" else VERSIONS[version],
            sign_in=_choice(told, "sign_in", "Sign-in", _SIGN_IN),
            token_url=base_url(token_url) + ("/" if token_url.endswith("/") else "") if token_url else "",
            school_code=_choice(told, "school_code", "School Code", _CODES),
            account=Account(
                told["client_id"].strip(), told["client_secret"].strip(), SYSTEM, WHERE_CREDENTIALS
            ),
        )


def _choice(told: Mapping[str, str], name: str, label: str, choices: tuple[str, ...]) -> str:
    """The chosen word; the first where the box is blank."""
    value = told.get(name, "").strip()
    found = {choice.lower(): choice for choice in choices}.get(value.lower(), "") if value else choices[0]
    if not found:
        raise NeedsAdmin("setting-not-understood", label=label, value=value, choices=", ".join(choices))
    return found


class Provider:
    """`client` speaks the version of the provider, which is asked for once."""

    def __init__(self, settings: Settings, door: Door) -> None:
        self._settings = settings
        self._door = door

    @cached_property
    def client(self) -> Client:
        if self._settings.version is not None:
            return self._client(self._settings.version)
        newer = self._client(V1_2)
        try:
            newer.some("orgs")
        except NeedsAdmin as error:
            if error.code not in _OTHER_VERSION:
                raise
            return self._client(V1_1)
        return newer

    @cached_property
    def schools(self) -> dict[str, Json]:
        """The schools by their sourcedId."""
        found = (reading.parsed(raw) or {} for page in self.client.lists("schools") for raw in page)
        return {id_: org for org in found if (id_ := word(org.get("sourcedId"))) is not None}

    def code_of(self, org: Json) -> str:
        """The School Code; an org without the id that was chosen has its sourcedId."""
        return word(org.get(self._settings.school_code)) or word(org.get("sourcedId")) or ""

    @property
    def orgs(self) -> dict[str, Org]:
        return {id_: Org(self.code_of(org), word(org.get("name")) or "") for id_, org in self.schools.items()}

    def _client(self, version: Version) -> Client:
        return Client(
            self._door,
            self._settings.root,
            version=version,
            credentials=self._credentials(version),
            right=WHERE_RIGHT,
        )

    def _credentials(self, version: Version) -> Credentials:
        settings = self._settings
        if settings.sign_in in _SIGNATURES:
            return SignedRequests(settings.account, _SIGNATURES[settings.sign_in])
        addresses = (
            [settings.token_url] if settings.token_url else [settings.root + path for path in TOKEN_PATHS]
        )
        return ClientCredentials(self._door, settings.account, addresses=addresses, scopes=version.scopes)
