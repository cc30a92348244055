"""A planned account as its truth looks at it: which tables, keys, secrets and people are such as a check asks for."""

from dataclasses import dataclass

from rights import Rights

ACCOUNT, AWS_MANAGED = "account", "aws/dynamodb"
TOKENS = {"jwt", "session-token", "access-token", "refresh-token", "api-key", "provider-token", "aws-access-key",
          "private-key", "connection-string", "opaque-token"}
OF_A_LOGIN = {"jwt", "session-token", "access-token", "refresh-token"}


@dataclass(frozen=True)
class Account:
    """The account of `plan`, as far as `server` shows it; each method gives subjects as reports are labelled."""

    plan: object
    server: str

    def tables(self, test):
        return {t.id for t in self.plan.tables if test(t)}

    def keys(self, test):
        """Keys that a table uses: others are never asked about."""
        used = {(t.region, t.key) for t in self.plan.tables}
        return {f"{k.region}/key:{k.name}" for k in self.plan.keys if (k.region, k.name) in used and test(k)}

    def uses(self, test):
        """Tables under such a key, and backups of them, where the server tells what those are encrypted with."""
        named = {(k.region, k.name): k for k in self.plan.keys}
        under = [t for t in self.plan.tables if (t.region, t.key) in named and test(named[t.region, t.key])]
        return {t.id for t in under} | {f"{t.id}@backups" for t in under if t.backup and self.server != "moto"}

    def tables_by_key(self, test):
        """Tables whose customer managed key is such a one."""
        named = {(k.region, k.name): k for k in self.plan.keys}
        return self.tables(lambda t: (t.region, t.key) in named and test(named[t.region, t.key]))

    def mixed(self, region, key):
        """Whether tables with secrets and others share this key."""
        return len({sensitive(t) for t in self.plan.tables if (t.region, t.key) == (region, key)}) > 1

    def streams(self, test=lambda t: True):
        return {f"{t.id}/stream" for t in self.plan.tables if t.stream and test(t)}

    def secrets(self, test, copy=lambda t: ""):
        """Secrets of such tables and kinds; `copy` names the second place that they lie in."""
        return {f"{t.id}#{s.path}:{s.kind}{copy(t)}" for t in self.plan.tables if t.items for s in t.recipe.secrets
                if test(t, s)}

    def everybody(self):
        return [Rights(self.plan, self.server, principal) for principal in self.plan.principals]

    def people(self, test):
        """Principals whose rights are such."""
        return {r.principal.id for r in self.everybody() if test(r)}

    def readers(self, test):
        """Principals whose rights on some table are such."""
        return self.people(lambda r: any(test(r, t) for t in self.plan.tables))


def sensitive(table):
    return bool(table.items and table.recipe.secrets)


def is_key(table, secret):
    return secret.path == table.recipe.key


def keys_index(table, secret):
    return bool(table.index) and secret.path == table.index[1]


def in_index(table, secret):
    return keys_index(table, secret) or bool(table.index) and table.index[2] == "ALL"
