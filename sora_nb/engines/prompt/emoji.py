"""What emoji stand for, in words; those that are not here are read by their Unicode names."""

from __future__ import annotations

import unicodedata

WORDS = {
    "🐶": "dog", "🐕": "dog", "🦮": "dog", "🐩": "poodle", "🐺": "wolf", "🐱": "cat", "🐈": "cat", "🦁": "lion", "🐯": "tiger", "🐅": "tiger",
    "🐆": "leopard", "🦊": "fox", "🐻": "bear", "🐼": "panda", "🐰": "rabbit", "🐇": "rabbit", "🐭": "mouse", "🐁": "mouse", "🐀": "rat",
    "🐷": "pig", "🐖": "pig", "🐵": "monkey", "🐒": "monkey", "🙈": "monkey", "🦍": "gorilla", "🐸": "frog", "🐧": "penguin", "🦆": "duck",
    "🐤": "chick", "🐥": "chick", "🐦": "bird", "🦉": "owl", "🐟": "fish", "🐠": "fish", "🐡": "fish", "🦈": "shark", "🐋": "whale",
    "🐳": "whale", "🐬": "dolphin", "🐴": "horse", "🐎": "horse", "🦄": "unicorn", "🐮": "cow", "🐄": "cow", "🐑": "sheep", "🐘": "elephant",
    "🐉": "dragon", "🐲": "dragon", "🤖": "robot", "👽": "alien", "👾": "alien", "🧙": "wizard", "🦸": "superhero", "🧜": "mermaid",
    "👩": "woman", "👧": "girl", "👨": "man", "👦": "boy", "👶": "baby", "🧑": "person", "👤": "person", "👥": "people", "👴": "old man",
    "👵": "old woman", "👸": "princess", "🤴": "prince", "🤠": "cowboy", "🕵": "detective", "👮": "police officer", "⛄": "snowman",
    "☃": "snowman", "🎅": "santa", "🧟": "zombie", "🧛": "vampire", "🏖": "beach", "🏝": "island", "🌊": "ocean", "🌲": "forest",
    "🌳": "forest", "🎋": "bamboo", "🏙": "city", "🌆": "city", "🌃": "city night", "🏔": "mountain", "⛰": "mountain", "🗻": "mountain",
    "🌌": "galaxy", "🚀": "rocket", "🪐": "planet", "🏠": "home", "🏡": "home", "🛋": "sofa", "🎤": "singer", "🎪": "circus",
    "🏜": "desert", "🌵": "cactus", "🏞": "river", "☕": "coffee", "🏢": "office", "🏫": "school", "🏰": "castle",
    "🌅": "sunrise", "🌄": "sunrise", "🌇": "sunset", "🌙": "night", "🌛": "night", "🌜": "night", "🌕": "full moon", "🌝": "full moon",
    "⭐": "stars", "🌟": "stars", "✨": "sparkle", "☀": "sunny", "🌞": "sunny", "🌤": "sunny", "☁": "cloudy", "⛅": "cloudy", "🌧": "rain",
    "⛈": "storm", "🌦": "rain", "☔": "rain", "🌨": "snow", "❄": "snow", "🌫": "fog", "🌈": "rainbow", "⚡": "lightning", "🌩": "lightning",
    "💃": "dance", "🕺": "dance", "🏃": "run", "🚶": "walk", "🏊": "swim", "😴": "sleep", "💤": "sleep", "🛌": "sleep", "👋": "wave",
    "🧘": "meditate", "🏄": "surfer", "⛷": "ski", "🏂": "snowboard", "🚴": "cyclist", "🎥": "camera", "📹": "camera", "🎬": "film",
    "🎵": "music", "🎶": "music", "🎸": "guitar", "🔥": "fire", "❤": "love", "🌸": "cherry blossom", "🌹": "rose", "🍁": "maple leaf",
    "🍂": "fall leaves", "🚗": "car", "🚕": "taxi", "🚲": "bicycle", "🚂": "train", "🛹": "skateboard", "⚽": "soccer ball", "🎂": "cake",
    "🚫": "no", "❌": "no", "🤿": "diver", "🐢": "turtle", "🐙": "octopus", "🎄": "christmas tree", "📚": "book", "🎈": "balloon",
}  # fmt: skip
"""What they stand for."""
WORKING = {
    "🚀": "astronaut", "🍳": "chef", "🎤": "singer", "🏫": "teacher", "🌾": "farmer", "🎓": "student", "⚕": "doctor", "🔧": "mechanic",
    "🏭": "worker", "🎨": "painter", "🚒": "firefighter", "✈": "pilot", "⚖": "judge", "💻": "programmer", "🔬": "scientist",
    "💼": "office worker",
}  # fmt: skip
"""Who somebody is whose picture is joined to one of a thing."""
DOING = frozenset("🎤🏄🚴🤿")
"""Pictures for somebody that say beside another one what he does."""
DECORATIONS = frozenset("🌸🌹🌺🌻🌼🌷🌿🍀🌱🌲🌳🌴🌵🌊🍁🍂❄⭐🌟✨🔥")
"""Pictures that people put behind their words for the mood, and not for where something is."""
_JOINERS = frozenset("\ufe0e\ufe0f\u200d\u20e3")
_SEX = {"\u2640": "woman", "\u2642": "man"}


def is_emoji(letter: str) -> bool:
    """Whether a letter is read as a picture."""
    return unicodedata.category(letter) in {"So", "Sk"} and letter not in "^`´¨¯¸"


def is_picture(source: str) -> bool:
    """Whether what is written begins with one."""
    return source != "" and is_emoji(source[0])


def is_joiner(letter: str) -> bool:
    """Whether a letter only joins or colours the picture before it."""
    return letter in _JOINERS or letter in _SEX or "\U0001f3fb" <= letter <= "\U0001f3ff"


def words(letter: str) -> str:
    """Return the words a picture is read as: of the table, or its Unicode name; "" where it has none."""
    return WORDS.get(letter) or unicodedata.name(letter, "").lower()
