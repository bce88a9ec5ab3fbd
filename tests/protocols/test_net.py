"""The door, against applications in this process and against a real server with threads."""

import gzip
import logging
import ssl
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import httpx2
import pytest

from yellowbus.errors import NeedsAdmin, NotUnderstood, TryLater
from yellowbus.protocols.net import Door, Stopped, Timing, base_url

URL = "https://sis.example.org/ws"
CANARY = "canary-4711"


class Still:
    """A clock that moves only when someone sleeps."""

    def __init__(self):
        self.time = 0.0

    def sleep(self, seconds):
        self.time += seconds

    def timing(self):
        return Timing(clock=lambda: self.time, now=lambda: self.time, sleep=self.sleep, jitter=lambda: 0.5)


def door_to(*answers, clock=None, **options):
    """A door to a host that gives `answers` in turn, the last for ever: a response, error or function."""
    left = list(answers)

    def handle(request):
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer

    timing = (clock or Still()).timing()
    settings = {"per_second": 1e9, "timing": timing, "transport": httpx2.MockTransport(handle)} | options
    return Door(**settings)


def ok(_request=None):
    return httpx2.Response(200, json={"n": 1})


def status(number, **headers):
    return lambda _: httpx2.Response(number, headers=headers)


def code_of(call):
    with pytest.raises((NeedsAdmin, NotUnderstood, TryLater)) as raised:
        call()
    return raised.value.code


class TestRetries:
    def test_a_number_of_seconds_in_retry_after_is_waited(self):
        clock = Still()
        door = door_to(status(429, **{"retry-after": "7"}), ok, clock=clock)
        assert door.get(URL).status == 200
        assert (door.requests, clock.time) == (2, 7.0)

    def test_a_date_in_retry_after_is_waited(self):
        clock = Still()
        clock.time = 1_000_000_000.0
        door = door_to(status(503, **{"retry-after": "Sun, 09 Sep 2001 01:46:45 GMT"}), ok, clock=clock)
        assert door.get(URL).status == 200
        assert clock.time == 1_000_000_005.0

    def test_without_retry_after_the_pauses_double(self):
        clock = Still()
        door = door_to(status(502), clock=clock)
        assert code_of(lambda: door.get(URL)) == "server-error"
        assert (door.requests, clock.time) == (5, 0.5 + 1 + 2 + 4)

    def test_a_long_pause_is_left_to_the_caller(self):
        clock = Still()
        door = door_to(status(429, **{"retry-after": "3600"}), clock=clock)
        with pytest.raises(TryLater) as raised:
            door.get(URL)
        assert (raised.value.code, raised.value.after, clock.time) == ("too-many-requests", 3600.0, 0.0)

    @pytest.mark.parametrize("number", [200, 301, 400, 401, 403, 404])
    def test_other_statuses_are_the_callers_to_judge(self, number):
        door = door_to(status(number))
        assert (door.get(URL).status, door.requests) == (number, 1)

    def test_a_status_that_will_not_change_is_not_asked_for_again(self):
        door = door_to(status(501))
        assert (code_of(lambda: door.get(URL)), door.requests) == ("server-error", 1)

    def test_a_change_is_not_sent_twice_after_a_lost_answer(self):
        door = door_to(httpx2.ReadTimeout("late"))
        assert code_of(lambda: door.send("POST", URL, content=b"{}")) == "answer-lost"
        assert door.requests == 1

    def test_a_change_is_not_sent_twice_after_a_server_error(self):
        door = door_to(status(500))
        assert code_of(lambda: door.send("POST", URL, content=b"{}")) == "server-error"
        assert door.requests == 1

    @pytest.mark.parametrize("failure", [httpx2.ConnectError("no"), httpx2.ConnectTimeout("late")])
    def test_a_change_that_never_left_is_sent_again(self, failure):
        door = door_to(failure, ok)
        assert (door.send("POST", URL, content=b"{}").status, door.requests) == (200, 2)

    def test_a_change_that_was_refused_for_its_pace_is_sent_again(self):
        door = door_to(status(429), ok)
        assert (door.send("POST", URL, content=b"{}").status, door.requests) == (200, 2)

    @pytest.mark.parametrize(
        ("failure", "code"),
        [
            (httpx2.ReadTimeout("late"), "timed-out"),
            (httpx2.RemoteProtocolError("cut"), "connection-lost"),
            (httpx2.ConnectTimeout("late"), "unreachable"),
        ],
    )
    def test_a_read_is_tried_five_times(self, failure, code):
        door = door_to(failure)
        assert (code_of(lambda: door.get(URL)), door.requests) == (code, 5)


class Renewing:
    """Signs with a number; takes a 401 as a reason for the next one, `times` times."""

    def __init__(self, times):
        self.number = 1
        self.left = times

    def sign(self, request):
        request.headers["Authorization"] = str(self.number)

    def refused(self, request, reply):
        self.left -= 1
        self.number += 1
        return self.left >= 0


