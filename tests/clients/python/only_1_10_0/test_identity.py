"""What personas and vaults of this client have beyond the older one, and what it leaves to the server to refuse."""

import asyncio
import datetime as dt

import pytest
from notte_sdk import AsyncNotteClient
from support.refusal import refused

SITE = "https://github.com/login"

CARD = {
    "card_holder_name": "Ada Lovelace",
    "card_number": "4111 1111 1111 1111",
    "card_cvv": "012",
    "card_full_expiration": "03/2031",
}


@pytest.fixture
def persona(client):
    with client.Persona() as made:
        yield made


@pytest.fixture
def vault(client):
    with client.Vault() as made:
        yield made


def test_a_persona_says_when_it_was_made_and_who_receives_its_mail(client):
    earlier = dt.datetime.now(dt.UTC)
    with client.Persona() as persona:
        assert earlier <= persona.info.created_at <= dt.datetime.now(dt.UTC)
        assert persona.info.email_provider == "notte"
        local, _, domain = persona.internal_email.partition("@")
        assert local
        assert domain
        assert persona.info.name is None


def test_a_persona_is_made_with_a_name_for_lists(client):
    with client.Persona(name="Buyer of März", create_vault=True) as persona:
        assert persona.info.name == "Buyer of März"
        assert client.personas.list()[0].name == "Buyer of März"
        [vault] = [vault for vault in client.vaults.list() if vault.vault_id == persona.info.vault_id]
        assert vault.name == "Buyer of März"


def test_a_persona_gets_another_name_and_stays_the_same_otherwise(client, persona):
    renamed = client.personas.update(persona.persona_id, name="Buyer")
    assert renamed == persona.info.model_copy(update={"name": "Buyer"})
    assert client.personas.get(persona.persona_id) == renamed
    assert client.personas.update(persona.persona_id, name="Seller").name == "Seller"


def test_names_need_not_be_unique(client):
    with client.Persona(name="Buyer") as first, client.Persona(name="Buyer") as second:
        assert first.info.name == second.info.name
        assert first.email != second.email


@pytest.mark.parametrize("name", ["", "  ", "x" * 201])
def test_a_name_that_says_nothing_or_too_much_is_refused(client, persona, name):
    with refused(422, "name"):
        client.personas.create(name=name)
    with refused(422, "name"):
        client.personas.update(persona.persona_id, name=name)
    assert client.personas.get(persona.persona_id).name is None


def test_a_deleted_persona_gets_no_name(client):
    with client.Persona() as persona:
        pass
    with refused(404, persona.persona_id):
        client.personas.update(persona.persona_id, name="Buyer")


@pytest.mark.parametrize("provider", ["agentmail", "resend", "no-such-provider"])
def test_nobody_else_receives_mail(client, provider):
    newest = client.personas.list(only_active=False)[0]
    with refused(422, "email_provider", "notte"):
        client.personas.create(email_provider=provider)
    assert client.personas.list(only_active=False)[0] == newest


def test_a_vault_gets_another_name_and_keeps_what_it_holds(client, vault):
    vault.add_credentials(SITE, username="ada", password="secret")
    [before] = [listed for listed in client.vaults.list() if listed.vault_id == vault.vault_id]
    renamed = client.vaults.update(vault.vault_id, name="Payroll")
    assert renamed == before.model_copy(update={"name": "Payroll"})
    assert client.vaults.list()[0] == renamed
    assert vault.get_credentials(SITE) == {"username": "ada", "password": "secret"}


@pytest.mark.parametrize("name", ["", "  ", "x" * 201])
def test_a_vault_keeps_its_name_when_the_new_one_is_none(client, vault, name):
    with refused(422, "name"):
        client.vaults.update(vault.vault_id, name=name)
    assert client.vaults.list()[0].name == "default"


def test_a_deleted_vault_gets_no_name(client):
    with client.Vault() as vault:
        pass
    with refused(404, vault.vault_id):
        client.vaults.update(vault.vault_id, name="Payroll")


@pytest.mark.parametrize("address", ["", "https://", ".com", "a b", "https://bank.com@evil.com"])
def test_the_server_refuses_an_address_without_a_host(vault, address):
    with refused(422, "url"):
        vault.add_credentials(address, username="ada", password="secret")
    with refused(422, "url"):
        vault.delete_credentials(address)


@pytest.mark.parametrize(
    ("credentials", "word"),
    [
        ({"password": "secret"}, "exactly one of"),
        ({"password": "secret", "email": "ada@example.com", "username": "ada"}, "exactly one of"),
        ({"password": "secret", "email": "ada"}, "email"),
        ({"username": "ada"}, "password"),
        ({"username": "ada", "password": ""}, "password"),
        ({"username": "ada", "password": "secret", "mfa_secret": "999777"}, "seed"),
        ({"username": "ada", "password": "secret", "mfa_secret": "not base32!"}, "base32"),
        ({"username": "ada", "password": "secret", "pin": "1234"}, "pin"),
    ],
    ids=["neither", "both", "no-address", "no-password", "empty-password", "a-code", "no-seed", "unknown-member"],
)
def test_the_server_refuses_credentials_that_do_not_fit(vault, credentials, word):
    with refused(422, word):
        vault.add_credentials(SITE, **credentials)
    assert vault.list_credentials() == []


@pytest.mark.parametrize("member", CARD)
def test_the_server_refuses_a_card_that_is_not_whole(vault, member):
    with refused(422, member):
        vault.set_credit_card(**{name: value for name, value in CARD.items() if name != member})
    with refused(422, member):
        vault.set_credit_card(**{**CARD, member: ""})
    with refused(404, "no credit card"):
        vault.get_credit_card()


def test_every_step_is_confirmed(client, vault):
    added = client.vaults.credentials_add(vault.vault_id, url=SITE, username="ada", password="secret")
    assert added.status == "success"
    [credential] = client.vaults.credentials_list(vault.vault_id).credentials
    assert credential.url == "github.com"
    deleted = client.vaults.credentials_delete(vault.vault_id, url=SITE)
    assert (deleted.status, deleted.message) == ("success", "Credentials deleted successfully")
    assert client.vaults.credit_card_set(vault.vault_id, **CARD).status == "success"
    deleted = client.vaults.credit_card_delete(vault.vault_id)
    assert (deleted.status, deleted.message) == ("success", "Credit card deleted successfully")


def test_the_asynchronous_client_does_the_same(server):
    async def journey() -> str:
        client = AsyncNotteClient(api_key=server.key, server_url=server.url)
        async with client.Persona(create_vault=True, name="Buyer") as persona:
            assert await persona.emails() == []
            assert await persona.sms(only_unread=True, timedelta=dt.timedelta(minutes=5)) == []
            await persona.add_credentials(SITE)
            kept = await persona.vault.get_credentials(SITE)
            assert kept.keys() == {"email", "password"}
            assert kept["email"] == persona.email
            with refused(501, "GUISE_PHONE_PROVIDER"):
                await persona.create_number()
        async with client.Vault(name="Payroll") as vault:
            await vault.set_credit_card(**CARD)
            assert await vault.get_credit_card() == CARD
        with refused(404, vault.vault_id):
            await client.vaults.get(vault.vault_id)
        with refused(404, persona.persona_id):
            await client.Persona(persona.persona_id)
        return persona.info.name

    assert asyncio.run(journey()) == "Buyer"
