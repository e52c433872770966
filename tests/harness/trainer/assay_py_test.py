"""The one-file helper: outside the harness, inside it, and each thing that it writes.

usage: python3 assay_py_test.py   (the framework tests need numpy or torch and are skipped without)
"""
import importlib.util
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

HELPER = pathlib.Path(__file__).resolve().parents[3] / "harness" / "trainer" / "python"


def has(module):
    return importlib.util.find_spec(module) is not None


class Run:
    """A folder as the harness makes it, and scripts run in it."""

    def __init__(self, folder, **changes):
        self.folder, self.out = pathlib.Path(folder), pathlib.Path(folder) / "out"
        self.out.mkdir()
        run = {"protocol": 1, "run_id": "007", "audit": "a", "attempt": 0, "out": str(self.out),
               "params": {"lr": 0.1, "epochs": 3, "name": "adam", "whole": 1},
               "seeds": {"master": "11", "init": "12", "shuffle": "4294967295"}, "hardware": {}, **changes}
        (self.folder / "run.json").write_text(json.dumps(run))

    def python(self, script, inside=True, **variables):
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(HELPER), "PYTHONDONTWRITEBYTECODE": "1",
                       **({"ASSAY_CONFIG": str(self.folder / "run.json")} if inside else {}), **variables}
        return subprocess.run([sys.executable, "-c", script], env=environment, cwd=self.folder, capture_output=True,
                              text=True, check=False)

    def json(self, name):
        return json.loads((self.out / name).read_text())


