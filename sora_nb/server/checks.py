"""Validate the bodies of requests before a task is accepted, and turn them into what a task needs."""

from __future__ import annotations

import base64
import io
import re
from typing import TYPE_CHECKING, Any, Literal, cast
from urllib.parse import SplitResult, urlsplit

from PIL import Image, UnidentifiedImageError

from sora_nb import prompts
from sora_nb.errors import InvalidInput
from sora_nb.models import Clip, SpanRule, Status
from sora_nb.providers import registry
from sora_nb.providers.errors import error_body
from sora_nb.providers.wire import MAX_IMAGE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sora_nb.errors import MediaError
    from sora_nb.media.video import VideoInfo
    from sora_nb.server.store import Store
    from sora_nb.server.task import Task
    from sora_nb.server.uploads import Uploads

RULES = registry.get("local")
"""The limits of this server: those that providers.toml states for its clients, too."""
CHARACTER_MODELS = {"sora-2-character", "sora-character", "sora-2-pro-character"}
MAX_SECONDS = cast("int", RULES.video.longest)
"""Longest video made at once, in seconds."""
MAX_STITCHED = 120
"""Longest video that extensions can make, in seconds, as OpenAI has it."""
NAME_LONGEST = 80
"""Most letters of a character's name."""
PURPOSE_LONGEST = 100
"""Most letters of what a file was uploaded for."""
NAMED_SPAN = SpanRule(shortest=2, longest=4)
"""Length of the clip a character is made from in the OpenAI shape."""
SPAN_SLACK = 0.1
"""Files are a picture or two longer or shorter than asked for."""
SIDES = cast("tuple[int, int]", RULES.video.sides)
"""Least and most pixels of a side of a video."""
MAX_PICTURE_PIXELS = 50_000_000
"""Most pixels of an input_reference."""
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_SIZE = re.compile(r"(\d{2,4})x(\d{2,4})")


