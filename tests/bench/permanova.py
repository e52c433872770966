#!/usr/bin/python3
"""scikit-bio's permanova on the numbers that peer_bench wrote, and two ways to all distances. One JSON line.

usage: tests/bench/permanova.py FOLDER
"""
import json
import os
import sys
import time

import numpy
import scipy.spatial.distance
import skbio
from skbio.stats.distance import DistanceMatrix, permanova

RUNS, INPUTS = 100, 100_000


def processor_s(work):
    before = time.process_time()
    result = work()
    return time.process_time() - before, result


def numpy_gram(answers):
    roots = numpy.sqrt(answers, dtype=numpy.float64)
    roots -= roots.mean(axis=0)
    products = roots @ roots.T
    squares = products.diagonal()
    return (squares[:, None] + squares[None, :] - 2 * products) / (2 * INPUTS)


def scipy_pdist(answers):
    roots = numpy.sqrt(answers, dtype=numpy.float64)
    return scipy.spatial.distance.pdist(roots, "sqeuclidean") / (2 * INPUTS)


def worst(found, ours):
    upper = numpy.triu_indices(RUNS, 1)
    return float(numpy.max(numpy.abs(found[upper] - ours[upper]) / ours[upper]))


def main():
    read = lambda name, dtype: numpy.fromfile(os.path.join(sys.argv[1], name), dtype).reshape(RUNS, -1)
    distances = DistanceMatrix(numpy.sqrt(read("d2.f64", "<f8")), [str(r) for r in range(RUNS)])
    numpy.random.seed(1)
    cpu_s, found = processor_s(lambda: permanova(distances, [str(r % 4) for r in range(RUNS)], permutations=9999))
    answers, ours = read("runs.f32", "<f4"), read("gram.f64", "<f8")
    gram_s, gram = processor_s(lambda: numpy_gram(answers))
    pdist_s, pairs = processor_s(lambda: scipy_pdist(answers))
    print(json.dumps({
        "version": f"scikit-bio {skbio.__version__}",
        "one_way": {"f": float(found["test statistic"]), "p": float(found["p-value"]), "cpu_s": cpu_s},
        "gram": {"cpu_s": gram_s, "worst": worst(gram, ours)},
        "pdist": {"cpu_s": pdist_s, "worst": worst(scipy.spatial.distance.squareform(pairs), ours)},
    }))


main()
