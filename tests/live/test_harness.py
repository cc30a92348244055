"""The tests' own tools: a leak, a lie or a fault that they would miss would make every green line worthless."""

import base64
import copy
import json
import pathlib
import sys
import tempfile
import time
import types
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import botocore.exceptions

import binary
import compare
import leaks
import operations
import plan
import proxy
import rights
import seed
import servers
import storms
import truth
from clients import Clients
from tokens import Maker

SECRET = "kR7vQ2mZx9LpT4wB8nYc"


class Leaks(unittest.TestCase):
    pieces = leaks.needles({SECRET})

    def seen(self, text):
        return bool(leaks.leaks(text.encode(), self.pieces))

    def test_sees_a_value_in_every_form(self):
        for form in (SECRET, SECRET[5:13], base64.b64encode(("ab" + SECRET).encode()).decode(),
                     base64.b64encode(SECRET.encode()).decode(), SECRET.encode().hex(), SECRET.encode().hex().upper()):
            self.assertTrue(self.seen(f"log: {form}."), form)

    def test_sees_nothing_where_there_is_nothing(self):
        for form in (SECRET[:7], "length 20, digest 0123456789abcdef0123456789abcdef", "jwt eyJ… (212 bytes)"):
            self.assertFalse(self.seen(form), form)

    def test_sees_control_bytes_and_injected_lines(self):
        for raw in ("\x1b[31m", "\r", "\x9b2J", "a\nINJECTED", "\u202e", "\x7f"):
            self.assertTrue(leaks.controls(raw.encode()), repr(raw))
        self.assertFalse(leaks.controls("│ fine … │\n\\u001b INJECTED\n".encode()))
        self.assertTrue(leaks.controls(b"\xff"))


def report(**verdicts):
    """A report on one table: verdict by check; `unknown` names `dynamodb:DescribeTable`."""
    subject = {"kind": "table", "arn": "a", "region": "eu-west-1", "table": "one"}
    missing = [{"call": "dynamodb:DescribeTable"}]
    return {"gaps": [], "findings": [
        {"check": c, "verdict": v, "subject": subject, "missing": missing if v == "unknown" else []}
        for c, v in verdicts.items()]}


class NeverLies(unittest.TestCase):
    there = types.SimpleNamespace(keys={}, account="1", plan=plan.small(), server="moto")

    def problems(self, base, other):
        return compare.never_lies(base, other, {"dynamodb:DescribeTable"}, self.there)

    def test_honest(self):
        base = report(a="flagged", b="clear", c="flagged")
        self.assertEqual([], self.problems(base, copy.deepcopy(base)))
        self.assertEqual([], self.problems(base, report(a="unknown", b="unknown", c="flagged")))

    def test_lies(self):
        base = report(a="flagged", b="clear", c="unknown")
        for lie in (report(a="clear", b="clear", c="unknown"), report(a="flagged", b="flagged", c="unknown"),
                    report(a="flagged", b="clear", c="clear"), report(b="clear", c="unknown"),
                    report(a="not-applicable", b="clear", c="unknown"), report(a="flagged", d="flagged")):
            self.assertTrue(self.problems(base, lie), lie)

    def test_a_clear_row_may_go_if_another_was_not_applicable_before(self):
        both = report(a="clear")
        both["findings"] += report(a="not-applicable")["findings"]
        self.assertEqual([], self.problems(both, report(a="not-applicable")))
        self.assertTrue(self.problems(report(a="clear"), report(a="not-applicable")))

    def test_an_unknown_or_a_gap_that_names_another_call(self):
        other = report(a="unknown")
        other["findings"][0]["missing"][0]["call"] = "kms:DescribeKey"
        self.assertTrue(self.problems(report(a="flagged"), other))
        other = report(a="flagged") | {"gaps": [{"call": "kms:DescribeKey", "on": "x", "why": "denied"}]}
        self.assertTrue(self.problems(report(a="flagged"), other))


