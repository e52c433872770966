"""assay's trainer protocol for a Python script: copy this file beside the script. Apache-2.0, part of assay.

    import assay; assay.start()                # after the imports: seeds every generator they brought along
    lr = assay.param("lr", 0.001)              # the level of this run, or what stood here before
    assay.stream("shuffle")                    # from here on, or inside `with`: another stream of seeds
    assay.done(probabilities, labels=y_test)   # [N, C] of the same held-out inputs in every run

Outside `assay run` nothing happens: param() and seed() give the default, the rest does nothing. Only the standard
library is needed; numpy, torch, tensorflow and jax are touched only where the script has imported them. The functions
are for the main thread. What a run reads and writes: harness/trainer/README.md of assay.
"""
import json
import math
import os
import sys

__all__ = ["active", "param", "seed", "device", "out", "start", "stream", "progress", "metrics", "done"]


def _read_run():
    path = os.environ.get("ASSAY_CONFIG")
    if not path:
        return None
    with open(path, encoding="utf-8") as file:
        run = json.load(file)
    if run["protocol"] != 1:
        sys.exit("assay.py speaks protocol 1, this assay speaks %s: write the helper anew, assay init --python"
                 % run["protocol"])
    return run


_run = _read_run()
active = _run is not None
_hardware = _run["hardware"] if active else {}
_metrics = {}
_tensorflow_seed = None  # TensorFlow does not tell which one was set last


# ---------------------------------------------------------------- what the run is

def param(name, default=None):
    """The level of a factor in this run; `default` where it does not vary. A whole number is a float where the default is."""
    value = _run["params"].get(name, default) if active else default
    return float(value) if type(default) is float and type(value) is int else value


STREAMS = ("master", "init", "shuffle", "dropout", "augment", "data")


def seed(stream="master", default=0):
    """The seed of a stream (master, init, shuffle, dropout, augment, data): for a generator of your own."""
    if stream not in STREAMS:  # the master seed in its place would tie two streams together unseen
        raise ValueError("assay knows no stream %r of seeds; there are: %s" % (stream, ", ".join(STREAMS)))
    return int(_run["seeds"].get(stream, _run["seeds"]["master"])) if active else default


def device(default="cpu"):
    """"cpu" or "cuda" where the run asks for one: other GPUs are hidden from it, so there is one at most."""
    return _hardware["device"].split(":")[0] if "device" in _hardware else default


def out(name=""):
    """Where a file of this run belongs. Outside the harness the name as it is."""
    return os.path.join(_run["out"], name) if active else name


# ---------------------------------------------------------------- seeds

def _module(name):
    """A module that the script has imported and that is ready, else None."""
    module = sys.modules.get(name)
    return None if module is None or getattr(getattr(module, "__spec__", None), "_initializing", False) else module


def _seed_tensorflow(value):
    global _tensorflow_seed
    _tensorflow_seed = value
    sys.modules["tensorflow"].random.set_seed(value)


def _seed_generators(value):
    small = value & 0xFFFFFFFF
    if random := _module("random"):
        random.seed(value)  # Keras draws the seeds of its layers from it
    if numpy := _module("numpy"):
        numpy.random.seed(small)
    if torch := _module("torch"):
        torch.manual_seed(value)
    if _module("tensorflow"):
        _seed_tensorflow(small)


def _generator_states():
    """For each generator that has a state: what puts it back."""
    back = []
    if random := _module("random"):
        back.append((random.setstate, random.getstate()))
    if numpy := _module("numpy"):
        back.append((numpy.random.set_state, numpy.random.get_state()))
    if torch := _module("torch"):
        back.append((torch.set_rng_state, torch.get_rng_state()))
        if torch.cuda.is_initialized():
            back.append((torch.cuda.set_rng_state_all, torch.cuda.get_rng_state_all()))
    if _tensorflow_seed is not None:
        back.append((_seed_tensorflow, _tensorflow_seed))
    return back