class Refused(Exception):
    """A request that is answered with an error: nothing was accepted, nothing is charged.

    Args:
        status: HTTP status.
        message: what is wrong.
        param: the field it is about.
        code: a word for programs.
        headers: sent with the answer.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})
        self.body = error_body(message, param=param, code=code)


def unusable_video(error: MediaError) -> Refused:
    """Return the refusal of a video file that cannot be used."""
    message = " ".join(part for part in (error.message, error.hint) if part)
    return Refused(400, message, param="video", code="unusable_video")


def character(body: Mapping[str, Any], host: str, store: Store) -> dict[str, Any]:
    """Check the body of POST /sora/v1/characters.

    Args:
        body: the decoded JSON object.
        host: host and port of this server, to know its own uploads by their address.
        store: where tasks are.

    Returns:
        What the task needs: timestamps, and one of url, from_task, upload.

    Raises:
        Refused: with 400 or 404.
    """
    model = body.get("model")
    if model is not None and not (isinstance(model, str) and model in CHARACTER_MODELS):
        raise Refused(404, f"There is no model {model!r} for characters.", param="model", code="model_not_found")
    url, task = body.get("url"), body.get("from_task")
    if bool(url) == bool(task):
        raise Refused(400, "url and from_task cannot be provided together or both be empty.", param="url")
    asked: dict[str, Any] = {"timestamps": _parse_clip(body.get("timestamps")).timestamps}
    subject = body.get("subject")
    if subject is not None:
        asked["subject"] = _parse_subject(subject)
    return asked | (
        {"from_task": finished_video(task, store, "from_task").id} if task else _parse_source(url, host, store)
    )


def _parse_clip(value: Any) -> Clip:
    try:
        return Clip.parse(value).check(RULES.character.span)
    except InvalidInput as error:
        message = f"Invalid timestamps parameter: {error.message} {error.hint}".strip()
        raise Refused(400, message, param="timestamps", code="invalid_timestamps") from error


def _parse_subject(value: Any) -> list[float]:
    numbers = value if isinstance(value, list) and len(value) in {2, 4} else []
    if not numbers or not all(_is_number(number) and 0 <= number <= 1 for number in numbers):
        message = "subject is a point [x, y] or a box [left, top, right, bottom], as parts of width and height."
        raise Refused(400, message, param="subject")
    return [float(number) for number in (numbers * 2 if len(numbers) == 2 else numbers)]


def named_character(name: Any, upload: str, info: VideoInfo) -> dict[str, Any]:
    """Check a character in the OpenAI shape: a name, and a clip that shows it.

    Args:
        name: what prompts will call it.
        upload: name of the clip.
        info: what the clip says about itself.

    Raises:
        Refused: with 400.
    """
    if not isinstance(name, str) or not name.strip() or len(name) > NAME_LONGEST:
        raise Refused(400, f"name is a text of 1 to {NAME_LONGEST} letters.", param="name")
    shortest, longest = NAMED_SPAN.shortest, NAMED_SPAN.longest
    if not shortest - SPAN_SLACK <= info.duration <= longest + SPAN_SLACK:
        message = f"video is a clip of {shortest:g} to {longest:g} s, this one has {info.duration:.2f} s."
        raise Refused(400, message, param="video", code="invalid_duration")
    return {"name": name.strip(), "timestamps": Clip(0, info.duration).timestamps, "upload": upload}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def finished_video(task: Any, store: Store, param: str) -> Task:
    """Return a video task that is done.

    Args:
        task: what the client gave as its id.
        store: where tasks are.
        param: the field it came in.

    Raises:
        Refused: with 404, there is none; with 400, it is not done.
    """
    found = store.get(str(task), "video")
    if found is None:
        raise Refused(404, f"There is no video task {task!r}.", param=param, code="task_not_found")
    if found.status is not Status.COMPLETED:
        message = f"Task is not completed yet, current status: {found.status.value}."
        raise Refused(400, message, param=param, code="task_not_completed")
    return found


def _parse_source(url: Any, host: str, store: Store) -> dict[str, Any]:
    parts = _split_url(url)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Refused(400, "url is an http or https address of a video.", param="url", code="invalid_url")
    own = re.fullmatch(r"/v1/files/([\w-]+)/content", parts.path)
    if own and parts.netloc == host:
        upload = store.file(own[1])
        if upload is None:
            raise Refused(404, f"There is no uploaded file {own[1]!r}.", param="url", code="file_not_found")
        return {"upload": upload}
    return {"url": str(url)}


def _split_url(url: Any) -> SplitResult | None:
    try:
        return urlsplit(url[:4000]) if isinstance(url, str) else None
    except ValueError:  # brackets that hold no IPv6 address
        return None


def video(fields: Mapping[str, Any], picture: str | None, store: Store, uploads: Uploads) -> dict[str, Any]:
    """Check the fields of POST /v1/videos, however they came.

    Args:
        fields: prompt, model, size, seconds, seed, characters, input_reference.
        picture: name of an uploaded input_reference.
        store: where characters are.
        uploads: the request's files, which a picture inside its JSON is added to.

    Raises:
        Refused: with 400, or 404 for a character that does not exist.
    """
    prompt = _check_prompt(fields)
    asked = {
        "prompt": prompt,
        "model": _check_model(_field(fields, "model", RULES.video.model)),
        "size": _check_size(_field(fields, "size", RULES.video.size)),
        "seconds": _parse_seconds(_field(fields, "seconds", RULES.video.seconds)),
        "seed": _parse_seed(_field(fields, "seed", 0)),
    }
    characters = _listed_characters(fields.get("characters"), prompt, store)
    _check_cast(prompt, characters, store)
    if characters:
        asked["characters"] = [character.id for character in characters]
    reference = fields.get("input_reference")
    if picture is None and reference is not None:
        picture = _save_picture(reference, store, uploads)
    if picture is not None:
        asked["reference"] = _check_picture(picture, uploads)
    return asked


def remake(made: Literal["remix", "edit"], fields: Mapping[str, Any], source: Task, store: Store) -> dict[str, Any]:
    """Check a request to make a video again under another prompt: with its cast, seed, size, length and picture.

    Args:
        made: how it is called.
        fields: prompt.
        source: the finished video.
        store: where characters are.

    Raises:
        Refused: with 400.
    """
    asked = _inherit(fields, source, store)
    kept = {"seconds": source.request["seconds"], "made": made, "from": source.id}
    return asked | kept


def extension(fields: Mapping[str, Any], source: Task, store: Store) -> dict[str, Any]:
    """Check a request to append seconds to a video.

    Args:
        fields: prompt, seconds.
        source: the finished video.
        store: where characters are.

    Raises:
        Refused: with 400.
    """
    return _inherit(fields, source, store) | _extended_length(fields, source.request["seconds"]) | {"from": source.id}


def uploaded(
    made: Literal["edit", "extension"],
    fields: Mapping[str, Any],
    upload: str,
    picture: str,
    info: VideoInfo,
    store: Store,
    uploads: Uploads,
) -> dict[str, Any]:
    """Check a request to edit or extend a video that came as a file.

    Its picture is what the new one starts from: the first one for an edit, the last one for an extension.

    Args:
        made: which.
        fields: prompt, seconds.
        upload: name of the uploaded video.
        picture: name of the picture.
        info: what the video says about itself.
        store: where characters are.
        uploads: the request's files.

    Raises:
        Refused: with 400.
    """
    width, height = fit_size(info)
    prompt = _check_prompt(fields)
    _check_cast(prompt, [], store)
    asked = {
        "prompt": prompt,
        "model": RULES.video.model,
        "size": _check_size(f"{width}x{height}"),
        "seed": 0,
        "reference": _check_picture(picture, uploads),
    }
    if made == "edit":
        return asked | {"seconds": min(MAX_SECONDS, max(1, round(info.duration))), "made": made}
    return asked | _extended_length(fields, round(info.duration, 2)) | {"upload": upload}


def fit_size(info: VideoInfo) -> tuple[int, int]:
    """Return the size a video from outside gets: even sides, shrunk where the longer one is too long."""
    scale = min(1.0, SIDES[1] / max(info.width, info.height))
    return max(2, round(info.width * scale / 2) * 2), max(2, round(info.height * scale / 2) * 2)


def _inherit(fields: Mapping[str, Any], source: Task, store: Store) -> dict[str, Any]:
    """Take over the settings of another video, and its characters."""
    prompt = _check_prompt(fields)
    asked = {name: source.request[name] for name in ("model", "size", "seed", "reference") if name in source.request}
    mentioned = [store.character(name) for name in prompts.candidates(source.request["prompt"])]
    played = [character.id for character in mentioned if character is not None]
    cast = [store.character(ident) for ident in dict.fromkeys([*played, *source.request.get("characters", ())])]
    characters = [character for character in cast if character is not None]
    _check_cast(prompt, characters, store)
    return asked | {"prompt": prompt, "characters": [character.id for character in characters]}


def _extended_length(fields: Mapping[str, Any], before: float) -> dict[str, Any]:
    added = _parse_seconds(_field(fields, "seconds", RULES.video.seconds))
    if before + added > MAX_STITCHED:
        message = f"An extended video has at most {MAX_STITCHED} s, this one would have {before + added:g} s."
        raise Refused(400, message, param="seconds", code="too_long")
    return {"seconds": before + added, "added": added, "made": "extension"}


def _check_prompt(fields: Mapping[str, Any]) -> str:
    prompt = fields.get("prompt")
    if not isinstance(prompt, str) or not prompt.strip() or len(prompt) > RULES.video.prompt_longest:
        raise Refused(400, f"prompt is a text of 1 to {RULES.video.prompt_longest} characters.", param="prompt")
    return prompt


def _listed_characters(entries: Any, prompt: str, store: Store) -> list[Task]:
    """Find the characters that a request lists beside its prompt, which calls them by name or handle."""
    if entries is None:
        return []
    if not isinstance(entries, list) or not all(
        isinstance(entry, dict) and isinstance(entry.get("id"), str) for entry in entries
    ):
        raise Refused(400, 'characters is a list like [{"id": "char_123"}].', param="characters")
    found = []
    for ident in dict.fromkeys(entry["id"] for entry in entries):
        character = store.character(ident)
        if character is None:
            raise Refused(404, f"There is no character {ident!r}.", param="characters", code="character_not_found")
        name = character.result["display_name"]
        if not prompts.has_name(prompt, name) and character.username not in prompts.candidates(prompt):
            message = f"The prompt does not name the character {name!r}: its name must stand there as it is."
            raise Refused(400, message, param="prompt", code="character_not_named")
        found.append(character)
    return found


def _check_cast(prompt: str, listed: Iterable[Task], store: Store) -> None:
    known = [name for name in prompts.candidates(prompt) if store.character(name) is not None]
    names = list(dict.fromkeys([*prompts.usernames(prompt, known), *(str(one.username) for one in listed)]))
    if len(names) > RULES.character.mentions:
        message = f"too many users mentioned: {len(names)}, at most {RULES.character.mentions}."
        raise Refused(400, message, param="prompt", code="too_many_mentions")
    for name in names:
        if store.character(name) is None:
            raise Refused(400, f"The user @{name} does not have a cameo.", param="prompt", code="cameo_not_found")


def _check_size(value: Any) -> str:
    match = _SIZE.fullmatch(str(value))
    sides = [int(side) for side in match.groups()] if match else []
    if not sides or not all(SIDES[0] <= side <= SIDES[1] and side % 2 == 0 for side in sides):
        message = f"size is WIDTHxHEIGHT, like 1280x720: even numbers from {SIDES[0]} to {SIDES[1]}."
        raise Refused(400, message, param="size")
    return str(value)


def _parse_seconds(value: Any) -> int:
    seconds = _integer(value)
    if seconds is None or not 1 <= seconds <= MAX_SECONDS:
        raise Refused(400, f"seconds is a whole number from 1 to {MAX_SECONDS}.", param="seconds")
    return seconds


def _parse_seed(value: Any) -> int:
    seed = _integer(value)
    if seed is None:
        raise Refused(400, "seed is a whole number, 0 or more, of up to 15 digits.", param="seed")
    return seed


def _integer(value: Any) -> int | None:
    """Read a whole number that came as one, or as text, as every client of the family sends it."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # JSON knows one kind of number
    text = "" if isinstance(value, bool) else str(value)
    return int(text) if re.fullmatch(r"0|[1-9][0-9]{0,14}", text) else None


