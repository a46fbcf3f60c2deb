"""The programs that are compared: how each is told to copy, at its best."""

import base64
import hashlib
import hmac
import json
import os
import subprocess
from pathlib import Path
from urllib.parse import urlencode

from servers import ACCOUNTS, KEY

EXPIRY = "2099-01-01T00:00:00Z"
VERSION = "2020-12-06"


class Tool:
    """A program with a folder of its own for settings and state."""

    name = ""
    #: What is said below the table.
    flags = ""

    def __init__(self, program, home, address):
        self.program, self.home, self.address = str(program), home, address
        home.mkdir(parents=True)

    def environment(self):
        """Nothing of the person who runs the bench: no settings, no proxy, no log in another place."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        return kept | {"HOME": str(self.home), "TMPDIR": str(self.home)}

    def prepare(self, folder):
        """What a person does once; `folder` is where all local files of the run are."""

    def version(self):
        raise NotImplementedError

    def up(self, folder, container):
        """From a local folder to a container of the first account."""
        raise NotImplementedError

    def again(self, folder, container):
        """The same when nothing changed."""
        return self.up(folder, container)

    def down(self, container, folder):
        raise NotImplementedError

    def across(self, source, target):
        """From a container of the first account to one of the second."""
        raise NotImplementedError

    def ask(self, *arguments):
        command = [self.program, *arguments]
        return subprocess.run(command, env=self.environment(), capture_output=True, text=True).stdout


class Datashare(Tool):
    name = "datashare"
    flags = "transfer FROM TO; secrets in a keyring, as by default; no settings"

    def environment(self):
        """The keyring is that of the bench's own session, see `keyring.py`."""
        return super().environment() | {"DBUS_SESSION_BUS_ADDRESS": os.environ["DBUS_SESSION_BUS_ADDRESS"]}

    def command(self, *arguments):
        return [self.program, "--home", str(self.home / "workspace"), "--json", "--quiet", *arguments]

    def version(self):
        return self.ask("--version").split()[-1]

    def prepare(self, folder):
        person = ["--name", "Bench", "--organisation", "Bench", "--email", "bench@contoso.example"]
        steps = [(["workspace", "init", *person], "")]
        steps.append((["connection", "add", "disk", "--kind", "folder", "--path", str(folder)], ""))
        for account in ACCOUNTS:
            blobs = ["--kind", "azure-blob", "--account", account, "--endpoint", f"{self.address}/{account}"]
            steps.append((["connection", "add", account, *blobs, "--key-stdin"], KEY))
        for arguments, said in steps:
            command = self.command(*arguments)
            done = subprocess.run(command, env=self.environment(), input=said, capture_output=True, text=True)
            if done.returncode != 0:
                raise RuntimeError(f"{' '.join(arguments)}: {done.stderr}")

    def up(self, folder, container):
        return self.command("transfer", f"disk/{folder.name}", f"prov/{container}")

    def down(self, container, folder):
        return self.command("transfer", f"prov/{container}", f"disk/{folder.name}")

    def across(self, source, target):
        return self.command("transfer", f"prov/{source}", f"cons/{target}")


class Azcopy(Tool):
    name = "azcopy"
    flags = "copy --recursive --overwrite=true (unchanged: sync --recursive); concurrency and blocks as it chooses; no log of every file"

    def environment(self):
        quiet = {"AZCOPY_DISABLE_SYSLOG": "true", "AZCOPY_LOG_LOCATION": str(self.home)}
        return super().environment() | quiet | {"AZCOPY_JOB_PLAN_LOCATION": str(self.home)}

    def version(self):
        return self.ask("--version").split()[-1]

    def copy(self, source, target, kind, verb="copy"):
        common = ["--recursive", f"--from-to={kind}", "--log-level=NONE", "--output-level=essential"]
        special = ["--overwrite=true"] if verb == "copy" else ["--delete-destination=false"]
        return [self.program, verb, source, target, *common, *special, "--skip-version-check"]

    def up(self, folder, container):
        return self.copy(f"{folder}/*", self.url("prov", container), "LocalBlob")

    def again(self, folder, container):
        return self.copy(str(folder), self.url("prov", container), "LocalBlob", "sync")

    def down(self, container, folder):
        return self.copy(self.url("prov", container, "/*"), str(folder), "BlobLocal")

    def across(self, source, target):
        return self.copy(self.url("prov", source, "/*"), self.url("cons", target), "BlobBlob")

    def url(self, account, container, rest=""):
        return f"{self.address}/{account}/{container}{rest}?{account_sas(account)}"


class Rclone(Tool):
    name = "rclone"
    flags = "copy --transfers 32 --checkers 32, 8 MiB x 16 per file, no reading of settings"
    settings = ["--transfers", "32", "--checkers", "32", "--azureblob-chunk-size", "8Mi"]

    def environment(self):
        made = {"RCLONE_CONFIG": ""}
        for account in ACCOUNTS:
            values = {"TYPE": "azureblob", "ACCOUNT": account, "KEY": KEY, "ENDPOINT": f"{self.address}/{account}"}
            made |= {f"RCLONE_CONFIG_{account.upper()}_{name}": value for name, value in values.items()}
        return super().environment() | made

    def version(self):
        return self.ask("version").split()[1].removeprefix("v")

    def copy(self, source, target, *more):
        return [self.program, "copy", source, target, *self.settings, *more]

    def up(self, folder, container, *more):
        return self.copy(str(folder), f"prov:{container}", *more)

    def down(self, container, folder):
        return self.copy(f"prov:{container}", str(folder))

    def across(self, source, target):
        return self.copy(f"prov:{source}", f"cons:{target}")

    def holds(self, account, container):
        """Files and bytes of a container."""
        said = json.loads(self.ask("size", "--json", "--fast-list", f"{account}:{container}") or "{}")
        return said.get("count"), said.get("bytes")

    def remove(self, account, container):
        self.ask("purge", f"{account}:{container}")


def account_sas(account):
    fields = {"sp": "rwdlactfx", "st": "", "se": EXPIRY}
    words = [account, fields["sp"], "b", "sco", fields["st"], EXPIRY, "", "", VERSION, "", ""]
    digest = hmac.new(base64.b64decode(KEY), "\n".join(words).encode(), hashlib.sha256).digest()
    query = {"sv": VERSION, "ss": "b", "srt": "sco", "sp": fields["sp"], "se": EXPIRY}
    return urlencode(query | {"sig": base64.b64encode(digest).decode()})


def programs(target, environment):
    """Where each program is: built in `target`, installed beside this file and in the Python `environment`."""
    npm = Path(__file__).parent / "node_modules/@azure-tools/azcopy-linux/dist/bin"
    azcopy = npm / f"azcopy_linux_{'arm64' if os.uname().machine == 'aarch64' else 'amd64'}"
    return {
        "blob-server": Path(target) / "release/blob-server",
        "plan": Path(target) / "release/examples/plan_of_many",
        Datashare: Path(target) / "release/datashare-cli",
        Azcopy: azcopy,
        Rclone: Path(environment) / "bin/rclone",
    }
