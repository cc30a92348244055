//! The key of the digests: the same value gives the same digest under one key, and nothing under another.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Shortest key, in bytes: below it a digest could be undone by trying keys.
pub const MIN_KEY_BYTES: usize = 16;

/// Why a digest key could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DigestKeyError {
    /// The key is shorter than [`MIN_KEY_BYTES`].
    #[error("the digest key has {0} bytes, and needs at least {MIN_KEY_BYTES}")]
    Short(usize),
    /// The operating system gave no random bytes.
    #[error("no random bytes for the digest key: {0}")]
    Random(getrandom::Error),
}

/// A key for HMAC-SHA-256; zeroised on drop, never shown.
pub struct DigestKey(Zeroizing<Vec<u8>>);

/// The first 16 bytes of an HMAC-SHA-256.
pub(crate) type ValueDigest = [u8; 16];

impl DigestKey {
    /// A random key of 32 bytes: digests of this run compare with each other alone.
    ///
    /// # Errors
    /// The operating system gave no random bytes.
    pub fn random() -> Result<Self, DigestKeyError> {
        let mut key = Zeroizing::new(vec![0; 32]);
        getrandom::fill(&mut key).map_err(DigestKeyError::Random)?;
        Ok(Self(key))
    }

    /// A key that the user keeps, so that digests compare across runs.
    ///
    /// # Errors
    /// The key is shorter than [`MIN_KEY_BYTES`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DigestKeyError> {
        if bytes.len() < MIN_KEY_BYTES {
            return Err(DigestKeyError::Short(bytes.len()));
        }
        Ok(Self(Zeroizing::new(bytes.to_vec())))
    }

    /// Names the key without telling it: 16 hex digits.
    pub fn id(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(b"dynaudit digest key id\0");
        hash.update(self.0.as_slice());
        hex(&hash.finalize()[..8])
    }

    /// Keyed digest of a value.
    pub(crate) fn digest(&self, value: &[u8]) -> ValueDigest {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("any length of key");
        mac.update(value);
        let mut short = [0; 16];
        short.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        short
    }
}

impl fmt::Debug for DigestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DigestKey(…)")
    }
}

/// Lower-case hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digest_is_hmac_sha_256_cut_to_16_bytes() {
        // RFC 4231, test case 1: key of 20 bytes 0x0b, data "Hi There".
        let key = DigestKey::from_bytes(&[0x0b; 20]).unwrap();
        assert_eq!(hex(&key.digest(b"Hi There")), "b0344c61d8db38535ca8afceaf0bf12b");
    }

    #[test]
    fn keys_differ_and_are_not_shown() {
        let (a, b) = (DigestKey::random().unwrap(), DigestKey::random().unwrap());
        assert_ne!(a.id(), b.id());
        assert_eq!(a.id().len(), 16);
        assert_ne!(a.digest(b"v"), b.digest(b"v"));
        assert_eq!(format!("{a:?}"), "DigestKey(…)");
    }

    #[test]
    fn short_keys_are_refused() {
        assert_eq!(DigestKey::from_bytes(&[1; 15]).unwrap_err(), DigestKeyError::Short(15));
        assert!(DigestKey::from_bytes(&[1; 16]).is_ok());
    }
}
