"""Makes values for items from a seeded generator, and remembers every one that may never be shown."""

import base64
import hashlib
import json
import random
import string
import zlib

ALNUM = string.ascii_letters + string.digits
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
ISSUED = 1_790_000_000


class Maker:
    """Values for items. Formats are put together here, so that no literal in the source looks like a leak."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.hidden = set()

    def hide(self, text, public=0):
        """Remembers `text` as one that may never be shown, but for its first `public` characters; returns it."""
        self.hidden.add(text[public:])
        return text

    def letters(self, count, alphabet=ALNUM):
        return "".join(self.random.choices(alphabet, k=count))

    # Harmless values. They too may never be shown.

    def word(self):
        return self.hide(self.letters(12, string.ascii_lowercase))

    def email(self):
        return self.word() + "@example.com"

    def uuid(self):
        digits = f"{self.random.getrandbits(128):032x}"
        return self.hide("-".join((digits[:8], digits[8:12], "4" + digits[13:16], "a" + digits[17:20], digits[20:])))

    def digest(self, algorithm="sha256"):
        return self.hide(hashlib.new(algorithm, self.random.randbytes(16)).hexdigest())

    def ciphertext(self, length=96):
        data = self.random.randbytes(length)
        self.hide(base64.b64encode(data).decode())
        return data

    # Secrets.

    def opaque(self, length=43):
        return self.hide(self.letters(length))

    def jwt(self, expires=True, signed=True, lives=3600):
        claims = {"sub": self.hide(self.letters(10)), "iat": ISSUED, "jti": self.hide(self.letters(12))}
        if expires:
            claims["exp"] = ISSUED + lives
        header = {"alg": "HS256" if signed else "none", "typ": "JWT"}
        parts = [base64url(json.dumps(part).encode()) for part in (header, claims)]
        self.hide(parts[1])
        signature = self.hide(base64url(self.random.randbytes(32))) if signed else ""
        return ".".join((*parts, signature))

    def github(self):
        body = self.letters(30)
        return self.hide("gh" + "p_" + body + base62(zlib.crc32(body.encode()), 6), public=4)

    def slack(self):
        return self.hide("xox" + "b-" + self.letters(12, string.digits) + "-" + self.letters(13, string.digits) + "-"
                         + self.letters(24), public=5)

    def shopify(self):
        return self.hide("shp" + "at_" + self.letters(32, "0123456789abcdef"), public=6)

    def stripe(self):
        return self.hide("sk_" + "live_" + self.letters(24), public=8)

    def password(self):
        return self.hide(self.letters(6) + "-" + self.letters(6) + "!7")

    def bcrypt(self, cost=12):
        return self.hide(f"$2b${cost:02}$" + self.letters(53, "./" + ALNUM), public=7)

    def md5(self):
        return self.digest("md5")

    def pem(self):
        label = "RSA " + "PRIVATE KEY"
        body = base64.b64encode(bytes.fromhex("30820276020100") + self.random.randbytes(600)).decode()
        lines = [body[i : i + 64] for i in range(0, len(body), 64)]
        for line in lines:
            self.hide(line, public=10 if line is lines[0] else 0)
        return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""))

    def dsn(self):
        return f"postgres://app:{self.opaque(20)}@db.internal:5432/orders"


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def base62(number, width):
    digits = ""
    while number:
        number, rest = divmod(number, 62)
        digits = BASE62[rest] + digits
    return digits.rjust(width, "0")
