"""The vault that belongs to a persona."""

import pytest
from notte_sdk.endpoints.vaults import NotteVault
from support.refusal import refused

SITE = "https://github.com/login"


@pytest.fixture
def persona(client):
    with client.Persona(create_vault=True) as made:
        yield made


@pytest.fixture
def generated(monkeypatch):
    """The passwords that the client has made."""
    passwords = []
    original = NotteVault.generate_password

    def remember(vault, *arguments, **options):
        passwords.append(original(vault, *arguments, **options))
        return passwords[-1]

    monkeypatch.setattr(NotteVault, "generate_password", remember)
    return passwords


def test_a_made_password_is_kept_with_the_personas_address(persona, generated):
    persona.add_credentials(SITE)
    [password] = generated
    assert persona.vault.get_credentials(SITE) == {"email": persona.info.email, "password": password}


def test_adding_again_replaces_the_password(persona, generated):
    persona.add_credentials(SITE)
    persona.add_credentials(SITE)
    first, second = generated
    assert first != second
    assert persona.vault.get_credentials(SITE)["password"] == second
    assert len(persona.vault.list_credentials()) == 1


def test_without_a_vault_there_is_nowhere_to_put_credentials(client):
    with client.Persona() as persona, pytest.raises(ValueError, match="without a vault"):
        persona.add_credentials(SITE)


def test_the_list_has_the_site_and_the_address(persona):
    persona.add_credentials(SITE)
    [credential] = persona.vault.list_credentials()
    assert (credential.url, credential.email, credential.username) == ("github.com", persona.info.email, None)
    assert persona.vault.has_credential("github.com")
    assert not persona.vault.has_credential("gitlab.com")


def test_another_address_is_refused_and_nothing_is_kept(persona):
    with refused(400, "This vault can only store one email address accross all credentials"):
        persona.vault.add_credentials(SITE, email="somebody.else@example.com", password="secret")
    assert persona.vault.list_credentials() == []


def test_another_address_does_not_replace_what_is_there(persona, generated):
    persona.add_credentials(SITE)
    with refused(400, "This vault can only store one email address accross all credentials"):
        persona.vault.add_credentials(SITE, email="somebody.else@example.com", password="secret")
    assert persona.vault.get_credentials(SITE) == {"email": persona.info.email, "password": generated[0]}


def test_a_user_name_of_a_site_is_kept(persona):
    persona.vault.add_credentials(SITE, username="ada", password="secret")
    assert persona.vault.get_credentials(SITE) == {"username": "ada", "password": "secret"}


def test_deleted_credentials_are_gone(persona):
    persona.add_credentials(SITE)
    persona.add_credentials("https://gitlab.com")
    persona.vault.delete_credentials(SITE)
    assert [credential.url for credential in persona.vault.list_credentials()] == ["gitlab.com"]
    with refused(404, "github.com"):
        persona.vault.get_credentials(SITE)


def test_personas_do_not_see_each_others_credentials(client, persona):
    persona.add_credentials(SITE)
    with client.Persona(create_vault=True) as other:
        assert other.info.vault_id != persona.info.vault_id
        with refused(404, "github.com"):
            other.vault.get_credentials(SITE)


def test_the_vault_is_listed_as_a_personas(client, persona):
    newest = client.vaults.list()[0]
    assert (newest.vault_id, newest.for_persona) == (persona.info.vault_id, True)


def test_the_vault_is_opened_by_its_id(client, persona):
    persona.add_credentials(SITE)
    assert client.Vault(persona.info.vault_id).list_credentials() == persona.vault.list_credentials()


def test_the_vault_goes_with_its_persona(client):
    with client.Persona(create_vault=True) as persona:
        persona.add_credentials(SITE)
        vault = persona.vault
    with refused(404, vault.vault_id):
        client.Vault(vault.vault_id)
    with refused(404, vault.vault_id):
        vault.get_credentials(SITE)
    assert vault.vault_id not in [listed.vault_id for listed in client.vaults.list(page_size=100)]


def test_a_persona_outlives_its_vault(client, persona):
    client.vaults.delete(persona.info.vault_id)
    again = client.Persona(persona.persona_id)
    assert again.info.status == "active"
    assert not again.has_vault
