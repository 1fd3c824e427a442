"""Mints Rebound's signed return paths. Layout: docs/return-path.md. Python 3.10 or newer, nothing else."""
import base64
import hmac
import re
import time


def _hmac(key, data):
    return hmac.digest(key, data, "sha256")


def _subkey(secret, purpose):
    return _hmac(secret.encode(), b"rebound/1/" + purpose)


def _pack(text):
    if re.fullmatch("0|[1-9][0-9]{0,19}", text) and int(text) < 2**64:
        size = (int(text).bit_length() + 7) // 8
        return bytes([size]) + int(text).to_bytes(size, "big")
    if re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text):
        return b"\x10" + bytes.fromhex(text.replace("-", ""))
    if re.fullmatch("[0-9a-z]{17,20}", text):
        return bytes([len(text)]) + int(text, 36).to_bytes(13, "big")
    utf8 = text.encode()
    return bytes([0x20 + len(utf8)]) + utf8 if 0 < len(utf8) < 32 else None


def _normal(address):
    local, _, domain = address.strip().rpartition("@")
    return local.encode().lower() + b"@" + domain.removesuffix(".").encode("idna").lower()


def mint(secret, domain, module, id, to, campaign=None, mail=None, day=None):
    """The return path of one mail, or None when it does not fit: then ask POST /v1/return-paths."""
    day = int(time.time()) // 86400 if day is None else day
    record, rest = _pack(id), b"" if mail is None else _pack(mail)
    if record is None or rest is None:
        return None
    head = _subkey(secret, b"key-id")[:1] + day.to_bytes(2, "big")
    head += bytes([module]) if campaign is None else bytes([module | 0x80]) + campaign.to_bytes(4, "big")
    body = head + _hmac(_subkey(secret, b"address"), _normal(to))[:4] + record + rest
    if len(body) > 30:
        return None
    token = body + _hmac(_subkey(secret, b"path"), body)[:8]
    return "b-" + base64.b32hexencode(token).decode().rstrip("=").lower() + "@" + domain
