"""Open weights on another machine: a worker of a Dask cluster that says it has a GPU."""

from __future__ import annotations

import pytest
from dask_cluster import DaskCluster
from PIL import Image
from weights import diffusers

from sora_nb.engines.base import Control
from sora_nb.engines.dask.engine import Workers
from sora_nb.engines.film import FilmRequest


@pytest.mark.timeout(600)  # two workers load torch
def test_a_worker_with_a_gpu_films_as_this_machine_does(tmp_path):
    model = f"{diffusers('random_model').wan_vace(tmp_path / 'vace')}?steps=1"
    still = tmp_path / "still.jpg"
    Image.new("RGB", (128, 128), "firebrick").save(still)

    def film(filmer, name):
        request = FilmRequest(
            prompt="a fox", references=(still,), width=96, height=64, frames=filmer.model.frames[0],
            fps=filmer.model.fps, seed=1, image=None, out=tmp_path / name,
        )  # fmt: skip
        told = []
        made = filmer.film(request, Control(lambda _, stage: told.append(stage)))
        return made, request.out.read_bytes(), told

    alone = diffusers("filmer").make(model)
    here, pictures, said = film(alone, "here.mp4")
    alone.close()
    with DaskCluster(tmp_path, tmp_path) as cluster:
        cluster.start_worker()  # has no GPU, and is asked for nothing
        with_gpu = cluster.start_worker("--resources", "GPU=1")
        workers = Workers.named(f"dask:{cluster.address}", f"file://{tmp_path}/store")
        _, filmer = workers.engines(f"diffusers:{model}")
        assert filmer.model == alone.model
        there, same, told = film(filmer, "there.mp4")
        workers.close()
        assert with_gpu.poll() is None
    assert same == pictures
    assert (there.about, there.seed, there.seconds) == (here.about, here.seed, here.seconds)
    own, heard = ({stage.split()[0] for stage in stages} for stages in (said, told))
    assert (own - {"waiting", "done"}) & heard  # which of its words are heard depends on how long each step takes
