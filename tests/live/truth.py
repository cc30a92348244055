"""The ground truth: for each check, the subjects that it must flag in a planned account, and no others."""

from plan import OUTSIDER
from recipes import HALF

ACCOUNT, AWS_MANAGED = "account", "aws/dynamodb"
# What a server cannot show, and the verdict that must stand on these subjects there.
BLIND = {
    "moto": {
        "kinesis-in-another-account": "unknown",  # it has neither these
        "contributor-insights-shows-token-keys": "unknown",
        "aws-managed-key": "clear",  # it says of aws/dynamodb that it is a customer's
        "auditor-can-write": "not-applicable",  # it names a caller that is no principal
    },
    "ministack": {},
}
# What a server makes up: to the auditor it is as if planted.
MADE_UP = {
    "moto": {"key-rotation-off": lambda p: {f"{t.region}/key:{AWS_MANAGED}" for t in p.tables if t.key == "managed"}},
    "ministack": {},
}
# Calls that a server does not answer, on what holds these words: such gaps are no fault of the auditor.
GAPS = {
    "moto": {"dynamodb:DescribeKinesisStreamingDestination": "", "dynamodb:DescribeContributorInsights": "",
             "dynamodb:ListExports": "", "dynamodb:GetResourcePolicy": "/stream/"},
    "ministack": {"kms:DescribeKey": f":alias/{AWS_MANAGED}"},
}
TOKENS = {"jwt", "session-token", "access-token", "refresh-token", "api-key", "provider-token", "aws-access-key",
          "private-key", "connection-string", "opaque-token"}
OF_A_LOGIN = {"jwt", "session-token", "access-token", "refresh-token"}


def tables(plan, test):
    return {t.id for t in plan.tables if test(t)}


def keys(plan, test):
    """Keys that a table uses: others are never asked about."""
    used = {(t.region, t.key) for t in plan.tables}
    return {f"{k.region}/key:{k.name}" for k in plan.keys if (k.region, k.name) in used and test(k)}


def tables_by_key(plan, test):
    """Tables whose customer managed key is such a one."""
    named = {(k.region, k.name): k for k in plan.keys}
    return tables(plan, lambda t: (t.region, t.key) in named and test(named[t.region, t.key]))


def secrets(plan, test, copy=lambda t: ""):
    """Secrets of such tables and kinds; `copy` names the second place that they lie in."""
    return {f"{t.id}#{s.path}:{s.kind}{copy(t)}" for t in plan.tables if t.items for s in t.recipe.secrets
            if test(t, s)}


def people(plan, test):
    return {p.id for p in plan.principals if test(p)}


def is_key(table, secret):
    return secret.path == table.recipe.key


def keys_index(table, secret):
    return bool(table.index) and secret.path == table.index[1]


def in_index(table, secret):
    return keys_index(table, secret) or bool(table.index) and table.index[2] == "ALL"


def nobody(_):
    return set()