def _check_model(value: Any) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= 100:
        raise Refused(400, "model is a text of 1 to 100 characters.", param="model")
    return value


def _field(fields: Mapping[str, Any], name: str, otherwise: Any) -> Any:
    value = fields.get(name)
    return otherwise if value is None else value


def _save_picture(reference: Any, store: Store, uploads: Uploads) -> str:
    """Write down a picture that came inside JSON, or find one that was uploaded before; return its name."""
    if isinstance(reference, dict) and reference.get("file_id") is not None:
        ident = str(reference["file_id"])
        kept = store.file(ident)
        if kept is None:
            message = f"There is no uploaded file {ident!r}."
            raise Refused(404, message, param="input_reference", code="file_not_found")
        return kept
    url = reference.get("image_url") if isinstance(reference, dict) else reference
    url = url.get("url") if isinstance(url, dict) else url
    head, _, data = str(url).partition(";base64,")
    if not head.startswith("data:image/"):
        message = "input_reference is a file, or a data:image/...;base64 address; this server fetches no pictures."
        raise Refused(400, message, param="input_reference", code="invalid_type")
    try:
        return uploads.save(io.BytesIO(base64.b64decode(data, validate=True)))
    except ValueError as error:
        raise Refused(400, "The data address of input_reference is damaged.", param="input_reference") from error


