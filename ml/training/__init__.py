"""Training of the two stages: the detector and the classifier of products."""
