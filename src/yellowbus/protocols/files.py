"""Tables in text files: a heading row, then one record a line, separated by commas or tabs, in UTF-8.

Records travel as the bytes of their line. On a normal night nearly all of them are recognised by those bytes
and never parsed, so splitting is the fast path and parsing a record is a call of its own.

What is wrong with the file as a whole is NeedsAdmin and is known before the first page. What is wrong
with a row is RecordError from `Table.parse`. Neither names a value, nor a heading that was read: in a file
without a heading row the first line is a child.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from itertools import islice
from os import fstat
from pathlib import Path

from yellowbus.errors import NeedsAdmin, RecordError

PAGE = 5_000
MAX_LINE = 1 << 20
MAX_LINES_OF_A_RECORD = 200
DELIMITERS = {"comma": ",", "tab": "\t"}

_BOM = b"\xef\xbb\xbf"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Chunk:
    """Records in the order of the file; `bookmark` is where to go on after them."""

    records: list[bytes]
    bookmark: str
    last: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A file whose heading row was read: `start` is the byte after it, `identity` tells a changed file."""

    path: Path
    delimiter: str
    names: tuple[str, ...]
    start: int
    identity: str

    def column(self, name: str) -> int:
        """Where a heading stands, blanks around it and case aside. NeedsAdmin if it is not there."""
        wanted = _folded(name)
        for number, heading in enumerate(self.names):
            if _folded(heading) == wanted:
                return number
        raise NeedsAdmin("file-column-missing", file=self.path, column=name)

    def prove(self) -> None:
        """Read the whole file once: NeedsAdmin where it is not UTF-8, has a NUL byte or no row."""
        with _opened(self.path) as file:
            _prove_bytes(file, self.path)
            file.seek(self.start)
            if next(_records(file, self.delimiter), None) is None:
                raise NeedsAdmin("file-without-rows", file=self.path)

    def chunks(self, after: str = "", *, size: int = PAGE) -> Iterator[Chunk]:
        """The records from a bookmark on ("" is the start). NeedsAdmin where the file is another."""
        offset, _, identity = after.partition(":")
        with _opened(self.path) as file:
            self._same(file, identity or self.identity)
            file.seek(int(offset or self.start))
            last = False
            while not last:
                records = list(islice(_records(file, self.delimiter), size))
                self._same(file, self.identity)
                last = not file.peek(1)
                yield Chunk(records, f"{file.tell()}:{self.identity}", last)

    def records(self) -> Iterator[bytes]:
        """All records, one by one."""
        with _opened(self.path) as file:
            file.seek(self.start)
            yield from _records(file, self.delimiter)

    def parse(self, raw: bytes) -> list[str]:
        """The cells of one record, as many as there are headings. RecordError where the row does not fit."""
        try:
            cells = next(csv.reader([raw.decode()], delimiter=self.delimiter, strict=True))
        except (csv.Error, UnicodeDecodeError):
            raise RecordError("row-unreadable") from None
        if len(cells) != len(self.names):
            raise RecordError("row-ragged", columns=len(cells), expected=len(self.names))
        return cells

    def _same(self, file: BufferedReader, identity: str) -> None:
        if _identity(file) != identity:
            raise NeedsAdmin("file-changed", file=self.path)


def open_table(path: Path, delimiter: str = "auto") -> Table:
    """Read the heading row. `delimiter` is "auto" (told by that row), "comma" or "tab"."""
    with _opened(path) as file:
        first = file.readline(MAX_LINE)
        if not first.removeprefix(_BOM).strip():
            raise NeedsAdmin("file-empty", file=path)
        mark = _delimiter(_heading_text(first, path), delimiter, path)
        # A heading may hold a line end, in quotes.
        whole = first if first.count(b'"') % 2 == 0 else first + _rest(file, first, mark)
        names = _names(_heading_text(whole, path), mark, path)
        return Table(path, mark, names=names, start=file.tell(), identity=_identity(file))


