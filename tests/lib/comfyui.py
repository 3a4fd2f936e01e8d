"""A stand-in for ComfyUI: its routes and messages as docs.comfy.org/development/comfyui-server has them (2026-11-26).

It has the nodes of a Wan VACE workflow, checks a workflow as ComfyUI does, runs one after another in a thread, and really
makes a film: of the size, length and pace of the workflow, with the pictures that it was shown in its corner.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
import uuid
from types import SimpleNamespace

import uvicorn
from filmer import thumbnail
from PIL import Image
from ports import free_port
from quick import QuickEngine
from starlette.applications import Starlette
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocketDisconnect

from sora_nb.engines.base import Control, RenderRequest

SIDE = ["INT", {"default": 832, "min": 16, "max": 16384, "step": 16}]
ANY = ["INT", {"default": 0, "min": 0, "max": 2**64 - 1}]
FREE = ["INT", {"default": 0, "min": -(2**63), "max": 2**63 - 1}]
TEXT = ["STRING", {"multiline": True}]
REAL = ["FLOAT", {"default": 1.0, "min": 0.0, "max": 1000.0}]


def names(*found):
    return [list(found), {}]


def node(required, optional=None, *, output=False):
    return {"input": {"required": required, "optional": optional or {}}, "output_node": output}


NODES = {
    "UNETLoader": node({"unet_name": names("wan2.1_vace_1.3B_fp16.safetensors"), "weight_dtype": names("default")}),
    "CLIPLoader": node({"clip_name": names("umt5_xxl_fp8_e4m3fn_scaled.safetensors"), "type": names("wan", "sd3")}),
    "VAELoader": node({"vae_name": names("wan_2.1_vae.safetensors")}),
    "ModelSamplingSD3": node({"model": ["MODEL"], "shift": REAL}),
    "CLIPTextEncode": node({"text": TEXT, "clip": ["CLIP"]}),
    "LoadImage": node({"image": [[], {"image_upload": True}]}),
    "ImageScale": node({"image": ["IMAGE"], "width": ANY, "height": ANY}),
    "PrimitiveInt": node({"value": FREE}),
    "WanVaceToVideo": node(
        {
            "positive": ["CONDITIONING"], "negative": ["CONDITIONING"], "vae": ["VAE"], "width": SIDE, "height": SIDE,
            "length": ["INT", {"default": 81, "min": 1, "max": 16384, "step": 4}],
            "batch_size": ["INT", {"default": 1, "min": 1, "max": 4096}], "strength": REAL,
        },
        {"control_video": ["IMAGE"], "control_masks": ["MASK"], "reference_image": ["IMAGE"]},
    ),
    "KSampler": node(
        {
            "model": ["MODEL"], "seed": ANY, "steps": ["INT", {"default": 20, "min": 1, "max": 10000}], "cfg": REAL,
            "sampler_name": names("euler", "uni_pc"), "scheduler": names("simple"), "positive": ["CONDITIONING"],
            "negative": ["CONDITIONING"], "latent_image": ["LATENT"], "denoise": REAL,
        }
    ),
    "TrimVideoLatent": node({"samples": ["LATENT"], "trim_amount": ANY}),
    "VAEDecode": node({"samples": ["LATENT"], "vae": ["VAE"]}),
    "CreateVideo": node({"images": ["IMAGE"], "fps": REAL}, {"audio": ["AUDIO"], "bit_depth": names("auto", 8, 10)}),
    # older ones ask for a codec beside the format, the newest for one below it (Comfy-Org/ComfyUI at 39b885f)
    "SaveVideo": node(
        {
            "video": ["VIDEO"], "filename_prefix": TEXT, "format": names("auto", "mp4"),
            "format.codec": names("auto", "h264"), "codec": names("auto", "h264"),
        },
        output=True,
    ),
    "SaveImage": node({"images": ["IMAGE"], "filename_prefix": TEXT}, output=True),
}  # fmt: skip


class Interrupted(Exception):
    """The workflow that runs was stopped."""


class ComfyUI:
    """The stand-in. It may be held before each step, lose its connections, and be started anew without its queue.

    Args:
        folder: where its files are; they outlive a restart.

    Attributes:
        url: its address.
        graphs: the workflows that were run.
        asked: the requests, as "METHOD path".
        fail: an exception that the next sampler raises, or None.
        redirects: whether it answers everything with a redirect.
    """

    def __init__(self, folder):
        self._folder = folder
        self._port = free_port()
        self.graphs, self.asked = [], []
        self.fail, self.redirects = None, False
        self._steps = None
        self._start()

    # --- what a test does -------------------------------------------------------------------------------------------

    def hold(self):
        """Stop before each step, until advance() or go_on()."""
        self._steps = threading.Semaphore(0)

    def advance(self, steps=1):
        self._steps.release(steps)

    def go_on(self):
        steps, self._steps = self._steps, None
        steps.release(1000)

    def drop(self):
        """Lose every connection for messages."""
        self._call(self._drop())

    def restart(self, away=0.0):
        """End, and begin again at the same address without queue and history.

        Args:
            away: seconds between the two.
        """
        self.stop()
        time.sleep(away)
        self._start()

    def stop(self):
        self._ended = True
        self._interrupting = True
        self._wake.set()
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(timeout=10)
        self._socket.close()
        self._worker.join(timeout=10)

    @property
    def running(self):
        return list(self._running)

    @property
    def pending(self):
        return [entry[1] for entry in self._pending]

    @property
    def listeners(self):
        return sum(map(len, self._clients.values()))

    # --- the process ------------------------------------------------------------------------------------------------

    def _start(self):
        self._pending, self._running, self._history, self._clients = [], {}, {}, {}
        self._ended = self._interrupting = False
        self._wake = threading.Event()
        self._number = 0
        self._now = None
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", self._port))
        self.url = f"http://127.0.0.1:{self._port}"
        config = uvicorn.Config(self._app(), log_level="critical", lifespan="off", ws="websockets-sansio")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        self._worker = threading.Thread(target=self._work, daemon=True)
        self._worker.start()
        while not self._server.started:
            time.sleep(0.005)

    def _serve(self):
        async def serve():
            self._loop = asyncio.get_running_loop()
            await self._server.serve(sockets=[self._socket])

        asyncio.run(serve())

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    def _app(self):
        routes = [
            Route("/object_info/{kind}", self._object_info),
            Route("/system_stats", self._system_stats),
            Route("/upload/image", self._upload, methods=["POST"]),
            Route("/prompt", self._prompt, methods=["POST"]),
            Route("/queue", self._queue, methods=["GET", "POST"]),
            Route("/history/{ident}", self._entry),
            Route("/interrupt", self._interrupt, methods=["POST"]),
            Route("/api/jobs/{ident}/cancel", self._cancel, methods=["POST"]),  # newer; its own proxy asks for it
            Route("/free", self._free, methods=["POST"]),
            Route("/view", self._view),
            WebSocketRoute("/ws", self._listen),
        ]
        inner, away = Starlette(routes=routes), RedirectResponse("http://127.0.0.1:9/")

        async def app(scope, receive, send):
            self.asked.append(f"{scope.get('method', 'WS')} {scope['path']}")
            await (away if self.redirects and scope["type"] == "http" else inner)(scope, receive, send)

        return app

    # --- routes -----------------------------------------------------------------------------------------------------

    async def _object_info(self, request):
        kind = request.path_params["kind"]
        return JSONResponse({kind: NODES[kind]} if kind in NODES else {})

    async def _system_stats(self, _):
        return JSONResponse({"system": {"comfyui_version": "0.0.0", "os": "posix"}, "devices": []})

    async def _upload(self, request):
        async with request.form() as form:
            image, subfolder = form["image"], form.get("subfolder", "")
            path = self._folder / "input" / subfolder / image.filename
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists() and form.get("overwrite") not in {"true", "1"}:
                path = path.with_stem(f"{path.stem} (1)")
            path.write_bytes(await image.read())
        return JSONResponse({"name": path.name, "subfolder": subfolder, "type": form.get("type", "input")})

    async def _prompt(self, request):
        asked = await request.json()
        graph = asked["prompt"]
        error, node_errors = self._faults(graph)
        if error:
            return JSONResponse({"error": error, "node_errors": node_errors}, 400)
        ident = asked.get("prompt_id") or str(uuid.uuid4())
        self._number += 1
        self._pending.append([self._number, ident, graph, {"client_id": asked.get("client_id")}, []])
        self._wake.set()
        return JSONResponse({"prompt_id": ident, "number": self._number, "node_errors": {}})

    async def _queue(self, request):
        if request.method == "POST":
            gone = (await request.json()).get("delete", [])
            self._pending = [entry for entry in self._pending if entry[1] not in gone]
            return Response()
        return JSONResponse({"queue_running": list(self._running.values()), "queue_pending": self._pending})

    async def _entry(self, request):
        ident = request.path_params["ident"]
        return JSONResponse({ident: self._history[ident]} if ident in self._history else {})

    async def _interrupt(self, request):
        body = await request.body()
        ident = json.loads(body).get("prompt_id") if body else None
        if ident is None or ident in self._running:
            self._interrupting = True
            if self._steps:
                self._steps.release()
        return Response()

    async def _cancel(self, request):
        ident = request.path_params["ident"]
        self._pending = [entry for entry in self._pending if entry[1] != ident]
        if ident in self._running:
            self._interrupting = True
        return JSONResponse({"cancelled": True})

    async def _free(self, _):
        return Response()

    async def _view(self, request):
        told = request.query_params
        path = self._folder / told.get("type", "output") / told.get("subfolder", "") / told["filename"]
        return FileResponse(path) if path.is_file() else Response(status_code=404)

    async def _listen(self, websocket):
        client = websocket.query_params.get("clientId") or uuid.uuid4().hex
        await websocket.accept()
        self._clients.setdefault(client, set()).add(websocket)
        status = {"status": {"exec_info": {"queue_remaining": len(self._pending)}}, "sid": client}
        await websocket.send_json({"type": "status", "data": status})
        try:
            while True:
                await websocket.receive()
        except (WebSocketDisconnect, RuntimeError):
            self._clients[client].discard(websocket)

    async def _drop(self):
        for found in self._clients.values():
            for websocket in list(found):
                await websocket.close()
            found.clear()

    # --- checks -----------------------------------------------------------------------------------------------------

    def _faults(self, graph):
        """Return what ComfyUI says of a workflow that it refuses."""
        for ident, each in graph.items():
            if each["class_type"] not in NODES:
                told = {"type": "invalid_prompt", "message": f"Cannot execute because node {each['class_type']} does not exist.",
                        "details": f"Node ID '#{ident}'", "extra_info": {}}  # fmt: skip
                return told, {}
        if not any(NODES[each["class_type"]]["output_node"] for each in graph.values()):
            return {
                "type": "prompt_no_outputs",
                "message": "Prompt has no outputs",
                "details": "",
                "extra_info": {},
            }, {}
        found = {ident: list(self._node_faults(each, graph)) for ident, each in graph.items()}
        found = {
            ident: {"errors": errors, "dependent_outputs": [], "class_type": graph[ident]["class_type"]}
            for ident, errors in found.items()
            if errors
        }
        told = {"type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation", "details": "",
                "extra_info": {}}  # fmt: skip
        return (told, found) if found else (None, {})

    def _node_faults(self, each, graph):
        for name, rule in NODES[each["class_type"]]["input"]["required"].items():
            if name not in each["inputs"]:
                yield {"type": "required_input_missing", "message": "Required input is missing", "details": name}
                continue
            value = each["inputs"][name]
            if isinstance(value, list):
                assert value[0] in graph, "a connection to nowhere ends ComfyUI's own check"
            elif each["class_type"] == "LoadImage":
                if not (self._folder / "input" / value).is_file():
                    yield {"type": "custom_validation_failed", "message": "Custom validation failed for node",
                           "details": f"image - Invalid image file: {value}"}  # fmt: skip
            elif isinstance(rule[0], list) and value not in rule[0]:
                yield {
                    "type": "value_not_in_list",
                    "message": "Value not in list",
                    "details": f"{name}: '{value}' not in {rule[0]}",
                }
            elif rule[0] == "INT" and value < rule[1].get("min", 0):
                yield {
                    "type": "value_smaller_than_min",
                    "message": f"Value {value} smaller than min of {rule[1]['min']}",
                    "details": name,
                }
            elif rule[0] == "INT" and value > rule[1].get("max", value):
                yield {
                    "type": "value_bigger_than_max",
                    "message": f"Value {value} bigger than max of {rule[1]['max']}",
                    "details": name,
                }

    # --- work -------------------------------------------------------------------------------------------------------

    def _work(self):
        while not self._ended:
            self._wake.wait(0.05)
            if self._pending and not self._ended:
                self._run(self._pending.pop(0))

    def _run(self, entry):
        _, ident, graph, extra, _ = entry
        self._running[ident] = entry
        self._interrupting = False
        self._client = extra["client_id"]
        outputs, messages = {}, []

        def say(kind, **data):
            data = {**data, "prompt_id": ident}
            if kind.startswith("execution"):
                messages.append([kind, data])
            self._send(kind, data)

        self.graphs.append(graph)
        say("execution_start")
        say("execution_cached", nodes=[])
        now = None
        try:
            for now in _in_order(graph):
                self._step()
                say("executing", node=now)
                if graph[now]["class_type"] == "KSampler":
                    self._sample(now, graph[now]["inputs"]["steps"], say)
                made = self._made(now, graph)
                if made:
                    outputs[now] = made
                    say("executed", node=now, output=made)
            status = {"status_str": "success", "completed": True}
            end = ("execution_success", {})
        except Interrupted:
            status = {"status_str": "error", "completed": False}
            end = ("execution_interrupted", {"node_id": now, "node_type": graph[now]["class_type"], "executed": []})
        except Exception as error:  # noqa: BLE001  as ComfyUI does
            status = {"status_str": "error", "completed": False}
            end = ("execution_error", {
                "node_id": now, "node_type": graph[now]["class_type"], "executed": [],
                "exception_message": str(error), "exception_type": type(error).__name__, "traceback": [],
            })  # fmt: skip
        if self._ended:
            return
        if end[0] != "execution_success":
            messages.append([end[0], {**end[1], "prompt_id": ident}])
        self._history[ident] = {
            "prompt": entry,
            "outputs": outputs,
            "status": {**status, "messages": messages},
            "meta": {},
        }
        del self._running[ident]
        self._send(end[0], {**end[1], "prompt_id": ident})
        self._send("executing", {"node": None, "prompt_id": ident})

    def _sample(self, ident, steps, say):
        if self.fail is not None:
            error, self.fail = self.fail, None
            raise error
        for step in range(steps):
            self._step()
            say("progress", node=ident, value=step + 1, max=steps)

    def _step(self):
        while (steps := self._steps) and not self._interrupting and not steps.acquire(timeout=0.01):
            pass
        if self._interrupting:
            raise Interrupted

    def _send(self, kind, data):
        async def send():
            for websocket in list(self._clients.get(self._client, ())):
                try:
                    await websocket.send_json({"type": kind, "data": data})
                    await websocket.send_bytes(b"\x00\x00\x00\x01preview")
                except (RuntimeError, WebSocketDisconnect):
                    continue

        if not self._loop.is_closed():
            asyncio.run_coroutine_threadsafe(send(), self._loop)

    def _made(self, ident, graph):
        each = graph[ident]
        if each["class_type"] == "SaveVideo":
            return {"images": [self._film(each, graph)], "animated": [True]}
        if each["class_type"] == "SaveImage":
            shown = [self._file(f"picture_{number}.png") for number in range(3)]
            for path in shown:
                Image.new("RGB", (16, 16)).save(path)
            return {"images": [{"filename": path.name, "subfolder": "", "type": "output"} for path in shown]}
        return None

    def _file(self, name):
        path = self._folder / "output" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _film(self, each, graph):
        def value(node, name):
            found = node["inputs"].get(name)
            return value(graph[found[0]], "value") if isinstance(found, list) else found

        maker = next(node for node in graph.values() if node["class_type"] == "WanVaceToVideo")
        pace = next(node for node in graph.values() if node["class_type"] == "CreateVideo")["inputs"]["fps"]
        shown = [
            self._folder / "input" / node["inputs"]["image"]
            for node in graph.values()
            if node["class_type"] == "LoadImage"
        ]
        cast = {str(number): SimpleNamespace(avatar=thumbnail(path)) for number, path in enumerate(shown)}
        path = self._file(f"{each['inputs']['filename_prefix']}_{self._number:05}_.mp4")
        width, height, length = (value(maker, name) for name in ("width", "height", "length"))
        request = RenderRequest("", cast, width, height, length / pace, fps=round(pace))
        QuickEngine().generate(request, path, Control())
        return {"filename": path.name, "subfolder": "", "type": "output"}


def _in_order(graph):
    """Nodes, each behind those that it is connected to."""
    done = []

    def visit(ident):
        if ident in done:
            return
        for found in graph[ident]["inputs"].values():
            if isinstance(found, list):
                visit(found[0])
        done.append(ident)

    for ident in graph:
        visit(ident)
    return done
