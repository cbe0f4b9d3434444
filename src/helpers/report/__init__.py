"""What leaves the repository: pages, index, manifest, sharing, and what changed since the last report."""
