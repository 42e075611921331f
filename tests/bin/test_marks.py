"""Secrets and the servers' data bear one mark; data of other secrets are set aside, never deleted."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from portal import marks
from portal.places import State, temporary_state
from portal.say import Trouble
from portal.surroundings import MARK, own_secrets


@pytest.fixture
def state() -> Iterator[State]:
    made = temporary_state()
    yield made
    for folder in (made.servers, made.folder):
        shutil.rmtree(folder, ignore_errors=True)


def entered(state: State) -> None:
    """What every command does before it uses a server; leaves data as a server would."""
    is_new = not state.secrets.exists()
    marks.check(state, own_secrets(state)[MARK], is_new)
    for kind in ("postgresql", "redis"):
        (state.servers / kind).mkdir(exist_ok=True)


def written(state: State, text: str) -> Path:
    file = state.servers / "postgresql" / "PG_VERSION"
    file.write_text(text)
    return file


def set_aside(state: State) -> list[Path]:
    return sorted(state.servers.glob("set-aside-*"))


def forgotten(state: State) -> None:
    """The state's folder is deleted, with all secrets; as root the data lie elsewhere."""
    state.secrets.unlink()


def test_data_of_the_same_secrets_stay(state: State, capsys: pytest.CaptureFixture[str]) -> None:
    entered(state)
    file = written(state, "mine")
    entered(state)
    assert (file.read_text(), set_aside(state), capsys.readouterr().err) == ("mine", [], "")


def test_data_of_other_secrets_are_set_aside_and_named(
    state: State, capsys: pytest.CaptureFixture[str]
) -> None:
    entered(state)
    file = written(state, "of others")
    forgotten(state)
    entered(state)
    (aside,) = set_aside(state)
    assert not file.exists()
    assert (aside / "postgresql" / "PG_VERSION").read_text() == "of others"
    assert (aside / "redis").is_dir()
    assert aside.stat().st_mode & 0o777 == 0o700
    said = capsys.readouterr().err
    assert "so a new one is begun" in said
    assert str(aside) in said
    entered(state)
    assert (set_aside(state), capsys.readouterr().err) == ([aside], "")


def test_data_from_before_there_were_marks_stay_with_their_secrets(state: State) -> None:
    entered(state)
    file = written(state, "mine")
    (state.servers / "mark").unlink()
    lines = state.secrets.read_text().splitlines(keepends=True)
    state.secrets.write_text("".join(line for line in lines if not line.startswith(MARK)))
    entered(state)
    assert (file.read_text(), set_aside(state)) == ("mine", [])
    assert (state.servers / "mark").read_text() == own_secrets(state)[MARK]


def test_data_from_before_there_were_marks_are_not_of_new_secrets(state: State) -> None:
    entered(state)
    (state.servers / "mark").unlink()
    forgotten(state)
    entered(state)
    assert len(set_aside(state)) == 1


def test_data_that_a_server_works_on_are_left_alone(state: State) -> None:
    entered(state)
    file = written(state, "of others")
    forgotten(state)
    server = subprocess.Popen(["sleep", "60"], cwd=file.parent)
    try:
        with pytest.raises(Trouble, match="Stop the portal that uses them"):
            entered(state)
    finally:
        server.kill()
        server.wait()
    assert (file.read_text(), set_aside(state)) == ("of others", [])
    entered(state)
    assert len(set_aside(state)) == 1
