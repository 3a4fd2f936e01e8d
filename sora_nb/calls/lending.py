"""What characters lend to a service: who is mentioned, what shows them, and whether they may leave this machine."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from sora_nb import display, media, prompts
from sora_nb.errors import ConsentNeeded, InvalidInput, PromptError
from sora_nb.models import Clip, Consent, Registration
from sora_nb.providers.base import Member

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sora_nb.models import Character, Still
    from sora_nb.providers.base import Order, Provider
    from sora_nb.providers.profile import Profile, ReferenceRules
    from sora_nb.storage.characters import Characters
    from sora_nb.storage.files import Files

References = Literal["stills", "clips", "both"]
"""What shows a character to a model that takes pictures or clips."""
_CHARGED = {"yes": "A refusal is charged.", "no": "A refusal is not charged."}


class Lender:
    """Finds the characters of prompts, and makes ready what they lend.

    Args:
        characters: the library.
        files: where their files are.
    """

    def __init__(self, characters: Characters, files: Files) -> None:
        self._characters = characters
        self._files = files

    def cast(self, prompt: str, provider: Provider, model: str) -> list[Character]:
        """Return the characters a prompt mentions; only their records are read.

        Args:
            prompt: the text.
            provider: the service that is to show them.
            model: its model.

        Raises:
            PromptError: it is empty or too long, mentions too many, or somebody that the service cannot show.
        """
        profile = provider.profile
        if model and not any(model == each.model for each in profile.chat_models):
            profile.check_model(model)
        shows = profile.rules(model).references
        mentioned = prompts.candidates(prompt) if isinstance(prompt, str) else []
        found = {who.username: who for who in self._characters.named(mentioned, provider.service)}
        settled = isinstance(prompt, str) and prompts.is_settled(prompt, found)
        known = found if settled else self._characters.usernames()
        most = (shows.members or shows.images) if shows else profile.character.mentions
        names = prompts.check(prompt, known, most=most, longest=profile.video.prompt_longest)
        cast = [found[name] for name in names]
        for who in strangers(cast, provider, model):
            raise _cannot_show(who, provider.profile, model)
        return cast

    def mentioned(self, prompt: str, provider: Provider) -> list[Character]:
        """Return the characters a prompt mentions, whether or not the service can show them."""
        return self._characters.named(prompts.candidates(prompt), provider.service)

    def members(
        self, cast: Sequence[Character], provider: Provider, model: str, references: References = "stills"
    ) -> tuple[Member, ...]:
        """Return characters with what they lend: registration, pictures and clip, made ready where that is missing.

        Args:
            cast: who they are.
            provider: the service that is to show them.
            model: its model.
            references: what shows them.

        Raises:
            InvalidInput: nothing of a character is on this machine.
        """
        shows = provider.profile.rules(model).references
        found = []
        for who in cast:
            known = registration(who, provider) if shows is None or shows.registers else None
            lends = shows is not None and known is None
            clip = self._clip(who, shows) if shows is not None and lends and references != "stills" else None
            found.append(
                Member(
                    character=who,
                    registration=known,
                    stills=self._stills(who, needed=clip is None or references == "both") if lends else (),
                    clip=clip,
                    clip_seconds=media.probe(clip).duration if clip is not None else 0,
                    asked=references,
                )
            )
        return tuple(found)

    def stills(self, who: Character) -> tuple[Still, ...]:
        """Return a character's pictures, made where they are not here.

        Raises:
            InvalidInput: nothing of it is on this machine.
        """
        if who.stills and all(still.path.is_file() for still in who.stills):
            return who.stills
        from sora_nb.engines.stills import stills_of

        made = stills_of(who, self._files.folder)
        self._files.share(still.path for still in made)
        self._characters.change(who, stills=made)
        return made

    def _stills(self, who: Character, *, needed: bool) -> tuple[Still, ...]:
        try:
            return self.stills(who)
        except InvalidInput:
            if needed:
                raise
            return ()

    def _clip(self, who: Character, shows: ReferenceRules) -> Path | None:
        """Return a character's kept seconds, as many of them as the model takes; None where they are not here."""
        if who.clip_file is None or not who.clip_file.is_file():
            return None
        longest = shows.clip_span[1]
        if not shows.clips or media.probe(who.clip_file).duration <= longest:
            return who.clip_file
        name = f"{who.clip_sha256[:32]}-{longest:g}"
        kept = self._files.incoming(f"{name}.clip.mp4")
        if not kept.is_file():  # one that is half cut must not pass for it
            self._files.cut(who.clip_file, Clip(0, longest), f"{name}.{secrets.token_hex(8)}")[0].replace(kept)
        return kept

    def settle_consent(self, order: Order, provider: Provider, consent: str | None) -> None:
        """Write down the consent that was given; without one, refuse an order that needs it.

        Args:
            order: what is asked for.
            provider: who is to be sent it.
            consent: the words of whoever says so, or None.

        Raises:
            ConsentNeeded: it needs one.
            InvalidInput: nobody says so.
        """
        if consent is None:
            check_consent(order, provider)
        else:
            self.agree(unasked(order, provider), consent)

    def agree(self, who: Sequence[Character], by: str) -> list[Character]:
        """Write down who says that whoever these characters show agrees to being sent to services.

        Args:
            who: the characters.
            by: the words of whoever says so.

        Returns:
            The characters as they are kept now.

        Raises:
            InvalidInput: nobody says so.
        """
        if not isinstance(by, str) or not by.strip():
            raise InvalidInput(
                "A consent has the name of whoever says so.", hint='Write consent="Ada Lovelace: it is my own cat".'
            )
        said = Consent(by=by.strip()[:200], at=datetime.now(UTC))
        return [self._characters.change(each, consent=said) for each in who]


