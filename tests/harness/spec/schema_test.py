#!/usr/bin/python3
"""audits/assay-1.schema.json: what it accepts and what it refuses. Usage: schema_test.py SOURCE_FOLDER

The spec reader's own tests give the texts: each case of errors_test.cpp stands in REFUSED or, where a schema cannot see
the mistake, in UNSEEN; a case in neither fails.
"""

import ast
import json
import pathlib
import re
import sys
import unittest

import jsonschema
import yaml

SOURCE = pathlib.Path(sys.argv.pop())
SCHEMA = json.loads((SOURCE / "audits" / "assay-1.schema.json").read_text())
SPEC_TESTS = SOURCE / "tests" / "harness" / "spec"
CASES = (SPEC_TESTS / "schema_cases.txt").read_text()

# Cases of errors_test.cpp that the schema refuses, and the key or value that its message must name.
REFUSED = {
    "misspelt_kind": "hyperparamter",
    "misspelt_names": "torhc",
    "misspelt_parameter": "epohcs",
    "wrong_types": "Bad Name",
    "octal": "0x10",
    "nothing_needed": "name",
    "later_keys": "executor",
    "gate_names": "flisp",
    "gate_limits": "whree",
    "gate_empty": "None",
    "contradictions": "init",  # seed.all beside seed.init
    "one_level": "0.1",
    "command_and_blocks": "timeot",
    "decision": "model.pt",
    "decision_keys": "logit",
    "decision_of_a_built_in": "logits",
    "blocks": "2 was expected",
    "design": "factoral",
    "hardware_design": "seed",
    "accents": "timeot",
    "variables": "A=B",
    "many": "c3",
}
# Why a schema cannot see the others.
UNSEEN = {
    "shared_seeds": "two numbers that must be equal",
    "repeated_keys": "gone before a schema sees the document",
    "tab": "no document",
    "not_yaml": "no document",
    "placeholder": "names inside a text",
    "folded_command": "names inside a text",
    "not_utf8": "no document",
    "gate_folded": "no document",
}


class Loader(yaml.SafeLoader):
    """Plain words as the grammar takes them, and YAML 1.2 editors: no and off are words, 010 is no number."""


Loader.yaml_implicit_resolvers = {}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))
Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("^(~|null|)$"), ["~", "n", ""])
Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile("^[-+]?(0|[1-9][0-9]*)$"), list("-+0123456789"))
Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$"),
    list("-+0123456789"),
)


def messages(text):
    """What the schema says against a spec."""

    def walk(error):
        yield error.message
        for inner in error.context or []:
            yield from walk(inner)

    validator = jsonschema.Draft7Validator(SCHEMA)
    return [m for error in validator.iter_errors(yaml.load(text, Loader)) for m in walk(error)]


def cpp_strings(path, pattern):
    """name -> text for rows {"name", "text" "more text"} of a C++ table."""
    rows = {}
    for name, body in re.findall(pattern, path.read_text(), re.S):
        rows[name] = "".join(ast.literal_eval(part) for part in re.findall(r'"(?:[^"\\]|\\.)*"', body))
    return rows


class Schema(unittest.TestCase):
    def test_it_is_a_schema(self):
        jsonschema.Draft7Validator.check_schema(SCHEMA)

    def test_every_audit_is_accepted(self):
        audits = sorted((SOURCE / "audits").glob("*.yaml"))
        self.assertGreaterEqual(len(audits), 17)
        for audit in audits:
            self.assertEqual(messages(audit.read_text()), [], audit)

    def test_it_accepts_and_refuses_what_the_reader_does(self):
        cases = re.findall(r"^---- (accepted|refused)\n(.*?)(?=^---- |\Z)", CASES, re.S | re.M)
        self.assertGreater(len(cases), 50)
        for verdict, text in cases:
            self.assertEqual(messages(text) == [], verdict == "accepted", text)

    def test_every_error_of_the_golden_files_is_seen_or_explained(self):
        cases = cpp_strings(SPEC_TESTS / "errors_test.cpp", r'\{"(\w+)",\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\}')
        self.assertEqual(set(cases), set(REFUSED) | set(UNSEEN))
        for name, named in REFUSED.items():
            self.assertIn(named, " ".join(messages(cases[name])), name)

    def test_every_default_is_valid_where_it_stands(self):
        """Defaults are inserted by editors: each must pass its own schema."""
        seen = 0
        todo = [SCHEMA]
        while todo:
            node = todo.pop()
            if isinstance(node, list):
                todo.extend(node)
            elif isinstance(node, dict):
                todo.extend(node.values())
                if "default" in node and not isinstance(node["default"], dict):
                    seen += 1
                    rooted = {**node, "definitions": SCHEMA["definitions"]}
                    self.assertEqual(list(jsonschema.Draft7Validator(rooted).iter_errors(node["default"])), [], node)
        self.assertGreater(seen, 40)


if __name__ == "__main__":
    unittest.main()
