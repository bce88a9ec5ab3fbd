"""A small mail server in this process: it takes mails, refuses them, or breaks off, as it is told."""

import socketserver
from contextlib import suppress
from threading import Thread
from types import TracebackType
from typing import Self


class PostOffice:
    """Listens on a free port while it is open. `mails` are what it took; `refuses` and `breaks_off` its moods."""

    def __init__(self, port: int = 0) -> None:
        self.mails: list[str] = []
        self.refuses = self.breaks_off = False
        office = self

        class Counter(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.say("220 here")
                with suppress(OSError):
                    while line := self.rfile.readline():
                        if not self.answer(line.decode().strip().upper()):
                            return

            def say(self, text: str) -> None:
                self.wfile.write(f"{text}\r\n".encode())

            def answer(self, verb: str) -> bool:
                if verb.startswith("QUIT"):
                    self.say("221 bye")
                    return False
                if verb.startswith("RCPT") and office.refuses:
                    self.say("451 not now")
                elif verb == "DATA":
                    return self.take()
                else:
                    self.say("250 fine")
                return True

            def take(self) -> bool:
                self.say("354 go on")
                lines = []
                while (line := self.rfile.readline().decode()) != ".\r\n":
                    lines.append(line)
                office.mails.append("".join(lines))
                if office.breaks_off:
                    return False
                self.say("250 taken")
                return True

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self.server = Server(("127.0.0.1", port), Counter)
        self.port: int = self.server.server_address[1]

    def __enter__(self) -> Self:
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.server.shutdown()
        self.server.server_close()
