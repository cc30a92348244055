"""What the items of a table hold, and which secrets that plants under which paths."""

import base64
import gzip
import json
from dataclasses import dataclass
from typing import Callable

from tokens import ISSUED


IN_2096 = 4_000_000_000  # later than any run: MiniStack removes what is over


@dataclass(frozen=True)
class Secret:
    """A secret planted under a path; `kind` is what it is, in the words of `attribute.kind`."""

    path: str
    kind: str
    weak: bool = False
    no_expiry: bool = False
    alg_none: bool = False
    long_lived: bool = False
    live: bool = False
    elsewhere: bool = False  # whether the same value lies in another place of the sample, too


@dataclass(frozen=True)
class Recipe:
    """Makes the n-th item of a table; `id` is always the partition key unless `key` names another."""

    name: str
    make: Callable
    secrets: tuple = ()
    key: str = "id"
    cards: bool = False  # whether the items hold numbers of payment cards
    software: bool = False  # whether well-known software makes tables like this, and puts credentials in them


def jwt_sessions(m, n):
    return {"id": m.uuid(), "user": m.word(), "token": m.jwt(expires=False), "refresh_token": m.opaque(), "seen": n}


def jwt_short(m, n):
    return {"id": m.uuid(), "access_token": m.jwt(), "device": m.word(), "expires_at": IN_2096 + n}


def jwt_unsigned(m, n):
    return {"id": m.uuid(), "id_token": m.jwt(signed=False), "count": n}


def nested(m, n):
    tokens = [{"refresh_token": m.opaque(), "scope": m.word()} for _ in range(2)]
    return {"id": m.uuid(), "auth": {"tokens": tokens, "tenant": m.word()}, "client_secret": m.opaque(40), "n": n}


def packed(m, n):
    return {"id": m.uuid(), "blob": json.dumps({"session_token": m.opaque(), "user": m.word()}), "n": n}


def bcrypt_users(m, n):
    return {"id": m.uuid(), "email": m.email(), "password_hash": m.bcrypt(), "logins": n}


def md5_users(m, n):
    return {"id": m.uuid(), "email": m.email(), "password_md5": m.md5(), "logins": n}


def plain_password(m, n):
    return {"id": m.uuid(), "login": m.word(), "password": m.password(), "dsn": m.dsn(), "n": n}


def keyed_by_token(m, n):
    return {"api_key": m.github(), "owner": m.word(), "calls": n}


def machine_keys(m, n):
    return {"id": m.uuid(), "host": m.word(), "private_key": m.pem(), "n": n}


def long_jwts(m, n):
    return {"id": m.uuid(), "id_token": m.jwt(lives=30 * 86_400), "n": n}


def slack_installations(m, n):
    return {"id": m.uuid(), "team_id": "T" + m.hide(m.letters(10)), "bot_token": m.slack(), "installed_at": ISSUED + n}


def shopify_sessions(m, n):
    return {"id": m.uuid(), "shop": m.word() + ".example.com", "isOnline": False, "scope": "read_products",
            "accessToken": m.shopify(), "n": n}


def live_keys(m, n):
    return {"id": m.uuid(), "v": m.stripe(), "n": n}


def base64_json(m, n):
    inner = json.dumps({"user": m.word(), "api_key": m.opaque(40)}).encode()
    return {"id": m.uuid(), "payload": base64.b64encode(inner).decode(), "n": n}


def copied(m, n):
    token = m.github()
    return {"id": m.uuid(), "note": token, "old": {"was": token}, "n": n}


def carried(m, n):
    """Tokens as names of map entries, behind a word, in compressed bytes."""
    state = gzip.compress(json.dumps({"refresh_token": m.opaque(), "user": m.word()}).encode(), mtime=0)
    return {"id": m.uuid(), "sessions": {m.opaque(): {"seen": n} for _ in range(2)},
            "authorization": "Bearer " + m.opaque(), "state": state, "n": n}


def catalogue(m, n):
    return {"id": m.uuid(), "title": m.word(), "price": n, "tags": {m.word(), m.word()}, "stock": [n, m.word()],
            "created_at": "2026-03-04T05:06:07Z", "public": True, "etag": m.digest("md5"), "checksum": m.digest()}


def half_encrypted(m, n):
    return client_encrypted(m, n) if n % 2 else {"id": m.uuid(), "session_token": m.opaque(), "n": n}


def client_encrypted(m, n):
    return {"id": m.uuid(), "aws_dbe_head": m.ciphertext(), "aws_dbe_foot": m.ciphertext(48),
            "session_token": m.ciphertext(), "n": n}


CLEAN = Recipe("catalogue", catalogue)
ENCRYPTED = Recipe("encrypted", client_encrypted)
HALF = Recipe("half-encrypted", half_encrypted, (Secret("session_token", "session-token"),))
RECIPES = {r.name: r for r in (
    CLEAN,
    Recipe("sessions", jwt_sessions, (Secret("token", "jwt", no_expiry=True),
                                      Secret("refresh_token", "refresh-token"))),
    Recipe("bcrypt", bcrypt_users, (Secret("password_hash", "password-hash"),)),
    Recipe("md5", md5_users, (Secret("password_md5", "password-hash", weak=True),)),
    Recipe("nested", nested, (Secret("auth.tokens[].refresh_token", "refresh-token"),
                              Secret("client_secret", "opaque-token"))),
    Recipe("devices", jwt_short, (Secret("access_token", "jwt"),)),
    ENCRYPTED,
    Recipe("unsigned", jwt_unsigned, (Secret("id_token", "jwt", alg_none=True),)),
    Recipe("packed", packed, (Secret("blob|json.session_token", "session-token"),)),
    Recipe("passwords", plain_password, (Secret("password", "password"), Secret("dsn", "connection-string"))),
    Recipe("api-keys", keyed_by_token, (Secret("api_key", "provider-token"),), key="api_key"),
    Recipe("machines", machine_keys, (Secret("private_key", "private-key"),)),
    Recipe("long-jwts", long_jwts, (Secret("id_token", "jwt", long_lived=True),)),
    Recipe("installations", slack_installations, (Secret("bot_token", "provider-token"),), software=True),
    Recipe("shops", shopify_sessions, (Secret("accessToken", "provider-token"),), software=True),
    Recipe("live-keys", live_keys, (Secret("v", "provider-token", live=True),)),
    Recipe("base64", base64_json, (Secret("payload|base64|json.api_key", "api-key"),)),
    Recipe("copied", copied, (Secret("note", "provider-token", elsewhere=True),
                              Secret("old.was", "provider-token", elsewhere=True))),
    Recipe("carried", carried, (Secret("sessions.{*}", "session-token"), Secret("authorization", "access-token"),
                                Secret("state|gzip|json.refresh_token", "refresh-token"))),
)}
