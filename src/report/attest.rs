//! An in-toto Statement about a bundle's files, in a DSSE envelope, signed with a key or not at all.
//!
//! The forms are in-toto's "Statement v1" and "Test Result" predicate, and the "DSSE: Dead Simple Signing
//! Envelope" protocol.

mod key;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::finding::hex;
pub use key::{PublicKey, Signer, public_key, signing_key};

/// Media type of the payload.
const PAYLOAD: &str = "application/vnd.in-toto+json";
const STATEMENT: &str = "https://in-toto.io/Statement/v1";
const PREDICATE: &str = "https://in-toto.io/attestation/test-result/v0.1";

/// What the bundle's files are and what the run came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    /// The files.
    pub subject: Vec<Subject>,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    /// What the run came to.
    pub predicate: TestResult,
}

/// A file with its digest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Subject {
    /// Name in the bundle.
    pub name: String,
    /// Its digest.
    pub digest: Sum,
}

/// A SHA-256 digest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Sum {
    /// In hex.
    pub sha256: String,
}

/// What a run came to, by check.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TestResult {
    /// `PASSED`, `WARNED` (something was not assessed) or `FAILED`.
    pub result: String,
    /// The checks and the configuration that were used.
    pub configuration: Vec<Subject>,
    /// Checks that flagged nothing and assessed everything.
    pub passed_tests: Vec<String>,
    /// Checks that could not assess something.
    pub warned_tests: Vec<String>,
    /// Checks that flagged something.
    pub failed_tests: Vec<String>,
    /// Digest of the statement of the bundle before this one, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Sum>,
}

/// A statement with its signatures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    payload_type: String,
    payload: String,
    signatures: Vec<Signed>,
}

/// One signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// SHA-256 of the public key's SubjectPublicKeyInfo, in hex.
    pub keyid: String,
    /// The signature, in base64.
    sig: String,
}

/// Why a statement cannot be signed or trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The key file cannot be used.
    #[error("the key {0} cannot be used: {1}")]
    Key(String, String),
    /// Whoever signs did not.
    #[error("it could not be signed: {0}")]
    Refused(String),
    /// The envelope cannot be read.
    #[error("the envelope is damaged: {0}")]
    Damaged(&'static str),
    /// No signature is by the key.
    #[error("it is not signed by this key")]
    Unsigned,
    /// A signature by the key does not fit the statement.
    #[error("the signature does not fit the statement")]
    Forged,
}

/// SHA-256 of `bytes`.
pub fn sum(bytes: &[u8]) -> Sum {
    Sum { sha256: hex(&Sha256::digest(bytes)) }
}

impl Statement {
    /// A statement about files.
    pub fn new(subject: Vec<Subject>, predicate: TestResult) -> Self {
        Self { kind: STATEMENT.to_owned(), subject, predicate_type: PREDICATE.to_owned(), predicate }
    }
}

impl Envelope {
    /// Puts a statement into an envelope, signed if somebody signs. What they say is verified before it is believed.
    ///
    /// # Errors
    /// It could not be signed, or what came back is no signature of this statement.
    pub fn seal(statement: &Statement, signer: Option<&dyn Signer>) -> Result<Self, Error> {
        let payload =
            serde_json::to_vec(statement).map_err(|_| Error::Damaged("its payload cannot be written"))?;
        let sign = |signer: &dyn Signer| {
            let (key, message) = (signer.key(), encoded(&payload));
            let signature = signer.sign(&message).map_err(Error::Refused)?;
            let fits = key.verifies(&message, &signature);
            fits.then(|| Signed { keyid: key.id(), sig: STANDARD.encode(&signature) }).ok_or(Error::Forged)
        };
        let signatures = signer.map(sign).transpose()?.into_iter().collect();
        Ok(Self { payload_type: PAYLOAD.to_owned(), signatures, payload: STANDARD.encode(payload) })
    }

    /// The statement, whoever signed it.
    ///
    /// # Errors
    /// The envelope is of another form.
    pub fn statement(&self) -> Result<Statement, Error> {
        if self.payload_type != PAYLOAD {
            return Err(Error::Damaged("its payload is no in-toto statement"));
        }
        let payload = self.payload()?;
        let statement: Statement =
            serde_json::from_slice(&payload).map_err(|_| Error::Damaged("its payload cannot be read"))?;
        if statement.kind != STATEMENT || statement.predicate_type != PREDICATE {
            return Err(Error::Damaged("its statement is of another kind"));
        }
        Ok(statement)
    }

    /// Digest of the statement, by which the next bundle names this one.
    ///
    /// # Errors
    /// The payload is no base64.
    pub fn digest(&self) -> Result<Sum, Error> {
        Ok(sum(&self.payload()?))
    }

    /// Who signed it.
    pub fn signatures(&self) -> &[Signed] {
        &self.signatures
    }

    /// Whether it is signed by the owner of `key`. Anybody can add a signature that is none: it takes nothing from another.
    ///
    /// # Errors
    /// It is not.
    pub fn verify(&self, key: &PublicKey) -> Result<(), Error> {
        let (id, message) = (key.id(), encoded(&self.payload()?));
        let fits = |signed: &Signed| match STANDARD.decode(&signed.sig) {
            Ok(bytes) if key.verifies(&message, &bytes) => Ok(()),
            Ok(_) => Err(Error::Forged),
            Err(_) => Err(Error::Damaged("a signature is no base64")),
        };
        let own = self.signatures.iter().filter(|signed| signed.keyid == id);
        own.map(fits).reduce(Result::or).unwrap_or(Err(Error::Unsigned))
    }

    fn payload(&self) -> Result<Vec<u8>, Error> {
        STANDARD.decode(&self.payload).map_err(|_| Error::Damaged("its payload is no base64"))
    }
}

/// What is signed: DSSE's pre-authentication encoding.
fn encoded(payload: &[u8]) -> Vec<u8> {
    let mut out = format!("DSSEv1 {} {PAYLOAD} {} ", PAYLOAD.len(), payload.len()).into_bytes();
    out.extend_from_slice(payload);
    out
}
