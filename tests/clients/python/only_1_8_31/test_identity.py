"""Personas and vaults through the low-level methods of this client, which have other names in the newer one."""

from support.refusal import refused

SITE = "https://github.com/login"


def test_inboxes_are_read_by_the_id_of_the_persona(client):
    with client.Persona() as persona:
        assert list(client.personas.list_emails(persona.persona_id, limit=3)) == []
        assert list(client.personas.list_sms(persona.persona_id, only_unread=True)) == []
    with refused(404, persona.persona_id):
        client.personas.list_emails(persona.persona_id)


def test_every_step_of_credentials_is_confirmed(client):
    vault = client.vaults.create().vault_id
    added = client.vaults.add_or_update_credentials(vault, url=SITE, username="ada", password="secret")
    assert added.status == "success"
    assert [credential.url for credential in client.vaults.list_credentials(vault).credentials] == ["github.com"]
    kept = client.vaults.get_credentials(vault, url=SITE).credentials
    assert kept == {"username": "ada", "password": "secret"}
    deleted = client.vaults.delete_credentials(vault, url=SITE)
    assert (deleted.status, deleted.message) == ("success", "Credentials deleted successfully")
    gone = client.vaults.delete(vault)
    assert (gone.status, gone.message) == ("success", "Vault deleted successfully")


def test_every_step_of_a_card_is_confirmed(client):
    card = {
        "card_holder_name": "Ada Lovelace",
        "card_number": "4111 1111 1111 1111",
        "card_cvv": "012",
        "card_full_expiration": "03/2031",
    }
    with client.Vault() as vault:
        assert client.vaults.set_credit_card(vault.vault_id, **card).status == "success"
        assert client.vaults.get_credit_card(vault.vault_id).credit_card == card
        deleted = client.vaults.delete_credit_card(vault.vault_id)
        assert (deleted.status, deleted.message) == ("success", "Credit card deleted successfully")
