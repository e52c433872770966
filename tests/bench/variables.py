#!/usr/bin/python3
"""Which environment variables act on which framework: each is set alone, and what the framework computes and reports is compared.

usage: variables.py PYTHON FRAMEWORK...  [--only NAME,NAME]   (numpy torch sklearn tensorflow jax lightgbm)
Prints a Markdown table: a row for each variable, a cell for each framework: the operations whose bits differ between
any two of: unset, the first value, the second value; "reported" where a library's answer differs; "n threads" where the
number of threads of the process does; "-" where nothing does.
"""
import json
import os
import subprocess
import sys

VARIABLES = {  # level: {variable: two values}
    "threads": {name: ("1", "2") for name in (
        "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS", "NUMEXPR_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "NPROC", "LOKY_MAX_CPU_COUNT")},
    "isa": {"ATEN_CPU_CAPABILITY": ("default", "avx512"), "ONEDNN_MAX_CPU_ISA": ("SSE41", "AVX2"),
            "DNNL_MAX_CPU_ISA": ("SSE41", "AVX2"), "OPENBLAS_CORETYPE": ("Prescott", "Haswell"),
            "MKL_ENABLE_INSTRUCTIONS": ("SSE4_2", "AVX2"), "MKL_CBWR": ("COMPATIBLE", "AVX2"),
            "NPY_DISABLE_CPU_FEATURES": (
                "AVX2 FMA3 AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR X86_V3 X86_V4",
                "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR X86_V4"),
            "XLA_FLAGS": ("--xla_cpu_max_isa=SSE4_2", "--xla_cpu_max_isa=AVX2")},
    "onednn": {"TF_ENABLE_ONEDNN_OPTS": ("0", "1")},
    "deterministic": {"TF_DETERMINISTIC_OPS": ("0", "1"), "TF_CUDNN_DETERMINISTIC": ("0", "1"),
                      "FLAGS_cudnn_deterministic": ("0", "1"), "CUBLAS_WORKSPACE_CONFIG": (":4096:8", ":4096:2:16:8"),
                      "XLA_FLAGS ": ("--xla_gpu_deterministic_ops=true", "--xla_gpu_deterministic_ops=false")},
    "device": {"CUDA_VISIBLE_DEVICES": ("", "0"), "JAX_PLATFORMS": ("cpu", "cuda")},
    "tf32": {"NVIDIA_TF32_OVERRIDE": ("0", "1")},
}

KNOWN = ("numpy", "torch", "sklearn", "tensorflow", "jax", "lightgbm")

PROBE = r'''
import hashlib, json, os, sys, warnings
framework = sys.argv[1]
warnings.simplefilter("ignore")
bits = {}
def keep(name, value):
    import numpy
    bits[name] = hashlib.sha256(numpy.ascontiguousarray(numpy.asarray(value)).tobytes()).hexdigest()[:16]
import numpy as np
made = np.random.RandomState(1)
a, b = made.rand(400, 300).astype("f4"), made.rand(300, 500).astype("f4")
image, filters = made.rand(8, 28, 28, 3).astype("f4"), made.rand(3, 3, 3, 16).astype("f4")
labels = made.randint(0, 3, 400)
reported = {}
keep("numpy's exp", np.exp(a)); keep("numpy's tanh", np.tanh(b))
if framework == "numpy":
    keep("product", a @ b); keep("sum", a.sum()); keep("product f64", a.astype("f8") @ b.astype("f8"))
if framework == "torch":
    import torch
    keep("random", torch.manual_seed(1) and torch.randn(1000)); x = torch.from_numpy(a)
    keep("product", x @ torch.from_numpy(b)); keep("exp", x.exp()); keep("sum", x.sum())
    f = torch.nn.Linear(300, 3); w = torch.nn.functional.cross_entropy(f(x), torch.from_numpy(labels)); w.backward()
    keep("gradient", f.weight.grad)
    keep("conv", torch.nn.functional.conv2d(torch.from_numpy(image).permute(0, 3, 1, 2), torch.from_numpy(filters).permute(3, 2, 0, 1)))
if framework == "sklearn":
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.neural_network import MLPClassifier
    keep("forest", RandomForestClassifier(20, random_state=1, n_jobs=-1).fit(a, labels).predict_proba(a))
    keep("logistic", LogisticRegression(max_iter=20).fit(a, labels).predict_proba(a))
    keep("net", MLPClassifier((50,), max_iter=3, random_state=1).fit(a, labels).predict_proba(a))
if framework == "lightgbm":
    import lightgbm
    keep("trees", lightgbm.train({"objective": "multiclass", "num_class": 3, "verbosity": -1, "seed": 1}, lightgbm.Dataset(a, labels), 5).predict(a))
if framework == "tensorflow":
    import tensorflow as tf
    tf.keras.utils.set_random_seed(1)
    keep("random", tf.random.normal([1000])); x = tf.constant(a)
    keep("product", x @ tf.constant(b)); keep("exp", tf.exp(x)); keep("sum", tf.reduce_sum(x))
    keep("conv", tf.nn.conv2d(tf.constant(image), tf.constant(filters), 1, "VALID"))
    m = tf.keras.Sequential([tf.keras.layers.Dense(32, "relu"), tf.keras.layers.Dense(3, "softmax")])
    m.compile("adam", "sparse_categorical_crossentropy"); m.fit(a, labels, epochs=1, verbose=0)
    keep("keras", m.predict(a, verbose=0))
    from tensorflow.python.framework import config
    reported["deterministic"] = bool(config.is_op_determinism_enabled())
    try:
        from tensorflow.python.util import _pywrap_util_port as port
        reported["onednn"] = port.IsMklEnabled()
    except (ImportError, AttributeError):
        pass
if framework == "jax":
    import jax, jax.numpy as jnp
    keep("random", jax.random.normal(jax.random.key(1), (1000,)))
    keep("product", jnp.asarray(a) @ b); keep("exp", jnp.exp(a)); keep("sum", jnp.asarray(a).sum())
    keep("conv", jax.lax.conv_general_dilated(image, filters, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")))
    keep("gradient", jax.jit(jax.grad(lambda w: (jnp.tanh(a @ w) ** 2).mean()))(b))
    reported["backend"] = jax.default_backend()
import assay
assay._hardware = {n: None for n in ("threads", "isa", "blas", "onednn", "deterministic", "device")}
reported.update({k: v for k, v in assay._effective().items()})
threads = int(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("Threads")))
print("ANSWER" + json.dumps({"bits": bits, "reported": reported, "threads": threads}))
'''


def probe(python, framework, changes):
    helper = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "harness", "trainer", "python")
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "PYTHONPATH": helper, "LC_ALL": "C.UTF-8",
                   "PYTHONDONTWRITEBYTECODE": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONHASHSEED": "1", **changes}
    result = subprocess.run([python, "-c", PROBE, framework], env=environment, capture_output=True, text=True, check=False)
    for line in result.stdout.splitlines():
        if line.startswith("ANSWER"):
            return json.loads(line[len("ANSWER"):])
    lines = result.stderr.strip().splitlines()
    return {"failed": lines[-1][:120] if lines else "exit %d" % result.returncode}


def differences(answers):
    """What differs among the answers, in words."""
    failed = [answer["failed"] for answer in answers if "failed" in answer]
    answers = [answer for answer in answers if "failed" not in answer]
    words = []
    operations = [name for name in answers[0]["bits"] if len({answer["bits"][name] for answer in answers}) > 1]
    if operations:
        words.append("bits: " + ", ".join(operations))
    for name in answers[0]["reported"]:
        values = [json.dumps(answer["reported"].get(name)) for answer in answers]
        if len(set(values)) > 1:
            words.append("reported %s: %s" % (name, " | ".join(values)))
    threads = [answer["threads"] for answer in answers]
    if len(set(threads)) > 1:
        words.append("threads " + " | ".join(map(str, threads)))
    words += ["refused: " + text for text in failed]
    return "; ".join(words) or "-"


def main():
    only = sys.argv[sys.argv.index("--only") + 1].split(",") if "--only" in sys.argv else None
    python, frameworks = sys.argv[1], [word for word in sys.argv[2:] if word in KNOWN]
    for framework in frameworks:
        unset = probe(python, framework, {})
        again = probe(python, framework, {})
        print("## %s: unset %s; again: %s" % (framework, json.dumps({k: unset.get(k) for k in ("reported", "threads", "failed")}),
                                              differences([unset, again])), flush=True)
        for level, variables in VARIABLES.items():
            for name, values in variables.items():
                if only is not None and name.strip() not in only:
                    continue
                answers = [unset] + [probe(python, framework, {name.strip(): value}) for value in values]
                print("| %s | `%s` = %s | %s |" % (level, name.strip(), " or ".join(v or "(empty)" for v in values),
                                                   differences(answers)), flush=True)


if __name__ == "__main__":
    main()
