"""The stage itself: what a widget sends arrives in the page, and back, buffers too."""

from echo import Echo


def test_traits_media_and_two_views_agree(stage, footage):
    echo = Echo()
    echo.offer("video", footage)
    first, second = stage.show(echo, "first"), stage.show(echo, "second")
    first.get_by_role("button").click()
    first.get_by_text("clicked 2").wait_for()
    second.get_by_text("clicked 2").wait_for()
    assert echo.number == 2
    echo.number = 7
    second.get_by_text("clicked 7").wait_for()
    first.get_by_text(str(footage.stat().st_size)).wait_for()
    assert stage.violations() == []
