"""A name stays what it is from the program's door through ledger, workbook and import to the PDF."""

import io

import pytest
from django.urls import reverse
from pypdf import PdfReader
from pypdf.generic import ContentStream
from python_calamine import CalamineWorkbook

from exchange import jobs
from exchange.imports import services as imports
from exchange.imports.kinds import kind_of
from exchange.papers.faces import face_of
from exchange.papers.texts import unseen
from exchange.reports import services as reports
from exchange.reports.making import folder
from tests.factories import a_program, an_account, citizen_number, divisions
from tests.factories.rosters import xlsx_of
from training.imports import OWN_COLUMNS as COLUMNS
from training.ledger import PLACE_OF
from training.models import Enrollment, TrainingClass

pytestmark = pytest.mark.django_db(transaction=True)
BACKEND = "django.contrib.auth.backends.ModelBackend"
ROW = (
    "郝静 男 {id} 汉族 本科及以上 建档立卡贫困劳动力 6210222122040050 之子 小南沟乡 李原村 五组 13909378657 "
    "电焊工 初级 环县职业中等专业学校 {code} 2019-06-24 2019-07-08 90 补录"
)
# One or more from each block of GB 18030 that names are written in, four-byte codes among them.
NAMES = (
    "张䶮",  # CJK, extension A
    "㛃䲜",
    "𠮷田𪚥",  # extension B
    "𪜀𫜴",  # C
    "𫝀𫠝",  # D
    "𬀩𬬭",  # E
    "𬺰𮯠",  # F
    "𰻝𰻞",  # G
    "\ue000某",  # given to nobody in Unicode: an office's own character
    "买买提·吐尔逊江·阿卜杜热合曼",
    "བཀྲ་ཤིས་རྡོ་རྗེ",
    "ئابدۇللا تۇرسۇن",
    "ᠪᠠᠭᠠᠲᠤᠷᠴᠡᠴᠡᠭ᠎ᠠ",
    "ꆈꌠꁱꂷ",
    "阿" * 49 + "𠮷",
)
# No font here has them; they are printed as codes and named below.
UNDRAWN = {"\ue000"}


@pytest.fixture(autouse=True)
def surroundings(settings, tmp_path, monkeypatch):
    settings.FILES_DIR = tmp_path
    settings.OWN_FONTS_DIR = tmp_path / "fonts"
    monkeypatch.setattr("exchange.jobs._try_to_wake", lambda job: None)
    divisions()
    a_program()


@pytest.fixture
def clerk(client):
    user = an_account("县经办", "county-clerk", "621022")
    client.force_login(user, backend=BACKEND)
    client.user = user
    return client


def typed(name: str, order: int, code: str) -> dict[str, str]:
    cells = ROW.format(id=citizen_number(order), code=code).split(" ")
    return dict(zip((c.name for c in COLUMNS), cells, strict=True)) | {"name": name}


def type_in(client, names, code="2019001"):
    rows = [typed(name, 2 * n + 1, code) for n, name in enumerate(names)]
    answer = client.post(
        reverse("api:enrollment-list"),
        {"region": "621022", "program": "skills", "rows": rows},
        content_type="application/json",
    )
    assert answer.status_code == 201, answer.content.decode()


def in_class(code):
    rows = Enrollment.objects.filter(training_class__code=code).order_by("sheet", "line", "id")
    return [
        (row.as_written or {}).get("name", row.person.name) for row in rows.select_related("person")
    ]


def ledger_report(user):
    run = reports.request_report(report="ledger", region_code="621022", period="2019", by=user)
    run = reports.make_now(run)
    sheet = CalamineWorkbook.from_path(folder() / run.stored_as).get_sheet_by_name("培训台账")
    return folder() / run.stored_as, [r for r in sheet.to_python() if isinstance(r[0], float)]


def worked(batch):
    jobs.run("exchange.importbatch", batch.pk)
    batch.refresh_from_db()
    return batch


def bring_in_again(path, rows, user, code):
    """The rows of the report as a roster of another class."""
    place, start, end = PLACE_OF["class_code"], PLACE_OF["start_date"], PLACE_OF["end_date"]
    again = [[str(c) for c in row[:place]] + [code, *map(str, row[place + 1 :])] for row in rows]
    for row in again:
        row[start], row[end] = "2019-09-01", "2019-09-15"
    file = xlsx_of({"花名册": [["序号", *(c.title for c in COLUMNS)], *again]})
    batch = worked(
        imports.bring_in(
            file=io.BytesIO(file),
            name="again.xlsx",
            kind=kind_of("training"),
            region_code="621022",
            options={"program": "skills"},
            by=user,
        )
    )
    imports.confirm(batch, by=user)
    return worked(batch)


def printed(client, code):
    found = TrainingClass.objects.get(code=code)
    answer = client.get(reverse("training:name-list", args=[found.pk]))
    assert answer["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(b"".join(answer.streaming_content)))


def meant(reader):
    """The texts that joined letters and unseen marks stand for, as the PDF says."""
    return [
        str(operands[1]["/ActualText"])
        for page in reader.pages
        for operands, operator in ContentStream(page.get_contents(), reader).operations
        if operator == b"BDC"
    ]


def words(reader):
    return "".join("".join(page.extract_text().split()) for page in reader.pages)


def test_every_name_survives_the_way_from_the_door_to_the_paper(clerk):
    type_in(clerk, NAMES)
    assert in_class("2019001") == list(NAMES)

    path, rows = ledger_report(clerk.user)
    assert [row[PLACE_OF["name"]] for row in rows] == list(NAMES)

    assert bring_in_again(path, rows, clerk.user, "2019002").written == len(NAMES)
    assert in_class("2019002") == list(NAMES)

    reader = printed(clerk, "2019002")
    text, joined = words(reader), "".join("".join(meant(reader)).split())
    for name in NAMES:
        shown = "".join(f"[U+{ord(c):04X}]" if c in UNDRAWN else c for c in name.replace(" ", ""))
        assert shown in text or shown in joined, name
    assert "下列字符所装字体均无字形" in text
    assert "第9行“姓名”U+E000" in text


@pytest.mark.parametrize("name", NAMES)
def test_a_font_has_every_letter_of_a_name(name):
    assert [c for c in name if not unseen(c) and face_of(c) is None] == [
        c for c in name if c in UNDRAWN
    ]
