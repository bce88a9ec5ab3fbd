"""How this server says no (qmlativ dossier 6.5). The sentences are ours; nobody has published the vendor's."""

from yellowbus.simulators.exchange import RefusedError, Reply, as_json
from yellowbus.simulators.qmlativ.options import Envelope, Options

PLAIN = "text/plain;charset=UTF-8"
EXPIRED = "Token has expired"


def reply(options: Options, status: int, *messages: str) -> Reply:
    """The error in the envelope that the switch names."""
    if options.envelope is Envelope.TEXT:
        return Reply(status, "; ".join(messages).encode(), PLAIN)
    if options.envelope is Envelope.ERRORS:
        return as_json({"errors": list(messages)}, status)
    return as_json({options.envelope.value: "; ".join(messages)}, status)


def refuse(options: Options, status: int, *messages: str) -> RefusedError:
    return RefusedError(reply(options, status, *messages))