TRUTH = {
    # access
    "grants-itself-read": lambda p: nobody(p),
    "guests-become-a-reader": lambda p: nobody(p),
    "hops-away-from-secrets": lambda p: nobody(p),
    "open-oidc-trust": lambda p: nobody(p),
    "reads-by-escalation": lambda p: nobody(p),
    "trust-names-a-deleted-principal": lambda p: nobody(p),
    "bulk-exit": lambda p: people(p, lambda q: q.exits),
    "can-let-itself-in": lambda p: people(p, lambda q: q.opens),
    "cross-account-table-policy": lambda p: tables(p, lambda t: t.admits == OUTSIDER),
    "decrypts-with-every-key": lambda p: people(p, lambda q: q.decrypts),
    "external-reader": lambda p: {f"account/{OUTSIDER}" for t in p.tables if t.admits == OUTSIDER},
    "full-access-to-every-table": lambda p: people(p, lambda q: q.full),
    "public-table-policy": lambda p: tables(p, lambda t: t.admits == "public"),
    "reads-every-table": lambda p: people(p, lambda q: q.reads == "all" and not q.full),
    "role-trusted-by-another-account": lambda p: people(p, lambda q: q.trusts and not q.external_id and q.reads),
    # encryption
    "aws-managed-key": lambda p: tables(p, lambda t: t.key == "managed"),
    "aws-owned-key": lambda p: tables(p, lambda t: t.key == "owned"),
    "key-disabled": lambda p: tables_by_key(p, lambda k: k.state == "Disabled"),
    "key-grant-to-stranger": lambda p: {f"{key}!grant" for key in keys(p, lambda k: k.granted)},
    "key-lost-by-dynamodb": nobody,
    "key-pending-deletion": lambda p: keys(p, lambda k: k.state == "PendingDeletion"),
    "key-policy-cross-account": lambda p: keys(p, lambda k: k.admits == OUTSIDER),
    "key-policy-public": lambda p: keys(p, lambda k: k.admits == "public"),
    "key-rotation-off": lambda p: keys(p, lambda k: not k.rotates),
    "key-usable-outside-dynamodb": lambda p: keys(p, lambda k: k.admits),
    "replica-encryption-weaker": nobody,
    # exposure
    "export-without-kms": nobody,
    "index-copies-tokens": lambda p: secrets(
        p, lambda t, s: s.kind != "password-hash" and in_index(t, s) and not is_key(t, s), lambda t: f"@{t.index[0]}"),
    "kinesis-in-another-account": lambda p: tables(p, lambda t: t.kinesis == OUTSIDER),
    "public-stream-policy": nobody,
    "replica-in-another-account": nobody,
    "stream-carries-tokens": lambda p: secrets(
        p, lambda t, s: s.kind != "password-hash" and t.stream, lambda t: "@stream"),
    # items
    "card-numbers-readable": lambda p: tables(p, lambda t: t.items and t.recipe.cards),
    "client-side-encryption-partial": lambda p: tables(p, lambda t: t.recipe is HALF and t.items > 1),
    "jwt-alg-none": lambda p: secrets(p, lambda t, s: s.alg_none),
    "jwt-long-lived": lambda p: secrets(p, lambda t, s: s.long_lived),
    "jwt-without-expiry": lambda p: secrets(p, lambda t, s: s.no_expiry),
    "known-credential-table": lambda p: tables(p, lambda t: t.items and t.recipe.software),
    "live-credential-outside-production": lambda p: secrets(p, lambda t, s: s.live),  # all are tagged env=test
    "possible-token": nobody,
    "readable-password": lambda p: secrets(p, lambda t, s: s.kind == "password"),
    "token-in-index-key": lambda p: secrets(p, lambda t, s: s.kind in TOKENS and keys_index(t, s) and not is_key(t, s)),
    "token-in-plaintext": lambda p: secrets(p, lambda t, s: s.kind in TOKENS),
    "token-in-several-places": lambda p: secrets(p, lambda t, s: s.elsewhere),
    "token-in-table-key": lambda p: secrets(p, lambda t, s: s.kind in TOKENS and is_key(t, s)),
    "token-inside-a-value": lambda p: secrets(p, lambda t, s: s.kind in TOKENS and set(".[|") & set(s.path)),
    "tokens-never-expire": lambda p: secrets(p, lambda t, s: s.kind in OF_A_LOGIN and not t.ttl),
    "weak-password-hash": lambda p: secrets(p, lambda t, s: s.weak),
    # monitoring
    "auditor-can-write": lambda p: {ACCOUNT},  # the tests' own credentials are the account's root
    "contributor-insights-shows-token-keys": lambda p: secrets(p, lambda t, s: t.insights and is_key(t, s)),
    "owner-tag-missing": lambda p: tables(p, lambda t: not t.owner),
    "table-in-transition": nobody,
    # recovery
    "deletion-protection-off": lambda p: tables(p, lambda t: not t.protected),
    "no-backup": lambda p: tables(p, lambda t: not t.pitr and not t.backup),
    "point-in-time-recovery-off": lambda p: tables(p, lambda t: not t.pitr),
}


def expected(plan, server):
    """Pairs of check and subject that must be flagged, in an account seeded on `server`."""
    shown = {check: rule for check, rule in TRUTH.items() if check not in BLIND[server]}
    planted = {(check, subject) for check, rule in shown.items() for subject in rule(plan)}
    return planted | {(check, subject) for check, rule in MADE_UP[server].items() for subject in rule(plan)}


def hidden(plan, server):
    """Verdicts by check and subject, where the server does not show what was planted."""
    return {(check, subject): verdict for check, verdict in BLIND[server].items() for subject in TRUTH[check](plan)}
