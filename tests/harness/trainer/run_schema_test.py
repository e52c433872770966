#!/usr/bin/env python3
"""The schema of run.json against what the harness writes, and against what it must refuse.

python3 run_schema_test.py run-1.schema.json PROGRAM...      the assay program and, behind it, specs by name
"""
import copy
import glob
import json
import os
import subprocess
import sys
import tempfile

import jsonschema

# A run that fails keeps its folder, and with it its run.json.
SPECS = {
    "synthetic": "{assay: 1, name: t, trainer: synthetic, model: {plant: crash}, factors: {seed: {init: 2}}}",
    "command": """
assay: 1
name: t
trainer: {exec: [/bin/sh, -c, 'exit 3', "${tool}"]}
pin: {environment: {A: b}, hardware: {threads: 1}}
replicates: 1
factors:
  seed: {all: [0, 18446744073709551615]}
  hyperparameter: {lr: [0.1, 1], name: [a, 'true'], flag: [true, false]}
  architecture: {hidden: [[64, 32], 8]}
  hardware: {deterministic: [true, false]}
  software: {tool: [x, y]}
  environment: {B: [c, d]}
""",
}


def kept_documents(program, name, text):
    with tempfile.TemporaryDirectory() as folder:
        spec = os.path.join(folder, "spec.yaml")
        with open(spec, "w") as file:
            file.write(text)
        command = [program, "run", spec, "--store", os.path.join(folder, "store"), "--quiet", "--limit", "6"]
        subprocess.run(command, cwd=folder, capture_output=True, check=False)
        paths = sorted(glob.glob(os.path.join(folder, "store", "work", "*", "*", "run.json")))
        assert paths, f"{name}: no run kept its run.json"
        return [json.load(open(path)) for path in paths]


def must_refuse(validator, document, why):
    assert not validator.is_valid(document), f"accepted: {why}"


def main():
    schema = json.load(open(sys.argv[1]))
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    documents = [d for name, text in SPECS.items() for d in kept_documents(sys.argv[2], name, text)]
    for document in documents:
        validator.validate(document)
    assert any(document["software"] and document["environment"] for document in documents)

    good = documents[0]
    for key in good:
        without = {name: value for name, value in good.items() if name != key}
        must_refuse(validator, without, f"no {key}")
    for key, value in [("protocol", 2), ("run_id", "1"), ("audit", "x"), ("attempt", -1), ("out", "here"), ("params", []),
                       ("seeds", {}), ("seeds", {"master": 1}), ("seeds", {"master": "01"}), ("hardware", {"isa": 1.5}),
                       ("environment", {"A": 1}), ("software", {"A": 1}), ("trainer", {}), ("replicate", "0"), ("more", 1)]:
        changed = copy.deepcopy(good)
        changed[key] = value
        must_refuse(validator, changed, f"{key} = {value}")
    print(f"{len(documents)} documents, {len(good) + 15} refusals")


if __name__ == "__main__":
    main()
