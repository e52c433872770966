#!/usr/bin/python3
"""The archive beside zstd, tar, restic and borg: one table, archive.md's section 13.

    tests/bench/archive.py [--build build/bench] [--keep FOLDER] [--runs 10000,100000]

Trains the corpus (archive_corpus.yaml: needs assay-torch), so that nothing is measured on made numbers. Times are processor
seconds of one thread, the programs take turns; sizes are sums of file lengths. Python's standard library only.
"""
import argparse
import glob
import hashlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
ROWS = []
REPEATS = 3


def note(text):
    print(f"bench: {text}", file=sys.stderr)


def add(figure, value, bar="", ok=True, command=""):
    ROWS.append([figure, bar, value, "" if not bar else "ok" if ok else "OVER", command])


def bar(figure, value, limit, text, least=False, command=""):
    add(figure, text.format(value), f"{'>=' if least else '<='} {limit}", value >= limit if least else value <= limit,
        command)


class Timed:
    """A command on one processor: its processor seconds, with all that it starts, and its largest memory."""

    def __init__(self, words, cwd=None, env=None, stdin=None):
        begin = time.monotonic()
        process = subprocess.Popen(words, cwd=cwd, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=dict(os.environ, GOMAXPROCS="1", **(env or {})))
        self.out, err = process.communicate()
        self.wall = time.monotonic() - begin
        if process.returncode != 0:
            raise SystemExit(f"bench: {' '.join(words)} ended with {process.returncode}\n{err.decode()[-2000:]}")


def cpu_of(action):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.monotonic()
    action()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.monotonic() - begin


def size_of(*paths):
    total = 0
    for path in paths:
        for folder, _, names in os.walk(path):
            total += sum(os.lstat(os.path.join(folder, name)).st_size for name in names)
        if os.path.isfile(path):
            total += os.path.getsize(path)
    return total


def manifests(store):
    return sorted(glob.glob(os.path.join(store, "run", "*", "*.json")))


# --- the corpus ------------------------------------------------------------------------------------------------------

def chosen(store):
    """Every training once, and of the first seed of both nets at the small learning rate their siblings on other kernels:
    siblings are near each other, seeds are not, and few runs of an archive have siblings (one in nine here)."""
    first, paths = {}, []
    for path in manifests(store):
        with open(path) as file:
            run = json.load(file)
        setting = json.dumps([run["recipe"]["params"], run["recipe"]["trainer"]], sort_keys=True)
        first.setdefault(setting, run["recipe_id"])
        sibling = run["request"]["hardware"]["isa"] != "avx2"
        wanted = first[setting] == run["recipe_id"] and run["recipe"]["params"]["lr"] < 0.002
        if run["request"]["replicate"] == 0 and (not sibling or wanted):
            paths.append((path, sibling))
    return paths


def train(bench):
    note("training the corpus, a minute or two")
    Timed([bench.assay, "run", os.path.join(HERE, "archive_corpus.yaml"), "--store", bench.store, "--quiet", "--no-progress"])
    os.makedirs(bench.tars)
    alone = set()
    for path, sibling in chosen(bench.store):
        run_id = os.path.basename(os.path.dirname(path)) + os.path.basename(path)[:-5]
        if not sibling:
            alone.add(run_id[:12])
        Timed([bench.assay, "archive", "export", run_id, "--store", bench.store, "-o", f"{bench.tars}/{run_id}.run.tar"])
    for tar in sorted(os.listdir(bench.tars)):
        folder = os.path.join(bench.files, tar[:12])
        os.makedirs(folder)
        with tarfile.open(os.path.join(bench.tars, tar)) as archive:
            for member in archive:
                data = archive.extractfile(member).read()
                name = member.name
                if name == "SHA256SUMS":
                    continue
                if name.endswith(".zst"):
                    data = subprocess.run(["zstd", "-dcq"], input=data, stdout=subprocess.PIPE, check=True).stdout
                    name = name[:-4]
                with open(os.path.join(folder, name), "wb") as file:
                    file.write(data)
    os.makedirs(bench.weights)
    for run in sorted(alone):  # near copies would be found by a compressor with a window as long
        shutil.copy(os.path.join(bench.files, run, "weights.safetensors"), f"{bench.weights}/{run}.safetensors")


