"""Word lists of invented people and places. Every combination is made up; none stands for a real person."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GIRLS = _words(
    "Ada Alma Amara Anaïs Beatriz Bríd Camille Chloë Daphne Delia Elena Élise Esme Fátima Freya "
    "Gloria Hana Hazel Ines Iris Jada Joelle Kaia Keziah Lena Leticia Lucía Mabel Maëlle Maya Mina "
    "Nadia Nell Noor Odette Opal Paloma Petra Quinn Ramona Renée Rosa Saoirse Selma Siân Sofía Tamsin "
    "Thea Uma Vera Wren Xiomara Yara Zoë"
)
BOYS = _words(
    "Abel André Anton Bao Benício Björn Caleb Cyrus Dario Desmond Eamon Elio Emre Felix Fintan Gael "
    "Gideon Hugo Ivo Jamal Joaquín José Kai Kofi Laszlo Leif Lucien Malik Mateo Micah Nico Noël Omar "
    "Orion Óscar Pavel Quentin Rafael René Ruben Samir Seán Silas Tadeo Tobias Uriel Viktor Wes "
    "Xavier Yusuf Zane Zeke"
)
DOUBLE_FIRST = _words("Mary-Jo Anna-Lena Jean-Luc Lee-Ann D'Andre Ja'Nae La'Tonya Marie-Ève")
MIDDLES = _words(
    "Ann Ray Lee Marie James Rose Cruz Grace Dean Luz Jude Faith Cole Wynn Joy Reed Pearl Thanh Ife"
)
SURNAMES = _words(
    "Abara Acosta Ahlgren Alder Amsel Aparicio Arbor Atwater Avila Banning Barros Beck Belmonte Birch "
    "Bjork Blackwood Bonilla Bower Brandt Briggs Cabrera Calloway Carden Castañeda Chandra Cho Clover "
    "Córdova Crane D'Amico D'Souza Dagher Dahl Dao Delacroix Dorsey Duarte Dunmore Easton Ekström "
    "Elwood Espinoza Fadel Fairley Farrow Ferrand Figueroa Finch Fontaine Fuentes Gálvez Garnett "
    "Gentry Ghosh Goddard Gómez Grady Greer Gupta Hadley Halloran Hartwell Hendry Hidalgo Holloway "
    "Huang Ibarra Idris Ingram Ivers Jaffe Jansen Jiménez Joyner Kader Kamara Kaplan Kearney Kendrick "
    "Khoury Kovář Kowalczyk Lachance Lam Larkin Ledger León Lindqvist Lockhart Lozano Lund Mackey "
    "Madrigal Mahoney Malouf Marlow Márquez Mbeki McBride McKay Mendez Mercer Moran Moss Müller Muñoz "
    "Nader Navarro Ngo Nilsson Norwood Núñez O'Brien O'Connell O'Dea O'Neil Oduya Okafor Olmos Ortega "
    "Osborne Pacheco Park Peltier Peña Pham Pruitt Quigley Quiñones Quintero Rahman Ramsey Redfern "
    "Reyes Rhodes Ríos Rivers Rosario Rowe Saavedra Saleh Salinas Sandoval Schäfer Sewell Shah Sloan "
    "Sørensen Soto Stroud Suárez Tafoya Tanaka Thorne Tierney Toma Tran Ugarte Underhill Urbina Vale "
    "Vandermeer Varga Velasco Vo Wakefield Weiss Whitlock Winslow Xiong Yamada Yazzie Yeager Younan "
    "Zamora Zeller Zúñiga"
)
PARTICLE_SURNAMES = ("de la Cruz", "van der Berg", "St. James", "Del Río", "Al-Hashimi", "Ben Salah")
SUFFIXES = ("Jr.", "II", "III")
TREES = _words(
    "Cedar Juniper Willow Aspen Saguaro Mesquite Palo Cottonwood Ocotillo Sumac Laurel Hawthorn "
    "Sycamore Alder"
)
LANDS = _words("Ridge Flats Bend Hollow Springs Mesa Crossing Meadow Canyon Grove Terrace Point Vista Fork")
STREETS = _words(
    "Elm Oak Copper Sunrise Wagon Quail Lantern Orchard Foundry Harvest Prickly Pear Windmill Station "
    "Larkspur Ironwood Bellflower Granite Heron Tumbleweed Agave"
)
STREET_KINDS = _words("St Ave Ln Dr Ct Rd Way Blvd")
CITIES = (
    ("Juniper Flats", "85250"),
    ("Cedar Bend", "85203"),
    ("Palo Hollow", "85296"),
    ("Ocotillo Fork", "85142"),
)
AWAY = (("Millbrook", "MA", "01854"), ("Fernbank", "NJ", "07030"), ("Stonegate", "NM", "87101"))
EMPLOYERS = (
    "Copper Bend Foundry",
    "Lantern Street Bakery",
    "County of Juniper",
    "Sunrise Clinic",
    "Wagon Road Freight",
    "Self-employed",
)
LANGUAGES = {"English": 70, "Spanish": 20, "Vietnamese": 3, "Navajo": 3, "Arabic": 2, "French": 2}
FAMILY = (("Mother", "F"), ("Father", "M"))
THIRD_PARENT = (("Stepfather", "M"), ("Stepmother", "F"), ("Guardian", "F"), ("Foster Parent", "M"))
OTHERS = (
    ("Grandparent", "F"),
    ("Grandparent", "M"),
    ("Aunt", "F"),
    ("Uncle", "M"),
    ("Neighbor", "F"),
    ("Sibling", "M"),
    ("Not Set", ""),
)
RELATIONSHIPS = tuple(sorted({name for name, _ in (*FAMILY, *THIRD_PARENT, *OTHERS)}))
RACES = (
    ("WH", "White", "White"),
    ("BL", "Black", "Black or African American"),
    ("AI", "American Indian", "American Indian or Alaska Native"),
    ("5", "Asian", "Asian"),
    ("06", "Pacific Islander", "Native Hawaiian or Other Pacific Islander"),
)
RACE_WEIGHTS = {"WH": 56, "BL": 16, "AI": 10, "5": 12, "06": 6}
ENTRY_CODES = (
    ("E1", "First enrollment this year"),
    ("E2", "From another school of the state"),
    ("3", "Returned"),
)
EXIT_CODES = (("W1", "Left for another school of the state"), ("W2", "Left the state"), ("G", "Graduated"))
