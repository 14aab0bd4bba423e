"""Files that hold a model: safetensors and ONNX."""
