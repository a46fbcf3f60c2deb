"""Invitations by mail, from the command line to a real mail server on this computer, read as a mail program reads them.

Usage: check.py PROGRAM. Counts what held.
"""

import email
import email.policy
import json
import logging
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import traceback
import warnings

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

# A login over a connection that is encrypted from its first byte is as it should be; the server does not see that.
warnings.filterwarnings("ignore", module="aiosmtpd")
logging.disable(logging.WARNING)

USER, PASSWORD = "ana@contoso.example", "correct horse battery staple"
BEN, EVE, NOBODY = "ben@fabrikam.example", "eve@fabrikam.example", "nobody@fabrikam.example"


class Mailboxes:
    """Keeps what it gets; knows everybody but one."""

    def __init__(self, login_required):
        self.login_required, self.mails = login_required, []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address == NOBODY:
            return "550 5.1.1 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        assert session.authenticated or not self.login_required
        self.mails.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return "250 taken"


def authenticate(server, session, envelope, mechanism, login):
    known = (login.login, login.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=False)


class Server(Controller):
    """A mail server: `tls` from the first byte, `start-tls`, or `none`."""

    def __init__(self, security, certificate):
        context = None
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            certificate.configure_cert(context)
        self.smtp_options = {"enable_SMTPUTF8": True}
        if security != "none":
            self.smtp_options |= {"authenticator": authenticate, "auth_required": True}
        if security == "start-tls":
            self.smtp_options |= {"tls_context": context, "require_starttls": True}
        elif security == "tls":
            self.smtp_options |= {"auth_require_tls": False}
        self.mailboxes = Mailboxes(security != "none")
        super().__init__(
            self.mailboxes, hostname="127.0.0.1", port=free_port(), ssl_context=context if security == "tls" else None
        )

    def factory(self):
        return SMTP(self.mailboxes, **self.smtp_options)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Party:
    """A workspace and its command line. Nothing that it prints or keeps in clear may hold the password."""

    def __init__(self, program, home, authority, person, address):
        self.program, self.home, self.said = program, home, []
        (home / "passphrase").write_text("a passphrase for tests")
        self.environment = os.environ | {
            "DATASHARE_HOME": str(home / "workspace"),
            "DATASHARE_VAULT": "file",
            "DATASHARE_VAULT_PASSPHRASE_FILE": str(home / "passphrase"),
            "DATASHARE_LOG": "debug",
            "SSL_CERT_FILE": str(authority),
        }
        self.run("workspace", "init", "--name", person, "--organisation", "Contoso & Söhne", "--email", address)

    def call(self, *arguments, read=""):
        done = subprocess.run(
            [self.program, "--json", *arguments], env=self.environment, input=read, capture_output=True, text=True, timeout=120
        )
        self.said += [done.stdout, done.stderr]
        return done

    def run(self, *arguments, read=""):
        done = self.call(*arguments, read=read)
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def uses(self, server, security, host="localhost", password=PASSWORD):
        login = [] if security == "none" else ["--user", USER, "--password-stdin"]
        server = ["--server", host, "--port", str(server.port), "--security", security]
        self.run("mail", "set", *server, "--from", USER, *login, read=password)

    def check(self):
        done = self.call("mail", "test")
        return json.loads(done.stdout.splitlines()[-1])

    def shares(self):
        source, exchange = self.home / "source", self.home / "exchange"
        source.mkdir()
        exchange.mkdir()
        (source / "a.csv").write_text("a,b\n1,2\n")
        for name, path in (("source", source), ("exchange", exchange)):
            self.run("connection", "add", name, "--kind", "folder", "--path", str(path))
        self.run("share", "create", "Verkäufe Q1 & Q2", "--exchange", "exchange", "--description", "Point of sale")
        self.run("dataset", "add", "Verkäufe Q1 & Q2", "--connection", "source", "--path", "", "--as", "pos")

    def keeps_no_password(self):
        assert not any(PASSWORD in text for text in self.said)
        for path in self.home.rglob("*"):
            assert not path.is_file() or PASSWORD.encode() not in path.read_bytes(), path


def parts(mail):
    """Plain text, HTML, and the attached files by name."""
    files = {part.get_filename(): part.get_content() for part in mail.iter_attachments()}
    return mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content(), files


def an_invitation_arrives_over_tls_with_login(world):
    with world.server("tls") as server:
        world.ana.uses(server, "tls")
        link, [sent] = world.ana.run("invite", "Verkäufe Q1 & Q2", "--email", BEN, "--send")
        assert sent["problem"] is None, sent
        [(recipients, mail)] = server.mailboxes.mails
    assert recipients == [BEN]
    assert (mail["From"], mail["To"]) == ("Ana Provider <ana@contoso.example>", BEN)
    assert mail["Subject"] == 'Ana Provider (Contoso & Söhne) shares "Verkäufe Q1 & Q2" with you'
    assert mail["Date"] and mail["Message-ID"]
    plain, html, files = parts(mail)
    assert link["link"] in plain.splitlines()
    assert link["link"] in html and "Contoso &amp; Söhne" in html and "Verkäufe Q1 &amp; Q2" in html
    [(name, content)] = files.items()
    assert name == "Verkäufe Q1 & Q2.datashare", name
    world.opens(content), world.opens(link["link"])


