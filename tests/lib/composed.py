"""The services of a compose file, started without containers: the same commands, environment, order and health checks.

Every port of a service is another one of this machine's loopback address, and is written so wherever the file names it.
Three images have stand-ins: `postgres` is Debian's PostgreSQL, `minio` is moto's server, `caddy` is Debian's Caddy where its
package can be had, and else a proxy that takes turns. Volumes, restarts and published ports are left out.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from environments import made
from ports import free_port

ROOT = Path(__file__).parents[2]


def interpolated(text, variables):
    """Put variables into a compose file, as `${NAME}`, `${NAME:-default}` and `${NAME:?message}`."""

    def value(found):
        name, default = found["name"], found["default"]
        if name not in variables and default is None:
            raise KeyError(name)
        return variables.get(name, default)

    return re.sub(r"\$\{(?P<name>\w+)(?::\?[^}]*|:-(?P<default>[^}]*))?\}", value, text)


def in_order(services):
    """Names of services, each behind those it depends on."""
    done = []
    while len(done) < len(services):
        ready = [
            name for name in services if name not in done and set(services[name].get("depends_on", ())) <= set(done)
        ]
        assert ready, "services wait for each other"
        done += ready
    return done


def ports(service):
    """The ports at which a service listens inside its container."""
    published = [str(each).rpartition(":")[2] for each in service.get("ports", ())]
    return dict.fromkeys([*map(str, service.get("expose", ())), *published])


@dataclass
class Composed:
    """What runs.

    Args:
        path: the compose file.
        variables: what stands in `.env`.
        folder: where logs and homes go.
        postgres: a server of tests/lib/postgres.py.
        caddy: the program, or None.

    Attributes:
        processes: by service, one a replica.
    """

    path: Path
    variables: dict[str, str]
    folder: Path
    postgres: object
    caddy: Path | None
    processes: dict[str, list[subprocess.Popen]] = field(default_factory=dict)

    def __post_init__(self):
        self._file = yaml.safe_load(interpolated(self.path.read_text(encoding="utf-8"), self.variables))
        self.services = self._file["services"]
        self._ports = {
            (name, port): self.postgres.port if "postgres:" in service.get("image", "") else free_port()
            for name, service in self.services.items()
            for port in ports(service)
        }

    def __enter__(self):
        try:
            for name in in_order(self.services):
                self._wait_for(self.services[name].get("depends_on", {}))
                self._start(name)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        everything = [process for each in self.processes.values() for process in each]
        for process in everything:
            process.terminate()
        for process in everything:
            process.wait()

    def url(self, name, port):
        """Where a service is."""
        return f"http://127.0.0.1:{self._ports[name, str(port)]}"

    def log(self, name):
        """What a service's replicas wrote."""
        return "".join(path.read_text(encoding="utf-8") for path in sorted(self.folder.glob(f"{name}-*.log")))

    # --- starting ---------------------------------------------------------------------------------------------------

    def _start(self, name):
        service = self.services[name]
        kind = re.search(r"(\w+):[^/]*$", service["image"])[1]
        if kind == "postgres":
            self._make_databases(service)
            return
        commands = {"minio": self._moto, "caddy": self._proxy}
        command = commands[kind](name) if kind in commands else [self._here(name, word) for word in service["command"]]
        environment = {key: self._here(name, value) for key, value in service.get("environment", {}).items()}
        replicas = service.get("deploy", {}).get("replicas", 1)
        self.processes[name] = [self._run(name, number, command, environment) for number in range(replicas)]

    def _run(self, name, number, command, environment):
        home = self.folder / f"{name}-{number}"
        home.mkdir()
        binaries = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        own = {"PATH": binaries, "PYTHONPATH": str(ROOT), "HOME": str(home), "SORA_NB_HOME": str(home / "sora_nb")}
        with (self.folder / f"{name}-{number}.log").open("wb") as log:
            return subprocess.Popen(command, cwd=home, env={**own, **environment}, stdout=log, stderr=log)

    def _here(self, name, word):
        """A word of a service's command or environment, with the ports that its services have here."""
        for (service, port), here in self._ports.items():
            word = re.sub(rf"\b{service}:{port}\b", f"127.0.0.1:{here}", word)
            if service == name:
                word = re.sub(rf"(--port=|(?:0\.0\.0\.0|127\.0\.0\.1)?:){port}\b", rf"\g<1>{here}", word)
        return word.replace("0.0.0.0", "127.0.0.1")

    def _make_databases(self, service):
        """Do what the image does at its first start: a database, and the scripts that are given to it."""
        environment = service["environment"]
        owner = environment["POSTGRES_USER"]
        scripts = [self._file["configs"][each["source"]]["content"] for each in service["configs"]]
        self.postgres.execute(f"CREATE DATABASE {environment['POSTGRES_DB']} OWNER {owner}")
        self.postgres.execute(f"ALTER ROLE {owner} SUPERUSER")
        for script in scripts:
            self.postgres.execute(script)

    def _moto(self, name):
        return [sys.executable, "-m", "moto.server", "--host=127.0.0.1", f"--port={self._ports[name, '9000']}"]

    def _proxy(self, name):
        caddyfile = self.folder / "Caddyfile"
        text = (self.path.parent / "Caddyfile").read_text(encoding="utf-8")
        caddyfile.write_text(self._here(name, text), encoding="utf-8")
        if self.caddy is None:
            upstreams = re.findall(r"127\.0\.0\.1:\d+", re.search("reverse_proxy (.*) {", caddyfile.read_text())[1])
            return [sys.executable, Path(__file__).with_name("turns.py"), str(self._ports[name, "8080"]), *upstreams]
        return [self.caddy, "run", "--adapter=caddyfile", f"--config={caddyfile}"]

    # --- waiting ----------------------------------------------------------------------------------------------------

    def _wait_for(self, conditions):
        for name, told in conditions.items():
            if told["condition"] == "service_completed_successfully":
                assert [process.wait() for process in self.processes[name]] == [0], self.log(name)
            else:
                while not self.is_healthy(name):
                    assert all(process.poll() is None for process in self.processes.get(name, ())), self.log(name)
                    time.sleep(0.1)

    def is_healthy(self, name):
        """Whether a service's own health check says so; a stand-in's is whether it answers at all."""
        service = self.services[name]
        if "minio/" in service["image"]:
            test = ["curl", "--silent", "--output", os.devnull, self.url(name, 9000)]
        else:
            assert service["healthcheck"]["test"][0] == "CMD"
            test = [self._here(name, word) for word in service["healthcheck"]["test"][1:]]
        if test[0] == "pg_isready":
            test = [*test, f"--port={self.postgres.port}"]
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        return subprocess.run(test, env={"PATH": path}, capture_output=True, check=False).returncode == 0


def caddy(environments):
    """Return Debian's Caddy, out of its package, which is not installed; None where it cannot be had.

    Args:
        environments: folder of what is kept from one session to the next.
    """
    folder = environments / "caddy"

    def fetch():
        folder.mkdir()
        subprocess.run(["apt-get", "download", "caddy"], cwd=folder, check=True, capture_output=True)
        subprocess.run(["dpkg-deb", "--extract", *folder.glob("caddy_*.deb"), folder], check=True)

    try:
        return made(folder, "Debian's", fetch) / "usr" / "bin" / "caddy"
    except (OSError, subprocess.CalledProcessError):
        return None
