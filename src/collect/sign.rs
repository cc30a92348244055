//! Signatures by a key of AWS KMS: the one thing that a run has AWS do rather than tell.
//!
//! KMS is given a digest and no more. A statement is longer than the 4,096 bytes that KMS signs as they are, so that a key
//! of ECC_NIST_EDWARDS25519 signs by ED25519_PH_SHA_512 (AWS documentation: "Sign").

use std::sync::Arc;

use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{KeySpec, KeyUsageType, MessageType, SigningAlgorithmSpec};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_types::SdkConfig;
use sha2::{Digest, Sha256, Sha512};
use tokio::sync::watch;

use super::calls::{GET_PUBLIC_KEY, SIGN};
use super::clients::Clients;
use super::clock::Clock;
use super::desk::Desk;
use super::keys::region_of;
use super::pace::Pace;
use super::{Error, Halt};

/// A key of KMS that can sign statements.
pub struct Signer {
    desk: Desk,
    client: Client,
    arn: String,
    algorithm: SigningAlgorithmSpec,
    /// The public key, a SubjectPublicKeyInfo in DER.
    pub public: Vec<u8>,
}

impl Signer {
    /// Asks for the public key, once.
    ///
    /// # Errors
    /// It cannot be had, or the key is of a kind that signs no statement.
    pub async fn open(sdk: &SdkConfig, arn: &str) -> Result<Self, Error> {
        let clock = Clock::over(sdk.time_source().unwrap_or_default());
        let sleep = sdk.sleep_impl().unwrap_or_else(|| SharedAsyncSleep::new(TokioSleep::new()));
        // Nobody stops it: a run that is out of time still says what it saw, and signs that.
        let (_, stop) = watch::channel(Halt::Go);
        let pace = Pace::towards(sdk.endpoint_url());
        let desk = Desk::new(pace, clock, sleep, 1, Arc::new(()), stop);
        let client = Clients::new(sdk, false).signing(region_of(arn));
        let unfit = |why: String| Error::Signing(arn.to_owned(), why);
        let answer = desk.ask(&GET_PUBLIC_KEY, region_of(arn), || client.get_public_key().key_id(arn).send());
        let answer = answer.await.map_err(|fault| match fault.no_credentials() {
            true => Error::NoCredentials,
            false => unfit(format!("{}: {}", GET_PUBLIC_KEY.name(), fault.message(&GET_PUBLIC_KEY))),
        })?;
        if let Some(usage) = answer.key_usage.filter(|usage| *usage != KeyUsageType::SignVerify) {
            return Err(unfit(format!("it is for {}, and not for SIGN_VERIFY", usage.as_str())));
        }
        let algorithm = match answer.key_spec {
            Some(KeySpec::EccNistP256) => SigningAlgorithmSpec::EcdsaSha256,
            Some(KeySpec::EccNistEdwards25519) => SigningAlgorithmSpec::Ed25519PhSha512,
            other => {
                let spec = other.as_ref().map_or("unknown", KeySpec::as_str);
                return Err(unfit(format!(
                    "its key spec is {spec}, and neither ECC_NIST_P256 nor ECC_NIST_EDWARDS25519"
                )));
            }
        };
        let public = answer.public_key.ok_or_else(|| unfit("the answer holds no public key".to_owned()))?;
        Ok(Self { desk, client, arn: arn.to_owned(), algorithm, public: public.into_inner() })
    }

    /// The signature of a message, whose digest alone is sent.
    ///
    /// # Errors
    /// Words on why KMS did not sign.
    pub async fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String> {
        let digest = match self.algorithm {
            SigningAlgorithmSpec::EcdsaSha256 => Sha256::digest(message).to_vec(),
            _ => Sha512::digest(message).to_vec(),
        };
        let send = || {
            let call = self.client.sign().key_id(&self.arn).message(Blob::new(digest.clone()));
            call.message_type(MessageType::Digest).signing_algorithm(self.algorithm.clone()).send()
        };
        let answer = self.desk.ask(&SIGN, region_of(&self.arn), send).await;
        let answer = answer.map_err(|fault| format!("{}: {}", SIGN.name(), fault.message(&SIGN)))?;
        let signature = answer.signature.ok_or_else(|| format!("{}: the answer holds none", SIGN.name()))?;
        Ok(signature.into_inner())
    }
}
