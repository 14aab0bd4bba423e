"""What a network is made of: activations, losses, initializers, metrics."""
