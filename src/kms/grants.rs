//! A grant, read for whom it lets decrypt ("Grants in AWS KMS").

use crate::{
    iam::arn::{Arn, is_account_id},
    snapshot::key::Grant,
};

/// What a grant says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GrantReading {
    /// Whether it lets its grantee decrypt, or encrypt anew under another key what it cannot see.
    pub decrypts: bool,
    /// Whether the grantee is of another account.
    pub external: bool,
    /// Whether the grantee is an AWS service.
    pub service: bool,
    /// Whether the grantee no longer exists: KMS then gives its unique id alone.
    pub deleted: bool,
    /// Whether an encryption context bounds it.
    pub constrained: bool,
}

/// Reads a grant on a key of `owner`.
pub fn read_grant(grant: &Grant, owner: &str) -> GrantReading {
    let grantee = grant.grantee.as_deref().unwrap_or_default();
    let arn = Arn::parse(grantee);
    let account = match arn {
        Some(arn) => arn.account,
        None if is_account_id(grantee) => grantee,
        None => "",
    };
    GrantReading {
        decrypts: grant.operations.iter().any(|op| op == "Decrypt" || op == "ReEncryptFrom"),
        external: !account.is_empty() && account != owner,
        // `dynamodb.amazonaws.com`, `dynamodb.eu-west-1.amazonaws.com`, `….amazonaws.com.cn`
        service: arn.is_none() && grantee.contains(".amazonaws.com"),
        deleted: is_unique_id(grantee),
        constrained: !grant.context_subset.is_empty() || !grant.context_equals.is_empty(),
    }
}

/// `AIDA…`, `AROA…` and the like ("IAM identifiers: unique identifier prefixes").
fn is_unique_id(text: &str) -> bool {
    let id = text.split(':').next().unwrap_or_default();
    let known = ["AIDA", "AROA", "AGPA", "AKIA", "ASIA", "ANPA", "AIPA"];
    (16..=128).contains(&id.len())
        && known.iter().any(|prefix| id.starts_with(prefix))
        && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}
