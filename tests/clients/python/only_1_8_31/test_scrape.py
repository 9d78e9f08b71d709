"""Reading a page: what the newer client no longer offers."""


def test_images_are_listed(session, site):
    session.execute(type="goto", url=f"{site.origin}/article")
    images = session.scrape(only_images=True)
    assert f"{site.origin}/images/letter.png" in [image.url for image in images]
