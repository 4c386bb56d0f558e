"""Words of the generated company: every name, place and number is made up.

SIREN start with 000, which no company bears; telephone numbers are those that ARCEP keeps for
fiction; e-mail domains end in `.example` (RFC 2606).
"""

from __future__ import annotations

from typing import Final

from encours.config.demo.model import Company, Terms


def _words(text: str) -> tuple[str, ...]:
    """Read words between bars."""
    return tuple(text.split("|"))


PLACES: Final = _words(
    "du Val|des Mauges|du Bocage|de l'Aubance|de la Sablière|du Pont-Neuf|des Tilleuls|du Lys|"
    "de la Roseraie|des Quatre-Vents|du Moulin|de l'Étang|des Glycines|du Marais|de la Clairière|"
    "des Coteaux|du Prieuré|de la Fontaine|des Ormeaux|du Verger|de la Garenne|des Alouettes|"
    "du Parc|de la Chênaie|des Bruyères|du Vieux-Puits|de l'Orée|des Hautes-Haies|du Grand-Clos|"
    "de la Métairie|des Acacias|du Logis|de Kerval|des Trois-Chemins|de la Vallière"
)
TRADES: Final = (
    ("Jardinerie {0}", "SAS"),
    ("Pépinières {0}", "SARL"),
    ("Les Jardins {0}", "SARL"),
    ("Espaces verts {0}", "SARL"),
    ("Paysages {0}", "SAS"),
    ("Fleurs {0}", "EURL"),
    ("Horticulture {0}", "EARL"),
    ("Serres {0}", "SCEA"),
    ("Comptoir vert {0}", "SAS"),
    ("Atelier floral {0}", "SARL"),
)
SURNAMES: Final = _words(
    "Barbier|Chevreau|Delaunay|Étienne|Fouquet|Guérin|Hamelin|Jolivet|Kermarec|Lebrun|Ménard|"
    "Noël|Orain|Pasquier|Quéméner|Rabouin|Sauvage|Thébault|Vasseur|Aubry|Brossard|Clément|"
    "Drouet|Esnault|Ferrand|Gaultier|Houdayer|Lemoine|Marchand|Poirier"
)
FIRST_NAMES: Final = _words(
    "Camille|Jean-Luc|Sophie|Hélène|Marc|Aïcha|Benoît|Claire|Damien|Élodie|Franck|Gaëlle|"
    "Hugues|Inès|Julien|Karine|Loïc|Maëlle|Nadia|Olivier"
)
TOWNS: Final = (
    ("49000", "Angers"),
    ("49300", "Cholet"),
    ("44000", "Nantes"),
    ("53000", "Laval"),
    ("72000", "Le Mans"),
    ("85000", "La Roche-sur-Yon"),
    ("37000", "Tours"),
    ("35000", "Rennes"),
    ("86000", "Poitiers"),
    ("79000", "Niort"),
)
STREETS: Final = _words(
    "rue des Serres|rue de la Gare|avenue du Maine|route de Nantes|allée des Pépinières|"
    "chemin des Vignes|boulevard du Lac|rue du Commerce|impasse des Hirondelles|"
    "place de l'Église"
)
VILLAGES: Final = _words(
    "Saint-Aubin-des-Prairies|Val-d'Érable|Montreuil-aux-Bois|La Chapelle-Vireton|"
    "Beaulieu-le-Vert|Champtocé-l'Abbaye|Les Rosiers-Hauts|Saint-Mars-du-Lac|"
    "Villeneuve-en-Bocage|Pont-Sainte-Aure|La Ferrière-Blanche|Noyant-les-Saules"
)
SCHOOLS: Final = (
    "Lycée horticole Jeanne-Baret",
    "Lycée agricole du Haut-Bocage",
    "EPLEFPA des Coteaux de Loire",
    "Lycée Olivier-de-Serres Val de Sèvre",
    "CFA du paysage Ouest",
)
ASSOCIATIONS: Final = (
    "Association Les Jardins partagés du Lac",
    "Association Fleurir la Vallée",
    "Les Jardins familiaux de Belle-Île-aux-Prés",
    "Association Terre et Semences",
    "Comité des fêtes de Saint-Aubin-des-Prairies",
    "Ateliers solidaires Graines d'avenir",
    "Amicale des roses anciennes",
    "Foyer rural de Montreuil-aux-Bois",
)
FOREIGNERS: Final = (
    ("Gärtnerei Lindenhof GmbH", "DE", "en", "DE100000008", "50667", "Köln"),
    ("Bloemenhandel De Kroon BV", "NL", "en", "NL000000008B01", "1431 GB", "Aalsmeer"),
    ("Jardins du Condroz SRL", "BE", "fr", "BE0000000097", "5590", "Ciney"),
    ("Vivai Santa Chiara SRL", "IT", "en", "IT00000010017", "51100", "Pistoia"),
    ("Viveros del Norte SL", "ES", "en", "ESB00000018", "48001", "Bilbao"),
    ("Pflanzenhof Saar GmbH", "DE", "en", "DE100000016", "66111", "Saarbrücken"),
    ("Serres de Meuse SA", "BE", "fr", "BE0000000196", "4000", "Liège"),
    ("Greenfield Plants Ltd", "IE", "en", "IE0000001B", "D01 F5P2", "Dublin"),
)
SUPPLIERS: Final = (
    ("FSERRES", "Serres réunies de l'Ouest", "607200", 10),
    ("FBULBES", "Bulbes et Semences Haarlem BV", "607300", 5),
    ("FTERREA", "Terreaux du Marais", "607100", 20),
    ("FPOTERI", "Poteries Vallon-Rouge", "607100", 20),
    ("FOUTILL", "Outillage Forgevert", "607100", 20),
    ("FPLANTS", "Plants et Potagers Caradec", "607300", 5),
    ("FARBRES", "Pépinières Grand-Chêne", "607200", 10),
    ("FIRRIGA", "Irrigation Delta-Goutte", "607100", 20),
    ("FENGRAI", "Engrais naturels Humus Plus", "607100", 20),
    ("FTRANSP", "Transports Rivoal", "624100", 20),
    ("FCARBUR", "Énergies du Bocage", "606100", 20),
    ("FASSURA", "Mutuelle du Négoce", "616000", 0),
    ("FEXPERT", "Cabinet Comptoir & Associés", "622600", 20),
    ("FLOYERS", "SCI Les Entrepôts", "613200", 20),
    ("FTELECO", "Télécom Fictive", "626000", 20),
    ("FENTRET", "Maintenance Atlantique", "615500", 20),
)
SALESPEOPLE: Final = ("Nadia Orain", "Loïc Kermarec", "Claire Pasquier", "Marc Thébault")

