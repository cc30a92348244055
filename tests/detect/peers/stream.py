"""Items as six services write them, with the attributes that hold a secret: written apart from the Rust corpus."""

import base64
import gzip
import hashlib
import json
import random
import string
import uuid

LOWER, ALNUM = string.ascii_lowercase, string.ascii_letters + string.digits
WORDS = """harbour morning quiet river garden letter window market winter orange silver bridge castle doctor engine
family forest island kitchen lemon mountain number office paper planet pocket rabbit school shadow ticket village
""".split()


class World:
    """A source of values; `secret` marks what may be found, everything else may not."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def letters(self, count, alphabet=ALNUM):
        return "".join(self.random.choices(alphabet, k=count))

    def hexed(self, count):
        return self.letters(count, "0123456789abcdef")

    def uuid(self):
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def words(self, count):
        return " ".join(self.random.choices(WORDS, k=count))

    def bytes(self, count):
        return self.random.randbytes(count)

    def b64(self, count):
        return base64.b64encode(self.bytes(count)).decode()

    def one(self, *choices):
        return self.random.choice(choices)

    def jwt(self):
        part = lambda data: base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()
        claims = {"sub": self.uuid(), "iat": 1_790_000_000, "exp": 1_790_003_600, "scope": "read"}
        return f"{part({'alg': 'RS256', 'kid': self.letters(8)})}.{part(claims)}.{base64.urlsafe_b64encode(self.bytes(256)).rstrip(b'=').decode()}"

    def provider(self):
        """A token whose vendor's prefix says what it is."""
        return self.one(
            lambda: "gl" + "pat-" + self.letters(20),
            lambda: "sk_" + "live_" + self.letters(24),
            lambda: "xox" + f"b-{self.letters(12, string.digits)}-{self.letters(12, string.digits)}-{self.letters(24)}",
            lambda: "AK" + "IA" + self.letters(16, string.ascii_uppercase + "234567"),
            lambda: "AI" + "za" + self.letters(35),
            lambda: "S" + f"G.{self.letters(22)}.{self.letters(43)}",
            lambda: "sh" + "pat_" + self.hexed(32),
            lambda: "dop" + "_v1_" + self.hexed(64),
            lambda: "npm" + "_" + self.npm(),
            lambda: "hf" + "_" + self.letters(34, string.ascii_letters),
            lambda: "sk-" + "ant-api03-" + self.letters(93) + "AA",
            lambda: "glc" + "_" + base64.b64encode(json.dumps({"o": "1234", "n": self.letters(6), "k": self.letters(24), "m": {"r": "eu"}}).encode()).decode(),
            lambda: "dapi" + self.hexed(32),
            lambda: "PM" + f"AK-{self.hexed(24)}-{self.hexed(34)}",
            lambda: "lin" + "_api_" + self.letters(40),
            lambda: "ntn" + "_" + self.letters(11, string.digits) + self.letters(35),
        )()

    def npm(self):
        import zlib
        body, number, tail = self.letters(30), 0, ""
        number = zlib.crc32(body.encode())
        digits = string.digits + string.ascii_uppercase + string.ascii_lowercase
        while number:
            number, rest = divmod(number, 62)
            tail = digits[rest] + tail
        return body + tail.rjust(6, "0")

    def password(self):
        return self.one(
            lambda: self.one(*WORDS).capitalize() + str(self.random.randrange(1970, 2030)) + self.one("!", "#", "?"),
            lambda: self.letters(14, ALNUM + "!#$%+-_"),
            lambda: "-".join(self.random.choices(WORDS, k=4)),
        )()


def accounts(w):
    plain = {"id": w.uuid(), "email": f"{w.letters(7, LOWER)}@{w.letters(8, LOWER)}.com", "name": w.words(2).title(),
             "password_hash": "$argon2id$v=19$m=65536,t=3,p=4$" + w.b64(16).rstrip("=") + "$" + w.b64(32).rstrip("="),
             "password_changed_at": "2026-10-02T11:00:00Z", "avatar": f"https://cdn.{w.letters(6, LOWER)}.com/{w.hexed(32)}.png"}
    return w.one(
        (plain, set()),
        ({**plain, "password": w.password()}, {"password"}),
        ({**plain, "reset_token": w.hexed(64)}, {"reset_token"}),
        ({**plain, "mfa": {"totp_secret": w.letters(32, string.ascii_uppercase + "234567")}}, {"mfa"}),
        ({**plain, "legacy_password_md5": w.hexed(32)}, {"legacy_password_md5"}),
    )


