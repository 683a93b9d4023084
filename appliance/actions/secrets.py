"""Making and checking what proves who somebody is: passwords, keys, sessions. Only hashes are ever kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading

# scrypt at 32 MB and about 60 ms: what OWASP names as the least.
_N, _R, _P = 2**15, 8, 1
_MEMORY = 64 * 1024 * 1024
KEY_BEGINS = "clp_"
_at_once = threading.BoundedSemaphore(2)  # many logins at a time take time, not memory


def new_token(begins: str = "") -> str:
    """256 bits of chance, as text for URLs and headers."""
    return begins + secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """Tokens have enough chance in them to need no salt and no slowness."""
    return hashlib.blake2b(token.encode(), digest_size=32).hexdigest()


def hash_password(password: str) -> str:
    """A salted scrypt hash, with its parameters."""
    salt = secrets.token_bytes(16)
    return f"scrypt${_N}${_R}${_P}${salt.hex()}${_scrypt(password, salt, _N, _R, _P).hex()}"


def password_fits(password: str, kept: str) -> bool:
    """Whether it is that password. Takes as long for an account that has none."""
    try:
        _, n, r, p, salt, wanted = kept.split("$")
        found = _scrypt(password, bytes.fromhex(salt), int(n), int(r), int(p))
    except ValueError:
        _scrypt(password, b"nobody", _N, _R, _P)
        return False
    return hmac.compare_digest(found, bytes.fromhex(wanted))


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    with _at_once:
        return hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, maxmem=_MEMORY, dklen=32)