def registration(who: Character, provider: Provider) -> Registration | None:
    """Return how a service knows a character, or None; one whose time is over is none."""
    known = who.providers.get(str(provider.service))
    if known is None and who.service == provider.service:
        known = Registration(id=who.id, username=who.username)
    ended = known is not None and known.expires_at is not None and known.expires_at < datetime.now(UTC)
    return None if ended else known


def strangers(cast: Sequence[Character], provider: Provider, model: str) -> list[Character]:
    """Return the characters that a service neither knows nor can be shown by a model of its."""
    if provider.profile.rules(model).references is not None or not provider.outlives_kernel:
        return []
    return [who for who in cast if registration(who, provider) is None]


def unasked(order: Order, provider: Provider) -> list[Character]:
    """Return the characters that an order would be the first to send to a service, and that nobody has agreed for."""
    if order.kind == "registration":
        return [who for who in order.cast if not _has_consent(who)]
    if not provider.outlives_kernel and not provider.profile.rules(order.model).elsewhere:
        return []
    found = provider.compiled(order)
    sent = {each.username for each in (*found.pictures, *found.clips) if each.path is not None}
    return [who for who in order.cast if who.username in sent and not _has_consent(who)]


def _has_consent(who: Character) -> bool:
    """Whether somebody has said in this library that a character may be sent."""
    return who.consent is not None and not who.consent.elsewhere


def consent_sentence(profile: Profile, model: str) -> str:
    """Return what a person is told before a character is sent to a service for the first time."""
    elsewhere = profile.rules(model).elsewhere
    if elsewhere:
        return f"{model} works on another machine, {elsewhere}: send people only with their consent."
    faces = profile.rules(model).faces
    checks = {"checked": " and checks faces", "refused": " and refuses photorealistic faces"}.get(faces, "")
    charged = _CHARGED.get(profile.refusals_charged, "Whether a refusal is charged is not known.")
    return f"Send people only with their consent; {profile.name} may refuse pictures{checks}. {charged}"


def check_consent(order: Order, provider: Provider) -> None:
    """Refuse an order that would send a character that nobody has agreed for.

    Raises:
        ConsentNeeded: it would.
    """
    who = unasked(order, provider)
    if who:
        names = ", ".join(each.mention for each in who)
        told = [
            f"The archive of {each.mention} says: {display.plain(each.consent.by)!r}, {each.consent.at:%Y-%m-%d}."
            for each in who
            if each.consent is not None
        ]
        first = f"{names} would leave this machine for the first time."
        raise ConsentNeeded(
            " ".join([first, consent_sentence(provider.profile, order.model), *told]),
            money="Nothing was sent, nothing was charged.",
            hint='Who says that this is all right? Write it once: consent="Ada Lovelace: it is my own cat".',
        )


def _cannot_show(who: Character, profile: Profile, model: str) -> PromptError:
    """Say that a model cannot show a character, and what can be done about it."""
    able = [name for name, rules in profile.models.items() if rules.references is not None]
    if able:
        return PromptError(
            f"{model} at {profile.name} cannot be shown {who.mention}: it takes no pictures of characters.",
            hint=f"These models of {profile.name} can: {', '.join(able)}.",
        )
    hint = "studio.models(references=True) lists models that can be shown it."
    if who.clip_file is not None and who.clip_file.is_file():
        hint = f"{hint} Or make it there from its kept clip, {str(who.clip_file)!r}."
    known = ", ".join(who.providers) or str(who.service)
    return PromptError(f"{who.mention} is known to {known} only, not to {profile.name}.", hint=hint)
