"""The first seeds that assay derives from root seed 1, computed from the description in lib/base/random.hpp alone."""
import hashlib
import struct


def philox4x32_10(counter, key):
    for _ in range(10):
        first, second = 0xD2511F53 * counter[0], 0xCD9E8D57 * counter[2]
        counter = [
            (second >> 32) ^ counter[1] ^ key[0],
            second & 0xFFFFFFFF,
            (first >> 32) ^ counter[3] ^ key[1],
            first & 0xFFFFFFFF,
        ]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return counter


def derive_seed(root_seed, stream, index):
    text = b"assay-random/1\0seed." + stream.encode() + b"\0" + struct.pack("<Q", root_seed)
    key = struct.unpack("<II", hashlib.sha256(text).digest()[:8])
    return philox4x32_10([0, 0, index & 0xFFFFFFFF, index >> 32], key)[0]


for stream, index in [("init", 0), ("init", 1), ("shuffle", 0)]:
    print(stream, index, derive_seed(1, stream, index))
