"""A table of the models that are known by name: what they make, whom they can show, what that costs, where the key comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sora_nb import display
from sora_nb.money import prices
from sora_nb.providers import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import pandas as pd

    from sora_nb.money.prices import Estimate
    from sora_nb.providers.profile import ModelRules, Profile

COLUMNS = [
    "name", "provider", "model", "seconds", "resolutions", "ratios", "characters", "images", "prompt", "usd_per_second",
    "usd_per_film", "took", "key", "key_set", "retired", "source", "date",
]  # fmt: skip
_PATTERN = frozenset("*?[")


def table(
    profiles: Iterable[Profile],
    is_usable: Callable[[str], bool],
    took: Mapping[str, float | None],
    *,
    references: bool | None = None,
) -> pd.DataFrame:
    """Return what is known of the models of some services; see Studio.models().

    Args:
        profiles: the services.
        is_usable: whether the address and key of the service of this name are known.
        took: seconds that the last films took, by the model's whole name, as far as that is known; None where it is not.
        references: True keeps the models that can show characters, False the others.
    """
    import pandas as pd

    rows = []
    for profile in profiles:
        usable = is_usable(profile.name)
        rows += [
            {**row, "took": took.get(row["name"]), "key_set": usable}
            for row in (_row(profile, name) for name in known(profile))
        ]
    kept = [row for row in rows if references is None or (row["characters"] > 0) is references]
    return display.frame(pd.DataFrame(kept, columns=COLUMNS))


def known(profile: Profile) -> list[str]:
    """Return the names of a service's models, as far as its profile has them."""
    priced = [line.model for line in profile.prices if line.kind == "video"]
    names = dict.fromkeys([*profile.models, *profile.video.models, profile.video.model, *priced])
    return [name for name in names if not _PATTERN.intersection(name)]


def served(profile: Profile) -> list[str]:
    """Return the names of a service's models that can be asked for: none that is retired."""
    # a free engine makes the same under all its names but those with rules, which are other engines' models
    free = dict.fromkeys([profile.video.model, *profile.models, *profile.video.models[:1]])
    names = list(free) if profile.free else known(profile)
    return [name for name in names if not _retired(profile, name, profile.rules(name))]


def _retired(profile: Profile, model: str, rules: ModelRules) -> str:
    return rules.retired or (profile.retired if profile.is_retired(model, "video") else "")


def _row(profile: Profile, model: str) -> dict[str, Any]:
    rules = profile.rules(model)
    characters, images, style = _shown(profile, rules)
    film = prices.estimate(profile, prices.purchase(profile, "video", model))
    return {
        "name": f"{profile.name}/{model}",
        "provider": profile.name,
        "model": model,
        "seconds": _lengths(rules),
        "resolutions": ", ".join(rules.resolutions or rules.sizes),
        "ratios": ", ".join(rules.ratios),
        "characters": characters,
        "images": images,
        "prompt": style,
        "usd_per_second": _per_second(profile, model, rules),
        "usd_per_film": _dollars(film),
        "key": " or ".join(registry.key_variables(profile)) if profile.key_required else "none needed",
        "retired": _retired(profile, model, rules),
        "source": rules.source or film.source,
        "date": rules.date or film.date,
    }


def _shown(profile: Profile, rules: ModelRules) -> tuple[int, int, str]:
    """Return how many characters fit into one prompt, how many pictures, and how the prompt says who is meant."""
    shows = rules.references
    if shows is not None:
        return shows.images if shows.members is None else shows.members, shows.images, shows.style
    makes = profile.routes.characters or profile.routes.video_characters
    gone = profile.is_retired(profile.character.model or "", "character")
    if not makes or gone:
        return 0, 0, ""
    return profile.character.mentions, 0, profile.character.mention_style


def _lengths(rules: ModelRules) -> str:
    """Write the lengths that a model makes, in seconds; "" where nobody says."""
    lengths = sorted(rules.lengths)
    if len(lengths) > 2 and lengths == list(range(lengths[0], lengths[-1] + 1)):
        return f"{lengths[0]}-{lengths[-1]}"
    if lengths:
        return ", ".join(map(str, lengths))
    if rules.longest is None:
        return "" if rules.shortest is None else f"{rules.shortest} or more"
    return f"{rules.shortest}-{rules.longest}" if rules.shortest is not None else f"up to {rules.longest}"


def _per_second(profile: Profile, model: str, rules: ModelRules) -> float | None:
    """Return what a further second costs, in dollars; None where the price does not go by length, or is not known."""
    long = 10 * (rules.longest or rules.seconds or profile.video.seconds)  # beyond the least that is charged
    costs = [
        prices.estimate(profile, prices.purchase(profile, "video", model, seconds)) for seconds in (long, 2 * long)
    ]
    short, longer = (cost.micros for cost in costs)
    if short is None or longer is None or short == longer:
        return None
    return (longer - short) / long / 1_000_000


def _dollars(cost: Estimate) -> float | None:
    return None if cost.usd is None else float(cost.usd)
