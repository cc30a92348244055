"""What an account is to hold: the one description that the seeding and the ground truth both start from."""

from dataclasses import dataclass, field

from people import OUTSIDER, people
from recipes import CLEAN, HALF, RECIPES, Recipe

REGIONS = ("eu-west-1", "us-east-1")
CONDITIONED = "everyone-of-a-vpc"


@dataclass(frozen=True)
class Key:
    """A customer managed key; `admits` is `public`, an account id, or none."""

    name: str
    region: str
    rotates: bool = True
    state: str = "Enabled"
    admits: str | None = None
    granted: str | None = None


@dataclass(frozen=True)
class Table:
    """A table; `key` is `owned`, `managed` or the name of a [`Key`] of the same Region.

    Its own policy lets in `admits`: `public`, an account, or everyone under a condition; `index_admits` is a principal
    that it lets query the index.
    """

    name: str
    region: str
    key: str = "owned"
    recipe: Recipe = CLEAN
    items: int = 8
    ttl: str | None = None
    pitr: bool = True
    protected: bool = True
    backup: bool = True
    owner: bool = True
    stream: str | None = None
    index: tuple | None = None  # (name, attribute that keys it, projection)
    admits: str | None = None
    index_admits: str | None = None
    insights: bool = False
    kinesis: str | None = None

    @property
    def id(self):
        return f"{self.region}/{self.name}"


@dataclass
class Plan:
    """An account."""

    seed: int
    tables: list
    keys: list
    principals: list
    policies: dict = field(default_factory=dict)  # managed policies: name to statements
    groups: dict = field(default_factory=dict)  # groups: name to managed policies

    def regions(self):
        return sorted({table.region for table in self.tables})


def small():
    """Twelve tables, each with something of its own."""
    eu, us = REGIONS
    keys = [Key("main", eu), Key("public", eu, admits="public"), Key("shared", eu, admits=OUTSIDER), Key("main", us),
            Key("granted", us, granted=OUTSIDER), Key("still", us, rotates=False),
            Key("doomed", us, state="PendingDeletion"), Key("off", us, state="Disabled")]
    tables = [
        Table("sessions", eu, "main", RECIPES["sessions"], stream="NEW_AND_OLD_IMAGES"),
        Table("users", eu, "managed", RECIPES["bcrypt"]),
        Table("users-legacy", eu, "owned", RECIPES["md5"], pitr=False, owner=False,
              index=("by-email", "email", "ALL"), index_admits="role/index-reader"),
        Table("oauth", eu, "shared", RECIPES["nested"], ttl="expires_at", admits=OUTSIDER),
        Table("api-keys", eu, "public", RECIPES["api-keys"], ttl="expires_at", insights=True),
        Table("catalogue", eu, "main", protected=False, admits=CONDITIONED),
        Table("vault", eu, "main", RECIPES["encrypted"], stream="NEW_IMAGE"),
        Table("devices", us, "doomed", RECIPES["devices"], ttl="expires_at", index=("by-token", "access_token", "ALL")),
        Table("partner-feed", us, "granted", HALF, admits=OUTSIDER),
        Table("open-data", us, "still", admits="public", pitr=False, backup=False),
        Table("billing", us, "off", RECIPES["passwords"], kinesis=OUTSIDER),
        Table("empty", us, "main", items=0, backup=False),
    ]
    return Plan(12, tables, keys, **people(tables))


# The customer managed keys of a sized account, by what is wrong with them; in each Region the same.
CUSTOMER = {
    "main": {}, "still": {"rotates": False}, "shared": {"admits": OUTSIDER}, "public": {"admits": "public"},
    "granted": {"granted": OUTSIDER}, "off": {"state": "Disabled"}, "doomed": {"state": "PendingDeletion"},
}


def sized(count):
    """`count` tables in two Regions: a third each with a customer managed, the AWS managed and the AWS owned key.

    What the tables differ in comes round after numbers of tables that share no factor, so that all meets all.
    """
    recipes, customer = list(RECIPES.values()), list(CUSTOMER)
    assert len(recipes) == 19 and len(customer) == 7
    tables = []
    for n in range(count):
        recipe = recipes[n % 19]
        tables.append(Table(
            f"t{n:04}-{recipe.name}", REGIONS[n % 2], (customer[n // 6 % 7], "managed", "owned")[n // 2 % 3],
            recipe, items=6, ttl="expires_at" if n % 5 < 2 else None, pitr=n % 4 != 0, protected=n % 7 != 0,
            backup=n % 13 == 0, owner=n % 3 != 0, stream="NEW_IMAGE" if n % 17 == 1 else None,
            index=("by-" + recipe.key, recipe.key, "ALL" if n % 2 else "KEYS_ONLY") if n % 11 == 2 else None,
            admits={5: OUTSIDER, 11: "public", 17: CONDITIONED}.get(n % 23)))
    keys = [Key(name, region, **what) for region in REGIONS for name, what in CUSTOMER.items()]
    return Plan(count, tables, keys, **people(tables))
