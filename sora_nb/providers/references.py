"""How a prompt and its characters are worded and shown to a model, pure: which pictures and clips, in which order, named how.

Services differ in how a prompt says who is meant (`ReferenceRules.style`):

- `handle`: `@username` stays, with the service's own handle where it gave one;
- `name`: the character's name stands in the text, and the service knows the name;
- `alias`: `@luna`, an id that is given with the pictures;
- `number`: "Luna is the character in Image 1 and Image 2." stands in front, and the name in the text;
- `token`: a token such as `character1` stands in the text;
- `prose`: "Luna is the character in the reference images." stands in front, and the name in the text.

Numbers go by first mention, and a character of two pictures has two of them. One that the service knows already takes the
place of a picture where a prompt can only tell of pictures, and is shown by what the service calls it. No `@username` reaches a service that would
take it for text.
"""

from __future__ import annotations

import itertools
from collections import Counter, deque
from typing import TYPE_CHECKING

from sora_nb import prompts
from sora_nb.errors import InvalidInput, PromptError
from sora_nb.providers.compiled import Compiled, Shown
from sora_nb.providers.profile import ReferenceRules
from sora_nb.providers.shapes import shape_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sora_nb.models import Registration, Still
    from sora_nb.providers.base import Member, Order
    from sora_nb.providers.profile import Profile

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_OF_PICTURES = {"number", "token", "prose"}
"""Styles in which a prompt tells of pictures, and of nothing else that a service may know."""
_ALIAS = range(3, 17)
"""Letters of an alias; Runway's rule, the strictest one known (runwayml 5.24.0)."""


_latest: deque[tuple[Order, Profile, Compiled]] = deque(maxlen=1)
"""What was compiled last: checks, consent, price and request each ask for the same order."""


def compiled(order: Order, profile: Profile) -> Compiled:
    """Word an order for its model, and choose what shows its characters; one that comes again at once is not done again.

    Args:
        order: a video's, with its members.
        profile: the service.

    Raises:
        PromptError: too many characters, or the text is too long.
        InvalidInput: characters it cannot be shown, pictures that are too small, a picture to start from beside them.
    """
    for known, service, made in tuple(_latest):
        if known is order and service is profile:
            return made
    made = _compile(order, profile)
    _latest.append((order, profile, made))
    return made


