//! What the items of one table say together: how old their secrets are, how well they are kept, what is left out.

use std::sync::Arc;

use dynaudit::{
    detect::{Detector, DigestKey, Exception, Own, Value},
    snapshot::{
        Timestamp,
        sample::{Guard, SecretKind},
    },
};

use crate::support::{fill, item, look, map, s};

#[test]
fn the_oldest_secret_of_a_path_tells_its_age() {
    let key = |seed| s(fill("<w40>", seed));
    let items = [
        item([("api_key", key(1)), ("created_at", s("2026-03-01T10:00:00Z"))]),
        item([("api_key", key(2)), ("created_at", s("2024-01-01")), ("rotated_at", s("2025-01-01"))]),
        item([("api_key", key(3))]),
        item([("note", key(4)), ("created_at", s("2020-01-01"))]),
    ];
    let seen = look(&items).sightings;
    assert_eq!((seen.len(), seen[0].oldest), (1, Some(Timestamp(1_735_689_600))));
    // What holds the map tells the age of what lies in it, unless the map does so itself.
    let held = |inner: Vec<(&'static str, Value<'static>)>| {
        let inner = Value::M(inner.into_iter().map(|(name, value)| (name.into(), value)).collect());
        look(&[item([("created", Value::N("1700000000".into())), ("auth", inner)])]).sightings[0].oldest
    };
    assert_eq!(held(vec![("token", key(5))]), Some(Timestamp(1_700_000_000)));
    let own = vec![("token", key(5)), ("issuedAt", Value::N("1750000000000".into()))];
    assert_eq!(held(own), Some(Timestamp(1_750_000_000)));
}

#[test]
fn secrets_that_are_kept_well_are_counted() {
    let row = |seed| {
        item([
            ("refresh_token_hash", s(fill("<h64>", seed))),
            ("api_key", s(fill("AQICAH<b140>", seed + 1))),
            ("db", map([("password", s("arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-aB3dEf"))])),
            ("commit_hash", s(fill("<h40>", seed + 2))),
            ("token_count", Value::N("4".into())),
        ])
    };
    let contents = look(&[row(1), row(11), row(21)]);
    assert!(contents.sightings.is_empty(), "{:?}", contents.sightings);
    let kept: Vec<_> = contents.protected.iter().map(|p| (p.path.as_str(), p.guard, p.items)).collect();
    assert_eq!(
        kept,
        [
            ("api_key", Guard::Ciphertext, 3),
            ("db.password", Guard::Reference, 3),
            ("refresh_token_hash", Guard::Digest, 3),
        ]
    );
}

#[test]
fn readable_passwords_among_hashes_are_told_apart() {
    let hash = |seed| item([("password", s(fill("$2b$12$<w53>", seed)))]);
    let contents = look(&[hash(1), hash(2), hash(3), item([("password", s("hunter22!"))])]);
    let kinds: Vec<_> = contents.sightings.iter().map(|one| (one.kind, one.items)).collect();
    assert_eq!(kinds, [(SecretKind::Password, 1), (SecretKind::PasswordHash, 3)]);
}

#[test]
fn what_the_user_leaves_out_is_told_and_not_judged() {
    let exception = |path: &str, rule: Option<&str>| Exception {
        path: path.to_owned(),
        rule: rule.map(str::to_owned),
        reason: "revoked".to_owned(),
    };
    let own =
        Own { ignored: vec![exception("legacy.*", None), exception("pw", Some("bcrypt"))], ..Own::default() };
    let detector = Arc::new(Detector::new(DigestKey::from_bytes(&[7; 32]).unwrap()).with(own));
    let mut tally = detector.tally();
    tally.look(&item([
        ("legacy", map([("token", s(fill("<w40>", 1)))])),
        ("token", s(fill("<w40>", 2))),
        ("pw", s("hunter22!")),
    ]));
    let contents = tally.finish();
    let left: Vec<_> = contents.sightings.iter().map(|one| one.path.as_str()).collect();
    assert_eq!(left, ["pw", "token"]);
    let out: Vec<_> =
        contents.ignored.iter().map(|o| (o.path.as_str(), o.reason.as_str(), o.items)).collect();
    assert_eq!(out, [("legacy.token", "revoked", 1)]);
}
