//! Keys of statements: who signs, and by which public key it is verified.

use std::{fmt, path::Path};

use ed25519_dalek::{
    Signature, Signer as _, SigningKey, Verifier as _, VerifyingKey,
    pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePublicKey},
};
use p256::ecdsa;
use sha2::{Digest, Sha256, Sha512};

use super::Error;
use crate::{finding::hex, source::open};

/// Largest key file that is read, in bytes.
const MAX_BYTES: u64 = 1 << 16;

/// A public key. It alone says by which algorithm a signature is verified; what an envelope says is not asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// Ed25519. A signature is of the message itself, or Ed25519ph of its SHA-512 digest, which is the form that AWS KMS
    /// has for messages above 4,096 bytes (AWS documentation: "Sign", `MessageType`: KMS hashes the digest once more).
    Ed25519(VerifyingKey),
    /// ECDSA on P-256 with SHA-256; a signature is DER, of which either half of the range is taken, as AWS KMS gives both.
    P256(ecdsa::VerifyingKey),
}

impl PublicKey {
    /// The key in a SubjectPublicKeyInfo, in DER; none if it is of another kind.
    pub fn from_der(der: &[u8]) -> Option<Self> {
        let p256 = || ecdsa::VerifyingKey::from_public_key_der(der).ok().map(Self::P256);
        VerifyingKey::from_public_key_der(der).ok().map(Self::Ed25519).or_else(p256)
    }

    /// SHA-256 of the SubjectPublicKeyInfo, in hex: the key's name in an envelope.
    pub fn id(&self) -> String {
        let der = match self {
            Self::Ed25519(key) => key.to_public_key_der(),
            Self::P256(key) => key.to_public_key_der(),
        };
        der.map(|der| hex(&Sha256::digest(der.as_bytes()))).unwrap_or_default()
    }

    /// Whether `signature` is this key's, of `message`.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Ed25519(key) => Signature::from_slice(signature).is_ok_and(|signature| {
                let twice = || Sha512::new_with_prefix(Sha512::digest(message));
                key.verify(message, &signature).is_ok()
                    || key.verify_prehashed(twice(), None, &signature).is_ok()
            }),
            Self::P256(key) => ecdsa::Signature::from_der(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
        }
    }
}

/// Who signs a statement.
pub trait Signer: fmt::Debug {
    /// By which key it is verified.
    fn key(&self) -> PublicKey;
    /// Signs a message.
    ///
    /// # Errors
    /// Words on why it cannot.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String>;
    /// The calls to AWS that it takes, the signature last.
    fn calls(&self) -> &'static [&'static str] {
        &[]
    }
}

impl Signer for SigningKey {
    fn key(&self) -> PublicKey {
        PublicKey::Ed25519(self.verifying_key())
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String> {
        self.try_sign(message).map(|signature| signature.to_vec()).map_err(|error| error.to_string())
    }
}

/// A private key, in PKCS #8 PEM as `openssl genpkey -algorithm ed25519` writes it.
///
/// # Errors
/// The file cannot be read or holds no such key. What it holds is not told.
pub fn signing_key(path: &Path) -> Result<SigningKey, Error> {
    let text = read(path)?;
    SigningKey::from_pkcs8_pem(&text).map_err(|_| wrong(path, "it holds no Ed25519 private key in PEM"))
}

/// A public key, in PEM as `openssl pkey -pubout` writes it.
///
/// # Errors
/// The file cannot be read or holds no such key.
pub fn public_key(path: &Path) -> Result<PublicKey, Error> {
    let text = read(path)?;
    let p256 = || ecdsa::VerifyingKey::from_public_key_pem(&text).ok().map(PublicKey::P256);
    let key = VerifyingKey::from_public_key_pem(&text).ok().map(PublicKey::Ed25519).or_else(p256);
    key.ok_or_else(|| wrong(path, "it holds no Ed25519 or P-256 public key in PEM"))
}

fn read(path: &Path) -> Result<zeroize::Zeroizing<String>, Error> {
    open::text(path, MAX_BYTES).map(zeroize::Zeroizing::new).map_err(|error| wrong(path, &error.to_string()))
}

fn wrong(path: &Path, why: &str) -> Error {
    Error::Key(path.display().to_string(), why.to_owned())
}
