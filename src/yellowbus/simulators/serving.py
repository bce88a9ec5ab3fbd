"""Serving a WSGI application over real HTTP: a thread per connection, keep-alive, TLS, and connections that
break.

A production server hides what a simulator must be able to do: stop in the middle of a body or hang up
without an answer. An application does so by raising BrokenConnectionError before or while its body is read.
"""

import socket
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from ssl import SSLContext
from threading import Thread
from typing import Any
from urllib.parse import unquote

from yellowbus.simulators.certificate import self_signed

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
IDLE_SECONDS = 60


class BrokenConnectionError(Exception):
    """Raised by an application that wants the connection to end here and now."""


@dataclass(slots=True)
class Running:
    """A server at work. `certificate` is PEM text where it speaks TLS."""

    url: str
    certificate: str
    _server: "_Server" = field(repr=False)
    _thread: Thread = field(repr=False)
    _on_stop: Callable[[], None] = field(repr=False)

    def stop(self) -> None:
        """Stop accepting, end open connections and free the port. A second call does nothing."""
        self._on_stop()
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join()

    def wait(self) -> None:
        """Stay until the server is stopped."""
        self._thread.join()


def serve_wsgi(
    app: Wsgi, *, host: str, port: int, tls: bool = False, on_stop: Callable[[], None] = lambda: None
) -> Running:
    """Serve in a background thread. Port 0 takes any free port; the url says which."""
    context, certificate = self_signed() if tls else (None, "")
    server = _Server((host, port), app, context)
    thread = Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="simulator", daemon=True
    )
    thread.start()
    url = f"{'https' if tls else 'http'}://{host}:{server.server_address[1]}"
    return Running(url, certificate, server, thread, on_stop)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], app: Wsgi, context: SSLContext | None) -> None:
        super().__init__(address, _Handler)
        self.app = app
        self.context = context
        self.open: set[socket.socket] = set()

    def finish_request(self, request: Any, client_address: Any) -> None:
        # The handshake belongs to the connection's own thread: a client that says nothing must not stop the
        # others.
        wrapped = self.context.wrap_socket(request, server_side=True) if self.context else request
        self.open.add(wrapped)
        try:
            super().finish_request(wrapped, client_address)
        finally:
            self.open.discard(wrapped)
            _end(wrapped)

    def hang_up(self) -> None:
        for connection in tuple(self.open):
            _end(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that hang up; anything else is a fault of the simulator and is shown."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


def _end(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
    finally:
        connection.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the base class's
        """The simulator keeps its own log, without personal values."""

    def _run(self) -> None:
        environ = self._environ()
        started: list[tuple[str, list[tuple[str, str]]]] = []
        try:
            body = self.server.app(environ, lambda status, headers, _=None: started.append((status, headers)))
            self._answer(started, body)
        except BrokenConnectionError:
            self.wfile.flush()
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _run  # noqa: N815  the names are the base class's

    def _answer(self, started: list[tuple[str, list[tuple[str, str]]]], body: Iterable[bytes]) -> None:
        chunks = iter(body)
        first = next(chunks, b"")
        status, headers = started[0]
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        for chunk in (first, *chunks) if self.command != "HEAD" else ():
            self.wfile.write(chunk)

    def _environ(self) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        length = int(self.headers.get("Content-Length") or 0)
        environ = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path, "iso-8859-1"),
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(length),
            "SERVER_NAME": str(self.server.server_address[0]),
            "SERVER_PORT": str(self.server.server_address[1]),
            "SERVER_PROTOCOL": self.request_version,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https" if self.server.context else "http",
            "wsgi.input": BytesIO(self.rfile.read(length)),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        return environ
