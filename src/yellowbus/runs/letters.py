"""Notices by e-mail: written in the transaction of the notice, sent after it, tried again while the server is away.

Never twice: a mail is marked as begun before it goes out, and one of which nobody can say whether it went is left so.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from smtplib import SMTPException, SMTPServerDisconnected
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.urls import reverse

from yellowbus.enroll import organizations
from yellowbus.enroll.fence import within
from yellowbus.jobs.handlers import each_minute
from yellowbus.runs.asking import asking
from yellowbus.runs.models import Letter, Notice
from yellowbus.runs.notice_models import LetterState, NoticeKind
from yellowbus.runs.told import told

log = structlog.get_logger()

A_PASS = 100
MOST_MINUTES = 60
GIVEN_UP_AFTER = timedelta(days=3)  # a notice so old says nothing of today
ANSWERED_WITHIN = timedelta(minutes=10)
_NOWHERE = ".invalid"  # the address of who was let in at the server, which no mail reaches


def is_on() -> bool:
    """Whether mail goes out at all: a server is named, or a demo shows mails on its console."""
    return not settings.EMAIL_BACKEND.endswith(".dummy.EmailBackend")


def write(notices: Sequence[Notice]) -> None:
    """Keep a mail of each notice for everyone who asks for its kind. Without a mail server nothing is kept for later."""
    if not notices or not is_on():
        return
    asked = [(member, kinds) for member, kinds in asking() if _reaches(member.user.email)]
    Letter.objects.bulk_create(
        Letter(notice=notice, member=member)
        for notice in notices
        for member, kinds in asked
        if notice.kind in kinds
    )


def _reaches(address: str) -> bool:
    return not address.endswith(_NOWHERE) or settings.EMAIL_BACKEND.endswith(".console.EmailBackend")


@each_minute
def send_now() -> None:
    send_due(datetime.now(UTC))


def send_due(now: datetime) -> int:
    """Send what is due; how many mails went out."""
    if not is_on():
        return 0
    sent = 0
    for organization in organizations.every():
        with within(organization):
            sent += _send_here(now)
    return sent


def _send_here(now: datetime) -> int:
    begun = Letter.objects.filter(state=LetterState.BEGUN, changed_at__lt=now - ANSWERED_WITHIN)
    begun.update(state=LetterState.UNKNOWN, changed_at=now)
    waiting = Letter.objects.filter(state=LetterState.WAITING, try_after__lte=now)
    due = list(
        waiting.select_related("notice__connection__organization", "member__user").order_by("pk")[:A_PASS]
    )
    if not due:
        return 0
    post = get_connection()
    try:
        post.open()
    except OSError as error:  # an SMTPException is one
        log.warning("mail.away", kind=type(error).__name__, waiting=len(due))
        _later(due, now)
        return 0
    try:
        return _send_all(due, post, now)
    finally:
        post.close()


def _send_all(due: Iterable[Letter], post: Any, now: datetime) -> int:
    """One after the other; where the server breaks off, the rest waits for the next minute."""
    sent = 0
    for letter in due:
        ours = Letter.objects.filter(pk=letter.pk, state=LetterState.WAITING)
        if not ours.update(state=LetterState.BEGUN, changed_at=now):
            continue
        state = _sent(letter, post)
        if state == LetterState.WAITING:
            _later([letter], now)
            continue
        Letter.objects.filter(pk=letter.pk).update(state=state, changed_at=now)
        if state == LetterState.UNKNOWN:
            break
        sent += 1
    return sent


def _sent(letter: Letter, post: Any) -> LetterState:
    """Send one: sent, refused (it waits again), or unknown where the answer did not come."""
    try:
        post.send_messages([_mail(letter)])
    except SMTPServerDisconnected:
        return LetterState.UNKNOWN
    except SMTPException as error:
        log.warning("mail.refused", letter=letter.pk, kind=type(error).__name__)
        return LetterState.WAITING
    except OSError:
        return LetterState.UNKNOWN
    return LetterState.SENT


def _later(due: Iterable[Letter], now: datetime) -> None:
    for letter in due:
        old = now - letter.notice.since > GIVEN_UP_AFTER
        pause = timedelta(minutes=min(2**letter.tries, MOST_MINUTES))
        Letter.objects.filter(pk=letter.pk).update(
            state=LetterState.GIVEN_UP if old else LetterState.WAITING,
            tries=letter.tries + 1,
            try_after=now + pause,
            changed_at=now,
        )


def undelivered() -> int:
    """How many mails of the last thirty days did not go out, or nobody knows whether they did."""
    lost = Letter.objects.filter(state__in=(LetterState.UNKNOWN, LetterState.GIVEN_UP))
    return lost.filter(changed_at__gte=datetime.now(UTC) - timedelta(days=30)).count()


def _mail(letter: Letter) -> EmailMessage:
    """What is mailed: the connection, the counts and a link. Never a value of a student."""
    notice, connection = letter.notice, letter.notice.connection
    said = told(notice.code, notice.facts)
    choice = (
        f"Which notices are mailed to you is your choice: {settings.YELLOWBUS_ADDRESS}{reverse('notices')}"
    )
    where = f"{settings.YELLOWBUS_ADDRESS}{link(notice)}"
    parts = (said.sentence, said.remedy, where, f"{connection.organization.name}. {choice}")
    text = "\n\n".join(filter(None, parts))
    subject = f"{connection.name}: {NoticeKind(notice.kind).label.lower()}"
    return EmailMessage(subject=subject, body=text + "\n", to=[letter.member.user.email])


def link(notice: Notice) -> str:
    """The page on which something can be done about it."""
    if notice.run_id:
        return reverse("run", kwargs={"key": notice.run_id})
    return reverse("connection", kwargs={"key": notice.connection_id})
