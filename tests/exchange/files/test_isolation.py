"""The reading process: nothing it does or suffers reaches beyond one refusal."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from exchange.files import FileRefused, Limits, read_blocks, reading
from tests.exchange.files import books

ROOT = Path(__file__).parents[3]
BLOCK = (
    b'{"sheet": "s", "sheet_number": 1, "first_line": 1, "height": 1, "width": 1, "merges": [],'
    b' "hidden": false, "hidden_lines": [], "cleaned": [], "results": [], %s}\n'
)


def frame(rows, columns, length, body):
    return BLOCK % (b'"rows": %d, "columns": %d, "bytes": %d' % (rows, columns, length)) + body


def write(data):
    return f"out.write({data!r}); "


END = b'{"end": true}\n'
GOOD = frame(1, 1, 1, b"x")
CONFINED = (
    f"import os, sys; sys.path.insert(0, {str(ROOT)!r}); from exchange.files.child import confine;"
    "from exchange.files import Limits; confine(Limits(cpu_seconds=1), os.getppid());"
)


@pytest.fixture
def roster(tmp_path):
    path = tmp_path / "sent"
    path.write_bytes(books.workbook(*books.ROSTER))
    return path


@pytest.fixture
def started(monkeypatch):
    """The processes that were started."""
    processes = []

    class Recorded(subprocess.Popen):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            processes.append(self)

    monkeypatch.setattr(subprocess, "Popen", Recorded)
    return processes


@pytest.fixture
def child(tmp_path, monkeypatch):
    """Put a script in the reading process's place."""

    def child(script):
        path = tmp_path / "child.py"
        path.write_text(f"import os, sys, time\nout = sys.stdout.buffer\n{script}\n")
        monkeypatch.setattr(reading, "_CHILD", path)

    return child


def refused(path, **options):
    with pytest.raises(FileRefused) as error:
        list(read_blocks(path, name="名册.xlsx", **options))
    return error.value.code


def is_gone(pid):
    for _ in range(200):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    "script",
    [
        "sys.exit(0)",
        "sys.exit(3)",
        "os.abort()",
        "os.kill(os.getpid(), 9)",
        "raise MemoryError",
        write(GOOD),
        write(GOOD) + "out.flush(); os.abort()",
        write(b"junk\n"),
        write(b"[]\n"),
        write(b"7\n"),
        write(b"{}\n"),
        write(b'{"refused": "nonsense", "facts": {}}\n'),
        write(b'{"failed": "PanicException"}\n'),
        "out.write(b'x' * 1000)",
        write(frame(1, 1, 900, b"x")),
        write(frame(1, 1, 999999999, b"x") + END),
        write(frame(1, 1, -1, b"x") + END),
        write(frame(2, 1, 1, b"x") + END),
        write(frame(1, 2, 1, b"x") + END),
        write(frame(1, 1, 1, b"\0") + END),
        write(frame(1, 1, 1, b"\xff") + END),
        "time.sleep(60)",
        write(GOOD) + "out.flush(); time.sleep(60)",
    ],
)
def test_whatever_befalls_the_child_is_one_refusal(child, started, roster, script):
    child(script)
    assert refused(roster, limits=Limits(wall_seconds=1)) == "unreadable"
    assert [process.returncode is None for process in started] == [False]


def test_blocks_arrive_while_the_child_still_reads(child, started, roster):
    child(write(GOOD) + "out.flush(); time.sleep(60)")
    blocks = read_blocks(roster, name="名册.xlsx")
    assert next(blocks).columns == [["x"]]
    assert started[0].poll() is None
    blocks.close()
    assert started[0].returncode == -signal.SIGKILL


def test_a_whole_stream_is_read(child, roster):
    child(write(GOOD + frame(2, 1, 4, b"a\x1fbc") + END))
    blocks = read_blocks(roster, name="名册.xlsx")
    assert [block.columns for block in blocks] == [[["x"]], [["a", "bc"]]]


def test_the_child_ends_with_a_whole_reading(started, roster):
    assert len(list(read_blocks(roster, name="名册.xlsx"))) == 1
    assert [process.returncode is None for process in started] == [False]


def test_the_child_knows_nothing_of_its_surroundings(child, monkeypatch, roster):
    monkeypatch.setenv("SECRET_KEY", "planted")
    head = BLOCK.decode() % '"rows": 1, "columns": 1, "bytes": %d'
    child(
        "seen = ' '.join([*os.environ, *map(str, os.listdir('/proc/self/fd')),"
        " str(os.getsid(0) == os.getpid()), str(sys.flags.isolated)]).encode()\n"
        f"out.write(({head!r} % len(seen)).encode() + seen + b'{{\"end\": true}}\\n')"
    )
    (block,) = read_blocks(roster, name="名册.xlsx")
    assert set(block.columns[0][0].split()) - {"LC_CTYPE", "0", "1", "2", "3"} == {"True"}


def test_too_little_memory_is_a_refusal(tmp_path):
    (tmp_path / "sent").write_text("姓名,村\n" * 150_000)
    with pytest.raises(FileRefused) as error:
        list(read_blocks(tmp_path / "sent", name="名册.csv", limits=Limits(memory=1 << 20)))
    assert error.value.code == "unreadable"


@pytest.mark.parametrize(
    ("act", "ending"),
    [
        ("while True: pass", -signal.SIGKILL),
        ("bytearray(2 << 30)", 1),
        ("os.write(os.open(os.devnull, os.O_WRONLY), b'x')", 0),
        ("import tempfile; os.write(tempfile.TemporaryFile().fileno(), b'x')", 1),
        ("import resource; sys.exit(max(resource.getrlimit(resource.RLIMIT_CORE)))", 0),
    ],
)
def test_limits_of_the_child(act, ending):
    command = [sys.executable, "-c", f"{CONFINED}\n{act}"]
    ended = subprocess.run(command, stderr=subprocess.DEVNULL, check=False)
    assert ended.returncode == ending


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_the_child_dies_with_its_parent():
    child = f"{CONFINED} print('ready', flush=True); import time; time.sleep(60)"
    parent = (
        "import subprocess, sys, time;"
        f"child = subprocess.Popen([sys.executable, '-c', {child!r}], stdout=subprocess.PIPE);"
        "child.stdout.readline(); print(child.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE) as process:
        pid = int(process.stdout.readline())
        process.kill()
    assert is_gone(pid)


def test_a_child_that_comes_too_late_stops():
    code = f"{CONFINED.replace('os.getppid()', '1 << 30')} print('went on')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (1, b"")


def test_a_missing_file_is_no_refusal(tmp_path):
    with pytest.raises(FileNotFoundError):
        list(read_blocks(tmp_path / "gone", name="名册.xlsx"))


def test_the_path_may_be_of_any_kind(monkeypatch, roster):
    monkeypatch.chdir(roster.parent)
    odd = Path(os.fsdecode(b"\xff \n.bin"))
    roster.rename(odd)
    (block,) = read_blocks(odd, name="名册.xlsx")
    assert block.height == 2
