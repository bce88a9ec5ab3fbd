"""Reading a simulated PowerSchool that takes 50 ms a page: `python benchmarks/reading.py`.

The sequential client asks for one page after the other over one connection and reads its JSON, nothing else:
what a plain script does. Ours reads the same pages through the connector and its door, with the pace of its
manifest. The simulator runs in a process of its own; it counts the requests and those in flight at once.
"""

import argparse
import base64
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from multiprocessing import get_context
from multiprocessing.connection import Connection
from statistics import median
from urllib.parse import urlencode, urlsplit

from measure import peak_mb
from yellowbus.connectors.base import Connector, ReadFilter
from yellowbus.connectors.powerschool.plugin import plugin_xml
from yellowbus.connectors.registry import manifest, open_connector
from yellowbus.protocols.net import Door
from yellowbus.simulators.district import District
from yellowbus.simulators.powerschool import PowerSchool, serve_app

PAGES = "/ws/v1/district/student"
PAGE = 100
CONTACTS = 2_000
EXPANSIONS = ("demographics", "addresses", "phones")
FIELDS = frozenset(
    (
        "local_id",
        "name.first_name",
        "name.last_name",
        "demographics.birth_date",
        "addresses.physical.street",
        "phones.main.number",
    )
)


@dataclass(frozen=True, slots=True)
class Simulated:
    """A simulator in another process."""

    url: str
    client_id: str
    client_secret: str

    def ask(self, method: str, path: str, body: object = None) -> dict:
        connection = HTTPConnection(urlsplit(self.url).netloc)
        connection.request(method, path, body=json.dumps(body) if body is not None else None)
        answer = json.load(connection.getresponse())
        connection.close()
        return answer

    def slow_down(self, seconds: float) -> None:
        """Every page of students takes so long from now on."""
        self.ask("DELETE", "/simulator/faults")
        if seconds:
            fault = {"kind": "slow", "path": PAGES, "seconds": seconds, "times": None}
            self.ask("POST", "/simulator/faults", fault)

    def forget(self) -> None:
        self.ask("DELETE", "/simulator/log")

    def log(self) -> dict:
        return self.ask("GET", "/simulator/log")


def _simulate(pipe: Connection, students: int) -> None:
    app = PowerSchool(District(students=students, seed=7))
    plugin = app.sis.plugins.install(plugin_xml(access_level=True).encode())
    app.sis.plugins.enable(plugin)
    running = serve_app(app)
    pipe.send((running.url, plugin.client_id, plugin.client_secret))
    pipe.recv()
    running.stop()


@contextmanager
def simulator(students: int) -> Iterator[Simulated]:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_simulate, args=(theirs, students))
    process.start()
    try:
        yield Simulated(*ours.recv())
    finally:
        ours.send("stop")
        process.join()


def sequential(sis: Simulated) -> int:
    """One page after the other; how many students came."""
    token, read, number = _token(sis), 0, 1
    connection = HTTPConnection(urlsplit(sis.url).netloc)
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    while True:
        asked = urlencode({"page": number, "pagesize": PAGE, "expansions": ",".join(EXPANSIONS)})
        connection.request("GET", f"{PAGES}?{asked}", headers=headers)
        students = json.loads(connection.getresponse().read())["students"].get("student", [])
        read, number = read + len(students), number + 1
        if len(students) < PAGE:
            connection.close()
            return read


def _token(sis: Simulated) -> str:
    login = base64.b64encode(f"{sis.client_id}:{sis.client_secret}".encode()).decode()
    connection = HTTPConnection(urlsplit(sis.url).netloc)
    headers = {"Authorization": f"Basic {login}", "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/oauth/access_token", body="grant_type=client_credentials", headers=headers)
    token = json.load(connection.getresponse())["access_token"]
    connection.close()
    return token


@contextmanager
def connected(sis: Simulated) -> Iterator[Connector]:
    pace = manifest("powerschool")
    door = Door(in_flight=pace.in_flight, per_second=pace.per_second, allow_private=True)
    settings = {"server_url": sis.url, "client_id": sis.client_id, "client_secret": sis.client_secret}
    try:
        yield open_connector("powerschool", settings, door)
    finally:
        door.close()


def ours(sis: Simulated, fields: frozenset[str] = FIELDS) -> int:
    """Every student through the connector, each decoded; how many came."""
    with connected(sis) as connector:
        pages = connector.read("students", "", ReadFilter(fields=fields))
        return sum(page.decode(raw) is not None for page in pages for raw in page.records)


def whole(sis: Simulated) -> int:
    """The same with every field there is, contacts included."""
    return ours(sis, frozenset())


def timed(sis: Simulated, client, students: int) -> tuple[float, dict]:
    """Seconds of one read, and what the simulator saw of it."""
    sis.forget()
    begin = time.perf_counter()
    read = client(sis)
    seconds = time.perf_counter() - begin
    if read != students:
        raise SystemExit(f"{client.__name__} read {read} of {students} students")
    return seconds, sis.log()


def report(sis: Simulated, students: int, rounds: int, delay: float) -> None:
    sis.slow_down(delay)
    ratios = []
    for _ in range(rounds):
        (plain, _), (seconds, log) = timed(sis, sequential, students), timed(sis, ours, students)
        ratios.append(plain / seconds)
        print(
            f"{delay * 1000:.0f} ms a page: sequential {plain:.2f} s, ours {seconds:.2f} s,"
            f" {plain / seconds:.1f} times as fast, {log['total']} requests, {log['max_in_flight']} in flight"
        )
    print(f"{delay * 1000:.0f} ms a page: median {median(ratios):.1f} times as fast")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure reading a SIS whose pages take a while.")
    parser.add_argument("--students", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--delay", type=float, default=0.05)
    given = parser.parse_args()
    with simulator(given.students) as sis:
        # The simulator writes each student once and keeps the text; nobody is to be charged for that.
        timed(sis, ours, given.students)
        report(sis, given.students, given.rounds, 0.0)
        report(sis, given.students, given.rounds, given.delay)
    with simulator(CONTACTS) as sis:
        _, log = timed(sis, whole, CONTACTS)
        print(f"a night with contacts: {log['total']} requests for {CONTACTS} students")
    allowed = manifest("powerschool").in_flight
    print(f"allowed in flight: {allowed}; peak of this process: {peak_mb():.0f} MB")


if __name__ == "__main__":
    main()
