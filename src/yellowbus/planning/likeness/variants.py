"""First names that are one name, English and Spanish: a small table of common ones, in the form of `normalise`.

Two kinds, since an automatic link asks for certainty. SHORT are short forms that hardly anybody gives a brother or sister
beside the full one. INDEPENDENT are variants that are given as names of their own (twins Jack and John exist), so they
bring a candidate before a person and never link. A short form of several names is as uncertain as these.
"""

from functools import lru_cache

_SHORT = """
abigail abby abbie; agustin agus; alberto beto; alfredo fredo; amanda mandy; andrew andy drew; andrea andi;
angela angie; antonio tono tonio; armando mando; arthur art artie; barbara barb babs; benjamin ben benny benji;
bernardo nardo; bradley brad; candelaria candy; carolina caro; catherine cathy; charlotte lottie; concepcion concha;
consuelo chelo; daniel dan danny; david dave davey; deborah deb debbie; donald don donnie; douglas doug;
eduardo lalo; edward ed eddie ned; emmanuel manny; enrique quique kike; ernesto neto; federico fede;
fernando nando; francisco paco pancho; gabriel gabe; graciela chela; gregory greg; guadalupe lupe lupita;
guillermo memo; gustavo gus tavo; ignacio nacho; jacob jake; james jim jimmy jamie; jeffrey jeff;
jennifer jenny jen; jeremy jem; jessica jess jessie; jesus chuy; joaquin quino; jonathan jon;
jose pepe chepe; joseph joe joey; joshua josh; josefina pepita; katherine kathy kathie;
kenneth ken kenny; kimberly kim; lawrence larry; leonardo leo; luis lucho; manuel manolo; margaret maggie peggy meg;
matthew matt matty; mercedes meche; michael mike mikey mick; miguel migue; nathaniel nat; nicholas nick nicky;
nicolas nico; pamela pam; pedro perico; peter pete; rafael rafa; ramon moncho; raymond ray; rebecca becky becca;
refugio cuca; ricardo rico; richard rich dick richie; robert rob bob bobby robbie; roberto tito; rodolfo fito;
ronald ron ronnie; rosario charo; salvador chava; sebastian seb sebas; sergio checo; socorro coco; stephanie steph;
steven steve; stephen steve; susan sue susie suzy; teresa tere; theresa terri; thomas tom tommy; timothy tim timmy;
valentina vale; victoria vicky tori; vincent vince vinny; walter walt; wesley wes; william bill billy will;
zachary zach zack
"""
_INDEPENDENT = """
alejandro alexander alex alejo; alejandra alexandra alex alexa alexis sandra; alexander alex xander sandy;
alice alicia; andres andrew; ann anna ana annie nancy hannah; anthony tony antonio; antonia toni;
augustine augustus gus; carlos charles carl; catalina catherine katherine; cecilia celia cece;
charles charlie chuck; christian chris; christina cristina chris tina christine chrissy; christopher chris topher kit;
daniela danielle dani; dolores lola; dorothy dot dolly; edgar ed; eduardo edward eddie; eleanor ellie nora nell lena ella;
elena helen ellen; elizabeth liz lizzie beth betsy betty eliza isabel lisa elsie libby; emilia emily emma millie;
emily em millie emmy; esteban stephen steven; eugene gene; evelyn eve eva evie; felipe philip phil; frances fran;
francis frank francisco; frederick fred freddie; gabriela gabrielle gabby gaby; george jorge; gerardo gerald jerry;
harold harry hal; henry harry hank; ines agnes; isaac ike; isabella isabel bella izzy isabela ella; ivan john;
jaime james; john jack johnny juan jon; jonathan john johnny; jose joseph; josephine josie jo; juan john juanito;
juana jane joan; julia julie juliana; julian julio jules; katherine kate katie kat katy kitty catherine kay;
laura lori laurie; leonard leo len; leticia letty; liam william; lillian lily lilly; lucia lucy; luis louis lou;
madeline maddie madison; manuel manny emmanuel; marcos mark marcus; margarita margaret rita daisy;
maria mary marie mia; martha marta; mary molly polly; mateo matthew matteo; matias matthew; max maximiliano maxwell;
michaela micaela mikayla; miguel michael; nathan nate nathaniel; olivia liv livvy; pablo paul; patricia pat patty trish;
patrick pat paddy patricio; pedro peter; rachel raquel rae; raul ralph; ricardo richard; roberto robert bob;
rosa rose rosie rosita; samantha sam sammy; samuel sam sammy; santiago james diego; sara sarah sally sadie;
sofia sophia sophie; susana susan susanna; sylvia silvia; teresa theresa terry; theodore ted teddy theo; tobias toby;
tomas thomas; veronica ronnie vero; vicente vincent; violet viola; yolanda yoli; zoe zoey
"""


def _groups(text: str) -> list[list[str]]:
    return [group.split() for group in text.split(";")]


def _forms(text: str) -> dict[str, frozenset[str]]:
    """For each name the full names that it may stand for, itself among them."""
    found: dict[str, set[str]] = {}
    for full, *others in _groups(text):
        for name in (full, *others):
            found.setdefault(name, set()).add(full)
    return {name: frozenset(full) for name, full in found.items()}


_SHORTS = _forms(_SHORT)
_SINGLE = _forms(_INDEPENDENT)
_EVERY = {
    name: _SHORTS.get(name, frozenset()) | _SINGLE.get(name, frozenset()) for name in {*_SHORTS, *_SINGLE}
}
_NOBODY: frozenset[str] = frozenset()


def short_for_one(one: str, other: str) -> bool:
    """Whether both are the same name beyond doubt: each stands for one full name alone, and for the same.

    >>> short_for_one("bill", "william"), short_for_one("chris", "christopher"), short_for_one("jack", "john")
    (True, False, False)
    """
    full = _SHORTS.get(one, _NOBODY)
    stands_for = {_only(one, full), _only(other, _SHORTS.get(other, _NOBODY))}
    return len(stands_for) == 1 and None not in stands_for


def _only(name: str, short_for: frozenset[str]) -> str | None:
    """The one full name that `name` stands for; None if there is doubt."""
    if name in short_for:
        return name
    return next(iter(short_for)) if len(short_for) == 1 and _EVERY[name] == short_for else None


def variants(one: str, other: str) -> bool:
    """Whether they may be the same name, in whatever way the table knows."""
    return not _EVERY.get(one, _NOBODY).isdisjoint(_EVERY.get(other, _NOBODY))


@lru_cache(maxsize=4_096)
def initials(name: str) -> frozenset[str]:
    """The first letters of a name and of all that it may be written as.

    >>> sorted(initials("bill")), sorted(initials("rosalind"))
    (['b', 'w'], ['r'])
    """
    full = _EVERY.get(name)
    if full is None:
        return frozenset(name[:1])
    return frozenset(other[0] for other, also in _EVERY.items() if not also.isdisjoint(full)) | {name[0]}
