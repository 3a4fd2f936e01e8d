"""Orders for videos: from what a person asks for to what a service is sent, with the characters that its prompt mentions."""

from __future__ import annotations

import hashlib
import warnings
from typing import TYPE_CHECKING, Any, Literal, SupportsFloat, TypedDict, Unpack

from sora_nb import arguments
from sora_nb.calls.lending import strangers, unasked
from sora_nb.calls.preview import Preview
from sora_nb.errors import InvalidInput
from sora_nb.money import prices
from sora_nb.providers.base import Order
from sora_nb.storage.call import Call

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sora_nb.calls.job import Job
    from sora_nb.calls.jobs import Jobs
    from sora_nb.calls.lending import Lender, References
    from sora_nb.calls.services import Services
    from sora_nb.models import Character, Dollars, Video
    from sora_nb.providers.base import Provider
    from sora_nb.storage.characters import Characters

EXPERIMENT_URGENCY = 5
"""Of the videos of experiments, see engines.base.Control: what somebody asks for meanwhile comes first."""


class VideoOptions(TypedDict, total=False):
    """What a video may be asked for beside its prompt, as Studio.submit() takes it."""

    model: str | None
    size: str | Sequence[int] | None
    seconds: SupportsFloat | None
    seed: int | None
    image: Path | str | None
    route: Literal["async", "sync"]
    references: References


class SubmitOptions(VideoOptions, total=False):
    """The same with how it is sent, see VideoOrders.submit()."""

    consent: str | None
    budget: Dollars | None
    experiment: str
    copy: int | None


class VideoOrders:
    """Makes orders for videos, and jobs of them.

    Args:
        services: who takes them.
        lender: makes ready what characters lend.
        jobs: what sends them.
        characters: the library.
    """

    def __init__(self, services: Services, lender: Lender, jobs: Jobs, characters: Characters) -> None:
        self._services = services
        self._lender = lender
        self._jobs = jobs
        self._characters = characters

    def submit(
        self,
        prompt: str,
        *,
        consent: str | None = None,
        budget: Dollars | None = None,
        experiment: str = "",
        copy: int | None = None,
        **options: Unpack[VideoOptions],
    ) -> Job[Video]:
        """Start generating a video and return at once; see Studio.submit().

        Args:
            prompt, consent, budget, options: as there.
            experiment: what it is made for, "" for none.
            copy: which of several videos of this request it is, counted from 0; where there is one already, made or
                under way in any kernel, its job is returned. None for a new one.
        """
        provider, order = self.order(prompt, **options)
        if copy is not None:
            order = order.model_copy(update={"urgency": EXPERIMENT_URGENCY})
        provider.check(order)
        self._lender.settle_consent(order, provider, consent)
        details: dict[str, Any] = {}
        if provider.outlives_kernel:
            found = provider.compiled(order)
            for told in found.warnings:
                warnings.warn(told, stacklevel=4)
            if order.cast:
                details |= {
                    "wording": found.prompt,
                    "references": options.get("references", "stills"),
                    "sent": found.files,
                }
        digest = ""
        if order.image is not None:
            digest = hashlib.sha256(order.image.read_bytes()).hexdigest()
            details["image"] = str(order.image.resolve())
        call = Call(
            kind="video",
            route=order.route,
            profile=provider.service.provider,
            base_url=provider.service.base_url,
            model=order.model,
            prompt=prompt,
            characters=tuple(who.username for who in order.cast),
            size=order.size,
            seconds=order.seconds,
            seed=order.seed,
            image=digest,
            details=details,
            experiment=experiment,
        )
        return self._jobs.begin(call, order, provider, most=budget, copy=copy)

    def order(
        self,
        prompt: str,
        *,
        model: str | None = None,
        size: str | Sequence[int] | None = None,
        seconds: SupportsFloat | None = None,
        seed: int | None = None,
        image: Path | str | None = None,
        route: Literal["async", "sync"] = "async",
        references: References = "stills",
        keyless: bool = False,
    ) -> tuple[Provider, Order]:
        """Return the order for a video and who takes it; provider.check() refuses what that service would refuse.

        Args:
            prompt, model, size, seconds, seed, image, route, references: as of Studio.submit().
            keyless: as of Services.provider_of().

        Raises:
            InvalidInput: a length, size, seed or mention that is none.
        """
        if not isinstance(route, str) or route not in {"async", "sync"}:
            raise InvalidInput(f"There is no route {route!r}.", hint='It is "async" or "sync".')
        provider, model = self._services.provider_of(model, keyless=keyless)
        if references not in ("stills", "clips", "both"):
            raise InvalidInput(f"{references!r} shows no character.", hint='It is "stills", "clips" or "both".')
        rules = provider.profile.video
        usual = provider.profile.rules(model or rules.model)
        wanted_size = usual.size if size is None else arguments.size(size)
        wanted_seconds = usual.seconds or rules.seconds if seconds is None else arguments.seconds(seconds)
        if route == "sync":
            chosen = provider.profile.chat_model(wanted_size, wanted_seconds)
            model, wanted_size = model or chosen.model, chosen.size
        model = model or rules.model
        if isinstance(prompt, str):
            prompt = self._characters.up_to_date(prompt, provider.service)
        cast = tuple(self._lender.cast(prompt, provider, model))
        members = self._lender.members(cast, provider, model, references)
        order = Order(
            kind="video",
            route=route,
            model=model,
            prompt=prompt,
            cast=cast,
            members=members,
            publishes=self._services.publishes,
            size=wanted_size,
            seconds=wanted_seconds,
            seed=None if seed is None else arguments.seed(seed),
            image=None if image is None else arguments.path(image, "picture"),
        )
        return provider, order

    def preview(self, prompt: str, **options: Unpack[VideoOptions]) -> Preview:
        """Return what would be sent for a prompt; see Studio.preview().

        Args:
            prompt: the text.
            options: as of order().
        """
        provider, order = self.order(prompt, keyless=True, **options)
        provider.check(order)
        found = provider.compiled(order)
        return Preview(
            model=f"{provider.service.provider}/{order.model}",
            prompt=found.prompt,
            pictures=found.pictures,
            clips=found.clips,
            shape=found.shape,
            seconds=order.seconds or 0,
            sound=found.sound,
            price=prices.of_order(provider.profile, order),
            notes=(*found.warnings, *found.notes),
            consent=tuple(who.mention for who in unasked(order, provider)),
        )

    def stranger(self, prompt: str, model: str | None = None) -> Character | None:
        """Return the first character of a prompt that could only be shown if it were made here; None where there is none.

        Args:
            prompt: the text.
            model: as of Services.provider_of(). Characters are made for models of the default service alone.

        Returns:
            One that the service does not know, of whom the seconds it was made from are on this machine.
        """
        profile, bare = self._services.profile_of(model)
        if profile.name != self._services.default.provider or not self._services.makes_characters:
            return None
        provider = self._services.provider()
        unknown = strangers(self._lender.mentioned(prompt, provider), provider, bare or profile.video.model)
        return next((who for who in unknown if who.clip_file is not None and who.clip_file.is_file()), None)
