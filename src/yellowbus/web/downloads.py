"""Files made for a person, streamed."""

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

from yellowbus.planning.report import BYTE_ORDER_MARK, harmless_row


class _Echo:
    def write(self, text: str) -> str:
        return text


def as_file(pieces: Iterable[str], name: str) -> StreamingHttpResponse:
    """Pieces of CSV as a file to keep."""
    response = StreamingHttpResponse(
        (piece.encode() for piece in pieces), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def as_csv(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Rows as CSV that no spreadsheet takes for formulas."""
    write = csv.writer(_Echo()).writerow
    yield BYTE_ORDER_MARK + str(write(heading))
    for row in rows:
        yield str(write(harmless_row(row)))
