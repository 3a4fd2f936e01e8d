"""`%sora` and `%%sora`: the studio for people who would rather type a prompt than a call.

    %load_ext sora_nb

    %%sora --seconds 4 --name snow
    @carlo.meadow dances in the snow at night

A studio named `studio` in the notebook is used; where there is none, one is made under that name.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from sora_nb import arguments, prompts
from sora_nb.errors import InvalidInput
from sora_nb.studio import Studio

if TYPE_CHECKING:
    from collections.abc import Callable

    from IPython.core.interactiveshell import InteractiveShell

    from sora_nb.models import Video

VARIABLE = "studio"
"""The notebook's studio goes by this name."""
SHOWN = ("app", "characters", "costs", "resume", "videos")
"""What `%sora` shows: the studio's methods of these names."""

_READ: dict[str, Callable[[str], Any]] = {
    "seconds": arguments.seconds,
    "size": arguments.size,
    "seed": arguments.seed,
}
"""How the options with a form of their own are read."""


@magics_class
class SoraMagics(Magics):
    """The magics of one notebook."""

    shell: InteractiveShell

    @property
    def studio(self) -> Studio:
        """The notebook's studio, made at first use."""
        found = self.shell.user_ns.get(VARIABLE)
        if not isinstance(found, Studio):
            if found is not None:
                raise UsageError(
                    f"The name {VARIABLE!r} is taken by something that is not a Studio; rename that first."
                )
            found = self.shell.user_ns[VARIABLE] = Studio()
        return found

    @magic_arguments()
    @argument("show", nargs="*", help="what to show, without a cell: app, characters, costs, resume or videos")
    @argument("--model", help='name of the model, "service/model" of another service; by default the profile\'s')
    @argument("--seconds", help="length of the video")
    @argument("--size", help='pixels, like "1280x720"')
    @argument("--seed", help="the local engine gives the same video for the same seed")
    @argument("--image", help="a picture the video starts from")
    @argument("--consent", help="who says that whoever the characters show agrees to being sent to services")
    @argument("--name", default="video", help="variable that gets the video; by default: video")
    @line_cell_magic
    def sora(self, line: str, cell: str | None = None) -> Any:
        """Generate a video from the cell's text, or show what the studio has.

        Examples: `%sora costs`, `%sora characters`, `%sora app`; `%%sora --seconds 4` with a prompt below it.
        """
        options = parse_argstring(self.sora, line)
        if cell is None:
            return self._show(options.show)
        if options.show:
            raise UsageError(f"The prompt goes below the line, not into it: {shlex.join(options.show)}")
        if not options.name.isidentifier():
            raise UsageError(f"{options.name!r} cannot be the name of a variable.")
        try:
            read = {name: _READ[name](told) for name in _READ if (told := getattr(options, name)) is not None}
        except InvalidInput as error:
            raise UsageError(str(error)) from None
        made: Video = self.studio.generate(
            cell.strip(), model=options.model, image=options.image, consent=_unquoted(options.consent), **read
        )
        self.shell.user_ns[options.name] = made
        return made

    def _show(self, words: list[str]) -> Any:
        if len(words) != 1 or words[0] not in SHOWN:
            said = f"There is nothing called {shlex.join(words)}." if words else "Say what to show."
            raise UsageError(f"{said} %sora shows {', '.join(SHOWN)}; %%sora takes a prompt; %sora? tells more.")
        return getattr(self.studio, words[0])()


def _unquoted(text: str | None) -> str | None:
    """Return an option without the quotes that IPython leaves around one of several words."""
    return text.strip("'\"") if text else text


def _matcher(magics: SoraMagics) -> Callable[[str], list[str]]:
    """Return a matcher for IPython's completer that completes the `@name` being typed."""

    def matches(text: str) -> list[str]:
        line = magics.shell.Completer.text_until_cursor
        studio = magics.shell.user_ns.get(VARIABLE)
        if not isinstance(studio, Studio) or not line.endswith(f"@{text}"):
            return []
        labels = studio.characters().labels()
        return [name for name in prompts.complete(line, len(line), labels) if name.startswith(text)]

    return matches


def load(ip: InteractiveShell) -> None:
    """Make the magics known to a notebook, once however often it is called; `%load_ext sora_nb` calls it."""
    unload(ip)
    magics = SoraMagics(ip)
    ip.register_magics(magics)
    # a matcher of IPython's first kind: Colab's IPython 7 knows no other
    ip.Completer.custom_matchers.append(_matcher(magics))


def unload(ip: InteractiveShell) -> None:
    """Take the magics and the completion of names away; `%unload_ext sora_nb` and `%reload_ext sora_nb` call it."""
    others = [matcher for matcher in ip.Completer.custom_matchers if matcher.__module__ != __name__]
    ip.Completer.custom_matchers[:] = others
    known = ip.magics_manager
    for magics in known.magics.values():
        magics.pop(SoraMagics.sora.__name__, None)
    known.registry.pop(SoraMagics.__name__, None)
