"""What chats write when something happens, in many languages. Small on purpose: the count of people tells more.

All of it is looked for in single words (runs without space) in lower case.
"""

from __future__ import annotations

import re

# Typed laughter: Latin letters in many spellings, Russian, Greek, Arabic, Hebrew, Korean, Chinese, Japanese, pictures, Thai.
# The look ahead lets plain letters pass the other scripts by.
LAUGH = re.compile(
    r"(?<![a-z])(?:a?(?:ha){2,}h?|(?:he){2,}|(?:hi){3,}|a?(?:ja){2,}j?|(?:je){2,}|(?:ka){3,}|k{4,}|(?:rs){2,}|"
    r"lo+l+(?:ol)*|lmf?ao+|"
    r"rofl|kek[lw]?|lulw?|lul+z?|omegalul|icant|x+d+|mdr+|ptdr|w{3,}|(?:wk){2,})(?![a-z])"
    r"|(?=[^\x00-\x7f])(?:(?:ха){2,}|(?:хи){2,}|(?:ах){2,}|лол|(?:χα){2,}|ه{3,}|ח{3,}|ㅋ{2,}|ㅎ{2,}|哈{2,}|^草+$|笑|[😂🤣😹💀])|^5{3,}$",
    re.MULTILINE,
)

# Emotes that mean that something happened, as platforms and their extensions name them (compared in lower case).
EMOTES = frozenset(
    "pogchamp pog pogu poggers pogger pepepog kreygasm wutface lul lulw omegalul kekw kappa jebaited biblethump notlikethis "
    "monkas monkaw monkagiga feelsgoodman feelsbadman 4head swiftrage pjsalt dansgame cmonbruh trihard hypers pepehands sadge "
    "ez ezclap clap pepelaugh pepega weirdchamp widepeepohappy catjam gachibass heyguys babyrage failfish brokeback elegiggle "
    "sourpls forsene aware copium icant emojicheer emojilol emojifire catblobdance kekleo peepodj ratjam w l ggs residentsleeper".split()
)

# Single words that a crowd shouts.
SHOUT = re.compile(
    r"^(?:o+m+g+|wtf+|wo+w+|ho+l+y+|damn+|insane|clean|clutch|go+|gg+|rip+|what+|no+o+|ye+s+s+|clip|!clip)[.!?]*$|[?!]{2,}",
    re.MULTILINE,
)
