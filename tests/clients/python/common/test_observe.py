"""Looking at a page and acting by element id."""

import io

from PIL import Image
from support.page import eventually, js, named


def test_a_fresh_session_observes_an_empty_page(session):
    observation = session.observe()
    assert list(observation.space.interaction_actions) == []


def test_a_page_is_listed_with_ids_and_picture(session, site):
    session.execute(type="goto", url=f"{site.origin}/login")
    observation = session.observe()
    assert observation.metadata.title == "Sign in"
    assert observation.metadata.url == f"{site.origin}/login"
    assert named(observation, "username").id.startswith("I")
    assert named(observation, "Remember me").id.startswith("B")
    assert named(observation, "Back to the shop").id.startswith("L")
    assert "Sign in" in observation.space.description
    picture = Image.open(io.BytesIO(observation.screenshot.raw))
    assert picture.format == "JPEG"
    assert picture.width % 2 == 0 and picture.height % 2 == 0
    # Not the blank picture that the client puts in place of a missing one.
    assert len(picture.convert("L").getcolors(maxcolors=256) or []) > 2


def test_login_by_observed_ids(session, site):
    session.execute(type="goto", url=f"{site.origin}/login")
    observation = session.observe()
    session.execute(type="fill", id=named(observation, "username").id, value="ada")
    session.execute(type="fill", id=named(observation, "password").id, value="engine-1843")
    session.execute(type="check", id=named(observation, "Remember me").id, value=True)
    submit = [a for a in observation.space.interaction_actions if a.type == "click" and a.text_label == "Sign in"]
    assert session.execute(type="click", id=submit[-1].id).success
    eventually(lambda: js(session, "document.title"), lambda title: title == "Account")
    assert "Welcome, ada" in session.scrape()


def test_an_observed_action_can_be_executed_as_it_is(session, site):
    session.execute(type="goto", url=f"{site.origin}/shop")
    action = named(session.observe(), "Cart (0)")
    assert session.execute(action).success
    eventually(lambda: js(session, "location.pathname"), lambda path: path == "/shop/cart")


def test_an_id_stays_with_its_element(session, site):
    session.execute(type="goto", url=f"{site.origin}/shop")
    before = {action.description: action.id for action in session.observe().space.interaction_actions}
    session.execute(type="click", selector="[data-testid='add-PEN-01']")
    session.execute(type="scroll_up", raise_on_failure=False)
    after = {action.description: action.id for action in session.observe().space.interaction_actions}
    shared = before.keys() & after.keys()
    assert shared
    assert all(before[key] == after[key] for key in shared)


def test_an_id_of_an_earlier_page_fails_by_name(session, site):
    session.execute(type="goto", url=f"{site.origin}/shop")
    old = named(session.observe(), "Cart (0)").id
    session.execute(type="goto", url=f"{site.origin}/animated")
    session.observe()
    result = session.execute(type="click", id=old, raise_on_failure=False)
    assert not result.success
    assert f"Action with id '{old}' is invalid" in result.message


def test_a_long_table_is_listed_up_to_the_window(session, site):
    session.execute(type="goto", url=f"{site.origin}/table?rows=2000")
    observation = session.observe()
    assert observation.metadata.viewport.total_height > 20_000
    assert named(observation, ">Open 1<").id.startswith("B")
    assert session.execute(type="click", id=named(observation, ">Open 3<").id).success
    assert js(session, "document.querySelector('#last').textContent") == "3"


def test_the_shopping_cart_counts(session, site):
    session.execute(type="goto", url=f"{site.origin}/shop")
    session.execute(type="fill", selector="input[name=q]", value="pen", press_enter=True)
    eventually(lambda: js(session, "location.search"), lambda query: "q=pen" in query)
    session.execute(type="click", selector="[data-testid='add-PEN-01']")
    eventually(lambda: js(session, "document.querySelector('#cart-count').textContent"), lambda count: count == "1")
