"""What one agent costs with many shares and many recipients, counted at the server that it asks: `./dev scale`.

A provider with 1,000 shares and 10 recipients of each, and one of these recipients with its 1,000 received shares, each with an
agent of its own (the program as it is shipped) on the blob server in memory. While nothing happens but that access is renewed,
their requests, processor time and memory are measured; then news are made, and the time until they are noticed.
Ends with 1 when a budget is broken.
"""

import argparse
import json
import os
import pathlib
import platform
import secrets
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack

MIB = 1024 * 1024
#: Requests a second of an agent that reads, however much it watches: ten for all quiet mailboxes, and the close looks.
READS_PER_SECOND = 13
#: And for each access that is renewed meanwhile: what the provider reads for it, and how the recipient follows the news. So it
#: was measured: 13 for all of it was broken by the first whole run, in which a thousand times as many were renewed as in life.
READS_OF_A_RENEWAL, READS_AFTER_A_RENEWAL = 3, 15
#: A minute may have somewhat more: what is due is not spread to the second.
READS_OF_A_MINUTE = 60 * 20
#: Of one core.
CPU = 0.05
#: From the begin of the measurement to its end, MiB.
GROWTH = 32
#: Quiet mailboxes rest so long at least, seconds.
REST = 30
#: Until somebody who waits is answered: looked at every 5 s; and what the looks take.
ANSWERED_WITHIN = 15
#: Looks and requests of the tests beside it.
SLACK = 15


