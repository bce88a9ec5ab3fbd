"""`yellowbus serve`, `web` and `worker`: the product as processes that stay."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event
from types import FrameType
from typing import Annotated

import typer

from yellowbus.cli import verbs
from yellowbus.cli.command import PROGRAM, Session, Status, bring_up, command

_STOP_SECONDS = 20
_LOOK_SECONDS = 0.5
_HOST = Annotated[str, typer.Option(help="The address to listen on.")]
_PORT = Annotated[int, typer.Option(help="The port to listen on.")]
_CONCURRENCY = Annotated[int, typer.Option(min=1, help="How many runs this worker leads at once.")]


def register(app: typer.Typer) -> None:
    command(
        app, "serve", example="yellowbus serve --port 8000", organization=False, product=False, panel=PROGRAM
    )(serve)
    command(
        app,
        "web",
        example="yellowbus web --host 0.0.0.0 --port 8000",
        organization=False,
        product=False,
        panel=PROGRAM,
    )(web)
    command(app, "worker", example="yellowbus worker --concurrency 2", organization=False, product=False)(
        worker
    )


def serve(
    at: Session, *, host: _HOST = "127.0.0.1", port: _PORT = 8000, concurrency: _CONCURRENCY = 4
) -> Status:
    """Run everything: the pages, a worker and, without DATABASE_URL, the database. Stops on SIGTERM or Ctrl-C."""
    bring_up()
    parts = {
        "web": ("web", "--host", host, "--port", str(port)),
        "worker": ("worker", "--concurrency", str(concurrency)),
    }
    with stopped() as stop, children(parts) as running:
        at.say(f"Yellowbus is at {address(host, port)}")
        while not stop.wait(_LOOK_SECONDS):
            ended = [name for name, child in running.items() if child.poll() is not None]
            if ended:
                at.say(f"The part “{ended[0]}” ended by itself, so the others are stopped too.")
                return Status.FAILED
    return Status.DONE


def web(at: Session, *, host: _HOST = "127.0.0.1", port: _PORT = 8000) -> None:
    """Serve the pages."""
    bring_up(log="info")
    import waitress  # noqa: PLC0415 (--help must not wait for it)

    from yellowbus.config.wsgi import application  # noqa: PLC0415 (Django is not set up before)

    at.say(f"The pages are at {address(host, port)}")
    signal.signal(signal.SIGTERM, _leave)
    waitress.serve(
        application,
        host=host,
        port=port,
        ident=None,
        trusted_proxy=verbs.environment.proxy(),
        trusted_proxy_headers={"x-forwarded-proto", "x-forwarded-for"},
        clear_untrusted_proxy_headers=True,
    )


def worker(
    at: Session,
    *,
    concurrency: _CONCURRENCY = 4,
    once: Annotated[bool, typer.Option("--once", help="End when no job waits.")] = False,
) -> None:
    """Work on runs and start those that are due, until SIGTERM or Ctrl-C."""
    bring_up(log="info")
    at.say("The worker is ready.")
    verbs.port.run_worker(concurrency=concurrency, once=once)


def address(host: str, port: int) -> str:
    return f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"  # noqa: S104 (compared, not bound)


@contextmanager
def stopped() -> Iterator[Event]:
    """An event that SIGTERM and SIGINT set."""
    stop = Event()

    def ask(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {each: signal.signal(each, ask) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def children(parts: Mapping[str, tuple[str, ...]]) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Other commands of this program as processes of their own; all are stopped at the end, in order."""
    running = {
        name: subprocess.Popen(  # noqa: S603 (our own program)
            [sys.executable, "-m", "yellowbus", *arguments], start_new_session=True, env=os.environ.copy()
        )
        for name, arguments in parts.items()
    }
    try:
        yield running
    finally:
        for child in running.values():
            child.terminate()
        for child in running.values():
            _wait(child)


def _wait(child: subprocess.Popen[bytes]) -> None:
    """A worker may finish its page; one that does not end in time loses it, which the next worker takes up."""
    try:
        child.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(Status.DONE)
