//! Formats with a proof inside: a checksum, or a structure that decodes. The plain ones stand in `formats.txt`.

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};

use super::{Found, Match, Rule, checksum, hidden, is_filler, jwt, plain};
use crate::snapshot::sample::{Basis, SecretKind};

#[rustfmt::skip] // One format a line, so that the table can be read.
pub(super) fn rules() -> Vec<Rule> {
    vec![
    Rule::token("github-token", &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], "[A-Za-z0-9]{36}").check(checksum::base62_tail),
    Rule::token("github-refresh-token", &["ghr_"], "[A-Za-z0-9]{76}").kind(SecretKind::RefreshToken).check(checksum::base62_tail),
    Rule::token("npm-token", &["npm_"], "[A-Za-z0-9]{36}").check(checksum::base62_tail),
    Rule::token("grafana-token", &["glsa_"], "[A-Za-z0-9]{32}_[0-9a-fA-F]{8}").check(checksum::grafana),
    Rule::token("gitlab-token", &["glpat-", "glrt-t"], r"[A-Za-z0-9_-]{20,302}\.[0-9a-z]{2}\.[0-9a-z]{9}").needs(".").check(checksum::gitlab),
    Rule::token("zuplo-key", &["zpka_"], "[a-z0-9]{32}_[0-9a-f]{8}").check(checksum::zuplo),
    Rule::token("confluent-secret", &["cflt"], "[A-Za-z0-9+/]{60}").check(checksum::confluent),
    Rule::token("sentry-org-token", &["sntrys_eyJ"], "[A-Za-z0-9+/=]{60,}_[A-Za-z0-9+/]{43}").check(sentry),
    Rule::token("onepassword-token", &["ops_eyJ"], "[A-Za-z0-9_-]{80,}={0,3}").check(onepassword),
    Rule::token("grafana-key", &["eyJrIjoi"], "[A-Za-z0-9+/]{40,400}={0,2}").check(|m| json(m, &[b"\"n\":", b"\"id\":"])),
    Rule::token("aws-ecr-password", &["eyJwYXlsb2Fk"], "[A-Za-z0-9+/]{200,}={0,2}").check(|m| json(m, &[b"\"datakey\":"])),
    Rule::token("okta-token", &["SSWS "], "00[A-Za-z0-9_-]{40}").any_case(),
    Rule::token("discord-bot-token", &["MT", "Mj", "Mz", "ND", "NT", "Nj", "Nz", "OD", "OT"], r"[A-Za-z0-9_-]{22,26}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}").needs(".").check(discord),
    Rule::token("azure-storage-key", &["AccountKey="], "(?P<s>[A-Za-z0-9+/]{86}==)").any_case().check(plain),
    Rule::token("azure-shared-access-key", &["SharedAccessKey=", "AccessKey="], "(?P<s>[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==)").any_case().check(plain),
    Rule::token("azure-app-configuration-secret", &["Secret="], "(?P<s>[A-Za-z0-9+/]{36,86}={1,2})").check(plain),
    Rule::token("azure-sas", &["sig="], "(?P<s>[A-Za-z0-9+/]{43}=|(?:[A-Za-z0-9]|%2[BbFf]){43}%3[Dd])").check(plain),
    Rule::token("azure-client-secret", &["0Q~", "1Q~", "2Q~", "3Q~", "4Q~", "5Q~", "6Q~", "7Q~", "8Q~", "9Q~"], "[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}").around(4, 40).check(hidden),
    Rule::token("openai-key", &["sk-proj-", "sk-svcacct-", "sk-admin-", "sk-"], "[A-Za-z0-9_-]{20,130}T3BlbkFJ[A-Za-z0-9_-]{20,130}").check(openai),
    ]
}

/// JSON in base64, with these members.
fn json(found: &Match<'_>, members: &[&[u8]]) -> Option<Found> {
    let trimmed: Vec<u8> = found.whole.iter().copied().filter(|b| *b != b'=').collect();
    let decoded = STANDARD_NO_PAD.decode(trimmed).ok()?;
    let has = |name: &&[u8]| decoded.windows(name.len()).any(|w| w == *name);
    let public = Cow::Borrowed("");
    members.iter().all(has).then(|| found.found(Basis::Verified)).flatten().map(|f| Found { public, ..f })
}

/// A bot token begins with its account's number, in base64.
fn discord(found: &Match<'_>) -> Option<Found> {
    let first = found.whole.split(|b| *b == b'.').next()?;
    let number = STANDARD_NO_PAD.decode(first).ok()?;
    let verified = (17..=20).contains(&number.len()) && number.iter().all(u8::is_ascii_digit);
    let public = Cow::Borrowed("");
    verified.then(|| found.found(Basis::Verified)).flatten().map(|f| Found { public, ..f })
}

/// `T3BlbkFJ` is the maker's name in base64, in the middle of each key.
fn openai(found: &Match<'_>) -> Option<Found> {
    if is_filler(found.tail()) { None } else { found.found(Basis::Verified) }
}

/// The middle part is JSON that names the server and the organization.
fn sentry(found: &Match<'_>) -> Option<Found> {
    let tail = found.whole.strip_prefix(b"sntrys_".as_slice())?;
    let middle = tail.split(|b| *b == b'_').next()?;
    let trimmed: Vec<u8> = middle.iter().copied().filter(|b| *b != b'=').collect();
    let decoded = STANDARD_NO_PAD.decode(trimmed).ok()?;
    found.found(if decoded.ends_with(b"}") { Basis::Verified } else { Basis::Shaped })
}

/// A service account's token is JSON in base64url: where to sign in, and the keys to do so.
fn onepassword(found: &Match<'_>) -> Option<Found> {
    let tail = found.whole.strip_prefix(b"ops_".as_slice())?;
    let json = jwt::object(std::str::from_utf8(tail).ok()?)?;
    let known = json.contains_key("signInAddress") || json.contains_key("muk");
    found.found(if known { Basis::Verified } else { Basis::Shaped })
}
