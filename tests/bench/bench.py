"""Datashare beside azcopy and rclone: one table per server. `./dev bench --help` says what can be chosen.

Every run starts a server of its own, and each tool uploads, uploads again with nothing changed, downloads, and copies from
account to account, one after the other; which one begins changes from run to run. Of a small file the store always states an
MD5, of a large one only where whoever sent it gave one, so a large file is downloaded in both ways. What arrived is counted, and in the
first run compared byte by byte. Shown are medians.
"""

import argparse
import filecmp
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path

import keyring
import measure
import table
from servers import SERVERS
from tools import Azcopy, Datashare, Rclone, programs

KIB, MIB, GIB = 1024, 1024**2, 1024**3
#: Files and bytes of each.
ROWS = {"1x1GiB": (1, GIB), "512x1MiB": (512, MIB), "5000x16KiB": (5000, 16 * KIB)}
DIRECTIONS = ("up", "again", "down", "hashed", "across")
#: Up to here a file comes to the store in one request, and the store computes its MD5 by itself.
IN_ONE_REQUEST = 8 * MIB
TOOLS = (Datashare, Azcopy, Rclone)
PLANNED = (100_000, 1_000_000)
#: The files of all rows, and of two that are being received, beside what a server holds.
ROOM_IN_MEMORY = 10 * GIB


class Bench:
    def __init__(self, chosen, stack):
        self.chosen = chosen

        def folder(place):
            made = tempfile.TemporaryDirectory(prefix="datashare-bench-", dir=place)
            return Path(stack.enter_context(made))

        self.in_memory = chosen.folder is None and room_in_memory() > ROOM_IN_MEMORY
        self.disk = folder(chosen.folder)
        self.work = folder("/dev/shm") if self.in_memory else self.disk
        self.programs = programs(chosen.target, chosen.python)
        #: (server, row, direction, tool) -> costs, or the words of its failure
        self.costs = defaultdict(list)
        self.failures = {}
        self.versions = {}

    def sources(self, row):
        """The files of a row, as random as photographs, in folders of a hundred."""
        folder = self.work / f"source-{row}"
        if not folder.exists():
            files, size = ROWS[row]
            for number in range(files):
                file = folder / f"{number // 100:02}" / f"{number:05}.bin"
                file.parent.mkdir(parents=True, exist_ok=True)
                with open(file, "wb") as output:
                    for start in range(0, size, MIB):
                        output.write(os.urandom(min(MIB, size - start)))
            # What is still to be written to the disk would be written while the tools are measured.
            subprocess.run(["sync", "-f", folder], check=True)
        return folder

    def measure(self, server, row):
        self.sources(row)
        for run in range(self.chosen.runs):
            with SERVERS[server](self.programs) as address:
                home = Path(tempfile.mkdtemp(dir=self.work))
                every = [tool(self.programs[tool], home / tool.name, address) for tool in TOOLS]
                tools = [tool for tool in every if tool.name in self.chosen.tools]
                for tool in tools:
                    tool.prepare(self.work)
                    self.versions[tool.name] = self.versions.get(tool.name) or tool.version()
                scene = Scene(self, server, row, every[-1], home, run == 0)
                scene.seed()
                turn = run % len(tools)
                for tool in tools[turn:] + tools[:turn]:
                    scene.all_directions(tool)
                shutil.rmtree(home)

    def plans(self):
        """Time and memory of planning so many objects, by count."""
        found = {}
        for count in PLANNED:
            command = [self.programs["plan"], str(count)]
            costs = [measure.run(command, os.environ, self.work / "log") for _ in range(self.chosen.runs)]
            found[count] = measure.medians(costs)
        return found


