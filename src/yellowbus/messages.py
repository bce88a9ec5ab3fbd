"""The one catalogue of what the product says to a person when something is wrong.

Each entry is `code: Message(sentence, remedy)`. The sentence says what happened and what it means; the remedy says
what to do now. Both are `str.format` texts over the facts that the raiser passes (never a personal value).
`docs/errors.md` has an entry for each code; a test fails otherwise. Keep the groups; within a group keep the order
in which a person meets them.
"""

from typing import NamedTuple


class Message(NamedTuple):
    sentence: str
    remedy: str


MESSAGES: dict[str, Message] = {
    # --- switches and set-up ---
    "imports-off": Message(
        "Organization does not accept Imports at this time: sync import for {year} is off. Nothing was read.",
        "In Enroll open Settings > General, turn on “Enable Sync Import for Year {year}” and save.",
    ),
    # --- the database ---
    "database-programs-missing": Message(
        "The PostgreSQL programs are not installed beside Yellowbus.",
        "Run `make demo` once, or name your own PostgreSQL 15 to 18 in DATABASE_URL.",
    ),
    "database-not-made": Message(
        "The database could not be made in {folder}: {reason}",
        "Check that the folder can be written and has 200 MB free, then start again.",
    ),
    "database-not-started": Message(
        "The database in {folder} did not start.",
        "Read the last lines of {log}; if another program holds the folder, stop it and start again.",
    ),
    "database-other-major": Message(
        "The database in {folder} was made by PostgreSQL {found}; this version of Yellowbus brings {expected}.",
        "Follow docs/operate.md, “Moving to another PostgreSQL”. Nothing was changed.",
    ),
    "database-no-user": Message(
        "PostgreSQL does not run as root, and this machine has neither a user yellowbus nor a user nobody.",
        "Make one: `useradd --system yellowbus`.",
    ),
    "database-newer": Message(
        "The database was written by a newer Yellowbus ({unknown}); this one is {version}. Nothing was changed.",
        "Start the newer version again, or restore the back-up made before the upgrade.",
    ),
    "database-version-unsupported": Message(
        "The PostgreSQL of DATABASE_URL is version {found}; Yellowbus works with 15 to 18.",
        "Name a PostgreSQL 15, 16, 17 or 18 in DATABASE_URL.",
    ),
    # --- the other side: reaching it, signing in, rights ---
    "credentials-refused": Message(
        "{system} refused the credentials. Nothing was imported.",
        "{where}",
    ),
    "address-refused": Message(
        "{host} is a private or local address, and this installation does not connect to those. Nothing was sent.",
        "If the SIS really is on your own network, the person who runs Yellowbus sets"
        " YELLOWBUS_ALLOW_PRIVATE_ADDRESSES=1.",
    ),
    "unreachable": Message(
        "{host} could not be reached ({reason}). Nothing was imported.",
        "Check the address of the SIS and that it is online; the next attempt is automatic.",
    ),
    "too-many-requests": Message(
        "{host} asked for a slower pace.",
        "Nothing to do: the run goes on after the pause that {host} named.",
    ),
    "server-error": Message(
        "{host} answered with an internal error (status {status}).",
        "Nothing to do now: the request is tried again. If it stays, tell the SIS vendor the time and the page.",
    ),
    "reply-not-understood": Message(
        "{host} sent a reply that is not what its documentation promises ({expected}). The run was stopped.",
        "Check the address of the connection; if it is right, send the log line to the Yellowbus developers.",
    ),
    "reply-too-large": Message(
        "{host} sent a reply larger than {limit} bytes. The run was stopped.",
        "Lower the page size of the connection.",
    ),
}
