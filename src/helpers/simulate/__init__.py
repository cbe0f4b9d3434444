"""Records of persons who do not exist: plausible ones, and ones that reproduce published values."""
