"""Serialize tasks as JSON, in the shapes of the vendor and of the OpenAI Videos API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sora_nb.models import Status, dollars, written
from sora_nb.providers.chat import chat_line
from sora_nb.server.keys import list_price
from sora_nb.server.shared_files import UPLOAD_SECONDS
from sora_nb.server.tables import upload_key

if TYPE_CHECKING:
    from sora_nb.server.keys import Holder
    from sora_nb.server.store import Store
    from sora_nb.server.task import Task


def video(task: Task, base: str) -> dict[str, Any]:
    """Serialize a video task as OpenAI's `video` object with the vendor's `url` beside it.

    Args:
        task: the task.
        base: scheme and host under which the server was reached.
    """
    asked = task.request
    done = task.status is Status.COMPLETED
    failed = task.status is Status.FAILED
    return {
        "id": task.id,
        "object": "video",
        "model": asked["model"],
        "status": task.status.value,
        "progress": int(task.progress),
        "created_at": int(task.created_at),
        "completed_at": int(task.completed_at) if done and task.completed_at else None,
        "expires_at": None,
        "prompt": asked["prompt"],
        "remixed_from_video_id": asked["from"] if asked.get("made") == "remix" else None,
        "seconds": f"{asked['seconds']:g}",
        "size": asked["size"],
        "url": f"{base}/v1/videos/{task.id}/content" if done else None,
        "warnings": task.result.get("warnings", []),
        "error": {"code": task.error_code, "message": task.error} if failed else None,
        "idempotency_key": task.key,
    }


def character(task: Task, base: str, picture: str, cutout: str) -> dict[str, Any]:
    """Serialize a character, with the vendor's five fields first, and OpenAI's `name`.

    Args:
        task: the task that made it.
        base: scheme and host under which the server was reached.
        picture: address of the avatar.
        cutout: address of the character alone, with a transparent background.
    """
    return {
        "id": task.id,
        "username": task.username,
        "display_name": task.result.get("display_name"),
        "permalink": f"{base}/sora/v1/characters/{task.id}",
        "profile_picture_url": picture if task.status is Status.COMPLETED else None,
        "cutout_url": cutout if task.status is Status.COMPLETED else None,
        "name": task.request.get("name") or task.result.get("display_name"),
        "object": "character",
        "status": task.status.value,
        "progress": int(task.progress),
        "created_at": int(task.created_at),
        "timestamps": task.request["timestamps"],
        "quality": task.result.get("quality"),
        "found_by": task.result.get("found_by"),
        "warnings": task.result.get("warnings", []),
        "error": {"code": task.error_code, "message": task.error} if task.status is Status.FAILED else None,
        "idempotency_key": task.key,
    }


def files(tasks: list[Task], store: Store) -> list[dict[str, Any]]:
    """Serialize uploaded files as OpenAI's `file` objects; each ends a day after its last use."""
    kept = store.files.expiring([upload_key(task.upload) for task in tasks])
    return [_file(task, kept.get(upload_key(task.upload))) for task in tasks]


def _file(task: Task, kept: tuple[int, float] | None) -> dict[str, Any]:
    asked = task.request
    size, used_at = kept or (0, task.created_at - UPLOAD_SECONDS)
    return {
        "id": task.id,
        "object": "file",
        "bytes": asked.get("bytes", size),
        "created_at": int(task.created_at),
        "expires_at": int(used_at + UPLOAD_SECONDS),
        "filename": asked.get("filename", ""),
        "purpose": asked["purpose"],
        "status": "processed" if kept else "error",
        "status_details": None if kept else "The file was not used for a day, and is gone.",
    }


def page(entries: list[dict[str, Any]], *, more: bool) -> dict[str, Any]:
    """Serialize a page of a listing in OpenAI's shape."""
    return {
        "object": "list",
        "data": entries,
        "first_id": entries[0]["id"] if entries else None,
        "last_id": entries[-1]["id"] if entries else None,
        "has_more": more,
    }


def usage(counts: dict[str, dict[str, int]], holder: Holder | None) -> dict[str, Any]:
    """Serialize how many calls were accepted and finished, and what they would have cost at list price.

    Args:
        counts: tasks of each kind in each status.
        holder: the person whose they are, or None where they are everybody's.
    """
    total = 0
    report: dict[str, Any] = {}
    for kind in ("character", "video"):
        found = counts[kind]
        finished = found.get(Status.COMPLETED, 0)
        total += finished * list_price(kind)
        report[kind] = {"accepted": sum(found.values()), "completed": finished}
    return {
        "object": "usage",
        **report,
        "list_price": dollars(total),
        "charged": dollars(0),
        "quota": None if holder is None else _quota(holder),
    }


def _quota(holder: Holder) -> dict[str, Any]:
    return {
        "person": holder.person,
        "limit": None if holder.budget is None else written(holder.budget),
        "since": str(holder.since),
        "used": written(holder.used),
        "left": None if holder.left is None else written(holder.left),
    }


# --- the synchronous route: Markdown lines inside chat events, as the vendor wrote them ---------------------------------


def _chat_id(task: Task) -> str:
    return f"foaicmpl-{task.id.removeprefix('video_')}"


def _chat_event(task: Task, content: str) -> str:
    return chat_line(_chat_id(task), task.request["model"], int(task.created_at), delta={"content": content})


def _chat_result(task: Task, link: str) -> str:
    if task.status is Status.FAILED:
        return f"❌ 生成失败: {task.error}"
    return f"> ✅ 视频生成成功，[点击这里]({link}) 查看视频~~~\n\n"


def chat_head(task: Task) -> list[str]:
    """Return the first events of a stream: the role, an echo of the request, and the queue."""
    width, _, height = task.request["size"].partition("x")
    mode = "横屏模式" if int(width) > int(height) else "竖屏模式"
    echo = json.dumps({"prompt": task.request["prompt"], "mode": mode}, ensure_ascii=False, indent=4)
    return [
        chat_line(_chat_id(task), task.request["model"], int(task.created_at), delta={"role": "assistant"}),
        _chat_event(task, f"```json\n{echo}\n```\n\n"),
        _chat_event(task, "> ⌛️ 任务正在队列中，请耐心等待...\n\n"),
    ]


def chat_progress(task: Task) -> str:
    """Return the event that reports the progress of a task."""
    return _chat_event(task, f"> 🏃 进度：{task.progress:.1f}%\n\n")


def chat_tail(task: Task, link: str) -> list[str]:
    """Return the last events of a stream: the link or the failure, the stop, and the end of the stream."""
    stop = chat_line(_chat_id(task), task.request["model"], int(task.created_at), delta={}, finish_reason="stop")
    return [_chat_event(task, _chat_result(task, link)), stop, "data: [DONE]\n\n"]


def chat_answer(task: Task, link: str) -> dict[str, Any]:
    """Return the whole answer, for a request that was not streamed."""
    message = {"role": "assistant", "content": _chat_result(task, link)}
    return {
        "id": _chat_id(task),
        "object": "chat.completion",
        "created": int(task.created_at),
        "model": task.request["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
    }
