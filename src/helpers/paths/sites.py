"""The folders of sites: a name that any disk takes, and that no other site has."""

import hashlib
import re
import unicodedata

# The folder of each kind of site, in a report and beside its executed notebooks.
_KINDS = {"association": "associations", "college": "colleges"}
# Names that Windows keeps for its devices.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)")
_MOST = 40


def slug(name: str) -> str:
    """A name in plain small letters and dashes; what this loses of it is told apart by six figures of a checksum.

    >>> paths.slug("0592714E"), paths.slug("Itinéraires"), paths.slug("AUX")
    ('0592714e', 'itineraires-e99a24', 'aux-1898ed')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    short = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_MOST].strip("-")
    if short and short == name.lower() and not _DEVICES.fullmatch(short):
        return short
    return "-".join(filter(None, [short, hashlib.sha256(name.encode()).hexdigest()[:6]]))


def site_folder(site_type: str, site: str) -> str:
    """The folder of a site, from that of its report.

    >>> paths.site_folder("association", "AAPI")
    'associations/aapi'
    """
    return f"{_KINDS[site_type]}/{slug(site)}"