class stream:
    """Seeds all generators from a stream: from here on, or inside `with`, after which they go on as before.

    TensorFlow's counters cannot be read: after a `with` they begin again at the seed before it. JAX has no hidden
    state: jax.random.key(assay.seed("init")).
    """

    def __init__(self, name):
        value = seed(name)
        self._back = _generator_states() if active else []
        if active:
            _seed_generators(value)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for put_back, state in self._back:
            put_back(state)


def _leave_failure(kind, value, trace):
    _write("failure", ("%s: %s\n" % (kind.__name__, str(value).split("\n")[0])).encode())
    sys.__excepthook__(kind, value, trace)


def start(stream="master"):
    """Seeds every generator from this stream, and asks the frameworks for the hardware levels that have a call."""
    value = seed(stream)
    if not active:
        return
    sys.excepthook = _leave_failure
    _force_hardware()
    _seed_generators(value)


# ---------------------------------------------------------------- hardware: force, then ask

def _force_hardware():
    """What variables cannot do. They were set before this process began; `assay plan` prints them."""
    threads, deterministic = _hardware.get("threads"), _hardware.get("deterministic")
    if torch := _module("torch"):
        if threads is not None:
            torch.set_num_threads(threads)
        if deterministic is not None:
            torch.use_deterministic_algorithms(deterministic)
            torch.backends.cudnn.benchmark = False
        if "tf32" in _hardware:
            torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = _hardware["tf32"]
        if "flush_denormals" in _hardware:
            torch.set_flush_denormal(_hardware["flush_denormals"])
        if _hardware.get("onednn") == "off":
            torch.backends.mkldnn.set_flags(False)
    if tensorflow := _module("tensorflow"):
        if threads is not None:
            tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
            tensorflow.config.threading.set_inter_op_parallelism_threads(1)
        if deterministic:
            tensorflow.config.experimental.enable_op_determinism()
        if "tf32" in _hardware:
            tensorflow.config.experimental.enable_tensor_float_32_execution(_hardware["tf32"])


_QUESTIONS = {  # a library's file name, what it answers by C functions without arguments: {fact: (names, returns text)}
    "openblas": {"threads": (("openblas_get_num_threads", "scipy_openblas_get_num_threads64_",
                              "scipy_openblas_get_num_threads"), False),
                 "blas": (("openblas_get_corename", "scipy_openblas_get_corename64_",
                           "scipy_openblas_get_corename"), True)},
    "gomp": {"threads": (("omp_get_max_threads",), False)},
    "iomp": {"threads": (("omp_get_max_threads",), False)},
    "dnnl": {"onednn": (("dnnl_get_effective_cpu_isa",), False)},
}
_ONEDNN = {0x1: "sse41", 0x3: "avx", 0x7: "avx2", 0x27: "avx512_core", 0x67: "avx512_core_vnni",
           0xe7: "avx512_core_bf16"}  # of dnnl_cpu_isa_t


def _core_name(name):
    """numpy's own OpenBLAS has no kernels below Prescott's, and calls those by the first name of that table."""
    return "Prescott" if name == "Katmai" else name


def _ask_libraries():
    """{"threads": {"openblas": 1, ...}, "blas": {...}, "onednn": {...}} of the libraries that this process has loaded."""
    import ctypes
    answers = {"threads": {}, "blas": {}, "onednn": {}}
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
            paths = sorted({line.split(None, 5)[5].strip() for line in maps if ".so" in line})
    except OSError:
        return answers
    for path in paths:
        name = os.path.basename(path)
        kind = next((kind for kind in _QUESTIONS if kind in name), None)
        if kind is None:
            continue
        try:
            library = ctypes.CDLL(path, mode=os.RTLD_NOLOAD | os.RTLD_LAZY)
        except OSError:
            continue
        for fact, (symbols, is_text) in _QUESTIONS[kind].items():
            function = next((getattr(library, s) for s in symbols if hasattr(library, s)), None)
            if function is None:
                continue
            function.restype = ctypes.c_char_p if is_text else ctypes.c_int
            answer = function()
            answers[fact][name.split(".so")[0]] = _core_name(answer.decode("ascii", "replace")) if is_text else answer
    answers["onednn"] = {name: _ONEDNN.get(isa, "other (%d)" % isa) for name, isa in answers["onednn"].items()}
    return answers


