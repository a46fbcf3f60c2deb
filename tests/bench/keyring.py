"""A session of the bench's own with an unlocked keyring in it, so that nobody's keyring is touched.

Secrets are where they are by default. In a passphrase file every start of the program would first take the 64 MiB and the
tenth of a second that make guessing passphrases dear.
"""

import os
import subprocess
import sys
import tempfile

MARK = "DATASHARE_BENCH_SESSION"


def in_session_of_its_own():
    """Starts this program again in such a session, unless it is in one. Comes back only there."""
    if MARK in os.environ:
        subprocess.run(
            ["gnome-keyring-daemon", "--unlock", "--components=secrets"],
            input=b"of the bench alone",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        return
    with tempfile.TemporaryDirectory(prefix="datashare-bench-session-") as place:
        folders = ("HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")
        environment = os.environ | dict.fromkeys(folders, place) | {MARK: "1"}
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"):
            environment.pop(name, None)
        command = ["dbus-run-session", "--", sys.executable, *sys.argv]
        sys.exit(subprocess.run(command, env=environment).returncode)
