"""A soak: a provider and a recipient over Azurite. Two agents share the provider's workspace; an agent and the window share the
recipient's, which follows a schedule of every minute. All the time the provider publishes, and every so often one of the four
processes is killed. At the end no record is lost, none is there twice, every minute was dealt with once, and the target is
what the source is.

Usage: xvfb-run dbus-run-session soak.py PROGRAM [--minutes N]. PROGRAM is the window, which is also the command line. Counts
what held. SOAK_SEED repeats the same order of kills.
"""

import argparse
import base64
import collections
import datetime
import filecmp
import http.server
import json
import os
import pathlib
import queue
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import traceback

AZURITE = pathlib.Path(__file__).resolve().parent.parent / "azurite"
#: Until all of it is quiet again: two minutes of the schedule, and the looks of the provider.
SETTLES = 240
EVERY_MINUTE = ["--every", "cron:* * * * *", "--time-zone", "UTC"]


class Azurite:
    """The blob server; it ends with its standard input."""

    def __enter__(self):
        self.keys = {name: base64.b64encode(os.urandom(64)).decode() for name in ("prov", "cons")}
        accounts = ";".join(f"{name}:{key}" for name, key in self.keys.items())
        options = ["--inMemoryPersistence", "--disableTelemetry", "--silent", "--blobPort", "0"]
        self.process = subprocess.Popen(
            ["node", "launch.cjs", *options],
            cwd=AZURITE,
            env=os.environ | {"AZURITE_ACCOUNTS": accounts},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for line in self.process.stdout:
            if "successfully listens on " in line:
                self.address = line.split("successfully listens on ")[1].strip()
                return self
        raise RuntimeError("Azurite did not start")

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=30)


