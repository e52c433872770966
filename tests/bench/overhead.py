#!/usr/bin/python3
"""What the harness costs a training script: processor time of runs under assay over that of the same script by hand.

usage: overhead.py ASSAY [--repeats 5] [--runs 3] [NAME...]    (keras torch sklearn jax lightgbm; all that are installed)
Both sides get the same variables; they alternate. "script" and "assay" are seconds of processor time a run, of the
process and all its children, so a busy machine only blurs them; assay's report at the end is measured by itself and
taken off, for it is one for all runs. "import" is the framework's own start, without which the last ratio is. Medians.
"""
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
VENV = str(ROOT / "build" / "trainers" / "bin" / "python")
SCRIPTS = {  # python, import line, settings: a second or more of training, or chance decides the ratio
    "keras": (VENV, "import tensorflow, digits", "--train=4000 --epochs=20"),
    "torch": ("/usr/bin/python3", "import torch, digits", "--train=4000 --epochs=40"),
    "sklearn": ("/usr/bin/python3", "import sklearn.ensemble, digits", "--train=4000"),
    "jax": (VENV, "import jax, digits", "--train=4000 --epochs=20"),
    "lightgbm": (VENV, "import lightgbm, digits", "--train=4000 --trees=40"),
}
VARIABLES = {"PYTHONPATH": f"{ROOT}/harness/trainer/python:{ROOT}/fixtures/trainers", "PYTHONDONTWRITEBYTECODE": "1",
             "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "2"}


def seconds(words, folder, variables):
    def used():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    before = used()
    subprocess.run(words, cwd=folder, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return used() - before


def measure(assay, name, repeats, runs):
    python, imports, settings = SCRIPTS[name]
    script = str(ROOT / "fixtures" / "trainers" / f"{name}_digits.py")
    plain = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "PYTHONHASHSEED": "1", "TZ": "UTC",
             "LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1", **VARIABLES}
    columns = {"import": [], "script": [], "assay": []}
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as folder:
            variables = ", ".join(f"{key}: '{value}'" for key, value in VARIABLES.items())
            spec = (f"assay: 1\nname: overhead\ntrainer:\n  exec: {python} {script} {settings}\n  env: {{{variables}}}\n"
                    f"factors: {{seed: {{all: {runs}}}}}\nreplays: 0\n")
            (pathlib.Path(folder) / "spec.yaml").write_text(spec)
            harness = {**os.environ, "ASSAY_STORE": "store"}
            columns["import"].append(seconds([python, "-c", imports], folder, plain))
            by_hand = [seconds([python, script, *settings.split()], folder, plain) for _ in range(runs)]
            under = seconds([assay, "run", "spec.yaml"], folder, harness) - seconds([assay, "report"], folder, harness)
            columns["script"].append(sum(by_hand) / runs)
            columns["assay"].append(under / runs)
    ratios = [a / s for a, s in zip(columns["assay"], columns["script"])]
    beyond = [(a - i) / (s - i) for i, s, a in zip(columns["import"], columns["script"], columns["assay"])]
    print("| %s | %.2f | %.2f | %.2f | %.3f | %.3f |" % (name, *(statistics.median(columns[c]) for c in columns),
                                                      statistics.median(ratios), statistics.median(beyond)), flush=True)


def main():
    words = sys.argv[2:]
    numbers = {"--repeats": 5, "--runs": 3}
    for option in numbers:
        if option in words:
            at = words.index(option)
            numbers[option] = int(words[at + 1])
            del words[at:at + 2]
    print("| script | import s | script s | assay s | assay / script | beyond the import |\n| --- | ---: | ---: | ---: | ---: | ---: |")
    for name in words or SCRIPTS:
        if os.path.exists(SCRIPTS[name][0]):
            measure(os.path.abspath(sys.argv[1]), name, numbers["--repeats"], numbers["--runs"])


if __name__ == "__main__":
    main()
