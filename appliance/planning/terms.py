"""Words as search terms: without accents and case, with light stems, in any script."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"\w+", re.UNICODE)
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]+")
# Endings that change the form and not the subject, longest first: English, German, Spanish, Portuguese, French, Italian.
_ENDINGS = tuple(
    "ations ingly mente ement ments ungen ation iendo ings ment ando ados idos edly "
    "ung ing ies ied ers est ern ado ido ais ons ez ed er es en em ly os as is  s e o a i".split()
)
# Words that every sentence may hold say nothing about the subject.
COMMON = frozenset(
    """
    a about all also am an and any are as at be because been but by can could did do does for from get go got had has have he
    her him his how i if in into is it its just know like me more my no not now of on one or our out over part really right
    said say see she so some such tell than that the their them then there these they thing think this those to too up us very
    want was we well went were what when where which who why will with would you your gonna
    der die das und oder aber ein eine einen einem ist sind war nicht ich du er sie es wir ihr mit von zu im auf den dem des
    uber wie was wo el la los las lo un una unos unas y o pero es son era yo tu de del en con por para que como se al sobre
    le les des et ou mais est sont pas je il elle nous vous dans avec pour qui ce cette sur
    gli uno e ma sono non io di da nel per che come os um uma mas nao eu voce em com
    """.split()
)


def folded(text: str) -> str:
    """Lower case without accents; width and ligatures made plain."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(character for character in apart if not unicodedata.combining(character))
    return unicodedata.normalize("NFC", bare)  # Hangul syllables come apart above


def terms_of(text: str, *, common: bool = False) -> list[str]:
    """The terms of a text in order; scripts without spaces give pairs of characters. Common words are left out unless asked for."""
    out: list[str] = []
    for word in _WORD.findall(folded(text)):
        if _UNSPACED.fullmatch(word):
            out += [word[at : at + 2] for at in range(max(1, len(word) - 1))]
        elif common or word not in COMMON:
            out.append(stem(word))
    return out


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The word without one common ending; at least three letters stay."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            left = word[: -len(ending)]
            return left[:-1] if len(left) > 3 and left[-1] == left[-2] else left
    return word
