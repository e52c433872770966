"""Real training scripts of their fields under the built program: seeds reach the model, a replay is identical, few lines changed.

usage: trainers_test.py SCRIPT ASSAY SOURCE_FOLDER TRAINERS_FOLDER   (SCRIPT: a key of SCRIPTS)
Exit 77, which ctest shows as skipped, when the script's framework is not installed; with ASSAY_TRAINERS=required that fails.
TRAINERS_FOLDER is the virtual environment that ./dev trainers makes.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

# interpreter, module it needs, small settings, seed streams that must each reach the answers, weights kept or not
SCRIPTS = {
    "keras": ("venv", "tensorflow", "--train=500 --epochs=1", ["init", "shuffle"], True),
    "torch": ("debian", "torch", "--train=500 --epochs=1", ["init", "shuffle"], True),
    "sklearn": ("debian", "sklearn", "--train=300 --trees=5", ["init"], False),
    "jax": ("venv", "jax", "--train=500 --epochs=1", ["init", "shuffle"], True),
    "lightgbm": ("venv", "lightgbm", "--train=200 --trees=2", ["all"], False),
    "shell": ("shell", None, "0.1", ["shuffle"], False),
}
INTERPRETERS = {"debian": "/usr/bin/python3", "shell": "/bin/sh"}
OWN_FILES = {"shell": ["labels.csv", "predictions.csv"]}  # what a script writes for itself
MOST_LINES = 4


def spec_of(name, python, script, helper, settings, streams):
    files = [f"  {file.split('.')[0]}: {file}" for file in OWN_FILES.get(name, [])]
    return "\n".join([
        "assay: 1", "name: trainer", "trainer:",
        f"  exec: {python} {script} {settings}",
        f"  env: {{PYTHONPATH: {helper}, PYTHONDONTWRITEBYTECODE: '1'}}",
        "  timeout: 10m", *files,
        "pin: {hardware: {threads: 1, device: cpu}}",
        "factors: {seed: {" + ", ".join(f"{stream}: 2" for stream in streams) + "}}", ""])


def changed_lines(script):
    return [line for line in script.read_text().splitlines() if "assay" in line or "ASSAY_" in line]


def check(condition, message):
    if not condition:
        sys.exit("trainers_test: " + message)


def run_program(assay, folder, *words):
    result = subprocess.run([assay, *words, "--store", "store"], cwd=folder, capture_output=True, text=True, check=False,
                            env={**os.environ, "NO_COLOR": "1"})
    check(result.returncode == 0, f"assay {' '.join(words)} ended with {result.returncode}\n{result.stdout}{result.stderr}")
    return result.stdout


def by_hand(name, python, script, helper, settings, folder):
    """The script outside the harness: it runs as it did before, and leaves no file of assay's."""
    (folder / "home").mkdir()  # Keras makes a folder there
    before = sorted(os.listdir(folder))
    result = subprocess.run([python, script, *settings.split()], cwd=folder, capture_output=True, text=True, check=False,
                            env={"PATH": os.environ["PATH"], "HOME": str(folder / "home"), "PYTHONPATH": str(helper),
                                 "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"})
    check(result.returncode == 0 and "accuracy" in result.stdout, f"by hand: {result.stdout}{result.stderr}")
    expected = sorted(before + OWN_FILES.get(name, []))
    check(sorted(os.listdir(folder)) == expected, f"by hand it left {sorted(os.listdir(folder))}")


def main():
    name, assay, source, trainers = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]), pathlib.Path(sys.argv[4])
    interpreter, module, settings, streams, keeps_weights = SCRIPTS[name]
    python = INTERPRETERS.get(interpreter, str(trainers / "bin" / "python"))
    script = source / "fixtures" / "trainers" / ("digits.sh" if name == "shell" else f"{name}_digits.py")
    helper = source / "harness" / "trainer" / "python"
    lines = changed_lines(script)
    check(0 < len(lines) <= MOST_LINES, f"{script.name}: {len(lines)} lines changed\n" + "\n".join(lines))

    if module and (not os.path.exists(python) or subprocess.run([python, "-c", f"import importlib.util as u, sys; "
                                                     f"sys.exit(u.find_spec('{module}') is None)"], check=False).returncode):
        print(f"skipped: {python} has no {module}; ./dev trainers installs it")
        sys.exit(1 if os.environ.get("ASSAY_TRAINERS") == "required" else 77)

    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        by_hand(name, python, script, helper, settings, folder)
        (folder / "spec.yaml").write_text(spec_of(name, python, script, helper, settings, streams))
        print(run_program(assay, folder, "run", "spec.yaml"))
        verify(json.loads(run_program(assay, folder, "report", "--json")), 2 ** len(streams), keeps_weights)


def verify(report, n_cells, keeps_weights):
    runs = [run for run in report["runs"] if not run["replay"]]
    replays = [run for run in report["runs"] if run["replay"]]
    check(len(runs) == n_cells and len(replays) == 1, f"{len(runs)} runs and {len(replays)} replays")
    check(all(run["outcome"] == "completed" for run in report["runs"]), f"outcomes {report['runs']}")
    answers = {run["predictions"] for run in runs}
    check(len(answers) == n_cells, f"{n_cells} combinations of seeds gave {len(answers)} answers: a seed is not read")
    check(replays[0]["predictions"] in answers, "the replay has other bits than its run")
    check(all((run["weights"] is not None) == keeps_weights for run in report["runs"]), "weights")
    if keeps_weights:
        check("python" in report["versions"], f"versions {report['versions']}")


if __name__ == "__main__":
    main()