class Scene:
    """One run of one row: a server, and the files that go there and come back."""

    def __init__(self, bench, server, row, rclone, home, compare):
        self.bench, self.server, self.row = bench, server, row
        self.rclone, self.home, self.compare = rclone, home, compare
        self.source = bench.sources(row)

    def seed(self):
        """What is downloaded and copied is the same for all: put there by one of them."""
        log = self.home / "seed.log"
        wanted = set(self.bench.chosen.directions)
        if {"down", "across"} & wanted:
            measure.run(self.rclone.up(self.source, "source", "--azureblob-disable-checksum"), self.rclone.environment(), log)
        if "hashed" in wanted & set(self.directions()):
            measure.run(self.rclone.up(self.source, "hashed"), self.rclone.environment(), log)
        if self.server == "azurite" and "down" in wanted:
            self.warm_up(log)

    def warm_up(self, log):
        """Azurite's engine translates what runs often: who reads first would wait for that."""
        folder = self.bench.work / "warm-up"
        measure.run(self.rclone.down("source", folder), self.rclone.environment(), log)
        shutil.rmtree(folder)

    def directions(self):
        small = ROWS[self.row][1] <= IN_ONE_REQUEST
        return [direction for direction in self.bench.chosen.directions if not (small and direction == "hashed")]

    def all_directions(self, tool):
        files, size = ROWS[self.row]
        whole, mine = (files, files * size), f"to-{tool.name}"
        for account in ("prov", "cons"):
            self.rclone.ask("mkdir", f"{account}:{mine}")
        received, hashed = (self.bench.work / f"{which}-{tool.name}" for which in ("received", "hashed"))
        received.mkdir()
        hashed.mkdir()
        steps = {
            "up": (tool.up(self.source, mine), lambda: self.rclone.holds("prov", mine) == whole),
            "again": (tool.again(self.source, mine), lambda: True),
            "down": (tool.down("source", received), lambda: self.arrived(received)),
            "hashed": (tool.down("hashed", hashed), lambda: self.arrived(hashed)),
            "across": (tool.across("source", mine), lambda: self.rclone.holds("cons", mine) == whole),
        }
        for direction in self.directions():
            self.step(tool, direction, *steps[direction])
            for folder in (received, hashed):
                shutil.rmtree(folder)
                folder.mkdir()
        received.rmdir()
        hashed.rmdir()
        for account in ("prov", "cons"):
            self.rclone.remove(account, mine)

    def step(self, tool, direction, command, is_whole):
        place = (self.server, self.row, direction, tool.name)
        if place in self.bench.failures:
            return
        files, size = ROWS[self.row]
        measure.take_memory(2 * files * size + 512 * MIB)
        try:
            cost = measure.run(command, tool.environment(), self.home / "log")
            if not is_whole():
                raise measure.Failed(f"{tool.name} said that all is well, but not everything arrived")
            self.bench.costs[place].append(cost)
            print(f"  {' '.join(place):<44} {cost.seconds:7.2f} s", file=sys.stderr, flush=True)
        except measure.Failed as failure:
            self.bench.failures[place] = str(failure)
            print(f"  {' '.join(place):<44} FAILED\n{failure}", file=sys.stderr, flush=True)

    def arrived(self, received):
        files = [file.relative_to(self.source) for file in self.source.rglob("*.bin")]
        if not self.compare:
            size = ROWS[self.row][1]
            return all((received / file).is_file() and (received / file).stat().st_size == size for file in files)
        _, different, unread = filecmp.cmpfiles(self.source, received, files, shallow=False)
        return not different and not unread


def main():
    chosen = arguments()
    keyring.in_session_of_its_own()
    with ExitStack() as stack:
        bench = Bench(chosen, stack)
        arriving = max(measure.loopback_rate(bench.work) for _ in range(3))
        limits = {"loopback": measure.loopback_rate(), "arriving": arriving, "disk": measure.disk_rate(bench.disk), "md5": measure.md5_rate()}
        for server in chosen.servers:
            for row in chosen.rows:
                bench.measure(server, row)
        plans = bench.plans() if chosen.plan else {}
    text = table.text(bench, limits, plans)
    print(text)
    if chosen.out:
        Path(chosen.out).write_text(json.dumps(table.facts(bench, limits, plans), indent=1) + "\n")
    # That another tool cannot do something on a server is a result.
    return 1 if any(place[3] == Datashare.name for place in bench.failures) else 0


def room_in_memory():
    """Bytes that files may take where no disk is waited for."""
    if not Path("/dev/shm").is_dir():
        return 0
    available = re.search(r"MemAvailable: *(\d+) kB", Path("/proc/meminfo").read_text())
    return min(shutil.disk_usage("/dev/shm").free, int(available[1]) * KIB if available else 0)


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__.split("\n")[0])
    choice = {"nargs": "+", "metavar": "NAME"}
    parser.add_argument("--runs", type=int, default=3, help="how often each is measured; medians are shown")
    for name, every, what in [
        ("rows", list(ROWS), "what is moved"),
        ("servers", list(SERVERS), "where it is moved to and from"),
        ("directions", list(DIRECTIONS), "which way"),
        ("tools", [tool.name for tool in TOOLS], "who moves it"),
    ]:
        parser.add_argument(f"--{name}", choices=every, default=every, help=f"{what}: {', '.join(every)}", **choice)
    parser.add_argument("--no-plan", dest="plan", action="store_false", help="leave out the plan of many objects")
    parser.add_argument("--folder", help="where the files of the bench are; by default in memory where there is room, else a temporary one")
    parser.add_argument("--out", help="write the numbers here, as JSON")
    parser.add_argument("--target", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--python", required=True, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
