"""FarmHash 64 and SipHash 64 of bytes: the hashes by which TensorFlow, and Keras on any backend, chooses bins.

Sources: FarmHash by Geoff Pike, `farmhashna::Hash64`, which never changes; Aumasson and Bernstein 2012, "SipHash: a
fast short-input PRF", with two and four rounds.
"""

from __future__ import annotations

_ONES = 2**64 - 1
_State = tuple[int, int, int, tuple[int, int], tuple[int, int]]
_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F


def _rotated(value: int, bits: int) -> int:
    """A number of 64 bits turned to the right."""
    value &= _ONES
    return (value >> bits | value << (64 - bits)) & _ONES


def _shifted(value: int) -> int:
    value &= _ONES
    return value ^ value >> 47


def _mixed(u: int, v: int, factor: int) -> int:
    """Two numbers in one."""
    u, v = u & _ONES, v & _ONES
    a = _shifted((u ^ v) * factor)
    return _shifted((v ^ a) * factor) * factor & _ONES


def farm_hash(text: bytes) -> int:
    """The fingerprint of 64 bits.

    >>> farm_hash(b"hello")
    13009744463427800296
    """
    size = len(text)
    if size <= 16:
        return _up_to_16(text)
    if size <= 32:
        return _up_to_32(text)
    if size <= 64:
        return _up_to_64(text)
    return _longer(text)


def _at(text: bytes, place: int, size: int = 8) -> int:
    """The number that stands at a place, counted from the end if it is negative."""
    place %= len(text)
    return int.from_bytes(text[place : place + size], "little")


def _up_to_16(text: bytes) -> int:
    size = len(text)
    factor = _K2 + 2 * size
    if size >= 8:
        a, b = _at(text, 0) + _K2, _at(text, -8)
        return _mixed(_rotated(b, 37) * factor + a, (_rotated(a, 25) + b) * factor, factor)
    if size >= 4:
        return _mixed(size + (_at(text, 0, 4) << 3), _at(text, -4, 4), factor)
    if size:
        y, z = text[0] + (text[size >> 1] << 8), size + (text[-1] << 2)
        return _shifted(y * _K2 ^ z * _K0) * _K2 & _ONES
    return _K2


def _up_to_32(text: bytes) -> int:
    factor = _K2 + 2 * len(text)
    a, b, c, d = _at(text, 0) * _K1, _at(text, 8), _at(text, -8) * factor, _at(text, -16) * _K2
    return _mixed(_rotated(a + b, 43) + _rotated(c, 30) + d, a + _rotated(b + _K2, 18) + c, factor)


def _up_to_64(text: bytes) -> int:
    factor = _K2 + 2 * len(text)
    a, b, c, d = _at(text, 0) * _K2, _at(text, 8), _at(text, -8) * factor, _at(text, -16) * _K2
    y = _rotated(a + b, 43) + _rotated(c, 30) + d
    z = _mixed(y, a + _rotated(b + _K2, 18) + c, factor)
    e, f = _at(text, 16) * factor, _at(text, 24)
    g, h = (y + _at(text, -32)) * factor, (z + _at(text, -24)) * factor
    return _mixed(_rotated(e + f, 43) + _rotated(g, 30) + h, e + _rotated(f + a, 18) + g, factor)


def _weak(text: bytes, place: int, a: int, b: int) -> tuple[int, int]:
    """32 bytes and two seeds in two numbers."""
    w, x, y, z = (_at(text, place + 8 * i) for i in range(4))
    a += w
    b = _rotated(b + a + z, 21)
    c = a
    a += x + y
    return (a + z) & _ONES, (b + _rotated(a, 44) + c) & _ONES


def _longer(text: bytes) -> int:
    y = 81 * _K1 + 113
    z = _shifted(y * _K2 + 113) * _K2
    state = (81 * _K2 + _at(text, 0), y, z, (0, 0), (0, 0))
    end = (len(text) - 1) // 64 * 64
    for place in range(0, end, 64):
        state = _round(text, place, state, _K1, 1)
    x, y, z, v, w = state
    rest = (len(text) - 1) & 63
    factor = _K1 + ((z & 0xFF) << 1)
    w = w[0] + rest, w[1]
    v = v[0] + w[0], v[1]
    w = w[0] + v[0], w[1]
    x, y, z, v, w = _round(text, end + rest - 63, (x, y, z, v, w), factor, 9)
    first = _mixed(v[0], w[0], factor) + _shifted(y) * _K0 + z
    return _mixed(first, _mixed(v[1], w[1], factor) + x, factor)


def _round(text: bytes, place: int, state: _State, factor: int, weight: int) -> _State:
    """64 bytes more."""
    x, y, z, v, w = state
    x = _rotated(x + y + v[0] + _at(text, place + 8), 37) * factor
    y = _rotated(y + v[1] + _at(text, place + 48), 42) * factor
    x ^= w[1] * weight
    y += v[0] * weight + _at(text, place + 40)
    z = _rotated(z + w[0], 33) * factor
    v = _weak(text, place, v[1] * factor, x + w[0])
    w = _weak(text, place + 32, z + w[1], y + _at(text, place + 16))
    return z & _ONES, y & _ONES, x & _ONES, v, w


def sip_hash(text: bytes, key_0: int, key_1: int) -> int:
    """SipHash-2-4 of 64 bits, with a key of two numbers.

    >>> hex(sip_hash(bytes(range(15)), 0x0706050403020100, 0x0F0E0D0C0B0A0908))  # the paper's example
    '0xa129ca6149be45e5'
    """
    key_0, key_1 = key_0 & _ONES, key_1 & _ONES
    a, b, c, d = (
        key_0 ^ 0x736F6D6570736575,
        key_1 ^ 0x646F72616E646F6D,
        key_0 ^ 0x6C7967656E657261,
        key_1 ^ 0x7465646279746573,
    )

    def rounds(count: int) -> None:
        nonlocal a, b, c, d
        for _ in range(count):
            a, c = (a + b) & _ONES, (c + d) & _ONES
            b, d = _rotated(b, 64 - 13) ^ a, _rotated(d, 64 - 16) ^ c
            a = _rotated(a, 32)
            a, c = (a + d) & _ONES, (c + b) & _ONES
            b, d = _rotated(b, 64 - 17) ^ c, _rotated(d, 64 - 21) ^ a
            c = _rotated(c, 32)

    padded = text + bytes(7 - len(text) % 8) + bytes([len(text) & 0xFF])
    for place in range(0, len(padded), 8):
        word = _at(padded, place)
        d ^= word
        rounds(2)
        a ^= word
    c ^= 0xFF
    rounds(4)
    return a ^ b ^ c ^ d
