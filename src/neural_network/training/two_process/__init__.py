"""Mini-batches of large networks, by two processes that train half of the hidden units each and add up their logits."""
