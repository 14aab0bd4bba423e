"""128 hidden units, ten epochs of Adam in batches of 128: with JAX."""

import sys

import jax
import jax.numpy as jnp
import numpy as np

rng = np.random.default_rng(0)
data = np.load(sys.argv[1])
X_train, X_test = (jnp.asarray(data[name].reshape(-1, 784) / np.float32(255)) for name in ("x_train", "x_test"))
Y_train, Y_test = jnp.asarray(data["y_train"]), jnp.asarray(data["y_test"])


def forward(params, X):
    A1 = jax.nn.relu(X @ params["W1"] + params["b1"])
    return A1 @ params["W2"] + params["b2"]


def loss(params, X, Y):
    log_probabilities = jax.nn.log_softmax(forward(params, X))
    return -jnp.take_along_axis(log_probabilities, Y[:, None], axis=1).mean()


@jax.jit
def step(params, m, v, t, batch):
    gradients = jax.grad(loss)(params, X_train[batch], Y_train[batch])
    m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, gradients)
    v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g**2, v, gradients)
    m_scale, v_scale = 1 / (1 - 0.9**t), 1 / (1 - 0.999**t)
    params = jax.tree.map(lambda p, m, v: p - 0.001 * m_scale * m / (jnp.sqrt(v_scale * v) + 1e-8), params, m, v)
    return params, m, v


key1, key2 = jax.random.split(jax.random.key(0))
params = {
    "W1": jax.random.normal(key1, (784, 128)) * np.sqrt(2 / 784),
    "b1": jnp.zeros(128),
    "W2": jax.random.normal(key2, (128, 10)) * np.sqrt(2 / 128),
    "b2": jnp.zeros(10),
}
m = v = jax.tree.map(jnp.zeros_like, params)
t = 0
for _ in range(10):
    order = rng.permutation(len(X_train))
    for start in range(0, len(order), 128):
        t += 1
        params, m, v = step(params, m, v, t, order[start : start + 128])

print(float((forward(params, X_test).argmax(axis=1) == Y_test).mean()))