class Helper(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def run_with(self, script, inside=True, changes=None, variables=None):
        run = Run(self.folder, **(changes or {}))
        result = run.python(script, inside, **(variables or {}))
        self.assertEqual(result.returncode, 0, result.stderr)
        return run, result.stdout

    # ------------------------------------------------------------ outside

    def test_outside_it_does_nothing(self):
        run, said = self.run_with(
            "import random, sys; random.seed(5); before = random.getstate()\n"
            "import assay; assay.start(); assay.stream('init')\n"
            "with assay.stream('shuffle'): pass\n"
            "print(assay.active, assay.param('lr', 0.5), assay.seed('init', 42), assay.seed(), assay.out('m.pt'),\n"
            "      assay.device(), random.getstate() == before)\n"
            "assay.progress(1, of=2, loss=3); assay.metrics(accuracy=1)\n"
            "assay.done([[0.5, 0.5]], labels=[1], weights={'w': [1.0]}, loss=2)\n", inside=False)
        self.assertEqual(said, "False 0.5 42 0 m.pt cpu True\n")
        self.assertEqual(list(run.out.iterdir()), [])

    def test_it_imports_no_framework(self):
        for inside in (False, True):
            with self.subTest(inside=inside), tempfile.TemporaryDirectory() as folder:
                result = Run(folder).python("import sys, assay; assay.start(); assay.done([[0.5, 0.5]])\n"
                                            "print({'numpy', 'torch', 'tensorflow', 'jax', 'ctypes'} & set(sys.modules))",
                                            inside)
                self.assertEqual(result.stdout, "set()\n", result.stderr)

    def test_another_protocol_is_refused(self):
        result = Run(self.folder, protocol=2).python("import assay")
        self.assertEqual(result.returncode, 1)
        self.assertIn("assay.py speaks protocol 1, this assay speaks 2", result.stderr)

    # ------------------------------------------------------------ what the run is

    def test_levels_and_seeds(self):
        _, said = self.run_with(
            "import assay\n"
            "print(assay.param('lr', 1e-3), assay.param('epochs', 5), assay.param('name'), assay.param('nope', 'x'),\n"
            "      repr(assay.param('whole', 2.0)), repr(assay.param('whole', 2)))\n"
            "print(assay.seed(), assay.seed('init'), assay.seed('shuffle'), assay.seed('dropout'), assay.device('cuda'))")
        self.assertEqual(said, "0.1 3 adam x 1.0 1\n11 12 4294967295 11 cuda\n")

    def test_the_device_is_the_one_that_is_not_hidden(self):
        _, said = self.run_with("import assay; print(assay.device())", changes={"hardware": {"device": "cuda:1"}})
        self.assertEqual(said, "cuda\n")

    def test_streams_seed_and_put_back(self):
        _, said = self.run_with(
            "import random, assay\n"
            "assay.start(); a = random.random()\n"
            "with assay.stream('init'): b = random.random()\n"
            "c = random.random(); assay.stream('init'); d = random.random()\n"
            "r = random.Random(11); e = random.Random(12)\n"
            "print(a == r.random(), c == r.random(), b == d == e.random(), a != b)")
        self.assertEqual(said, "True True True True\n")

    def test_a_stream_that_does_not_exist_is_an_error_with_the_names(self):
        _, said = self.run_with(
            "import assay\n"
            "for call in (assay.stream, assay.seed, assay.start):\n"
            "    try: call('shufle')\n"
            "    except ValueError as e: print(e)")
        self.assertEqual(said, 3 * "assay knows no stream 'shufle' of seeds; there are: master, init, shuffle, "
                                   "dropout, augment, data\n")

    # ------------------------------------------------------------ what it writes

    def read_npy(self, path):
        data = path.read_bytes()
        self.assertEqual(data[:8], b"\x93NUMPY\x01\x00")
        length = struct.unpack("<H", data[8:10])[0]
        self.assertEqual((10 + length) % 64, 0)
        header = eval(data[10:10 + length], {"__builtins__": {}}, {"False": False})
        return header["descr"], header["shape"], data[10 + length:]

    def test_lists_become_npy(self):
        run, _ = self.run_with("import assay; assay.done([[0.25, 0.75], [1.0, 0.0]], labels=[1, 0], ids=['a', 'b'])")
        self.assertEqual(self.read_npy(run.out / "predictions.npy"),
                         ("<f8", (2, 2), struct.pack("<4d", 0.25, 0.75, 1, 0)))
        self.assertEqual(self.read_npy(run.out / "labels.npy"), ("<i8", (2,), struct.pack("<2q", 1, 0)))
        self.assertEqual((run.out / "ids.txt").read_text(), "a\nb\n")
        self.assertEqual((run.out / "run_id").read_text(), "007\n")
        self.assertEqual(run.json("versions.json"), {"python": sys.version.split()[0]})
        self.assertEqual(run.json("effective.json"), {"hardware": {}})
        self.assertEqual([path.name for path in run.out.iterdir() if path.suffix == ".tmp"], [])

    def test_ragged_lists_are_refused(self):
        run = Run(self.folder)
        result = run.python("import assay; assay.start(); assay.done([[0.5, 0.5], [1.0]])")
        self.assertEqual(result.returncode, 1)
        self.assertEqual((run.out / "failure").read_text(), "ValueError: assay: the rows have different lengths\n")
        self.assertFalse((run.out / "predictions.npy").exists())

    def test_weights_become_safetensors(self):
        run, _ = self.run_with("import assay\nassay.done([[1.0]], weights={'b': [1.0, 2.0], 'a': {'x': [[3], [4]]}})")
        data = (run.out / "weights.safetensors").read_bytes()
        length = struct.unpack("<Q", data[:8])[0]
        self.assertEqual(length % 8, 0)
        self.assertEqual(json.loads(data[8:8 + length]),
                         {"a.x": {"dtype": "I64", "shape": [2, 1], "data_offsets": [0, 16]},
                          "b": {"dtype": "F64", "shape": [2], "data_offsets": [16, 32]}})
        self.assertEqual(data[8 + length:], struct.pack("<2q2d", 3, 4, 1, 2))

    def test_metrics_add_up_and_progress_is_appended(self):
        run, _ = self.run_with("import assay\nassay.metrics(a=1, c=float('nan'), d=float('inf'))\n"
                               "assay.progress(1, of=2, loss=0.5)\n"
                               "assay.progress(2)\nassay.done([[1.0]], b=2.5)")
        self.assertEqual(run.json("metrics.json"), {"a": 1.0, "b": 2.5})
        self.assertEqual((run.out / "progress.jsonl").read_text(), '{"step": 1, "of": 2, "loss": 0.5}\n{"step": 2}\n')

    def test_an_exception_leaves_its_line(self):
        run = Run(self.folder)
        result = run.python("import assay; assay.start()\nraise KeyError('no such column')")
        self.assertEqual(result.returncode, 1)
        self.assertIn("Traceback", result.stderr)
        self.assertEqual((run.out / "failure").read_text(), "KeyError: 'no such column'\n")

    def test_what_nobody_can_answer_stays_unverified(self):
        run, _ = self.run_with("import assay; assay.start(); assay.done([[1.0]])",
                               changes={"hardware": {"isa": "avx2", "blas": "Haswell", "onednn": "off", "tf32": False,
                                                     "threads": 1, "deterministic": True, "flush_denormals": True}})
        self.assertEqual(run.json("effective.json"), {"hardware": {}})

    # ------------------------------------------------------------ numpy

    @unittest.skipUnless(has("numpy"), "numpy is not installed")
    def test_numpy_arrays_of_any_layout(self):
        run, _ = self.run_with(
            "import numpy as np, assay; assay.start()\n"
            "x = np.arange(6.0).reshape(2, 3)\n"
            "assay.done(np.asfortranarray(x), labels=np.array([2, 1], '>i4'),\n"
            "           weights={'h': x.astype('f2'), 't': x.T, 'e': np.empty((0, 2), 'f4'), 's': np.float32(3)})\n"
            "y = np.load(assay.out('predictions.npy')); assert (y == x).all() and y.flags.c_contiguous\n"
            "assert (np.load(assay.out('labels.npy')) == [2, 1]).all()\n")
        data = (run.out / "weights.safetensors").read_bytes()
        header = json.loads(data[8:8 + struct.unpack("<Q", data[:8])[0]])
        self.assertEqual({name: (e["dtype"], e["shape"]) for name, e in header.items()},
                         {"h": ("F32", [2, 3]), "t": ("F64", [3, 2]), "e": ("F32", [0, 2]), "s": ("F32", [])})
        self.assertIn("numpy", run.json("versions.json"))

    @unittest.skipUnless(has("numpy"), "numpy is not installed")
    def test_numpy_is_seeded_and_put_back(self):
        _, said = self.run_with(
            "import numpy as np, assay\n"
            "assay.start('shuffle'); a = np.random.rand()\n"
            "with assay.stream('init'): b = np.random.rand()\n"
            "c = np.random.rand(); r = np.random.RandomState(4294967295)\n"
            "print(a == r.rand(), b == np.random.RandomState(12).rand(), c == r.rand())")
        self.assertEqual(said, "True True True\n")

    @unittest.skipUnless(has("numpy"), "numpy is not installed")
    def test_openblas_is_asked(self):
        for core in ("Haswell", "Nehalem"):
            with self.subTest(core=core), tempfile.TemporaryDirectory() as folder:
                run = Run(folder, hardware={"blas": core, "threads": 1})
                result = run.python("import numpy, assay; assay.start(); assay.done(numpy.eye(2))",
                                    OPENBLAS_CORETYPE=core, OPENBLAS_NUM_THREADS="1")
                self.assertEqual(result.returncode, 0, result.stderr)
                answer = run.json("effective.json")["hardware"]
                if not answer:
                    self.skipTest("this numpy has another BLAS")
                self.assertEqual(answer, {"blas": core, "threads": 1})

    @unittest.skipUnless(has("numpy"), "numpy is not installed")
    def test_numpy_is_asked_for_its_kernels(self):
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            flags = next((line.split() for line in file if line.startswith("flags")), [])
        above_avx2 = "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR X86_V4"
        for level, flag, core, off in (("baseline", "sse4_1", "Prescott", "AVX2 FMA3 X86_V3 " + above_avx2),
                                       ("avx2", "avx2", "Haswell", above_avx2)):
            if flag not in flags:
                continue
            with self.subTest(level=level), tempfile.TemporaryDirectory() as folder:
                run = Run(folder, hardware={"isa": level})
                result = run.python("import numpy, assay; assay.start(); assay.done(numpy.eye(2))",
                                    OPENBLAS_CORETYPE=core, NPY_DISABLE_CPU_FEATURES=off)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertEqual(run.json("effective.json")["hardware"], {"isa": level})

    # ------------------------------------------------------------ torch

    @unittest.skipUnless(has("torch"), "torch is not installed")
    def test_torch_is_seeded_forced_and_asked(self):
        run, said = self.run_with(
            "import torch, assay; assay.start('init')\n"
            "m = torch.nn.Linear(2, 3); a = torch.rand(1).item()\n"
            "with assay.stream('shuffle'): b = torch.rand(1).item()\n"
            "c = torch.rand(1).item(); g = torch.Generator().manual_seed(4294967295)\n"
            "assay.done(m(torch.ones(4, 2)).softmax(1), labels=torch.zeros(4, dtype=torch.int64), weights=m)\n"
            "torch.manual_seed(12); torch.nn.Linear(2, 3)\n"
            "print(a == torch.rand(1).item(), c == torch.rand(1).item(), b == torch.rand(1, generator=g).item())",
            changes={"hardware": {"threads": 1, "deterministic": True, "device": "cpu", "tf32": False,
                                  "flush_denormals": True, "onednn": "off"}},
            variables={"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"})
        self.assertEqual(said, "True True True\n")
        self.assertEqual(run.json("effective.json")["hardware"],
                         {"threads": 1, "deterministic": True, "device": "cpu", "tf32": False, "flush_denormals": True,
                          "onednn": "off"})
        self.assertEqual(self.read_npy(run.out / "predictions.npy")[:2], ("<f4", (4, 3)))

    @unittest.skipUnless(has("torch"), "torch is not installed")
    def test_a_script_that_takes_more_threads_is_contradicted(self):
        run, _ = self.run_with("import torch, assay; assay.start(); torch.set_num_threads(2)\n"
                               "assay.done(torch.ones(1, 1))", changes={"hardware": {"threads": 1}},
                               variables={"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"})
        self.assertNotEqual(run.json("effective.json")["hardware"]["threads"], 1)


if __name__ == "__main__":
    unittest.main()