class Truth(unittest.TestCase):
    def test_thirds(self):
        tables = plan.sized(500).tables
        for kind, keys in (("customer", set(plan.CUSTOMER)), ("managed", {"managed"}), ("owned", {"owned"})):
            self.assertIn(sum(t.key in keys for t in tables), (166, 167, 168), kind)
        self.assertEqual({250}, {sum(t.region == r for t in tables) for r in plan.REGIONS})
        pairs = {(t.recipe.name, t.key) for t in plan.sized(2000).tables}
        self.assertEqual(len(plan.RECIPES) * (len(plan.CUSTOMER) + 2), len(pairs), "each recipe under each key")

    def test_missing_and_not_planted_are_told(self):
        there = types.SimpleNamespace(keys={}, account="1", plan=plan.small(), server="moto")
        told = compare.against_truth(report(**{"aws-owned-key": "flagged"}), there)
        self.assertTrue(any("aws-owned-key: 1 found, but not planted: eu-west-1/one" in t for t in told), told)
        self.assertTrue(any("token-in-plaintext: 8 not found" in t for t in told), told)

    def test_values_are_the_same_in_each_run(self):
        makers = [Maker(7), Maker(7)]
        self.assertEqual(*[[m.jwt(), m.github(), m.pem(), m.bcrypt(), m.uuid()] for m in makers])
        self.assertEqual(makers[0].hidden, makers[1].hidden)

    def test_a_name_that_stands_twice_is_an_error(self):
        ran = binary.Ran(0, b'{"subject": {"kind": "attribute", "kind": "jwt"}}', b"", 0.0)
        self.assertRaises(ValueError, ran.json)

    def test_what_a_server_hides_must_stand_as_it_must(self):
        there = types.SimpleNamespace(keys={}, account="1", plan=plan.small(), server="moto")
        told = compare.against_truth(report(), there)
        self.assertTrue(any("None, where the server can only show unknown" in t for t in told), told)

    def test_members_are_as_written(self):
        text = '{"x": {"findings": 0},\n "findings": [ 1,{"b":"}"} ] }'
        self.assertEqual('[ 1,{"b":"}"} ]', binary.members(text)["findings"])


class Operations(unittest.TestCase):
    def named(self, service, path="/", method="GET", body=b"", **headers):
        signed = {"Authorization": f"AWS4-HMAC-SHA256 Credential=AK/20260101/eu-west-1/{service}/aws4_request, x"}
        return operations.identify(signed | headers, body, method, path)

    def test_each_protocol(self):
        self.assertEqual("backup:GetBackupSelection", self.named("backup", "/backup/plans/a/selections/b"))
        self.assertEqual("backup:ListBackupPlans", self.named("backup", "/backup/plans/?maxResults=9"))
        self.assertEqual("lambda:ListEventSourceMappings", self.named("lambda", "/2015-03-31/event-source-mappings/"))
        self.assertEqual("s3:GetBucketPolicyStatus", self.named("s3", "/bucket?policyStatus"))
        self.assertEqual("ec2:DescribeVpcEndpoints", self.named("ec2", body=b"Action=DescribeVpcEndpoints"))
        target = {"X-Amz-Target": "ResourceGroupsTaggingAPI_20170126.GetResources"}
        self.assertEqual("tag:GetResources", self.named("tagging", "/", "POST", **target))
        self.assertEqual("kms:?", self.named("kms"))


