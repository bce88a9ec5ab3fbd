"""Errors in the five shapes that were seen (oneroster dossier 1.7)."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

import msgspec

from yellowbus.simulators.exchange import RefusedError, Reply
from yellowbus.simulators.oneroster.options import ErrorShape, Options

JSON = "application/json"
TEXT = "text/plain;charset=UTF-8"
USUAL_SHAPES = {"1.1": ErrorShape.STATUS_INFO_SET, "1.2": ErrorShape.BARE}


class Problem(Enum):
    """status, code minor in 1.2, code minor in 1.1, description."""

    FILTER = (400, "invalid_filter_field", "invalid_selection_field", "The filter cannot be carried out.")
    SELECTION = (400, "invalid_selection_field", "invalid_selection_field", "A field is not known.")
    SORT = (400, "invalid_selection_field", "invalid_sort_field", "The sort field is not known.")
    DATA = (422, "invaliddata", "invaliddata", "A parameter has no valid value.")
    LOGIN = (401, "unauthorisedrequest", "unauthorisedrequest", "The request is not authorised.")
    RIGHT = (403, "forbidden", "unauthorisedrequest", "The client may not read this.")
    UNKNOWN = (404, "unknownobject", "unknownobject", "There is no such object.")
    CRASH = (500, "internal_server_error", "targetreadfailure", "Internal server error.")


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says problems as this provider and version do."""

    options: Options
    version: str

    def refuse(self, problem: Problem) -> RefusedError:
        return RefusedError(self.reply(problem))

    def reply(self, problem: Problem) -> Reply:
        status, description = problem.value[0], problem.value[3]
        if problem is Problem.RIGHT:
            status = self.options.missing_right
        headers = (("WWW-Authenticate", "Bearer"),) if problem is Problem.LOGIN else ()
        shape = self.options.error_shape or USUAL_SHAPES[self.version]
        if shape is ErrorShape.PLAIN_TEXT:
            return Reply(status, description.encode(), TEXT, headers)
        return Reply(status, msgspec.json.encode(self._document(problem, shape)), JSON, headers)

    def _document(self, problem: Problem, shape: ErrorShape) -> Any:
        info = self.info(problem, as_text=shape is ErrorShape.MINOR_AS_TEXT)
        if shape is ErrorShape.STATUS_INFO_SET:
            return {"statusInfoSet": [info]}
        return {"imsx_StatusInfo": info} if shape is ErrorShape.WRAPPED else info

    def info(self, problem: Problem, *, as_text: bool = False, severity: str = "error") -> dict[str, Any]:
        minor, key = problem.value[2], "imsx_codeMinor"
        if self.version == "1.2" or as_text:
            minor = problem.value[1]
        listed: Any = {"imsx_codeMinorField": [_field(minor)]}
        if self.version == "1.2" and not as_text:
            key = "imsx_CodeMinor"
        return {
            "imsx_codeMajor": "failure" if severity == "error" else "success",
            "imsx_severity": severity,
            "imsx_description": problem.value[3],
            key: minor if as_text else listed,
        }


def _field(minor: str) -> dict[str, str]:
    return {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": minor}
