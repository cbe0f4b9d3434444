"""What kind of document a coding rests on, when the file that was given could not say it."""

from dataclasses import replace

from helpers.exchange.faults import fault, shown
from helpers.exchange.model import KINDS, Document, Project


def without_kind(project: Project) -> list[Document]:
    """The documents that do not say whether they are words said, minutes or a synthesis, in their order.

    >>> textes = (exchange.Document("réunion 1", kind="verbatim"), exchange.Document("réunion 2"))
    >>> [texte.name for texte in exchange.without_kind(exchange.Project(documents=textes))]
    ['réunion 2']
    """
    return [document for document in project.documents if not document.kind]


def with_kind(project: Project, kind: str) -> Project:
    """The coding whose documents that do not say their kind have this one, of `exchange.KINDS`; the others keep theirs.

    Taguette has no room for it, nor QualCoder without attributes: only the person who imports knows.

    Raises
    ------
    DataError
        for a kind that is none of ``exchange.KINDS``.

    >>> textes = (exchange.Document("réunion 1", kind="verbatim"), exchange.Document("réunion 2"))
    >>> codage = exchange.with_kind(exchange.Project(documents=textes), "compte_rendu")
    >>> [texte.kind for texte in codage.documents]
    ['verbatim', 'compte_rendu']
    """
    if kind not in KINDS:
        raise fault(f"« {shown(kind)} » n’est pas une nature de document ; au choix : {', '.join(KINDS)}.")
    return replace(project, documents=tuple(replace(each, kind=each.kind or kind) for each in project.documents))
