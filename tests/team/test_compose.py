"""The compose file is valid, and what it starts works: its processes are started here, as it says, without containers."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import yaml
from composed import Composed, caddy, in_order
from conftest import KEY
from serving import ended
from waiting import until

FOLDER = Path(__file__).parents[2] / "notebooks" / "guide" / "team"
FILE = FOLDER / "compose.yaml"
VIDEO = {"prompt": "a corgi on a beach", "seconds": "1", "size": "320x180", "model": "animatic"}
pytestmark = pytest.mark.timeout(600)


def complaints(path):
    """What the validator says against a file, by the schema of the Compose Specification that comes with it."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def is_ready(http):
    """Whether a server answers through the proxy, which has no health check of its own."""
    try:
        return http.get("/readyz").status_code == 200
    except httpx.ConnectError:
        return False


def test_the_file_is_valid(tmp_path):
    assert complaints(FILE) == ""
    wrong = tmp_path / "compose.yaml"
    wrong.write_text(FILE.read_text(encoding="utf-8").replace("depends_on:", "depend_on:", 1), encoding="utf-8")
    assert "depend_on" in complaints(wrong)


def test_what_the_file_names_is_there():
    told = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    services = told["services"]
    assert set(in_order(services)) == set(services)
    for name, service in services.items():
        assert re.fullmatch(r"[\w./-]+:(?!latest)[\w.-]+", service["image"]), name
        for other, wanted in service.get("depends_on", {}).items():
            is_once = wanted["condition"] == "service_completed_successfully"
            assert is_once == (services[other].get("restart") == "no"), name
            assert is_once or "healthcheck" in services[other], name
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source in told["volumes"] or (FOLDER / source).exists(), volume
        for config in service.get("configs", ()):
            assert config["source"] in told["configs"]
    for copied in re.findall(r"^COPY (.*) \S+$", (FOLDER / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE):
        assert all((FOLDER.parents[2] / source).exists() for source in copied.split()), copied
    servers = re.search(r"reverse_proxy (.*) {", (FOLDER / "Caddyfile").read_text(encoding="utf-8"))[1].split()
    assert servers == [f"{name}:{port}" for name in services if "server" in name for port in services[name]["expose"]]


def test_nothing_but_the_proxy_is_reached_from_other_machines():
    services = yaml.safe_load(FILE.read_text(encoding="utf-8"))["services"]
    open_to_all = {
        name for name, service in services.items() for port in service.get("ports", ()) if port.count(":") < 2
    }
    assert open_to_all == {"proxy"}


def test_its_services_render_an_order_that_came_through_the_proxy(
    postgres_server, pytestconfig, record_property, tmp_path
):
    """Two servers take turns; a worker renders; one server is stopped, and the other goes on with the same orders."""
    program = caddy(pytestconfig.cache.mkdir("environments"))
    record_property("proxy", str(program or "a stand-in that takes turns"))
    with Composed(FILE, {"SORA_NB_PASSWORD": KEY}, tmp_path, postgres_server, program) as team:
        proxy = team.url("proxy", 8080)
        headers = {"authorization": f"Bearer {KEY}"}
        with httpx.Client(base_url=proxy, headers=headers, timeout=60) as http:
            until(lambda: is_ready(http))
            assert httpx.get(f"{proxy}/v1/videos").status_code == 401
            tasks = [http.post("/v1/videos", json=VIDEO | {"seed": seed}).json() for seed in range(4)]
            assert {ended(http, task)["status"] for task in tasks} == {"completed"}
            team.processes["server1"][0].terminate()
            team.processes["server1"][0].wait()
            listed = http.get("/v1/videos").json()["data"]
            assert {task["id"] for task in listed} == {task["id"] for task in tasks}
            for task in tasks:
                film = http.get(f"/v1/videos/{task['id']}/content")
                assert film.status_code == 200
                assert film.content[4:8] == b"ftyp"
        asked = [team.log(name).count('"event": "request"') for name in ("server1", "server2")]
        assert min(asked) > 0