def _aten_capability():
    torch = _module("torch")
    if torch is None:
        return None
    mark = "CPU capability usage: "
    text = torch.__config__.show()
    word = text[text.index(mark) + len(mark):].split("\n")[0].strip().lower() if mark in text else None
    return "baseline" if word in ("no avx", "default") else word


def _one(answers):
    """The answer when all give the same one, else who says what; None when nobody was asked."""
    values = list(answers.values())
    if not values:
        return None
    if all(value == values[0] for value in values):
        return values[0]
    return ", ".join("%s %s" % pair for pair in sorted(answers.items()))


def _threads(libraries):
    answers = dict(libraries["threads"])
    if torch := _module("torch"):
        answers["torch"] = torch.get_num_threads()
    if tensorflow := _module("tensorflow"):
        # 0 says that nobody asked for a number: then the variables hold, which this call does not look at.
        answers["tensorflow"] = (tensorflow.config.threading.get_intra_op_parallelism_threads()
                                 or int(os.environ.get("TF_NUM_INTRAOP_THREADS") or 0) or os.cpu_count())
    return _one(answers)


def _numpy_capability():
    """The highest set of kernels that numpy left on: numpy 2.4 names levels, the ones before it single features."""
    core = _module("numpy._core._multiarray_umath") or _module("numpy.core._multiarray_umath")
    features = getattr(core, "__cpu_features__", {})
    if features.get("X86_V4", features.get("AVX512_SKX")):
        return "avx512"
    return "avx2" if features.get("X86_V3", features.get("AVX2")) else "baseline" if features else None


def _isa(libraries):
    """The level when numpy, ATen, oneDNN and OpenBLAS, those of them that are loaded, agree; else what each says.

    XLA and Eigen answer nobody: under TensorFlow and JAX a level is no more than set.
    """
    if _module("tensorflow") or _module("jax"):
        return None
    members = {"numpy": _numpy_capability(), "ATen": _aten_capability()}
    if "onednn" not in _hardware:
        members["oneDNN"] = _one(libraries["onednn"])
    if "blas" not in _hardware:
        members["BLAS"] = _one(libraries["blas"])
    members = {name: word for name, word in members.items() if word is not None}
    levels = {"baseline": ("baseline", "sse41", "prescott"), "avx2": ("avx2", "avx2", "haswell"),
              "avx512": ("avx512", "avx512_core", "skylakex")}
    for level, (own, onednn, blas) in levels.items():
        if members and all(word.lower() == {"oneDNN": onednn, "BLAS": blas}.get(name, own)
                           for name, word in members.items()):
            return level
    return ", ".join("%s %s" % pair for pair in members.items()) or None


def _deterministic():
    answers = {}
    if torch := _module("torch"):
        answers["torch"] = torch.are_deterministic_algorithms_enabled()
    if _module("tensorflow") and (config := _module("tensorflow.python.framework.config")):
        answers["tensorflow"] = bool(config.is_op_determinism_enabled())
    return _one(answers)


def _device_used():
    """"cpu", "cuda:0", ...; a GPU is named as the harness named it, for the process sees it as its first."""
    used = []
    if torch := _module("torch"):
        used.append(torch.cuda.is_initialized())
    if tensorflow := _module("tensorflow"):
        used.append(bool(tensorflow.config.list_logical_devices("GPU")))
    if jax := _module("jax"):
        used.append(jax.default_backend() != "cpu")
    return "cuda:" + os.environ.get("CUDA_VISIBLE_DEVICES", "0") if any(used) else "cpu"


