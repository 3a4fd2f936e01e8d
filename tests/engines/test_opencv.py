"""OpenCV keeps to one thread while the engine works, and has its own again afterwards."""

import threading

import cv2
import pytest

from sora_nb.engines.opencv import one_thread


@pytest.fixture(autouse=True)
def three():
    before = cv2.getNumThreads()
    cv2.setNumThreads(3)
    yield
    cv2.setNumThreads(before)


def test_opencv_has_its_threads_again_even_after_an_error():
    @one_thread()
    def broken():
        raise ValueError(cv2.getNumThreads())

    with pytest.raises(ValueError, match=r"^1$"):
        broken()
    assert cv2.getNumThreads() == 3


def test_the_last_of_several_tasks_gives_the_threads_back():
    begun, end = threading.Event(), threading.Event()

    def other():
        with one_thread():
            begun.set()
            end.wait()

    task = threading.Thread(target=other)
    with one_thread():
        task.start()
        begun.wait()
    assert cv2.getNumThreads() == 1
    end.set()
    task.join()
    assert cv2.getNumThreads() == 3
