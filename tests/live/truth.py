"""The ground truth: for each check, the subjects that it must flag in a planned account, and no others.

A rule says what the check's own words mean, of what the plan holds. A check of which nothing is planted anywhere
stands in `NOTHING_PLANTED`.
"""

import time

from account import ACCOUNT, OF_A_LOGIN, TOKENS, Account, in_index, is_key, keys_index, sensitive
from limits import BLIND, MADE_UP
from people import OUTSIDER
from plan import CONDITIONED
from recipes import HALF
from rights import BY_KEY, IF, NO, WIDE, YES
from tokens import ISSUED

NOTHING_PLANTED = """
    access/    can-lift-what-holds-it-off end-user-without-leading-keys grants-a-table-that-is-gone grants-all-but
               grants-itself-read guests-become-a-reader pool-gives-guests-a-reader read-right-unused
               service-let-in-without-source service-reads-stream-without-source table-policy-hands-itself-over
               table-policy-names-a-deleted-principal user-with-keys-reads-secrets
               open-beside-denied-scan open-oidc-trust prefix-reaches-more reader-outside-organization
               old-version-opens-tables reads-through-a-cache
               reads-by-escalation trust-names-a-deleted-principal
    encryption/ cache-not-encrypted cache-without-tls key-lost-by-dynamodb key-material-expires
               key-of-another-account key-unavailable recovery-point-not-encrypted replica-encryption-weaker
    exposure/  export-of-secrets backup-vault-open-to-others cache-keeps-items-long cache-open-to-the-world
               cache-role-reads-every-table vpc-without-endpoint endpoint-in-no-route-table
               endpoint-lets-everything-through endpoint-lets-writes-to-strangers export-bucket-not-blocked
               export-bucket-public export-without-kms
               kinesis-delivery-failed kinesis-stream-not-encrypted public-stream-policy replica-about-to-be-lost
               import-bucket-open import-files-left integration-copies-secrets replica-outside-allowed-regions
               table-outside-allowed-regions replica-in-another-account stream-consumer-broken stream-read-by-another-account
    items/     expired-items-remain expiry-too-old-to-be-removed possible-token readable-beside-hashes
               readable-beside-protected secrets-left-out time-to-live-cannot-read-expiry
               time-to-live-on-another-attribute
    monitoring/ log-holds-token-keys log-of-reads-not-protected region-switched-off sample-too-small
               table-in-transition
    recovery/  disassociation-protection-off legacy-global-table recovery-history-short replica-differs
               restored-without-guards old-backup-of-secrets backup-kept-without-end backup-vault-not-locked cache-in-one-zone provisioned-without-scaling
               recovery-point-of-deleted-table recovery-window-short
"""

