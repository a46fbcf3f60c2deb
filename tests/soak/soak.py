"""A soak: a provider and a recipient over Azurite, two agents of the provider's workspace and one of the recipient's, while
processes are killed at random. At the end no record is lost, none is there twice, and each snapshot was reported once.

Usage: soak.py PROGRAM [SECONDS]. Counts what held. PROGRAM is the command line.
"""

import base64
import collections
import http.server
import json
import os
import pathlib
import queue
import random
import subprocess
import sys
import tempfile
import threading
import time
import traceback

AZURITE = pathlib.Path(__file__).resolve().parent.parent / "azurite"
SETTLES = 120


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
        }
        email = f"{person}@contoso.example"
        self.run("workspace", "init", "--name", person, "--organisation", "Contoso", "--email", email)

    def start(self, *arguments):
        return subprocess.Popen(
            [self.program, "--json", *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

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


class Soak:
    def __init__(self, program, directory, azurite, receiver):
        self.ana, self.ben = Party(program, directory / "ana", "ana"), Party(program, directory / "ben", "ben")
        self.source = directory / "source"
        self.source.mkdir()
        self.kills, self.files = collections.Counter(), 0
        self.receiver, self.events = receiver, collections.defaultdict(set)
        self.prepare(azurite)

    def prepare(self, azurite):
        ana, ben = self.ana, self.ben
        ana.connects(azurite, "store", "prov")
        ben.connects(azurite, "lake", "cons")
        ana.run("connection", "add", "source", "--kind", "folder", "--path", str(self.source))
        self.write()
        ana.run("share", "create", "sales", "--exchange", "store")
        ana.run("dataset", "add", "sales", "--connection", "source", "--path", "", "--as", "pos")
        hook = f"http://127.0.0.1:{self.receiver.server.server_port}/"
        ana.run("notification", "target", "set", "soak", "--kind", "webhook", read=hook)
        ana.run("notification", "set", "recipient-snapshot-succeeded", "recipient-snapshot-failed", "--on", "webhook")
        self.agents = {name: party.start("agent", "run") for name, party in self.workers().items()}
        file = str(ana.home / "ben.datashare")
        ana.run("invite", "sales", "--email", "ben@contoso.example", "--out", file)
        ben.run("invitation", "accept", file, "--as", "sales")
        ben.run("mapping", "set", "sales", "pos", "--connection", "lake", "--path", "received/pos")

    def workers(self):
        return {"ana 1": self.ana, "ana 2": self.ana, "ben": self.ben}

    def write(self):
        self.files += 1
        (self.source / f"{self.files:05}.csv").write_text("1,2,3\n" * random.randint(1, 20_000))

    def kill(self, name):
        self.agents[name].kill()
        self.agents[name].wait()
        self.agents[name] = self.workers()[name].start("agent", "run")
        self.kills[name] += 1

    def snapshot(self):
        """A snapshot, killed half of the time."""
        run = self.ben.start("snapshot", "start", "sales", "--mode", random.choice(["full", "incremental"]))
        if random.random() < 0.5:
            time.sleep(random.uniform(0.1, 3))
            run.kill()
            self.kills["snapshot"] += 1
        run.wait(timeout=300)

    def publish(self):
        self.write()
        done = self.ana.call("publish", "sales")
        assert done.returncode == 0, done.stderr

    def go_on(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            step = random.choice([self.snapshot, self.publish, *(lambda name=name: self.kill(name) for name in self.agents)])
            step()

    def settle(self):
        """Until the provider has read everything that the recipient wrote, and has told it."""
        last = self.ben.run("snapshot", "start", "sales")["snapshot_id"]
        end = time.monotonic() + SETTLES
        while time.monotonic() < end:
            self.hear()
            if any(snapshot == last for snapshot, _ in self.reported()) and self.wanted() <= set(self.events):
                break
            time.sleep(1)
        # The leaders report, so everything that was begun has been noted.
        for name, agent in self.agents.items():
            agent.terminate()
            assert agent.wait(timeout=60) == 0, f"{name} did not end well"

    def told(self):
        """What the recipient says of its runs that ended."""
        runs = self.ben.run("history", "sales")
        return sorted((run["snapshot_id"], run["status"]) for run in runs if run["ended_at"])

    def reported(self):
        return sorted((run["snapshot_id"], run["status"]) for run in self.ana.run("history", "sales") if run["ended_at"])

    def no_record_is_lost_or_changed(self):
        for party in (self.ana, self.ben):
            report = party.call("audit", "sales", "--verify")
            assert report.returncode == 0 and json.loads(report.stdout)["findings"] == [], report.stdout

    def every_run_that_said_its_end_is_known_to_the_provider_once(self):
        reported = [id for id, _ in self.reported()]
        assert len(reported) == len(set(reported)) > 0, reported
        unknown = set(reported) - {id for id, _ in self.told()}
        assert not unknown, unknown

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

    def the_last_snapshot_has_everything(self):
        last = max(self.ben.run("history", "sales"), key=lambda run: run["started_at"])
        assert last["status"] == "Succeeded" and last["files_written"] + last["files_skipped"] == self.files, last

    def end(self):
        for agent in self.agents.values():
            agent.kill()
            agent.wait()


def main():
    program, seconds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 600
    seed = int(os.environ.get("SOAK_SEED", time.time()))
    random.seed(seed)
    failed, checks = 0, []
    with tempfile.TemporaryDirectory() as directory, Azurite() as azurite, Receiver() as receiver:
        soak = Soak(program, pathlib.Path(directory), azurite, receiver)
        try:
            soak.go_on(seconds)
            soak.settle()
            checks = [
                soak.no_record_is_lost_or_changed,
                soak.every_run_that_said_its_end_is_known_to_the_provider_once,
                soak.every_report_was_one_event,
                soak.the_last_snapshot_has_everything,
            ]
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
    print(f"seed {seed}; killed: {dict(soak.kills)}; {soak.files} files")
    print(f"{len(checks) - failed if checks else 0} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
