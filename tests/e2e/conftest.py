"""A browser, and the product as it stands on a real database behind a real server."""

import ctypes
import fcntl
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

PROGRAM = Path("/usr/bin/chromium")
SWITCHES = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# Debian's packages and how to see that they are there: the browser, and what Playwright's driver needs on a bare Debian.
PACKAGES = {"chromium": PROGRAM.exists, "libatomic1": lambda: _loads("libatomic.so.1")}


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _lacking() -> list[str]:
    return [package for package, there in PACKAGES.items() if not there()]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Debian's Chromium; installed if it lacks and we may, otherwise the test fails and says what to install."""
    with (Path(gettempdir()) / "yellowbus-chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the test processes come here at once
        if _lacking() and os.geteuid() == 0 and shutil.which("apt-get"):
            install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *_lacking()]
            for command in (["apt-get", "update", "-qq"], install):
                subprocess.run(command, check=False, capture_output=True)
    if lacking := _lacking():
        needed = " ".join(lacking)
        pytest.fail(f"The browser tests need Debian packages: apt-get install {needed}", pytrace=False)
    return str(PROGRAM)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    """One for each file of tests: Playwright keeps an event loop in this thread, which other tests must not meet.

    Django takes that loop for asynchronous code, so it is told not to mind meanwhile.
    """
    from playwright.sync_api import sync_playwright

    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        opened = playwright.chromium.launch(executable_path=chromium, args=[*SWITCHES, *root])
        yield opened
        opened.close()


@contextmanager
def demo_settings() -> Iterator[None]:
    """As a demo runs: without TLS."""
    from django.test import override_settings

    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        SECURE_SSL_REDIRECT=False,
        SECURE_PROXY_SSL_HEADER=None,
        SESSION_COOKIE_SECURE=False,
        CSRF_COOKIE_SECURE=False,
    ):
        yield


@contextmanager
def elsewhere(url: str) -> Iterator[None]:
    """Django speaks to another database meanwhile, in whatever thread it opens a connection."""
    from django.db import connection, connections

    kept = dict(connections.settings["default"])
    connection.close()
    for settings in (connections.settings["default"], connection.settings_dict):
        settings.update(NAME=urlsplit(url).path.lstrip("/"), CONN_MAX_AGE=0)
    try:
        yield
    finally:
        connection.close()
        for settings in (connections.settings["default"], connection.settings_dict):
            settings.update(kept)


@contextmanager
def fresh(server: str, name: str) -> Iterator[str]:
    """An empty database for as long as it is used; its URL."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield server.replace("/yellowbus?", f"/{name}?")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def served(server: str) -> Iterator[tuple[str, str]]:
    """The product's address and its database's; one of each for all browser tests of this process."""
    from waitress.server import create_server

    with fresh(server, f"e2e_{os.getpid()}") as url:
        # Only while it is made: other tests of this process use the other database in between.
        with demo_settings(), elsewhere(url):
            listening = create_server(_application(), host="127.0.0.1", port=0, threads=4)
        thread = threading.Thread(target=listening.run, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.effective_port}", url
        listening.close()
        thread.join(5)


def _application() -> Any:
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.management import call_command

    from yellowbus.config.database import migrate

    migrate()
    call_command("collectstatic", interactive=False, verbosity=0)
    return WSGIHandler()


@pytest.fixture
def site(served: tuple[str, str]) -> Iterator[str]:
    """The address of the product. The test speaks to its database too, and what it makes there stays."""
    address, url = served
    with demo_settings(), elsewhere(url):
        yield address


@pytest.fixture
def page(browser: Any, site: str) -> Iterator[Any]:
    """A fresh browser window, whose complaints fail the test."""
    from looking import complaints

    context = browser.new_context(base_url=site, viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    with complaints(opened) as said:
        yield opened
    context.close()
    assert said == []


@pytest.fixture
def district(site: str, tmp_path: Path) -> Any:
    from people import District

    return District(tmp_path)
