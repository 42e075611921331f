"""Templates, styles and scripts keep docs/ui.md: strict content policy, Chrome 86, nothing from outside."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))
SPRITE = ROOT / "static" / "vendor" / "bootstrap-icons-1.13.2" / "icons.svg"

NOT_IN_TEMPLATES = {
    "inline style": r"<style|\sstyle\s*=",
    "inline script": r"<script(?![^>]*\ssrc=)",
    "inline handler": r"\son[a-z]+\s*=|\shx-on|javascript:|[\"']js:",
    "address outside": r"(src|href|action)\s*=\s*[\"'](https?:)?//",
    "safe": r"\|\s*safe\b",
}
NOT_IN_STYLES = {
    "newer than Chrome 86": r":has\(|:is\(|:where\(|color-mix|oklch|@layer|@container",
    "property newer than Chrome 86": r"\d[dsl]v[hw]\b|\binset:|aspect-ratio:|accent-color:",
    "nesting": r"\{[^{}]*&",
    "address outside": r"url\(\s*[\"']?(https?:)?//|@import",
}
NOT_IN_SCRIPTS = {
    "newer than Chrome 86": r"\.at\(|hasOwn\(|structuredClone|replaceAll|randomUUID|\?\?=|\|\|=|&&=",
    "refused by the content policy": r"\beval\(|new Function|innerHTML|setAttribute\('style'|\.style\b",
    "address outside": r"https?://",
}
COMMENT = re.compile(r"/\*.*?\*/|{#.*?#}", re.DOTALL)
# Parts that only base.html, plain.html or another component includes.
INNER = {
    "account",
    "language",
    "head",
    "overlays",
    "messages",
    "table_heading",
    "table_cell",
    "field_body",
}
ALLOWED = {
    (
        "_components/field_body.html",
        "safe",
    ),  # Django's own rule: help texts are written by us, in forms
    ("js/older.js", "newer than Chrome 86"),  # it brings what Chrome 86 lacks
    # Moves thousands of cells: widths and places go through the style objects of elements,
    # which the content policy does not concern (a journey sees that nothing is refused).
    ("grid/view.js", "refused by the content policy"),
}


def offences(files: list[Path], forbidden: dict[str, str]) -> list[tuple[str, str, str]]:
    return [
        (name, fault, found.group())
        for path in files
        for fault, pattern in forbidden.items()
        for found in re.finditer(pattern, COMMENT.sub("", path.read_text()))
        if ((name := "/".join(path.parts[-2:])), fault) not in ALLOWED
    ]


def test_templates_pass_the_content_policy() -> None:
    assert offences(TEMPLATES, NOT_IN_TEMPLATES) == []


def test_styles_are_known_to_chrome_86() -> None:
    assert offences(STYLES, NOT_IN_STYLES) == []


def test_scripts_are_known_to_chrome_86() -> None:
    assert offences(SCRIPTS, NOT_IN_SCRIPTS) == []


@pytest.mark.parametrize(
    ("text", "forbidden"),
    [
        ('<p style="width: 3%">', NOT_IN_TEMPLATES),
        ("<script>", NOT_IN_TEMPLATES),
        ('<a onclick="go()">', NOT_IN_TEMPLATES),
        ('<script src="https://cdn.test/a.js">', NOT_IN_TEMPLATES),
        (".a:has(.b) {}", NOT_IN_STYLES),
        (".a { height: 100dvh; }", NOT_IN_STYLES),
        (".a { color: red; &:hover { color: blue; } }", NOT_IN_STYLES),
        ("list.at(-1)", NOT_IN_SCRIPTS),
        ("box.innerHTML = text", NOT_IN_SCRIPTS),
    ],
)
def test_the_rules_bite(text: str, forbidden: dict[str, str], tmp_path: Path) -> None:
    planted = tmp_path / "planted"
    planted.write_text(text)
    assert len(offences([planted], forbidden)) == 1


BUDGETS = {"css": 480, "js": 400, "js/grid": 2300}
OF_ONE_FILE = 270


def lines_of(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_scripts_and_styles_stay_small() -> None:
    """Lines of each folder, and of one file."""
    spent = dict.fromkeys(BUDGETS, 0)
    for path in SCRIPTS + STYLES:
        spent[path.parent.relative_to(ROOT / "static").as_posix()] += lines_of(path)
    assert {folder for folder, lines in spent.items() if not 0 < lines <= BUDGETS[folder]} == set()
    assert [path.name for path in SCRIPTS if lines_of(path) > OF_ONE_FILE] == []


def test_the_grid_page_brings_every_script_of_the_grid_once() -> None:
    listed = (ROOT / "templates" / "training" / "_grid_scripts.html").read_text()
    named = re.findall(r"js/grid/(\w+\.js)", listed)
    assert sorted(named) == [path.name for path in SCRIPTS if path.parent.name == "grid"]


def test_every_word_the_grid_says_is_in_its_template() -> None:
    """The scripts know names; the sentences, translated, stand in the template."""
    text = "".join(path.read_text() for path in SCRIPTS if path.parent.name == "grid")
    pattern = r"(?:sheet\.words\.(\w+)|sheet\.words\['([a-z-]+[a-z])'\]|text\('([a-z-]+)')"
    said = {name for found in re.findall(pattern, text) for name in found if name}
    folder = ROOT / "templates" / "training"
    words = "".join((folder / f"_{name}_words.html").read_text() for name in ("grid", "roll"))
    assert said - set(re.findall(r'data-word="([a-z-]+)"', words)) == set()


def test_every_icon_named_is_in_the_sprite() -> None:
    known = set(re.findall(r' id="([^"]+)"', SPRITE.read_text()))
    pattern = r'_components/icon\.html" with name="([^"]+)"|(?:empty_)?icon="([^"]+)"'
    named = {a or b for path in TEMPLATES for a, b in re.findall(pattern, path.read_text())}
    assert named - known == set()


def test_every_static_file_named_is_there() -> None:
    named = {
        name
        for path in TEMPLATES
        for name in re.findall(r"{% static '([^']+)' %}", path.read_text())
    }
    assert named != set()
    assert {name for name in named if not (ROOT / "static" / name).is_file()} == set()


def test_every_component_is_described() -> None:
    text = (ROOT / "docs" / "ui.md").read_text()
    names = {path.stem for path in (ROOT / "templates" / "_components").glob("*.html")}
    assert {name for name in names - INNER if f"`{name}.html`" not in text} == set()
