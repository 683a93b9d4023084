"""Whole phrases of what is said that could stand alone: sentences, and clauses of long ones, with what speaks for each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from appliance.domain.writing import unspaced
from appliance.planning.sentences import ends_sentence

SHORT = 48  # letters that are read at a glance; characters of scripts without spaces count twice
LONG = 70  # no phrase is longer
_LITTLE = 14  # with less a phrase says little
_STOP = re.compile(r"(?<=[。！？])")
_CLAUSE = re.compile(
    r"(?<=[,;:，、；：])\s+|(?<=[，、；：])|\s+[–—-]\s+|\s+(?=(?:but|because|und|aber|weil|pero|porque|mais)\s)"
)
_LIMP = re.compile(
    r"^(?:(?:and|but|so|because|or|well|um+|uh+|yeah|okay|ok|now|then|also|you know|i mean|und|aber|oder|weil|nun|y|pero|"
    r"porque|et|mais|donc|car|e|ma|mas)[,\s]+)+",
    re.IGNORECASE,
)
_HANGING = re.compile(
    r"^(?:he|she|it|they|him|her|them|this|that|those|these|which|who|whom|whose|er|sie|es|das|der|die|dies|il|elle|ils|ça|"
    r"qui|que|él|ella|eso|che|lui)\b",
    re.IGNORECASE,
)
_DEPENDENT = re.compile(
    r"^(?:especially|namely|therefore|however|thus|hence|such|including|whether|even|when|if|while|although|though|since|unless|until|as|after|before|for|to|of|in|on|at|with|by|from|than|where|wenn|als|"
    r"obwohl|während|nachdem|dass|si|quand|lorsque|comme|pour|cuando|mientras|aunque|para|quando|se|per)\b",
    re.IGNORECASE,
)
_DANGLING = re.compile(
    r"\b(?:a|an|the|of|to|in|on|at|by|for|with|from|as|and|or|but|that|which|who|is|are|was|were|be|been|my|your|his|her|its|"
    r"their|our|than|if|when|because|not|very|der|die|das|ein|eine|und|oder|mit|von|zu|ist|le|la|les|un|une|de|du|et|el|los|y|"
    r"con|del|i\.e|e\.g|etc|vs|mr|mrs|dr|st)\.?$",
    re.IGNORECASE,
)
_SHARP = re.compile(
    r"\b(?:never|nobody|everyone|everybody|secret|truth|best|worst|why|how|first|only|most|wrong|afraid|refused?|impossible|"
    r"nie|niemand|geheim|jamais|personne|nunca|nadie|siempre|mai|nessuno)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|"
    r"ninety|hundred|thousand|million|billion)\b",
    re.IGNORECASE,
)
_DASHES = re.compile(r"(?:\s[–—-]+)+\s")
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|[♪♫]+")
_OPEN, _CLOSE = "“«(「『【[", "”»)」』】]"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase, ready to be shown; `place` (0 to 1) is where in the text its middle lies, `worth` what speaks for it."""

    text: str
    place: float
    worth: float


def phrases(text: str, longest: int = LONG) -> tuple[Phrase, ...]:
    """All whole phrases of `text` that are no wider than `longest`, in order. Empty where nothing is short enough."""
    flat = plain(text)
    out: list[Phrase] = []
    begin = 0
    for line in lines_of(flat):
        end = begin + len(line)
        out += _of_sentence(line, longest, (begin + end) / 2 / max(len(flat), 1))
        begin = end + 1
    return tuple(out)


def plain(text: str) -> str:
    """The text as one line, without angle brackets and without signs that nobody sees."""
    seen = "".join(sign if unicodedata.category(sign) not in {"Cc", "Cs", "Co", "Cn"} else " " for sign in text)
    return _DASHES.sub(" – ", " ".join(seen.replace("<", " ").replace(">", " ").split()))


def width(text: str) -> int:
    """How long it looks: characters of scripts without spaces are twice as wide and say twice as much."""
    return len(text) + sum(map(unspaced, text))


