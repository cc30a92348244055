//! Inputs that nobody wrote: seeds bent, cut and spliced by chance, for each reader of what comes from outside.
//!
//! It runs on the stable toolchain, so it is not guided by coverage; what it finds, it finds again: each case is made
//! from its number. `FUZZ_CASES=1000000 cargo test --release --test fuzz` tries so many of each (a few hundred by
//! default), `FUZZ_SECONDS=60` goes on so long with each, and `FUZZ_FROM=N` begins at one.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "support/archive.rs"]
mod archive;
mod support;

use std::{
    io::{Cursor, Write},
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::Arc,
    time::Instant,
};

use dynaudit::{
    check::Library,
    config::file::File,
    detect::{Detector, DigestKey},
    facts::build::build,
    iam::{
        Kind, Policy,
        pattern::{Pattern, Style},
    },
    simulate::{self, Unknown},
    snapshot::{file, members::Members, packed::Packer, unpack::Fits},
    source::Source,
};
use fastrand::Rng;
use flate2::{Compression, write::GzEncoder};
use support::{
    build::{sample, sighting},
    with_table,
};

/// Words that open a door somewhere.
const WORDS: &[&str] = &[
    "*",
    "?",
    "${aws:username}",
    "${aws:PrincipalTag/a, 'b'}",
    "\"Statement\":",
    "\"Effect\":\"Deny\"",
    "[",
    "{",
    "}",
    "]",
    "\\u0000",
    "\\ud800",
    "\u{feff}",
    "null",
    "true",
    "-0",
    "1e999",
    "\"Condition\":{\"ForAllValues:StringLike\":{\"dynamodb:LeadingKeys\":[",
    "{\"S\":\"",
    "{\"M\":{",
    "{\"B\":\"H4sIAAAAAAAA",
    "eyJhbGciOiJub25lIn0.",
    "AKIA",
    "-----BEGIN ",
    "://u:p@",
    "%25%32%35",
    "&#x3c;",
    "'''",
    "\"\"\"",
    "[[",
    "]]",
    "\u{1b}]0;",
    "\u{202e}",
    "arn:aws:dynamodb:",
    ":table/",
    "{{",
    "{table.name}",
    "size(",
    ".exists(x, ",
    "&&",
    "\n",
    "\r\n",
];

/// Case `number` of a target: one of the seeds, bent a few times.
fn bent(seeds: &[Vec<u8>], number: u64) -> Vec<u8> {
    let mut random = Rng::with_seed(number);
    let mut bytes = random.choice(seeds).unwrap().clone();
    for _ in 0..random.usize(0..8) {
        let at = random.usize(0..=bytes.len());
        let end = (at + random.usize(0..40)).min(bytes.len());
        match random.u8(0..8) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.u8(0..8),
            1 => drop(bytes.drain(at..end)),
            2 => bytes.truncate(at),
            3 => {
                let piece = bytes[at..end].repeat(random.usize(1..200));
                bytes.splice(at..at, piece);
            }
            4 => {
                let other = random.choice(seeds).unwrap();
                let from = random.usize(0..=other.len());
                bytes.splice(at..end, other[from..].iter().copied().take(400));
            }
            5 => bytes.insert(at, random.u8(..)),
            _ => {
                let word = random.choice(WORDS).unwrap();
                bytes.splice(at..end.min(at + 3), word.bytes());
            }
        }
    }
    bytes
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(default)
}

/// Tries the cases of a target; says of which one it failed.
fn fuzz(seeds: &[Vec<u8>], cases: u64, target: impl Fn(&[u8])) {
    let (from, start) = (number("FUZZ_FROM", 0), Instant::now());
    let (cases, seconds) = (number("FUZZ_CASES", cases), number("FUZZ_SECONDS", 0));
    for case in (from..).take_while(|case| *case < from + cases || start.elapsed().as_secs() < seconds) {
        let bytes = bent(seeds, case);
        let run = catch_unwind(AssertUnwindSafe(|| target(&bytes)));
        assert!(
            run.is_ok(),
            "case {case} ({} bytes): {}",
            bytes.len(),
            String::from_utf8_lossy(&bytes[..bytes.len().min(2000)])
        );
    }
}

fn texts(seeds: &[&str]) -> Vec<Vec<u8>> {
    seeds.iter().map(|seed| seed.as_bytes().to_vec()).collect()
}

/// What is printed of an input that is refused is inert and short.
fn inert(message: &str) {
    let foul = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
    assert!(!message.contains(foul), "{message:?}");
    assert!(message.len() < 100_000, "{} bytes", message.len());
}

