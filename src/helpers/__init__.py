"""The yearly report on the ALSES network, from raw files to pages. Rooms, each importing only those above it:

errors, paths, parameters, typography, palette, system (files and programs), provenance (what a result was made from)
schema      catalogue of indicators, table schemas, vocabulary, thresholds
codings     coded segments: tools, code book, agreement, pseudonyms
clean       raw to tidy, with a ledger                                             (01)
indicators  counts, printed values to intervals, audit of a note                   (01)
data        opens, checks and saves; the only room that touches data/
analysis    descriptions, comparisons, coded statements                            (02, 03, 04)
text        French numbers, sentences, tables;  charts: drawings with what travels with them
disclosure  controlled rounding of a release, and the intruder test that judges it
report      pages, index, manifest, sharing, diff
kernels, run  the order of the notebooks, Papermill, nbconvert, publication
workbench   JupyterLab in French;  simulate: persons who do not exist;  cli: the `alses` command
"""
