//! Password hashes: their formats, and what makes one weak by OWASP's "Password Storage Cheat Sheet".

use std::{borrow::Cow, collections::BTreeSet};

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{Found, Match, Rule};
use crate::snapshot::sample::{
    Basis, SecretKind,
    SecretTrait::{self, HashFast, HashLowCost, HashUnsalted},
};

const fn hash(id: &'static str, starts: &'static [&'static str], body: &'static str) -> Rule {
    Rule::token(id, starts, body).kind(SecretKind::PasswordHash)
}

#[rustfmt::skip] // One format a line.
pub(super) fn rules() -> Vec<Rule> {
    vec![
    hash("bcrypt", &["$2a$", "$2b$", "$2x$", "$2y$"], "([0-9]{2})[$][./A-Za-z0-9]{53}").check(bcrypt),
    hash("argon2", &["$argon2id$", "$argon2i$", "$argon2d$"], "(?:v=[0-9]{1,3}[$])?m=([0-9]{1,9}),t=([0-9]{1,9}),p=([0-9]{1,4})[$][A-Za-z0-9+/]{8,}={0,2}[$][A-Za-z0-9+/]{16,}={0,2}").check(argon2),
    hash("scrypt", &["$scrypt$"], "ln=([0-9]{1,2}),r=([0-9]{1,3}),p=([0-9]{1,3})[$][A-Za-z0-9+/.]{8,}={0,2}[$][A-Za-z0-9+/.]{16,}={0,2}").check(scrypt),
    hash("scrypt", &["scrypt:"], "([0-9]{1,9}):([0-9]{1,3}):([0-9]{1,3})[$][^$\\s]{4,64}[$][0-9a-f]{64,128}").check(scrypt),
    hash("pbkdf2", &["pbkdf2_sha256$", "pbkdf2_sha1$", "pbkdf2_sha512$"], "([0-9]{1,9})[$][^$\\s]{4,64}[$][A-Za-z0-9+/]{20,}={0,2}").check(pbkdf2),
    hash("pbkdf2", &["pbkdf2:sha256:", "pbkdf2:sha1:", "pbkdf2:sha512:"], "([0-9]{1,9})[$][^$\\s]{4,64}[$][0-9a-f]{32,128}").check(pbkdf2),
    hash("pbkdf2", &["$pbkdf2-sha256$", "$pbkdf2-sha512$", "$pbkdf2$"], "(?:i=)?([0-9]{1,9})(?:,l=[0-9]{1,3})?[$][A-Za-z0-9+/.]{8,}={0,2}[$][A-Za-z0-9+/.]{20,}={0,2}").check(pbkdf2),
    hash("scram", &["SCRAM-SHA-256$", "SCRAM-SHA-1$"], "([0-9]{1,9}):[A-Za-z0-9+/]{8,}={0,2}[$][A-Za-z0-9+/]{20,}={0,2}:[A-Za-z0-9+/]{20,}={0,2}").check(pbkdf2),
    hash("md5-crypt", &["$1$", "$apr1$"], "[./A-Za-z0-9]{1,8}[$][./A-Za-z0-9]{22}").check(|m| found(m, Basis::Shaped, [HashFast])),
    hash("sha-crypt", &["$5$", "$6$"], "(?:rounds=([0-9]{1,9})[$])?[^$:\\s]{1,16}[$][./A-Za-z0-9]{43,86}").check(sha_crypt),
    hash("yescrypt", &["$y$", "$gy$", "$7$"], "[./A-Za-z0-9]{3,24}[$][./A-Za-z0-9]{8,86}[$][./A-Za-z0-9]{43}").check(|m| found(m, Basis::Shaped, [])),
    hash("phpass", &["$P$", "$H$"], "[./A-Za-z0-9]{31}").check(|m| found(m, Basis::Shaped, [HashFast])),
    hash("ldap-salted", &["{SSHA}", "{SSHA256}", "{SSHA384}", "{SSHA512}", "{SMD5}"], "[A-Za-z0-9+/]{24,}={0,2}").any_case().check(|m| found(m, Basis::Shaped, [HashFast])),
    hash("ldap-unsalted", &["{SHA}", "{SHA256}", "{SHA512}", "{MD5}"], "[A-Za-z0-9+/]{22,88}={0,2}").any_case().check(|m| found(m, Basis::Shaped, [HashFast, HashUnsalted])),
        hash("bcrypt", &["$bcrypt-sha256$"], "(?:v=2,)?t=2[aby],r=([0-9]{1,2})[$][./A-Za-z0-9]{22}[$][./A-Za-z0-9]{31}").check(bcrypt),
        hash("scrypt", &["scrypt$"], "[^$\\s]{4,64}[$]([0-9]{1,9})[$]([0-9]{1,3})[$]([0-9]{1,3})[$][A-Za-z0-9+/]{40,100}={0,2}").check(scrypt),
        hash("pbkdf2", &["{PBKDF2-SHA256}", "{PBKDF2_SHA256}", "{PBKDF2-SHA512}", "{PBKDF2_SHA512}", "{PBKDF2-SHA1}", "{PBKDF2}"], "([0-9]{1,9})[$][A-Za-z0-9+/.]{8,}={0,2}[$][A-Za-z0-9+/.]{20,}={0,2}").any_case().check(pbkdf2),
        hash("pbkdf2", &["grub.pbkdf2.sha512."], "([0-9]{1,9})[.][0-9A-Fa-f]{64,256}[.][0-9A-Fa-f]{64,256}").check(pbkdf2),
        hash("pbkdf2", &["pbkdf2$sha256$", "pbkdf2$sha512$", "pbkdf2$sha1$", "pbkdf2-sha256$", "pbkdf2-sha512$"], "([0-9]{1,9})[$][^$\\s]{4,128}[$][A-Za-z0-9+/]{20,256}={0,2}").check(pbkdf2),
        hash("aspnet-identity", &["AQAAAA"], "([A-Za-z0-9+/]{64,110}={0,2})").check(aspnet),
        hash("drupal-sha512", &["$S$"], "[./A-Za-z0-9]{52}").check(|m| found(m, Basis::Shaped, [HashLowCost])),
        hash("cisco-hash", &["$8$", "$9$"], "[./A-Za-z0-9]{14}[$][./A-Za-z0-9]{43}").check(|m| found(m, Basis::Shaped, [HashLowCost])),
        hash("salted-digest", &["md5$", "sha1$", "sha256$", "sha512$"], "[^$\\s]{1,64}[$](?:[0-9a-f]{128}|[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})").check(|m| found(m, Basis::Shaped, [HashFast])),
        hash("postgres-md5", &["md5"], "[0-9a-f]{32}").check(|m| found(m, Basis::Shaped, [HashFast])),
        hash("mssql-hash", &["0x0200", "0x0100"], "(?:[0-9A-Fa-f]{136}|[0-9A-Fa-f]{88}|[0-9A-Fa-f]{48})").check(|m| found(m, Basis::Shaped, [HashFast])),
        hash("oracle-hash", &["S:"], "[0-9A-F]{60}").check(|m| found(m, Basis::Shaped, [HashFast])),
        hash("kerberos-hash", &["$krb5tgs$23$", "$krb5asrep$23$", "$krb5tgs$17$", "$krb5tgs$18$"], "[!-~]{40,4000}").check(|m| found(m, Basis::Shaped, [HashFast])),
    ]
}

fn found<const N: usize>(m: &Match<'_>, basis: Basis, traits: [SecretTrait; N]) -> Option<Found> {
    m.found(basis).map(|f| Found { traits: BTreeSet::from(traits), ..f })
}

fn costed(m: &Match<'_>, low: bool) -> Option<Found> {
    let traits = if low { BTreeSet::from([HashLowCost]) } else { BTreeSet::new() };
    m.found(Basis::Verified).map(|f| Found { traits, ..f })
}

fn number(m: &Match<'_>, group: usize) -> Option<u64> {
    std::str::from_utf8(m.group(group)).ok()?.parse().ok()
}

/// A work factor of 10 or more; bcrypt knows 4 to 31.
fn bcrypt(m: &Match<'_>) -> Option<Found> {
    let cost = number(m, 1).filter(|cost| (4..=31).contains(cost))?;
    costed(m, cost < 10).map(|f| Found { public: Cow::Owned(format!("{}{cost:02}$", m.start)), ..f })
}

/// One of the settings of equal strength: memory in KiB, passes.
fn argon2(m: &Match<'_>) -> Option<Found> {
    const ENOUGH: &[(u64, u64)] = &[(47_104, 1), (19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5)];
    let (memory, passes) = (number(m, 1)?, number(m, 2)?);
    costed(m, !ENOUGH.iter().any(|(least, times)| memory >= *least && passes >= *times))
}

/// One of the settings of equal strength: log2 of N, p; with r of 8.
fn scrypt(m: &Match<'_>) -> Option<Found> {
    const ENOUGH: &[(u64, u64)] = &[(17, 1), (16, 2), (15, 3), (14, 5), (13, 10)];
    let (n, r, p) = (number(m, 1)?, number(m, 2)?, number(m, 3)?);
    let ln = if m.start == "$scrypt$" { n } else { u64::from(n.checked_ilog2()?) };
    costed(m, r < 8 || !ENOUGH.iter().any(|(least, lanes)| ln >= *least && p >= *lanes))
}

/// Iterations: 1,300,000 with SHA-1, 600,000 with SHA-256, 210,000 with SHA-512.
fn pbkdf2(m: &Match<'_>) -> Option<Found> {
    let start = m.start.to_ascii_lowercase();
    let enough = match () {
        () if start.contains("512") => 210_000,
        () if start.contains("256") => 600_000,
        () => 1_300_000,
    };
    costed(m, number(m, 1)? < enough)
}

/// ASP.NET Core Identity's third version, in base64: a mark, the digest, the rounds, the salt's length, each of four bytes
/// but the first ("PasswordHasher").
fn aspnet(m: &Match<'_>) -> Option<Found> {
    let bytes = STANDARD.decode(m.whole).ok()?;
    let number =
        |at: usize| bytes.get(at..at + 4).map(|b| b.iter().fold(0_u64, |all, b| all << 8 | u64::from(*b)));
    let (digest, rounds, salt) = (number(1)?, number(5)?, number(9)?);
    let enough = [1_300_000, 600_000, 210_000].get(usize::try_from(digest).ok()?)?;
    if bytes.first() != Some(&1) || !(1_000..=100_000_000).contains(&rounds) || !(8..=64).contains(&salt) {
        return None;
    }
    costed(m, rounds < *enough)
}

/// Rounds, 5,000 unless given; held to PBKDF2's count with the same digest, as OWASP names none.
fn sha_crypt(m: &Match<'_>) -> Option<Found> {
    let rounds = number(m, 1).unwrap_or(5_000);
    let (id, enough) = if m.start == "$5$" { ("sha256-crypt", 600_000) } else { ("sha512-crypt", 210_000) };
    costed(m, rounds < enough).map(|f| Found { id: Some(id), ..f })
}

/// A bare digest under a password's name: its rule and traits. `salted` is whether a salt lies beside it,
/// `named_hash` whether the name says that it is a hash.
pub(crate) fn raw_hash(
    text: &str,
    salted: bool,
    named_hash: bool,
) -> Option<(&'static str, BTreeSet<SecretTrait>)> {
    let is_hex = |s: &str| s.len() >= 32 && s.bytes().all(|b| b.is_ascii_hexdigit());
    let (digest, salted) = match text.split_once([':', '$']) {
        Some((a, b)) if is_hex(a) && !b.is_empty() && b.len() <= 64 => (a, true),
        Some((a, b)) if is_hex(b) && !a.is_empty() && a.len() <= 64 => (b, true),
        Some(_) => return None,
        None => (text, salted),
    };
    if let Some(double) = digest.strip_prefix('*')
        && double.len() == 40
        && is_hex(double)
    {
        return Some(("mysql-password", BTreeSet::from([HashFast, HashUnsalted])));
    }
    if let Some(md5) = digest.strip_prefix("md5")
        && md5.len() == 32
        && is_hex(md5)
    {
        return Some(("postgres-md5", BTreeSet::from([HashFast])));
    }
    let distinct: BTreeSet<u8> = digest.bytes().collect();
    let crypt = |b: u8| b.is_ascii_alphanumeric() || b == b'.' || b == b'/';
    if named_hash && digest.len() == 13 && digest.bytes().all(crypt) {
        return Some(("descrypt", BTreeSet::from([HashFast])));
    }
    if !is_hex(digest) || distinct.len() < 6 {
        return None;
    }
    let rule = match digest.len() {
        32 => "raw-md5",
        40 => "raw-sha1",
        64 => "raw-sha256",
        96 => "raw-sha384",
        128 => "raw-sha512",
        _ => return None,
    };
    let traits = if salted { BTreeSet::from([HashFast]) } else { BTreeSet::from([HashFast, HashUnsalted]) };
    Some((rule, traits))
}
