"""Part e of tests/bench/run: the same tests and distances by vegan, scikit-bio, R, numpy and scipy, beside ours; and the
memory of 200 runs. Processor seconds of one thread each: they outlast a busy machine better than walls do.
"""
import json
import os
import shutil
import statistics
import subprocess

HERE = os.path.dirname(os.path.realpath(__file__))
PYTHON = "/usr/bin/python3"  # Debian's, which sees Debian's scikit-bio
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

TESTS = {"one_way": "9,999 arrangements, 100 runs, 4 levels", "blocked": "the same inside 25 seeds"}
K_F, K_P, K_D2 = 1e-9, 0.036, 1e-9  # p: 5 standard deviations of the difference of two, at 0.5


def output(words):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env=dict(os.environ, **ONE_THREAD))
    if done.returncode != 0:
        raise SystemExit(f"bench: {' '.join(words)} ended with {done.returncode}\n{done.stderr[-2000:]}")
    return json.loads(done.stdout)


def has(words):
    return shutil.which(words[0]) and subprocess.run(words, stdout=subprocess.DEVNULL,
                                                     stderr=subprocess.DEVNULL).returncode == 0


class Peers:
    """What each program said, a list for each: the programs take turns."""

    def __init__(self, tool, folder, repeats, note):
        vegan = ["Rscript", os.path.join(HERE, "adonis2.R"), folder]
        skbio = [PYTHON, os.path.join(HERE, "permanova.py"), folder]
        commands = {"assay": [tool, folder]}
        if has(["Rscript", "-e", "library(vegan)"]):
            commands["vegan"] = vegan
        if has([PYTHON, "-c", "import skbio"]):
            commands["skbio"] = skbio
        self.said = {name: [] for name in commands}
        for i in range(repeats):
            note(f"peers: {i + 1} of {repeats}")
            for name, words in commands.items():
                slow = ["--slow"] if name == "vegan" and i == 0 else []
                self.said[name].append(output(words + slow))

    def seconds(self, who, what):
        return [said[what]["cpu_s"] for said in self.said.get(who, []) if what in said]

    def worst(self, measure):
        """The largest of what `measure` makes of each answer of a peer and the one of ours beside it."""
        found = [measure(ours, theirs) for who, answers in self.said.items() if who != "assay"
                 for ours, theirs in zip(self.said["assay"], answers)]
        return max(found) if found else None


def differences(value):
    def measure(ours, theirs):
        return max(value(ours[test], theirs[test]) for test in TESTS if test in theirs)
    return measure


def add_times(add, peers, what, bar, scale, unit, rows):
    low_and_middle = lambda values: (min(values), statistics.median(values))
    ours = [scale * s for s in peers.seconds("assay", what)]
    for figure, who, key, command in rows:
        theirs = [scale * s for s in peers.seconds(who, key)]
        if who == "assay":
            add(figure, low_and_middle(theirs), bar, command, unit)
        elif theirs:
            add(figure, low_and_middle(theirs), "", command, unit)
            add("    / assay", (min(theirs) / min(ours), statistics.median(theirs) / statistics.median(ours)))
        else:
            add(figure, "not measured: not installed", "", command)


def measure(tool, folder, repeats, add, note):
    peers = Peers(tool, folder, repeats, note)
    r, python = "tests/bench/adonis2.R", "tests/bench/permanova.py"
    add_times(add, peers, "one_way", 20, 1000, " ms", [
        (TESTS["one_way"] + ": assay, CPU", "assay", "one_way", "peer_bench"),
        ("  vegan adonis2", "vegan", "one_way", r),
        ("  scikit-bio permanova", "skbio", "one_way", python)])
    add_times(add, peers, "blocked", 20, 1000, " ms", [
        (TESTS["blocked"] + ": assay, CPU", "assay", "blocked", "peer_bench"),
        ("  vegan adonis2, seed + level", "vegan", "blocked", r),
        ("  vegan adonis2, level, strata (another F)", "vegan", "strata", r)])
    add("  scikit-bio permanova", "has no blocks", "", python)
    add_times(add, peers, "gram", 0.8, 1, " s", [
        ("distances of 100 runs x 1,000,000: assay, CPU", "assay", "gram", "peer_bench"),
        ("  R, crossprod of roots", "vegan", "gram", r),
        ("  R, dist (once)", "vegan", "dist", r + " --slow"),
        ("  numpy, product of roots", "skbio", "gram", python),
        ("  scipy, pdist", "skbio", "pdist", python)])
    relative = lambda a, b: abs(a["f"] - b["f"]) / a["f"]
    parts = [theirs[key]["worst"] for answers in peers.said.values() for theirs in answers
             for key in ("gram", "pdist") if "worst" in theirs.get(key, {})]
    for figure, found, bar in (
            ("F of ours and theirs, largest relative difference", peers.worst(differences(relative)), K_F),
            ("p of ours and theirs, largest difference",
             peers.worst(differences(lambda a, b: abs(a["p"] - b["p"]))), K_P),
            ("distances, largest relative difference", max(parts) if parts else None, K_D2)):
        if found is None:
            add(figure, "not measured: no peer is installed")
        else:
            add(figure, (found, found), bar)


def measure_memory(tool, add, note):
    note("memory of 200 runs")
    out = subprocess.check_output([tool, "--benchmark_format=json", "--benchmark_filter=gram_200_runs/.*/1/"],
                                  stderr=subprocess.DEVNULL)
    for row in json.loads(out)["benchmarks"]:
        features = int(row["name"].split("/")[1]) * 10
        figure = f"distances of 200 runs x {features:,}: memory beyond inputs"
        if row.get("error_occurred"):
            add(figure, "not measured: " + row["error_message"], "", "gram_bench")
        else:
            add(f"{figure} ({row['inputs_MB'] / 1000:.2g} GB)", (row["more_MB"], row["more_MB"]), 200, "gram_bench", " MB")
