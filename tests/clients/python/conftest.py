"""What all suites of the Python clients share."""

import os

# Before the client is imported: no telemetry, and no way off this machine.
os.environ.update(
    DISABLE_TELEMETRY="true",
    HTTP_PROXY="http://127.0.0.1:9",
    HTTPS_PROXY="http://127.0.0.1:9",
    NO_PROXY="127.0.0.1,localhost",
)

import smtplib  # noqa: E402
from collections.abc import Callable, Iterator  # noqa: E402
from email.message import EmailMessage  # noqa: E402
from typing import Any  # noqa: E402

import pytest  # noqa: E402
import requests  # noqa: E402
from notte_sdk import NotteClient  # noqa: E402
from support.model import Model  # noqa: E402
from support.server import Origins, Server, TestSite  # noqa: E402


@pytest.fixture(scope="session")
def site() -> Iterator[Origins]:
    running = TestSite()
    yield running.origins
    running.stop()


@pytest.fixture(scope="session")
def model() -> Iterator[Model]:
    running = Model()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def server(site: Origins, model: Model) -> Iterator[Server]:
    running = Server(model.variables)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def client(server: Server) -> NotteClient:
    return NotteClient(api_key=server.key, server_url=server.url)


@pytest.fixture
def session(client: NotteClient) -> Iterator[Any]:
    """A started session; stopped at the end of the test."""
    with client.Session() as started:
        yield started


@pytest.fixture
def send_mail(server: Server) -> Callable[[str, str, str], None]:
    """Sends a mail: to whom, with what subject, with what text."""

    def send(to: str, subject: str, text: str) -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "shop@sender.example", to, subject
        message.set_content(text)
        with smtplib.SMTP(*server.mail(), timeout=10) as connection:
            connection.send_message(message)

    return send


class Api:
    """The HTTP API without a client, for what clients do not do."""

    def __init__(self, server: Server) -> None:
        self.url = server.url
        self.key = server.key

    def __call__(self, method: str, path: str, *, key: str | None = "", **options: Any) -> requests.Response:
        """Sends a request; `key=None` sends none, a text sends that one."""
        headers = dict(options.pop("headers", {}))
        if key is not None:
            headers["Authorization"] = f"Bearer {key or self.key}"
        return requests.request(method, self.url + path, headers=headers, timeout=60, **options)


@pytest.fixture(scope="session")
def api(server: Server) -> Api:
    return Api(server)