class Storms(unittest.TestCase):
    def test_few_threes_let_any_two_meet(self):
        every, few = storms.threes(True), storms.threes(False)
        met = [{pair for three in threes for pair in storms.pairs(three)} for threes in (every, few)]
        self.assertEqual(*met)
        count = len(storms.STORMS)
        self.assertEqual(count * (count - 1) // 2 - 1, len(met[0]), "all pairs but that of the two that are slow")
        self.assertLess(len(few), len(every) / 8)


class OfRights(unittest.TestCase):
    """Rights as a reader of the plan would say them."""

    small = plan.small()

    def of(self, name, server="ministack"):
        principal = next(p for p in self.small.principals if p.name == name)
        return rights.Rights(self.small, server, principal)

    def table(self, name):
        return next(t for t in self.small.tables if t.name == name)

    def test_the_key_has_the_last_word(self):
        self.assertTrue(self.of("scanner").stopped(self.table("sessions")))
        self.assertEqual(rights.NO, self.of("scanner").reads(self.table("sessions")))
        self.assertEqual(rights.YES, self.of("scanner").reads(self.table("users")))
        self.assertEqual(rights.NO, self.of("scanner", "moto").reads(self.table("users")))
        self.assertEqual(rights.YES, self.of("backend").reads(self.table("sessions")))
        self.assertEqual(rights.NO, self.of("backend").reads(self.table("users")))

    def test_conditions_and_denials(self):
        self.assertEqual(rights.IF, self.of("administrator-with-mfa").reads(self.table("users")))
        self.assertEqual(rights.NO, self.of("denied").reads(self.table("open-data")))
        self.assertTrue(self.of("mailer").held_off(self.table("sessions"), "token"))
        self.assertFalse(self.of("mailer").held_off(self.table("sessions"), "user"))
        self.assertFalse(self.of("backend").held_off(self.table("sessions"), "token"))


class Faults(unittest.TestCase):
    """The proxy's faults as boto3, which nobody here wrote either, sees them."""

    @classmethod
    def setUpClass(cls):
        cls.home = cls.enterClassContext(tempfile.TemporaryDirectory())
        url = cls.enterClassContext(servers.running("ministack", pathlib.Path(cls.home)))
        cls.proxy = cls.enterClassContext(proxy.between(url))
        cls.calls = {
            "dynamodb:ListTables": lambda c: c("dynamodb").list_tables(),
            "kms:ListKeys": lambda c: c("kms").list_keys(),
            "iam:ListUsers": lambda c: c("iam").list_users(),
            "sts:GetCallerIdentity": lambda c: c("sts").get_caller_identity(),
        }

    def code(self, operation, kind, times=None):
        self.proxy.reset({operation: proxy.Fault(kind, times, seconds=0.1)})
        try:
            self.calls[operation](Clients(self.proxy.url))
        except botocore.exceptions.ClientError as error:
            return error.response["Error"]["Code"]
        except botocore.exceptions.BotoCoreError as error:
            return type(error).__name__
        finally:
            self.assertEqual({operation}, set(self.proxy.calls))
        return None

    def test_each_kind_on_each_protocol(self):
        for operation in self.calls:
            xml = operation.startswith(("iam", "sts"))
            self.assertEqual("AccessDenied" if xml else "AccessDeniedException", self.code(operation, "deny"))
            self.assertEqual("Throttling" if xml else "ThrottlingException", self.code(operation, "throttle"))
            self.assertIsNotNone(self.code(operation, "error"))
            self.assertIsNotNone(self.code(operation, "hang"))

    def test_truncated_answers_are_no_json(self):
        self.proxy.reset({"dynamodb:ListTables": proxy.Fault("truncate")})
        request = urllib.request.Request(self.proxy.url, b"{}", {"X-Amz-Target": "DynamoDB_20120810.ListTables"})
        with servers.DIRECT.open(request) as answer:
            self.assertRaises(json.JSONDecodeError, json.loads, answer.read())

    def test_pages_that_repeat_their_tokens(self):
        self.proxy.reset({proxy.EVERY: proxy.Fault("repeat")})
        for service, lists in (("dynamodb", "list_tables"), ("kms", "list_keys"), ("iam", "list_users")):
            pages = Clients(self.proxy.url)(service).get_paginator(lists).paginate()
            with self.assertRaises(botocore.exceptions.PaginationError, msg=lists):
                list(pages)

    def test_keys_are_good_until_their_moment(self):
        self.proxy.reset({proxy.EVERY: proxy.Fault("expire", stale=True)})
        keys = [proxy.key_until(int(time.time()) + seconds) for seconds in (60, 0)]
        good, stale = (Clients(self.proxy.url, (key, "test")) for key in keys)
        good.account()
        with self.assertRaises(botocore.exceptions.ClientError) as refused:
            stale.account()
        self.assertEqual("ExpiredToken", refused.exception.response["Error"]["Code"])
        self.assertEqual(set(keys), self.proxy.keys)

    def test_passes_after_a_fault_and_without_one(self):
        for operation in self.calls:
            for kind in ("throttle", "error", "hang"):
                self.assertIsNone(self.code(operation, kind, times=1), (operation, kind))
            self.assertIsNone(self.code(operation, "deny", times=0))


if __name__ == "__main__":
    unittest.main()