def _opened(path: Path) -> BufferedReader:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise NeedsAdmin("file-missing", file=path) from None
    except OSError as error:
        raise NeedsAdmin("file-not-readable", file=path, reason=error.strerror or "unknown") from None


def _identity(file: BufferedReader) -> str:
    status = fstat(file.fileno())
    return f"{status.st_size}:{status.st_mtime_ns}"


def _heading_text(line: bytes, path: Path) -> str:
    if len(line) >= MAX_LINE:
        raise NeedsAdmin("file-line-too-long", file=path, line=1)
    _prove_block(line, path, before=0)
    return line.removeprefix(_BOM).decode().rstrip("\r\n")


def _delimiter(heading: str, setting: str, path: Path) -> str:
    guess = max(DELIMITERS.values(), key=heading.count)
    mark = DELIMITERS.get(setting, guess)
    if mark not in heading:
        sought = setting if setting in DELIMITERS else "comma or tab"
        raise NeedsAdmin("file-delimiter", file=path, delimiter=sought)
    return mark


def _names(heading: str, delimiter: str, path: Path) -> tuple[str, ...]:
    try:
        cells = next(csv.reader([heading], delimiter=delimiter, strict=True))
    except csv.Error:
        raise NeedsAdmin("file-heading-unreadable", file=path) from None
    names = tuple(" ".join(cell.split()) for cell in cells)
    folded = [_folded(name) for name in names]
    counts = Counter(folded)
    blank = [number for number, name in enumerate(folded, 1) if not name]
    twice = [number for number, name in enumerate(folded, 1) if counts[name] > 1]
    if blank:
        raise NeedsAdmin("file-heading-blank", file=path, columns=_listed(blank))
    if twice:
        raise NeedsAdmin("file-heading-twice", file=path, columns=_listed(twice))
    return names


def _listed(numbers: list[int]) -> str:
    return ", ".join(str(number) for number in numbers)


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _prove_bytes(file: BufferedReader, path: Path) -> None:
    lines = 0
    # A block ends where a line ends, so that no character is cut in two.
    while block := file.read(_BLOCK):
        tail = file.readline(MAX_LINE)
        block += tail
        _prove_block(block, path, before=lines)
        lines += block.count(b"\n")
        if len(tail) >= MAX_LINE:
            raise NeedsAdmin("file-line-too-long", file=path, line=lines + 1)


def _prove_block(block: bytes, path: Path, *, before: int) -> None:
    try:
        block.decode()
    except UnicodeDecodeError as error:
        raise NeedsAdmin("file-not-utf8", file=path, line=before + _line_at(block, error.start)) from None
    if (at := block.find(b"\0")) >= 0:
        raise NeedsAdmin("file-nul-byte", file=path, line=before + _line_at(block, at))


def _line_at(block: bytes, position: int) -> int:
    return block.count(b"\n", 0, position) + 1


def _records(file: BufferedReader, delimiter: str) -> Iterator[bytes]:
    blank = b" \t\r\n" + delimiter.encode()
    for line in file:
        whole = line if line.count(b'"') % 2 == 0 else line + _rest(file, line, delimiter)
        # A spreadsheet leaves rows of nothing but delimiters at the end of a file.
        if whole.strip(blank):
            yield whole.rstrip(b"\r\n")


def _rest(file: BufferedReader, line: bytes, delimiter: str) -> bytes:
    """The further lines of a record whose first line ends inside quotes.

    The parser itself says how many lines belong together, so that a stray quote (`5" pipe`) joins nothing.
    One that opens a cell and is never closed would swallow the file: past the limit the first line stands
    alone and fails alone.
    """
    here, more = file.tell(), list[bytes]()

    def lines() -> Iterator[str]:
        yield line.decode(errors="replace")
        for _ in range(MAX_LINES_OF_A_RECORD):
            more.append(file.readline())
            yield more[-1].decode(errors="replace")

    try:
        next(csv.reader(lines(), delimiter=delimiter, strict=True), None)
    except csv.Error:
        more.clear()
    file.seek(here + sum(map(len, more)))
    return b"".join(more)