def sessions(w):
    plain = {"pk": f"SESSION#{w.hexed(8)}", "user": w.uuid(), "ip": "10.1.2.3", "ua": "Mozilla/5.0 (X11; Linux)", "ttl": 1_790_000_000}
    return w.one(
        ({**plain, "token_hash": hashlib.sha256(w.bytes(8)).hexdigest()}, set()),
        ({**plain, "sessionToken": w.letters(43)}, {"sessionToken"}),
        ({**plain, "id_token": w.jwt()}, {"id_token"}),
        ({**plain, "data": json.dumps({"csrf": "off", "refresh_token": w.letters(48)})}, {"data"}),
        ({**plain, "headers": f"Accept: */*\r\nAuthorization: Bearer {w.jwt()}\r\n"}, {"headers"}),
        ({**plain, "cookie": f"theme=dark; session_id={w.letters(40)}; Path=/"}, {"cookie"}),
        ({**plain, "cookie": "theme=dark; lang=en; Path=/"}, set()),
    )


def settings(w):
    plain = {"key": w.words(2).replace(" ", "/"), "version": w.random.randrange(9), "checksum": w.hexed(64), "etag": f'"{w.hexed(32)}"'}
    return w.one(
        ({**plain, "value": w.words(3)}, set()),
        ({**plain, "value": w.provider()}, {"value"}),
        ({**plain, "value": f"postgres://app:{w.letters(18)}@db.{w.letters(6, LOWER)}.internal/app"}, {"value"}),
        ({**plain, "value": "postgres://app@db.internal/app"}, set()),
        ({**plain, "blob": {"B": gzip.compress(json.dumps({"api_key": w.letters(40)}).encode())}}, {"blob"}),
        ({**plain, "blob": {"B": gzip.compress(json.dumps({"retries": 3, "note": w.words(6)}).encode())}}, set()),
        ({**plain, "pem": f"-----BEGIN PUBLIC KEY-----\n{w.b64(44)}\n-----END PUBLIC KEY-----\n"}, set()),
    )


def events(w):
    plain = {"id": w.uuid(), "trace": w.hexed(32), "at": "2026-11-03T10:00:00Z", "next_token": w.b64(90), "token_count": 1200}
    return w.one(
        ({**plain, "message": f"user {w.hexed(8)} changed the password"}, set()),
        ({**plain, "message": f"retry with {w.provider()} failed"}, {"message"}),
        ({**plain, "url": f"https://api.{w.letters(6, LOWER)}.com/v1/x?page=2&access_token={w.letters(40)}"}, {"url"}),
        ({**plain, "url": f"https://api.{w.letters(6, LOWER)}.com/v1/x?page=2&id={w.uuid()}"}, set()),
        ({**plain, "diff": {"commit": w.hexed(40), "tree": w.hexed(40)}}, set()),
    )


def shops(w):
    plain = {"PK": f"SHOP#{w.letters(8, LOWER)}", "SK": "META", "currency": "EUR", "image": w.b64(300), "public_key": w.b64(32)}
    return w.one(
        (plain, set()),
        ({**plain, "integration": {"provider": "x", "client_id": w.hexed(20), "client_secret": w.letters(40)}}, {"integration"}),
        ({**plain, "keys": [w.provider()]}, {"keys"}),
        ({**plain, "publishable_key": "pk_" + "live_" + w.letters(24)}, set()),
        ({**plain, "note": base64.b64encode(json.dumps({"webhook_secret": w.letters(32)}).encode()).decode()}, {"note"}),
    )


def devices(w):
    plain = {"device": w.hexed(16), "fw": "v2.1.0+" + w.hexed(7), "loc": "52.52,13.40", "reading": w.b64(24), "sig": w.b64(64)}
    return w.one(
        (plain, set()),
        ({**plain, "mqtt_password": w.letters(20)}, {"mqtt_password"}),
        ({**plain, "wifi": {"ssid": w.words(1), "psk": w.password()}}, {"wifi"}),
        ({**plain, "cert": f"-----BEGIN CERTIFICATE-----\n{w.b64(400)}\n-----END CERTIFICATE-----\n"}, set()),
    )


SERVICES = (accounts, sessions, settings, events, shops, devices)


def items(seed, count):
    """`count` pairs of an item in DynamoDB JSON and the names of the attributes that hold a secret."""
    world = World(seed)
    for _ in range(count):
        item, secret = world.one(*SERVICES)(world)
        yield {name: typed(value) for name, value in item.items()}, secret


def typed(value):
    if isinstance(value, dict) and isinstance(value.get("B"), bytes):
        return {"B": base64.b64encode(value["B"]).decode()}
    if isinstance(value, dict):
        return {"M": {name: typed(inner) for name, inner in value.items()}}
    if isinstance(value, list):
        return {"L": [typed(inner) for inner in value]}
    return {"N": str(value)} if isinstance(value, int) else {"S": value}
