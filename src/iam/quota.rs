//! How long a document may be: what is far longer than AWS keeps is not read, for each of its statements may name others,
//! and each of those is judged.

use super::{Kind, Malformed};

/// Bytes of the longest document that IAM takes, white space and all: 131,072 characters of one or two bytes (AWS
/// documentation: "PutRolePolicy"). Policies that AWS manages may be longer than the quota of those that customers write,
/// and are shorter than this.
const LONGEST: usize = 256 * 1024;

/// Bytes, white space left out, of the longest policy of a resource or role: twice the 32 KB of a key's policy, which is the
/// longest that AWS keeps ("AWS KMS resource quotas"). A table's has 20 KB, a trust policy 8,192 characters at most, which
/// white space does not count towards ("IAM and AWS STS quotas").
const DENSEST: usize = 64 * 1024;

/// Whether a document may be one that AWS keeps.
///
/// # Errors
/// It is far too long for that.
pub(super) fn kept(text: &str, kind: Kind) -> Result<(), Malformed> {
    let dense = || text.bytes().filter(|byte| !byte.is_ascii_whitespace()).count();
    let long = text.len() > LONGEST || (kind != Kind::Identity && text.len() > DENSEST && dense() > DENSEST);
    if long { Err(Malformed::new("document", "it is longer than any policy that AWS keeps")) } else { Ok(()) }
}
