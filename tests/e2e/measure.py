"""How long the window takes to show something, and what it costs while nobody does anything.

Usage: xvfb-run dbus-run-session python measure.py PROGRAM [RUNS], with the packages of requirements.txt and a release build.
The first run is not counted: it reads the program from the disk. The workspace is there already, with its secrets in a
file, whose passphrase takes the tenth of a second that a keyring does not.
"""

import collections
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from Xlib import X, display
from Xlib.error import BadDrawable, BadMatch, BadWindow

PATIENCE = 60
IDLE_AFTER = 30
# A window that is all of one colour shows nothing yet; text and lines are this much of it at least.
DRAWN = 0.005
#: Pixels.
TOP = 300


def content(root):
    """Whether a window shows something."""
    for window in root.query_tree().children:
        try:
            if window.get_attributes().map_state == X.IsViewable and window.get_wm_protocols():
                return shows_something(window)
        except (BadDrawable, BadMatch, BadWindow):
            # Gone since it was listed.
            continue
    return False


def shows_something(window):
    """Looks at the top of it, where a page begins, and at few points: looking must not take the time that is measured."""
    at = window.get_geometry()
    pixels = memoryview(window.get_image(0, 0, at.width, min(at.height, TOP), X.ZPixmap, 0xFFFFFFFF).data).cast("I")
    sample = pixels[::31].tolist()
    usual = collections.Counter(sample).most_common(1)[0][0]
    return sum(pixel != usual for pixel in sample) > DRAWN * len(sample)


def family(process):
    """The process and all below it."""
    parents = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found, waiting = [], [process]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += [child for child, parent in parents.items() if parent == one]
    return found


def memory(processes):
    """MiB, what is shared counted once (PSS), by the name of the process."""
    sizes = {}
    for process in processes:
        rollup = pathlib.Path(f"/proc/{process}/smaps_rollup").read_text()
        kilobytes = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        name = pathlib.Path(f"/proc/{process}/comm").read_text().strip()
        sizes[name] = sizes.get(name, 0) + kilobytes / 1024
    return sizes


def run(program, home, root, stay):
    """Seconds to the first content, and the memory when at rest (nothing when not asked for)."""
    started = time.monotonic()
    process = subprocess.Popen([program, "--home", home], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not content(root):
            assert process.poll() is None, "the program ended"
            assert time.monotonic() - started < PATIENCE, "nothing was shown"
            time.sleep(0.02)
        seconds = time.monotonic() - started
        if stay:
            time.sleep(IDLE_AFTER)
        return seconds, memory(family(process.pid)) if stay else {}
    finally:
        process.terminate()
        process.wait()


def make_workspace(program, home):
    who = ["--name", "Ana", "--organisation", "Contoso", "--email", "ana@contoso.example"]
    subprocess.run([program, "--home", home, "workspace", "init", *who], check=True, stdout=subprocess.DEVNULL)


def main():
    program, runs = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5
    root = display.Display().screen().root
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"HOME": folder, "XDG_RUNTIME_DIR": folder, "GDK_BACKEND": "x11", "NO_AT_BRIDGE": "1"}
        home, passphrase = str(pathlib.Path(folder) / "workspace"), pathlib.Path(folder) / "passphrase"
        passphrase.write_text("harbour violin maple comet")
        os.environ |= {"DATASHARE_VAULT": "file", "DATASHARE_VAULT_PASSPHRASE_FILE": str(passphrase)}
        make_workspace(program, home)
        run(program, home, root, False)
        times = [run(program, home, root, False)[0] for _ in range(runs)]
        _, sizes = run(program, home, root, True)
    print(f"first content: {statistics.median(times):.2f} s (median of {runs}; {min(times):.2f} to {max(times):.2f})")
    shares = ", ".join(f"{name} {size:.0f}" for name, size in sorted(sizes.items()))
    print(f"memory at rest: {sum(sizes.values()):.0f} MiB ({shares})")


main()
