"""Reads the archive's goldens without any code of assay: the zstd program, SHA-256 and numpy.

usage: foreign_reader.py fixtures/golden/archive
digests.txt holds SHA-256 of each content and of each tensor's bytes, as assay computed them.
"""
import hashlib
import json
import os
import subprocess
import sys

import numpy as np

WORDS = {"F16": "<u2", "BF16": "<u2", "F32": "<u4", "F64": "<u8", "I16": "<u2", "I64": "<u8"}


def tensors(b):
    """The ten lines that a reader of planes takes."""
    n = int.from_bytes(b[:8], "little")
    header = json.loads(b[8:8 + n])
    for key, text in header.pop("__metadata__").items():
        if key == "pst":
            continue
        dtype, layout, _ = text.split(" ")
        begin, end = header[key[2:]]["data_offsets"]
        planes = np.frombuffer(b[8 + n + begin:8 + n + end], np.uint8).reshape(header[key[2:]]["shape"])
        if layout == "-":
            yield key[2:], planes.tobytes()
            continue
        word = np.ascontiguousarray(planes.T).view(WORDS[dtype]).ravel()
        if layout == "r":
            word = (word >> 1) | (word << (8 * word.itemsize - 1))
        yield key[2:], word.tobytes()


def main(folder):
    lines = []
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".zst"):
            continue
        path = os.path.join(folder, name)
        subprocess.run(["zstd", "-tq", path], check=True)
        content = subprocess.run(["zstd", "-dqc", path], check=True, stdout=subprocess.PIPE).stdout
        lines.append(f"{name} {hashlib.sha256(content).hexdigest()}")
        if b'"pst":"1"' in content:
            lines += [f"{name} {key} {hashlib.sha256(b).hexdigest()}" for key, b in tensors(content)]
    with open(os.path.join(folder, "digests.txt")) as file:
        expected = file.read().splitlines()
    if lines != expected or len(lines) < 50:
        sys.exit("not the digests that assay computed:\n" + "\n".join(set(lines) ^ set(expected)))
    print(f"{len(lines)} digests are as assay computed them")


main(sys.argv[1])
