"""What invented persons answer, and the ways in which it is written."""

import itertools

import numpy as np

# How often each modality is answered, and the spellings that come beside its own id (they share one answer in seven).
YES_NO = {"oui": (54, "Oui", "OUI", "o", "1"), "non": (46, "Non", "NON", "n", "0")}
ANSWERS: dict[str, dict[str, tuple]] = {
    "suivi_par": {"alses": (34, "ALSES", "Alses "), "autre_educateur": (66, "Autre éducateur", "autre educateur")},
    "situation": {"collegien": (60, "Collégien", "collégien "), "lyceen": (20, "Lycéen"), "autre": (20, "Autre")},
    "niveau": {
        "6e": (14, "6ème", "6EME", "6e1"),
        "5e": (20, "5ème", "5E2"),
        "4e": (32, "4ème", "4EME"),
        "3e": (28, "3ème", "3e4"),
        "autre": (4, "SEGPA", "ULIS"),
    },
    "sexe": {"filles": (42, "F", "Fille", "Féminin"), "garcons": (58, "M", "Garçon", "masculin")},
    "nouvel_accompagnement": YES_NO,
    "origine": {
        "college": (46, "Collège", "COLLEGE"),
        "travail_de_rue": (20, "Travail de rue"),
        "bouche_a_oreille": (12, "Bouche à oreille"),
        "demarche_personnelle": (10, "Démarche personnelle"),
        "famille": (5, "Famille"),
        "partenaire": (5, "Partenaire"),
        "autre": (2, "Autre"),
    },
    "orienteur": {
        "direction_vie_scolaire": (70, "Direction vie scolaire"),
        "enseignants": (20, "Enseignants"),
        "assistants_service_social": (9, "Assistants service social"),
        "autre": (1, "Autre"),
    },
    "parents_associes": YES_NO,
}
THEMES = {
    "scolarite": (38, "Scolarité"),
    "exclusion_scolaire": (11, "Exclusion scolaire"),
    "besoin_de_parler": (27, "Besoin de parler"),
    "loisirs_culture_vacances": (15, "Loisirs culture vacances"),
    "difficultes_familiales": (3, "Difficultés familiales"),
    "sante_addiction": (2, "Santé addiction"),
    "mobilite": (1, "Mobilité"),
    "aides_administratives": (2, "Aides administratives"),
    "autre": (1, "Autre"),
}
ANSWERS["demande_initiale"] = THEMES
UNKNOWN = {"": 60, "NSP": 8, "réponse imprévue": 2}  # in a thousand answers
UNKNOWN_MEANS = {"": "", "NSP": "ne_sait_pas", "réponse imprévue": "non_prevu"}


def spellings(column: str) -> tuple[list[str], np.ndarray, dict[str, str]]:
    """Every spelling of a closed list, how likely it is, and what it means."""
    texts, weights, means = list(UNKNOWN), [each / 1000 for each in UNKNOWN.values()], dict(UNKNOWN_MEANS)
    if column == "suivi_par":
        weights[0] = 0  # never empty: `check` would ask who follows them
    total = sum(answer[0] for answer in ANSWERS[column].values())
    for modality, (weight, *others) in ANSWERS[column].items():
        share = weight / total * (1 - sum(UNKNOWN.values()) / 1000)
        texts += [modality, *others]
        weights += [share * 6 / 7, *(share / 7 / len(others) for _ in others)]
        means |= {text: modality for text in (modality, *others)}
    return texts, np.array(weights) / np.sum(weights), means


def goals() -> tuple[list[str], np.ndarray, dict[str, str]]:
    """Every set of one to four objectives, by ids or in words, how likely each is, and what it means."""
    sets = [each for size in (1, 2, 3, 4) for each in itertools.combinations(THEMES, size)]
    weights = np.array([np.prod([THEMES[theme][0] / 60 for theme in each]) for each in sets])
    ids = [";".join(each) for each in sets]
    words = [";".join(THEMES[theme][1] for theme in each) for each in sets]
    shares = 0.94 * weights / weights.sum()
    texts, meanings = ["", *ids, *words], ["", *ids, *ids]
    return texts, np.array([0.06, *(shares * 0.9), *(shares * 0.1)]), dict(zip(texts, meanings, strict=True))
