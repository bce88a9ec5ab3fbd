"""A list read by offset from servers that break every habit (oneroster dossier 1.5)."""

import pytest

from yellowbus.errors import NotUnderstood, TryLater
from yellowbus.protocols.oneroster.paging import Listing, Slice, pages

SIZE = 10


class Server:
    """Holds `keys`; the switches are the ways in which providers were seen, or feared, to answer."""

    def __init__(self, count, *, most=1000, total=None, more=None):
        self.keys = [f"id-{number:03}" for number in range(count)]
        self.most = most
        self.total = total
        self.more = more
        self.asked = []

    def fetch(self, offset, limit):
        self.asked.append((offset, limit))
        return self.slice(self.answer(offset, min(limit, self.most)), offset)

    def answer(self, offset, limit):
        return self.keys[offset : offset + limit]

    def slice(self, keys, offset):
        more = self.more(offset, keys) if self.more else False
        return Slice([key.encode() for key in keys], keys, total=self.total, more=more)

    def read(self):
        return list(pages(Listing(self.fetch, "sis.example.org", "students", SIZE)))

    def everyone(self):
        return sorted(row.decode() for page in self.read() for row in page)


def refused(server):
    with pytest.raises((NotUnderstood, TryLater)) as raised:
        server.read()
    return raised.value.code


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 20, 25])
@pytest.mark.parametrize("total", [None, "told"])
@pytest.mark.parametrize("linked", [False, True])
def test_everyone_comes_once_whatever_the_server_says_of_its_list(count, total, linked):
    server = Server(count, total=count if total else None)
    server.more = (lambda offset, keys: offset + len(keys) < count) if linked else None
    assert server.everyone() == server.keys


def test_a_page_after_the_last_is_asked_for_as_a_short_page_alone_proves_nothing():
    server = Server(15)
    server.read()
    assert server.asked == [(0, 10), (10, 10), (15, 10)]


def test_a_server_that_clamps_the_limit_loses_nobody():
    server = Server(25, most=4)
    assert server.everyone() == server.keys
    assert server.asked[:3] == [(0, 10), (4, 10), (8, 10)]


def test_a_server_that_does_not_know_limit_is_asked_once():
    server = Server(25)
    server.answer = lambda offset, limit: server.keys[offset:]
    assert server.everyone() == server.keys
    assert server.asked == [(0, 10)]


@pytest.mark.parametrize("total", [None, 25])
def test_a_server_that_repeats_its_last_page_for_ever_ends(total):
    server = Server(25, total=total, more=lambda offset, keys: True)
    server.answer = lambda offset, limit: server.keys[min(offset, 20) :][:limit]
    assert server.everyone() == server.keys
    assert len(server.asked) < 10


def test_a_next_link_that_never_ends_does_not_keep_the_reading_going():
    server = Server(25, more=lambda offset, keys: True)
    assert server.everyone() == server.keys
    assert len(server.asked) == 3 + 3


def test_a_missing_next_link_in_the_middle_is_not_believed():
    server = Server(25, more=lambda offset, keys: False)
    assert server.everyone() == server.keys


def test_a_student_given_twice_comes_once():
    server = Server(25)
    server.keys[12:12] = ["id-003"]
    assert server.everyone() == sorted(set(server.keys))


def test_a_student_given_twice_is_counted_as_the_server_counts():
    server = Server(25, total=26)
    server.keys[12:12] = ["id-003"]
    assert server.everyone() == sorted(set(server.keys))


def test_whom_a_shift_hid_is_found_by_reading_again():
    server = Server(25, total=25)
    shifted = [server.keys[-1], *server.keys[:-1]]
    server.answer = lambda offset, limit: (shifted if offset and len(server.asked) < 4 else server.keys)[
        offset : offset + limit
    ]
    assert server.everyone() == server.keys


def test_without_a_count_a_repeated_row_is_reason_enough_to_read_again():
    server = Server(25)
    shifted = [server.keys[-1], *server.keys[:-1]]
    server.answer = lambda offset, limit: (shifted if offset and len(server.asked) < 4 else server.keys)[
        offset : offset + limit
    ]
    assert server.everyone() == server.keys
    assert [offset for offset, _ in server.asked].count(0) == 2


def test_an_order_that_never_holds_still_is_an_error():
    server = Server(300)

    def turned(offset, limit):
        turn = -7 * len(server.asked) % 300
        keys = server.keys[turn:] + server.keys[:turn]
        return keys[offset : offset + limit] if offset < 60 else []

    server.answer = turned
    assert refused(server) == "order-changes"


def test_fewer_than_counted_is_an_error_with_both_numbers():
    server = Server(25, total=27)
    with pytest.raises(NotUnderstood) as raised:
        server.read()
    assert (raised.value.code, raised.value.facts) == (
        "count-mismatch",
        {"host": "sis.example.org", "read": 25, "count": 27},
    )


def test_a_count_too_low_does_not_cut_the_list():
    server = Server(25, total=10)
    assert server.everyone() == server.keys


def test_an_empty_page_in_the_middle_is_passed_where_the_count_says_that_more_come():
    server = Server(30, total=20)
    server.answer = lambda offset, limit: [] if offset == 10 else server.keys[offset : offset + limit]
    assert server.everyone() == [*server.keys[:10], *server.keys[20:]]


def test_an_empty_page_in_the_middle_is_passed_where_a_link_says_that_more_come():
    server = Server(30, more=lambda offset, keys: offset < 20)
    server.answer = lambda offset, limit: [] if offset == 10 else server.keys[offset : offset + limit]
    assert server.everyone() == [*server.keys[:10], *server.keys[20:]]


@pytest.mark.parametrize("total", [None, 25])
def test_a_server_that_ignores_the_offset_is_an_error(total):
    server = Server(25, total=total)
    server.answer = lambda offset, limit: server.keys[:limit]
    assert refused(server) == ("offset-ignored")


def test_a_server_that_knows_neither_limit_nor_offset_has_sent_all():
    server = Server(7)
    server.answer = lambda offset, limit: server.keys
    assert server.everyone() == server.keys


def test_a_short_list_repeated_for_ever_is_told_from_an_offset_ignored():
    server = Server(7)
    server.answer = lambda offset, limit: (server.keys[offset:] or server.keys)[:limit]
    assert server.everyone() == server.keys
    assert server.asked[-1] == (1, 1)


def test_one_row_repeated_for_ever_is_a_list_of_one():
    server = Server(1)
    server.answer = lambda offset, limit: server.keys
    assert server.everyone() == server.keys


def test_rows_without_a_key_are_all_handed_on():
    server = Server(3)
    server.keys = ["", "", "id-001"]
    assert server.everyone() == ["", "", "id-001"]


def test_a_list_without_end_is_an_error(monkeypatch):
    monkeypatch.setattr("yellowbus.protocols.oneroster.paging._MOST_PAGES", 50)
    server = Server(0)
    server.answer = lambda offset, limit: [f"new-{offset + number}" for number in range(limit)]
    assert refused(server) == "list-endless"


def test_pages_come_as_they_are_read():
    server = Server(25)
    reading = pages(Listing(server.fetch, "sis.example.org", "students", SIZE))
    assert [row.decode() for row in next(reading)] == server.keys[:10]
    assert server.asked == [(0, 10)]
