"""A number is a date where its format shows one, and nowhere else."""

from xml.sax.saxutils import quoteattr

import pytest

from tests.exchange.files import books

MOMENT = 43620
CHINESE_BUILT_IN = [*range(27, 37), *range(50, 59)]
SHOW_A_DATE = [
    14, 15, 16, 17, 22, *CHINESE_BUILT_IN, 'yyyy"年"m"月"d"日"', 'yyyy"年"m"月";@', "[$-804]yyyy年m月d日",
    '[DBNum1][$-804]yyyy"年"m"月"', "[$-F800]dddd, mmmm dd, yyyy", "yyyy\\-mm\\-dd;@", "yyyy.mm.dd",
    "yyyy/m", "e/m/d", "[Red]yyyy-mm-dd", "[黑色]yyyy-m-d", "YYYY-MM-DD", 'm"月"d"日"',
]  # fmt: skip
SHOW_A_NUMBER = [
    0, 1, 2, 3, 4, 9, 10, 11, 37, 44, 48, 49, "@", "General", "G/通用格式", '0"学时"', '0"天d"',
    '0.0"m"', "\\d0", "0_m", "0*d", "#,##0;[Red]-0", "[$¥-804]#,##0.00", "0.00E+00", "[Magenta]0",
    "000000000000000000", "[DBNum2]General", "# ?/?", '"第"0"md"', "[<=9999999]###-####;0",
]  # fmt: skip


def formatted(formats, *numbers):
    """A workbook with a row for each format, and in it the numbers."""
    own = [form for form in formats if isinstance(form, str)]
    ids = [100 + own.index(form) if isinstance(form, str) else form for form in formats]
    listed = "".join(
        f'<numFmt numFmtId="{number}" formatCode={quoteattr(form)}/>'
        for number, form in enumerate(own, 100)
    )
    styles = "".join(f'<xf numFmtId="{number}"/>' for number in [0, *ids])
    rows = [
        f'<row r="{line}">'
        + "".join(
            f'<c r="{chr(65 + at)}{line}" s="{line}"><v>{number}</v></c>'
            for at, number in enumerate(numbers)
        )
        + "</row>"
        for line in range(1, len(ids) + 1)
    ]
    content = books.parts({"台账": books.sheet(*rows)})
    content["xl/styles.xml"] = (
        f'<styleSheet xmlns="{books.MAIN}"><numFmts>{listed}</numFmts>'
        f"<cellXfs>{styles}</cellXfs></styleSheet>"
    )
    return books.zipped(content)


def test_formats_that_show_a_date(read):
    (block,) = read(formatted(SHOW_A_DATE, MOMENT))
    assert dict(zip(SHOW_A_DATE, block.columns[0], strict=True)) == dict.fromkeys(
        SHOW_A_DATE, "\x032019-06-04"
    )


def test_formats_that_show_a_number(read):
    (block,) = read(formatted(SHOW_A_NUMBER, MOMENT, 90, "621022197003041000"))
    for column, form in zip(block.columns, ["43620", "90", "621022197003041000"], strict=True):
        assert dict(zip(SHOW_A_NUMBER, column, strict=True)) == dict.fromkeys(
            SHOW_A_NUMBER, f"\x02{form}"
        )


@pytest.mark.parametrize("form", [14, 22, 31, 57, 'yyyy"年"m"月"'])
def test_numbers_beyond_every_date_stay_numbers(read, form):
    (block,) = read(formatted([form], "621022197003041000", "20190604", "2958466"))
    assert [column[0] for column in block.columns] == [
        "\x02621022197003041000",
        "\x0220190604",
        "\x022958466",
    ]


def test_hours_beyond_a_day_are_a_number_of_days(read):
    (block,) = read(formatted(["[h]:mm"], "1.5", "90"))
    assert [column[0] for column in block.columns] == ["\x021.5", "\x0290"]


def test_a_row_with_an_impossible_duration_is_held_and_the_others_are_read(read):
    (block,) = read(formatted([0, "[h]:mm", 14], "621022197003041000", MOMENT))
    assert block.columns == [
        ["\x02621022197003041000", "\x05#NUM!", "\x02621022197003041000"],
        ["\x0243620", "\x05#NUM!", "\x032019-06-04"],
    ]
