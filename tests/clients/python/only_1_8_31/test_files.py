"""Uploads and downloads through the storage of this client."""

import hashlib

import pytest
import requests
from notte_sdk.errors import NotteAPIError
from support.page import eventually, js

REPORT = b"month,orders,revenue\n2026-01,412,18342.50\n2026-02,388,17110.00\n2026-03,455,20981.25\n"


@pytest.fixture
def storage(client):
    return client.FileStorage()


@pytest.fixture
def stored(client, storage):
    """A session with storage."""
    with client.Session(storage=storage) as session:
        yield session


@pytest.fixture
def uploaded(storage, tmp_path):
    """A file in the account's uploads."""
    file = tmp_path / "picture of ärger.txt"
    file.write_bytes(b"uploaded by a test\n" * 1000)
    assert storage.upload(str(file))
    return file


def test_an_upload_comes_back_byte_for_byte(storage, uploaded, tmp_path):
    files = {file.name: file for file in storage.client.list_uploaded_files()}
    assert files[uploaded.name].size == uploaded.stat().st_size
    assert files[uploaded.name].file_ext.lstrip(".") == "txt"
    assert storage.download_uploaded_file(uploaded.name, str(tmp_path / "back"))
    assert (tmp_path / "back" / uploaded.name).read_bytes() == uploaded.read_bytes()


@pytest.mark.parametrize("selector", ["#chooser", "#hidden", "#detached"])
def test_a_page_receives_an_upload(stored, uploaded, site, selector):
    stored.execute(type="goto", url=f"{site.origin}/upload")
    result = stored.execute(type="upload_file", selector=selector, file_path=uploaded.name)
    assert result.success, result.message
    text = eventually(lambda: js(stored, "document.querySelector('#result').textContent"))
    assert f'"name":"{uploaded.name}"' in text
    assert hashlib.sha256(uploaded.read_bytes()).hexdigest() in text


def test_a_form_sends_an_upload(stored, uploaded, site):
    stored.execute(type="goto", url=f"{site.origin}/upload")
    stored.execute(type="upload_file", selector="#single", file_path=uploaded.name)
    stored.execute(type="click", selector="#form button")
    text = eventually(lambda: js(stored, "document.querySelector('#result')?.textContent ?? ''"))
    assert hashlib.sha256(uploaded.read_bytes()).hexdigest() in text


@pytest.mark.parametrize("name", ["missing.txt", "/etc/passwd", "../../etc/passwd"])
def test_only_uploads_can_be_uploaded(stored, site, name):
    stored.execute(type="goto", url=f"{site.origin}/upload")
    try:
        result = stored.execute(type="upload_file", selector="#single", file_path=name, raise_on_failure=False)
        assert not result.success
    except NotteAPIError as refused:
        assert 400 <= refused.status_code < 500
    assert js(stored, "document.querySelector('#single').files.length") == 0


@pytest.mark.parametrize(
    ("selector", "name", "content"),
    [
        ("#attachment", "report.csv", REPORT),
        ("#anchor", "from-anchor.csv", REPORT),
        ("#both", "report.csv", REPORT),
        ("#unicode", "Übersicht März.csv", REPORT),
        ("#data", "data.txt", b"kept in the address"),
        ("#blob", "blob.txt", b"made in the page\n"),
        ("#script", "report.csv", REPORT),
        ("#slow", "slow.txt", b"".join(b"line %d\n" % line for line in range(10))),
    ],
)
def test_a_download_is_stored_and_fetched(stored, storage, site, tmp_path, selector, name, content):
    stored.execute(type="goto", url=f"{site.origin}/download")
    result = stored.execute(type="download_file", selector=selector)
    assert result.success, result.message
    [file] = storage.client.list_downloaded_files(stored.session_id)
    assert file.name.endswith(name)
    assert file.size == len(content)
    assert storage.download(file.name, str(tmp_path))
    assert (tmp_path / file.name).read_bytes() == content


def test_what_the_browser_shows_itself_can_be_saved(stored, storage, site, tmp_path):
    stored.execute(type="goto", url=f"{site.origin}/download/document.pdf")
    result = stored.execute(type="download_file", id="I0")
    assert result.success, result.message
    [file] = storage.client.list_downloaded_files(stored.session_id)
    storage.download(file.name, str(tmp_path))
    assert (tmp_path / file.name).read_bytes() == requests.get(f"{site.origin}/download/document.pdf").content


def test_a_button_that_downloads_nothing_fails(stored, site):
    stored.execute(type="goto", url=f"{site.origin}/download")
    result = stored.execute(type="download_file", selector="#nothing", timeout=2000, raise_on_failure=False)
    assert not result.success


def test_downloads_outlive_the_session(client, storage, site, tmp_path):
    with client.Session(storage=storage) as session:
        session.execute(type="goto", url=f"{site.origin}/download")
        session.execute(type="download_file", selector="#attachment")
    [file] = storage.client.list_downloaded_files(session.session_id)
    assert storage.download(file.name, str(tmp_path))


def test_an_unknown_download_is_not_found(stored, storage, tmp_path):
    with pytest.raises(NotteAPIError) as failure:
        storage.download("nothing.txt", str(tmp_path))
    assert failure.value.status_code == 404


def test_a_file_link_needs_no_key_and_a_forged_one_fails(api, uploaded):
    link = api("GET", f"/storage/uploads/{uploaded.name}").json()["url"]
    assert requests.get(link).content == uploaded.read_bytes()
    assert requests.get(link[:-1] + ("0" if link[-1] != "0" else "1")).status_code in (401, 403, 404)
