"""Who can read a table: just those whom the planted statements let, each by its road; offline, from a snapshot."""

import compare
from account import Account
from people import OUTSIDER
from rights import NO
from tally import unless

ROADS = ("get", "scan", "partiql")


def run(tally, title, seeded, binary, snapshot):
    """Asks of each table of the small account; `snapshot` is the file that `collect` wrote of it."""
    asked = lambda table, *more: answer(binary, snapshot, table, *more)
    tally.check(f"{title}: who can read each table", [problem for table in seeded.plan.tables
                                                      for problem in strangers(seeded, table, asked(table.name))])
    sessions = asked("sessions")
    situations = {
        "an index reader let in by the table's policy": one(
            seeded, asked("users-legacy"), "role/index-reader", kms="not-needed", actions={("Query", "index")},
            via={"table policy"}),
        "a fence on keys that Scan leads around": one(
            seeded, sessions, "role/portal", actions={("Scan", "table")}, fence="does-not-bite", kms="passes"),
        "a role that the key stops": one(seeded, sessions, "role/scanner", kms="stopped", via={"inline"}),
        "a user two hops away": hops(seeded, sessions, "user/nia", ["role/jump", "role/reporting"]),
        "an outside account, by the table's policy": one(
            seeded, asked("oauth"), f"account/{OUTSIDER}", kms="passes", external=True),
        "an outside account, through a role": hops(seeded, sessions, f"account/{OUTSIDER}", ["role/partner"]),
        "an attribute held back": held_back(seeded, asked),
    }
    for name, problems in situations.items():
        tally.check(f"{title}: who can: {name}", problems)


def answer(binary, snapshot, table, *more):
    """The one table of an answer."""
    ran = binary.run("who-can", str(snapshot), "--table", table, "--format", "json", *more)
    return ran.json()["tables"][0]


def named(seeded, arn):
    return compare.who(arn, seeded.account)


def strangers(seeded, table, answer):
    """Principals that are said to read and should not, or the other way round."""
    said = {named(seeded, r["arn"]) for r in answer["readers"]
            if r["kms"] != "stopped" and any(r["roads"][road] for road in ROADS)}
    should = {r.principal.id for r in Account(seeded.plan, seeded.server).everybody() if r.reads(table) != NO}
    own = {name for name in said if name.startswith(("role/", "user/"))}
    return ([f"{table.id}: {name} is said to read it" for name in sorted(own - should)]
            + [f"{table.id}: {name} is not said to read it" for name in sorted(should - own)])


def one(seeded, answer, who, actions=None, via=(), fence=None, **fields):
    """What is wrong unless some row of `who` is such."""
    rows = [r for r in answer["readers"] if named(seeded, r["arn"]) == who]
    seen = [({(a["action"], a["on"]) for a in r["actions"]}, {v["policy"] for v in r["via"]},
             r["fence"]["leading_keys"], {name: r[name] for name in fields}) for r in rows]
    fits = any((actions is None or done == actions) and set(via) <= by and fence in (None, fenced) and had == fields
               for done, by, fenced, had in seen)
    return unless(fits, f"{who}: {seen or 'not there'}")


def hops(seeded, answer, who, through):
    """What is wrong unless `who` reads through these, hop by hop, each with the statements that let it."""
    rows = [r for r in answer["indirect"] if named(seeded, r["arn"]) == who]
    ways = [[named(seeded, hop["to"]) for hop in r["hops"]] for r in rows]
    explained = all(request["via"] for r in rows for hop in r["hops"] for request in hop["requests"])
    return unless(through in ways and explained, f"{who}: {ways or 'not there'}")


def held_back(seeded, asked):
    """The mailer may GetItem, is given the user's name, and is not given the token."""
    readers = lambda attribute: {named(seeded, r["arn"]) for r in asked("sessions", "--attribute", attribute)["readers"]}
    user, token = readers("user"), readers("token")
    return (unless("role/mailer" in user, f"user: {sorted(user)}")
            + unless("role/mailer" not in token and "role/backend" in token, f"token: {sorted(token)}"))
