"""A tiny llama made of random numbers, and the real llama.cpp server that runs it.

It knows nothing, but the server holds its answers to the schema, so the whole road is real. One dimension of the
embeddings is the same for all tokens; through it, bytes that are no plain text are never chosen, and quotation marks
are likely, so that strings end.

As a program: `python -m tests.llm.tiny_llama MODEL.gguf` serves a model and prints its address.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

_WIDTH, _LAYERS, _HEADS, _INNER, _CONTEXT = 64, 2, 4, 128, 8192
_PLAIN = set(b'abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:{}[]_-"\n')


def _byte_letters() -> list[str]:
    """The letter that stands for each byte in byte-level vocabularies."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {byte: chr(byte) for byte in shown}
    for number, byte in enumerate(byte for byte in range(256) if byte not in letters):
        letters[byte] = chr(256 + number)
    return [letters[byte] for byte in range(256)]


def build(path: Path) -> Path:
    """Write the model; its path."""
    import gguf

    tokens = [*_byte_letters(), "<|bos|>", "<|eos|>", "<|im_start|>", "<|im_end|>"]
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_name("tiny")
    writer.add_context_length(_CONTEXT)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(_LAYERS)
    writer.add_feed_forward_length(_INNER)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_HEADS)
    writer.add_rope_dimension_count(_WIDTH // _HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(tokens))
    writer.add_file_type(0)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([1] * 256 + [3] * 4)
    writer.add_token_merges(["a b"])
    writer.add_bos_token_id(256)
    writer.add_eos_token_id(257)
    writer.add_chat_template(
        "{% for m in messages %}<|im_start|>{{m['role']}}\n{{m['content']}}<|im_end|>\n{% endfor %}<|im_start|>assistant\n"
    )
    for name, tensor in _tensors(len(tokens)).items():
        writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _tensors(vocabulary: int) -> dict[str, np.ndarray]:
    chance = np.random.default_rng(5)

    def noise(*shape: int) -> np.ndarray:
        return (chance.standard_normal(shape) * 0.05).astype(np.float32)

    ones = np.ones(_WIDTH, np.float32)
    tensors = {
        "token_embd.weight": noise(vocabulary, _WIDTH),
        "output_norm.weight": ones,
        "output.weight": noise(vocabulary, _WIDTH),
    }
    tensors["token_embd.weight"][:, 0] = 1.0
    tensors["output.weight"][:, 0] = [0.0 if byte in _PLAIN else -9.0 for byte in range(vocabulary)]
    tensors["output.weight"][ord('"'), 0] = 0.12
    tensors["output.weight"][257, 0] = 0.0
    for layer in range(_LAYERS):
        name = f"blk.{layer}."
        tensors |= {f"{name}{norm}.weight": ones for norm in ("attn_norm", "ffn_norm")}
        tensors |= {
            f"{name}{part}.weight": noise(_WIDTH, _WIDTH) for part in ("attn_q", "attn_k", "attn_v", "attn_output")
        }
        tensors |= {f"{name}{part}.weight": noise(_INNER, _WIDTH) for part in ("ffn_gate", "ffn_up")}
        tensors[f"{name}ffn_down.weight"] = noise(_WIDTH, _INNER)
    return tensors


@contextlib.contextmanager
def serving(model: Path) -> Iterator[str]:
    """The base_url of a llama.cpp server with that model, as a child that ends with the block."""
    command = [sys.executable, "-m", "tests.llm.tiny_llama", str(model)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert server.stdout is not None
    try:
        address = next((line.split()[1] for line in server.stdout if line.startswith("serving ")), "")
        assert address, "llama.cpp did not start"
        yield f"{address}/v1"
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def main(model: str) -> None:
    """Serve until killed."""
    import threading

    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = model
    params.n_ctx = _CONTEXT
    params.n_parallel = 1
    params.cpuparams.n_threads = 2
    params.warmup = False
    params.use_jinja = True
    server = xllamacpp.Server(params)
    address = str(server.listening_address)
    sys.stdout.write(f"serving {address if address.startswith('http') else 'http://' + address}\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1])
