"""assay-torch --script: a TorchScript file is trained anew, from the weights that the same net in Python would draw.

    script_test.py ASSAY-TORCH
"""
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

try:
    import torch
    from torch import nn
except ImportError:
    print("skipped: this Python has no torch")
    sys.exit(77)

PROGRAM = ""
STREAMS = ("init", "shuffle", "dropout", "augment", "data")


class Plain(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(36 * 4, 3))

    def forward(self, x):
        return self.net(x)


class OwnWeights(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(3, 64))

    @torch.jit.export
    def reset_parameters(self):
        self.weight.uniform_(-0.1, 0.1)

    def forward(self, x):
        return x.flatten(1) @ self.weight.t()


class Unknown(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(64, 3)
        self.scale = nn.Parameter(torch.ones(3))

    def forward(self, x):
        return self.inner(x.flatten(1)) * self.scale


def write_safetensors(path, tensors):
    header, data = {}, b""
    for name, tensor in sorted(tensors.items()):
        raw = tensor.contiguous().numpy().tobytes()
        header[name] = {"dtype": "I64" if tensor.dtype == torch.int64 else "F32", "shape": list(tensor.shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def read_safetensors(path):
    raw = path.read_bytes()
    length = struct.unpack("<Q", raw[:8])[0]
    kinds = {"F32": torch.float32, "I64": torch.int64}
    tensors = {}
    for name, entry in json.loads(raw[8:8 + length]).items():
        begin, end = (8 + length + place for place in entry["data_offsets"])
        tensors[name] = torch.frombuffer(bytearray(raw[begin:end]), dtype=kinds[entry["dtype"]]).view(entry["shape"])
    return tensors


class ScriptTest(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)
        torch.manual_seed(5)
        y = torch.arange(120) % 3
        x = torch.randn(120, 1, 8, 8) + y.view(-1, 1, 1, 1)
        write_safetensors(self.folder / "data.safetensors", {"train.x": x[:60], "train.y": y[:60],
                                                             "eval.x": x[60:], "eval.y": y[60:]})

    def run_script(self, net, params=None, seeds=None, raw=None):
        """Trains in a process of its own; what it said, and its folder of results."""
        file = self.folder / "net.pt"
        if raw is None:
            torch.jit.save(torch.jit.script(net), str(file))
        else:
            file.write_bytes(raw)
        out = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        values = dict.fromkeys(STREAMS, 9) | {"master": 9} | (seeds or {})
        run = {"protocol": 1, "run_id": "001", "audit": "", "attempt": 0, "out": str(out), "params": params or {},
               "seeds": {name: str(value) for name, value in values.items()}, "hardware": {"threads": 1},
               "environment": {}, "software": {}, "trainer": {"kind": "exec"}, "replicate": 0}
        config = self.folder / "run.json"
        config.write_text(json.dumps(run))
        done = subprocess.run([PROGRAM, "--script", str(file), "--data", str(self.folder / "data.safetensors"), "--lr=1"],
                              env=dict(os.environ, ASSAY_CONFIG=str(config), OMP_NUM_THREADS="1",
                                       OPENBLAS_NUM_THREADS="1"), capture_output=True, text=True, timeout=120)
        return done, out

    def weights(self, net, **changes):
        done, out = self.run_script(net, **changes)
        self.assertEqual(done.returncode, 0, done.stderr)
        return read_safetensors(out / "weights.safetensors")

    def test_weights_are_drawn_as_python_draws_them(self):
        torch.manual_seed(33)
        stored = Plain()
        drawn = self.weights(stored, params={"epochs": 0}, seeds={"init": 77})
        torch.manual_seed(77)
        fresh = dict(Plain().state_dict())
        self.assertEqual(set(drawn), set(fresh))
        for name, tensor in fresh.items():
            self.assertTrue(torch.equal(drawn[name], tensor), name)
        self.assertFalse(torch.equal(drawn["net.0.weight"], stored.state_dict()["net.0.weight"]))

    def test_statistics_of_a_batch_norm_are_reset(self):
        net = Plain()
        net.train()
        net(torch.randn(16, 1, 8, 8) + 5)
        drawn = self.weights(net, params={"epochs": 0})
        self.assertTrue(torch.equal(drawn["net.1.running_mean"], torch.zeros(4)))
        self.assertEqual(drawn["net.1.num_batches_tracked"].item(), 0)

    def test_it_trains_as_python_does(self):
        """One epoch in one batch, so that no order matters: the same steps by torch.optim."""
        trained = self.weights(Plain(), params={"epochs": 1, "batch": 60, "lr": 0.01}, seeds={"init": 3, "shuffle": 4})
        data = read_safetensors(self.folder / "data.safetensors")
        torch.manual_seed(3)
        net = Plain()
        net.train()
        adam = torch.optim.Adam(net.parameters(), lr=0.01)
        nn.functional.cross_entropy(net(data["train.x"]), data["train.y"]).backward()
        adam.step()
        for name, tensor in net.state_dict().items():
            if name == "net.0.bias":  # before a batch norm its gradient is rounding alone, which Adam makes a whole step of
                continue
            self.assertTrue(torch.allclose(trained[name].double(), tensor.double(), atol=1e-5), name)

    def test_the_same_run_again_has_the_same_bits_and_another_seed_others(self):
        results = []
        for seeds in ({}, {}, {"shuffle": 10}):
            done, out = self.run_script(Plain(), params={"epochs": 2, "batch": 16}, seeds=seeds)
            self.assertEqual(done.returncode, 0, done.stderr)
            results.append([(out / name).read_bytes() for name in ("predictions.npy", "steps.npy",
                                                                   "weights.safetensors")])
        self.assertEqual(results[0], results[1])
        self.assertNotEqual(results[0][1], results[2][1])

    def test_a_method_of_its_own_draws(self):
        drawn = self.weights(OwnWeights(), params={"epochs": 0}, seeds={"init": 6})
        torch.manual_seed(6)
        self.assertTrue(torch.equal(drawn["weight"], torch.empty(3, 64).uniform_(-0.1, 0.1)))

    def test_what_nobody_can_draw_is_named(self):
        done, out = self.run_script(Unknown())
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("T0203", done.stderr)
        self.assertIn("the net itself", done.stderr)
        self.assertIn("reset_parameters", done.stderr)
        self.assertIn("nobody knows how to draw", (out / "failure").read_text())
        self.assertFalse((out / "predictions.npy").exists())

    def test_what_is_no_script_is_refused(self):
        done, _ = self.run_script(None, raw=b"not a zip")
        self.assertIn("T0202", done.stderr)
        state = self.folder / "state.pt"
        torch.save(Plain().state_dict(), str(state))
        done, _ = self.run_script(None, raw=state.read_bytes())
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("T0202", done.stderr)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
