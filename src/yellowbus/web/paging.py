"""Lists a page at a time."""

from dataclasses import dataclass

from django.http import HttpRequest

SIZE = 50


@dataclass(frozen=True, slots=True)
class Paged:
    """Which page of a list is asked for. `parts/pager.html` shows it as `part`."""

    page: int
    total: int
    size: int = SIZE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        return (self.page - 1) * self.size + 1

    @property
    def last(self) -> int:
        return min(self.page * self.size, self.total)

    @property
    def previous(self) -> int:
        return self.page - 1

    @property
    def next(self) -> int:
        return self.page + 1


def asked_page(request: HttpRequest) -> int:
    """The number of the page asked for; 1 for anything that is not one."""
    text = request.GET.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 8 else 1


def start_of(page: int, size: int = SIZE) -> int:
    return (page - 1) * size
