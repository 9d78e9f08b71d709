"""Vaults of their own: credentials by site, second factors, a card."""

import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest
from pyotp import TOTP
from support.refusal import refused

NOTHING = "6f1c2f1e-1111-4222-8333-444455556666"

SITE = "https://github.com/login"

CARD = {
    "card_holder_name": "Zoë Müller-Østergård",
    "card_number": "4111 1111 1111 1111",
    "card_cvv": "012",
    "card_full_expiration": "03/2031",
}

OTHER_CARD = {
    "card_holder_name": "A. Lovelace",
    "card_number": "5555555555554444",
    "card_cvv": "9876",
    "card_full_expiration": "12/30",
}


@pytest.fixture
def vault(client):
    with client.Vault() as made:
        yield made


@pytest.fixture
def deleted(client):
    """A vault as the client still has it, after it was deleted."""
    made = client.Vault()
    made.add_credentials(SITE, username="ada", password="secret")
    made.set_credit_card(**CARD)
    made.delete()
    return made


def ids(vaults):
    return [vault.vault_id for vault in vaults]


def test_a_vault_has_a_name_and_a_date(client):
    made = client.vaults.create(name="Payroll of März")
    try:
        assert made.name == "Payroll of März"
        assert made.for_persona is False
        assert made.created_at.tzinfo is not None
        assert client.vaults.list()[0] == made
    finally:
        client.vaults.delete(made.vault_id)


def test_a_vault_without_a_name_is_called_default(client, vault):
    newest = client.vaults.list()[0]
    assert (newest.vault_id, newest.name) == (vault.vault_id, "default")


@pytest.mark.parametrize("name", ["", "  ", "x" * 201])
def test_a_name_that_says_nothing_or_too_much_is_refused(client, name):
    with refused(422, "name"):
        client.vaults.create(name=name)


def test_vaults_are_listed_newest_first_in_pages(client):
    with client.Vault() as first, client.Vault() as second, client.Vault() as third:
        assert ids(client.vaults.list(page=1, page_size=2)) == ids([third, second])
        assert ids(client.vaults.list(page=2, page_size=2))[0] == first.vault_id
        assert list(client.vaults.list(page=1000, page_size=100)) == []


@pytest.mark.parametrize("query", [{"page": 0}, {"page_size": 0}, {"page_size": 101}])
def test_bad_paging_is_refused(client, query):
    [name] = query
    with refused(422, name):
        client.vaults.list(**query)


def test_deleted_vaults_are_listed_only_on_request(client, deleted):
    assert deleted.vault_id not in ids(client.vaults.list(page_size=100))
    assert deleted.vault_id not in ids(client.vaults.list(only_active=True, page_size=100))
    assert client.vaults.list(only_active=False)[0].vault_id == deleted.vault_id


def test_deleting_says_so_and_works_once(client):
    made = client.vaults.create()
    assert client.vaults.delete(made.vault_id).status == "success"
    with refused(404, made.vault_id):
        client.vaults.delete(made.vault_id)


def test_a_vault_lives_from_enter_to_exit(client):
    with client.Vault() as vault:
        assert client.vaults.get(vault.vault_id) == vault.vault_id
    with refused(404, vault.vault_id):
        client.vaults.get(vault.vault_id)


@pytest.mark.parametrize("identifier", [NOTHING, "nonexistent-vault-id-xyz789"])
def test_an_unknown_vault_is_named_in_the_error(client, identifier):
    with refused(404, identifier):
        client.Vault(identifier)
    with refused(404, identifier):
        client.vaults.delete(identifier)


@pytest.mark.parametrize(
    "use",
    [
        lambda vault: vault.list_credentials(),
        lambda vault: vault.get_credentials(SITE),
        lambda vault: vault.add_credentials(SITE, username="ada", password="secret"),
        lambda vault: vault.delete_credentials(SITE),
        lambda vault: vault.get_credit_card(),
        lambda vault: vault.set_credit_card(**CARD),
        lambda vault: vault.delete_credit_card(),
    ],
    ids=["list", "get", "add", "delete", "get_card", "set_card", "delete_card"],
)
def test_a_deleted_vault_is_of_no_use(deleted, use):
    with refused(404, deleted.vault_id):
        use(deleted)


