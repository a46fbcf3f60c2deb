"""The blob servers of the bench. Each is a process of its own and ends when its standard input closes."""

import base64
import os
import shutil
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path

HERE = Path(__file__).parent
ACCOUNTS = ("prov", "cons")
#: The same for both accounts; of this run of a server on this machine.
KEY = base64.b64encode(os.urandom(64)).decode()

#: Of each direction: milliseconds and Mbit/s. What makes it is found out at the first use.
LINK = {"delay": 20, "rate": 500, "by": ""}
HOST, GUEST = "10.213.77.1", "10.213.77.2"


class NotPermitted(Exception):
    """This machine does not allow it."""


@contextmanager
def memory(programs):
    with process([programs["blob-server"]], "listening on ") as address:
        yield address


@contextmanager
def azurite(_):
    folder = HERE.parent / "azurite"
    options = ["--inMemoryPersistence", "--extentMemoryLimit", "8192", "--disableTelemetry", "--silent"]
    accounts = ";".join(f"{account}:{KEY}" for account in ACCOUNTS)
    command = ["node", "launch.cjs", *options, "--blobPort", "0"]
    with process(command, "successfully listens on ", folder, AZURITE_ACCOUNTS=accounts) as address:
        yield address


@contextmanager
def link(programs):
    """The server in memory, behind a link with a round trip of 40 ms and 500 Mbit/s each way."""
    with ExitStack() as stack:
        try:
            address = stack.enter_context(netem(programs))
            LINK["by"] = "netem in a network namespace"
        except NotPermitted as reason:
            if not LINK["by"]:
                print(f"A network namespace with netem: skipped, because {reason}", file=sys.stderr)
            shape = ["--delay", str(LINK["delay"]), "--rate", str(LINK["rate"] * 1_000_000 // 8)]
            address = stack.enter_context(process([programs["blob-server"], *shape], "listening on "))
            LINK["by"] = "a relay of our own, because this machine gives no netem"
        yield address


@contextmanager
def netem(programs):
    space = f"datashare-bench-{os.getpid()}"
    near, far = f"dsb{os.getpid()}"[:14] + "a", f"dsb{os.getpid()}"[:14] + "b"
    if os.geteuid() != 0 or not (shutil.which("ip") and shutil.which("tc")):
        raise NotPermitted("a network namespace needs root, ip and tc")
    inside = ["ip", "netns", "exec", space]
    shape = ["root", "netem", "delay", f"{LINK['delay']}ms", "rate", f"{LINK['rate']}mbit", "limit", "20000"]
    try:
        for step in [
            ["ip", "netns", "add", space],
            ["ip", "link", "add", near, "type", "veth", "peer", "name", far, "netns", space],
            ["ip", "address", "add", f"{HOST}/30", "dev", near],
            ["ip", "link", "set", near, "up"],
            [*inside, "ip", "address", "add", f"{GUEST}/30", "dev", far],
            [*inside, "ip", "link", "set", far, "up"],
            [*inside, "ip", "link", "set", "lo", "up"],
            ["tc", "qdisc", "add", "dev", near, *shape],
            [*inside, "tc", "qdisc", "add", "dev", far, *shape],
        ]:
            done = subprocess.run(step, capture_output=True, text=True)
            if done.returncode != 0:
                raise NotPermitted(f"{' '.join(step)}: {done.stderr.strip()}")
        command = [*inside, programs["blob-server"], "--address", GUEST]
        with process(command, "listening on ") as address:
            yield address
    finally:
        # Takes the pair of interfaces with it.
        subprocess.run(["ip", "netns", "delete", space], capture_output=True)


@contextmanager
def process(command, word, folder=None, **environment):
    server = subprocess.Popen(
        command,
        cwd=folder,
        env=os.environ | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        line = next((line for line in server.stdout if word in line), None)
        if line is None:
            raise RuntimeError(f"{command[0]} ended before it listened")
        yield line.split(word)[1].strip()
    finally:
        server.stdin.close()
        server.wait()
        server.stdout.close()


SERVERS = {"memory": memory, "azurite": azurite, "link": link}
