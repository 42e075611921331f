"""The API's page of itself: drawn by this machine's files alone, and usable."""

from playwright.sync_api import expect

from tests.journeys.browsing import LONG
from tests.journeys.conftest import Desks

# What came after Chrome 86, of what the page's library uses.
NEWER = """
delete Object.hasOwn;
for (const owner of [Array.prototype, String.prototype]) delete owner.at;
delete Array.prototype.findLast; delete Array.prototype.findLastIndex;
"""


def test_the_description_is_drawn_and_a_request_can_be_tried(desks: Desks) -> None:
    page = desks("huanxian").page
    assert desks("huanxian").go("/api/v1/docs/") == 200
    page.wait_for_selector(".opblock", timeout=LONG)
    assert page.locator(".opblock").count() >= 20
    regions = page.locator("#operations-regions-regions_list")
    regions.locator(".opblock-summary-control").click()
    regions.locator("button.try-out__btn").click()
    regions.locator("button.execute").click()
    answer = regions.locator(".live-responses-table")
    expect(answer.locator(".response-col_status").last).to_contain_text("200", timeout=LONG)
    expect(answer).to_contain_text("621022")


def test_it_is_drawn_where_the_newer_functions_are_missing(desks: Desks) -> None:
    page = desks("huanxian").context.new_page()
    page.add_init_script(NEWER)
    page.goto(f"{desks('huanxian').address}/api/v1/docs/")
    page.wait_for_selector(".opblock", timeout=LONG)
    assert page.locator(".opblock").count() >= 20
    page.close()
