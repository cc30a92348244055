"""What the items of a table hold, and which secrets that plants under which paths."""

import json
from dataclasses import dataclass
from typing import Callable


IN_2096 = 4_000_000_000  # later than any run: MiniStack removes what is over


@dataclass(frozen=True)
class Secret:
    """A secret planted under a path; `kind` is what it is, in the words of `attribute.kind`."""

    path: str
    kind: str
    weak: bool = False
    no_expiry: bool = False
    alg_none: bool = False


@dataclass(frozen=True)
class Recipe:
    """Makes the n-th item of a table; `id` is always the partition key unless `key` names another."""

    name: str
    make: Callable
    secrets: tuple = ()
    key: str = "id"


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
)}