class TestSigning:
    def test_a_refused_signature_is_renewed_once(self):
        seen = []
        door = door_to(lambda request: seen.append(request.headers["Authorization"]) or httpx2.Response(401))
        assert door.get(URL, signer=Renewing(9)).status == 401
        assert seen == ["1", "2"]

    def test_a_signer_that_has_nothing_new_ends_the_matter(self):
        door = door_to(status(401))
        assert (door.get(URL, signer=Renewing(0)).status, door.requests) == (401, 1)


class TestAddresses:
    @pytest.mark.parametrize(
        ("typed", "url"),
        [
            ("sis.example.org", "https://sis.example.org"),
            (" https://sis.example.org/ ", "https://sis.example.org"),
            ("http://sis.example.org:8080/base/", "http://sis.example.org:8080/base"),
        ],
    )
    def test_an_address_is_taken_as_people_type_it(self, typed, url):
        assert base_url(typed) == url

    @pytest.mark.parametrize(
        "typed",
        [
            "",
            "ftp://sis.example.org",
            "https://ann@sis.example.org",
            "sis.example.org/?a=1",
            "https://",
            "https://a b",
        ],
    )
    def test_what_is_no_address_is_refused(self, typed):
        assert code_of(lambda: base_url(typed)) == "address-not-understood"

    def test_nothing_travels_in_the_clear(self):
        door = door_to(ok)
        assert (code_of(lambda: door.get("http://sis.example.org/")), door.requests) == (
            "address-not-encrypted",
            0,
        )

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "169.254.169.254", "10.1.2.3", "[::1]"])
    def test_private_addresses_are_refused_by_the_real_network(self, host):
        door = Door(timing=Still().timing())
        assert code_of(lambda: door.get(f"https://{host}/")) == "address-refused"

    def test_a_redirect_within_the_host_is_followed(self):
        door = door_to(
            status(302, location="/there"), lambda request: httpx2.Response(200, text=request.url.path)
        )
        assert door.get(URL).body == b"/there"

    @pytest.mark.parametrize(
        ("location", "host"),
        [
            ("https://elsewhere.example.com/", "elsewhere.example.com"),
            ("http://sis.example.org/", "sis.example.org"),
            ("https://sis.example.org:8443/", "sis.example.org"),
        ],
    )
    def test_a_redirect_to_another_place_is_not_followed(self, location, host):
        door = door_to(status(302, location=location))
        reply = door.get(URL, signer=Renewing(0))
        assert (reply.status, reply.redirects_to, door.requests) == (302, host, 1)

    def test_redirects_in_a_circle_end(self):
        door = door_to(status(302, location="/ws"))
        assert (door.get(URL).status, door.requests) == (302, 4)

    def test_a_change_is_not_redirected(self):
        door = door_to(status(307, location="/there"))
        assert (door.send("POST", URL, content=b"{}").status, door.requests) == (307, 1)


class TestReplies:
    def test_a_reply_over_the_limit_is_refused(self):
        door = door_to(httpx2.Response(200, content=b"x" * 101), max_bytes=100)
        assert code_of(lambda: door.get(URL)) == "reply-too-large"

    def test_the_limit_counts_what_is_unpacked(self):
        packed = gzip.compress(b"x" * 100_000)
        door = door_to(
            lambda _: httpx2.Response(
                200, stream=httpx2.ByteStream(packed), headers={"content-encoding": "gzip"}
            ),
            max_bytes=50_000,
        )
        assert code_of(lambda: door.get(URL)) == "reply-too-large"

    def test_a_broken_encoding_is_not_understood(self):
        door = door_to(
            lambda _: httpx2.Response(
                200, stream=httpx2.ByteStream(b"no zip"), headers={"content-encoding": "gzip"}
            )
        )
        assert code_of(lambda: door.get(URL)) == "reply-not-understood"

    def test_a_web_page_where_data_was_expected_has_its_own_name(self):
        reply = door_to(httpx2.Response(200, html="<html>")).get(URL)
        assert code_of(lambda: reply.json("a count", dict)) == "html-not-json"

    def test_a_reply_not_understood_shows_its_keys_and_no_value(self):
        reply = door_to(httpx2.Response(200, json={"name": CANARY, "ids": [1, 2]})).get(URL)
        error = reply.not_understood("a count")
        assert (error.code, error.sample) == ("reply-not-understood", "{name:str,ids:[int]}")


def test_no_secret_and_no_query_reaches_an_error_or_a_log(caplog):
    caplog.set_level(logging.DEBUG)
    door = door_to(status(500), ok)
    door.get(f"{URL}/{CANARY}", params={"q": CANARY}, headers={"Authorization": CANARY})
    broken = door_to(httpx2.ReadTimeout(CANARY))
    with pytest.raises(TryLater) as raised:
        broken.get(f"{URL}/{CANARY}", params={"q": CANARY})
    error = raised.value
    told = [caplog.text, str(error), error.detail, repr(door.get(URL)), str(error.__cause__)]
    assert [text for text in told if CANARY in text] == []


