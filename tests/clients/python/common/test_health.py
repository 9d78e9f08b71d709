"""Whether the server is there, without a key."""


def test_the_client_finds_the_server_healthy(client):
    client.health_check()


def test_health_and_readiness_need_no_key(api):
    for path in ("/health", "/ready"):
        answer = api("GET", path, key=None)
        assert answer.status_code == 200, path
        assert answer.headers["content-type"].startswith("application/json"), path
    assert api("HEAD", "/health", key=None).status_code == 200
