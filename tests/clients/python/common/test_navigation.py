"""Going places: addresses, history, tabs."""

from support.page import eventually, js


def here(session):
    return js(session, "location.pathname")


def test_history_goes_back_and_forward(session, site):
    session.execute(type="goto", url=f"{site.origin}/article")
    session.execute(type="goto", url=f"{site.origin}/inputs")
    assert session.execute(type="go_back").success
    assert here(session) == "/article"
    assert session.execute(type="go_forward").success
    assert here(session) == "/inputs"


def test_reload_loads_again(session, site):
    session.execute(type="goto", url=f"{site.origin}/article")
    js(session, "window.mark = 1")
    assert session.execute(type="reload").success
    assert js(session, "window.mark ?? null") is None


def test_tabs_open_switch_and_close(session, site):
    session.execute(type="goto", url=f"{site.origin}/article")
    assert session.execute(type="goto_new_tab", url=f"{site.origin}/inputs").success
    assert here(session) == "/inputs"
    assert len(session.observe().metadata.tabs) == 2
    assert session.execute(type="switch_tab", tab_index=0).success
    assert here(session) == "/article"
    assert session.execute(type="switch_tab", tab_index=-1).success
    assert here(session) == "/inputs"
    assert session.execute(type="close_tab").success
    assert here(session) == "/article"


def test_a_popup_becomes_the_current_tab(session, site):
    session.execute(type="goto", url=f"{site.origin}/popups")
    assert session.execute(type="click", selector="#blank").success
    eventually(lambda: here(session), lambda path: path == "/article")


def test_redirects_are_followed(session, site):
    assert session.execute(type="goto", url=f"{site.origin}/redirect?to=/article&n=3").success
    assert here(session) == "/article"


def test_an_unreachable_address_fails_with_words(session):
    result = session.execute(type="goto", url="http://127.0.0.1:9/", raise_on_failure=False)
    assert not result.success
    assert result.message
    assert result.exception is not None


def test_metadata_addresses_are_refused_by_name(session):
    result = session.execute(type="goto", url="http://169.254.169.254/latest/", raise_on_failure=False)
    assert not result.success
    assert "169.254.169.254" in result.message


def test_local_files_are_refused(session):
    result = session.execute(type="goto", url="file:///etc/passwd", raise_on_failure=False)
    assert not result.success
    assert "file" in result.message


def test_the_server_itself_is_out_of_reach(session, server):
    result = session.execute(type="goto", url=f"{server.url}/health", raise_on_failure=False)
    assert not result.success


def test_waiting_takes_its_time(session):
    result = session.execute(type="wait", time_ms=300)
    assert result.success
    assert (result.ended_at - result.started_at).total_seconds() >= 0.3