def _check_picture(name: str, uploads: Uploads) -> str:
    """Check a picture, and return its name."""
    path = uploads.path(name)
    try:
        with Image.open(path, formats=("PNG", "JPEG", "WEBP")) as image:
            pixels = image.width * image.height
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, *_BOMBS) as error:
        message = "input_reference is a PNG, JPEG or WebP picture."
        raise Refused(400, message, param="input_reference") from error
    if pixels > MAX_PICTURE_PIXELS or path.stat().st_size >= MAX_IMAGE_BYTES:
        message = f"input_reference has at most {MAX_PICTURE_PIXELS // 10**6} megapixels and 10 MB."
        raise Refused(400, message, param="input_reference")
    return name


def chat(body: Mapping[str, Any], store: Store, uploads: Uploads) -> dict[str, Any]:
    """Check the body of POST /v1/chat/completions: the model's name fixes size and length.

    Raises:
        Refused: with 400 or 404.
    """
    model = next((entry for entry in RULES.chat_models if entry.model == body.get("model")), None)
    if model is None:
        known = ", ".join(entry.model for entry in RULES.chat_models)
        message = f"There is no model {body.get('model')!r}; this route has {known}."
        raise Refused(404, message, param="model", code="model_not_found")
    if not isinstance(body.get("stream"), bool | None):
        raise Refused(400, "stream is true or false.", param="stream")
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages or not all(_is_message(message) for message in messages):
        raise Refused(400, 'messages is a list like [{"role": "user", "content": "a corgi"}].', param="messages")
    content = messages[-1]["content"]
    parts = content if isinstance(content, list) else [{"type": "text", "text": content}]
    texts = [part["text"] for part in parts if part["type"] == "text"]
    pictures = [part["image_url"] for part in parts if part["type"] == "image_url"]
    if len(pictures) > 1:
        raise Refused(400, "One picture can be sent at most.", param="messages")
    fields = {
        "prompt": "\n".join(texts),
        "model": model.model,
        "size": model.size,
        "seconds": model.seconds,
        "input_reference": {"image_url": pictures[0]} if pictures else None,
    }
    return video(fields, None, store, uploads)


def _is_message(message: Any) -> bool:
    if not isinstance(message, dict) or not isinstance(message.get("role"), str):
        return False
    content = message.get("content")
    return isinstance(content, str) or (isinstance(content, list) and all(_is_part(part) for part in content))


def _is_part(part: Any) -> bool:
    kinds = {"text": str, "image_url": dict}
    kind = part.get("type") if isinstance(part, dict) else None
    return isinstance(kind, str) and kind in kinds and isinstance(part.get(kind), kinds[kind])
