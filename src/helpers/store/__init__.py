"""Open and save: the only module that touches data/.

Raw and reference tables are read as received and validated against their Table Schema; processed tables are read back
only if they are still those that 01 wrote, from the raw files as they are now.
"""

from helpers.store.cards import (
    count_rows,
    describe_inputs,
    fingerprint,
    input_files,
    provenance,
    read_card,
    read_contexts,
)
from helpers.store.export import export_comparisons, export_indicators
from helpers.store.processed import load, load_earlier, load_result, save_result, save_year
from helpers.store.raw import (
    RawYear,
    faults_in,
    present,
    read_earlier_figures,
    read_raw,
    read_reference,
    read_registers,
    read_year,
)
from helpers.store.receive import receive
from helpers.store.series import load_series

__all__ = [
    "RawYear",
    "count_rows",
    "describe_inputs",
    "export_comparisons",
    "export_indicators",
    "faults_in",
    "fingerprint",
    "input_files",
    "load",
    "load_earlier",
    "load_result",
    "load_series",
    "present",
    "provenance",
    "read_card",
    "read_contexts",
    "read_earlier_figures",
    "read_raw",
    "read_reference",
    "read_registers",
    "read_year",
    "receive",
    "save_result",
    "save_year",
]
