"""A provider of language models that says what a test wants it to say."""

import json
import subprocess
from typing import Any

import requests
from support.server import binary


class Model:
    """The provider, as a process."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [binary("guise-testmodel", "GUISE_TESTMODEL_BIN")], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        addresses = json.loads(self.process.stdout.readline())
        self.url = addresses["url"]
        self.variables = {
            "OPENAI_BASE_URL": addresses["openai"],
            "OPENAI_API_KEY": "sk-of-the-tests-123",
            "GUISE_MODEL": "openai/some-model",
        }

    def says(self, *replies: dict[str, Any]) -> None:
        """Forgets what was before; answers with these, one after the other."""
        requests.post(f"{self.url}/_reset", timeout=10).raise_for_status()
        requests.post(f"{self.url}/_replies", json=list(replies), timeout=10).raise_for_status()

    def asked(self) -> list[dict[str, Any]]:
        """The requests since the last `says`."""
        return requests.get(f"{self.url}/_requests", timeout=10).json()

    def stop(self) -> None:
        self.process.terminate()
        assert self.process.wait(timeout=10) == 0


def call(name: str, **arguments: Any) -> dict[str, Any]:
    """A reply that calls a tool."""
    return {"calls": [{"name": name, "arguments": arguments}]}
