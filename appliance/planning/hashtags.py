"""Hashtags: the words that a text is about, more than the rest of the video is. Light on language: counts and capitals."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from appliance.domain.writing import unspaced
from appliance.planning.terms import COMMON, folded, stem

_WORD = re.compile(r"[^\s.,!?…:;\"“”„()\[\]{}«»、。，！？：；।॥؟،/\\|–—<>]+")
# Scripts without spaces: runs of Katakana, or two to four Han signs between other signs, are mostly names of things.
_NAMES = re.compile(r"[\u30a1-\u30fa\u30fc]{3,}|[\u4e00-\u9fff]{2,4}(?![\u4e00-\u9fff])")
# Words that say little anywhere, besides the common ones.
_EMPTY = frozenset(
    """
    thing things something anything everything nothing someone anyone everyone everybody nobody people person way lot lots bit
    kind sort stuff today tonight tomorrow yesterday always never ever again still even only also maybe actually basically
    literally probably pretty much many every each other another same such less least first last next once twice back away
    make makes made take takes took come comes came give gives gave look looks looked need needs needed find found let put
    talk talked talking tell told thank thanks good great nice bad big little long new old sure okay yeah hello welcome
    before after under while until since without within upon against between through during around because though although
    here often asked called says saying going doing being having done gone seen knew known mean means telling happen happens
    happened interesting really used using work works worked start started
    myself yourself himself herself itself themselves ourselves should must might shall cannot dont doesnt didnt isnt wasnt
    arent cant couldnt wont wouldnt shouldnt youre theyre were hes shes thats theres heres whats lets ive youve weve id youd
    hour hours minute minutes second seconds year years day days time times one two three four five six seven eight nine ten
    eleven twelve hundred thousand nineteen twenty thirty forty fifty bzw auch noch schon sehr mehr immer wieder dann wenn
    haben hatte wird werden kann konnte mich dich sich uns euch mein dein sein kein keine alles nichts etwas heute muy mas
    tambien esto esta este eso hay ser estar hacer tiene todo todos nada algo hoy tres plus aussi encore cela fait faire
    etre avoir tout tous rien quelque molto anche essere fare tutto cosa cose muito tambem isso fazer tudo
    """.split()
)
_DOING = ("ed", "ing", "ly", "ieren", "ando", "endo", "mente", "ment")  # a subject makes a better tag than what it does


def hashtags(text: str, every: Sequence[str], title: str, most: int) -> tuple[str, ...]:
    """At most `most` hashtags of `text`, strongest first: rare in `every` (all sentences of the video), said often, named in
    the title, or names. No stop words, no numbers alone, no two forms of one word.
    """
    inside = Counter[str]()
    forms: dict[str, Counter[str]] = {}
    for word, name in _words(text):
        term = stem(folded(word))
        inside[term] += 1
        forms.setdefault(term, Counter())[word if name else word.lower()] += 1
    spread = Counter[str]()
    for line in every:
        spread.update({stem(folded(word)) for word, _ in _words(line)})
    called = {stem(folded(word)) for word, _ in _words(title)}

    def worth(term: str) -> float:
        rare = math.log((2 + len(every)) / (1 + spread[term]))
        form = forms[term].most_common(1)[0][0]
        name = form != form.lower()
        doing = 0.75 if form.endswith(_DOING) and not name else 1.0
        weight = doing * (1 + 0.5 * name + 0.5 * (term in called))
        return weight * (1 + math.log(inside[term])) * (0.5 + rare) + 0.1 * min(len(form), 10)

    best = sorted(inside, key=lambda term: (-worth(term), term))
    return tuple("#" + forms[term].most_common(1)[0][0] for term in best[:most])


def _words(text: str) -> list[tuple[str, bool]]:
    """The words that may become a hashtag, and whether each is written like a name: a capital inside a sentence."""
    out: list[tuple[str, bool]] = []
    begins = True
    for found in _WORD.finditer(text):
        word = found.group()
        if any(map(unspaced, word)):
            out += [(name, False) for name in _NAMES.findall(word)]
        else:
            bare = _bare(word)
            if len(bare) >= 4 and not bare.isdigit() and not _common(bare):
                out.append((bare, not begins and bare[:1].isupper() and bare != "I"))
        begins = text[found.end() : found.end() + 1] in set('.!?…:”"')
    return out


def _bare(word: str) -> str:
    """Letters, their marks and digits only; what stands behind an apostrophe is an ending."""
    body = re.split(r"['’]", word)[0]
    return "".join(sign for sign in body if sign.isalnum() or unicodedata.category(sign)[0] == "M")


def _common(bare: str) -> bool:
    plain = folded(bare)
    return plain in COMMON or plain in _EMPTY
