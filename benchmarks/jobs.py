"""The table of jobs."""

from neural_network.support.registry import Registry

from .job import Job, Training

FIRST = Training()  # the training of the first command
ADAM_128 = Training(hidden=128, batch_size=128, optimizer="adam", learning_rate=0.001, epochs=10)
RECIPE = Training(  # docs/benchmarks.md says how it was chosen
    hidden=192,
    batch_size=512,
    optimizer="adam",
    learning_rate=0.015,
    epochs=5,
    schedule="one-cycle",
    label_smoothing=0.05,
)

JOBS: Registry[Job] = Registry("job")

JOBS.register("seed", Job("step", "10 hidden, full batch of 41,000, SGD: a step", 0.6, FIRST, 41_000, 3))
for _name, _target, _batch, _hidden, _optimizer, _rate, _repeats in (
    ("sgd-10", 0.45, 64, 10, "sgd", 0.1, 150),
    ("sgd-128", 0.75, 64, 128, "sgd", 0.1, 60),
    ("adam-128", 0.8, 128, 128, "adam", 0.001, 40),
    ("adam-800", 0.95, 128, 800, "adam", 0.001, 15),
    ("adam-2048", 1.0, 128, 2048, "adam", 0.001, 6),
):
    _about = f"{_hidden:,} hidden, batches of {_batch}, {'Adam' if _optimizer == 'adam' else 'SGD'}: a step"
    JOBS.register(_name, Job("step", _about, _target, Training(_hidden, _batch, _optimizer, _rate), repeats=_repeats))
JOBS.register(
    "predict-one", Job("predict", "one image, 128 hidden, warm", 0.3, Training(hidden=128), images=1, repeats=500)
)
JOBS.register(
    "predict-all", Job("predict", "10,000 images, 800 hidden", 1.0, Training(hidden=800), images=10_000, repeats=2)
)
JOBS.register(
    "cold", Job("cold", "a new process: import, load a model, predict one image", 0.25, Training(hidden=128), images=1)
)
JOBS.register(
    "augment", Job("augment", "affine and elastic deformation of 10,000 images", 0.8, images=10_000, tolerance=0.1)
)
JOBS.register("csv", Job("csv", "Kaggle's train.csv of 42,000 lines to arrays", 1.0, images=42_000))
JOBS.register(
    "seeds-16", Job("many", "sixteen networks of the seed job: 10 steps", 0.3, FIRST, 41_000, 10, networks=16)
)
JOBS.register("memory", Job("memory", "peak memory of the seed job", 0.6, FIRST, 41_000, 2, unit="bytes"))
JOBS.register(
    "time-to-98",
    Job("train", "from arrays in memory to 98.0 % on the test images", 0.7, RECIPE, rounds=10, accuracy=0.98),
)
for _name, _about, _training in (
    ("run-seed", "a whole script: 10 hidden, 500 full-batch steps, test accuracy", Training(epochs=500)),
    ("run-adam-128", "a whole script: 128 hidden, Adam, batches of 128, ten epochs, test accuracy", ADAM_128),
):
    _script = _name.removeprefix("run-").replace("-", "_")
    JOBS.register(_name, Job("script", _about, 1.0, _training, tolerance=0.01, script=_script))