def _compile(order: Order, profile: Profile) -> Compiled:
    rules = profile.rules(order.model)
    notes: list[str] = []
    warnings: list[str] = []
    size = order.size or profile.video.size  # a row may tell none
    shape = shape_of(size, rules)
    if shape.size != size:
        notes.append(f"{order.model} makes {shape}, in place of {size}.")
    shows = rules.references or ReferenceRules(style="name" if profile.character.mention_style == "name" else "handle")
    pictures: list[Shown] = []
    clips: list[Shown] = []
    if rules.references is not None and order.shown:
        _check(order, shows)
        aliases = _aliases(order.shown)
        share = max(1, min(shows.each, shows.images // len(order.shown)))
        for member in order.shown:
            if member.registration is not None:
                pictures += _registered(member, member.registration, shows, len(pictures))
                continue
            clip = _clips(member, order, shows, clips, notes)
            clips += clip
            if not (clip and member.asked == "clips"):
                pictures += _pictures(member, order, shows, aliases[member.username], share, len(pictures), notes)
            mine = [each for each in (*pictures, *clips) if each.username == member.username]
            if not mine:
                raise _nothing_to_show(member, order.model, notes)
            if rules.faces == "refused" and _has_face(member, mine):
                told = f"{order.model} refuses such pictures, also of faces that were made by a model."
                warnings.append(f"A picture of {member.character.mention} shows a lifelike face; {told}")
    if pictures and shows.field and not shows.verified:
        notes.append(f"{order.model} was not run live: the field that carries pictures is assumed, {shows.field!r}.")
    prompt = order.wording or _worded(order, shows, pictures, clips)
    longest = rules.prompt_longest
    if longest is not None and len(prompt) > longest:
        raise PromptError(
            f"The prompt has {len(prompt)} characters as {order.model} gets it, which takes {longest}.",
            hint="Shorten it, or what is said of its characters: studio.describe(character, words).",
        )
    return Compiled(
        prompt=prompt,
        pictures=tuple(pictures),
        clips=tuple(clips),
        known={_label(member, order): member.registration.id for member in order.shown if member.registration},
        shape=shape,
        seconds=int(order.seconds or 0),
        sound=rules.sound,
        notes=tuple(notes),
        warnings=tuple(warnings),
    )


def _check(order: Order, shows: ReferenceRules) -> None:
    most = shows.images if shows.members is None else shows.members
    if len(order.shown) > most:
        raise PromptError(f"The prompt mentions {len(order.shown)} characters; {order.model} can be shown {most}.")
    if order.image is None and shows.needs_image:
        raise InvalidInput(
            f"{order.model} can be shown characters only beside a picture that the film starts from.",
            hint="Give image=, or take a model that needs none: studio.models(references=True) lists them.",
        )
    if order.image is not None and not shows.with_image:
        raise InvalidInput(
            f"{order.model} takes either a picture to start from or characters, not both.",
            hint="Leave image= out, or write the prompt without @names.",
        )


def _registered(member: Member, known: Registration, shows: ReferenceRules, have: int) -> list[Shown]:
    """Return what stands for a character that the service knows, where that is the place of a picture."""
    if shows.style not in _OF_PICTURES:
        return []
    number = shows.first + have
    label = _picture_label(shows, number, "", 0)
    return [Shown(username=member.username, kind="image", number=number, label=label, path=None, address=known.id)]


def _pictures(
    member: Member, order: Order, shows: ReferenceRules, alias: str, share: int, have: int, notes: list[str]
) -> list[Shown]:
    fitting = []
    for still in member.stills:
        told = unfit(still, shows, order.model)
        if told:
            notes.append(f"A picture of {member.character.mention} is left out: {told}.")
        else:
            fitting.append(still)
    found = []
    if fitting and not (shows.inline or order.publishes):
        told = "takes pictures by public address only; Studio(publish=...) puts them at one."
        notes.append(f"The pictures of {member.character.mention} are not sent: {order.model} {told}")
        return []
    for place, still in enumerate(fitting[:share]):
        number = shows.first + have + place
        found.append(
            Shown(
                username=member.username,
                kind="image",
                number=number,
                label=_picture_label(shows, number, alias, place),
                path=still.path,
                address=order.addresses.get(str(still.path), ""),
            )
        )
    return found


def unfit(still: Still, shows: ReferenceRules, model: str) -> str:
    """Say why a model does not take a picture, or "" where it does."""
    if min(still.width, still.height) < shows.side:
        size = f"{still.width}x{still.height} pixels"
        return f"it has {size}; {model} takes {shows.side} or more on the shorter side"
    return f"it is too large for {model}" if still.path.stat().st_size > shows.image_bytes else ""


def _picture_label(shows: ReferenceRules, number: int, alias: str, place: int) -> str:
    if shows.style == "alias":
        return _labels(alias)[place]
    if shows.style == "token":
        return shows.token.format(n=number)
    return f"Image {number}"


def _clips(member: Member, order: Order, shows: ReferenceRules, have: Sequence[Shown], notes: list[str]) -> list[Shown]:
    if member.clip is None and member.asked != "stills":
        notes.append(f"The clip of {member.character.mention} is not on this machine. Pictures are sent instead.")
    if member.clip is None:
        return []
    reason = _no_clip(member, order, shows, have)
    if reason:
        notes.append(f"The clip of {member.character.mention} is not sent: {reason} Pictures are sent instead.")
        return []
    number = len(have) + 1
    return [
        Shown(
            username=member.username,
            kind="clip",
            number=number,
            label=f"Video {number}",
            path=member.clip,
            address=order.addresses.get(str(member.clip), ""),
            seconds=member.clip_seconds,
        )
    ]


def _no_clip(member: Member, order: Order, shows: ReferenceRules, have: Sequence[Shown]) -> str:
    """Say why a clip cannot be sent, or "" where it can."""
    shortest, longest = shows.clip_span
    total = sum(each.seconds for each in have) + member.clip_seconds
    if len(have) >= shows.clips:
        return f"{order.model} takes {shows.clips} clips." if shows.clips else f"{order.model} takes no clips."
    if not shortest <= member.clip_seconds <= longest:
        return f"it is {member.clip_seconds:g} s long, and {order.model} takes {shortest:g} to {longest:g} s."
    if shows.clips_longest is not None and total > shows.clips_longest:
        return f"{order.model} takes {shows.clips_longest:g} s of clips in all."
    if not (shows.clip_inline or order.publishes):
        return f"{order.model} takes clips by public address only; Studio(publish=...) puts them at one."
    return ""


def _has_face(member: Member, mine: Sequence[Shown]) -> bool:
    faces = {still.path for still in member.stills if still.face}
    return any(each.path in faces for each in mine)


def _nothing_to_show(member: Member, model: str, notes: Sequence[str]) -> InvalidInput:
    said = " ".join(note for note in notes if member.character.mention in note)
    return InvalidInput(
        f"There is nothing to show {member.character.mention} to {model} by. {said}".strip(),
        hint="Extract it again from sharper or larger footage.",
    )


def _aliases(members: Iterable[Member]) -> dict[str, str]:
    """Return an alias for each username: 3 to 16 letters, digits and underscores, a letter first, also for more pictures.

    No alias is what a further picture of another character is called.
    """
    found: dict[str, str] = {}
    used: set[str] = set()
    for member in members:
        text = member.username.replace(".", "_")
        text = text if text[0].isalpha() else f"c_{text}"
        base = text[: _ALIAS[-1] - 4].ljust(_ALIAS[0], "_")
        tries = itertools.chain([base], (f"{base}{number}" for number in itertools.count(2)))
        alias = next(each for each in tries if used.isdisjoint(_labels(each)))
        used.update(_labels(alias))
        found[member.username] = alias
    return found


def _labels(alias: str) -> list[str]:
    """Return what the pictures of a character may be called."""
    return [alias, *(f"{alias}_{number}" for number in range(2, 10))]


def _label(member: Member, order: Order) -> str:
    """Return what a prompt calls a character that the service knows."""
    return _aliases(order.shown)[member.username]


def name_of(member: Member) -> str:
    """Return a character's name as it stands in a text."""
    return member.character.display_name or prompts.readable(member.username) or member.username


def _names(members: Sequence[Member]) -> dict[str, str]:
    """Return each character's name in a text, by username: its handle, read as a name, where several have one name.

    Where handles read alike, too, or as another one's name, the handles themselves tell them apart.
    """
    found = {each.username: name_of(each) for each in members}
    for other in (prompts.readable, str):
        spoken = Counter(name.casefold() for name in found.values())
        found = {who: name if spoken[name.casefold()] == 1 else other(who) for who, name in found.items()}
    return {who: prompts.literal(name) for who, name in found.items()}


def _worded(order: Order, shows: ReferenceRules, pictures: Sequence[Shown], clips: Sequence[Shown]) -> str:
    names, written, front = _names(order.shown), {}, []
    for member in order.shown:
        name = names[member.username]
        mine = [each for each in (*pictures, *clips) if each.username == member.username]
        written[member.username] = _written(member, name, order, shows, mine)
        front += _binding(member, name, shows, mine, [each for each in (*pictures, *clips) if each not in mine])
    return " ".join([*front, prompts.unescape(prompts.replace_handles(order.prompt, written))])


def _written(member: Member, name: str, order: Order, shows: ReferenceRules, mine: Sequence[Shown]) -> str:
    """Return what stands in a text where a character is mentioned."""
    if shows.style == "handle":
        known = member.registration.username if member.registration else ""
        return f"@{known or member.username}"
    if shows.style == "name":
        return member.character.called
    if shows.style == "alias":
        return f"@{_label(member, order)}"
    if shows.style == "token" and mine:
        return mine[0].label
    return name


def _binding(
    member: Member, name: str, shows: ReferenceRules, mine: Sequence[Shown], others: Sequence[Shown]
) -> list[str]:
    """Return the sentence that says what shows a character, for a model that must be told."""
    if not mine or shows.style in {"handle", "name"}:
        return []
    labels = [each.label for each in mine]
    if shows.style in {"alias", "token"}:
        marks = [f"@{label}" if shows.style == "alias" else label for label in labels]
        return [f"{_listed(marks)} show the same character."] if len(marks) > 1 else []
    where = _listed(labels) if shows.style == "number" else _in_prose(mine, shows.first, others)
    description = prompts.literal(" ".join(member.character.description.split()).rstrip("."))
    about = f": {description}" if description else ""
    return [f"{name} is the character in {where}{about}."]


def _in_prose(mine: Sequence[Shown], first: int, others: Sequence[Shown]) -> str:
    """Say in words which pictures and clip show a character: by their order where others of their kind are shown, too."""
    found = []
    for kind, noun, begin in (("image", "image", first), ("clip", "video", 1)):
        these = [each for each in mine if each.kind == kind]
        ordered = any(each.kind == kind for each in others)
        places = _listed([_ordinal(each.number - begin) for each in these]) + " " if these and ordered else ""
        if these:
            found.append(f"the {places}reference {noun}{'s' if len(these) > 1 else ''}")
    return _listed(found)


def _ordinal(place: int) -> str:
    return _ORDINALS[place] if place < len(_ORDINALS) else f"{place + 1}th"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
