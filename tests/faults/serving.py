"""What a forked process does to become a worker; imports nothing before it is forked."""

import importlib
import os


def serve() -> None:
    os.setsid()
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    app = importlib.import_module("tests.faults.stopping").app
    app.worker_main(["worker", "-c", "1", "-l", "ERROR", "--without-mingle", "--without-gossip"])
