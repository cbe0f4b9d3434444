"""Exports of SPSS and Stata, old workbooks, titles on two lines; formats refused by their name, with the remedy."""

import base64
import zlib

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from helpers import data, paths
from received import HEADER, ROWS, YEAR, Read, faults, prepare

# An .xls of HEADER and ROWS, which no library with a wheel writes any more.
XLS = (
    'c-rllPiP!f9LIk%v;XsNlP1-q8e_ES9}7vER0M6;2x%+W7%ifRu+HwjhOx6VVRkmOy;!X|3W5hwycBxzQuSgLJ=mKEp`r&t5E8u@JP8UO+N|H-'
    'Z)cx7nnMG&sO)c<-@MQJ^Ly_*^X9$T`RZE#+Qkn?*6A;Hge=-@WGU5_XW+=TAWtZ7G&tEhXK*w+_MftB1~)R5q)&UkO!GbD`@K#keUP{cPxJ$h'
    '7igIld{2$tMte-gU>iJ!!|(>Zi=18>mQf9eFN@zH{(Y(WnfON~=XLRiQFqOFo~{)Z_CFNO;^)k9DeEPUdqvuOCpptJL|^bMe)$cfSvN^@fn&S>'
    '&VtcIH(es!w`0mvf$gr*Aa39#`mHfW^lR%${d}yGe|z%{LjLdZ{PY(2Z<-0B^VE1zCip5Q<Ri)ELpXnC*$=|&^p-IL-iM=$$f+nVbWS<87owW&'
    'c}gMIuGRdqV~39KVR5e2ofW6JYzLfn!n)++q4t~=W!KSNO`TCgV86bi+@f7B`_*N8$x~It#!T`9XUXvt7KMtc+FnH!9nT3d*AxQ!rI%D0BdDPm'
    'U7$s+*z8`_a%f?Ps#sB_dWdIfaT=W+oSL0R(Bp`D&i63rxhGD}pG2gx@46dHj`C3RL4{d;)I#{WlWrFMw8Y)jkhB9Q+~{jdKU{<S4fHlOGdVRo'
    '$vtpy2cdDkR>n9%hdAO1i&c7vc*?FiuB)&;RsE9VA_(d%%yEp_$*Ds+#tdK8dKf6ga?h4Gl*bZq4G`(cXC8+S>Izw2-F0)k7s}e1kFA|OvZi#y'
    'SEx_Y{j##;u{&OW@0YJnloks`$vH3kWph{E%@ctd^a{5?<6bFAi0{F%Us^mM{#A*(OVT6a2eBUDJh3<wC5~Q@I<HCT1p1i~`=+p`Exi}%)t{gG'
    'cy#s0!ak%gA6q{+c=_AHMH<I0UqO5RU7!QT0pp#w**+<>&PKEXe=mOcZ>w>}%tvEyM6V8gbc1q|>=)l8zB+~`GrCqyvOt!m1Sp{?2}){8fl`{%'
    'ptPn8D5EJ0%4*7ia+<n8U7ET<-H{Sw3nhjq>51waqNG<7E9uk3O7famNxvpmGN6f-?9jwY1~svgAx*4grzTc%ho-JrJ63XMq{Q4pi785kqxxn{'
    'i784(G_@-+V@ga>vP%;yxl0o(xmyz}8P&u}?$MNs5i1$f#7gdslvrCRu|&yuRNsmzv0_RrQF5OqR&u{4R<c`D`#rHl$%H0WvPV-k7Bd$kR<f6e'
    'YNkM}<cK*yAMwS<`^uk|qmFf~V;$>Q$8NnD^4>+VcP8Y`s`(z9j=t;Mz_Ho+O!B|Ar^&}J#9P)pc{m4jc3bmjCnb$mEaN8Iw7wUzJ&WE0I!z@R'
    '$LVd)U;Ga-+V$LY!~8$@2yM6j&Fzfy7We-LHVbDs'
)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    return prepare(tmp_path, monkeypatch)


@pytest.mark.parametrize(("suffix", "write"), [("sav", pyreadstat.write_sav), ("dta", pyreadstat.write_dta)])
def test_statistical_files_are_read_by_their_labels(suffix, write):
    table = pd.DataFrame(ROWS, columns=HEADER).rename(columns={"association": "q1", "nouvel_accompagnement": "nouvel"})
    table = table.assign(annee=2041.0, sexe=[1.0, 2.0, None], niveau=[1.0, 7.0, 2.0])
    titles = ["Association" if name == "q1" else "Nouvel accompagnement" if name == "nouvel" else "" for name in table]
    codes = {"sexe": {1: "Fille", 2: "Garçon"}, "niveau": {1: "6e", 2: "5e"}}
    write(table, paths.raw(YEAR) / f"accompagnements.{suffix}", column_labels=titles, variable_value_labels=codes)
    read = Read()
    assert (read.columns["annee"][0], read.columns["association"]) == ("2041", ["Horizon", "Escale", "Escale"])
    assert (read.columns["sexe"], read.columns["niveau"]) == (["Fille", "Garçon", ""], ["6e", "7", "5e"])
    assert read.columns["nouvel_accompagnement"] == ["oui", "non", "OUI"]


