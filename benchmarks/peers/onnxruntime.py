"""onnxruntime: the exported model, in a runtime that is made for prediction only."""

from pathlib import Path

import numpy as np
import onnxruntime

from ..worker import THREADS

OWN = ()
MODEL = "model.onnx"


class Predictor:
    """A session of the exported model."""

    def __init__(self, folder: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        self.session = onnxruntime.InferenceSession(folder / MODEL, options, providers=["CPUExecutionProvider"])

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        return self.session.run(["probabilities"], {"X": rows})[0]


COLD = """
import json, sys
import numpy as np
import onnxruntime

session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
print(json.dumps(session.run(["probabilities"], {"X": np.load(sys.argv[2])})[0].tolist()))
"""
