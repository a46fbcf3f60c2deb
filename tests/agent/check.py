"""What the agent tells other systems, read by their own libraries: webhooks as CloudEvents with a signature of Standard
Webhooks, mails and cards as mail programs and Teams read them, metrics as Prometheus scrapes them, and traces as a collector of
OpenTelemetry takes them in.

Usage: check.py PROGRAM. Counts what held.
"""

import email
import email.policy
import http.server
import json
import os
import pathlib
import queue
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.request

from aiosmtpd.controller import Controller
from cloudevents.http import from_http
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from prometheus_client.parser import text_string_to_metric_families
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

PATIENCE = 60


class Receiver:
    """Keeps every post; answers the first ones as told."""

    def __init__(self, *answers):
        posts, answers, paths = queue.Queue(), list(answers), []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                paths.append(self.path)
                posts.put((dict(self.headers.items()), body))
                self.send_response(answers.pop(0) if answers else 202)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.posts, self.paths = posts, paths
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def address(self):
        return f"http://127.0.0.1:{self.server.server_port}/hook?token=canary"

    def next(self):
        return self.posts.get(timeout=PATIENCE)

    def all(self):
        """What came so far and was not taken."""
        found = []
        while not self.posts.empty():
            found.append(self.posts.get())
        return found


class MailServer(Controller):
    """Keeps every mail with whom it goes to."""

    def __init__(self):
        self.mails = queue.Queue()
        super().__init__(self, hostname="127.0.0.1", port=free_port())

    async def handle_DATA(self, server, session, envelope):
        self.mails.put((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return "250 taken"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()


class Party:
    """A workspace and its command line."""

    def __init__(self, program, home, person):
        self.program = program
        home.mkdir()
        (home / "passphrase").write_text("a passphrase for tests")
        self.environment = os.environ | {
            "DATASHARE_HOME": str(home / "workspace"),
            "DATASHARE_VAULT": "file",
            "DATASHARE_VAULT_PASSPHRASE_FILE": str(home / "passphrase"),
        }
        self.home = home
        self.run("workspace", "init", "--name", person, "--organisation", "Contoso", "--email", f"{person}@contoso.example")

    def run(self, *arguments, read="", code=0):
        done = subprocess.run(
            [self.program, "--json", *arguments], env=self.environment, input=read, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
        return json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else None

    def agent(self, *arguments):
        return Agent(subprocess.Popen([self.program, "--quiet", "agent", "run", *arguments], env=self.environment))


class Agent:
    def __init__(self, process):
        self.process = process

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        assert self.process.wait(timeout=PATIENCE) == 0


def share(ana):
    """A share that Ben is invited to; the invitation's file."""
    for name in ("source", "exchange"):
        (ana.home / name).mkdir()
        ana.run("connection", "add", name, "--kind", "folder", "--path", str(ana.home / name))
    (ana.home / "source" / "a.csv").write_text("a,b\n1,2\n")
    ana.run("share", "create", "sales", "--exchange", "exchange")
    ana.run("dataset", "add", "sales", "--connection", "source", "--path", "", "--as", "pos")
    file = str(ana.home / "ben.datashare")
    ana.run("invite", "sales", "--email", "ben@contoso.example", "--out", file)
    return file


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def scrape(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE) as answer:
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        text = answer.read().decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def eventually(what, ask):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := ask():
            return found
        time.sleep(0.2)
    raise AssertionError(f"{what} did not happen")


def webhooks_are_cloud_events_that_verify(world):
    ana, ben = world.parties("webhooks")
    file = share(ana)
    with Receiver(503) as receiver:
        saved = ana.run("notification", "target", "set", "operations", "--kind", "webhook", read=receiver.address())
        ana.run("notification", "set", "invitation-rejected", "--on", "webhook")
        ben.run("invitation", "reject", file)
        with ana.agent():
            (first, first_body), (headers, body) = receiver.next(), receiver.next()
        assert first_body == body, "the same event again after 503"
    assert "canary" not in json.dumps(saved)
    Webhook(saved["signing_secret"]).verify(body, {name.lower(): value for name, value in headers.items()})
    try:
        Webhook(saved["signing_secret"]).verify(body + b" ", {name.lower(): value for name, value in headers.items()})
        raise AssertionError("a changed body verifies")
    except WebhookVerificationError:
        pass
    event = from_http(headers, body)
    assert (event["specversion"], event["type"], event["subject"]) == ("1.0", "org.datashare.invitation-rejected", "sales")
    assert event["id"] == headers["webhook-id"] == first["webhook-id"]
    assert event.data["who"] == "ben@contoso.example", event.data


def mails_and_cards_are_what_their_programs_show(world):
    ana, ben = world.parties("mails")
    file = share(ana)
    with MailServer() as mailbox, Receiver() as workflow:
        server = ["--server", "127.0.0.1", "--port", str(mailbox.port), "--security", "none"]
        ana.run("mail", "set", *server, "--from", "ana@contoso.example")
        ana.run("notification", "target", "set", "channel", "--kind", "teams", read=workflow.address())
        ana.run("notification", "set", "invitation-rejected", "--on", "email", "teams")
        ben.run("invitation", "reject", file)
        with ana.agent():
            _, body = workflow.next()
            recipients, mail = mailbox.mails.get(timeout=PATIENCE)
    assert recipients == ["ana@contoso.example"], recipients
    text = mail.get_body(("plain",)).get_content()
    assert "sales" in mail["subject"] + text and "ben@contoso.example" in text, (mail["subject"], text)
    [attachment] = json.loads(body)["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], card["$schema"]) == ("AdaptiveCard", "http://adaptivecards.io/schemas/adaptive-card.json")
    assert "ben@contoso.example" in json.dumps(card["body"]), card


def metrics_are_read_by_prometheus(world):
    ana, _ = world.parties("metrics")
    share(ana)
    port = free_port()
    with ana.agent("--metrics", f"127.0.0.1:{port}") as agent:
        def leads():
            try:
                found = scrape(port)
            except OSError:
                return None
            return found if found.get(("datashare_rounds_total",), 0) > 0 else None

        found = eventually("a look", leads)
        assert agent.process.poll() is None
    assert found[("datashare_leader",)] == 1 and found[("datashare_watched_shares",)] == 1, found
    assert found[("datashare_problems",)] == 0 and found[("datashare_notifications_dead",)] == 0, found
    [version] = [key for key in found if key[0] == "datashare_build_info"]
    assert version[1] in subprocess.run([world.program, "--version"], capture_output=True, text=True).stdout
    refused = subprocess.run(
        [ana.program, "agent", "run", "--metrics", "0.0.0.0:0"], env=ana.environment, capture_output=True, text=True, timeout=60
    )
    assert refused.returncode == 2 and "other computers" in refused.stderr, refused


def traced(party, endpoint, **more):
    """From now on its commands send traces."""
    party.environment |= {
        "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
        "OTEL_EXPORTER_OTLP_HEADERS": "x-api-key=collectors-own",
        "OTEL_SERVICE_NAME": f"datashare-{party.home.name}",
        "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=check",
    } | more


def plain(attributes):
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in attributes}


class Trees:
    """Spans with the service that sent them."""

    def __init__(self, bodies):
        requests = [ExportTraceServiceRequest.FromString(body) for body in bodies]
        self.resources = [plain(of.resource.attributes) for request in requests for of in request.resource_spans]
        self.spans = [
            (plain(of.resource.attributes)["service.name"].removeprefix("datashare-"), span)
            for request in requests
            for of in request.resource_spans
            for scope in of.scope_spans
            for span in scope.spans
        ]

    def named(self, service, name):
        return [span for sender, span in self.spans if (sender, span.name) == (service, name)]

    def below(self, parent):
        """The names of its children."""
        of = [span for _, span in self.spans if span.parent_span_id == parent.span_id]
        assert all(span.trace_id == parent.trace_id for span in of)
        return sorted(span.name for span in of)


def get(url, **headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=PATIENCE) as answer:
        return json.load(answer)


def traces_tell_what_was_done_and_no_secret(world):
    ana, ben = world.parties("traces")
    trace, caller = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    with Receiver() as collector, Receiver() as hook:
        for party in (ana, ben):
            traced(party, f"http://127.0.0.1:{collector.server.server_port}")
        ana.run("notification", "target", "set", "operations", "--kind", "webhook", read=hook.address())
        ana.run("notification", "set", "invitation-accepted", "--on", "webhook")
        token = ana.run("api", "token", "create", "watch", "--scope", "read")["token"]
        file = share(ana)
        port = free_port()
        with ana.agent("--api", f"127.0.0.1:{port}"):
            assert ben.run("invitation", "accept", file, "--as", "sales")["status"] == "Active"
            hook.next()
            bearer = {"Authorization": f"Bearer {token}", "traceparent": f"00-{trace}-{caller}-01"}
            get(f"http://127.0.0.1:{port}/v1/shares", **bearer)
        (ben.home / "lake").mkdir()
        ben.run("connection", "add", "lake", "--kind", "folder", "--path", str(ben.home / "lake"))
        ben.run("mapping", "set", "sales", "pos", "--connection", "lake", "--path", "received")
        row = ben.run("snapshot", "start", "sales")
        ben.run("snapshot", "show", "none", code=1)
        posts = collector.all()
    for headers, _ in posts:
        assert (headers["content-type"], headers["x-api-key"]) == ("application/x-protobuf", "collectors-own"), headers
    assert set(collector.paths) == {"/v1/traces"}, collector.paths
    sent = b"".join(body for _, body in posts)
    ticket = pathlib.Path(file).read_text().split("#", 1)[1].split()[0]
    secrets = {"canary", token, ticket, (ana.home / "passphrase").read_text(), "collectors-own"}
    # Nor people, nor the names that they gave.
    for text in secrets | {"contoso.example", "sales", "lake", "a.csv", str(world.directory)}:
        assert text.encode() not in sent, text

    trees = Trees(body for _, body in posts)
    for resource in trees.resources:
        assert resource["deployment.environment.name"] == "check" and resource["service.version"], resource
    [command] = trees.named("ben", "datashare snapshot start")
    assert (plain(command.attributes)["exit_code"], command.parent_span_id) == (0, b""), command
    assert trees.below(command) == ["snapshot"]
    [snapshot] = trees.named("ben", "snapshot")
    phases = ["run.plan", "run.settle", "run.transfer", "snapshot.prepare", "snapshot.report"]
    assert trees.below(snapshot) == phases, trees.below(snapshot)
    told = plain(snapshot.attributes)
    assert (told["snapshot.id"], told["snapshot.status"]) == (row["snapshot_id"], "Succeeded"), told
    assert (told["files.written"], told["bytes.written"], told["scheduled"]) == (1, 8, False), told
    [refused] = trees.named("ben", "datashare snapshot show")
    assert plain(refused.attributes)["error.type"] == "not-found", refused
    assert refused.status.code == Status.STATUS_CODE_ERROR and not refused.status.message, refused

    [publishing] = trees.named("ana", "datashare invite")
    assert trees.below(publishing) == ["publication"], trees.below(publishing)
    looks = [plain(span.attributes) for span in trees.named("ana", "agent.look")]
    assert looks and {(look["share.kind"], len(look["share.id"]) > 0) for look in looks} == {("sent", True)}, looks
    [delivery] = trees.named("ana", "notification.delivery")
    assert plain(delivery.attributes)["channel"] == "webhook", delivery
    [request] = trees.named("ana", "GET /v1/shares")
    assert (request.trace_id.hex(), request.parent_span_id.hex()) == (trace, caller), request
    assert request.kind == Span.SPAN_KIND_SERVER
    assert plain(request.attributes)["http.response.status_code"] == 200, request


def a_collector_that_is_away_or_hangs_holds_nothing_up(world):
    ana, _ = world.parties("collector")
    share(ana)
    before = ana.run("share", "list")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        away, hangs = (f"http://127.0.0.1:{port}" for port in (free_port(), silent.getsockname()[1]))
        for endpoint in (away, hangs, "no address"):
            # A request alone may take longer than the check waits.
            traced(ana, endpoint, OTEL_EXPORTER_OTLP_TIMEOUT="600000", OTEL_BSP_SCHEDULE_DELAY="50")
            assert ana.run("share", "list") == before
            ana.run("share", "show", "none", code=1)
    traced(ana, away)
    log = ana.home / "workspace" / "logs" / "agent.log"
    with ana.agent():
        eventually("the warning", lambda: log.exists() and "traces are lost" in log.read_text())
        rounds = ana.run("agent", "status")["leader"]["rounds"]
        (ana.home / "source" / "b.csv").write_text("3,4\n")
        ana.run("publish", "sales")
        eventually("more looks", lambda: ana.run("agent", "status")["leader"]["rounds"] > rounds + 1)
    assert log.read_text().count("traces are lost") == 1, log.read_text()
    with Receiver() as collector:
        traced(ana, f"http://127.0.0.1:{collector.server.server_port}", OTEL_SDK_DISABLED="true")
        ana.run("share", "list")
        assert not collector.all()


class World:
    def __init__(self, program, directory):
        self.program, self.directory = program, directory

    def parties(self, name):
        folder = self.directory / name
        folder.mkdir()
        return Party(self.program, folder / "ana", "ana"), Party(self.program, folder / "ben", "ben")


def main():
    checks = [
        webhooks_are_cloud_events_that_verify,
        mails_and_cards_are_what_their_programs_show,
        metrics_are_read_by_prometheus,
        traces_tell_what_was_done_and_no_secret,
        a_collector_that_is_away_or_hangs_holds_nothing_up,
    ]
    failed = 0
    with tempfile.TemporaryDirectory() as directory:
        world = World(sys.argv[1], pathlib.Path(directory))
        for check in checks:
            try:
                check(world)
                print(f"ok      {check.__name__}")
            except Exception:
                failed += 1
                print(f"FAILED  {check.__name__}\n{traceback.format_exc()}")
    print(f"{len(checks) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
