"""The name list of a class: who is on it, which numbers it shows, and that it is written down."""

import io

import pytest
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader

from core.models import AuditEntry
from exchange.submissions import qr
from exchange.submissions.codes import shown
from exchange.submissions.sealing import seal
from exchange.workbooks.pictures import png_of
from tests.factories import (
    a_class,
    a_person,
    an_account,
    citizen_number,
    divisions,
    enrolled,
    settled,
)
from tests.factories.submissions import a_month
from training.models import Enrollment

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def of_three():
    divisions()
    found = a_class()
    for order in (1, 3):
        enrolled(a_person(order), found, region_code="621022201001")
    enrolled(a_person(5), found, state=Enrollment.State.WITHDRAWN)
    return found


def list_for(client, role, region, found):
    client.force_login(an_account(role, role, region), backend=BACKEND)
    return client.get(reverse("training:name-list", args=[found.pk]))


def text_of(answer):
    pages = PdfReader(io.BytesIO(b"".join(answer.streaming_content))).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def test_the_rows_in_force_with_numbers_for_whoever_may_see_them(client, of_three):
    text = text_of(list_for(client, "county-clerk", "621022", of_three))
    assert [n for n in (1, 3, 5) if f"张{n}男{citizen_number(n)}汉族" in text] == [1, 3]
    assert "13900000000" in text
    entry = AuditEntry.objects.get(verb="training.name_list.printed")
    assert (entry.changes["rows"], entry.changes["numbers"]) == (2, 2)


def test_numbers_are_masked_for_others(client, of_three):
    text = text_of(list_for(client, "prefecture-officer", "6210", of_three))
    assert (citizen_number(1) in text, "13900000000" in text, "已隐去部分数字" in text) == (
        False,
        False,
        True,
    )
    entry = AuditEntry.objects.get(verb="training.name_list.printed")
    assert (entry.changes["rows"], entry.changes["numbers"]) == (2, 0)


def test_a_class_elsewhere_is_not_found(client, of_three):
    assert list_for(client, "county-clerk", "621021", of_three).status_code == 404
    assert not AuditEntry.objects.filter(verb="training.name_list.printed").exists()


def test_the_page_of_the_class_leads_there(client, of_three):
    client.force_login(an_account("c", "county-clerk", "621022"), backend=BACKEND)
    page = client.get(reverse("training:class", args=[of_three.pk])).content.decode()
    assert reverse("training:name-list", args=[of_three.pk]) in page


def test_it_says_whether_its_month_was_submitted(client, of_three, settings, tmp_path):
    settings.ANCHORS_FILE = tmp_path / "heads.txt"
    clerk = list_for(client, "county-clerk", "621022", of_three)
    assert text_of(clerk).count("草稿，未报送") == 1
    settled()
    month = a_month("locked", round=1)
    receipt = seal(submission=month, by=an_account("reviewer", "county-reviewer", "621022"))
    answer = client.get(reverse("training:name-list", args=[of_three.pk]))
    reader = PdfReader(io.BytesIO(b"".join(answer.streaming_content)))
    page = reader.pages[-1]
    text = "".join(page.extract_text().split())
    assert f"本表依据报送回执，回执码：{shown(receipt.code)}。" in text
    (picture,) = page.images
    expected = Image.open(io.BytesIO(png_of(qr.matrix_of(qr.address_of(receipt.code)))))
    assert picture.image.convert("1").tobytes() == expected.convert("1").tobytes()