def _tf32():
    answers = {}
    if torch := _module("torch"):
        answers["torch"] = torch.backends.cuda.matmul.allow_tf32 and torch.backends.cudnn.allow_tf32
    if tensorflow := _module("tensorflow"):
        answers["tensorflow"] = tensorflow.config.experimental.tensor_float_32_execution_enabled()
    return _one(answers)


def _onednn(libraries):
    torch = _module("torch")
    if torch is not None and not torch._C._get_mkldnn_enabled():
        return "off"
    if port := _module("tensorflow") and _module("tensorflow.python.util._pywrap_util_port"):
        return None if port.IsMklEnabled() else "off"  # its own oneDNN does not tell its instructions
    return _one(libraries["onednn"])


def _flushes_denormals():
    tiny = float.fromhex("0x1p-1060")
    return tiny * 1.0 == 0.0  # of this thread; the processor itself answers


def _effective():
    """What took hold of what was asked. A name that nobody can be asked about is left out: it stays unverified."""
    answers = {}
    if _hardware.keys() & {"threads", "isa", "blas", "onednn"}:
        libraries = _ask_libraries()
        answers = {"threads": _threads(libraries), "isa": _isa(libraries), "blas": _one(libraries["blas"]),
                   "onednn": _onednn(libraries)}
    ask = {"deterministic": _deterministic, "device": _device_used, "tf32": _tf32}
    if _module("torch"):
        ask["flush_denormals"] = _flushes_denormals
    for name, question in ask.items():
        if name in _hardware:
            answers[name] = question()
    return {name: answer for name, answer in answers.items() if name in _hardware and answer is not None}


def _versions():
    names = ("numpy", "scipy", "sklearn", "torch", "torchvision", "tensorflow", "keras", "jax", "jaxlib", "flax", "optax",
             "lightgbm", "xgboost", "catboost", "pandas", "transformers", "lightning", "assay")
    versions = {"python": sys.version.split()[0]}
    for name in names:
        version = getattr(_module(name), "__version__", None)
        if isinstance(version, str):
            versions[name] = version
    return versions


# ---------------------------------------------------------------- results

def _write(name, *parts):
    if not os.path.isdir(_run["out"]):
        return
    path = out(name)
    with open(path + ".tmp", "wb") as file:
        for part in parts:
            file.write(part)
    os.replace(path + ".tmp", path)


def _write_json(name, value):
    _write(name, json.dumps(value, indent=1, sort_keys=True).encode())


def _plain(values):
    """A numpy array of a tensor of any framework; a nested list of numbers where there is no numpy."""
    if hasattr(values, "detach"):
        values = values.detach().cpu()
        if str(values.dtype) == "torch.bfloat16":  # numpy has no such type
            values = values.float()
    numpy = _module("numpy")
    if numpy is None:
        return values.tolist() if hasattr(values, "tolist") else values
    array = numpy.asarray(values)
    if array.dtype.kind == "V" or array.dtype.name in ("float16", "bfloat16", "float128", "longdouble"):
        array = array.astype(numpy.float64 if array.dtype.itemsize > 8 else numpy.float32)
    return numpy.asarray(array, order="C").astype(array.dtype.newbyteorder("<"), copy=False)


def _array(values):
    """(dtype as numpy writes it, shape, bytes-like) of anything that looks like an array."""
    values = _plain(values)
    if hasattr(values, "dtype"):
        return values.dtype.str.replace("=", "<"), values.shape, values.reshape(-1).view("u1").data
    shape, flat = [], values
    while isinstance(flat, (list, tuple)):
        shape.append(len(flat))
        flat = flat[0] if flat else None
    for _ in shape[1:]:
        values = [item for row in values for item in row]
    if len(values) != _product(shape):
        raise ValueError("assay: the rows have different lengths")
    from array import array
    whole = all(isinstance(item, int) for item in values)
    data = array("q" if whole else "d", values)
    if sys.byteorder == "big":
        data.byteswap()
    return "<i8" if whole else "<f8", tuple(shape), data.tobytes()


