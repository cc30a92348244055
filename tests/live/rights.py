"""What a planned principal may do, worked out of the statements that the plan gives it: the truth of access."""

import functools
from dataclasses import dataclass
from fnmatch import fnmatchcase

from people import AWS_POLICIES, BY_DYNAMODB, key_arn, table_arn
from plan import CONDITIONED

NO, IF, YES = 0, 1, 2  # not at all; under a condition of the request; outright
BY_KEY = ("GetItem", "BatchGetItem", "Query")
READS = (*BY_KEY, "Scan", "PartiQLSelect")
BY_TABLE_POLICY = ("GetItem", "Scan")  # what the planted policies of tables allow
WIDE = {"ReadOnlyAccess", "PowerUserAccess"}


def words(value):
    return value if isinstance(value, (list, tuple)) else (value,)


def names(patterns, text):
    return any(fnmatchcase(text.lower(), pattern.lower()) for pattern in words(patterns))


@dataclass(frozen=True, eq=False)
class Rights:
    """The rights of `principal` in the account of `plan`; `server` may show keys otherwise than AWS does."""

    plan: object
    server: str
    principal: object

    @functools.cached_property
    def statements(self):
        held = {*self.principal.managed, *self.plan.groups.get(self.principal.group, ())}
        documents = [self.plan.policies.get(name) or AWS_POLICIES[name] for name in sorted(held)]
        return [*self.principal.allows, *(s for document in documents for s in document)]

    def naming(self, action, arn):
        return [s for s in self.statements if names(s["Action"], action) and names(s["Resource"], arn)]

    def by_own(self, action, arn):
        """By the principal's own policies; none where a Deny forbids it outright."""
        best = NO
        for s in self.naming(action, arn):
            bound = s.get("Condition") not in (None, BY_DYNAMODB)  # every read comes through DynamoDB
            if s["Effect"] == "Deny" and not bound:
                return None
            if s["Effect"] == "Allow":
                best = max(best, IF if bound else YES)
        return best

    @functools.cache
    def on(self, action, table):
        """A `dynamodb:` action on a table, as DynamoDB alone judges it."""
        own = self.by_own(f"dynamodb:{action}", table_arn(table.region, table.name))
        if own is None:
            return NO
        shared = {"public": YES, CONDITIONED: IF}.get(table.admits, NO) if action in BY_TABLE_POLICY else NO
        if action == "Query" and table.index_admits == self.principal.id:
            shared = YES
        return max(own, shared)

    @functools.cache
    def decrypts(self, table):
        """Whether the table's key lets the principal read through DynamoDB."""
        if table.key == "owned" or table.key == "managed" and self.server != "moto":
            return YES  # the policy of aws/dynamodb lets in whoever comes through DynamoDB; moto's has none of that
        key = next((k for k in self.plan.keys if (k.region, k.name) == (table.region, table.key)), None)
        if key and key.admits == "public":
            return YES
        return self.by_own("kms:Decrypt", key_arn(table.region, table.key)) or NO

    def reads(self, table, actions=READS):
        """The best way to its items that is open in the end."""
        return min(max(self.on(action, table) for action in actions), self.decrypts(table))

    def stopped(self, table):
        """Whether DynamoDB lets it read, and the key does not."""
        return not self.decrypts(table) and any(self.on(action, table) for action in READS)

    def everything_on(self, table):
        """Whether it is given all that DynamoDB has, if under a condition."""
        return self.on("AnythingAtAll", table) != NO

    def full(self):
        """Whether it is given all that DynamoDB has on every table, outright."""
        return all(self.on("AnythingAtAll", table) == YES for table in self.plan.tables)

    def decrypts_with_every_key(self):
        statements = [s for s in self.naming("kms:Decrypt", key_arn("any", "any")) if not s.get("Condition")]
        return any(s["Effect"] == "Allow" for s in statements)

    def fenced_by(self, condition_key):
        """Whether a read of its own is held to part of the data, and another is not."""
        return any(fenced_on(condition_key, s) for s in self.statements) and any(
            s["Effect"] == "Allow" and "Condition" not in s and names(s["Action"], "dynamodb:Scan")
            for s in self.statements)

    def held_off(self, table, path):
        """Whether it may read the table, and not this attribute, by the attributes that its statements name."""
        mine = [s for action in READS for s in self.naming(f"dynamodb:{action}", table_arn(table.region, table.name))]
        return bool(self.reads(table)) and bool(mine) and all(
            fenced_on("dynamodb:Attributes", s) and path.split(".")[0] not in attributes(s) for s in mine)

    def by_wildcard(self, table):
        """Whether an action with a wildcard gives it a read by key of the table."""
        arn = table_arn(table.region, table.name)
        return any("*" in word and names(word, f"dynamodb:{action}") for s in self.statements
                   if s["Effect"] == "Allow" and names(s["Resource"], arn)
                   for word in words(s["Action"]) for action in BY_KEY)


def fenced_on(condition_key, statement):
    return any(condition_key in tests for tests in statement.get("Condition", {}).values())


def attributes(statement):
    return statement["Condition"]["ForAllValues:StringEquals"]["dynamodb:Attributes"]
