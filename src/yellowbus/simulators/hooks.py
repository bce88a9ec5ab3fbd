"""Our own end points under /simulator/, which no vendor has: for tests and demos in other processes."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Protocol, TypeAlias, TypeVar

import msgspec

from yellowbus.simulators.district import District
from yellowbus.simulators.exchange import RefusedError, Reply, Request, as_json, from_document
from yellowbus.simulators.faults import Fault, Faults
from yellowbus.simulators.log import RequestLog

ROOT = "/simulator/"


class Sis(Protocol):
    """What every simulated system has. `use` makes it behave otherwise from now on."""

    district: District
    faults: Faults
    log: RequestLog

    @property
    def options(self) -> Any: ...

    def use(self, options: Any) -> None: ...


Any_Sis = TypeVar("Any_Sis", bound=Sis)
Handler: TypeAlias = Callable[[Any_Sis, Request, tuple[str, ...]], Any]
Hooks: TypeAlias = Mapping[tuple[str, str], Handler[Any_Sis]]


def respond(hooks: Hooks[Any_Sis], sis: Any_Sis, request: Request) -> Reply:
    """Answer one hook; 400 with a sentence where the request cannot be understood."""
    name, *rest = request.path.removeprefix(ROOT).strip("/").split("/")
    handler = hooks.get((request.method, name))
    if handler is None:
        return as_json(
            {"message": f"No such hook. There are: {', '.join(' '.join(key) for key in hooks)}"}, 404
        )
    try:
        return as_json(handler(sis, request, tuple(rest)))
    except RefusedError as refused:
        return refused.reply
    except (ValueError, TypeError, KeyError, msgspec.MsgspecError) as problem:
        return as_json({"message": str(problem)}, 400)


def refuse(message: str) -> RefusedError:
    return RefusedError(as_json({"message": message}, 404))


def _add_faults(sis: Sis, request: Request, _: tuple[str, ...]) -> Any:
    document = request.json()
    sis.faults.add(*(Fault.of(item) for item in (document if isinstance(document, list) else [document])))
    return _show_faults(sis, request, ())


def _show_faults(sis: Sis, _request: Request, _rest: tuple[str, ...]) -> Any:
    return {"faults": [fault.document() for fault in sis.faults.waiting()]}


def _clear_faults(sis: Sis, request: Request, rest: tuple[str, ...]) -> Any:
    sis.faults.clear()
    return _show_faults(sis, request, rest)


def _show_log(sis: Sis, _request: Request, _rest: tuple[str, ...]) -> Any:
    return sis.log.document()


def _clear_log(sis: Sis, _request: Request, _rest: tuple[str, ...]) -> Any:
    sis.log.clear()
    return sis.log.document()


def _show_options(sis: Sis, _request: Request, _rest: tuple[str, ...]) -> Any:
    return msgspec.to_builtins(sis.options)


def _patch_options(sis: Sis, request: Request, rest: tuple[str, ...]) -> Any:
    document = {**_show_options(sis, request, rest), **request.json()}
    sis.use(from_document(type(sis.options), document))
    return _show_options(sis, request, rest)


def _change(sis: Sis, request: Request, _: tuple[str, ...]) -> Any:
    document = request.json()
    return asdict(sis.district.change(float(document["share"]), int(document.get("seed", 1))))


def _show_district(sis: Sis, _request: Request, _rest: tuple[str, ...]) -> Any:
    district = sis.district
    return {
        "name": district.name,
        "seed": district.seed,
        "school_year": district.school_year,
        "students": len(district.students),
        "schools": [
            {
                "dcid": school.dcid,
                "number": school.number,
                "name": school.name,
                "years": sorted({term.start_year for term in school.terms}),
            }
            for school in district.schools
        ],
    }


def shared(_: type[Any_Sis]) -> Hooks[Any_Sis]:
    """The hooks that every simulator has: faults, the log of requests, switches, a day's changes."""
    return {
        ("GET", "faults"): _show_faults,
        ("POST", "faults"): _add_faults,
        ("DELETE", "faults"): _clear_faults,
        ("GET", "log"): _show_log,
        ("DELETE", "log"): _clear_log,
        ("GET", "options"): _show_options,
        ("PATCH", "options"): _patch_options,
        ("POST", "change"): _change,
        ("GET", "district"): _show_district,
    }