def _product(shape):
    count = 1
    for size in shape:
        count *= size
    return count


def _write_npy(name, values):
    descr, shape, data = _array(values)
    header = "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }" % (descr, "".join("%d, " % n for n in shape))
    header += " " * (-(len(header) + 11) % 64) + "\n"
    _write(name, b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode(), data)


_SAFETENSORS = {"f2": "F16", "f4": "F32", "f8": "F64", "i1": "I8", "i2": "I16", "i4": "I32", "i8": "I64",
                "u1": "U8", "u2": "U16", "u4": "U32", "u8": "U64", "b1": "BOOL"}


def _is_number(value):
    """A number, or a nested list of nothing but numbers."""
    return isinstance(value, (int, float)) or isinstance(value, (list, tuple)) and all(map(_is_number, value))


def _named(weights, prefix=""):
    """(name, array) pairs of a dict, nested ones too, a list, a torch module or a Keras model."""
    if hasattr(weights, "state_dict"):
        weights = weights.state_dict()
    elif hasattr(weights, "weights") and not callable(weights.weights):
        weights = {getattr(w, "path", None) or w.name: w for w in weights.weights}
    if hasattr(weights, "items"):
        pairs = list(weights.items())
    elif isinstance(weights, (list, tuple)) and not _is_number(weights):
        pairs = list(enumerate(weights))
    else:
        return [(prefix or "weights", weights)]
    return [found for key, value in pairs for found in _named(value, "%s.%s" % (prefix, key) if prefix else str(key))]


def _write_safetensors(name, weights):
    header, parts, at = {}, [], 0
    for key, values in sorted(_named(weights), key=lambda pair: pair[0]):
        descr, shape, data = _array(values)
        if descr[1:] not in _SAFETENSORS:
            raise TypeError("assay: weights %s have the type %s, which safetensors do not know" % (key, descr))
        size = memoryview(data).nbytes
        header[key] = {"dtype": _SAFETENSORS[descr[1:]], "shape": list(shape), "data_offsets": [at, at + size]}
        parts.append(data)
        at += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    _write(name, len(text).to_bytes(8, "little") + text, *parts)


def progress(step, of=None, **numbers):
    """Step `step` of `of` is done: a line in progress.jsonl, with further numbers (loss=0.4)."""
    if active:
        line = {"step": int(step), **({} if of is None else {"of": int(of)}),
                **{name: float(value) for name, value in numbers.items()}}
        with open(out("progress.jsonl"), "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def metrics(**numbers):
    """Numbers of this run, by name; each is analysed beside the answers. NaN and infinities, of a training that
    diverged, are left out: no JSON holds them, and the answers tell."""
    if active:
        _metrics.update({name: float(value) for name, value in numbers.items() if math.isfinite(float(value))})
        _write_json("metrics.json", _metrics)


def done(predictions, labels=None, weights=None, ids=None, **numbers):
    """Hands over the run: probabilities [N, C] of the held-out inputs, their true classes [N], weights (a dict of arrays,
    a torch module or a Keras model; only digests are kept), ids (texts [N]), and numbers (accuracy=0.9)."""
    if not active:
        return
    if numbers:
        metrics(**numbers)
    if labels is not None:
        _write_npy("labels.npy", labels)
    if ids is not None:
        _write("ids.txt", "".join("%s\n" % name for name in ids).encode())
    if weights is not None:
        _write_safetensors("weights.safetensors", weights)
    _write_json("versions.json", _versions())
    _write_json("effective.json", {"hardware": _effective()})
    _write("run_id", (_run["run_id"] + "\n").encode())
    _write_npy("predictions.npy", predictions)
