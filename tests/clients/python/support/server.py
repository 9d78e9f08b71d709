"""Starts `guise serve` and the test site, ends both, and looks for anything that they leave behind."""

import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from support import processes

ROOT = Path(__file__).resolve().parents[4]
PATIENCE = 30.0
"""Seconds in which the server must be ready."""


def binary(name: str, variable: str) -> str:
    """The path of a built binary: from the environment, else the debug or the release build."""
    if given := os.environ.get(variable):
        return given
    for profile in ("debug", "release"):
        path = ROOT / "target" / profile / name
        if path.exists():
            return str(path)
    raise FileNotFoundError(f"{name} is not built: run cargo build, or set {variable}")


@dataclass
class Origins:
    """Where the test site listens."""

    origin: str
    other: str
    cross_site: str


class TestSite:
    """The site under test, as a process."""

    __test__ = False

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [binary("guise-testsite", "GUISE_TESTSITE_BIN")], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.origins = Origins(**json.loads(self.process.stdout.readline()))

    def stop(self) -> None:
        self.process.terminate()
        assert self.process.wait(timeout=10) == 0


class Server:
    """A server with a data folder, a temporary folder and a key of its own."""

    def __init__(self, variables: dict[str, str]) -> None:
        processes.adopt_orphans()
        self.known = processes.children()
        self.folder = Path(tempfile.mkdtemp(prefix="guise-client-"))
        # Entered, but not listed, by the accounts that browsers run under.
        self.folder.chmod(0o711)
        self.key = secrets.token_hex(16)
        self.url = ""
        (self.folder / "tmp").mkdir(mode=0o711)
        self.log = (self.folder / "log").open("w+")
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder / "tmp"),
            "GUISE_LISTEN": "127.0.0.1:0",
            "GUISE_SMTP_LISTEN": "127.0.0.1:0",
            "GUISE_DATA_DIR": str(self.folder / "data"),
            "GUISE_API_KEY": self.key,
            "GUISE_ALLOW_HOSTS": "localhost,127.0.0.1",
            **variables,
        }
        self.process = subprocess.Popen(
            [binary("guise", "GUISE_BIN"), "serve"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if (code := self.process.poll()) is not None:
                raise RuntimeError(f"guise serve ended with {code} before it was ready:\n{self.log_text()}")
            # It says where it listens.
            said = re.search(r"^Guise listens on (http://\S+)$", self.log_text(), re.MULTILINE)
            try:
                if said:
                    with urllib.request.urlopen(f"{said[1]}/ready", timeout=2) as answer:
                        if answer.status == 200:
                            self.url = said[1]
                            return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                pass
            time.sleep(0.05)
        self.process.kill()
        raise RuntimeError(f"guise serve was not ready in {PATIENCE} s:\n{self.log_text()}")

    def mail(self) -> tuple[str, int]:
        """Where mail is received: the server said so when it began."""
        line = next(line for line in self.log_text().splitlines() if line.strip().startswith("mail "))
        host, port = line.split()[1].rstrip(",").rsplit(":", 1)
        return host, int(port)

    def log_text(self) -> str:
        return (self.folder / "log").read_text()

    def stop(self) -> None:
        """Ends the server and fails unless it ends well and leaves nothing behind."""
        profiles = processes.profiles()
        try:
            self.process.send_signal(signal.SIGTERM)
            code = self.process.wait(timeout=10)
            assert code == 0, f"guise serve ended with {code}:\n{self.log_text()}"
            left = processes.left_behind(self.known, patience=5.0)
            assert not left, f"processes are left: {left}"
            kept = [str(folder) for folder in profiles if folder.exists()]
            assert not kept, f"profiles are left: {kept}"
            files = [path.name for path in (self.folder / "tmp").iterdir()]
            assert not files, f"temporary files are left: {files}"
            assert self.key not in self.log_text(), "the API key is in the log"
        except subprocess.TimeoutExpired:
            raise AssertionError(f"guise serve did not end within 10 s of TERM:\n{self.log_text()}") from None
        finally:
            self.process.kill()
            self.process.wait()
            for process in processes.children() - self.known:
                os.kill(process, signal.SIGKILL)
            self.log.close()
            shutil.rmtree(self.folder)