@pytest.mark.parametrize(
    "credentials",
    [
        {"email": "ada@example.com", "password": "secret"},
        {"username": "ada", "password": "secret"},
        {"username": "ådä 🦊", "password": ' "quoted" \\ \t\n\u0000 пароль 🗝 '},
        {"username": "ada", "password": "x" * 10_000},
    ],
    ids=["email", "username", "odd", "long"],
)
def test_credentials_come_back_as_they_went_in(vault, credentials):
    vault.add_credentials(SITE, **credentials)
    assert vault.get_credentials(SITE) == credentials


def test_one_address_for_each_site(vault):
    vault.add_credentials("https://github.com", email="ada@example.com", password="one")
    vault.add_credentials("https://gitlab.com", email="grace@example.com", password="two")
    listed = [(credential.url, credential.email, credential.username) for credential in vault.list_credentials()]
    assert sorted(listed) == [("github.com", "ada@example.com", None), ("gitlab.com", "grace@example.com", None)]
    assert vault.get_credentials("https://github.com")["password"] == "one"
    assert vault.get_credentials("https://gitlab.com")["password"] == "two"


def test_adding_again_replaces_everything(vault):
    vault.add_credentials(SITE, email="ada@example.com", password="one", mfa_secret="EXAMPLEMFASECRET")
    vault.add_credentials(SITE, username="ada", password="two")
    assert vault.get_credentials(SITE) == {"username": "ada", "password": "two"}
    [credential] = vault.list_credentials()
    assert (credential.url, credential.email, credential.username) == ("github.com", None, "ada")


def test_adding_at_once_leaves_one_entry_that_fits_together(api, vault):
    def add(number):
        credentials = {"username": f"user-{number}", "password": f"password-{number}"}
        return api("POST", f"/vaults/{vault.vault_id}/credentials", json={"url": SITE, "credentials": credentials})

    with ThreadPoolExecutor(8) as pool:
        assert {answer.status_code for answer in pool.map(add, range(24))} == {200}
    assert len(vault.list_credentials()) == 1
    kept = vault.get_credentials(SITE)
    assert kept["username"].removeprefix("user-") == kept["password"].removeprefix("password-")


def test_credentials_are_taken_from_the_environment(vault, monkeypatch):
    for name, value in {"EMAIL": "ada@example.com", "PASSWORD": "secret"}.items():
        monkeypatch.setenv(f"GITHUB_COM_{name}", value)
    vault.add_credentials_from_env(SITE)
    assert vault.get_credentials(SITE) == {"email": "ada@example.com", "password": "secret"}


@pytest.mark.parametrize(
    ("address", "domain", "same"),
    [
        ("https://test.peeple.com/ok", "peeple.com", "peeple.com"),
        ("github.com/login", "github.com", "https://gist.github.com?a=b#c"),
        ("http://shop.example.co.uk:8080/x?y=1#z", "example.co.uk", "www.example.co.uk"),
        ("https://EXAMPLE.com/", "example.com", "HTTP://www.Example.COM"),
        ("https://bücher.de/x", "xn--bcher-kva.de", "https://xn--bcher-kva.de"),
        ("http://127.0.0.1:8080/login", "127.0.0.1", "127.0.0.1"),
        ("localhost:3000", "localhost", "http://localhost:4000/login"),
    ],
)
def test_spellings_of_one_site_are_one_entry(vault, address, domain, same):
    vault.add_credentials(same, username="ada", password="one")
    vault.add_credentials(address, username="ada", password="two")
    assert [credential.url for credential in vault.list_credentials()] == [domain]
    assert vault.get_credentials(same) == {"username": "ada", "password": "two"}
    vault.delete_credentials(same)
    assert vault.list_credentials() == []


@pytest.mark.parametrize("address", ["", "https://", ".com"])
def test_an_address_without_a_host_is_refused(vault, address):
    """By 1.8.31 itself, by the server for 1.10.0."""
    for use in (
        lambda: vault.add_credentials(address, username="ada", password="secret"),
        lambda: vault.get_credentials(address),
        lambda: vault.delete_credentials(address),
    ):
        with pytest.raises(ValueError, match=r"(?i)invalid|missing"):
            use()
    assert vault.list_credentials() == []


