"""`yellowbus backup`, `restore`, `doctor` and `rotate-keys`: the installation as a whole."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from yellowbus.cli import story, verbs
from yellowbus.cli.command import PROGRAM, Session, Status, bring_up, command, within
from yellowbus.planning.report import counted


def register(app: typer.Typer) -> None:
    make_example = "yellowbus backup /mnt/backup/yellowbus.tar --keys-to /mnt/safe/keys.json"
    command(app, "backup", example=make_example, organization=False, panel=PROGRAM)(backup)
    command(app, "rotate-keys", example="yellowbus rotate-keys", organization=False, panel=PROGRAM)(
        rotate_keys
    )
    restore_example = "yellowbus restore /mnt/backup/yellowbus.tar --keys /mnt/safe/keys.json"
    command(app, "doctor", example="yellowbus doctor", organization=False, panel=PROGRAM)(doctor)
    command(app, "restore", example=restore_example, organization=False, product=False, panel=PROGRAM)(
        restore
    )


def backup(
    at: Session,
    target: Annotated[Path, typer.Argument(help="The file to write; it must not be there yet.")],
    *,
    keys_to: Annotated[
        Path | None, typer.Option("--keys-to", help="Copy the key file here, in another folder.")
    ] = None,
    keys_kept: Annotated[
        bool, typer.Option("--keys-kept", help="A copy of the key file is already kept elsewhere.")
    ] = False,
) -> Status:
    """Write the database to a file, and the key file to another place. One without the other is not whole.

    Without --keys-to or --keys-kept the exit status is 3: such a back-up cannot open the credentials again.
    """
    about = verbs.backup.make(target, keys_to=keys_to)
    verbs.doctor.note_backup(about.made_at)
    keys = verbs.environment.keys_file()
    whole = keys_to is not None or keys_kept
    at.answer(
        {
            "backup": str(target),
            "key_file": str(keys),
            "keys_to": str(keys_to or ""),
            "whole": whole,
            **asdict(about),
        },
        f"{target} holds the database of {about.made_at}.",
        f"The key file is {keys}; its copy is {keys_to}." if keys_to else _about_keys(keys, kept=keys_kept),
    )
    return Status.DONE if whole else Status.HELD


def _about_keys(keys: Path, *, kept: bool) -> str:
    if kept:
        return f"The key file {keys} is not in it; you said that a copy is kept elsewhere."
    return (
        f"This back-up is not whole: the key file {keys} is not in it, and without that file no stored credential can be"
        " read. Copy it to a place apart from the back-up, or name one with --keys-to."
    )


def restore(
    at: Session,
    source: Annotated[Path, typer.Argument(help="A file that `yellowbus backup` wrote.")],
    *,
    keys: Annotated[Path, typer.Option("--keys", help="The key file that was kept with it.")],
) -> None:
    """Fill an empty installation from a back-up. Nothing is overwritten: a database that holds something is refused.

    Unfinished runs go on when the next worker starts; a plan that waited still waits.
    """
    from yellowbus.config import backup as archive  # noqa: PLC0415 (--help must not wait for it)

    about = archive.look(source)
    archive.refuse_wrong_keys(about, keys)
    archive.put_keys(keys)
    bring_up(migrated=False)
    archive.read_back(source)
    at.answer(
        asdict(about),
        f"Everything of {about.made_at} is back, and the key file opens it.",
        "Next: yellowbus doctor, then yellowbus serve. What came into the SIS or Enroll since then is not in it.",
    )


def doctor(at: Session) -> Status:
    """Examine this installation: database, keys, disk, worker, schedules, back-up.

    Exit status 1 where something is wrong; what is only worth knowing changes nothing.
    """
    told = list(verbs.doctor.examine())
    at.answer(
        [asdict(line) for line in told],
        *(f"{story.check_sign(line)} {line.name}: {line.says}" for line in told),
    )
    return Status.DONE if all(line.ok or line.warning for line in told) else Status.FAILED


def rotate_keys(at: Session) -> None:
    """Make a new encryption key and seal every stored credential with it.

    Older keys stay in the file, for back-ups made before.
    """
    name = verbs.keyring.rotate(verbs.environment.keys_file())
    sealed = 0
    for organization in verbs.organizations.every():
        with within(organization):
            sealed += verbs.secrets.reseal(verbs.connections.every())
    at.answer(
        {"key": name, "sealed": sealed},
        f"Key {name} is in use, and {counted(sealed, 'credential')} sealed with it.",
        f"Keep a copy of {verbs.environment.keys_file()} with the next back-up.",
    )