class Server:
    """The blob server in memory; it ends with its standard input."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().removeprefix("listening on ").strip()

    def requests(self):
        """By container and method."""
        with urllib.request.urlopen(f"{self.address}/-/requests", timeout=60) as answer:
            return json.load(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)


class Party:
    def __init__(self, program, home, passphrase):
        self.program, self.home, self.agent = program, home, None
        self.environment = os.environ | {
            "DATASHARE_HOME": str(home),
            "DATASHARE_VAULT": "file",
            "DATASHARE_VAULT_PASSPHRASE_FILE": str(passphrase),
        }

    def call(self, *arguments):
        command = [self.program, "--json", *arguments]
        done = subprocess.run(command, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else None

    def start(self):
        quiet = dict(stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.agent = subprocess.Popen([self.program, "agent", "run"], env=self.environment, **quiet)

    def stop(self):
        if self.agent:
            self.agent.terminate()
            self.agent.wait(timeout=120)

    def report(self):
        """What the agent says of itself; nothing before its first report."""
        file = self.home / "agent.json"
        report = json.loads(file.read_text()) if file.exists() else None
        return report if report and report["process"] == self.agent.pid else None

    def cpu(self):
        """Seconds of a processor so far."""
        fields = pathlib.Path(f"/proc/{self.agent.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        """Resident, MiB."""
        status = pathlib.Path(f"/proc/{self.agent.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")) / 1024


class Verdict:
    """Prints what was measured beside what is allowed."""

    def __init__(self):
        self.broken = 0

    def row(self, what, measured, allowed=None, unit=""):
        kept = allowed is None or measured <= allowed
        self.broken += not kept
        limit = "" if allowed is None else f"{allowed:>10,.10g} {unit:<12}{'' if kept else 'BROKEN'}"
        print(f"{what:<58}{measured:>12,.2f} {unit:<12}{limit}".rstrip(), flush=True)


class Watch:
    """What an agent asks and costs, sampled minute by minute. A provider's requests carry a key, a recipient's a SAS."""

    def __init__(self, server, party, by_sas):
        self.server, self.party, self.by_sas = server, party, by_sas
        self.samples = []
        self.sample()

    def sample(self):
        own = {
            (place.split("/")[1], method.split()[0]): count
            for place, methods in self.server.requests().items()
            for method, count in methods.items()
            if method.endswith(" by SAS") == self.by_sas
        }
        self.samples.append((time.monotonic(), own, self.party.cpu(), self.party.memory()))

    def seconds(self):
        return self.samples[-1][0] - self.samples[0][0]

    def requests(self, prefix="", methods=("GET", "HEAD"), first=0, last=-1):
        """To the containers whose name begins so, between two samples."""
        asked = lambda place, method: place.startswith(prefix) and method in methods
        count = lambda sample: sum(n for key, n in sample[1].items() if asked(*key))
        return count(self.samples[last]) - count(self.samples[first])

    def most_in_a_minute(self):
        steps = range(1, len(self.samples))
        seconds = lambda step: self.samples[step][0] - self.samples[step - 1][0]
        return max(60 * self.requests(first=step - 1, last=step) / seconds(step) for step in steps)

    def tell(self, who, mailboxes, reads_of_renewals, verdict):
        seconds, (_, _, cpu, memory) = self.seconds(), self.samples[0]
        print(f"\n{who}, {seconds:.0f} s")
        verdict.row("  reading requests a second", self.requests() / seconds, READS_PER_SECOND + reads_of_renewals / seconds)
        verdict.row("  of them in the busiest minute", self.most_in_a_minute(), READS_OF_A_MINUTE)
        verdict.row("  of them to one mailbox, an hour", self.requests("dsm-") / seconds * 3600 / mailboxes)
        verdict.row("  writing requests in all", self.requests(methods=("PUT", "DELETE")))
        verdict.row("  processor, of one core", 100 * (self.samples[-1][2] - cpu) / seconds, 100 * CPU, "%")
        verdict.row("  memory at the begin", memory, unit="MiB")
        verdict.row("  memory at the end", self.samples[-1][3], memory + GROWTH, "MiB")


class Scale:
    def __init__(self, chosen, folder, server):
        self.chosen, self.server = chosen, server
        self.program = str(chosen.target / "release/datashare-cli")
        self.folder, self.passphrase = folder, folder / "passphrase"
        self.passphrase.write_text(secrets.token_hex(16))
        self.verdict = Verdict()

    def make(self):
        chosen = self.chosen
        numbers = [chosen.shares, chosen.recipients, chosen.renewed, chosen.lead]
        program = chosen.target / "release/examples/workspaces_of_many"
        command = [program, self.folder, self.passphrase, self.server.address, *map(str, numbers)]
        made = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
        self.renewed_from = made["renewed_from"]
        print(f"{chosen.shares} shares, {chosen.recipients} recipients of each, made in {made['seconds']} s")
        self.provider = self.party("provider")
        self.recipient = self.party("recipient-0")

    def party(self, name):
        return Party(self.program, self.folder / name, self.passphrase)

    def first_looks(self):
        """Until each agent has looked at everything once."""
        began = time.monotonic()
        agents = {"provider": self.provider, "recipient": self.recipient}
        for party in agents.values():
            party.start()
        for name, party in agents.items():
            while (report := party.report()) is None or report["watched"] == 0 or report["rounds"] < report["watched"]:
                assert party.agent.poll() is None, f"the {name}'s agent ended"
                time.sleep(0.5)
            seconds = time.monotonic() - began
            print(f"first looks of the {name}: {seconds:.0f} s, {party.cpu():.1f} s of a processor, {party.memory():.0f} MiB")

    def quiet(self):
        """Nothing happens but renewals, a thousand times as many as there are of so many recipients."""
        rest = self.renewed_from - 20 - time.time()
        print(f"{max(rest, 0):.0f} s to the first renewal", flush=True)
        time.sleep(max(rest, 0))
        granted = self.granted()
        watches = Watch(self.server, self.provider, False), Watch(self.server, self.recipient, True)
        end = time.monotonic() + 60 * self.chosen.minutes
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(60, left))
            for watch in watches:
                watch.sample()
        shares, recipients = self.chosen.shares, self.chosen.recipients
        renewals = self.granted() - granted
        provider = f"Provider: {shares} shares, {shares * recipients} recipients, {renewals} renewals"
        watches[0].tell(provider, shares * recipients, READS_OF_A_RENEWAL * renewals, self.verdict)
        own = READS_AFTER_A_RENEWAL * renewals / recipients
        watches[1].tell(f"Recipient: {shares} received shares", shares, own, self.verdict)
        for name, party in {"provider": self.provider, "recipient": self.recipient}.items():
            self.verdict.row(f"looks of the {name} that failed", party.report()["rounds_failed"], 0)

    def granted(self):
        """Recipients whose access was given or renewed, ever."""
        query = "SELECT count(DISTINCT mailbox_id || issued_at) FROM grants"
        with sqlite3.connect(f"file:{self.provider.home}/workspace.db?mode=ro", uri=True) as database:
            return database.execute(query).fetchone()[0]

    def news(self):
        print("\nNews, seconds until they are noticed")
        every = max(REST, self.chosen.shares * (self.chosen.recipients + 1) / 10)
        reports = [self.report(number) for number in range(1, min(self.chosen.recipients, 4))]
        revoked = self.revoke()
        self.claim()
        self.verdict.row("  a revocation, by the recipient's agent", revoked(), max(REST, self.chosen.shares / 10) + SLACK, "s")
        for report in reports:
            self.verdict.row("  a snapshot, by the provider's agent", report(), every + SLACK, "s")

    def claim(self):
        """Somebody is invited by the command line, and waits for the answer."""
        file, guest = self.folder / "guest.datashare", self.party("guest")
        guest.call("workspace", "init", "--name", "guest", "--organisation", "Guest", "--email", "guest@example.org")
        self.provider.call("invite", "share 0000", "--email", "guest@example.org", "--out", str(file))
        began = time.monotonic()
        accepted = guest.call("invitation", "accept", str(file))
        assert accepted["status"] == "Active", accepted
        self.verdict.row("  an acceptance, answered by the provider's agent", time.monotonic() - began, ANSWERED_WITHIN, "s")

    def report(self, number):
        """A recipient takes a snapshot; answers how long until the provider knows."""
        share, party = f"share {number:04}", self.party(f"recipient-{number}")
        target = self.folder / f"target-{number}"
        target.mkdir()
        party.call("connection", "add", "here", "--kind", "folder", "--path", str(target))
        party.call("mapping", "set", share, f"data-{number:04}", "--connection", "here", "--path", "in")
        snapshot = party.call("snapshot", "start", share)["snapshot_id"]
        began = time.monotonic()
        ended = lambda run: run["snapshot_id"] == snapshot and run["ended_at"]
        return lambda: waited(began, lambda: any(map(ended, self.provider.call("history", share))))

    def revoke(self):
        share = "share 0005"
        self.provider.call("recipient", "revoke", share, "recipient-0@example.org")
        began = time.monotonic()
        status = lambda: next(row["status"] for row in self.recipient.call("received", "list") if row["name"] == share)
        return lambda: waited(began, lambda: status() == "Revoked")

    def end(self):
        for party in (self.provider, self.recipient):
            party.stop()


def waited(began, is_so):
    while not is_so() and time.monotonic() - began < 3600:
        time.sleep(1)
    return time.monotonic() - began


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return f"{os.cpu_count()} cores ({model or platform.machine()}), {memory:.0f} GiB, {platform.system()} {platform.release()}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", type=pathlib.Path, help="folder of what was built")
    parser.add_argument("--shares", type=int, default=1000)
    parser.add_argument("--recipients", type=int, default=10)
    parser.add_argument("--renewed", type=int, default=40, help="shares whose access is renewed meanwhile")
    parser.add_argument("--minutes", type=float, default=6)
    parser.add_argument("--lead", type=int, default=420, help="seconds for the first looks, before anything is measured")
    parser.add_argument("--folder", help="where the workspaces are made")
    chosen = parser.parse_args()
    print(machine())
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="datashare-scale-", dir=chosen.folder))
        server = Server(chosen.target / "release/blob-server")
        stack.callback(server.close)
        scale = Scale(chosen, pathlib.Path(folder), server)
        scale.make()
        stack.callback(scale.end)
        scale.first_looks()
        scale.quiet()
        scale.news()
    print(f"\n{scale.verdict.broken} budgets broken")
    return 1 if scale.verdict.broken else 0


if __name__ == "__main__":
    sys.exit(main())
