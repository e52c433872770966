"""Validates every JSON golden of the report against its schema, and damaged ones, which the schema must refuse.

/usr/bin/python3 tests/harness/report/schema_test.py harness/report/report-1.schema.json fixtures/golden/report
"""
import copy
import json
import pathlib
import sys

import jsonschema

schema = json.loads(pathlib.Path(sys.argv[1]).read_text())
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
# Objects whose members are named by the audit: any key may come or go.
OPEN = {"trainer", "pinned", "versions", "reproduce", "places"}
failures = []


def check(holds, message):
    if not holds:
        failures.append(message)


def objects(value, path=()):
    """Every closed object of a report, as the keys that lead to it."""
    if isinstance(value, dict) and not OPEN.intersection(path):
        yield path
        for key in value:
            yield from objects(value[key], path + (key,))
    if isinstance(value, list):
        for i, one in enumerate(value):
            yield from objects(one, path + (i,))


def changed(report, path, change):
    """A copy of the report in which `change` was done to the object at `path`; only the way to it is copied."""
    top = copy.copy(report)
    here = top
    for key in path:
        here[key] = copy.copy(here[key])
        here = here[key]
    change(here)
    return top


def shape(path):
    """The path without its indices: objects of one shape are damaged once."""
    return tuple("*" if isinstance(key, int) else key for key in path)


reports = {path.name: json.loads(path.read_text()) for path in sorted(pathlib.Path(sys.argv[2]).glob("*.json"))}
check(len(reports) >= 5, f"only {len(reports)} goldens in {sys.argv[2]}")
damaged, shapes = 0, set()
for name, report in reports.items():
    for error in validator.iter_errors(report):
        failures.append(f"{name}: {'/'.join(map(str, error.absolute_path))}: {error.message}")
    for path in objects(report):
        if shape(path) in shapes:
            continue
        shapes.add(shape(path))
        where = f"{name}: {'/'.join(map(str, path))}"
        target = report
        for key in path:
            target = target[key]

        def refused(change):
            return not validator.is_valid(changed(report, path, change))

        check(refused(lambda o: o.update(surprise=1)), f"{where}: takes an unknown key")
        for key in target:
            damaged += 2
            check(refused(lambda o: o.pop(key)), f"{where}: does not miss {key}")
            wrong = 7 if isinstance(target[key], list) else [[]]
            check(refused(lambda o: o.update({key: wrong})), f"{where}: {key} takes any type")

least = int(sys.argv[3]) if len(sys.argv) > 3 else 150
check(damaged > least, f"only {damaged} damages were tried")
for failure in failures:
    print(failure)
print(f"{len(reports)} reports, {len(shapes)} shapes of objects, {damaged} damages, {len(failures)} failures")
sys.exit(1 if failures else 0)
