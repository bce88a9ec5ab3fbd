"""How a contact can be reached: e-mail addresses and phones by number and by use (powerschool dossier 10.2)."""

from typing import Final

Contact = dict[str, str]

_MOST: Final = 3  # phones, e-mail addresses of one contact that have a field of their own
_EMAILS: Final = tuple(f"contact.email{number}" for number in range(1, _MOST + 1))
_PHONES: Final = tuple(f"contact.phone{number}" for number in range(1, _MOST + 1))
# Districts name their phone types themselves (dossier 10.2); these are the words seen for three uses.
_USES: Final = {
    "home": "contact.phone_home",
    "mobile": "contact.phone_mobile",
    "cell": "contact.phone_mobile",
    "cellphone": "contact.phone_mobile",
    "work": "contact.phone_work",
    "daytime": "contact.phone_work",
    "office": "contact.phone_work",
}


def add_email(contact: Contact, address: str | None, kind: str | None) -> None:
    """As the next of contact.email1, contact.email2 …; one too many is left out."""
    name = _free(contact, _EMAILS)
    if address and name:
        contact[name] = address
        if kind:
            contact[f"{name}_type"] = kind


def add_phone(contact: Contact, number: str | None, kind: str | None, extension: str | None) -> None:
    """As the next of contact.phone1, contact.phone2 …, and by its use if it is the first of that use."""
    if not number:
        return
    name = _free(contact, _PHONES)
    if name:
        contact[name] = number
        contact.update({f"{name}_{key}": held for key, held in _details(kind, extension) if held})
    use = use_of(kind)
    if use:
        contact.setdefault(use, number)


def use_of(kind: str | None) -> str:
    """The use that a phone type tells, such as contact.phone_home; "" for one that is none of the three."""
    return _USES.get((kind or "").lower(), "")


def _details(kind: str | None, extension: str | None) -> tuple[tuple[str, str | None], ...]:
    return ("type", kind), ("extension", extension)


def _free(contact: Contact, names: tuple[str, ...]) -> str:
    for name in names:
        if name not in contact:
            return name
    return ""