@pytest.mark.parametrize("names", [{}, {"email": "ada@example.com", "username": "ada"}], ids=["neither", "both"])
def test_either_an_address_or_a_user_name(vault, names):
    """By 1.8.31 itself, by the server for 1.10.0."""
    with pytest.raises(ValueError, match="credentials"):
        vault.add_credentials(SITE, password="secret", **names)
    assert vault.list_credentials() == []


def test_what_is_not_there_is_not_found(vault):
    vault.add_credentials("https://gitlab.com", username="ada", password="secret")
    with refused(404, "github.com"):
        vault.get_credentials(SITE)
    with refused(404, "github.com"):
        vault.delete_credentials(SITE)


def test_vaults_do_not_share(client, vault):
    vault.add_credentials(SITE, username="ada", password="secret")
    vault.set_credit_card(**CARD)
    with client.Vault() as other:
        assert other.list_credentials() == []
        with refused(404, "github.com"):
            other.get_credentials(SITE)
        with refused(404, "no credit card"):
            other.get_credit_card()


@pytest.mark.parametrize("seed", ["mysecret", "AAAAAAAAAAAA", "EXAMPLEMFASECRET", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"])
def test_a_seed_is_kept_as_it_is_and_gives_codes(api, vault, seed):
    credentials = {"username": "ada", "password": "secret", "mfa_secret": seed}
    earlier = TOTP(seed).now()
    vault.add_credentials(SITE, **credentials)
    shown = vault.get_credentials(SITE)
    computed = api("GET", f"/vaults/{vault.vault_id}/credentials/code?url=github.com").json()
    # The half minute may end in between.
    codes = {earlier, TOTP(seed).now()}
    assert shown == {**credentials, "mfa_secret": shown["mfa_secret"]}
    assert shown["mfa_secret"] in codes
    assert computed["code"] in codes
    raw = api("GET", f"/vaults/{vault.vault_id}/credentials?url=github.com").json()
    assert raw == {"credentials": credentials}


def test_a_code_is_no_seed(vault):
    """Told by 1.8.31 itself, by the server for 1.10.0."""
    with pytest.raises(ValueError, match=r"(?i)mfa"):
        vault.add_credentials(SITE, username="ada", password="secret", mfa_secret="999777")
    assert vault.list_credentials() == []


def test_the_list_and_the_log_show_no_secrets(api, server, vault):
    password = secrets.token_urlsafe(24)
    vault.add_credentials(SITE, username="ada", password=password, mfa_secret="EXAMPLEMFASECRET")
    vault.set_credit_card(**{**CARD, "card_number": password})
    listed = api("GET", f"/vaults/{vault.vault_id}").json()
    assert listed == {"credentials": [{"url": "github.com", "email": None, "username": "ada"}]}
    assert vault.get_credentials(SITE)["password"] == password
    assert vault.get_credit_card()["card_number"] == password
    assert password not in server.log_text()
    assert "EXAMPLEMFASECRET" not in server.log_text()


def test_a_card_comes_back_as_it_went_in_and_is_replaced(vault):
    vault.set_credit_card(**CARD)
    assert vault.get_credit_card() == CARD
    vault.set_credit_card(**OTHER_CARD)
    assert vault.get_credit_card() == OTHER_CARD


def test_a_card_is_deleted_once(vault):
    vault.set_credit_card(**CARD)
    vault.delete_credit_card()
    with refused(404, "no credit card"):
        vault.get_credit_card()
    with refused(404, "no credit card"):
        vault.delete_credit_card()


def test_a_card_and_credentials_do_not_touch_each_other(vault):
    vault.add_credentials(SITE, username="ada", password="secret")
    vault.set_credit_card(**CARD)
    vault.delete_credentials(SITE)
    assert vault.get_credit_card() == CARD
    vault.add_credentials(SITE, username="ada", password="secret")
    vault.delete_credit_card()
    assert vault.get_credentials(SITE) == {"username": "ada", "password": "secret"}
