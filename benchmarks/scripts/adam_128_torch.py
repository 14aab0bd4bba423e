"""128 hidden units, ten epochs of Adam in batches of 128: with PyTorch.

The images are in memory, so a permutation is split; a DataLoader, which collects each image by itself, takes longer.
"""

import sys

import numpy as np
import torch
from torch import nn

torch.manual_seed(0)
data = np.load(sys.argv[1])
X_train, X_test = (torch.from_numpy(data[name]).reshape(-1, 784) / 255 for name in ("x_train", "x_test"))
Y_train, Y_test = (torch.from_numpy(data[name]) for name in ("y_train", "y_test"))

model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
for _ in range(10):
    for batch in torch.randperm(len(X_train)).split(128):
        loss = nn.functional.cross_entropy(model(X_train[batch]), Y_train[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

with torch.no_grad():
    print((model(X_test).argmax(dim=1) == Y_test).float().mean().item())
