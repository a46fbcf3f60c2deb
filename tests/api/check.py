"""The API held against its own description: that is valid OpenAPI 3.1, and schemathesis finds no answer that is not in it.

Usage: check.py PROGRAM. Counts what held.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.request

import openapi_spec_validator

HERE = pathlib.Path(__file__).parent
EMAIL = "ana@contoso.example"


class Workspace:
    """A share and what was received from it, all in one workspace, so that every operation has something to find."""

    def __init__(self, program, home):
        self.program, self.home = program, home
        (home / "passphrase").write_text("a passphrase for tests")
        self.environment = os.environ | {
            "DATASHARE_HOME": str(home / "workspace"),
            "DATASHARE_VAULT": "file",
            "DATASHARE_VAULT_PASSPHRASE_FILE": str(home / "passphrase"),
        }
        self.run("workspace", "init", "--name", "Ana", "--organisation", "Contoso", "--email", EMAIL)
        for name in ("data", "exchange", "target"):
            (home / name).mkdir()
            self.run("connection", "add", name, "--kind", "folder", "--path", str(home / name))
        (home / "data" / "a.csv").write_text("a,b\n1,2\n")
        self.run("share", "create", "sales", "--exchange", "exchange", "--description", "Point of sale")
        self.run("dataset", "add", "sales", "--connection", "data", "--path", "", "--as", "pos")
        link = self.run("invite", "sales", "--email", EMAIL, "--accept", "right-away")["link"]
        self.run("invitation", "accept", link, "--as", "contoso")
        self.run("agent", "run", "--once")
        self.run("mapping", "set", "contoso", "pos", "--connection", "target", "--path", "received")
        self.snapshot = self.run("snapshot", "start", "contoso")["snapshot_id"]
        self.invitation = self.run("invite", "sales", "--email", "ben@fabrikam.example")["invitation_id"]
        self.token = self.run("api", "token", "create", "schemathesis", "--scope", "admin")["token"]

    def command(self, *arguments):
        return [self.program, "--json", *arguments]

    def run(self, *arguments):
        done = subprocess.run(
            self.command(*arguments), env=self.environment, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL
        )
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return json.loads(done.stdout.splitlines()[-1])


class Server:
    def __init__(self, workspace):
        command = workspace.command("api", "serve", "--listen", "127.0.0.1:0")
        self.process = subprocess.Popen(command, env=workspace.environment, stdout=subprocess.PIPE, text=True)
        self.url = json.loads(self.process.stdout.readline())["url"].rstrip("/")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        assert self.process.wait(60) == 0, "the server did not end as it should"


def fuzz(server, workspace):
    """Runs schemathesis and answers how many operations held and how many did not."""
    environment = os.environ | {
        "DATASHARE_API_TOKEN": workspace.token,
        "DATASHARE_INVITATION": workspace.invitation,
        "DATASHARE_SNAPSHOT": workspace.snapshot,
        "SCHEMATHESIS_HOOKS": "hooks",
        "PYTHONPATH": str(HERE),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    tool = pathlib.Path(sys.executable).with_name("schemathesis")
    command = [tool, "--config-file", HERE / "schemathesis.toml", "run", f"{server.url}/v1/openapi.json"]
    done = subprocess.run(command, env=environment, cwd=workspace.home, capture_output=True, text=True)
    print(done.stdout[-20000:], done.stderr[-5000:], sep="\n")
    tested = int(re.search(r"Tested: (\d+)", done.stdout).group(1))
    wrong = len(set(re.findall(r"^_+ ([A-Z]+ /\S+) _+$", done.stdout, re.MULTILINE)))
    assert tested > 70, "most operations were left out"
    return tested - wrong, max(wrong, int(done.returncode != 0))


def main():
    with tempfile.TemporaryDirectory() as directory:
        workspace = Workspace(sys.argv[1], pathlib.Path(directory))
        with Server(workspace) as server:
            with urllib.request.urlopen(f"{server.url}/v1/openapi.json") as answer:
                openapi_spec_validator.validate(json.load(answer))
            held, failed = fuzz(server, workspace)
    print(f"{held + 1} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
