"""A training as anybody writes it in PyTorch: one manual_seed, nn.Sequential, torch.randperm, torch.optim.

Prints JSON: the SHA-256 of every trained tensor and of the held-out probabilities. Written from the description of
seed_mode torch alone; nothing of assay is used. Needs Debian's python3-torch and python3-numpy.
"""
import argparse
import gzip
import hashlib
import json
import os

import numpy
import torch
from torch import nn


def digits(folder, part, count):
    with gzip.open(os.path.join(folder, part + "-images-idx3-ubyte.gz")) as file:
        pixels = numpy.frombuffer(file.read(), numpy.uint8, offset=16).reshape(-1, 1, 28, 28)
    with gzip.open(os.path.join(folder, part + "-labels-idx1-ubyte.gz")) as file:
        labels = numpy.frombuffer(file.read(), numpy.uint8, offset=8)
    x = pixels[:count].astype(numpy.float32) / numpy.float32(255)
    return torch.from_numpy(x), torch.from_numpy(labels[:count].astype(numpy.int64))


def network(args):
    if args.model == "dense":
        return nn.Sequential(nn.Flatten(), nn.Linear(784, 32), nn.ReLU(), nn.Dropout(args.dropout), nn.Linear(32, 10))
    return nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(args.dropout),
                         nn.Linear(8 * 13 * 13, 10))


def optimiser(args, parameters):
    if args.optimizer == "adam":
        return torch.optim.Adam(parameters, lr=args.lr, weight_decay=args.l2)
    if args.optimizer == "sgd":
        return torch.optim.SGD(parameters, lr=args.lr, momentum=0.9, weight_decay=args.l2)
    return torch.optim.RMSprop(parameters, lr=args.lr, weight_decay=args.l2)


def sha256(tensor):
    return hashlib.sha256(tensor.detach().contiguous().numpy().tobytes()).hexdigest()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--optimizer", required=True)
    parser.add_argument("--seed", type=int, required=True)
    for name in ("lr", "l2", "dropout"):
        parser.add_argument("--" + name, type=float, required=True)
    for name in ("train", "eval", "epochs", "batch"):
        parser.add_argument("--" + name, type=int, required=True)
    args = parser.parse_args()

    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    x, y = digits(args.data, "train", args.train)
    held_out, _ = digits(args.data, "t10k", args.eval)

    torch.manual_seed(args.seed)
    model = network(args)
    rule = optimiser(args, model.parameters())
    loss_of = nn.CrossEntropyLoss()
    for _ in range(args.epochs):
        order = torch.randperm(len(x))
        for begin in range(0, len(x), args.batch):
            batch = order[begin:begin + args.batch]
            rule.zero_grad()
            loss_of(model(x[batch]), y[batch]).backward()
            rule.step()
    model.eval()
    with torch.no_grad():
        probabilities = torch.cat([torch.softmax(model(part), 1) for part in held_out.split(64)])
    print(json.dumps({"weights": [sha256(p) for p in model.parameters()], "predictions": sha256(probabilities)}))


main()
