"""Agents, with the client that knows them."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from notte_sdk import NotteClient
from notte_sdk.types import AgentStatus
from pydantic import BaseModel
from support.model import Model, call
from support.page import eventually
from support.server import Origins, Server


class Product(BaseModel):
    name: str
    price: float


def test_run_gives_the_answer(client: NotteClient, session: Any, model: Model, site: Origins) -> None:
    model.says(
        call("goto", url=f"{site.origin}/shop"),
        call("click", selector="text=Sign in"),
        call("completion", success=True, answer="It is there."),
    )
    agent = client.Agent(session=session, max_steps=5)
    response = agent.run(task="Find the teapot.")
    assert response.status == AgentStatus.closed
    assert response.success is True
    assert response.answer == "It is there."
    assert response.task == "Find the teapot."
    assert len(model.asked()) == 3


def test_steps_are_a_part_of_the_sessions(client: NotteClient, session: Any, model: Model, site: Origins) -> None:
    session.execute(type="goto", url=f"{site.origin}/login")
    session.observe()
    offset = session.offset()
    model.says(call("goto", url=f"{site.origin}/shop"), call("completion", success=True, answer="there"))
    agent = client.Agent(session=session, max_steps=3)
    agent.run(task="Go to the shop.")
    mine = agent.status().steps
    everything = session.status().steps
    assert [step["type"] for step in everything[:2]] == ["execution_result", "observation"]
    assert everything[offset:] == mine
    done = [step["value"]["action"]["type"] for step in mine if step["type"] == "execution_result"]
    assert done == ["goto", "completion"]


def test_the_answer_fits_a_model_of_the_callers(client: NotteClient, session: Any, model: Model) -> None:
    model.says(
        call("completion", success=True, answer='{"name": "Teapot"}'),
        call("completion", success=True, answer='{"name": "Teapot", "price": 12.5}'),
    )
    agent = client.Agent(session=session, max_steps=3)
    response = agent.run(task="What is it?", response_format=Product)
    assert response.success is True
    assert Product.model_validate_json(response.answer) == Product(name="Teapot", price=12.5)


def test_a_task_that_cannot_be_done(client: NotteClient, session: Any, model: Model) -> None:
    model.says(call("completion", success=False, answer="There is no teapot."))
    response = client.Agent(session=session).run(task="Find the teapot.")
    assert response.success is False
    assert response.answer == "There is no teapot."


def test_start_stop_and_list(client: NotteClient, session: Any, model: Model) -> None:
    model.says({"status": 503, "body": "{}"}, {"status": 503, "body": "{}"})
    agent = client.Agent(session=session)
    started = agent.start(task="Wait.")
    assert started.status == AgentStatus.active
    assert started.agent_id in [item.agent_id for item in client.agents.list()]
    stopped = agent.stop()
    assert stopped.status == AgentStatus.closed
    assert stopped.success is not True
    assert agent.status().status == AgentStatus.closed
    assert session.status().status == "active"


def test_a_persona_reads_its_mail(client: NotteClient, session: Any, model: Model, send_mail: Any) -> None:
    with client.Persona() as persona:
        send_mail(persona.info.email, "Your code", "Your verification code is 482913.")
        model.says(call("email_read", only_unread=True), call("completion", success=True, answer="482913"))
        response = client.Agent(session=session, persona=persona).run(task="Read the code.")
        assert response.success is True
        told = str(model.asked()[1]["body"])
        assert "482913" in told


@pytest.mark.parametrize("whole", [True, False])
def test_the_code_of_a_run_does_it_again(
    client: NotteClient, server: Server, model: Model, site: Origins, tmp_path: Path, whole: bool
) -> None:
    model.says(
        call("goto", url=f"{site.origin}/login"),
        call("fill", id="I1", value="ada"),
        call("check", selector="css=input[name=remember]", value=True),
        call("click", id="no-such-thing"),
        call("evaluate_js", code="document.querySelector('input[name=username]').value"),
        call("completion", success=True, answer="filled"),
    )
    with client.Session() as session:
        agent = client.Agent(session=session, max_steps=8)
        assert agent.run(task="Fill in the name.").success is True
        code = agent.workflow.code(as_workflow=whole)
    kinds = [action["type"] for action in code.json_actions]
    assert kinds == ["goto", "fill", "check", "evaluate_js", "completion"]
    asked = len(model.asked())
    script = tmp_path / "again.py"
    statements = code.python_script
    if not whole:
        lines = "\n".join(f"    {line}" for line in statements.splitlines())
        statements = f"from notte_sdk import NotteClient\nwith NotteClient().Session() as session:\n{lines}\nprint(result.data)\n"
    script.write_text(statements)
    environment = {**os.environ, "NOTTE_API_URL": server.url, "NOTTE_API_KEY": server.key}
    again = subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True, timeout=60)
    assert again.returncode == 0, again.stderr
    assert "ada" in again.stdout
    assert len(model.asked()) == asked, "no model was asked"


def test_the_code_of_a_run_signs_in_again(
    client: NotteClient, server: Server, model: Model, site: Origins, tmp_path: Path
) -> None:
    heading = "document.querySelector('h1').textContent"
    model.says(
        call("goto", url=f"{site.origin}/login"),
        call("fill", selector="#username", value="cooljohnny1567"),
        call("fill", selector="#password", value="mycoolpassword"),
        call("click", selector="css=button[type=submit]"),
        call("evaluate_js", code=heading),
        call("completion", success=True, answer="signed in"),
    )
    with client.Vault() as vault:
        vault.add_credentials(url=site.origin, username="ada", password="engine-1843")
        with client.Session() as session:
            agent = client.Agent(session=session, vault=vault, max_steps=8)
            assert agent.run(task="Sign in.").success is True
            assert session.execute(type="evaluate_js", code=heading).data.markdown == "Welcome, ada"
            code = agent.workflow.code(as_workflow=True)
        assert "engine-1843" not in code.python_script
        asked = len(model.asked())
        script = tmp_path / "again.py"
        script.write_text(code.python_script)
        environment = {**os.environ, "NOTTE_API_URL": server.url, "NOTTE_API_KEY": server.key}
        again = subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True, timeout=60)
        assert again.returncode == 0, again.stderr
        assert "Welcome, ada" in again.stdout
        assert len(model.asked()) == asked, "no model was asked"


@pytest.mark.parametrize("whole", [True, False])
def test_the_code_of_a_run_waits_for_new_messages(
    client: NotteClient, server: Server, model: Model, site: Origins, send_mail: Any, tmp_path: Path, whole: bool
) -> None:
    link = f"{site.origin}/login?from=4f9d2c81"
    model.says(
        call("goto", url=f"{site.origin}/shop"),
        call("email_verification_read"),
        call("goto", url=link),
        call("email_verification_read"),
        call("fill", selector="#username", value="482913"),
        call("evaluate_js", code="location.href + ' ' + document.querySelector('#username').value"),
        call("completion", success=True, answer="filled"),
    )
    with client.Persona() as persona:
        address = persona.info.email
        send_mail(address, "Welcome", "Your verification code is 000111.")
        persona.emails()
        with client.Session() as session, ThreadPoolExecutor(1) as beside:
            agent = client.Agent(session=session, persona=persona, max_steps=8)
            ended = beside.submit(agent.run, task="Sign in.")
            eventually(lambda: len(model.asked()) >= 2)
            send_mail(address, "Sign in", f"Follow this link to sign in:\n{link}\n")
            eventually(lambda: len(model.asked()) >= 4)
            send_mail(address, "Your code", "Order 555666. Your verification code is 482913.")
            assert ended.result().success is True
            code = agent.workflow.code(as_workflow=whole)
        script = tmp_path / "again.py"
        statements = code.python_script
        assert "482913" not in statements and "4f9d2c81" not in statements
        if not whole:
            head, _, rest = statements.partition("session.execute")
            lines = "\n".join(f"    {line}" for line in f"session.execute{rest}".splitlines())
            client_first = "from notte_sdk import NotteClient\nclient = NotteClient()"
            statements = f"{client_first}\n{head}\nwith client.Session() as session:\n{lines}\nprint(result.data)\n"
        script.write_text(statements)
        asked = len(model.asked())
        environment = {**os.environ, "NOTTE_API_URL": server.url, "NOTTE_API_KEY": server.key}
        again = subprocess.Popen(
            [sys.executable, script], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        # Whatever was there before the script had a session is old to it.
        eventually(lambda: client.sessions.list() or again.poll() is not None)
        send_mail(address, "Sign in", f"Follow this link to sign in:\n{link.replace('4f9d2c81', 'a0b1c2d3')}\n")
        send_mail(address, "Your code", "Order 777888. Your verification code is 771394.")
        told, wrong = again.communicate(timeout=60)
        assert again.returncode == 0, wrong
        assert "from=a0b1c2d3 771394" in told
        assert len(model.asked()) == asked, "no model was asked"