PLANTED = {
    # access
    "anyone-behind-a-condition": lambda a: {"*" for t in a.plan.tables if t.admits == CONDITIONED},
    "aws-managed-reads-secrets": lambda a: a.readers(
        lambda r, t: WIDE & set(r.principal.managed) and sensitive(t) and r.reads(t) and not r.full()),
    "bulk-exit": lambda a: a.readers(
        lambda r, t: r.on("ExportTableToPointInTime", t) and not r.on("Scan", t) and not r.everything_on(t)),
    "can-let-itself-in": lambda a: a.readers(lambda r, t: r.on("PutResourcePolicy", t) and not r.everything_on(t)),
    "cross-account-table-policy": lambda a: a.tables(lambda t: t.admits in (OUTSIDER, CONDITIONED)),  # any account's
    "decrypts-with-every-key": lambda a: a.people(lambda r: r.decrypts_with_every_key()),
    "external-reader": lambda a: {f"account/{OUTSIDER}" for t in a.plan.tables if t.admits == OUTSIDER},
    "fence-does-not-bite": lambda a: a.people(lambda r: r.fenced_by("dynamodb:LeadingKeys")),
    "fenced-reader-reads-secrets": lambda a: a.secrets(
        lambda t, s: not is_key(t, s) and any(r.reads(t) == IF for r in a.everybody())
        and not any(r.held_off(t, s.path) for r in a.everybody())),
    "full-access-to-every-table": lambda a: a.people(lambda r: r.full()),
    "hops-away-from-secrets": lambda a: {
        "user/nia" for r in a.everybody() if r.principal.name == "reporting" and any(
            sensitive(t) and r.reads(t) for t in a.plan.tables)},
    "no-guard-rail": lambda a: {ACCOUNT} if any(sensitive(t) for t in a.plan.tables) else set(),
    "sensitive-table-without-perimeter": lambda a: a.tables(sensitive),
    "person-reads-secrets-from-anywhere": lambda a: a.readers(
        lambda r, t: r.principal.kind == "user" and sensitive(t) and r.reads(t) == YES),
    "public-table-policy": lambda a: a.tables(lambda t: t.admits == "public"),
    "reads-every-table": lambda a: a.people(
        lambda r: all(r.reads(t) == YES for t in a.plan.tables) and not r.full()),
    "reads-without-decrypt": lambda a: a.readers(lambda r, t: r.stopped(t)),
    "role-trusted-by-another-account": lambda a: a.readers(
        lambda r, t: r.principal.trusts == OUTSIDER and not r.principal.external_id and r.reads(t)),
    "user-may-scan": lambda a: a.readers(
        lambda r, t: r.principal.kind == "user" and sensitive(t) and r.reads(t, ["Scan"])),
    "wildcard-action": lambda a: a.readers(  # who may do everything under one condition, reads under either of two
        lambda r, t: r.by_wildcard(t) and sensitive(t) and r.reads(t, BY_KEY)
        and (r.on("AnythingAtAll", t) == NO or r.on("AnythingAtAll", t) == IF and t.admits == CONDITIONED)),
    # encryption
    "aws-managed-key": lambda a: a.tables(lambda t: t.key == "managed"),
    "aws-owned-key": lambda a: a.tables(lambda t: t.key == "owned"),
    "key-disabled": lambda a: a.tables_by_key(lambda k: k.state == "Disabled"),
    "copy-under-disabled-key": lambda a: {u for u in a.uses(lambda k: k.state == "Disabled") if "@" in u},
    "key-grant-to-stranger": lambda a: a.uses(lambda k: k.granted),
    "key-pending-deletion": lambda a: a.uses(lambda k: k.state == "PendingDeletion"),
    "key-policy-cross-account": lambda a: a.uses(lambda k: k.admits == OUTSIDER),
    "key-policy-public": lambda a: a.uses(lambda k: k.admits == "public"),
    "key-rotation-off": lambda a: a.keys(lambda k: not k.rotates),
    "key-usable-outside-dynamodb": lambda a: a.keys(lambda k: k.admits),
    "key-shared-across-sensitivity": lambda a: a.keys(lambda k: a.mixed(k.region, k.name)),  # all are of one stage
    # exposure
    "index-copies-tokens": lambda a: a.secrets(
        lambda t, s: s.kind != "password-hash" and in_index(t, s) and not is_key(t, s), lambda t: f"@{t.index[0]}"),
    "kinesis-in-another-account": lambda a: a.tables(lambda t: t.kinesis == OUTSIDER),
    "secret-lies-in-copies": lambda a: a.secrets(
        lambda t, s: s.kind != "password-hash" and (
            t.stream or t.backup or t.kinesis and a.server != "moto" or in_index(t, s) or bool(t.index) and is_key(t, s))),
    "stream-carries-tokens": lambda a: a.secrets(
        lambda t, s: s.kind != "password-hash" and t.stream, lambda t: "@stream"),
    "stream-without-function": lambda a: a.streams(),
    # items
    "card-numbers-readable": lambda a: a.tables(lambda t: t.items and t.recipe.cards),
    "client-side-encryption-partial": lambda a: a.tables(lambda t: t.recipe is HALF and t.items > 1),
    "credential-older-than-rotation": lambda a: a.secrets(  # only they say when they were issued
        lambda t, s: s.kind == "jwt" and time.time() - ISSUED > 91 * 86_400),
    "jwt-alg-none": lambda a: a.secrets(lambda t, s: s.alg_none),
    "jwt-long-lived": lambda a: a.secrets(lambda t, s: s.long_lived),
    "jwt-without-expiry": lambda a: a.secrets(lambda t, s: s.no_expiry),
    "known-credential-table": lambda a: a.tables(lambda t: t.items and t.recipe.software),
    "live-credential-outside-production": lambda a: a.secrets(lambda t, s: s.live),  # all are tagged env=test
    "readable-password": lambda a: a.secrets(lambda t, s: s.kind == "password"),
    "token-in-index-key": lambda a: a.secrets(
        lambda t, s: s.kind in TOKENS and keys_index(t, s) and not is_key(t, s)),
    "token-in-plaintext": lambda a: a.secrets(lambda t, s: s.kind in TOKENS),
    "token-in-several-places": lambda a: a.secrets(lambda t, s: s.elsewhere),
    "token-in-table-key": lambda a: a.secrets(lambda t, s: s.kind in TOKENS and is_key(t, s)),
    "token-inside-a-value": lambda a: a.secrets(lambda t, s: s.kind in TOKENS and set(".[|") & set(s.path)),
    # Only this recipe's items say when they expire, under the attribute that time to live looks at where it is on.
    "expiry-without-time-to-live": lambda a: a.tables(lambda t: t.recipe.name == "devices" and not t.ttl),
    "tokens-outside-time-to-live": lambda a: a.tables(
        lambda t: t.ttl and t.recipe.name != "devices" and any(s.kind in OF_A_LOGIN for s in t.recipe.secrets)),
    "tokens-never-expire": lambda a: a.secrets(lambda t, s: s.kind in OF_A_LOGIN and not t.ttl),
    "weak-password-hash": lambda a: a.secrets(lambda t, s: s.weak),
    # monitoring
    "auditor-can-write": lambda a: {ACCOUNT},  # the tests' own credentials are the account's root
    "contributor-insights-shows-token-keys": lambda a: a.secrets(lambda t, s: t.insights and is_key(t, s)),
    "owner-tag-missing": lambda a: a.tables(lambda t: not t.owner),
    "reads-not-logged": lambda a: a.tables(sensitive),  # no trail is planted
    "stream-reads-not-logged": lambda a: a.streams(sensitive),
    "table-without-code": lambda a: a.tables(lambda t: True),  # none has such a tag
    "changes-not-watched": lambda a: {ACCOUNT},  # nor a rule
    "tables-not-in-config": lambda a: {ACCOUNT},  # nor a recorder
    # recovery
    "deletion-protection-off": lambda a: a.tables(lambda t: not t.protected),
    "no-backup": lambda a: a.tables(lambda t: not t.pitr and not t.backup),
    "no-backup-plan": lambda a: a.tables(lambda t: True),  # none is planted
    "no-recent-restore-point": lambda a: a.tables(lambda t: not t.pitr and not t.backup),  # all are of today
    "on-demand-without-maximum": lambda a: a.tables(lambda t: True),  # all are such
    "point-in-time-recovery-off": lambda a: a.tables(lambda t: not t.pitr),
}

TRUTH = PLANTED | {check: lambda a: set() for check in NOTHING_PLANTED.split() if not check.endswith("/")}


def expected(plan, server):
    """Pairs of check and subject that must be flagged, in an account seeded on `server`."""
    account = Account(plan, server)
    planted = {(check, subject) for rules in (TRUTH, MADE_UP[server]) for check, rule in rules.items()
               for subject in rule(account)}
    return planted - hidden(plan, server).keys()


def hidden(plan, server):
    """Verdicts by check and subject, where the server does not show what was planted."""
    account, found = Account(plan, server), {}
    for check, limit in BLIND[server].items():
        verdict, test = limit if isinstance(limit, tuple) else (limit, None)
        blurred = test and account.tables(test)
        found |= {(check, subject): verdict for subject in TRUTH[check](account)
                  if not test or subject.partition("#")[0] in blurred}
    return found
