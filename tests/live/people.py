"""Who is in a planned account, and what each is given: the same company in each account."""

from dataclasses import dataclass

OUTSIDER = "999988887777"
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
BY_DYNAMODB = {"StringLike": {"kms:ViaService": "dynamodb.*.amazonaws.com"}}
OWN_ITEMS = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["tenant-1"]}}
NAMED_PARTS = {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["id", "user", "seen"]},
               "StringEquals": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}}
# What AWS's own policies hold of what is looked at here.
AWS_POLICIES = {
    "AdministratorAccess": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    "ReadOnlyAccess": [{"Effect": "Allow", "Resource": "*", "Action": [
        "dynamodb:BatchGet*", "dynamodb:Describe*", "dynamodb:Get*", "dynamodb:List*", "dynamodb:PartiQLSelect",
        "dynamodb:Query", "dynamodb:Scan", "kms:Describe*", "kms:Get*", "kms:List*"]}],
}


@dataclass(frozen=True)
class Principal:
    """A role or user. `trusts` is an account id or `role/name`; of the names of `managed` some are AWS's own."""

    kind: str
    name: str
    allows: tuple = ()  # statements of an inline policy
    managed: tuple = ()
    group: str | None = None
    trusts: str | None = None
    external_id: bool = False  # whether the trust asks for one

    @property
    def id(self):
        return f"{self.kind}/{self.name}"


def statement(action, resource="*", effect="Allow", **more):
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def table_arn(region, name):
    """An ARN with the account left open: seeding fills it in."""
    return f"arn:aws:dynamodb:{region}:ACCOUNT:table/{name}"


def key_arn(region, name):
    """The ARN of a planned key: seeding puts the real one in its place."""
    return f"arn:aws:kms:{region}:ACCOUNT:key/{name}"


def people(tables):
    """Who may do everything, who reads all, who reads a table, who is kept from it by what, who reads nothing."""
    first = tables[0]
    mine = table_arn(first.region, first.name)
    decrypt = statement("kms:Decrypt", key_arn(first.region, first.key), Condition=BY_DYNAMODB)
    get = statement(["dynamodb:GetItem", "dynamodb:Query"], mine)
    become = lambda role: statement("sts:AssumeRole", f"arn:aws:iam::ACCOUNT:role/{role}")
    return dict(
        policies={"scan-everything": [statement(["dynamodb:Scan", "dynamodb:Query"])],
                  "list-only": [statement(["dynamodb:ListTables", "dynamodb:DescribeTable"])]},
        groups={"analysts": ("scan-everything",)},
        principals=[
            Principal("role", "administrator", (statement("dynamodb:*"),)),
            Principal("role", "administrator-with-mfa", (statement("dynamodb:*", Condition=MFA),)),
            Principal("role", "auditors", managed=("ReadOnlyAccess",)),
            Principal("role", "backend", (get, decrypt)),
            Principal("role", "break-glass", managed=("AdministratorAccess",)),
            Principal("role", "decrypter", (statement("kms:Decrypt"),)),
            Principal("role", "deployer", (statement(["dynamodb:DescribeTable", "dynamodb:PutResourcePolicy"]),)),
            Principal("role", "exporter", (statement("dynamodb:ExportTableToPointInTime", mine),)),
            Principal("role", "index-reader"),  # what it may do, a table's policy says
            Principal("role", "jump", (become("reporting"),), trusts="user/nia"),
            Principal("role", "lister", managed=("list-only",)),
            Principal("role", "mailer", (statement("dynamodb:GetItem", mine, Condition=NAMED_PARTS), decrypt)),
            Principal("role", "partner", (statement("dynamodb:GetItem", mine), decrypt), trusts=OUTSIDER),
            Principal("role", "portal", ({**get, "Condition": OWN_ITEMS}, statement("dynamodb:Scan", mine), decrypt)),
            Principal("role", "reporting", (statement("kms:Decrypt", Condition=BY_DYNAMODB),),
                      managed=("scan-everything",), trusts="role/jump"),
            Principal("role", "scanner", (statement("dynamodb:Scan"),)),
            Principal("role", "vendor", (statement("dynamodb:Query", mine), decrypt), trusts=OUTSIDER,
                      external_id=True),
            Principal("user", "anna", group="analysts"),
            Principal("user", "denied", (statement("dynamodb:*", effect="Deny"),), managed=("scan-everything",)),
            Principal("user", "nia", (become("jump"),)),
            Principal("user", "nobody"),
        ],
    )
