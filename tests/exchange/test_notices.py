"""Notices: told at once to many, read by their own reader only, mailed once."""

import datetime
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from core.models import AuditEntry, User
from exchange.models import Notice
from exchange.notices import MAIL_TRIES, mark_read, notify, send_mail
from tests.factories import an_account, divisions

pytestmark = pytest.mark.django_db

SENTENCE = "The ledger of %(county)s for %(month)s is due on %(day)s."
PARAMS = {"county": "环县", "month": "2026-01", "day": "2026-02-10"}


@pytest.fixture(autouse=True)
def places() -> None:
    divisions()


def told(*users: User, **more: Any) -> int:
    values = {"kind": "due", "sentence": SENTENCE, "params": PARAMS, "url": "/figures/"} | more
    return notify(users=users, **values)


def a_clerk(name: str = "clerk", email: str = "") -> User:
    user = an_account(name, "county-clerk", "621022")
    user.email = email
    user.save()
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_many_are_told_by_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    users = [a_clerk(f"c{n}") for n in range(20)]
    with django_assert_num_queries(1):
        assert told(*users, region_code="621022") == 20
    assert sorted(Notice.objects.values_list("recipient", flat=True)) == sorted(
        user.pk for user in users
    )


def test_telling_nobody_is_nothing() -> None:
    assert told() == 0
    assert Notice.objects.count() == 0


def test_the_header_counts_what_is_unread_and_the_inbox_shows_it() -> None:
    clerk, other = a_clerk(), a_clerk("other")
    told(clerk, other)
    told(clerk, region_code="621022")
    client = signed_in(clerk)
    page = client.get(reverse("exchange:notice-list"), headers={"accept-language": "en"})
    text = page.content.decode()
    assert [str(row["notice"]) for row in page.context["rows"]] == [SENTENCE % PARAMS] * 2
    assert [row["region"] for row in page.context["rows"]] == ["环县", ""]
    assert page.context["unread_notices"] == 2
    assert 'href="/notices/?unread=1" class="bell"' in text


def test_one_opened_is_read_and_leads_where_it_is_dealt_with() -> None:
    clerk = a_clerk()
    told(clerk)
    told(clerk, url="")
    first, second = Notice.objects.order_by("id")
    client = signed_in(clerk)
    answer = client.post(reverse("exchange:notice-read"), {"notice": first.pk})
    assert (answer.status_code, answer["Location"]) == (302, "/figures/")
    assert list(Notice.objects.unread()) == [second]
    page = client.get(reverse("exchange:notice-list"), {"unread": "1"})
    assert [row["notice"] for row in page.context["rows"]] == [second]
    answer = client.post(reverse("exchange:notice-read"), {"notice": second.pk})
    assert answer["Location"] == reverse("exchange:notice-list")
    assert Notice.objects.unread().count() == 0


def test_all_are_marked_read_at_once() -> None:
    clerk, other = a_clerk(), a_clerk("other")
    told(clerk, other)
    told(clerk)
    signed_in(clerk).post(reverse("exchange:notice-read"))
    assert Notice.objects.visible_to(clerk).unread().count() == 0
    assert Notice.objects.visible_to(other).unread().count() == 1


@pytest.mark.parametrize("key", ["0", "x", "99999999999999999999", "other"])
def test_what_is_not_ones_own_is_not_found(key: str) -> None:
    clerk, other = a_clerk(), a_clerk("other")
    told(other)
    key = str(Notice.objects.get().pk) if key == "other" else key
    answer = signed_in(clerk).post(reverse("exchange:notice-read"), {"notice": key})
    assert (answer.status_code, Notice.objects.unread().count()) == (404, 1)


def test_marking_leaves_those_of_others() -> None:
    clerk, other = a_clerk(), a_clerk("other")
    told(clerk, other)
    theirs = Notice.objects.get(recipient=other)
    assert mark_read(by=clerk, only=[theirs.pk]) == 0
    assert mark_read(by=clerk) == 1
    assert mark_read(by=clerk) == 0


def test_who_gave_an_address_gets_a_mail_once(settings: Any) -> None:
    settings.PORTAL_URL = "https://portal.example"
    told(a_clerk(email="clerk@county.example"), a_clerk("silent"))
    now = timezone.now()
    assert (send_mail(now), send_mail(now)) == (1, 0)
    (sent,) = mail.outbox
    assert sent.to == ["clerk@county.example"]
    assert "https://portal.example/figures/" in sent.body
    assert "\n" not in sent.subject
    notice = Notice.objects.get(recipient__username="clerk")
    assert (notice.mailed_at, notice.mail_at, notice.mail_tries) == (now, None, 0)
    entry = AuditEntry.objects.get(verb="exchange.notice.mailed")
    assert (entry.succeeded, entry.changes) == (True, {"sent": 1, "failed": 0})


def test_what_was_read_or_belongs_to_a_closed_account_is_not_mailed() -> None:
    reader, gone = a_clerk("reader", "r@x.example"), a_clerk("gone", "g@x.example")
    told(reader, gone)
    mark_read(by=reader)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    assert send_mail(timezone.now()) == 0
    assert mail.outbox == []


def test_a_turn_has_an_end() -> None:
    for number in range(3):
        told(a_clerk(f"c{number}", f"c{number}@x.example"))
    now = timezone.now()
    assert [send_mail(now, most=2), send_mail(now, most=2)] == [2, 1]


def test_a_failure_is_kept_and_tried_again_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError("no route to the mail server")

    told(a_clerk(email="clerk@x.example"))
    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    now = first = timezone.now()
    tries = []
    for _ in range(MAIL_TRIES + 2):
        send_mail(now)
        notice = Notice.objects.get()
        tries.append(notice.mail_tries)
        now = notice.mail_at or now + datetime.timedelta(days=1)
    assert tries == [1, 2, 3, 4, 5, 5, 5]
    assert (notice.mail_at, notice.mailed_at) == (None, None)
    assert notice.mail_error == "OSError: no route to the mail server"
    entries = AuditEntry.objects.filter(verb="exchange.notice.mailed", succeeded=False)
    assert entries.count() == MAIL_TRIES
    monkeypatch.undo()
    assert send_mail(first + datetime.timedelta(days=30)) == 0


def test_a_mail_that_went_at_the_second_try_counts_as_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError

    told(a_clerk(email="clerk@x.example"))
    now = timezone.now()
    with monkeypatch.context() as away:
        away.setattr("django.core.mail.EmailMessage.send", refuse)
        assert send_mail(now) == 0
    assert send_mail(now) == 0  # not yet
    assert send_mail(now + datetime.timedelta(minutes=5)) == 1
    assert Notice.objects.get().mail_error == ""
