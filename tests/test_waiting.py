"""A wait that is ended says what it saw last."""

from __future__ import annotations

import pytest
from waiting import until


class Ended(BaseException):
    """The test's own timeout, which is no Exception either."""


class Meter:
    """Ends the third look at it."""

    def __init__(self):
        self.looks, self.ended = 0, False

    @property
    def spent(self):
        self.looks += 1
        if self.looks == 3 and not self.ended:
            self.ended = True
            raise Ended
        return self.looks


def test_what_is_there_is_returned():
    assert until(lambda: [1]) == [1]


def test_what_was_compared_is_told():
    meter = Meter()
    with pytest.raises(Ended) as caught:
        until(lambda meter=meter: meter.spent == 91 or not meter)
    (note,) = caught.value.__notes__
    assert note == (
        "Waited for meter.spent == 91 or not meter, "
        f"meter.spent = 4, meter = {meter!r}; it was False when it was asked last."
    )


def test_of_a_method_its_name_is_told():
    found = Meter()

    class Looked:
        def there(self):
            return found.spent > 5

    with pytest.raises(Ended) as caught:
        until(Looked().there)
    assert "Looked.there; it was False" in caught.value.__notes__[0]