# --- whole commands --------------------------------------------------------------------------------------------------

def whole_commands(bench):
    """Each takes the same runs in: ours from archives, which it checks first; the others from folders of files."""
    tars = sorted(glob.glob(os.path.join(bench.tars, "*.run.tar")))

    def assay(out):
        Timed([bench.assay, "archive", "import", *tars, "--store", out, "--quiet"])
        return size_of(os.path.join(out, "obj"), os.path.join(out, "run"))

    def assay_delta(out):
        assay(out)
        Timed([bench.assay, "archive", "repack", "--delta", "--store", out])
        return size_of(os.path.join(out, "obj"), os.path.join(out, "run"))

    def tar_zstd(*options):
        def run(out):
            os.makedirs(out)
            Timed(["sh", "-c", f"tar cf - -C {bench.files} . | zstd -q -T1 {' '.join(options)} -o {out}/all.tar.zst"])
            return size_of(out)
        return run

    def each_zstd(out):
        shutil.copytree(bench.files, out)
        Timed(["sh", "-c", f"find {out} -type f -exec zstd -q -T1 -19 --rm {{}} +"])
        return size_of(out)

    def restic(out):
        env = {"RESTIC_PASSWORD": "bench", "RESTIC_REPOSITORY": out, "RESTIC_CACHE_DIR": out + ".cache"}
        Timed(["restic", "init", "-q"], env=env)
        Timed(["restic", "backup", "-q", "--compression", "max", "."], cwd=bench.files, env=env)
        return size_of(out)

    def borg(out):
        env = {"BORG_BASE_DIR": out + ".home", "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes"}
        Timed(["borg", "init", "-e", "none", out], env=env)
        Timed(["borg", "create", "-C", "zstd,3", f"{out}::all", "."], cwd=bench.files, env=env)
        return size_of(out)

    rows = [("assay", assay, "assay archive import *.run.tar"), ("assay, repack --delta", assay_delta, "... and repack"),
            ("tar, zstd -3", tar_zstd("-3"), ""), ("tar, zstd -19 --long=27", tar_zstd("-19", "--long=27"), ""),
            ("each file, zstd -19", each_zstd, "")]
    if shutil.which("restic"):
        rows.append(("restic, compression max", restic, ""))
    if shutil.which("borg"):
        rows.append(("borg, zstd,3", borg, ""))
    raw = size_of(bench.files)
    add(f"corpus of {len(tars)} runs, raw", f"{raw / 1e6:.1f} MB")
    figures = {}
    for name, action, command in rows:
        note(name)
        out = bench.fresh(name)
        result = []
        cpu, _ = cpu_of(lambda: result.append(action(out)))
        figures[name] = result[0]
        add(f"  {name}", f"{result[0] / 1e6:.2f} MB, {raw / result[0]:.3f} : 1, {cpu:.2f} s", command=command)
    solid = figures["tar, zstd -19 --long=27"]
    bar("  assay / tar, zstd -19 --long", figures["assay"] / solid, 0.92, "{:.3f}")
    bar("  assay, repack --delta / tar, zstd -19 --long", figures["assay, repack --delta"] / solid, 0.87, "{:.3f}")


# --- single functions ------------------------------------------------------------------------------------------------

