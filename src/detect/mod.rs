//! Stub.
#![allow(missing_docs)]
pub struct DigestKey(pub Vec<u8>);
#[derive(Debug, thiserror::Error)]
#[error("the digest key has {0} bytes, and needs at least 16")]
pub struct DigestKeyError(usize);
impl DigestKey {
    pub fn random() -> Result<Self, DigestKeyError> {
        Ok(Self(vec![0; 32]))
    }
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DigestKeyError> {
        if bytes.len() < 16 {
            return Err(DigestKeyError(bytes.len()));
        }
        Ok(Self(bytes.to_vec()))
    }
}
