#!/usr/bin/env python3
"""SHA-256 of the first 64 draws of a stream of base/random, by another Philox: seeds_reference.py STREAM SEED"""
import hashlib
import struct
import sys

stream, seed = sys.argv[1].encode(), int(sys.argv[2])
key = struct.unpack("<2I", hashlib.sha256(b"assay-random/1\0" + stream + b"\0" + struct.pack("<Q", seed)).digest()[:8])


def philox(counter, key):
    """Philox4x32 with 10 rounds, Salmon and others, SC 2011."""
    c, k = list(counter), list(key)
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k[0], p1 & 0xFFFFFFFF, (p0 >> 32) ^ c[3] ^ k[1], p0 & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


draws = b"".join(struct.pack("<4I", *philox((i, 0, 0, 0), key)) for i in range(32))  # two draws a block
print(hashlib.sha256(draws).hexdigest())
