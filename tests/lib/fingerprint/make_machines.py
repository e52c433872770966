#!/usr/bin/env python3
"""Writes the two made machines below fixtures/machines: python3 tests/lib/fingerprint/make_machines.py fixtures/machines

xeon_workstation: another vendor, no control groups, a governor, MKL beside the reference BLAS, two GPUs, old libc.
neoverse_pod: ARM, control groups of version 2 with the limit two levels up, no BLAS, denormals flushed.
"""
import json
import os
import sys

ROOT = sys.argv[1]


def write(machine, path, text):
    path = os.path.join(ROOT, machine, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text + "\n")


def topology(machine, cpus):
    for i, (socket, core) in enumerate(cpus):
        folder = f"sys/devices/system/cpu/cpu{i}/topology/"
        write(machine, folder + "physical_package_id", str(socket))
        write(machine, folder + "core_id", str(core))


def caches(machine, rows):
    for i, (level, kind, size) in enumerate(rows):
        folder = f"sys/devices/system/cpu/cpu0/cache/index{i}/"
        write(machine, folder + "level", str(level))
        write(machine, folder + "type", kind)
        write(machine, folder + "size", size)


def process(machine, **changes):
    facts = {"architecture": "x86_64", "kernel": "", "libc": "", "cpus_allowed": 1, "objects": [], "blas": [],
             "onednn": [], "openmp": [], "rounding": "nearest", "flush_to_zero": False, "denormals_are_zero": False,
             "gpu_driver": "", "gpus": [], "variables": {}}
    write(machine, "process.json", json.dumps({**facts, **changes}, indent=2, sort_keys=True))


XEON = "xeon_workstation"
CPU = """processor\t: {0}
vendor_id\t: GenuineIntel
cpu family\t: 6
model\t\t: 85
model name\t: Intel(R) Xeon(R) Gold 6126 CPU @ 2.60GHz
stepping\t: 4
microcode\t: 0x2006906
flags\t\t: fpu vme sse sse2 ht sse4_1 sse4_2 avx f16c bmi2 avx2 smep fma avx512f avx512dq avx512cd avx512bw avx512vl
"""
write(XEON, "proc/cpuinfo", "\n".join(CPU.format(i) for i in range(4)))
write(XEON, "sys/devices/system/cpu/online", "0-3")
topology(XEON, [(0, 0), (1, 0), (0, 0), (1, 0)])
caches(XEON, [(1, "Data", "32K"), (1, "Instruction", "32K"), (2, "Unified", "1024K"), (3, "Unified", "19712K")])
write(XEON, "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave")
write(XEON, "sys/devices/system/cpu/smt/active", "1")
write(XEON, "sys/devices/system/node/online", "0-1")
write(XEON, "etc/os-release", 'NAME="CentOS Linux"\nPRETTY_NAME="CentOS Linux 7 (Core)"')
process(XEON, kernel="Linux 3.10.0-1160.el7.x86_64", libc="glibc 2.17", cpus_allowed=4,
        objects=[["", "0000000000000000000000000000000000000001"], ["/opt/mkl/libmkl_rt.so.2", ""],
                 ["/opt/app/libstdc++.so.6", "11aa11aa11aa11aa"], ["/usr/lib64/libstdc++.so.6", "22bb22bb22bb22bb"],
                 ["/usr/lib64/libblas.so.3.4.2", "33cc33cc33cc33cc"], ["/usr/lib64/libpng15.so.15", "44dd44dd44dd44dd"]],
        blas=[{"path": "/opt/mkl/libmkl_rt.so.2", "core": "", "threads": 4, "parallel": -1,
               "config": "Intel(R) oneAPI Math Kernel Library Version 2021.4-Product Build 20210904"},
              {"path": "/usr/lib64/libblas.so.3.4.2", "config": "", "core": "", "threads": 0, "parallel": -1}],
        gpu_driver="535.104.05",
        gpus=[{"name": "NVIDIA H100 80GB HBM3", "sm": "9.0", "ecc": True, "mig": False, "memory_bytes": 85520809984},
              {"name": "Quadro K600", "sm": "3.0", "ecc": None, "mig": None, "memory_bytes": 1073741824}],
        variables={"MKL_CBWR": "AVX2,STRICT", "OMP_NUM_THREADS": "", "AWS_SECRET_ACCESS_KEY": "must not be shown"})

ARM = "neoverse_pod"
CPU = """processor\t: {0}
BogoMIPS\t: 50.00
Features\t: fp asimd evtstrm aes sha1 sha2 crc32 fphp asimdhp asimddp sve sve2 i8mm bf16 smep
CPU implementer\t: 0x41
CPU architecture: 8
CPU variant\t: 0x0
CPU part\t: 0xd4f
CPU revision\t: 1
"""
write(ARM, "proc/cpuinfo", "\n".join(CPU.format(i) for i in range(2)))
write(ARM, "sys/devices/system/cpu/online", "0-1,4-5")
write(ARM, "proc/self/cgroup", "0::/kubepods/burstable/pod7/c1")
write(ARM, "proc/1/cgroup", "0::/kubepods/burstable/pod7/c1")
write(ARM, "sys/fs/cgroup/kubepods/burstable/pod7/c1/cpu.max", "max 100000")
write(ARM, "sys/fs/cgroup/kubepods/burstable/pod7/c1/memory.max", "8589934592")
write(ARM, "sys/fs/cgroup/kubepods/burstable/pod7/cpu.max", "150000 100000")
write(ARM, "sys/fs/cgroup/kubepods/burstable/pod7/memory.max", "max")
write(ARM, "sys/fs/cgroup/kubepods/cpu.max", "400000 100000")
write(ARM, "sys/fs/cgroup/kubepods/memory.max", "4294967296")
write(ARM, "usr/lib/os-release", "PRETTY_NAME='Ubuntu 24.04.1 LTS'")
process(ARM, architecture="aarch64", kernel="Linux 6.8.0-1021-aws", libc="glibc 2.39", cpus_allowed=2,
        flush_to_zero=True, denormals_are_zero=True,
        onednn=[{"path": "/app/libdnnl.so.3", "version": [3, 4, 1], "isa": 15}],
        openmp=[{"path": "/app/libomp.so", "max_threads": 2, "dynamic": True}])
