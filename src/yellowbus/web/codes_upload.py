"""A file of codes as a person chose it: looked at line by line before any of it enters the draft."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.match_codes import BLANK, Line, Table, chosen, review, write_csv
from yellowbus.mapping.transforms import MatchCodes
from yellowbus.runs.told import told

LARGEST = 1_000_000  # bytes; a table of codes is far smaller
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the file in words. `wrong` is "" for one that can be used."""

    number: int
    source: str
    target: str
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Upload:
    """`table` is what can be used of the file, `csv` the same as text; `lost` are codes of now that it does not list."""

    table: Table
    wrong: Sequence[Told]
    right: Sequence[Told]
    open: int
    lost: Sequence[str]

    @property
    def csv(self) -> str:
        return write_csv(self.table)

    @property
    def wrong_shown(self) -> Sequence[Told]:
        return self.wrong[:SHOWN]

    @property
    def right_shown(self) -> Sequence[Told]:
        return self.right[:SHOWN]


def text_of(file: Any) -> str:
    """The text of an uploaded file. Raises NeedsAdmin for what cannot be a table of codes."""
    if file is None:
        raise NeedsAdmin("codes-file", reason="no file was chosen")
    if (file.size or 0) > LARGEST:
        raise NeedsAdmin("codes-file", reason="it is larger than a megabyte")
    try:
        text: str = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NeedsAdmin("codes-file", reason="it is not text in UTF-8") from None
    if "\0" in text:
        raise NeedsAdmin("codes-file", reason="it is not text")
    return text


def look(text: str, step: MatchCodes, targets: Collection[str]) -> Upload:
    """What the file would make of the table. Raises NeedsAdmin where the file as a whole is not understood."""
    lines = review(text, step, targets)
    right = [line for line in lines if line.fault is None]
    table = chosen(right)
    listed = {step.key(source) for source, _ in table}
    return Upload(
        table=table,
        wrong=[_told(line) for line in lines if line.fault is not None],
        right=[_told(line) for line in right if line.target is not None],
        open=sum(line.target is None for line in right),
        lost=[source for source, _ in step.table if step.key(source) not in listed],
    )


def _told(line: Line) -> Told:
    wrong = ""
    if line.fault is not None:
        message = told(line.fault.code, line.fault.facts)
        wrong = f"{message.sentence} {message.remedy}".strip()
    target = "" if line.target is None else line.target or BLANK
    return Told(line.number, line.source, target, wrong)


def clean(text: str) -> str:
    """Text without what neither a SIS nor the database can hold."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()
