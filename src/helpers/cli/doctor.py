"""``alses doctor``: what is missing on this computer."""

from argparse import Namespace

from helpers.cli.layout import beside
from helpers.cli.say import tell
from helpers.cli.verb import Verb

# Columns: state, label, then the text.
STATE, LABEL = 9, 15


def _act(options: Namespace) -> int:
    from helpers import diagnosis

    del options
    found = diagnosis.diagnose()
    for each in found:
        tell(beside(f"{each.state:<{STATE}}{each.label:<{LABEL}}", each.text))
        if each.remedy:
            tell(beside(f"{'→ ':>{STATE + LABEL + 2}}", each.remedy))
    missing = [each.label for each in found if each.state == diagnosis.MISSING]
    tell(f"\nÀ réparer : {', '.join(missing)}." if missing else "\nTout ce qui est nécessaire est là.")
    return 1 if missing else 0


VERB = Verb(
    name="doctor",
    summary="dit ce qui manque à cet ordinateur, et comment le réparer",
    description=(
        "Contrôle Python et ses bibliothèques, le démarrage d’un notebook, le dossier du projet, le disque et les "
        "années présentes : une ligne chacun, « bien », « à noter » ou « MANQUE », avec le remède. Le texte se colle "
        "dans un message : il ne dit ni votre nom, ni vos dossiers. N’écrit et n’installe rien.\n"
        "Code de sortie : 0 si rien ne manque, 1 sinon."
    ),
    examples=(
        ("doctor", "le diagnostic"),
        ("doctor > diagnostic.txt", "le même dans un fichier, à envoyer"),
    ),
    act=_act,
)
