"""The official openai SDK as a client of the local server."""

from __future__ import annotations

import warnings

import pytest
from conftest import KEY

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import openai

# the SDK marks its video methods as deprecated since OpenAI closed its own service
pytestmark = pytest.mark.filterwarnings("ignore:The Sora API:DeprecationWarning")


@pytest.fixture
def sdk(server):
    with openai.OpenAI(base_url=server.url + "/v1", api_key=KEY, max_retries=0) as made:
        yield made


def test_create_and_poll_download_list_delete(sdk, tmp_path):
    video = sdk.videos.create_and_poll(prompt="a corgi", model="sora-2", seconds="4", size="720x1280")
    assert (video.status, video.progress, video.error) == ("completed", 100, None)
    sdk.videos.download_content(video.id).write_to_file(tmp_path / "a.mp4")
    assert (tmp_path / "a.mp4").read_bytes()[4:8] == b"ftyp"
    assert [found.id for found in sdk.videos.list()] == [video.id]
    assert sdk.videos.delete(video.id).deleted
    with pytest.raises(openai.NotFoundError):
        sdk.videos.retrieve(video.id)


def test_pages_of_a_listing(sdk):
    made = [sdk.videos.create(prompt=f"take {number}", seconds="4").id for number in range(5)]
    assert [video.id for video in sdk.videos.list(limit=2)] == made[::-1]
    assert [video.id for video in sdk.videos.list(limit=2, order="asc")] == made


def test_refusals_are_the_sdks_own_errors(sdk, server):
    with pytest.raises(openai.BadRequestError, match="does not have a cameo"):
        sdk.videos.create(prompt="@nobody runs")
    stranger = openai.OpenAI(base_url=server.url + "/v1", api_key="wrong", max_retries=0)
    with stranger, pytest.raises(openai.AuthenticationError):
        stranger.videos.list()


def test_a_picture_to_start_from(sdk, footage, tmp_path):
    from sora_nb import media

    picture = tmp_path / "a.jpg"
    picture.write_bytes(media.poster(footage))
    video = sdk.videos.create_and_poll(prompt="a corgi", seconds="4", input_reference=picture)
    assert video.status == "completed"


def test_models_are_listed_and_retrieved(sdk):
    names = [model.id for model in sdk.models.list()]
    assert "sora-2-character" in names
    assert [sdk.models.retrieve(name).id for name in names] == names
    with pytest.raises(openai.NotFoundError, match="There is no model"):
        sdk.models.retrieve("gpt-none")


def test_files_are_uploaded_listed_and_retrieved(sdk, footage):
    made = [sdk.files.create(file=footage, purpose=purpose) for purpose in ("vision", "user_data", "vision")]
    first = made[0]
    assert (first.object, first.bytes, first.filename) == ("file", footage.stat().st_size, footage.name)
    assert (first.purpose, first.status) == ("vision", "processed")
    assert first.created_at <= first.expires_at
    kept = sdk.files.retrieve(first.id)
    assert kept.expires_at >= first.expires_at  # whoever uploads the same content again puts its end off
    assert kept.model_copy(update={"expires_at": first.expires_at}) == first
    assert [file.id for file in sdk.files.list()] == [file.id for file in made[::-1]]
    assert [file.id for file in sdk.files.list(limit=1, order="asc")] == [file.id for file in made]
    assert [file.id for file in sdk.files.list(purpose="vision")] == [made[2].id, made[0].id]
    with pytest.raises(openai.NotFoundError):
        sdk.files.retrieve("file-none")
