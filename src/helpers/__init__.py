"""The yearly report on the ALSES network, from raw files to pages.

In the order of the pipeline:

paths        where is it?
schema       what does a column or an indicator mean, what may it contain?
records      persons received and kept, as columns of codes
parameters   what does a notebook take, and is it possible?
store        open and save; the only module that touches data/
checks       is what was received usable?
clean        raw to tidy, with a ledger                        (01)
indicators   rows to indicators, printed figures to intervals  (01)
facts        one figure: find it, read its share, name it
comparisons  one comparison: find it, read its measures
describe     the tables of the year                            (02)
compare      differences between two years                     (03)
themes       coded statements                                  (04)
typography   no-break spaces, for pages and messages
wording      French numbers, sentences, fragments
tables       a table from a finished frame
charts       a figure from a finished frame
disclosure   counts of persons rounded together, before anything shows them
protection   a year's aggregates, protected, for 02 to 04
system       is a program running, is a file on the disk?
browser      Chromium, Chrome or Edge of this computer, if any
publish      pages, index, manifest, whole or nothing
auditor      what can a reader find again in what was published?
changes      which figures moved since the last report, after what
freshness    what a result was made from, and what changed since
kernels      forked kernels: the libraries are loaded once
pipeline     the order: Papermill, then nbconvert
inventory    which years are here, in what state?
diagnosis    is this computer ready? Standard library only
simulate     records of persons who do not exist
exchange     codings of Taguette, QualCoder and REFI-QDA, in and out
codebook     which code of the book is a code of a coding?
pseudonyms   what stands in the place of a name?
codings      codings counted and compared, in tables
workbench    JupyterLab in French, its form and its recipes
environment  environment.yml from pyproject.toml
dictionary   docs/data-dictionary.md from the schemas
cli          the `alses` command
"""
