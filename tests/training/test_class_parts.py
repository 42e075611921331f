"""Every page of a class opens with the class and leads to the others."""

import pytest
from django.urls import reverse

from tests.factories import a_class, an_account, divisions
from training.views.class_parts import PARTS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", [name for _label, name in PARTS])
def test_every_part_of_a_class_leads_to_all_parts_and_marks_itself(client, page):
    divisions()
    found = a_class()
    client.force_login(an_account("县", "county-clerk", "621022"))
    answer = client.get(reverse(page, args=[found.pk]))
    parts = answer.context["parts"]
    assert [part["url"] for part in parts] == [
        reverse(name, args=[found.pk]) for _label, name in PARTS
    ]
    assert [part["url"] for part in parts if part["active"]] == [reverse(page, args=[found.pk])]
    marked = f'href="{reverse(page, args=[found.pk])}" aria-current="page"'
    assert answer.content.decode().count(marked) == 1
    assert answer.context["facts"][0]["value"] == found.code
