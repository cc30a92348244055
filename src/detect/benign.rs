//! What is no secret whatever its name says: references, ciphertexts, public material, samples of documentation.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::{language::reading, password::is_placeholder};

/// Whether `text` points to where a secret is kept, or is one already encrypted or made to be published.
pub(crate) fn is_cleared(text: &str) -> bool {
    is_reference(text) || is_ciphertext(text) || is_public(text) || is_placeholder(text) || is_sample(text)
}

/// The name of a secret in some store, not the secret.
pub(crate) fn is_reference(text: &str) -> bool {
    const STARTS: &[&str] = &[
        "arn:",
        "op://",
        "ssm:",
        "ssm://",
        "/aws/reference/",
        "secretsmanager:",
        "awssm://",
        "sm://",
        "gcp-sm://",
        "vault://",
        "vault:secret/",
        "vault:kv/",
        "secret/data/",
        "kv/data/",
        "env:",
        "env://",
        "ENV:",
        "ENV[",
        "os.environ/",
        "file:",
        "file://",
        "keychain:",
        "keyring:",
        "doppler://",
        "infisical://",
        "bws://",
        "bw://",
        "akv://",
        "azurekv://",
        "kms://",
        "awskms://",
        "gcpkms://",
        "k8s://",
        "secretref:",
        "ref+",
        "ref:",
        "!Ref ",
        "Ref:",
        "data.",
        "var.",
        "local.",
        "module.",
        "process.env.",
        "System.getenv(",
        "os.getenv(",
        "os.environ[",
        "ENV.fetch(",
        "@Microsoft.KeyVault(",
        "{{resolve:",
        "lookup(",
        "projects/",
        "s3://",
        "gs://",
    ];
    begins_with(text, STARTS)
        || (text.starts_with("https://") && text.contains(".vault.azure.net/"))
        || (text.starts_with('/') && is_path(text))
        || text.starts_with("./")
        || text.starts_with("~/")
}

/// The name of a secret in a store that keeps secrets.
pub(crate) fn is_stored_elsewhere(text: &str) -> bool {
    const STORES: &[&str] = &[
        "arn:aws:secretsmanager:",
        "arn:aws:ssm:",
        "ssm:",
        "secretsmanager:",
        "op://",
        "vault://",
        "vault:secret/",
        "vault:kv/",
        "secret/data/",
        "{{resolve:s",
        "@Microsoft.KeyVault(",
        "gcp-sm://",
        "awssm://",
        "doppler://",
        "ref+",
    ];
    STORES.iter().any(|store| text.starts_with(store))
}

/// A path of a file or a parameter: short words between slashes. Base64 may begin with one too.
pub(crate) fn is_path(text: &str) -> bool {
    !text.contains(char::is_whitespace)
        && text
            .split('/')
            .skip(1)
            .all(|part| part.len() <= 64 && (part.len() < 20 || reading(part.as_bytes()) > 0.0))
}

/// What some library encrypted: the AWS ones, and those of common tools.
pub(crate) fn is_ciphertext(text: &str) -> bool {
    // In base64: the blobs of KMS Encrypt and GenerateDataKey, messages of the AWS Encryption SDK in its two versions, the
    // header of age, OpenSSL's `Salted__`, and packets of OpenPGP encrypted with a passphrase.
    const BASE64: &[&str] = &[
        "AQICAH",
        "AQIDAH",
        "AQECAH",
        "AQEDAH",
        "AQICAGh",
        "AYADe",
        "AYAAFH",
        "AgV4",
        "AgR4",
        "YWdlLWVuY3J5cHRpb24ub3Jn",
        "U2FsdGVkX1",
        "hQEMA",
        "hQIMA",
        "hF4D",
        "jA0E",
        "wcBMA",
        "wV4D",
        "wy4E",
    ];
    const STARTS: &[&str] = &[
        "ENC[",
        "ENC(",
        "{cipher}",
        "vault:v",
        "$ANSIBLE_VAULT;",
        "-----BEGIN AGE ENCRYPTED FILE",
        "age-encryption.org/",
        "-----BEGIN PGP MESSAGE",
        "-----BEGIN CMS",
        "-----BEGIN PKCS7",
        "-----BEGIN ENCRYPTED MESSAGE",
        "-----BEGIN ENCRYPTED DATA",
        "encrypted:",
        "enc:",
        "encv1:",
        "encrypted.",
        "crypt:",
        "aes:",
        "aes256:",
        "aes-256-gcm:",
        "aes-256-gcm$",
        "aes-gcm:",
        "kms:",
        "tink:",
        "gcpkms:",
        "secretbox:",
        "sealed:",
        "hpke:",
        "k8s:enc:",
        "{enc}",
        "{AES}",
        "{aes}",
        "{RSA}",
    ];
    (text.len() >= 40 && begins_with(text, BASE64)) || begins_with(text, STARTS)
}