def the_person_chooses_link_or_file(world):
    with world.server("start-tls") as server:
        world.ana.uses(server, "start-tls")
        world.ana.run("invite", "Verkäufe Q1 & Q2", "--email", BEN, "--send=link")
        [link] = world.ana.run("invite", "Verkäufe Q1 & Q2", "--email", EVE)
        world.ana.run("invitation", "send", link["invitation_id"], "--with", "file")
        [(_, first), (_, second)] = server.mailboxes.mails
    plain, _, files = parts(first)
    assert "datashare://invitation#" in plain and not files
    plain, html, files = parts(second)
    assert "datashare://" not in plain + html and list(files) == ["Verkäufe Q1 & Q2.datashare"]


def what_one_recipient_lacks_does_not_stop_the_others(world):
    with world.server("none") as server:
        world.ana.uses(server, "none")
        invite = ["invite", "Verkäufe Q1 & Q2", *("--email", NOBODY), *("--email", EVE), "--send=link"]
        done = world.ana.call(*invite)
        assert done.returncode == 1
        [refused, sent] = json.loads(done.stdout.splitlines()[-1])
        assert [recipients for recipients, _ in server.mailboxes.mails] == [[EVE]]
    assert sent["problem"] is None and refused["email"] == NOBODY
    assert refused["problem"]["code"] == "mail-recipient" and "no such user here" in refused["problem"]["message"]


def a_test_mail_goes_to_the_sender(world):
    with world.server("tls") as server:
        world.ana.uses(server, "tls")
        assert world.ana.check()["ok"]
        [(recipients, _)] = server.mailboxes.mails
    assert recipients == [USER]


def each_cause_is_told_apart(world):
    ana = world.ana
    with world.server("tls") as server:
        ana.uses(server, "tls", password="wrong " + PASSWORD[:5])
        assert ana.check()["code"] == "mail-login"
        ana.uses(server, "tls", host="127.0.0.1")
        check = ana.check()
        assert check["code"] == "mail-certificate" and "127.0.0.1" in check["message"], check
    ana.uses(server, "tls")
    assert ana.check()["code"] == "mail-server-refused"
    with world.server("tls", trusted=False) as server:
        ana.uses(server, "tls")
        check = ana.check()
        assert check["code"] == "mail-certificate" and check["hint"], check
        assert not server.mailboxes.mails
    with world.server("none") as server:
        ana.uses(server, "start-tls")
        assert ana.check()["code"] == "mail-encryption"
        assert not server.mailboxes.mails


def a_password_goes_to_its_own_server_only(world):
    with world.server("tls") as server:
        world.ana.uses(server, "tls")
        settings = ["--server", "localhost", "--port", str(server.port), "--user", USER, "--from", USER]
        world.ana.run("mail", "set", *settings)
        assert world.ana.check()["ok"]
        for other in (["--server", "other.example"], ["--user", "eve"], ["--port", "25"]):
            changed = dict(zip(settings[::2], settings[1::2])) | {other[0]: other[1]}
            done = world.ana.call("mail", "set", *(word for pair in changed.items() for word in pair))
            assert done.returncode == 1 and "password" in done.stderr, done.stderr
    done = world.ana.call("mail", "set", "--server", "smtp.contoso.example", "--security", "none", "--from", USER)
    assert done.returncode == 1 and "encryption" in done.stderr, done.stderr
    [shown] = world.ana.run("mail", "show")
    assert shown["settings"]["server"] == "localhost", shown
    world.ana.run("mail", "clear")
    done = world.ana.call("mail", "test")
    assert done.returncode == 3 and "mail-not-set-up" in done.stderr, done.stderr


class World:
    def __init__(self, program, directory):
        self.authority, self.stranger = trustme.CA(), trustme.CA()
        authority = directory / "authority.pem"
        self.authority.cert_pem.write_to_path(str(authority))
        (directory / "ana").mkdir()
        (directory / "ben").mkdir()
        self.ana = Party(program, directory / "ana", authority, "Ana Provider", USER)
        self.ben = Party(program, directory / "ben", authority, "Ben Consumer", BEN)
        self.ana.shares()

    def server(self, security, trusted=True):
        authority = self.authority if trusted else self.stranger
        return Server(security, None if security == "none" else authority.issue_cert("localhost"))

    def opens(self, invitation):
        invitation = invitation.decode() if isinstance(invitation, bytes) else invitation
        [preview] = self.ben.run("invitation", "show", "-", read=invitation)
        assert preview["share"]["name"] == "Verkäufe Q1 & Q2"


def main():
    checks = [
        an_invitation_arrives_over_tls_with_login,
        the_person_chooses_link_or_file,
        what_one_recipient_lacks_does_not_stop_the_others,
        a_test_mail_goes_to_the_sender,
        each_cause_is_told_apart,
        a_password_goes_to_its_own_server_only,
    ]
    failed = 0
    with tempfile.TemporaryDirectory() as directory:
        world = World(sys.argv[1], pathlib.Path(directory))
        for check in checks:
            try:
                check(world)
                world.ana.keeps_no_password()
                print(f"ok      {check.__name__}")
            except Exception:
                failed += 1
                print(f"FAILED  {check.__name__}\n{traceback.format_exc()}")
    print(f"{len(checks) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
