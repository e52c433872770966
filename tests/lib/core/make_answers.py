#!/usr/bin/env python3
"""Writes fixtures/reference/answers: one table of probabilities, and one list of labels, in every file that is read.

python3 tests/lib/core/make_answers.py fixtures/reference/answers          numpy 1.24.2
"""
import csv
import io
import json
import os
import struct
import sys

import numpy

ROOT = sys.argv[1]
os.makedirs(ROOT, exist_ok=True)
# Quarters and eighths: every float type holds them.
table = numpy.array([[0.25, 0.75, 0], [1, 0, 0], [0.125, 0.5, 0.375], [0, 0, 1]])
labels = numpy.array([1, 0, 1, 2])


def path(name):
    return os.path.join(ROOT, name)


def save(name, array, version=None):
    with open(path(name), "wb") as file:
        numpy.lib.format.write_array(file, array, version=version)


def safetensors(name, arrays):
    header, data = {}, b""
    for key, (dtype, array) in arrays.items():
        header[key] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [len(data), len(data) + array.nbytes]}
        data += array.tobytes()
    text = json.dumps(header).encode()
    with open(path(name), "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def text(name, content):
    with open(path(name), "w", newline="") as file:
        file.write(content)


for kind in ("<f2", "<f4", "<f8", ">f4", ">f8"):
    save("table_%s%s.npy" % (kind[1:], "_big" if kind[0] == ">" else ""), table.astype(kind))
save("table_f4_fortran.npy", numpy.asfortranarray(table.astype("<f4")))
save("table_f4_version_2.npy", table.astype("<f4"), (2, 0))
save("table_f8_version_3.npy", table.astype("<f8"), (3, 0))
numpy.savez(path("table_only_one.npz"), answers=table.astype("<f4"))
numpy.savez_compressed(path("table_of_two.npz"), labels=labels, predictions=numpy.asfortranarray(table))
safetensors("table_of_two.safetensors", {"labels": ("I64", labels), "predictions": ("F32", table.astype("<f4"))})
safetensors("table_half.safetensors", {"p": ("F16", table.astype("<f2"))})
top = (table.astype("<f4").view("<u4") >> 16).astype("<u2")
safetensors("table_bfloat.safetensors", {"p": ("BF16", top)})
json.dump(table.tolist(), open(path("table.json"), "w"), indent=1)
out = io.StringIO()
csv.writer(out).writerows([["a", "b, c", "d"]] + table.tolist())
text("table_names_crlf.csv", out.getvalue())
numpy.savetxt(path("table_plain.csv"), table, delimiter=",")
text("table_quotes.csv", "\ufeff" + "".join(",".join('"%s"' % x for x in row) + "\n" for row in table.tolist()))
text("table_ids.csv", "p0,id,p1,p2\n" + "".join(
    "%r,img-%d,%r,%r\n" % (row[0], i, row[1], row[2]) for i, row in enumerate(table.tolist())))

for kind in ("|u1", "<i2", "<i4", "<i8", ">i4", "<u8", "<f4"):
    save("labels_%s%s.npy" % (kind[1:], "_big" if kind[0] == ">" else ""), labels.astype(kind))
save("labels_column.npy", labels.reshape(4, 1))
json.dump(labels.tolist(), open(path("labels.json"), "w"))
text("labels.csv", "label\n" + "".join("%d\n" % x for x in labels))

save("objects.npy", numpy.array([[0.25, None]], dtype=object))
save("structured.npy", numpy.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))
save("words.npy", numpy.array(["a", "b"]))
save("complex.npy", numpy.zeros((2, 2), dtype="<c8"))
numpy.savez(path("objects.npz"), predictions=numpy.array([None], dtype=object))
json.dump([[0.5, float("nan")], [float("inf"), float("-inf")]], open(path("not_finite.json"), "w"))
