//! A key of AWS KMS as the signer of evidence bundles.

use std::{fmt, future::Future};

use tokio::runtime::{Builder, Runtime};

use super::Error;
use crate::{
    collect::{self, SdkConfig, sign::Signer},
    report::attest::{self, PublicKey},
};

/// The key, and what waits for its answers.
pub struct Kms {
    runtime: Runtime,
    signer: Signer,
    key: PublicKey,
}

impl fmt::Debug for Kms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kms({})", self.key.id())
    }
}

impl Kms {
    /// Asks KMS for the public key, before anything else is asked: a run of an hour must not fail at its end.
    ///
    /// # Errors
    /// The key cannot be had, or is of a kind that signs no statement.
    pub fn open(
        arn: &str,
        sdk: impl Future<Output = Result<SdkConfig, collect::Error>>,
    ) -> Result<Self, Error> {
        let failed = |error: &dyn fmt::Display| Error::Collect(error.to_string());
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| failed(&error))?;
        let opened = runtime.block_on(async { Signer::open(&sdk.await?, arn).await });
        let signer = opened.map_err(|error| failed(&error))?;
        let key = PublicKey::from_der(&signer.public).ok_or_else(|| {
            Error::Collect(format!("the public key that AWS KMS gives for {arn} cannot be read"))
        })?;
        Ok(Self { runtime, signer, key })
    }
}

impl attest::Signer for Kms {
    fn key(&self) -> PublicKey {
        self.key.clone()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String> {
        self.runtime.block_on(self.signer.sign(message))
    }

    fn calls(&self) -> &'static [&'static str] {
        &["kms:GetPublicKey", "kms:Sign"]
    }
}
