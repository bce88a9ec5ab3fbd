"""The values of one contact as the SIS can keep them, so that nothing is planned which would not be found again.

A SIS that keeps e-mails and phones as lists has no empty places: a second e-mail without a first one is the first. A
type without its e-mail is nothing.
"""

from collections.abc import Iterator, Mapping, Sequence

from yellowbus.records import Value
from yellowbus.runs.exporting.targets import Targets, Values, same

Entry = dict[str, Value]
"""What a form says of one place of a list: "" is the value itself, the others what stands beside it, by their endings."""


def as_kept(values: Mapping[str, Value], current: Mapping[str, Value], targets: Targets) -> Values:
    """`current` is what the contact holds now, {} for a new one. What cannot be written is not in the answer."""
    kept = dict(values)
    for bases in targets.lists:
        kept = _closed(kept, current, bases, targets)
    return {name: value for name, value in kept.items() if _can_be(name, kept, current, targets)}


def _can_be(name: str, values: Values, current: Mapping[str, Value], targets: Targets) -> bool:
    field = targets.fields[name]
    if values[name] is None:
        return field.clears
    return not field.beside or any(values.get(base, current.get(base)) for base in field.beside)


def _closed(values: Values, current: Mapping[str, Value], bases: Sequence[str], targets: Targets) -> Values:
    """A list without gaps. Where a value stays that the form does not speak of, all before it keeps its place."""
    said = _without_repeats([_said(values, base, targets) for base in bases], current, bases)
    last = max(
        (n for n, base in enumerate(bases, 1) if "" not in said[n - 1] and current.get(base)), default=0
    )
    first = [entry if entry.get("", "") is not None else {} for entry in said[:last]]
    entries = [*first, *(entry for entry in said[last:] if entry.get(""))]
    listed = {name for base in bases for name in (base, *targets.beside(base))}
    closed = {name: value for name, value in values.items() if name not in listed}
    for place, base in enumerate(bases):
        entry = entries[place] if place < len(entries) else {"": None} if current.get(base) else {}
        closed |= {f"{base}{ending}": value for ending, value in entry.items()}
    return closed


def _said(values: Values, base: str, targets: Targets) -> Entry:
    """Nothing, where the form does not speak of the value itself."""
    names = (base, *targets.beside(base)) if base in values else ()
    return {name.removeprefix(base): values[name] for name in names if name in values}


def _without_repeats(
    said: Sequence[Entry], current: Mapping[str, Value], bases: Sequence[str]
) -> list[Entry]:
    """A value that an earlier place says, or holds and keeps, is not said again; what stands beside it goes there."""
    found: list[Entry] = []
    for entry in said:
        earlier = next(_repeats(entry, found, current, bases), None) if entry.get("") else None
        if earlier is None:
            found.append(entry)
            continue
        beside = {ending: value for ending, value in entry.items() if ending}
        found[earlier] = {**beside, **found[earlier]}
        found.append({})
    return found


def _repeats(
    entry: Entry, found: Sequence[Entry], current: Mapping[str, Value], bases: Sequence[str]
) -> Iterator[int]:
    for place, other in enumerate(found):
        there = other.get("", current.get(bases[place]))
        agree = all(other.get(ending, value) == value for ending, value in entry.items() if ending)
        if there and same(bases[place], there, entry[""]) and ("" not in other or agree):
            yield place
