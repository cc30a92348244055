"""The evidence bundle, by other hands: Python's zipfile, sha256, and securesystemslib's DSSE."""

import base64
import collections
import hashlib
import json
import subprocess
import zipfile

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

Key = collections.namedtuple("Key", "private public")


def key(home):
    """A key of the run's own, in the files that the binary takes."""
    made = Ed25519PrivateKey.generate()
    private, public = home / "key.pem", home / "key.pub"
    private.write_bytes(made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    public.write_bytes(made.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
    return Key(private, public)


def bundle(out, binary, key):
    path = out / "evidence.zip"
    run = subprocess.run([binary, "verify", path, "--key", key.public], capture_output=True, text=True)
    if run.returncode:
        yield run.stdout + run.stderr
    with zipfile.ZipFile(path) as archive:
        if bad := archive.testzip():
            yield f"{bad}: its CRC does not fit"
        sums = {}
        for name in archive.namelist():
            if name != "SHA256SUMS":
                sums[name] = hashlib.sha256(archive.read(name)).hexdigest()
        listed = archive.read("SHA256SUMS").decode().splitlines()
        if {line[66:]: line[:64] for line in listed} != sums:
            yield "SHA256SUMS does not fit the files"
        envelope = json.loads(archive.read("statement.dsse.json"))
    try:
        signer = envelope["signatures"][0]["keyid"]
        public = SSlibKey(signer, "ed25519", "ed25519", {"public": raw(key.public)})
        Envelope.from_dict(json.loads(json.dumps(envelope))).verify([public], 1)
    except Exception as error:  # whatever the library says is what is wrong
        yield f"DSSE: {type(error).__name__}: {error}"
    statement = json.loads(base64.b64decode(envelope["payload"]))
    told = {subject["name"]: subject["digest"]["sha256"] for subject in statement["subject"]}
    sums.pop("statement.dsse.json")
    if told != sums:
        yield "the statement does not fit the files"


def raw(path):
    public = serialization.load_pem_public_key(path.read_bytes())
    return public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()
