#!/usr/bin/env python3
"""Writes fixtures/reference/weights: the same tensors in three containers, and what hashlib says of them.

python3 tests/lib/fingerprint/make_weights.py fixtures/reference/weights          numpy 1.24.2
"""
import hashlib
import json
import os
import struct
import sys

import numpy

ROOT = sys.argv[1]
os.makedirs(ROOT, exist_ok=True)
NAMES = {"f2": "F16", "f4": "F32", "f8": "F64", "i1": "I8", "i2": "I16", "i8": "I64", "u4": "U32", "b1": "BOOL"}
random = numpy.random.RandomState(7)
tensors = {
    "embed.weight": random.rand(5, 3).astype("<f4"),
    "head.bias": random.rand(4).astype("<f8"),
    "half": random.rand(2, 2, 2).astype("<f2"),
    "steps": numpy.array(-7, dtype="<i8"),
    "mask": numpy.array([True, False, True]),
    "nothing": numpy.zeros((0, 4), dtype="<f4"),
    "counts": numpy.array([[1, 2], [3, 4]], dtype="<u4"),
}
tensors["head.weight"] = tensors["embed.weight"]  # tied


def path(name):
    return os.path.join(ROOT, name)


numpy.savez(path("stored.npz"), **tensors)
# Other bytes of the same values: deflated, and in the other byte order and column-major where numpy can.
turned = {k: v.astype(v.dtype.newbyteorder(">"), order="F") for k, v in tensors.items()}
numpy.savez_compressed(path("deflated.npz"), **dict(reversed(list(turned.items()))))
numpy.save(path("fortran.npy"), turned["half"])
numpy.save(path("half.npy"), tensors["half"])
numpy.save(path("objects.npy"), numpy.array([{}], dtype=object), allow_pickle=True)

header, data = {"__metadata__": {"format": "np"}}, b""
for name in sorted(tensors):
    raw = tensors[name].tobytes()
    header[name] = {"dtype": NAMES[tensors[name].dtype.str[1:]], "shape": list(tensors[name].shape),
                    "data_offsets": [len(data), len(data) + len(raw)]}
    data += raw
text = json.dumps(header).encode()
with open(path("model.safetensors"), "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + data)

table = [[n, NAMES[t.dtype.str[1:]], list(t.shape), hashlib.sha256(t.tobytes()).hexdigest()]
         for n, t in sorted(tensors.items())]
root = hashlib.sha256(json.dumps(table, separators=(",", ":")).encode()).hexdigest()
finite = [t.astype("f8") for t in tensors.values()]
norm = float(numpy.sqrt(sum((t ** 2).sum() for t in finite)))
with open(path("expected.json"), "w") as file:
    json.dump({"root": root, "table": table, "values": sum(t.size for t in tensors.values()), "norm": norm}, file,
              indent=1)
    file.write("\n")
