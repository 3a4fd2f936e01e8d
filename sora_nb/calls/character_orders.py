"""Orders for characters: made from seconds of a video, or made known to a service that keeps them."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any, TypedDict

from sora_nb import arguments, display, media
from sora_nb.calls.clip_source import resolve
from sora_nb.calls.lending import registration
from sora_nb.errors import InvalidInput
from sora_nb.models import Clip, Registration, State
from sora_nb.providers import registry
from sora_nb.providers.base import Member, Order
from sora_nb.storage.call import OPEN, Call

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sora_nb.calls.clip_source import VideoLike
    from sora_nb.calls.job import Job
    from sora_nb.calls.jobs import Jobs
    from sora_nb.calls.lending import Lender
    from sora_nb.calls.services import Services
    from sora_nb.models import Character, Dollars, Moment
    from sora_nb.providers.base import Provider
    from sora_nb.storage.ledger import Ledger


_ASKED = {"profile", "base_url", "model", "clip", "source", "details"}
"""What a call for a character asks for."""


class CharacterOptions(TypedDict, total=False):
    """What a character may be asked for beside its seconds, as Studio.submit_extract() takes it."""

    subject: Sequence[float] | None
    name: str
    description: str
    budget: Dollars | None


class CharacterOrders:
    """Makes orders for characters, and jobs of them.

    Args:
        services: who takes them.
        lender: makes ready what characters lend.
        jobs: what sends them.
        ledger: where videos and characters are known.
    """

    def __init__(self, services: Services, lender: Lender, jobs: Jobs, ledger: Ledger) -> None:
        self._services = services
        self._lender = lender
        self._jobs = jobs
        self._ledger = ledger
        self._characters = ledger.characters

    def clip(self, start: Clip | tuple[Moment, Moment] | Moment, end: Moment | None = None) -> Clip:
        """Return the seconds that a character is to be made from.

        Raises:
            ClipError: they are none, or more or less than who makes characters takes.
        """
        return Clip.of(start, end).check(self._services.extractor().profile.character.span)

    def submit(
        self,
        source: VideoLike,
        start: Clip | tuple[Moment, Moment] | Moment,
        end: Moment | None = None,
        *,
        subject: Sequence[float] | None = None,
        name: str = "",
        description: str = "",
        budget: Dollars | None = None,
    ) -> Job[Character]:
        """Start making a character and return at once; see Studio.submit_extract()."""
        provider = self._services.extractor()
        rules = provider.profile.character
        clip = self.clip(start, end)
        found = resolve(
            source,
            provider.profile,
            provider.service,
            functools.partial(self._ledger.find_video, first=self._services.default),
        )
        if found.file is not None:
            media.check_clip(found.file, clip, rules.span)
        order = Order(
            kind="character",
            model=rules.model or "",
            clip=clip,
            source=found,
            seconds=clip.span,
            subject=None if subject is None else arguments.subject(subject, clip.start),
            name=arguments.text(name, "name"),
        )
        words = arguments.text(description, "description")
        details: dict[str, Any] = {"file": str(found.file.resolve())} if found.file is not None else {}
        details |= {"subject": list(order.subject)} if order.subject is not None else {}
        details |= {key: value for key, value in (("name", name), ("description", words)) if value}
        call = Call(
            kind="character",
            route="file" if found.as_file else "async",
            profile=provider.service.provider,
            base_url=provider.service.base_url,
            model=order.model,
            clip=clip,
            source=found.origin,
            seconds=clip.span,
            details=details,
        )
        if order.name:
            made = self._made_before(call, order.name, found.file)
            if made is not None:
                return self._jobs.get(made.id)
            self._characters.check_free(order.name)
        provider.check(order)
        return self._jobs.begin(call, order, provider, most=budget)

    def _made_before(self, call: Call, name: str, file: Path | None) -> Call | None:
        """Return the call that made the character of a name by asking for the same, as a cell does that is run again."""
        who = self._characters.resolve([name]).get(name)
        made = self._ledger.call(self._characters.made_by(who)) if who is not None else None
        if made is None or made.state is not State.DONE or _asked(made) != _asked(call):
            return None
        if file is not None and file.stat().st_mtime >= made.created_at.timestamp():
            return None  # there is another film by this name
        return made

    def register(
        self, character: Character, service: str, *, consent: str | None = None, budget: Dollars | None = None
    ) -> Job[Character] | Character:
        """Start making a character known to a service, or go on with that; one that it knows is returned.

        See Studio.register().
        """
        provider = self._keeper(service)
        who = self._characters.get(character.username, character.service)
        if registration(who, provider) is not None:
            return who
        open_now = self._ledger.calls(OPEN, "registration", service=provider.service)
        made = next((call for call in open_now if call.details.get("character") == who.id), None)
        if made is not None:  # perhaps paid for, and not to be paid for twice
            return self._jobs.get(made.id)
        order = Order(
            kind="registration",
            model=provider.profile.video.model,
            cast=(who,),
            members=(Member(character=who, stills=self._lender.stills(who)),),
        )
        provider.check(order)
        self._lender.settle_consent(order, provider, consent)
        call = Call(
            kind="registration",
            profile=provider.service.provider,
            base_url=provider.service.base_url,
            model=order.model,
            characters=(who.username,),
            details={"character": who.id},
        )
        return self._jobs.begin(call, order, provider, most=budget)

    def write_registration(self, character: Character, service: str, ident: str) -> Character:
        """Write down how a service knows a character that a person registered there; see Studio.register()."""
        ident = arguments.text(ident, "id")
        if not re.fullmatch(r"[!-~]{1,200}", ident):
            raise InvalidInput(
                f"{display.plain(repr(ident), 60)} is no id of a service.", hint="Copy it as the service shows it."
            )
        return self._characters.register(character, self._keeper(service).service, Registration(id=ident))

    def _keeper(self, service: str) -> Provider:
        """Return the provider of a service that keeps characters."""
        if not isinstance(service, str) or service not in (self._services.default.provider, *registry.names()):
            keeping = [name for name in registry.names() if registry.get(name).registers]
            raise InvalidInput(f"There is no service {service!r} here.", hint=f"Choose one of {', '.join(keeping)}.")
        provider = self._services.provider_of(f"{service}/")[0]
        if not provider.profile.registers:
            raise InvalidInput(
                f"{service} cannot be made to know characters.",
                hint="Prompts show it their pictures: studio.preview(prompt, model=...) says which.",
            )
        return provider


def _asked(call: Call) -> dict[str, Any]:
    return call.model_dump(include=_ASKED)
