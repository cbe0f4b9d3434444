"""Minutes that nobody wrote, in which what identifies a person is between « [[ » and « ]] », to measure pseudonyms.

Two meetings of one year and the list of names that a team would keep. What the list has not and no title precedes
(« Kevin », « la mère d’Inaya ») is there too: a program that has no dictionary of persons misses it.
"""

LISTED = {"Zoé": "[élève A]", "Rose": "[élève B]", "Pierre": "[élève C]", "jean-luc petit": "", "BENALI Sofiane": "", "Łukasz": ""}

# The forms were written with these lines before the eyes.
SEEN = """
Présents : M. [[Delattre]] (principal), Mme [[Vasseur]] (CPE), Mme [[D’Hondt]] et M. [[Ben Ali]], ALSES.
Excusés : Mmes [[Roy]], [[Cordier]] et [[Le Goff]] ; M. et Mme [[Kaczmarek]].
Madame la Principale ouvre la séance à 9 h 30 en salle des professeurs.
Melle [[hadj-moussa]] présente les suivis du trimestre ; mme [[vanhoutte]] complète.
M. [[Petit]] rappelle qu’un petit groupe de sixièmes se retrouve le midi au foyer.
Mme [[Sévigné]] répond que le collège Sévigné a été invité le 12/03/2021.
Joindre la famille au [[06 12 34 56 78]] ou au [[03.20.11.22.33]], avant le 15 avril 2021.
Écrire à [[zoe.durand@exemple.fr]] ; son insta est [[insta @sofi.ane_off]], son [[snap @lea_59]].
La mère de [[Rose]] a demandé une réunion ; une rose a été dessinée au tableau.
[[Rose]] et [[Pierre]] ne déjeunent plus à la cantine ; le mur en pierre sera repeint.
[[Jean-Luc Petit]] et [[jean luc petit]] : un seul élève, deux dossiers.
[[Sofiane]] [[Benali]], né le [[12/05/2008]], vit au [[14 bis rue de la Paix 59000 Lille]].
Une élève née à Lille, le [[1er mai 2008]], INE [[123456789AB]], redouble sa cinquième.
[[Łukasz]] habite [[3, avenue Jean Jaurès]] à Wattrelos, près du stade Pierre de Coubertin.
Dr [[Lemaire]] et le docteur [[Fontaine]] suivent trois jeunes ; l’infirmière aussi.
Madame [[Fontaine]] revient sur la fontaine de la cour, toujours en panne.
Le lycée Pierre Curie et l’école Rose Luxemburg accueillent les troisièmes en stage.
Le FSE finance 3 sorties, soit 1 250 euros, entre janvier et mars 2021.
La mère d’[[Inaya]] n’a pas répondu ; son frère [[Kevin]] est en quatrième.
Les parents de [[Mathis]] contestent l’exclusion ; [[Mathis]] reviendra lundi.
Contact : [[m.roy (at) exemple.fr]], [[https://exemple.fr/profil/leo]].
""".strip()

# These were written after, and changed nothing: the shares that are published are theirs.
HELD_OUT = """
Étaient présents : Mme [[Wojciechowski]], M. [[Van den Berghe]], M. [[Da Silva]], Mme [[Lamia Haddou]] et le CPE.
Monsieur [[delcourt]] remplace Madame [[Caron-Dubois]], en congé jusqu’au 30/06/2021.
Les professeurs principaux, Mmes [[Leclercq]] et [[Morel]], ont signalé quatre situations.
[[Leclercq]] demande un bilan ; [[caron-dubois]] l’enverra avant le 21 mai.
L’équipe de prévention a rencontré [[Amel]] et [[Noah]] devant le portail.
[[Amel]] (tél. [[07-81-22-33-44]]) ne veut plus venir ; sa sœur [[Yasmine]] l’accompagne.
Le père d’[[Amel]] travaille de nuit, sa tante [[Nadia]] la garde au [[8 impasse des Lilas]].
[[Violette]] préfère l’atelier théâtre ; elle porte un pull violette et or.
Le jeune [[Théo]], scolarisé au collège Anne Frank, est suivi par la Maison des ados.
[[Lambert]] [[Hugo]], 13 ans, a été reçu deux fois.
Adresse de la famille : [[112, boulevard de Strasbourg, 59100 Roubaix]].
Le RDV avec Mme la Proviseure du lycée Baggio est fixé au 4 mai 2021 à 17 h 15.
Discord : [[@noah.59]] ; mail des parents : [[famille_morel59@exemple.org]].
[[Noah]] est né en [[2007]] ; son dossier porte le numéro [[987654321CD]].
Une classe de 28 élèves, 12 filles et 16 garçons, a travaillé sur le harcèlement.
Le budget de 2 400 euros couvre 6 séances à 400 euros.
M. [[Marchand]] a vu un marchand ambulant devant la grille ; Mme [[Rivière]] aussi.
Le Docteur [[Benoît]] propose un bilan orthophonique à [[Inès]].
Mlle [[Inès]] [[Belkacem]] a répondu par SMS le 9 avril 2021 depuis le [[0764120987]].
Le CSAPA, la MDPH, l’ASE et la PJJ sont associés au projet.
L’AS, Mme [[Lesage]], et l’infirmière, Mme [[Poulain]], reçoivent le jeudi.
Au quartier des Trois Ponts, les médiateurs de la ville interviennent le mercredi.
Madame [[T.]] et Monsieur [[B.]] ont souhaité rester discrets.
[[Enzo]], [[Lina]] et [[Moussa]] se sont inscrits au stage de vacances.
Le Département du Nord et l’Éducation nationale renouvellent la convention pour trois ans.
""".strip()
LISTED_HELD_OUT = {"amel": "", "NOAH": "", "Violette": "", "Inès": "[élève I]", "lambert": ""}
