"""A tiny Whisper that always says one sentence (no word of it twice), run by the real CTranslate2 through the real faster-whisper.

All weights of attention to what was said and of the inner layers are zero, so the decoder knows only which step it is at:
step k is made to say word k. Its cross-attention looks at the sound frame that belongs to the step, so the word times that
come out are real alignments. The sentence is spoken evenly over the first `seconds` of every window of sound.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

SENTENCE = tuple("so this is a moment when nobody in that whole room could believe it".split())
_WIDTH, _HEADS, _FRAMES, _STEPS = 64, 2, 1500, 448
_FRAMES_A_SECOND = 50


@dataclass(frozen=True)
class _Vocabulary:
    """Pieces of text, then the special tokens, then 1501 time stamps."""

    pieces: list[str]
    merges: list[tuple[str, str]]
    special: list[str]
    stamps: list[str]

    @property
    def all(self) -> list[str]:
        return [*self.pieces, *self.special, *self.stamps]


def build(folder: Path, words: tuple[str, ...] = SENTENCE, seconds: float = 5.0) -> Path:
    """Write the model's files; the folder."""
    from ctranslate2.specs import whisper_spec

    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = _vocabulary(words)
    _tokenizer(vocabulary).save(str(folder / "tokenizer.json"))
    spec = whisper_spec.WhisperSpec(1, _HEADS, 1, _HEADS)
    _encoder(spec.encoder)
    _decoder(spec.decoder, vocabulary, words, seconds)
    number = {token: at for at, token in enumerate(vocabulary.all)}
    spec.register_vocabulary(vocabulary.all)
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [number["<|endoftext|>"]]
    spec.config.lang_ids = []
    spec.config.alignment_heads = [(0, head) for head in range(_HEADS)]
    spec.validate()
    spec.optimize()
    spec.save(str(folder))
    (folder / "preprocessor_config.json").write_text(json.dumps({"feature_size": 80}))
    return folder


def _vocabulary(words: tuple[str, ...]) -> _Vocabulary:
    """Bytes, and each word with the space before it as one piece, built letter by letter."""
    from faster_whisper.tokenizer import _LANGUAGE_CODES
    from tokenizers.pre_tokenizers import ByteLevel

    pieces = sorted(ByteLevel.alphabet())
    merges: list[tuple[str, str]] = []
    for word in words:
        letters = ByteLevel(add_prefix_space=False).pre_tokenize_str(f" {word}")[0][0]
        grown = letters[0]
        for letter in letters[1:]:
            if grown + letter not in pieces:
                merges.append((grown, letter))
                pieces.append(grown + letter)
            grown += letter
    special = ["<|endoftext|>", "<|startoftranscript|>", *(f"<|{code}|>" for code in _LANGUAGE_CODES)]
    special += [
        "<|translate|>",
        "<|transcribe|>",
        "<|startoflm|>",
        "<|startofprev|>",
        "<|nospeech|>",
        "<|notimestamps|>",
    ]
    return _Vocabulary(pieces, merges, special, [f"<|{number * 0.02:.2f}|>" for number in range(1501)])


def _tokenizer(vocabulary: _Vocabulary) -> Any:
    import tokenizers

    numbered = {piece: at for at, piece in enumerate(vocabulary.pieces)}
    made = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=numbered, merges=vocabulary.merges))
    made.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = tokenizers.decoders.ByteLevel()
    extra = [*vocabulary.special, *vocabulary.stamps]
    made.add_special_tokens([tokenizers.AddedToken(token, special=True, normalized=False) for token in extra])
    return made


def _encoder(encoder: Any) -> None:
    """Sound goes in and only the place in time comes out."""
    chance = np.random.default_rng(0)
    for convolution, channels in ((encoder.conv1, 80), (encoder.conv2, _WIDTH)):
        convolution.weight = (chance.standard_normal((_WIDTH, channels, 3)) * 1e-3).astype(np.float32)
        convolution.bias = _nothing(_WIDTH)
    encoder.position_encodings.encodings = _waves(np.arange(_FRAMES))
    _plain(encoder.layer_norm)
    for layer in encoder.layer:
        _plain(layer.self_attention.layer_norm)
        _silent(layer.self_attention.linear[0], 3 * _WIDTH, _WIDTH)
        _silent(layer.self_attention.linear[1], _WIDTH, _WIDTH)
        _silent_inner(layer.ffn)


def _decoder(decoder: Any, vocabulary: _Vocabulary, words: tuple[str, ...], seconds: float) -> None:
    """Step k says word k and looks at its frame."""
    number = {token: at for at, token in enumerate(vocabulary.all)}
    said = ["<|0.00|>", *(f"Ġ{word}" for word in words), f"<|{seconds:.2f}|>"]
    frames_a_word = seconds * _FRAMES_A_SECOND / len(words)
    steps = _waves(np.array([max(0, step - 1) * frames_a_word for step in range(_STEPS)]))
    steps[0, -1] += 6.0  # the first step looks at the same frame as the second, and must still be told from it
    decoder.embeddings.weight = _nothing(len(vocabulary.all), _WIDTH)
    decoder.position_encodings.encodings = steps
    _plain(decoder.layer_norm)
    same = np.eye(_WIDTH, dtype=np.float32)
    for layer in decoder.layer:
        _plain(layer.self_attention.layer_norm)
        _silent(layer.self_attention.linear[0], 3 * _WIDTH, _WIDTH)
        _silent(layer.self_attention.linear[1], _WIDTH, _WIDTH)
        _plain(layer.attention.layer_norm)
        _set(layer.attention.linear[0], same * 4)
        _set(layer.attention.linear[1], np.concatenate([same, _nothing(_WIDTH, _WIDTH)]))
        _silent(layer.attention.linear[2], _WIDTH, _WIDTH)
        _silent_inner(layer.ffn)
    voice = _nothing(len(vocabulary.all), _WIDTH)
    for step, token in enumerate([*said, "<|endoftext|>"]):
        row = steps[step]
        voice[number[token]] += (row - row.mean()) / row.std()
    _set(decoder.projection, voice)


def _waves(places: NDArray[Any]) -> Floats:
    """The sinusoids by which Whisper knows where it is."""
    rates = np.exp(-np.log(10_000) / (_WIDTH // 2 - 1) * np.arange(_WIDTH // 2))
    angles = np.asarray(places, dtype=np.float64)[:, None] * rates[None]
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(np.float32)


def _nothing(*shape: int) -> Floats:
    return np.zeros(shape, np.float32)


def _plain(norm: Any) -> None:
    norm.gamma, norm.beta = np.ones(_WIDTH, np.float32), _nothing(_WIDTH)


def _set(linear: Any, weight: Floats) -> None:
    linear.weight, linear.bias = weight.astype(np.float32), _nothing(weight.shape[0])


def _silent(linear: Any, out: int, into: int) -> None:
    _set(linear, _nothing(out, into))


def _silent_inner(inner: Any) -> None:
    _plain(inner.layer_norm)
    _silent(inner.linear_0, 4 * _WIDTH, _WIDTH)
    _silent(inner.linear_1, _WIDTH, 4 * _WIDTH)
