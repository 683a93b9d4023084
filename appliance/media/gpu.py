"""Which GPU there is, asked of the driver itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gpu:
    """An NVIDIA GPU as its driver tells."""

    name: str
    memory_bytes: int
    free_bytes: int
    driver: str


def find_gpu() -> Gpu | None:
    """The first NVIDIA GPU, or None when there is none or its driver does not answer."""
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return None
    try:
        device = pynvml.nvmlDeviceGetHandleByIndex(0)
        memory = pynvml.nvmlDeviceGetMemoryInfo(device)
        return Gpu(
            name=str(pynvml.nvmlDeviceGetName(device)),
            memory_bytes=int(memory.total),
            free_bytes=int(memory.free),
            driver=str(pynvml.nvmlSystemGetDriverVersion()),
        )
    except pynvml.NVMLError:
        return None
    finally:
        pynvml.nvmlShutdown()


def hears_on_gpu() -> bool:
    """Whether the speech engine can use a GPU here (its CUDA libraries load, and there is a device)."""
    import ctranslate2

    try:
        return int(ctranslate2.get_cuda_device_count()) > 0
    except RuntimeError:
        return False
