//! Stub.
#![allow(missing_docs)]
#[derive(Clone)]
pub struct DigestKey(Vec<u8>);
impl DigestKey {
    pub fn random() -> Self {
        Self(vec![0; 32])
    }
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}
