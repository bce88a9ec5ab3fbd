"""Fields of a student that the SIS takes only together, such as an address."""

from collections.abc import Mapping, Sequence

from yellowbus.planning.diff import Changes
from yellowbus.records import Problem, Value
from yellowbus.runs.exporting.targets import Targets, Values


def whole_groups(
    changes: Changes, current: Mapping[str, Value], targets: Targets
) -> tuple[Changes, list[Problem]]:
    """The changes without those of a group that cannot go as a whole, with a problem for each such group."""
    kept, problems = dict(changes), []
    for group, names in targets.together.items():
        if not any(name in changes for name in names):
            continue
        problem = _wrong(group, names, {name: _after(name, changes, current) for name in names}, targets)
        if problem:
            problems.append(problem)
            kept = {name: pair for name, pair in kept.items() if name not in names}
    return kept, problems


def complete_groups(values: Values, held: Mapping[str, Value], targets: Targets) -> Values:
    """The values with the rest of each group, as the SIS holds it."""
    whole = dict(values)
    for names in targets.together.values():
        if any(name in values for name in names):
            whole |= {name: held.get(name) or None for name in names if name not in values}
    return whole


def _after(name: str, changes: Changes, current: Mapping[str, Value]) -> Value:
    return changes[name][1] if name in changes else current.get(name)


def _wrong(group: str, names: Sequence[str], after: Mapping[str, Value], targets: Targets) -> Problem | None:
    lacking = [name for name in names if not after[name]]
    if not lacking:
        return None
    if len(lacking) < len(names):
        labels = ", ".join(targets.label(name) for name in lacking)
        facts = {"group": group, "fields": labels}
        return Problem("export-group-half", lacking[0], facts, warning=True)
    if any(targets.fields[name].whole for name in names):
        return Problem("export-group-stays", names[0], {"group": group}, warning=True)
    return None
