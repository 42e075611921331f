import os
import socket

import pytest
from portal import places
from portal.places import State, private
from portal.say import Trouble
from portal.surroundings import own_secrets


def test_a_socket_fits_however_long_the_state_s_path_is():
    state = State(places.ROOT / ("a-long-folder-name/" * 20))
    folder = state.sockets()
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(folder / ".s.PGSQL.5432"))
    finally:
        for left in folder.iterdir():
            left.unlink()
        folder.rmdir()


def test_two_states_have_two_places_for_sockets(tmp_path):
    assert State(tmp_path / "a").digest != State(tmp_path / "b").digest


def test_a_folder_open_to_others_is_refused(tmp_path):
    folder = private(tmp_path / "mine")
    assert private(folder) == folder
    folder.chmod(0o755)
    with pytest.raises(Trouble, match="open to others"):
        private(folder)


def test_a_link_to_somewhere_else_is_refused(tmp_path):
    target = private(tmp_path / "target")
    (tmp_path / "link").symlink_to(target)
    with pytest.raises(Trouble, match="remove it"):
        private(tmp_path / "link")


def test_a_state_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Trouble, match=r"cannot be made .* choose another"):
        places.state_at(tmp_path / "file" / "state")


def test_secrets_are_made_once_for_their_owner_alone(tmp_path):
    state = State(tmp_path)
    first = own_secrets(state)
    assert sorted(first) == ["PORTAL_INDEX_KEY", "PORTAL_KEYS", "PORTAL_MARK", "SECRET_KEY"]
    assert state.secrets.stat().st_mode & 0o777 == 0o600
    assert own_secrets(state) == first
    assert os.path.realpath(state.secrets) == str(tmp_path / "secrets.env")


def test_a_secret_that_a_newer_portal_needs_is_added(tmp_path):
    state = State(tmp_path)
    state.secrets.write_text("SECRET_KEY=as it was\n")
    assert own_secrets(state)["SECRET_KEY"] == "as it was"
    assert len(own_secrets(state)["PORTAL_INDEX_KEY"]) == 64


def test_two_states_have_different_secrets(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, other = own_secrets(State(tmp_path / "a")), own_secrets(State(tmp_path / "b"))
    assert not set(one.values()) & set(other.values())
