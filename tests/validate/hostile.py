"""The demo account under names that attack whoever shows them. Its snapshot says them as AWS would."""

import json
import zipfile

ATTACKS = [
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    "=cmd()|'/c calc'!A1",
    "\u001b[2J\u001b]0;owned\u0007",
    "\u009b31m\u007f",
    "\u202egnp.exe\u2066",
    "a\r\nb\tc",
    "]]>&amp;\"'`${7*7}{{7*7}}",
    "| a | b |\n# c [x](javascript:alert(1))",
    "表\ud83d\ude00e\u0301" * 20,
    "\ufffe\uffff",
    "x" * 2000,
]
ATTRIBUTES = ["access_token", "refresh_token", "api_key"]


def spoil(bundle, out):
    """The bundle's snapshot with an attack at the end of every table's, role's and attribute's name."""
    with zipfile.ZipFile(bundle) as archive:
        snapshot = json.loads(archive.read("snapshot.json"))
    account = snapshot["accounts"][0]
    people = account["principals"]
    names = [table["name"] for table in account["tables"]]
    names += [one["name"] for one in people["users"] + people["roles"]]
    names += ATTRIBUTES
    names = sorted(set(names), key=lambda name: (-len(name), name))
    odd = {name: name + ATTACKS[at % len(ATTACKS)] for at, name in enumerate(names)}
    json.dump(spoiled(snapshot, odd), out.open("w"))


def spoiled(value, odd):
    match value:
        case dict():
            # A table may be called as a field of the snapshot is: of keys, attributes alone are names.
            keys = {name: odd[name] if name in ATTRIBUTES else name for name in value}
            return {keys[name]: spoiled(inner, odd) for name, inner in value.items()}
        case list():
            return [spoiled(inner, odd) for inner in value]
        case str():
            return spoiled_text(value, odd)
    return value


def spoiled_text(text, odd):
    """A name where it is all of the text, or the end of an ARN; policies are left as they are."""
    head, slash, name = text.rpartition("/")
    if text in odd:
        return odd[text]
    if slash and text.startswith("arn:") and name in odd:
        return f"{head}/{odd[name]}"
    return text
