"""Open and save: the only room that touches data/. What was received is checked here."""

from helpers.data.coding_files import (
    THEMES,
    choose_quotation,
    codings,
    export_coding,
    load_coding,
    load_codings,
    quoted_file,
    read_quoted,
    save_coded,
    save_coding,
)
from helpers.data.exports import receive
from helpers.data.new_files import (
    add_to_book,
    make_year,
    new_tables,
    read_simulated,
    refuse_beside_export,
    save_simulated,
)
from helpers.data.private import (
    label_persons,
    load_minutes,
    load_persons,
    load_records,
    load_site_counts,
    load_witnesses,
    minutes_faults,
    save_minutes,
    save_persons,
    save_site_counts,
    save_witnesses,
)
from helpers.data.processed import (
    export_comparisons,
    export_indicators,
    export_site,
    export_sites,
    is_exploring,
    load,
    load_earlier,
    load_earlier_indicators,
    load_indicators,
    load_result,
    load_series,
    load_site_sizes,
    load_sites,
    load_territories,
    require_current,
    rounded_figures,
    save_result,
    save_shareable,
    save_year,
    shareable_inputs,
)
from helpers.data.raw import (
    count_rows,
    describe_inputs,
    export_faults,
    freeze_exports,
    provenance,
    published_checksum,
    read_colleges,
    read_earlier_figures,
    read_followups,
    read_raw,
    read_reference,
    read_registers,
    read_year,
)
from helpers.data.reading import (
    date_exports,
    read_card,
    read_contexts,
    read_export_card,
    simulated_exports,
)
from helpers.data.table_checks import table_faults
from helpers.data.to_complete import (
    adopt,
    read_registers_for,
    share,
    shareable,
    write_to_complete,
)
from helpers.data.year_checks import (
    account_for,
    faults,
    forget_exports,
    read_earlier,
    read_export,
    rejected_rows,
    require_usable,
    unknown_codes,
    unread,
)