const POLICIES: &[&str] = &[
    r#"{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Action":["dynamodb:Get*","dynamodb:Query"],"Resource":"arn:aws:dynamodb:*:*:table/${aws:PrincipalTag/team, 'none'}*","Condition":{"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["${aws:userid}"]},"Null":{"aws:SourceVpce":"false"},"NumericLessThanIfExists":{"aws:MultiFactorAuthAge":3600},"IpAddress":{"aws:SourceIp":["10.0.0.0/8","::1/128"]},"DateGreaterThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"}}}]}"#,
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","NotPrincipal":{"AWS":["arn:aws:iam::123456789012:root","AIDAX"],"Service":"s3.amazonaws.com","Federated":"cognito-identity.amazonaws.com"},"NotAction":"*","NotResource":["arn:aws:dynamodb","*"]}}"#,
    r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:o/*"}}}]}"#,
];

#[test]
fn policies() {
    fuzz(&texts(POLICIES), 1500, |bytes| {
        for kind in [Kind::Identity, Kind::Resource, Kind::Trust] {
            if let Err(malformed) = Policy::parse_bytes(bytes, kind) {
                inert(&malformed.to_string());
            }
        }
        let text = String::from_utf8_lossy(bytes).into_owned();
        let input = serde_json::json!({
            "CallerArn": "arn:aws:iam::123456789012:user/u", "ActionNames": ["dynamodb:GetItem", "dynamodb:Scan"],
            "ResourceArns": ["arn:aws:dynamodb:eu-west-1:123456789012:table/t"],
            "PolicyInputList": [text], "ResourcePolicy": text,
        });
        for unknown in [Unknown::Absent, Unknown::Symbolic] {
            if let Err(refused) = simulate::answer(&serde_json::to_vec(&input).unwrap(), unknown) {
                inert(&refused.to_string());
            }
        }
    });
}

#[test]
fn simulated_requests() {
    let seed = format!(
        r#"{{"CallerArn":"arn:aws:sts::123456789012:assumed-role/r/s","ActionNames":["kms:Decrypt"],"ResourceArns":["*"],"ResourceOwner":"123456789012","PolicyInputList":[{0:?}],"SessionPolicyInputList":[{0:?}],"ServiceControlPolicyInputList":[[{0:?}]],"ContextEntries":[{{"ContextKeyName":"aws:SourceIp","ContextKeyType":"ip","ContextKeyValues":["10.1.2.3"]}}]}}"#,
        POLICIES[0]
    );
    fuzz(&texts(&[&seed]), 1500, |bytes| {
        if let Err(refused) = simulate::answer(bytes, Unknown::Absent) {
            inert(&refused.to_string());
        }
    });
}

/// The plain meaning of `*` and `?`, by trying everything.
fn literally(pattern: &[char], text: &[char]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some(('*', rest)) => (0..=text.len()).any(|taken| literally(rest, &text[taken..])),
        Some((one, rest)) => {
            text.split_first().is_some_and(|(c, more)| (one == c || *one == '?') && literally(rest, more))
        }
    }
}

#[test]
fn patterns_mean_what_they_say() {
    let (cases, seconds, start) = (number("FUZZ_CASES", 20_000), number("FUZZ_SECONDS", 0), Instant::now());
    for case in (0..).take_while(|case| *case < cases || start.elapsed().as_secs() < seconds) {
        let mut random = Rng::with_seed(case);
        let word = |random: &mut Rng, letters: &[char], most| -> Vec<char> {
            (0..random.usize(0..most)).map(|_| *random.choice(letters).unwrap()).collect()
        };
        let pattern = word(&mut random, &['a', 'b', ':', '/', '*', '?', 'é'], 8);
        let text = word(&mut random, &['a', 'b', ':', '/', 'é', '*'], 10);
        let (written, read): (String, String) = (pattern.iter().collect(), text.iter().collect());
        let style = Style { wildcards: true, variables: false };
        let got = Pattern::new(&written, style).matches_plain(&read);
        assert_eq!(got, literally(&pattern, &text), "case {case}: {written} on {read}");
    }
}

#[test]
fn items() {
    let seeds = texts(&[
        r#"{"id":{"S":"u#1"},"auth":{"M":{"refresh":{"S":"ghp_0123456789abcdefghijABCDEFGHIJ012345"},"n":{"N":"1e400"},"l":{"L":[{"BOOL":true},{"NULL":true},{"SS":["a","b"]},{"B":"H4sIAAAAAAAA/0tMTErmAgBL3p9bBwAAAA=="}]}}}}"#,
        r#"{"Item":{"pk":{"S":"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIiwiZXhwIjoxfQ.c2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJl"},"url":{"S":"https://u:p%40ss@h/?access_token=abc&x=%7B%22a%22%3A1%7D"}}}"#,
        r#"{"a":"{\"b\":\"{\\\"c\\\":\\\"AKIAQ3EGRIT7XM5NHWPA\\\"}\"}","cookie":"sid=s%3Aabc.def; Path=/","pem":"-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----","dsn":"postgres://u:hunter2@db/x"}"#,
    ]);
    let detector = Arc::new(Detector::new(DigestKey::from_bytes(&[7; 32]).unwrap()));
    fuzz(&seeds, 4000, |bytes| {
        let looked = detector.inspector().line(bytes);
        let tallied = detector.tally().line(bytes);
        assert_eq!(looked.is_ok(), tallied.is_ok());
        for verdict in looked.iter().flat_map(|looked| &looked.verdicts) {
            inert(&verdict.path);
            inert(&verdict.preview);
            assert!((0.0..=1.0).contains(&verdict.confidence));
        }
    });
}

#[test]
fn snapshots() {
    let mut snapshot = with_table("sessions");
    sample(&mut snapshot).contents.sightings =
        vec![sighting("auth.token", dynaudit::snapshot::sample::SecretKind::Jwt, "jwt")];
    let seed = file::canonical(&snapshot).unwrap();
    fuzz(&[seed], 1500, |bytes| match file::parse(bytes, Path::new("s.json")) {
        Err(refused) => inert(&refused.to_string()),
        Ok(read) => {
            let written = file::canonical(&read).unwrap();
            let again = file::parse(&written, Path::new("s.json")).unwrap();
            assert_eq!(written, file::canonical(&again).unwrap());
            build(&read);
        }
    });
}

#[test]
fn packed_snapshots() {
    let text = file::canonical(&with_table("sessions")).unwrap();
    let mut zstd = Vec::new();
    for part in text.chunks(text.len() / 3) {
        let mut packer = Packer::new(&mut zstd);
        packer.write_all(part).unwrap();
        packer.finish().unwrap();
    }
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(&text).unwrap();
    fuzz(&[zstd, gzip.finish().unwrap()], 3000, |bytes| {
        if let Err(refused) = file::parse(bytes, Path::new("s.json.zst")) {
            inert(&refused.to_string());
        }
    });
}

#[test]
fn bundles() {
    let members = [("a.json".to_owned(), b"{}".to_vec()), ("b/c.csv".to_owned(), vec![0, 1, 2])];
    let seed = archive::pack(&members.into_iter().collect());
    fuzz(&[seed], 3000, |bytes| match Members::of(Cursor::new(bytes.to_vec())) {
        Err(refused) => inert(&refused.to_string()),
        Ok(mut members) => {
            let read = archive::unpack(bytes);
            let fits = |(name, bytes): (&String, &Vec<u8>)| members.fits(name, crc32fast::hash(bytes));
            if read.iter().all(|file| fits(file) == Fits::Yes) {
                assert_eq!(archive::pack(&read), bytes, "there is one form only");
            }
            assert_eq!(members.names().len(), read.len());
            assert!(members.read("none").unwrap().is_none());
        }
    });
}

#[test]
fn checks() {
    let seed = std::fs::read_to_string("checks/items/token-in-plaintext.toml").unwrap();
    let other = std::fs::read_to_string("checks/access/reads-every-table.toml").unwrap();
    fuzz(&texts(&[&seed, &other]), 400, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        if let Err(refused) = Library::of(&[("items/a-check.toml", &text)], &[]) {
            inert(&refused.to_string());
        }
    });
}

#[test]
fn configurations() {
    let seed = "format = \"json\"\nregion = [\"eu-west-1\"]\n[profile.nightly]\nquiet = true\nfail-on = \"high\"\n[[accept]]\ncheck = \"token-in-plaintext\"\nsubject = \"*sessions*\"\nreason = \"migrated\"\nowner = \"a@b.c\"\nuntil = 2027-01-01\n[detect]\nallow = [\"x\"]\n";
    fuzz(&texts(&[seed]), 4000, |bytes| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        if let Err(refused) = File::parse(&Source::new("dynaudit.toml", text)) {
            inert(&refused);
        }
    });
}

#[cfg(feature = "aws")]
#[test]
fn exports() {
    use dynaudit::collect::Exports;
    use dynaudit::source::place::Place;
    let summary = r#"{"version":"2020-06-30","exportArn":"arn:aws:dynamodb:eu-west-1:123456789012:table/t/export/0","exportTime":"2026-01-01T00:00:00.034Z","tableArn":"arn:aws:dynamodb:eu-west-1:123456789012:table/t","outputFormat":"DYNAMODB_JSON","exportType":"FULL_EXPORT","itemCount":2}"#;
    let list = "{\"itemCount\":2,\"md5Checksum\":\"a\",\"etag\":\"b\",\"dataFileS3Key\":\"AWSDynamoDB/0/data/../../x.json.gz\"}\n";
    let home = tempfile::tempdir().unwrap();
    fuzz(&texts(&[summary, list]), 600, |bytes| {
        for (first, second) in [(bytes, list.as_bytes()), (summary.as_bytes(), bytes)] {
            std::fs::write(home.path().join("manifest-summary.json"), first).unwrap();
            std::fs::write(home.path().join("manifest-files.json"), second).unwrap();
            if let Err(refused) = Exports::open(&[Place::Directory(home.path().to_owned())]) {
                inert(&refused.to_string().replace(home.path().to_str().unwrap(), ""));
            }
        }
    });
}
