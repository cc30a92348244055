"""The ground truth: for each check, the subjects that it must flag in a planned account, and no others."""

from plan import OUTSIDER

# What a server cannot show, so that the verdict on these subjects is "unknown" there (see GAPS).
BLIND = {
    "moto": {"kinesis-destination-external", "contributor-insights-shows-token-keys"},
    "ministack": {"aws-managed-key"},
}
# Calls that a server does not answer, or not on everything: gaps of these are no fault of the auditor.
GAPS = {
    "moto": {"dynamodb:DescribeKinesisStreamingDestination", "dynamodb:DescribeContributorInsights",
             "dynamodb:ListExports", "dynamodb:GetResourcePolicy"},
    "ministack": {"kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListGrants",
                  "kms:ListResourceTags"},
}


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


def secrets(plan, test):
    return {f"{t.id}#{s.path}" for t in plan.tables if t.items for s in t.recipe.secrets if test(t, s)}


def principals(plan, test):
    return {p.id for p in plan.principals if test(p)}


def indexed(table, secret, as_key):
    if not table.index:
        return False
    _, attribute, projection = table.index
    return secret.path == attribute if as_key else secret.path == attribute or projection == "ALL"


TRUTH = {
    # encryption
    "aws-owned-key": lambda p: tables(p, lambda t: t.key == "owned"),
    "aws-managed-key": lambda p: tables(p, lambda t: t.key == "managed"),
    "key-disabled": lambda p: tables_by_key(p, lambda k: k.state == "Disabled"),
    "key-pending-deletion": lambda p: tables_by_key(p, lambda k: k.state == "PendingDeletion"),
    "key-policy-public": lambda p: keys(p, lambda k: k.admits == "public"),
    "key-policy-cross-account": lambda p: keys(p, lambda k: k.admits == OUTSIDER),
    "key-rotation-off": lambda p: keys(p, lambda k: not k.rotates),
    "key-grant-to-stranger": lambda p: {f"{k.region}/key:{k.name}!grant" for k in p.keys if k.granted},
    "encryption-key-inaccessible": lambda p: set(),
    "replica-encryption-weaker": lambda p: set(),
    # items
    "token-in-plaintext": lambda p: secrets(p, lambda t, s: s.is_a == "token"),
    "readable-password": lambda p: secrets(p, lambda t, s: s.is_a == "password"),
    "weak-password-hash": lambda p: secrets(p, lambda t, s: s.weak),
    "jwt-without-expiry": lambda p: secrets(p, lambda t, s: s.no_expiry),
    "jwt-alg-none": lambda p: secrets(p, lambda t, s: s.alg_none),
    "token-in-table-key": lambda p: secrets(p, lambda t, s: s.path == t.recipe.key),
    "token-in-index-key": lambda p: secrets(p, lambda t, s: indexed(t, s, as_key=True)),
    "tokens-never-expire": lambda p: secrets(p, lambda t, s: s.is_a == "token" and not t.ttl),
    "token-copied-to-index": lambda p: secrets(p, lambda t, s: indexed(t, s, as_key=False)),
    "token-in-stream": lambda p: secrets(p, lambda t, s: s.is_a == "token" and t.stream),
    # access
    "public-table-policy": lambda p: tables(p, lambda t: t.admits == "public"),
    "cross-account-table-policy": lambda p: tables(p, lambda t: t.admits == OUTSIDER),
    "public-stream-policy": lambda p: set(),
    "full-access-to-all-tables": lambda p: principals(p, lambda q: q.full),
    "reads-all-tables": lambda p: principals(p, lambda q: q.reads == "all" and not q.full),
    "external-reader": lambda p: {f"account/{OUTSIDER}" for t in p.tables if t.admits == OUTSIDER},
    "role-trusts-another-account": lambda p: principals(p, lambda q: q.trusts == OUTSIDER),
    "anyone-can-read": lambda p: {"*" for t in p.tables if t.admits == "public"},
    # exposure
    "kinesis-destination-external": lambda p: tables(p, lambda t: t.kinesis == OUTSIDER),
    # recovery
    "point-in-time-recovery-off": lambda p: tables(p, lambda t: not t.pitr),
    "deletion-protection-off": lambda p: tables(p, lambda t: not t.protected),
    "no-backup": lambda p: tables(p, lambda t: not t.pitr and not t.backup),
    # monitoring
    "contributor-insights-shows-token-keys": lambda p: secrets(p, lambda t, s: t.insights and s.path == t.recipe.key),
    "missing-owner-tag": lambda p: tables(p, lambda t: not t.owner),
}


def expected(plan, server):
    """Pairs of check and subject that must be flagged, in an account seeded on `server`."""
    blind = BLIND[server]
    return {(check, subject) for check, rule in TRUTH.items() if check not in blind for subject in rule(plan)}
