"""What bin/setup, bin/demo, bin/manage and bin/test share. Standard library only.

This file alone must also be understood by an older Python, which it sends away.
"""

import os
import shutil
import sys

NEWER = ["python3.14", "python3.13", "python3.12", "python3.11"]


def require_python():
    """Go on with Python 3.11 or later: this one, or another one on the machine."""
    if sys.platform == "win32":
        sys.exit("The portal runs on Linux and macOS; on Windows use WSL (wsl --install).")
    if sys.version_info >= (3, 11):
        return
    for name in NEWER:
        path = shutil.which(name)
        if path:
            os.execv(path, [path] + sys.argv)
    sys.exit(
        "Python 3.11 or later is needed, but this is %s. Install a newer one."
        % sys.version.split()[0]
    )
