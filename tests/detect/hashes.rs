//! Password hashes: found in their formats, weak ones told, bare digests only under a password's name.

use base64::{Engine, engine::general_purpose::STANDARD};
use dynaudit::snapshot::sample::{
    SecretKind,
    SecretTrait::{self, HashFast, HashLowCost, HashUnsalted},
};

use crate::support::{fill, in_text, item, look, s};

#[rustfmt::skip]
const FORMATS: &[(&str, &str, &[SecretTrait])] = &[
    ("bcrypt", "$2b$12$<w53>", &[]), ("bcrypt", "$2a$09$<w53>", &[HashLowCost]), ("bcrypt", "$2y$10$<w53>", &[]),
    ("argon2", "$argon2id$v=19$m=19456,t=2,p=1$<b22>$<b43>", &[]), ("argon2", "$argon2id$v=19$m=4096,t=3,p=1$<b22>$<b43>", &[HashLowCost]),
    ("scrypt", "$scrypt$ln=17,r=8,p=1$<b22>$<b43>", &[]), ("scrypt", "scrypt:32768:8:1$<w16>$<h128>", &[HashLowCost]),
    ("pbkdf2", "pbkdf2_sha256$600000$<w22>$<b43>=", &[]), ("pbkdf2", "pbkdf2_sha256$260000$<w22>$<b43>=", &[HashLowCost]),
    ("pbkdf2", "pbkdf2:sha256:600000$<w16>$<h64>", &[]), ("pbkdf2", "$pbkdf2-sha512$210000$<w22>$<w86>", &[]),
    ("pbkdf2", "$pbkdf2-sha256$29000$<w22>$<w43>", &[HashLowCost]), ("scram", "SCRAM-SHA-256$4096:<b22>==$<b43>=:<b43>=", &[HashLowCost]),
    ("md5-crypt", "$1$<w8>$<w22>", &[HashFast]), ("sha256-crypt", "$5$<w16>$<w43>", &[HashLowCost]),
    ("sha512-crypt", "$6$rounds=656000$<w16>$<w86>", &[]), ("yescrypt", "$y$j9T$<w22>$<w43>", &[]),
    ("phpass", "$P$B<w30>", &[HashFast]), ("ldap-salted", "{SSHA}<b38>==", &[HashFast]),
    ("ldap-unsalted", "{SHA}<b27>=", &[HashFast, HashUnsalted]),
    ("bcrypt", "$bcrypt-sha256$v=2,t=2b,r=12$<w22>$<w31>", &[]), ("scrypt", "scrypt$<w22>$16384$8$5$<b86>==", &[]),
    ("scrypt", "scrypt$<w22>$16384$8$1$<b86>==", &[HashLowCost]), ("pbkdf2", "{PBKDF2-SHA512}10000$<b22>$<b86>", &[HashLowCost]),
    ("pbkdf2", "grub.pbkdf2.sha512.250000.<h128>.<h128>", &[]), ("drupal-sha512", "$S$D<w51>", &[HashLowCost]),
    ("cisco-hash", "$9$<w14>$<w43>", &[HashLowCost]), ("salted-digest", "sha1$<w8>$<h40>", &[HashFast]), ("postgres-md5", "md5<h32>", &[HashFast]),
    ("mssql-hash", "0x0200<h136>", &[HashFast]), ("oracle-hash", "S:<H60>", &[HashFast]), ("kerberos-hash", "$krb5tgs$23$*svc$REALM$http/a*$<h32>$<h200>", &[HashFast]),
];

#[test]
fn aspnet_identity_tells_its_rounds() {
    for (digest, rounds, weak) in
        [(1, 10_000, true), (2, 100_000, true), (2, 250_000, false), (1, 600_000, false)]
    {
        let mut bytes = vec![1, 0, 0, 0, digest];
        bytes.extend(u32::to_be_bytes(rounds));
        bytes.extend(u32::to_be_bytes(16));
        bytes.extend((0..48_u8).map(|n| n.wrapping_mul(37) ^ digest));
        let seen = in_text(&STANDARD.encode(&bytes));
        assert_eq!(
            (seen.len(), seen[0].rule.as_str(), !seen[0].traits.is_empty()),
            (1, "aspnet-identity", weak)
        );
    }
}

#[test]
fn each_format_is_found_under_any_name_with_what_is_weak() {
    for (n, (rule, template, traits)) in FORMATS.iter().enumerate() {
        let seen = in_text(&fill(template, n as u64));
        assert_eq!(seen.len(), 1, "{template}");
        assert_eq!((seen[0].rule.as_str(), seen[0].kind), (*rule, SecretKind::PasswordHash), "{template}");
        assert_eq!(seen[0].traits.iter().copied().collect::<Vec<_>>(), *traits, "{template}");
    }
    assert_eq!(in_text(&fill("$2b$12$<w53>", 1))[0].preview, "$2b$12$… (60 bytes)");
}

#[test]
fn near_misses_are_none() {
    for template in [
        "$2b$12$<w52>",
        "$2b$99$<w53>",
        "$argon2id$v=19$m=19456,t=2$<w22>$<w43>",
        "$1$<w8>$<w21>",
        "{SSHA}<w10>",
    ] {
        assert!(in_text(&fill(template, 1)).is_empty(), "{template}");
    }
}

#[test]
fn a_bare_digest_needs_the_name() {
    for (template, rule) in
        [("<h32>", "raw-md5"), ("<h40>", "raw-sha1"), ("<h64>", "raw-sha256"), ("<h128>", "raw-sha512")]
    {
        let digest = fill(template, 3);
        for name in ["password", "pwd_hash", "passwordHash", "user_passwd"] {
            let seen = look(&[item([(name, s(digest.clone()))])]).sightings;
            assert_eq!(seen[0].rule, rule, "{name}");
            assert!(seen[0].traits.contains(&HashFast) && seen[0].traits.contains(&HashUnsalted), "{name}");
        }
        for name in ["etag", "checksum", "sha256", "content_md5", "file_hash"] {
            assert!(look(&[item([(name, s(digest.clone()))])]).sightings.is_empty(), "{name}");
        }
    }
}

#[test]
fn a_salt_beside_or_within_salts() {
    let digest = fill("<h64>", 4);
    let beside = item([("password", s(digest.clone())), ("password_salt", s(fill("<h16>", 5)))]);
    let within = item([("password", s(format!("{}:{digest}", fill("<h16>", 6))))]);
    for one in [beside, within] {
        let seen = look(&[one]).sightings;
        assert_eq!(seen[0].traits.iter().copied().collect::<Vec<_>>(), [HashFast]);
    }
}