/// Keys and certificates that are made to be shown.
pub(crate) fn is_public(text: &str) -> bool {
    const STARTS: &[&str] = &[
        "ssh-rsa ",
        "ssh-dss ",
        "ssh-ed25519 ",
        "ecdsa-sha2-",
        "sk-ssh-",
        "sk-ecdsa-",
        "pk_live_",
        "pk_test_",
        "pk_prod_",
        "pk.eyJ",
        "sb_publishable_",
        "pubkey-",
        "FLWPUBK",
        "phc_",
        "rzp_pub",
        "xpub",
        "ypub",
        "zpub",
        "npub1",
        "age1",
        "did:",
        "urn:",
        "pub-c-",
        "sub-c-",
        "dvc_client_",
        "dvc_mobile_",
        "appl_",
        "goog_",
        "client_",
        "SHA256:",
        "sha256:",
        "sha512:",
        "sha256-",
        "sha384-",
        "sha512-",
        "sha1:",
        "md5:",
        "W/\"",
        "data:image/",
        "data:font/",
        "data:application/",
        "data:text/",
        "data:video/",
        "data:audio/",
    ];
    let pem = text.starts_with("-----BEGIN ") && !text.contains("PRIVATE KEY");
    pem || begins_with(text, STARTS)
        // Where a device is reached by Firebase Cloud Messaging: an address.
        || text.contains(":APA91b")
        // A Sentry DSN carries a public key; the old form with a secret one has a colon.
        || (text.starts_with("https://") && text.contains(".ingest.") && text.contains("sentry.io/"))
}

/// A value that documentation would show: a word that says so in it, or a run of one character or of counting.
pub(crate) fn is_sample(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "example",
        "sample",
        "dummy",
        "placeholder",
        "changeme",
        "change_me",
        "change-me",
        "replaceme",
        "replace_me",
        "replace-me",
        "redacted",
        "your_",
        "your-",
        "yourapi",
        "yoursecret",
        "yourtoken",
        "insert_",
        "insert-",
        "todo",
        "fixme",
        "lorem",
        "not-a-real",
        "notareal",
        "not_real",
        "invalid",
        "do-not-use",
        "do_not_use",
        "xxxx",
        "****",
        "...",
        "…",
        "____",
        "abcdefgh",
        "12345678",
        "deadbeef",
        "cafebabe",
        "0123456789",
        "foobar",
        "test-token",
        "test_token",
        "fake",
    ];
    static FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
        let automaton =
            AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).ascii_case_insensitive(true).build(WORDS);
        automaton.ok()
    });
    let start = text.as_bytes().get(..256).unwrap_or(text.as_bytes());
    FINDER.as_ref().is_some_and(|finder| finder.is_match(start))
}

/// Whether `text` begins with one of `starts`; most do not even share the first byte.
fn begins_with(text: &str, starts: &[&str]) -> bool {
    let first = text.as_bytes().first();
    starts.iter().any(|start| start.as_bytes().first() == first && text.starts_with(start))
}
