"""Names and streets for invented families: common ones by how common they are, and a tail of made-up ones."""

GIRLS = """maria sofia isabella camila emma olivia mia emily valentina victoria ximena daniela samantha ashley natalie
andrea ava abigail elizabeth madison chloe zoe evelyn allison leah luna ruby stephanie jocelyn aaliyah jasmine brianna
guadalupe ana rosa alexa alexandra hannah grace lily audrey ella hailey melanie fernanda esmeralda destiny kimberly
angela julia julissa jennifer michelle vanessa nicole rebecca rachel sarah jessica amanda catherine katherine margaret
susan theresa veronica yolanda xochitl linh mai thuy fatima aisha priya ananya mei yuna hana noor zainab layla
"""
BOYS = """jose daniel anthony angel david jesus luis christopher jonathan diego adrian alexander michael joshua andrew
matthew jacob juan carlos kevin nathan ethan noah liam benjamin samuel joseph gabriel isaac sebastian julian brandon
jayden aiden mason logan lucas james william robert richard thomas edward charles nicholas steven timothy gregory
francisco eduardo miguel antonio ricardo fernando rafael alejandro javier oscar hector manuel roberto ernesto ignacio
guillermo enrique salvador leonardo mateo santiago emiliano damian ivan minh khoa duc omar ali muhammad ahmed yusuf
arjun rohan wei kai ren jin tyler zachary jeffrey kenneth lawrence ronald raymond walter wesley douglas
"""
SURNAMES = """garcia hernandez lopez martinez rodriguez gonzalez perez sanchez ramirez flores torres rivera gomez diaz
cruz morales reyes gutierrez ortiz chavez ramos ruiz mendoza alvarez castillo jimenez vasquez romero vargas castro
smith johnson williams brown jones miller davis wilson anderson taylor thomas moore jackson white harris clark lewis
robinson walker young allen king wright scott nguyen tran le pham huynh kim lee park choi patel singh kaur khan ali
chen wang li zhang liu wong chan yang vang xiong lor
o'brien mccarthy murphy sullivan kowalski novak petrov ivanov schmidt mueller rossi silva santos pereira
"""
PARTICLED = ["de la cruz", "de leon", "de la torre", "del rio", "van dyke", "de los santos", "san miguel"]
ACCENTS = {
    "maria": "maría", "sofia": "sofía", "jose": "josé", "jesus": "jesús", "adrian": "adrián", "andrea": "andréa",
    "garcia": "garcía", "hernandez": "hernández", "lopez": "lópez", "martinez": "martínez", "rodriguez": "rodríguez",
    "gonzalez": "gonzález", "perez": "pérez", "sanchez": "sánchez", "ramirez": "ramírez", "gutierrez": "gutiérrez",
    "jimenez": "jiménez", "vasquez": "vásquez", "alvarez": "álvarez", "chavez": "chávez", "diaz": "díaz",
    "sebastian": "sebastián", "damian": "damián", "ivan": "iván", "hector": "héctor", "oscar": "óscar",
    "munoz": "muñoz", "nunez": "núñez",
}  # fmt: skip
NICKNAMES = {
    "michael": ["mike", "mikey"], "william": ["bill", "will", "billy"], "robert": ["rob", "bob"],
    "elizabeth": ["liz", "beth", "lizzie"], "christopher": ["chris"], "alexander": ["alex"], "alexandra": ["alex"],
    "samantha": ["sam"], "samuel": ["sam"], "joseph": ["joe", "joey"], "joshua": ["josh"], "matthew": ["matt"],
    "jacob": ["jake"], "benjamin": ["ben"], "nicholas": ["nick"], "katherine": ["kate", "kathy"], "jose": ["pepe"],
    "francisco": ["paco", "pancho"], "guadalupe": ["lupita", "lupe"], "jesus": ["chuy"], "ignacio": ["nacho"],
    "jennifer": ["jenny", "jen"], "jessica": ["jess"], "stephanie": ["steph"], "margaret": ["maggie"],
    "daniel": ["danny", "dan"], "anthony": ["tony"], "andrew": ["andy", "drew"], "thomas": ["tom", "tommy"],
    "zachary": ["zach"], "timothy": ["tim"], "eduardo": ["lalo"], "enrique": ["kike"], "guillermo": ["memo"],
    "roberto": ["beto", "tito"], "kimberly": ["kim"], "victoria": ["vicky", "tori"], "isabella": ["bella", "izzy"],
}  # fmt: skip
LIKE_TWINS = [
    ("jayden", "jaden"), ("jayden", "brayden"), ("emily", "emma"), ("maria", "mariana"), ("daniel", "daniela"),
    ("alexander", "alexandra"), ("christian", "christopher"), ("jack", "john"), ("julian", "juliana"),
    ("mia", "maria"), ("luis", "luisa"), ("hailey", "kailey"), ("ella", "bella"), ("aiden", "jaiden"),
    ("mateo", "matias"), ("gabriel", "gabriela"), ("liam", "william"), ("sofia", "sonia"), ("kate", "katherine"),
    ("sara", "sarah"), ("isaac", "isaiah"), ("diana", "dina"), ("alexis", "alexa"), ("ana", "anna"),
]  # fmt: skip
SHARED_FIRST = [
    ("jose luis", "jose antonio"), ("maria elena", "maria elisa"), ("juan carlos", "juan pablo"),
    ("ana maria", "ana lucia"), ("maria jose", "maria fernanda"), ("luis angel", "luis miguel"),
]  # fmt: skip
STREETS = """oak maple cedar pine elm main washington lincoln park lake hill valley river sunset willow walnut cherry
magnolia olive palm jefferson adams madison monroe grant franklin mission vista sierra laurel aspen birch poplar
juniper sycamore chestnut church school mill spring highland ridge meadow orchard garden prospect pleasant union
central first second third fourth fifth sixth seventh eighth ninth tenth"""
WAYS = [
    ("Street", "St"),
    ("Avenue", "Ave"),
    ("Road", "Rd."),
    ("Drive", "Dr"),
    ("Lane", "Ln"),
    ("Court", "Ct."),
]
