"""What the client raises when the server says no."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from notte_sdk.errors import NotteAPIError


@contextmanager
def refused(status: int, *words: str) -> Iterator[None]:
    """The server refuses what is done here with this status, in both places where it stands, and with these words."""
    with pytest.raises(NotteAPIError) as failure:
        yield
    assert failure.value.status_code == status, failure.value.error
    assert failure.value.error["status"] == status
    for word in words:
        assert word in failure.value.error["message"]
