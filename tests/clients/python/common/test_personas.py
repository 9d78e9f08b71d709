"""Identities: made, listed, read, deleted; their inboxes while nothing has arrived."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from loguru import logger
from support.refusal import refused

NOBODY = "6f1c2f1e-1111-4222-8333-444455556666"

INBOXES = ["emails", "sms"]


@pytest.fixture
def persona(client):
    with client.Persona() as made:
        yield made


@pytest.fixture
def deleted(client):
    """A persona as the client still has it, after it was deleted."""
    made = client.Persona(create_vault=True)
    made.delete()
    return made


@pytest.fixture
def warnings():
    """What the client warns of."""
    texts = []
    sink = logger.add(lambda message: texts.append(message.record["message"]), level="WARNING")
    yield texts
    logger.remove(sink)


def ids(personas):
    return [persona.persona_id for persona in personas]


def test_a_persona_has_a_name_and_an_address(persona):
    info = persona.info
    assert info.status == "active"
    assert info.first_name.strip()
    assert info.last_name.strip()
    local, _, domain = info.email.partition("@")
    assert local
    assert domain
    assert info.vault_id is None
    assert info.phone_number is None


def test_a_vault_comes_only_when_it_is_asked_for(client, persona):
    assert not persona.has_vault
    with pytest.raises(ValueError, match="create_vault=True"):
        _ = persona.vault
    with client.Persona(create_vault=True) as other:
        assert other.has_vault
        assert other.vault.list_credentials() == []


def test_a_persona_is_found_again_by_its_id(client, persona):
    assert client.Persona(persona.persona_id).info == persona.info
    assert client.personas.get(persona.persona_id) == persona.info


def test_addresses_are_unique_also_when_personas_are_made_at_once(client):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: client.personas.create(), range(24)))
    try:
        assert len({persona.email for persona in made}) == 24
        assert len({persona.persona_id for persona in made}) == 24
    finally:
        for persona in made:
            client.personas.delete(persona.persona_id)


def test_the_list_holds_what_get_gives_newest_first(client):
    with client.Persona() as first, client.Persona(create_vault=True) as second:
        newest, next_newest, *_ = client.personas.list()
        assert newest == client.personas.get(second.persona_id)
        assert next_newest == client.personas.get(first.persona_id)


def test_deleted_personas_are_listed_only_on_request(client, deleted):
    assert deleted.persona_id not in ids(client.personas.list(page_size=100))
    assert deleted.persona_id not in ids(client.personas.list(only_active=True, page_size=100))
    newest = client.personas.list(only_active=False)[0]
    assert newest.persona_id == deleted.persona_id
    assert newest.status == "closed"


def test_pages_of_the_list_do_not_overlap(client):
    with client.Persona() as first, client.Persona() as second, client.Persona() as third:
        assert ids(client.personas.list(page=1, page_size=2)) == ids([third, second])
        assert ids(client.personas.list(page=2, page_size=2))[0] == first.persona_id
        assert list(client.personas.list(page=1000, page_size=100)) == []


@pytest.mark.parametrize("query", [{"page": 0}, {"page_size": 0}, {"page_size": 101}])
def test_bad_paging_is_refused(client, query):
    [name] = query
    with refused(422, name):
        client.personas.list(**query)


def test_deleting_says_so_and_works_once(client):
    made = client.personas.create()
    answer = client.personas.delete(made.persona_id)
    assert (answer.status, answer.message) == ("success", "Persona deleted successfully")
    with refused(404, made.persona_id, "already deleted"):
        client.personas.delete(made.persona_id)


@pytest.mark.parametrize(
    "use",
    [
        lambda persona: persona.client.get(persona.persona_id),
        lambda persona: persona.emails(),
        lambda persona: persona.sms(),
        lambda persona: persona.create_number(),
        lambda persona: persona.delete_number(),
    ],
    ids=["get", "emails", "sms", "create_number", "delete_number"],
)
def test_a_deleted_persona_is_of_no_use(deleted, use):
    with refused(404, deleted.persona_id):
        use(deleted)


@pytest.mark.parametrize("identifier", [NOBODY, "nonexistent-persona-id-xyz789"])
def test_an_unknown_persona_is_named_in_the_error(client, identifier):
    with refused(404, identifier):
        client.Persona(identifier)
    with refused(404, identifier):
        client.personas.delete(identifier)


def test_the_default_persona_stays(client):
    page = 1
    while len(personas := client.personas.list(page=page, page_size=100)) == 100:
        page += 1
    oldest = personas[-1]
    with refused(409, "default"):
        client.personas.delete(oldest.persona_id)
    assert client.personas.get(oldest.persona_id) == oldest


def test_a_persona_lives_from_enter_to_exit(client):
    with client.Persona() as persona:
        assert client.personas.get(persona.persona_id).status == "active"
    with refused(404):
        client.personas.get(persona.persona_id)


def test_leaving_deletes_also_what_was_there_before_and_after_a_failure(client):
    made = client.personas.create()
    with pytest.raises(ZeroDivisionError), client.Persona(made.persona_id):
        _ = 1 / 0
    with refused(404):
        client.personas.get(made.persona_id)


def test_leaving_after_a_deletion_only_warns(client, warnings):
    with client.Persona() as persona:
        persona.delete()
        warnings.clear()
    assert warnings == [f"[Persona] {persona.persona_id} was already deleted."]


@pytest.mark.parametrize("inbox", INBOXES)
@pytest.mark.parametrize(
    "query",
    [
        {},
        {"limit": 1},
        {"limit": 100},
        {"timedelta": dt.timedelta(minutes=5)},
        {"timedelta": dt.timedelta(days=1, seconds=3)},
        {"timedelta": dt.timedelta(days=30)},
        {"timedelta": dt.timedelta(milliseconds=250)},
        {"timedelta": dt.timedelta(0)},
        {"timedelta": None},
        {"only_unread": True},
        {"only_unread": False, "limit": 5, "timedelta": dt.timedelta(hours=2)},
    ],
    ids=str,
)
def test_an_inbox_is_empty_however_it_is_asked(persona, inbox, query):
    assert list(getattr(persona, inbox)(**query)) == []


@pytest.mark.parametrize("inbox", INBOXES)
@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"timedelta": dt.timedelta(seconds=-5)}], ids=str)
def test_an_impossible_query_of_an_inbox_is_refused(persona, inbox, query):
    [name] = query
    with refused(422, name):
        getattr(persona, inbox)(**query)


@pytest.mark.parametrize("inbox", INBOXES)
@pytest.mark.parametrize("query", ["timedelta=PT5M", "timedelta=300", "only_unread=true", "only_unread=1"])
def test_other_clients_spell_the_query_differently(api, persona, inbox, query):
    answer = api("GET", f"/personas/{persona.persona_id}/{inbox}?{query}")
    assert (answer.status_code, answer.json()) == (200, [])


@pytest.mark.parametrize("inbox", INBOXES)
@pytest.mark.parametrize("query", ["timedelta=soon", "only_unread=perhaps", "limit=few"])
def test_a_query_that_nobody_understands_is_refused(api, persona, inbox, query):
    answer = api("GET", f"/personas/{persona.persona_id}/{inbox}?{query}")
    assert answer.status_code == 422
    assert query.partition("=")[2] in answer.json()["message"]


def test_a_number_without_a_provider_says_what_to_set(persona):
    with refused(501, "No phone provider is configured", "GUISE_PHONE_PROVIDER"):
        persona.create_number()
    assert persona.client.get(persona.persona_id).phone_number is None


def test_a_number_that_is_not_there_cannot_be_deleted(persona):
    with refused(404, "no phone number"):
        persona.delete_number()


def test_a_persona_that_cannot_have_its_number_is_not_made_at_all(client):
    def newest():
        return (
            ids(client.personas.list(only_active=False, page_size=1)),
            [vault.vault_id for vault in client.vaults.list(only_active=False, page_size=1)],
        )

    before = newest()
    with refused(501, "No phone provider is configured", "GUISE_PHONE_PROVIDER"):
        client.Persona(create_vault=True, create_phone_number=True)
    assert newest() == before


@pytest.mark.parametrize("path", ["/personas", "/personas/", "/vaults", "/vaults/"])
def test_lists_are_served_with_and_without_a_slash_and_never_without_a_key(api, path):
    answer = api("GET", path, allow_redirects=False)
    assert answer.status_code == 200
    assert answer.json().keys() == {"items", "page", "page_size", "has_next", "has_previous"}
    assert api("GET", path, key=None).status_code == 401
