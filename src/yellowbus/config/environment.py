"""Everything that is read from the environment, in one place.

| variable | meaning | default |
|---|---|---|
| YELLOWBUS_DATA | the data folder: database, keys | /var/lib/yellowbus as root, else ~/.local/share/yellowbus |
| DATABASE_URL | a PostgreSQL 15 to 18 of your own | the program's own server in the data folder |
| YELLOWBUS_KEYS | file with the encryption keys | keys.json in the data folder |
| YELLOWBUS_ALLOW_PRIVATE_ADDRESSES | 1 lets connections reach private and local addresses | off |
| YELLOWBUS_HOSTS | host names of the web pages, comma-separated | localhost |
| YELLOWBUS_PLAIN_HTTP | 1 serves the pages without TLS: for a demo on one's own machine | off: TLS by a proxy in front |
| YELLOWBUS_PROXY | the address of the proxy in front, whose X-Forwarded-Proto and -For are believed | 127.0.0.1 |
| YELLOWBUS_SMTP | mail server: smtp://user:password@host:587, or smtps://; console: shows mails only | no mail is sent |
| YELLOWBUS_MAIL_FROM | the sender of those mails | yellowbus@ the first of YELLOWBUS_HOSTS |
| YELLOWBUS_CLAIM_SECONDS | silence after which another worker takes over a run | 30 |
| YELLOWBUS_PAGE_ROWS | rows of a plan written in one transaction | 2000 |
"""

import os
from pathlib import Path


def data_folder() -> Path:
    named = os.environ.get("YELLOWBUS_DATA")
    if named:
        return Path(named)
    if os.geteuid() == 0:
        return Path("/var/lib/yellowbus")
    return Path.home() / ".local" / "share" / "yellowbus"


def database_url() -> str:
    return os.environ.get("DATABASE_URL", "")


def keys_file() -> Path:
    named = os.environ.get("YELLOWBUS_KEYS")
    return Path(named) if named else data_folder() / "keys.json"


def files_folder() -> str:
    return os.environ.get("YELLOWBUS_FILES", "")


def allow_private_addresses() -> bool:
    return os.environ.get("YELLOWBUS_ALLOW_PRIVATE_ADDRESSES", "") == "1"


def hosts() -> list[str]:
    return [host.strip() for host in os.environ.get("YELLOWBUS_HOSTS", "localhost,127.0.0.1").split(",")]


def claim_seconds() -> float:
    return float(os.environ.get("YELLOWBUS_CLAIM_SECONDS", "30"))


def page_rows() -> int:
    return int(os.environ.get("YELLOWBUS_PAGE_ROWS", "2000"))


def plain_http() -> bool:
    return os.environ.get("YELLOWBUS_PLAIN_HTTP", "") == "1"


def proxy() -> str:
    return os.environ.get("YELLOWBUS_PROXY", "127.0.0.1")


def smtp() -> str:
    return os.environ.get("YELLOWBUS_SMTP", "")


def mail_from() -> str:
    return os.environ.get("YELLOWBUS_MAIL_FROM", "") or f"yellowbus@{hosts()[0]}"
