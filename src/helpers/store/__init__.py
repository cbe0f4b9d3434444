"""Open and save: the only module that touches data/.

Raw and reference tables are read as received and validated against their Table Schema; processed tables are read back
only if they are still those that 01 wrote, from the raw files as they are now.
"""

from helpers.store.book import add_to_book
from helpers.store.cards import (
    date_exports,
    expected_associations,
    read_card,
    read_contexts,
    read_export_card,
    simulated_exports,
)
from helpers.store.coded import load_codings, load_earlier_codings, possible_file, quoted_file, read_quoted, save_coded
from helpers.store.codings import codings, load_coding, save_coding
from helpers.store.diffusion import save_shareable, shareable_inputs
from helpers.store.export import export_comparisons, export_indicators, export_sites
from helpers.store.export_coding import export_coding
from helpers.store.fingerprints import fingerprint
from helpers.store.frozen import changed_exports, counted, export_faults, freeze_exports, is_frozen
from helpers.store.inputs import count_rows, describe_inputs, input_files, provenance
from helpers.store.minutes import count_replaced, load_minutes, minutes_faults
from helpers.store.new_year import make_year, new_tables
from helpers.store.private import load_persons, load_records, save_persons, save_rejected
from helpers.store.processed import load, load_earlier, load_result, require_current, save_result, save_year
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
from helpers.store.receive import receive, receive_earlier
from helpers.store.scope import (
    is_exploring,
    load_earlier_indicators,
    load_indicators,
    load_site_sizes,
    load_sites,
    rounded_figures,
)
from helpers.store.series import load_series
from helpers.store.simulated import read_simulated, refuse_beside_export, save_simulated
from helpers.store.site_counts import load_site_counts, save_site_counts

__all__ = [
    "RawYear",
    "add_to_book",
    "changed_exports",
    "codings",
    "count_replaced",
    "count_rows",
    "counted",
    "date_exports",
    "describe_inputs",
    "expected_associations",
    "export_coding",
    "export_comparisons",
    "export_faults",
    "export_indicators",
    "export_sites",
    "faults_in",
    "fingerprint",
    "freeze_exports",
    "input_files",
    "is_exploring",
    "is_frozen",
    "load",
    "load_coding",
    "load_codings",
    "load_earlier",
    "load_earlier_codings",
    "load_earlier_indicators",
    "load_indicators",
    "load_minutes",
    "load_persons",
    "load_records",
    "load_result",
    "load_series",
    "load_site_counts",
    "load_site_sizes",
    "load_sites",
    "make_year",
    "minutes_faults",
    "new_tables",
    "possible_file",
    "present",
    "provenance",
    "read_card",
    "read_contexts",
    "read_earlier_figures",
    "read_export_card",
    "quoted_file",
    "read_quoted",
    "read_raw",
    "read_reference",
    "read_registers",
    "read_simulated",
    "read_year",
    "receive",
    "receive_earlier",
    "refuse_beside_export",
    "require_current",
    "rounded_figures",
    "save_coded",
    "save_coding",
    "save_persons",
    "save_rejected",
    "save_result",
    "save_shareable",
    "save_simulated",
    "save_site_counts",
    "save_year",
    "shareable_inputs",
    "simulated_exports",
]
