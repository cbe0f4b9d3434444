"""What 02, 03 and 04 share and what is too hard for a cell: descriptions, comparisons, coded statements."""