def lines_of(text: str) -> list[str]:
    """The sentences of a text of one line; short forms and initials end none."""
    out: list[str] = []
    line: list[str] = []
    for word in text.split():
        *ended, rest = _STOP.split(word)
        for part in ended:
            out.append(" ".join([*line, part]))
            line = []
        line += [rest] if rest else []
        if rest and ends_sentence(rest):
            out.append(" ".join(line))
            line = []
    return [*out, *([" ".join(line)] if line else [])]


def shown(phrase: str) -> str:
    """A phrase as a title shows it: no limp beginning, no full stop or comma at its end, a capital first."""
    said = " ".join(_ASIDE.sub(" ", phrase).split())
    bare = _LIMP.sub("", said).strip(" -–—,;:，、；：") or said
    bare = bare.rstrip(" .。।,;:").strip()
    for left, right in (*zip(_OPEN, _CLOSE, strict=True), ('"', '"')):
        odd = bare.count(left) % 2 if left == right else bare.count(left) != bare.count(right)
        bare = bare.replace(left, "").replace(right, "") if odd else bare
    bare = bare.strip()
    return bare[:1].upper() + bare[1:]


def shortened(text: str, longest: int = LONG) -> str:
    """The beginning of a text that has no short phrase: whole words, no dangling one at the end, and an ellipsis."""
    bare = shown(plain(text))
    if width(bare) <= longest:
        return bare
    cut = bare
    while width(cut) > longest - 1:
        cut = cut[: max(1, len(cut) - max(1, (width(cut) - longest + 1) // 2))]
    if " " in cut and not unspaced(cut[-1]):
        cut = cut.rsplit(" ", 1)[0]
    while " " in cut and _DANGLING.search(cut):
        cut = cut.rsplit(" ", 1)[0]
    return cut.rstrip(" ,;:-，、") + "…"


def _of_sentence(line: str, longest: int, place: float) -> Iterator[Phrase]:
    """The sentence itself, and where it is long the runs of its clauses."""
    whole = shown(line)
    if whole and width(whole) <= longest:
        yield Phrase(whole, place, _worth(line, whole) + 0.4)
    if width(whole) <= SHORT:
        return
    clauses = [clause for clause in _CLAUSE.split(line) if clause]
    for first, last in _runs(len(clauses)):
        part = _joined(clauses[first:last])
        text = shown(part)
        if width(text) <= min(SHORT, longest) and _whole(text, last - first) and not _DANGLING.search(text):
            dependent = bool(_DEPENDENT.match(text))
            if dependent and last == first + 1:
                continue  # "when she died" is no sentence
            loose = dependent or (first > 0 and bool(_HANGING.match(clauses[first])))
            yield Phrase(text, place, _worth(part, text) - 0.3 * (last < len(clauses)) - 0.7 * loose)


def _whole(text: str, clauses: int) -> bool:
    """Whether a run of clauses can be a thought: four words, and more than a list or a stammer of short ones."""
    words = width(text) / 4 if any(map(unspaced, text)) else len(text.split())
    return words >= 4 and words >= 2.5 * clauses


def _runs(count: int) -> list[tuple[int, int]]:
    """Every run of neighbours but the whole; of endless lists only the first few."""
    count = min(count, 12)
    return [(first, last) for first in range(count) for last in range(first + 1, count + 1) if last - first < count]


def _joined(clauses: Sequence[str]) -> str:
    line = ""
    for clause in clauses:
        line += clause if not line or (unspaced(line[-1]) and unspaced(clause[0])) else f" {clause}"
    return line


def _worth(said: str, text: str) -> float:
    """Titles are short, complete, and have something sharp in them: a question, a number, a word that asks why."""
    wide = width(text)
    size = 1.0 if _LITTLE <= wide <= SHORT else 0.55 if wide <= SHORT + 12 else 0.3
    if wide < _LITTLE:
        size = 0.6 * wide / _LITTLE
    asks = 0.5 * text.endswith(("?", "？")) + 0.25 * text.endswith(("!", "！"))
    sharp = 0.35 * bool(_NUMBER.search(text)) + 0.35 * bool(_SHARP.search(text))
    hangs = 0.3 * bool(_HANGING.match(text)) + 0.1 * bool(_LIMP.match(said)) + 1.0 * bool(_DANGLING.search(text))
    few = 0.5 * (len(text.split()) < 3 and not any(map(unspaced, text)))
    return size + asks + sharp - hangs - few
