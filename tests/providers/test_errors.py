"""Five error envelopes, one exception tree, and what each failure says about money."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.errors import (
    ApiError,
    AuthError,
    BadRequest,
    CharacterError,
    NotFound,
    OutcomeUnknown,
    PolicyError,
    QuotaError,
    RateLimited,
    RealPersonError,
    RouteRetired,
    SoraError,
    UpstreamError,
)
from sora_nb.providers import registry
from sora_nb.providers.errors import classify, envelope, error_body

VENDOR = registry.get("laozhang")


def refusal(status, answer, **asked):
    return classify(status, envelope(answer), VENDOR, **asked)


def body(message, **fields):
    return json.dumps({"error": {"message": message, **fields}}, ensure_ascii=False).encode()


CASES = [
    (401, body("无效的令牌 (request id: 2024031818)", type="shell_api_error"), AuthError),
    (401, body("该令牌额度已用尽 (request id: 1)", type="one_api_error"), QuotaError),
    (403, body("user quota is not enough", type="one_api_error", code="insufficient_user_quota"), QuotaError),
    (429, body("no balance", code="insufficient_user_quota"), QuotaError),
    (403, body("该令牌无权使用模型：sora-2", type="one_api_error"), AuthError),
    (402, b"", QuotaError),
    (404, body("Invalid URL (POST /sora/v1/characters)"), RouteRetired),
    (404, body("task not found"), NotFound),
    (400, body("Invalid timestamps parameter", param="timestamps", code=400), BadRequest),
    (400, body("You are not allowed to access cameos.", code="cameo_permission_denied"), CharacterError),
    (400, body("too many users mentioned"), CharacterError),
    (400, body("Content policy violation"), PolicyError),
    (400, body("blocked", code="prompt_blocked", type="new_api_error"), PolicyError),
    (451, body("违规"), PolicyError),
    (400, body("Upload may depict a realistic human. Please try again"), RealPersonError),
    (429, b"", RateLimited),
    (
        429,
        body("当前分组上游负载已饱和，请稍后再试", type="upstream_error", code="bad_response_status_code"),
        RateLimited,
    ),
    (404, body("model not found"), RouteRetired),
    (501, body("not implemented", code="api_not_implemented"), RouteRetired),
    (422, b'{"detail": [{"msg": "field required"}]}', BadRequest),
    (418, b"I am a teapot", BadRequest),
]


@pytest.mark.parametrize(("status", "answer", "kind"), CASES)
@pytest.mark.parametrize("paid", [True, False])
def test_refusals_are_refusals_whether_paid_or_not(status, answer, kind, paid):
    error = refusal(status, answer, paid=paid)
    assert type(error) is kind
    assert error.status == status
    if paid:
        assert "nothing was charged" in str(error)


WORDS = [
    "当前分组 default 下对于模型 sora_video2 计费模式 [按次计费] 无可用渠道 (request id: 9)",
    "This interface is temporarily paused",
    "RuntimeError: cannot schedule new futures after shutdown",
    "Connection pool shut down",
    "the backend is no longer available",
    "invalid url",
    "heavy load, rate_limit",
    "insufficient_user_quota",
    "Content policy violation",
    "真人",
    "api_not_implemented",
]
UNCERTAIN = [301, 302, 303, 307, 308, 408, 409, 425, 499, 500, 501, 502, 503, 504, 520, 524, 599]


@pytest.mark.parametrize("status", UNCERTAIN)
@pytest.mark.parametrize("words", WORDS)
def test_no_words_prove_that_a_paid_call_was_not_accepted(status, words):
    assert type(refusal(status, body(words), paid=True)) is OutcomeUnknown
    assert type(refusal(status, body(words), paid=True, retry_after=1.0)) is OutcomeUnknown


@given(
    status=st.sampled_from(UNCERTAIN) | st.integers(500, 599),
    words=st.lists(st.sampled_from(WORDS) | st.text(max_size=20), max_size=4).map(" ".join),
    code=st.none() | st.integers() | st.text(max_size=20),
    wait=st.none() | st.floats(0, 120),
    profile=st.sampled_from(registry.names()),
)
def test_a_paid_call_is_refused_by_codes_only(status, words, code, wait, profile):
    told = envelope(body(words, code=code, type="upstream_error"))
    error = classify(status, told, registry.get(profile), paid=True, retry_after=wait)
    assert type(error) is OutcomeUnknown


@pytest.mark.parametrize("profile", registry.names())
def test_a_code_that_its_service_gives_for_refusals_only_is_believed(profile):
    profile = registry.get(profile)
    for code in profile.refusal_codes:
        for fields in ({"code": code}, {"type": code}, {"code": 9, "type": code}):
            error = classify(500, envelope(body("no", **fields)), profile, paid=True)
            assert isinstance(error, ApiError)
            assert "nothing was charged" in str(error)


@pytest.mark.parametrize(
    ("status", "answer", "kind"),
    [
        (503, body("无可用渠道"), RouteRetired),
        (500, body("This interface is temporarily paused"), RouteRetired),
        (408, body("heavy load"), RateLimited),
        (409, body("no"), BadRequest),
    ],
)
def test_a_free_request_is_told_by_its_words(status, answer, kind):
    assert type(refusal(status, answer)) is kind


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504, 520, 599])
@pytest.mark.parametrize("answer", [b"", b"<html><title>502 Bad Gateway</title></html>", body("quota of patience")])
def test_a_paid_call_with_an_unclear_answer_may_have_been_billed(status, answer):
    error = refusal(status, answer, paid=True)
    assert type(error) is OutcomeUnknown
    assert "may have been billed" in str(error)
    assert "studio.resume()" in str(error)
    assert type(refusal(status, answer)) is UpstreamError


def test_503_that_says_when_to_come_back_may_have_been_accepted_before():
    error = refusal(503, b"", paid=True, retry_after=3.0)
    assert (type(error), error.retry_after) == (OutcomeUnknown, 3.0)
    assert type(refusal(503, b"", retry_after=3.0)) is RateLimited


def test_the_servers_words_request_id_and_a_next_step_are_kept():
    error = refusal(401, body("无效的令牌 (request id: 2024031818)"), paid=True)
    assert error.request_id == "2024031818"
    assert str(error).startswith("laozhang answered: 无效的令牌 (HTTP 401) [request id: 2024031818]")
    assert "SORA_NB_API_KEY" in str(error)


def test_a_retired_route_is_explained():
    error = refusal(404, body("Invalid URL (POST /sora/v1/characters)"), model="sora-2-character", paid=True)
    assert "retired its Sora routes" in str(error)
    assert "Studio() works offline" in str(error)
    other = refusal(404, body("model not found"), model="muse-video", paid=True)
    assert "retired its Sora routes" not in str(other)


@pytest.mark.parametrize(
    ("answer", "message", "code", "ident"),
    [
        (body("words", type="t", code="c"), "words", "c t", ""),
        (body("words", code=400), "words", "400", ""),
        (b'{"code":"fail_to_fetch_task","message":"{\\"detail\\":\\"Not Found\\"}","data":null}', "Not Found",
         "fail_to_fetch_task", ""),
        (b'{"code":402,"msg":"Credits insufficient","data":null}', "Credits insufficient", "402", ""),
        (b'{"detail":"Not Found"}', "Not Found", "", ""),
        (b'{"error":"Content policy violation"}', "Content policy violation", "", ""),
        ('{"error":{"message":"模型 X （traceid: abc-1）\\n(request id: 77)"}}'.encode(), "模型 X", "", "77"),
        (b"<html><title>403 Forbidden</title>", "403 Forbidden", "", ""),
        (b"\xff\xfe", "\ufffd\ufffd", "", ""),
        (b"", "", "", ""),
        (b"[1]", "[1]", "", ""),
    ],
)  # fmt: skip
def test_every_envelope(answer, message, code, ident):
    assert envelope(answer) == (message, code, ident)


def test_what_the_local_server_writes_is_read_back():
    answer = json.dumps(error_body("words", param="url", code="c")).encode()
    assert envelope(answer) == ("words", "c invalid_request_error", "")


@given(st.integers(300, 599), st.binary(max_size=200), st.booleans())
def test_any_answer_is_one_of_ours(status, answer, paid):
    assert isinstance(refusal(status, answer, paid=paid), SoraError)


@given(st.recursive(st.none() | st.integers() | st.text(max_size=9), lambda inner: st.lists(inner, max_size=3)
       | st.dictionaries(st.sampled_from(["error", "message", "code", "type", "detail", "msg"]), inner, max_size=5)))  # fmt: skip
def test_any_json_envelope_can_be_read(data):
    envelope(json.dumps(data).encode())


def test_an_error_nested_too_deeply_is_read_as_text():
    assert envelope(b"[" * 100_000)[0].startswith("[[[")
