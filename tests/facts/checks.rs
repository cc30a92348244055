//! Each check of the program, shown from a whole snapshot: one that it flags, one that it leaves clear.

use std::collections::{BTreeMap, BTreeSet};

use dynaudit::{
    check::{Library, judge},
    facts::build::build,
    finding::Verdict::{self, Clear, Flagged},
    snapshot::{
        Listed, Seen, Snapshot, Timestamp,
        key::Rotation,
        sample::{Guard, Ignored, Personal, PersonalKind, Protected, SecretKind, SecretTrait},
        table::{ContinuousBackups, Insights, KinesisDestination, TimeToLive},
    },
};
use serde_json::json;

use crate::support::{
    ACCOUNT, REGION,
    build::{
        OTHER, add_role, allow, backup, described, document, encrypt, export, grant, hash, index, key_arn,
        replica, sample, see, sighting, sse, stream, table,
    },
    with_table,
};

/// A check, and how to spoil and how to mend the account with the one table for it.
pub type Case = (&'static str, fn(&mut Snapshot), fn(&mut Snapshot));

fn open(s: &mut Snapshot, principal: &str) -> Seen<Option<String>> {
    let arn = table(s).arn.clone();
    let principal = if principal == "*" { json!("*") } else { json!({ "AWS": principal }) };
    Seen::Value(Some(document(
        json!([{ "Effect": "Allow", "Principal": principal, "Action": "dynamodb:*", "Resource": [arn.clone(), format!("{arn}/*")] }]),
    )))
}

fn key_policy(s: &mut Snapshot, principal: &str, condition: serde_json::Value) {
    encrypt(s, "CUSTOMER");
    s.accounts[0].keys[0].policy = Seen::Value(document(
        json!([{ "Effect": "Allow", "Principal": { "AWS": principal }, "Action": "kms:Decrypt", "Resource": "*", "Condition": condition }]),
    ));
}

fn key_state(s: &mut Snapshot, state: &str) {
    encrypt(s, "CUSTOMER");
    let Seen::Value(description) = &mut s.accounts[0].keys[0].description else { panic!() };
    description.state = Some(state.into());
}

fn trusted(s: &mut Snapshot, condition: serde_json::Value) {
    add_role(s, "partner", json!([allow("dynamodb:GetItem", "*")]));
    s.accounts[0].principals.roles[0].trust = Some(document(json!([{ "Effect": "Allow",
        "Principal": { "AWS": OTHER }, "Action": "sts:AssumeRole", "Condition": condition }])));
}

fn aged(s: &mut Snapshot, days: i64) {
    let mut seen = sighting("key", SecretKind::ApiKey, "api-key");
    seen.oldest = Some(Timestamp(s.taken.0 - days * 86_400));
    sample(s).contents.sightings = vec![seen];
}

fn beside_hashes(s: &mut Snapshot, confidence: f64) {
    let mut readable = sighting("pw", SecretKind::Password, "named-password");
    readable.confidence = confidence;
    sample(s).contents.sightings = vec![readable, sighting("pw", SecretKind::PasswordHash, "bcrypt")];
}

fn guarded(s: &mut Snapshot) {
    let path = "token_hash".to_owned();
    sample(s).contents.protected = vec![Protected { path, guard: Guard::Digest, items: 3 }];
}

fn jwt(s: &mut Snapshot, traits: &[SecretTrait]) {
    let mut seen = sighting("token", SecretKind::Jwt, "jwt");
    seen.traits = traits.iter().copied().collect();
    sample(s).contents.sightings = vec![seen];
}

fn hashed(s: &mut Snapshot, traits: &[SecretTrait]) {
    let mut seen = sighting("pw", SecretKind::PasswordHash, "hash");
    seen.traits = traits.iter().copied().collect();
    sample(s).contents.sightings = vec![seen];
}

fn kinesis(s: &mut Snapshot, account: &str) {
    let arn = format!("arn:aws:kinesis:{REGION}:{account}:stream/lake");
    table(s).kinesis = Seen::Value(vec![KinesisDestination { arn, status: "ACTIVE".into() }]);
}

fn reader(s: &mut Snapshot, action: &str) {
    add_role(s, "reader", json!([allow(action, "*")]));
}

fn auditor(s: &mut Snapshot, action: &str) {
    add_role(s, "auditor", json!([allow(action, "*")]));
}

fn replicated(s: &mut Snapshot, account: &str, key: &str) {
    encrypt(s, "CUSTOMER");
    let mut one = replica("us-east-1", (!key.is_empty()).then_some(key));
    one.arn = Some(format!("arn:aws:dynamodb:us-east-1:{account}:table/sessions"));
    described(s).replicas = vec![one];
}

/// A JWT that lies beside the indexes `i` and, as a key, in another.
fn indexed(s: &mut Snapshot, key: &str, projection: &str) {
    jwt(s, &[]);
    described(s).keys = vec![hash("id")];
    described(s).indexes = vec![index("i", key, projection, &[])];
    stream(s, "NEW_IMAGE");
}

const CASES: &[Case] = &[
    ("bulk-exit", |s| reader(s, "dynamodb:ExportTableToPointInTime"), |s| reader(s, "dynamodb:GetItem")),
    ("can-let-itself-in", |s| reader(s, "dynamodb:PutResourcePolicy"), |s| reader(s, "dynamodb:GetItem")),
    ("cross-account-table-policy", |s| table(s).policy = open(s, OTHER), |_| {}),
    ("decrypts-with-every-key", |s| reader(s, "kms:Decrypt"), |s| reader(s, "dynamodb:GetItem")),
    ("external-reader", |s| table(s).policy = open(s, OTHER), |s| reader(s, "dynamodb:GetItem")),
    ("full-access-to-every-table", |s| reader(s, "dynamodb:*"), |s| reader(s, "dynamodb:GetItem")),
    ("public-table-policy", |s| table(s).policy = open(s, "*"), |_| {}),
    ("reads-every-table", |s| reader(s, "dynamodb:Scan"), |s| reader(s, "dynamodb:*")),
    (
        "role-trusted-by-another-account",
        |s| trusted(s, json!({})),
        |s| trusted(s, json!({ "StringEquals": { "sts:ExternalId": "x" } })),
    ),
    ("aws-managed-key", |s| drop(encrypt(s, "AWS")), |s| drop(encrypt(s, "CUSTOMER"))),
    ("aws-owned-key", |_| {}, |s| drop(encrypt(s, "AWS"))),
    ("key-disabled", |s| key_state(s, "Disabled"), |s| key_state(s, "Enabled")),
    (
        "key-grant-to-stranger",
        |s| {
            encrypt(s, "CUSTOMER");
            s.accounts[0].keys[0].grants =
                Listed::whole(vec![grant("g", &format!("arn:aws:iam::{OTHER}:role/x"))]);
        },
        |s| {
            encrypt(s, "CUSTOMER");
            let mut own = grant("g", &format!("arn:aws:iam::{ACCOUNT}:role/x"));
            own.context_equals = [("aws:dynamodb:tableName".into(), "sessions".into())].into();
            s.accounts[0].keys[0].grants = Listed::whole(vec![own]);
        },
    ),
    (
        "key-lost-by-dynamodb",
        |s| {
            let taken = s.taken;
            let mut lost = sse(&key_arn("k1"));
            lost.inaccessible_since = Some(taken);
            described(s).encryption = Some(lost);
        },
        |_| {},
    ),
    ("key-pending-deletion", |s| key_state(s, "PendingDeletion"), |s| key_state(s, "Enabled")),
    ("key-policy-cross-account", |s| key_policy(s, OTHER, json!({})), |s| key_policy(s, ACCOUNT, json!({}))),
    ("key-policy-public", |s| key_policy(s, "*", json!({})), |s| key_policy(s, ACCOUNT, json!({}))),
    (
        "key-rotation-off",
        |s| {
            encrypt(s, "CUSTOMER");
            s.accounts[0].keys[0].rotation = Seen::Value(Some(Rotation::default()));
        },
        |s| drop(encrypt(s, "CUSTOMER")),
    ),
    (
        "key-usable-outside-dynamodb",
        |s| key_policy(s, "arn:aws:iam::111122223333:role/app", json!({})),
        |s| {
            let via = json!({ "StringEquals": { "kms:ViaService": "dynamodb.eu-west-1.amazonaws.com" } });
            key_policy(s, "arn:aws:iam::111122223333:role/app", via);
        },
    ),
    (
        "copy-under-disabled-key",
        |s| {
            key_state(s, "Disabled");
            replicated(s, ACCOUNT, &key_arn("k1"));
        },
        |s| {
            key_state(s, "Enabled");
            replicated(s, ACCOUNT, &key_arn("k1"));
        },
    ),
    ("replica-encryption-weaker", |s| replicated(s, ACCOUNT, ""), |s| replicated(s, ACCOUNT, &key_arn("k1"))),
    (
        "export-without-kms",
        |s| table(s).exports = Listed::whole(vec![export("1", "AES256")]),
        |s| table(s).exports = Listed::whole(vec![export("1", "KMS")]),
    ),
    ("index-copies-tokens", |s| indexed(s, "user", "ALL"), |s| indexed(s, "user", "KEYS_ONLY")),
    ("kinesis-in-another-account", |s| kinesis(s, OTHER), |s| kinesis(s, ACCOUNT)),
    (
        "public-stream-policy",
        |s| {
            stream(s, "NEW_IMAGE");
            table(s).stream_policy = open(s, "*");
        },
        |s| stream(s, "NEW_IMAGE"),
    ),
    ("replica-in-another-account", |s| replicated(s, OTHER, ""), |s| replicated(s, ACCOUNT, "")),
    (
        "stream-carries-tokens",
        |s| indexed(s, "user", "KEYS_ONLY"),
        |s| {
            jwt(s, &[]);
            table(s).backups = Listed::whole(vec![backup("b", None)]);
        },
    ),
    (
        "client-side-encryption-partial",
        |s| sample(s).contents.encrypted_items = 1,
        |s| sample(s).contents.encrypted_items = 3,
    ),
    ("jwt-alg-none", |s| jwt(s, &[SecretTrait::JwtAlgNone]), |s| jwt(s, &[])),
    ("jwt-without-expiry", |s| jwt(s, &[SecretTrait::JwtNoExpiry]), |s| jwt(s, &[])),
    ("credential-older-than-rotation", |s| aged(s, 91), |s| aged(s, 90)),
    ("readable-beside-hashes", |s| beside_hashes(s, 0.9), |s| beside_hashes(s, 0.3)),
    (
        "readable-beside-protected",
        |s| {
            jwt(s, &[]);
            guarded(s);
        },
        guarded,
    ),
    (
        "secrets-left-out",
        |s| {
            sample(s).contents.ignored = vec![Ignored {
                path: "legacy".into(),
                kind: SecretKind::ApiKey,
                rule: "api-key".into(),
                items: 3,
                reason: "revoked".into(),
            }];
        },
        |s| sample(s).contents.ignored.clear(),
    ),
    ("readable-password", |s| see(s, "pw", SecretKind::Password), |s| hashed(s, &[])),
    ("token-in-index-key", |s| indexed(s, "token", "KEYS_ONLY"), |s| indexed(s, "user", "ALL")),
    ("token-in-plaintext", |s| jwt(s, &[]), |s| hashed(s, &[])),
    (
        "token-in-table-key",
        |s| {
            jwt(s, &[]);
            described(s).keys = vec![hash("token")];
        },
        |s| indexed(s, "token", "ALL"),
    ),
    (
        "tokens-never-expire",
        |s| jwt(s, &[]),
        |s| {
            jwt(s, &[]);
            table(s).time_to_live =
                Seen::Value(TimeToLive { status: "ENABLED".into(), attribute: Some("ttl".into()) });
        },
    ),
    ("weak-password-hash", |s| hashed(s, &[SecretTrait::HashFast]), |s| hashed(s, &[])),
    ("auditor-can-write", |s| auditor(s, "dynamodb:*"), |s| auditor(s, "dynamodb:Describe*")),
    (
        "contributor-insights-shows-token-keys",
        |s| {
            jwt(s, &[]);
            described(s).keys = vec![hash("token")];
            table(s).insights = Seen::Value(Insights { status: "ENABLED".into(), ..Insights::default() });
        },
        |s| {
            jwt(s, &[]);
            described(s).keys = vec![hash("token")];
        },
    ),
    (
        "owner-tag-missing",
        |_| {},
        |s| table(s).tags = Seen::Value([("owner".to_owned(), "web".to_owned())].into()),
    ),
    ("table-in-transition", |s| described(s).status = "UPDATING".into(), |_| {}),
    ("deletion-protection-off", |_| {}, |s| described(s).deletion_protection = true),
    ("no-backup", |_| {}, |s| table(s).backups = Listed::whole(vec![backup("b", None)])),
    (
        "point-in-time-recovery-off",
        |_| {},
        |s| {
            table(s).continuous_backups =
                Seen::Value(ContinuousBackups { enabled: true, ..ContinuousBackups::default() });
        },
    ),
];

/// The verdicts of every check on the account that `change` makes.
fn verdicts(library: &Library, change: fn(&mut Snapshot)) -> BTreeMap<String, BTreeSet<Verdict>> {
    let mut snapshot = with_table("sessions");
    change(&mut snapshot);
    let mut verdicts: BTreeMap<String, BTreeSet<Verdict>> = BTreeMap::new();
    for finding in judge(library, &build(&snapshot), &snapshot.gaps) {
        verdicts.entry(finding.check.to_string()).or_default().insert(finding.verdict);
    }
    verdicts
}

#[test]
fn each_check_flags_one_account_and_leaves_another_clear() {
    let library = Library::builtin().unwrap();
    hold(&library, CASES);
    // A check that is not here has its inline examples, which `tests/checks.rs` runs: nothing to add.
    let shown: BTreeSet<&str> = CASES.iter().map(|(id, ..)| *id).collect();
    let rest = library.checks().iter().filter(|check| !shown.contains(check.id.as_str()));
    println!("by their examples alone: {:?}", rest.map(|check| &check.id).collect::<Vec<_>>());
}

/// Each case is flagged as spoilt and clear as mended.
pub fn hold(library: &Library, cases: &[Case]) {
    let mut wrong = Vec::new();
    for (id, spoil, mend) in cases {
        if library.get(id).is_none() {
            wrong.push(format!("{id}: there is no such check"));
            continue;
        }
        let of = |change| verdicts(library, change).remove(*id).unwrap_or_default();
        let (bad, good) = (of(*spoil), of(*mend));
        if !bad.contains(&Flagged) {
            wrong.push(format!("{id}: flagged nowhere: {bad:?}"));
        }
        if !good.contains(&Clear) || good.contains(&Flagged) {
            wrong.push(format!("{id}: not left clear: {good:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Personal data is no fault of most tables: its pack is judged only where `--checks` names it.
#[test]
fn the_pack_of_personal_data_is_one_that_is_asked_for() {
    let pack = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("packs/personal-data");
    let mut snapshot = with_table("users");
    let email = Personal { attribute: "email".into(), kind: PersonalKind::Email, items: 3 };
    sample(&mut snapshot).contents.personal = vec![email];
    let flagged = |library: Library| {
        let all = judge(&library, &build(&snapshot), &snapshot.gaps);
        all.into_iter().any(|finding| finding.check == "personal-data-readable" && finding.verdict == Flagged)
    };
    assert!(!flagged(Library::builtin().unwrap()));
    assert!(flagged(Library::with_dirs(&[pack]).unwrap()));
}