def test_an_old_workbook_is_read():
    (paths.raw(YEAR) / "accompagnements.xls").write_bytes(zlib.decompress(base64.b85decode(XLS)))
    assert Read().rows == ROWS


def two_lines(upper: list[str], lower: list[str]) -> None:
    made = openpyxl.Workbook()
    for row in [["Export du 12 janvier"], upper, lower, *ROWS]:
        made.active.append(row)
    made.save(paths.raw(YEAR) / "accompagnements.xlsx")


def test_titles_on_two_lines_are_joined():
    upper = [*HEADER[:4], "Élève", "", "", *HEADER[7:12], "Date de"]
    two_lines(upper, [*[""] * 4, *HEADER[4:7], *[""] * 5, "début"])
    assert Read().rows == ROWS and Read().lines == [4, 5, 6]


def test_a_first_person_whose_answers_look_like_titles_is_not_a_second_line_of_titles():
    header = ["Provenance du jeune" if name == "origine" else name for name in HEADER]
    two_lines(header, ROWS[0])
    assert Read().lines == [3, 4, 5, 6]


@pytest.mark.parametrize(("name", "content", "sentence"), [
    ("accompagnements.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "le classeur est protégé par un mot de passe ; ouvrez-le, enlevez le mot de passe et enregistrez-le."),
    ("accompagnements.rds", b"\x1f\x8b\x08", 'un fichier R : dans R, write.csv2(readRDS("accompagnements.rds"), "accompagnements.csv", row.names = FALSE, na = "", fileEncoding = "UTF-8") en fait une table ; retirez ensuite le fichier R.'),
    ("accompagnements.sav", b"$FL2 et rien d'autre", "le fichier est tronqué ou abîmé ; refaites l’export."),
], ids=["password", "R", "damaged"])  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_by_its_name_with_the_remedy(name, content, sentence):
    (paths.raw(YEAR) / name).write_bytes(content)
    assert faults() == [f"data/raw/2041/{name} : {sentence}"]


def test_all_that_is_wrong_is_told_at_once_the_worst_first():
    header = ["Mystère" if name == "origine" else "Remarque" if name == "date_debut" else name for name in HEADER]
    rows = [[*row[:5], "6e", "garçonne", *row[7:]] for row in ROWS[:2]]
    rows += [[identifier, *ROWS[0][1:9], answer, *ROWS[0][10:]] for identifier, answer in (("P3", "mobilitée"), ("P4", "mobilité"))]
    text = "\n".join(";".join(f'"{cell}"' for cell in row) for row in [header, *rows])
    (paths.raw(YEAR) / "accompagnements.csv").write_text(text, encoding="utf-8")
    told = [fault for fault in data.faults(YEAR) if "accompagnements" in str(fault)]
    assert [fault.persons for fault in told][:3] == [None, 2, 1]
    assert "« origine »" in str(told[0]) and "« garçonne » (2 fois)" in str(told[1]) and "« mobilitée »" in str(told[2])
    asked = {(each.column, each.value): each.persons for each in data.unread(YEAR) if each.column != "association"}
    assert asked == {("titre", "Mystère"): 4, ("titre", "Remarque"): 4, ("sexe", "garçonne"): 2, ("demande_initiale", "mobilitée"): 1}


def test_a_college_without_uai_is_listed_with_the_registered_one_that_it_resembles():
    header, names = [*HEADER, "college"], ["Ronsart Hautmont", "Collège de Lille", "Collège Turgot (Denain)"]
    text = "\n".join(";".join(f'"{cell}"' for cell in row) for row in [header, *([*row, name] for row, name in zip(ROWS, names, strict=True))])
    (paths.raw(YEAR) / "accompagnements.csv").write_text(text, encoding="utf-8")
    left = data.write_to_complete(YEAR, [each for each in data.unread(YEAR) if each.column == "college"])
    assert [(each.value, each.first_line, each.is_shown, each.is_asked) for each in left] == [("Collège de Lille", 3, False, False), ("Ronsart Hautmont", 2, False, False)]
    table = pd.read_csv(paths.raw(YEAR) / "a_completer.csv", sep=";", encoding="utf-8-sig", keep_default_na=False)
    assert table["peut-être"].tolist() == ["", "Collège Pierre de Ronsard (Hautmont)"]