class TestAhead:
    def test_results_come_in_order_though_they_finish_in_another(self):
        door = door_to(ok, in_flight=4)
        calls = [partial(lambda n: time.sleep(0.02 * (n % 3)) or n, number) for number in range(12)]
        assert list(door.ahead(calls)) == list(range(12))

    def test_no_more_is_begun_than_the_window(self):
        begun = []
        results = door_to(ok, in_flight=2).ahead((partial(begun.append, n) for n in range(100)), window=3)
        next(results)
        time.sleep(0.05)
        assert len(begun) <= 4
        results.close()

    def test_closing_ends_the_fetching(self):
        door = door_to(ok, in_flight=3)
        results = door.ahead(partial(door.get, URL) for _ in range(100))
        next(results)
        results.close()
        made = door.requests
        time.sleep(0.05)
        assert (door.requests, made < 12) == (made, True)

    def test_closing_does_not_wait_out_a_long_pause(self):
        first = threading.Event()

        def handle(request):
            if request.url.path == "/first":
                return httpx2.Response(200)
            first.set()
            return httpx2.Response(429, headers={"retry-after": "50"})

        door = Door(in_flight=2, per_second=1e9, transport=httpx2.MockTransport(handle))
        urls = ("https://sis.example.org/first", "https://sis.example.org/second")
        results = door.ahead(partial(door.get, url) for url in urls)
        next(results)
        first.wait(5)
        started = time.monotonic()
        results.close()
        assert time.monotonic() - started < 5

    def test_an_error_is_raised_in_its_place(self):
        def call(number):
            if number == 2:
                raise TryLater("timed-out", host="sis.example.org")
            return number

        seen = []
        with pytest.raises(TryLater):
            seen.extend(door_to(ok).ahead(partial(call, n) for n in range(5)))
        assert seen == [0, 1]

    def test_a_closed_door_sends_nothing(self):
        door = door_to(ok)
        door.close()
        with pytest.raises(Stopped):
            door.get(URL)


class Slow(BaseHTTPRequestHandler):
    """Takes 50 ms for a page, and counts how many it is asked for at a time."""

    protocol_version = "HTTP/1.1"
    lock = threading.Lock()

    def do_GET(self):
        server = self.server
        with self.lock:
            server.now += 1
            server.most = max(server.most, server.now)
        time.sleep(0.05)
        with self.lock:
            server.now -= 1
        # In one piece: two would wait for the delayed acknowledgement of the first.
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    def log_message(self, *arguments):
        pass


@contextmanager
def serving(context=None):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    server.now = server.most = 0
    server.daemon_threads = True
    server.block_on_close = False
    server.handle_error = lambda *_: None
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def seconds_for(url, *, requests, in_flight):
    door = Door(in_flight=in_flight, per_second=1e6, allow_private=True)
    started = time.monotonic()
    replies = list(door.ahead(partial(door.get, url) for _ in range(requests)))
    took = time.monotonic() - started
    door.close()
    assert [reply.status for reply in replies] == [200] * requests
    assert (door.requests, door.most_in_flight) == (requests, in_flight)
    return took


def test_eight_in_flight_are_five_times_as_fast_and_never_nine():
    with serving() as server:
        url = f"http://127.0.0.1:{server.server_port}/"
        one_by_one = seconds_for(url, requests=20, in_flight=1) * 8
        together = seconds_for(url, requests=160, in_flight=8)
    assert server.most == 8
    assert one_by_one / together > 5


def test_the_pace_is_kept_however_many_are_in_flight():
    clock = Still()
    door = door_to(ok, clock=clock, per_second=10.0)
    for _ in range(11):
        door.get(URL)
    assert round(clock.time, 6) == 1.0


def test_an_address_where_nobody_listens_is_unreachable():
    with serving() as server:
        port = server.server_port
    door = Door(allow_private=True, timing=Still().timing())
    assert code_of(lambda: door.get(f"http://127.0.0.1:{port}/")) == "unreachable"
    door.close()


class TestTls:
    @pytest.fixture
    def certificate(self, tmp_path):
        """A certificate for 127.0.0.1 that only its own file vouches for."""
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec

        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "invented")])
        day = datetime.now(UTC)
        built = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(day - timedelta(days=1))
            .not_valid_after(day + timedelta(days=1))
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
            )
            .sign(key, hashes.SHA256())
        )
        path = tmp_path / "certificate.pem"
        path.write_bytes(
            built.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return str(path)

    def context(self, certificate):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        return context

    def test_a_certificate_of_unknown_origin_is_refused_at_once(self, certificate):
        with serving(self.context(certificate)) as server:
            door = Door(allow_private=True, timing=Still().timing())
            with pytest.raises(NeedsAdmin) as raised:
                door.get(f"https://127.0.0.1:{server.server_port}/")
            door.close()
        assert (raised.value.code, raised.value.facts["reason"]) == (
            "certificate-refused",
            "self-signed certificate",
        )

    def test_the_operators_own_authority_is_trusted(self, certificate):
        with serving(self.context(certificate)) as server:
            door = Door(allow_private=True, ca_file=certificate)
            assert door.get(f"https://127.0.0.1:{server.server_port}/").status == 200
            door.close()