def functions(bench):
    note("codecs")
    out = Timed([os.path.join(bench.build, "bench", "archive_bench"), "--benchmark_format=json",
                 f"--benchmark_repetitions={REPEATS}", "--benchmark_enable_random_interleaving=true"],
                env={"ASSAY_BENCH_WEIGHTS": bench.weights}).out
    rates, others = {}, {}
    for row in json.loads(out)["benchmarks"]:
        if row["run_type"] != "iteration":
            continue
        name = row["run_name"].split("/iterations")[0]
        if "bytes_per_second" in row:  # of processor time
            rates.setdefault(name, []).append(row["bytes_per_second"] / 1e6)
        else:
            times = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3}[row["time_unit"]]
            others.setdefault(name, []).append((row["real_time"] if "commit" in name else row["cpu_time"]) * times)
        for key in ("ratio", "of_floor"):
            if key in row:
                others[name + ":" + key] = row[key]
    best = {name: max(values) for name, values in rates.items()}
    for name in sorted(best):
        ratio = f", {others[name + ':ratio']:.4f} : 1" if name + ":ratio" in others else ""
        add(name, f"{best[name]:.0f} MB/s{ratio}", command="archive_bench")
    bar("F32: of the order-0 floor", 100 * others["archive/encode/F32:of_floor"], 99.5, "{:.2f}%", True)
    against = lambda dtype, peer: others[f"archive/encode/{dtype}:ratio"] / others[f"peer/{peer}/{dtype}:ratio"]
    bar("F32: ratio / that of zstd -19, each run", against("F32", "zstd-19"), 1.10, "{:.3f}", True)
    add("F32: ratio / that of zstd -19 of all runs at once", f"{against('F32', 'zstd-19-all-runs'):.3f}")
    bar("BF16: of the order-0 floor", 100 * others["archive/encode/BF16:of_floor"], 99.3, "{:.2f}%", True)
    bar("BF16: ratio / that of zstd -19, each run", against("BF16", "zstd-19"), 1.16, "{:.3f}", True)
    add("BF16: ratio / that of zstd -19 of all runs at once", f"{against('BF16', 'zstd-19-all-runs'):.3f}")
    bar("F16: ratio", others["archive/encode/F16:ratio"], 1.18, "{:.3f}", True)
    copy = best["archive/memcpy"]
    for name, limit, share in (("archive/encode/F32", 1200, 0.18), ("archive/decode/F32", 1800, 0.28)):
        bar(f"{name}, MB/s", best[name], limit, "{:.0f}", True)
        bar(f"{name} / memcpy", best[name] / copy, share, "{:.2f}", True)
    bar("ingest, MB/s", best["archive/ingest"], 600, "{:.0f}", True)
    bar("verify --deep, MB/s", best["archive/verify_deep"], 800, "{:.0f}", True)
    bar("scrub, MB/s", best["archive/scrub"], 5000, "{:.0f}", True)
    bar("encode / zstd -19 of all runs at once, speed", best["archive/encode/F32"] / best["peer/zstd-19-all-runs/F32"], 300,
        "{:.0f}", True)
    add("encode / zstd -19 of each run, speed", f"{best['archive/encode/F32'] / best['peer/zstd-19/F32']:.0f}")
    for name, limit in (("archive/commit/new", 20), ("archive/commit/replica", None)):
        value = 1e3 * min(v for key, values in others.items() if key.startswith(name) for v in values)
        if limit:
            bar(f"{name}, ms", value, limit, "{:.1f}")
        else:
            add(f"{name}, ms", f"{value:.1f}")
    for name in ("archive/sign", "archive/verify_signature"):
        bar(f"{name}, us", 1e6 * min(others[name]), 1000, "{:.0f}")


# --- lists, manifests, memory ----------------------------------------------------------------------------------------

def many_runs(bench, template, count):
    """A store of so many runs: one that happened so often, which is a manifest each."""
    store = bench.fresh(f"list{count}")
    shutil.copytree(bench.store, store, ignore=lambda folder, names: names if folder.endswith("/run") else [])
    for i in range(count):
        template["occurrence"]["attempt"] = i
        text = json.dumps(template, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        run_id = hashlib.sha256(text).hexdigest()
        folder = os.path.join(store, "run", run_id[:2])
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, run_id[2:] + ".json"), "wb") as file:
            file.write(text)
    return store