COMPANY: Final = Company(
    name="Vertrameau Distribution SAS",
    code="VERTRAMEAU",
    siren="000325175",
    vat_number="FR08000325175",
    iban="FR7630006000011234567890189",
    bic="AGRIFRPP",
    street="3 allée des Pépinières",
    postcode="49130",
    city="Les Ponts-de-Cé",
    email="comptabilite@vertrameau.example",
    phone="02 61 91 00 10",
)

NET_30: Final = Terms("30J", "30 jours nets", 30)
NET_45: Final = Terms("45J", "45 jours nets", 45)
NET_60: Final = Terms("60J", "60 jours nets", 60)
AT_ONCE: Final = Terms("COMPTANT", "À réception de la facture", 0)
END_30: Final = Terms("30FDM", "30 jours fin de mois", 30, "after")
END_45: Final = Terms("45FDM", "45 jours fin de mois", 45, "after")
THEN_45: Final = Terms("FDM45", "Fin de mois puis 45 jours", 45, "before")
END_30_THE_15TH: Final = Terms("30FDM15", "30 jours fin de mois le 15", 30, "after", 15)
ALL_TERMS: Final = (
    NET_30,
    NET_45,
    NET_60,
    AT_ONCE,
    END_30,
    END_45,
    THEN_45,
    END_30_THE_15TH,
)
