"""What chats write when something happens, in many languages. Small on purpose: the count of people tells more."""

from __future__ import annotations

import re

# Typed laughter: Latin, Spanish, Portuguese, French, Russian, Greek, Arabic, Hebrew, Thai, Japanese, Korean, Chinese.
LAUGH = re.compile(
    r"(?<![a-z])(?:a?(?:ha){2,}h?|(?:he){2,}|(?:hi){3,}|(?:ja){2,}j?|(?:je){2,}|(?:ka){3,}|k{4,}|(?:rs){2,}|lo+l+(?:ol)*|lmf?ao+|"
    r"rofl|kek[lw]?|lul+(?:w|z)?|omegalul|icant|x+d+|mdr+|ptdr|www+|(?:wk){2,})(?![a-z])"
    r"|(?:ха){2,}|(?:хи){2,}|(?:ах){2,}|лол|(?:χα){2,}|ه{3,}|ח{3,}|5{3,}|ㅋ{2,}|ㅎ{2,}|哈{2,}|草{1,}$|笑|w{3,}|[😂🤣😹💀]",
)

# Emotes that mean that something happened, as platforms and their extensions name them (compared in lower case).
EMOTES = frozenset(
    [
        *[
            "pogchamp",
            "pog",
            "pogu",
            "poggers",
            "pogger",
            "pepepog",
            "kreygasm",
            "wutface",
            "lul",
            "lulw",
            "omegalul",
            "kekw",
        ],
        *[
            "kappa",
            "jebaited",
            "biblethump",
            "notlikethis",
            "monkas",
            "monkaw",
            "monkagiga",
            "feelsgoodman",
            "feelsbadman",
        ],
        *[
            "4head",
            "swiftrage",
            "pjsalt",
            "dansgame",
            "cmonbruh",
            "residentsleeper",
            "trihard",
            "hypers",
            "pepehands",
            "sadge",
        ],
        *[
            "ez",
            "ezclap",
            "clap",
            "pepelaugh",
            "pepega",
            "weirdchamp",
            "widepeepohappy",
            "catjam",
            "gachibass",
            "kreygasm",
        ],
        *[
            "heyguys",
            "babyrage",
            "failfish",
            "brokeback",
            "elegiggle",
            "sourpls",
            "forsene",
            "aware",
            "copium",
            "icant",
        ],
        *[
            "emojicheer",
            "emojilol",
            "emojifire",
            "catblobdance",
            "kekleo",
            "lulw",
            "omegalul",
            "peepodj",
            "ratjam",
            "w",
            "l",
            "ggs",
        ],
    ],
)

# Single words that a crowd shouts.
SHOUT = re.compile(
    r"\b(?:o+m+g+|wtf+|wo+w+|holy|damn|insane|clean|clutch|no way|let'?s? go+|gg+|rip|what+|clip(?: (?:it|that))?|no+o+|ye+s+s+|ho+l+y+)\b"
    r"|^!clip\b|[?!]{2,}",
)

COMMAND = re.compile(r"^[!/](?!clip\b)\w")