def lists(bench, counts):
    with open(manifests(bench.store)[0]) as file:
        text = file.read()
    template = json.loads(text)
    if json.dumps(template, sort_keys=True, separators=(",", ":"), ensure_ascii=False) != text:
        raise SystemExit("bench: this manifest is not written by Python as by assay: take another")
    bars = {10_000: (200, 300), 100_000: (2500, 2500)}
    for count in counts:
        note(f"{count} runs")
        store = many_runs(bench, template, count)
        cache = bench.fresh(f"cache{count}")
        command = [bench.assay, "archive", "ls", "--json", "--store", store]
        ask = lambda: Timed(command, env={"XDG_CACHE_HOME": cache})
        first = cpu_of(ask)
        warm = [cpu_of(ask) for _ in range(2 * REPEATS + 1)]
        none = cpu_of(lambda: Timed(command, env={"XDG_CACHE_HOME": "", "HOME": ""}))
        rebuild, list_ms = bars.get(count, (None, None))
        if rebuild:
            bar(f"archive ls, {count} runs, index made anew, CPU ms", 1e3 * first[0], rebuild, "{:.0f}")
        add(f"archive ls, {count} runs, with its index, CPU ms", f"{1e3 * min(w[0] for w in warm):.0f}")
        add(f"archive ls, {count} runs, no index, CPU ms", f"{1e3 * none[0]:.0f}")
        add("  index", f"{size_of(cache) / 1e6:.1f} MB")
        shutil.rmtree(store)


def small_figures(bench):
    tars = sorted(glob.glob(os.path.join(bench.tars, "*.run.tar")), key=os.path.getsize)
    times = []
    for _ in range(50):
        begin = time.perf_counter()
        with tarfile.open(tars[-1]) as archive:
            json.loads(archive.extractfile("manifest.json").read())
        times.append(1e3 * (time.perf_counter() - begin))
    bar("manifest from a tar by Python, ms", statistics.median(times), 5, "{:.1f}")
    with tarfile.open(tars[-1]) as archive:
        sizes = [member.size for member in archive if member.name != "SHA256SUMS"]
    size = os.path.getsize(tars[-1])
    bar(f"of a tar of {size / 1e6:.1f} MB with {len(sizes)} members: what is no member", 100 * (size - sum(sizes)) / size, 0.6,
        "{:.2f}%")
    add("a replica of a result: bytes", f"{statistics.median(os.path.getsize(m) for m in manifests(bench.store)):.0f}",
        "<= 4096", all(os.path.getsize(m) <= 4096 for m in manifests(bench.store)))


def peak_memory(bench):
    """Of the whole process; what started it is in the figure until it is larger."""
    def peak(words):
        measure = ("import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL); "
                   "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
        return int(subprocess.check_output([sys.executable, "-c", measure, *words])) / 1024
    note("memory")
    add("verify --deep, all of the process, MiB", f"{peak([bench.assay, 'verify', bench.store, '--deep']):.1f}")


# --- the whole -------------------------------------------------------------------------------------------------------

class Bench:
    def __init__(self, build, work):
        self.build, self.work = os.path.abspath(build), work
        self.assay = os.path.join(self.build, "bin", "assay")
        self.store, self.tars = os.path.join(work, "store"), os.path.join(work, "tars")
        self.files, self.weights = os.path.join(work, "files"), os.path.join(work, "weights")

    def fresh(self, name):
        path = os.path.join(self.work, "".join(c if c.isalnum() else "_" for c in name))
        shutil.rmtree(path, ignore_errors=True)
        return path


def load():
    with open("/proc/loadavg") as file:
        return file.read().split()[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "bench"))
    parser.add_argument("--keep", help="a folder whose corpus is used again")
    parser.add_argument("--runs", default="10000,100000", help="sizes of the lists")
    options = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
    work = os.path.abspath(options.keep) if options.keep else tempfile.mkdtemp(prefix="assay-bench-")
    os.makedirs(work, exist_ok=True)
    bench, before = Bench(options.build, work), load()
    if not os.path.exists(bench.weights):
        train(bench)
    whole_commands(bench)
    functions(bench)
    small_figures(bench)
    peak_memory(bench)
    lists(bench, [int(count) for count in options.runs.split(",") if count])
    if not options.keep:
        shutil.rmtree(work, ignore_errors=True)
    print(f"load {before} before, {load()} after; {time.strftime('%Y-%m-%d')}; processor time of one thread\n")
    rows = [["figure", "bar", "measured", "", "command"], *ROWS]
    widths = [max(len(row[i]) for row in rows) for i in range(5)]
    rows.insert(1, ["-" * width for width in widths])
    for row in rows:
        print("| " + " | ".join(text.ljust(width) for text, width in zip(row, widths)) + " |")
    sys.exit(1 if any(row[3] == "OVER" for row in ROWS) else 0)


main()
