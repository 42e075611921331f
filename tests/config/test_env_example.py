import re

from portal.places import ROOT

READ = re.compile(r"(?:env\.\w+|os\.environ\.get)\(\s*\"([A-Z_]+)\"")
NAMED = re.compile(r"^(?:# )?([A-Z_]+)=", re.MULTILINE)


def test_the_example_names_every_variable_that_is_read_and_no_other():
    sources = [ROOT / "config" / name for name in ("settings.py", "gunicorn.py")]
    read = {name for source in sources for name in READ.findall(source.read_text())}
    assert sorted(NAMED.findall((ROOT / ".env.example").read_text())) == sorted(read)
