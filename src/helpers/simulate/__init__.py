"""Records of persons who do not exist: plausible ones, and ones that give the printed figures again."""