class Receiver:
    """Takes every post."""

    def __enter__(self):
        self.posts = posts = queue.Queue()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                posts.put(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Party:
    def __init__(self, program, home, person):
        home.mkdir()
        (home / "passphrase").write_text("a passphrase for the soak")
        self.program, self.home = program, home
        self.environment = os.environ | {
            "DATASHARE_HOME": str(home / "workspace"),
            "DATASHARE_VAULT": "file",
            "DATASHARE_VAULT_PASSPHRASE_FILE": str(home / "passphrase"),
            # What else a window writes.
            "HOME": str(home),
            **{f"XDG_{name}_HOME": str(home / name.lower()) for name in ("DATA", "CONFIG", "CACHE")},
            "GDK_BACKEND": "x11",
            "NO_AT_BRIDGE": "1",
            "GTK_A11Y": "none",
        }
        email = f"{person}@contoso.example"
        self.run("workspace", "init", "--name", person, "--organisation", "Contoso", "--email", email)

    def start(self, *arguments):
        quiet = dict(stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return subprocess.Popen([self.program, *arguments], env=self.environment, **quiet)

    def agent(self):
        return self.start("agent", "run")

    def window(self):
        return self.start("--home", self.environment["DATASHARE_HOME"])

    def rows(self, query):
        database = sqlite3.connect(f"{self.environment['DATASHARE_HOME']}/workspace.db", timeout=30)
        try:
            database.execute("PRAGMA query_only = on")
            return database.execute(query).fetchall()
        finally:
            database.close()

    def call(self, *arguments, read=""):
        return subprocess.run(
            [self.program, "--json", *arguments], env=self.environment, input=read, capture_output=True, text=True, timeout=300
        )

    def run(self, *arguments, read=""):
        done = self.call(*arguments, read=read)
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else None

    def connects(self, azurite, name, account):
        place = ["--account", account, "--endpoint", f"{azurite.address}/{account}"]
        self.run("connection", "add", name, "--kind", "azure-blob", *place, "--key-stdin", read=azurite.keys[account])


class Ticks:
    """Everything that was ever written down of the newest tick, seen by looking all the time."""

    SEEN = "SELECT tick, attempt, state, snapshot_id, passed FROM ticks WHERE owner LIKE 'received:%'"

    def __init__(self, party):
        self.party, self.seen, self.leaders, self.stop = party, set(), set(), threading.Event()
        self.thread = threading.Thread(target=self.look, daemon=True)
        self.thread.start()

    def look(self):
        report = pathlib.Path(self.party.environment["DATASHARE_HOME"]) / "agent.json"
        while not self.stop.wait(0.2):
            self.seen.update(self.party.rows(self.SEEN))
            if report.exists():
                self.leaders.add(json.loads(report.read_text())["kind"])

    def end(self):
        self.stop.set()
        self.thread.join()

    def dealt(self):
        """The minutes that were dealt with, however."""
        return {moment(time) for tick, _, _, _, passed in self.seen for time in (tick, passed) if time}

    def runs(self):
        """The runs of each attempt at a tick."""
        found = collections.defaultdict(set)
        for tick, attempt, _, snapshot, _ in self.seen:
            # Until a second attempt starts its run, the row names that of the first.
            if snapshot:
                found[moment(tick)].add(snapshot)
        return found


def moment(time):
    return datetime.datetime.fromisoformat(time.replace("Z", "+00:00"))


class Soak:
    def __init__(self, program, directory, azurite, receiver, pause):
        self.ana, self.ben = Party(program, directory / "ana", "ana"), Party(program, directory / "ben", "ben")
        self.source, self.received = directory / "source", directory / "received"
        self.source.mkdir()
        self.received.mkdir()
        self.pause, self.processes = pause, {}
        self.kills, self.publications, self.files, self.ends = collections.Counter(), 0, 0, []
        self.receiver, self.events = receiver, collections.defaultdict(set)
        self.prepare(azurite)

    def prepare(self, azurite):
        ana, ben = self.ana, self.ben
        ana.connects(azurite, "store", "prov")
        ben.connects(azurite, "lake", "cons")
        ana.run("connection", "add", "source", "--kind", "folder", "--path", str(self.source))
        ben.run("connection", "add", "here", "--kind", "folder", "--path", str(self.received))
        self.write()
        ana.run("share", "create", "sales", "--exchange", "store")
        ana.run("dataset", "add", "sales", "--connection", "source", "--path", "", "--as", "pos")
        hook = f"http://127.0.0.1:{self.receiver.server.server_port}/"
        ana.run("notification", "target", "set", "soak", "--kind", "webhook", read=hook)
        ana.run("notification", "set", "recipient-snapshot-succeeded", "recipient-snapshot-failed", "--on", "webhook")
        ana.run("schedule", "set", "sales", *EVERY_MINUTE)
        for name in self.starts():
            self.processes[name] = self.starts()[name]()
        file = str(ana.home / "ben.datashare")
        ana.run("invite", "sales", "--email", "ben@contoso.example", "--out", file)
        ben.run("invitation", "accept", file, "--as", "sales")
        ben.run("mapping", "set", "sales", "pos", "--connection", "lake", "--path", "received/pos")
        ben.run("trigger", "enable", "sales")
        self.enabled = datetime.datetime.now(datetime.UTC)
        self.ticks = Ticks(ben)

    def starts(self):
        return {"ana 1": self.ana.agent, "ana 2": self.ana.agent, "ben's agent": self.ben.agent, "ben's window": self.ben.window}

    def write(self):
        """A new file, or other contents of one that is there."""
        if self.files == 0 or random.random() < 0.7:
            self.files += 1
            number = self.files
        else:
            number = random.randint(1, self.files)
        (self.source / f"{number:05}.csv").write_text(f"{time.time_ns()}\n" * random.randint(1, 10_000))

    def kill(self):
        name = random.choice(list(self.processes))
        self.processes[name].kill()
        self.processes[name].wait()
        # As whoever looks after services waits: meanwhile the other one takes over.
        time.sleep(random.uniform(0, 3))
        self.processes[name] = self.starts()[name]()
        self.kills[name] += 1
        self.ends.append((datetime.datetime.now(datetime.UTC), name))

    def by_hand(self):
        """A full snapshot beside the schedule's, killed half of the time."""
        run = self.ben.start("snapshot", "start", "sales", "--mode", "full")
        if random.random() < 0.5:
            time.sleep(random.uniform(0.1, 3))
            run.kill()
            self.kills["snapshot by hand"] += 1
        run.wait(timeout=300)

    def publish(self):
        self.write()
        done = self.ana.call("publish", "sales")
        assert done.returncode == 0, done.stderr
        self.publications += 1

    def go_on(self, seconds):
        end = time.monotonic() + seconds
        kill_at = time.monotonic() + random.uniform(*self.pause)
        while time.monotonic() < end:
            self.publish()
            if random.random() < 0.1:
                self.by_hand()
            if time.monotonic() >= kill_at:
                self.kill()
                kill_at = time.monotonic() + random.uniform(*self.pause)
            time.sleep(random.uniform(0, 2))

    def settle(self):
        """Until the schedule has brought what was published last, and the provider has read and told of everything."""
        self.ended = datetime.datetime.now(datetime.UTC)
        wait(self.has_brought_all)
        self.ben.run("trigger", "disable", "sales")
        wait(self.has_told_all)
        self.ticks.end()
        self.processes.pop("ben's window").kill()
        for name, agent in self.processes.items():
            agent.terminate()
            assert agent.wait(timeout=120) == 0, f"{name} did not end well"

    def has_brought_all(self):
        newest = max(self.scheduled(), key=lambda run: run["started_at"], default=None)
        return newest and newest["status"] == "Succeeded" and moment(newest["started_at"]) > self.ended

    def has_told_all(self):
        self.hear()
        known = {run["snapshot_id"] for run in self.ana.run("history", "sales") if run["ended_at"]}
        ended = {run["snapshot_id"] for run in self.runs() if run["ended_at"]}
        return ended <= known and self.wanted() <= set(self.events)

    def runs(self):
        return self.ben.run("history", "sales")

    def scheduled(self):
        """By hand all of them are full."""
        return [run for run in self.runs() if run["mode"] == "incremental"]

    def reported(self):
        return sorted((run["snapshot_id"], run["status"]) for run in self.ana.run("history", "sales") if run["ended_at"])

    def no_record_is_lost_or_changed(self):
        for party in (self.ana, self.ben):
            report = party.call("audit", "sales", "--verify")
            assert report.returncode == 0 and json.loads(report.stdout)["findings"] == [], report.stdout
        query = "SELECT chain, sequence, sha256 FROM records WHERE chain LIKE 'mailbox:%' ORDER BY chain, sequence"
        ours, theirs = self.ana.rows(query), self.ben.rows(query)
        assert ours == theirs, set(ours) ^ set(theirs)
        assert len(ours) > len(self.scheduled()), ours

    def every_run_that_said_its_end_is_known_to_the_provider_once(self):
        reported = [id for id, _ in self.reported()]
        assert len(reported) == len(set(reported)) > 0, reported
        ended = {run["snapshot_id"] for run in self.runs() if run["ended_at"]}
        assert set(reported) == ended, set(reported) ^ ended

    def hear(self):
        """An event may come twice; then it has the same id."""
        while not self.receiver.posts.empty():
            event = self.receiver.posts.get()
            self.events[event["data"]["snapshot_id"]].add(event["id"])

    def wanted(self):
        return {snapshot for snapshot, status in self.reported() if status != "Cancelled"}

    def every_report_was_one_event(self):
        self.hear()
        assert all(len(ids) == 1 for ids in self.events.values()), self.events
        assert set(self.events) == self.wanted(), set(self.events) ^ self.wanted()

    def every_minute_was_dealt_with(self):
        first = self.enabled.replace(second=0, microsecond=0) + datetime.timedelta(minutes=1)
        minutes, dealt = [], self.ticks.dealt()
        while first <= self.ended:
            minutes.append(first)
            first += datetime.timedelta(minutes=1)
        assert minutes, "the soak was too short for its schedule"
        assert set(minutes) <= dealt, self.what_happened_at(sorted(set(minutes) - dealt))

    def what_happened_at(self, minutes):
        """Rows and ends of processes around the minutes, in the order of time."""
        near = lambda time: any(abs((time - minute).total_seconds()) <= 120 for minute in minutes)
        rows = [f"{row}" for row in sorted(self.ticks.seen, key=str) if near(moment(row[0]))]
        ends = [f"{time:%H:%M:%S} {name} killed" for time, name in self.ends if near(time)]
        runs = [
            f"{run['started_at']} to {run['ended_at']} {run['mode']} {run['status']}"
            for run in self.runs()
            if near(moment(run["started_at"]))
        ]
        return "\n".join([str(minutes), f"kills until {self.ended:%H:%M:%S}", *ends, *rows, *runs])

    def no_minute_ran_twice(self):
        runs, status = self.ticks.runs(), {run["snapshot_id"]: run["status"] for run in self.scheduled()}
        of_ticks = [snapshot for snapshots in runs.values() for snapshot in snapshots]
        assert len(of_ticks) == len(set(of_ticks)), "a run of two ticks"
        assert set(of_ticks) == set(status), set(of_ticks) ^ set(status)
        twice = {tick: ids for tick, ids in runs.items() if sum(status[id] == "Succeeded" for id in ids) > 1}
        assert not twice, twice

    def both_the_agent_and_the_window_did_the_work(self):
        assert self.ticks.leaders == {"agent", "window"}, self.ticks.leaders

    def the_target_is_what_the_source_is(self):
        self.ben.run("transfer", "lake/received/pos", "here/pos")
        names = sorted(file.name for file in self.source.iterdir())
        assert sorted(file.name for file in (self.received / "pos").iterdir()) == names
        same, other, failed = filecmp.cmpfiles(self.source, self.received / "pos", names, shallow=False)
        assert sorted(same) == names, (other, failed)

    def end(self):
        self.ticks.stop.set()
        for process in self.processes.values():
            process.kill()
            process.wait()


def wait(holds):
    """What does not hold in time is told by the checks."""
    end = time.monotonic() + SETTLES
    while time.monotonic() < end and not holds():
        time.sleep(1)


def main():
    parser = argparse.ArgumentParser(description="Processes are killed at random, and nothing is lost or done twice.")
    parser.add_argument("program")
    parser.add_argument("--minutes", type=float, default=10)
    chosen = parser.parse_args()
    # A short one has as much to survive.
    pause = (10, 30) if chosen.minutes >= 5 else (4, 10)
    seed = int(os.environ.get("SOAK_SEED", time.time()))
    random.seed(seed)
    failed, checks = 0, []
    with tempfile.TemporaryDirectory() as directory, Azurite() as azurite, Receiver() as receiver:
        soak = Soak(chosen.program, pathlib.Path(directory), azurite, receiver, pause)
        try:
            soak.go_on(60 * chosen.minutes)
            soak.settle()
            checks = [
                soak.no_record_is_lost_or_changed,
                soak.every_run_that_said_its_end_is_known_to_the_provider_once,
                soak.every_report_was_one_event,
                soak.every_minute_was_dealt_with,
                soak.no_minute_ran_twice,
                soak.the_target_is_what_the_source_is,
            ]
            if chosen.minutes >= 5:
                checks.append(soak.both_the_agent_and_the_window_did_the_work)
            for check in checks:
                try:
                    check()
                    print(f"ok      {check.__name__}")
                except Exception:
                    failed += 1
                    print(f"FAILED  {check.__name__}\n{traceback.format_exc()}")
        except Exception:
            failed += 1
            print(f"FAILED  the soak itself\n{traceback.format_exc()}")
        finally:
            soak.end()
    ticks, runs = len(soak.ticks.dealt()), soak.ticks.runs()
    print(f"seed {seed}; killed: {dict(soak.kills)}; {soak.publications} publications of {soak.files} files;")
    print(f"{ticks} minutes dealt with, by {sum(map(len, runs.values()))} runs; led: {sorted(soak.ticks.leaders)}")
    print(f"{len(checks) - failed if checks else 0} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
