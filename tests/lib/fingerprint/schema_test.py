"""The schema of fingerprints against what the program writes, and against damaged copies, which it must refuse.

/usr/bin/python3 tests/lib/fingerprint/schema_test.py SCHEMA DOCUMENT...
"""
import copy
import json
import pathlib
import sys

import jsonschema

schema = json.loads(pathlib.Path(sys.argv[1]).read_text())
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
OPTIONAL = {"seeds", "trace"}
failures, refused, kinds = [], 0, set()


def paths(value, path=()):
    """Every object and array element, by the keys that lead to it; of a long array the first two only."""
    if isinstance(value, dict):
        yield path
        for key in value:
            yield from paths(value[key], path + (key,))
    if isinstance(value, list):
        for i, one in enumerate(value[:2]):
            yield from paths(one, path + (i,))


def at(document, path):
    for key in path:
        document = document[key]
    return document


def must_refuse(document, path, change, what):
    global refused
    damaged = copy.deepcopy(document)
    change(at(damaged, path))
    refused += 1
    if validator.is_valid(damaged):
        failures.append(f"accepted: {what} at {'.'.join(map(str, path))}")


for name in sys.argv[2:]:
    document = json.loads(pathlib.Path(name).read_text())
    kinds.add(document["kind"])
    failures += [f"{name}: {e.json_path}: {e.message}" for e in validator.iter_errors(document)]
    for path in paths(document):
        here = at(document, path)
        if path and path[-1] == "groups":
            continue  # any group may come or go
        must_refuse(document, path, lambda o: o.update(extra=1), "a member more")
        for key in here:
            if key in OPTIONAL:
                continue
            must_refuse(document, path, lambda o: o.pop(key), f"{key} missing")
            must_refuse(document, path, lambda o: o.update({key: {"a": []}}), f"{key} of another kind")

if kinds != {"environment", "weights"} or refused < 100:
    failures.append(f"too little to check: kinds {kinds}, {refused} damaged copies")
print("\n".join(failures[:40]) or f"{len(sys.argv) - 2} documents fit, {refused} damaged copies are refused")
sys.exit(1 if failures else 0)
