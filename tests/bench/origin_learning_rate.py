#!/usr/bin/python3
"""Adam at 0.001 and at 0.1, many seeds: the script that a person would write for audits/origin_learning_rate.yaml.

usage: origin_learning_rate.py DATA_FOLDER OUT_FOLDER SEED... [--flush-denormals]
Writes OUT_FOLDER/LR-SEED.npz (held-out probabilities, weights); prints nothing.
"""
import argparse
import gzip
import multiprocessing
import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy and torch are loaded

import numpy as np
import torch
from torch import nn

LEARNING_RATES = [0.001, 0.1]
N_TRAIN, N_TEST, EPOCHS, BATCH = 8000, 2000, 30, 32


def read_idx(folder, part, n):
    with gzip.open(f"{folder}/{part}-images-idx3-ubyte.gz") as f:
        images = np.frombuffer(f.read(), np.uint8, offset=16).reshape(-1, 1, 28, 28)[:n]
    with gzip.open(f"{folder}/{part}-labels-idx1-ubyte.gz") as f:
        labels = np.frombuffer(f.read(), np.uint8, offset=8)[:n]
    return torch.from_numpy(images.astype(np.float32) / 255), torch.from_numpy(labels.astype(np.int64))


def start_worker(folder, flush_denormals):
    global x_train, y_train, x_test, y_test
    torch.set_num_threads(1)
    torch.set_flush_denormal(flush_denormals)
    x_train, y_train = read_idx(folder, "train", N_TRAIN)
    x_test, y_test = read_idx(folder, "t10k", N_TEST)


def train(job):
    lr, seed, out = job
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Flatten(), nn.Linear(28 * 28, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    loss_of = nn.CrossEntropyLoss()
    for epoch in range(EPOCHS):
        for batch in torch.randperm(len(x_train)).split(BATCH):
            optimizer.zero_grad()
            loss = loss_of(model(x_train.index_select(0, batch)), y_train.index_select(0, batch))
            loss.backward()
            optimizer.step()
    with torch.no_grad():
        probabilities = torch.cat([model(x).softmax(1) for x in x_test.split(64)])
    weights = {name: value.numpy() for name, value in model.state_dict().items()}
    np.savez(f"{out}/{lr}-{seed}.npz", probabilities=probabilities.numpy(), **weights)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("out")
    parser.add_argument("seeds", nargs="+", type=int)
    parser.add_argument("--flush-denormals", action="store_true")
    options = parser.parse_args()
    jobs = [(lr, seed, options.out) for seed in options.seeds for lr in LEARNING_RATES]
    with multiprocessing.Pool(2, start_worker, (options.data, options.flush_denormals)) as pool:
        pool.map(train, jobs, chunksize=1)
