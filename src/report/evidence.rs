//! The evidence bundle: snapshot, findings, checks and a statement about them, to be verified a year later.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use super::{
    View,
    attest::{Envelope, PublicKey, Signer, Statement, Subject, Sum, TestResult, sum},
    csv, html, json,
};
use crate::snapshot::pack::{self, Members};

/// Name of the statement in its envelope.
pub const STATEMENT: &str = "statement.dsse.json";
/// Name of the list of digests, as `sha256sum --check` reads it.
pub const SUMS: &str = "SHA256SUMS";
/// Name of the JSON report, with every verdict.
pub const FINDINGS: &str = "findings.json";
/// Name of the snapshot.
pub const SNAPSHOT: &str = "snapshot.json";
/// Folder of the checks.
pub const CHECKS: &str = "checks/";

/// What goes into a bundle beside the view.
#[derive(Debug)]
pub struct Sources<'a> {
    /// The snapshot file's bytes.
    pub snapshot: Vec<u8>,
    /// The checks that ran, by `group/id.toml`.
    pub checks: Vec<(String, &'a str)>,
    /// The configuration file, where there is one.
    pub config: Option<&'a str>,
    /// Digest of the statement of the bundle before.
    pub previous: Option<Sum>,
    /// Signs the statement.
    pub signer: Option<&'a dyn Signer>,
}

/// The files of the bundle, to be written by [`pack::write`]. `view` must have every verdict.
///
/// # Errors
/// The statement could not be signed.
pub fn bundle(view: &View, sources: Sources<'_>) -> io::Result<Members> {
    let mut members = Members::new();
    let mut add = |name: &str, render: &dyn Fn(&mut dyn Write) -> io::Result<()>| {
        let mut bytes = Vec::new();
        render(&mut bytes)?;
        members.insert(name.to_owned(), bytes);
        io::Result::Ok(())
    };
    add(FINDINGS, &|out| json::render(view, out))?;
    add("findings.csv", &|out| csv::render(view, out))?;
    add("report.html", &|out| html::render(view, out))?;
    members.insert(SNAPSHOT.to_owned(), sources.snapshot);
    for (name, text) in &sources.checks {
        members.insert(format!("{CHECKS}{name}"), text.as_bytes().to_vec());
    }
    if let Some(config) = sources.config {
        members.insert("dynaudit.toml".to_owned(), config.as_bytes().to_vec());
    }
    let subjects = subjects(&members);
    let used = |subject: &&Subject| subject.name.starts_with(CHECKS) || subject.name == "dynaudit.toml";
    // A large file is read once for its digest.
    let told = |subject: &Subject| (subject.name.clone(), subject.digest.sha256.clone());
    let mut digests: BTreeMap<String, String> = subjects.iter().map(told).collect();
    let configuration = subjects.iter().filter(used).cloned().collect();
    let predicate = TestResult { configuration, previous: sources.previous, ..result(view) };
    let envelope = Envelope::seal(&Statement::new(subjects, predicate), sources.signer);
    let envelope = envelope.map_err(io::Error::other)?;
    let mut bytes = Vec::new();
    json::write(&envelope, &mut bytes)?;
    digests.insert(STATEMENT.to_owned(), sum(&bytes).sha256);
    members.insert(STATEMENT.to_owned(), bytes);
    let sums: String = digests.iter().map(|(name, digest)| line(name, digest)).collect();
    members.insert(SUMS.to_owned(), sums.into_bytes());
    Ok(members)
}

fn subjects(members: &Members) -> Vec<Subject> {
    members.iter().map(|(name, bytes)| Subject { name: name.clone(), digest: sum(bytes) }).collect()
}

fn sums(members: &Members) -> String {
    let others = members.iter().filter(|(name, _)| *name != SUMS);
    others.map(|(name, bytes)| line(name, &sum(bytes).sha256)).collect()
}

/// A line as `sha256sum` writes it.
fn line(name: &str, digest: &str) -> String {
    format!("{digest}  {name}\n")
}

fn result(view: &View) -> TestResult {
    let mut out = TestResult::default();
    for check in &view.checks {
        let list = match (check.verdicts.flagged, check.verdicts.unknown) {
            (0, 0) => &mut out.passed_tests,
            (0, _) => &mut out.warned_tests,
            _ => &mut out.failed_tests,
        };
        list.push(check.id.clone());
    }
    let word = match (out.failed_tests.len(), out.warned_tests.len()) {
        (0, 0) => "PASSED",
        (0, _) => "WARNED",
        _ => "FAILED",
    };
    TestResult { result: word.to_owned(), ..out }
}

/// What verifying a bundle came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Files that differ, are missing or were added, each with what is wrong; empty if it is intact.
    pub wrong: BTreeMap<String, String>,
    /// Files that were looked at.
    pub files: usize,
    /// Ids of the keys that signed.
    pub signers: Vec<String>,
    /// What is wrong with the signature, if a key was given.
    pub signature: Option<String>,
    /// Digest of the bundle's statement.
    pub digest: Option<Sum>,
    /// Digest of the statement of the bundle before.
    pub previous: Option<Sum>,
}

impl Verified {
    /// Whether every byte is as it was, and signed by the key if one was given.
    pub fn is_intact(&self) -> bool {
        self.wrong.is_empty() && self.signature.is_none()
    }
}

/// Looks at every byte of a bundle.
pub fn verify(archive: &[u8], key: Option<&PublicKey>) -> Verified {
    let mut out = Verified::default();
    let members = match pack::unpack(archive) {
        Ok(members) => members,
        Err(error) => {
            let name = match &error {
                pack::Error::Damaged(Some(name)) => name.clone(),
                _ => "the archive".to_owned(),
            };
            out.wrong.insert(name, error.to_string());
            return out;
        }
    };
    out.files = members.len();
    for name in pack::altered(archive, &members) {
        out.wrong.insert(name, "its bytes do not fit the archive's own sum".to_owned());
    }
    let envelope: Option<Envelope> =
        members.get(STATEMENT).and_then(|bytes| serde_json::from_slice(bytes).ok());
    let read = envelope.as_ref().map(|envelope| (envelope.statement(), envelope.digest()));
    let Some((Ok(statement), Ok(digest))) = read else {
        out.wrong.insert(STATEMENT.to_owned(), "it is missing or cannot be read".to_owned());
        return out;
    };
    if !members.contains_key(SUMS) {
        out.wrong.insert(SUMS.to_owned(), "it is missing".to_owned());
    }
    // Where the list and the statement disagree, the files tell which of the two was changed.
    if statement_alone_differs(&members) {
        out.wrong.insert(STATEMENT.to_owned(), format!("its digest is not the one in {SUMS}"));
        return out;
    }
    out.previous.clone_from(&statement.predicate.previous);
    out.digest = Some(digest);
    let told: BTreeMap<&str, &str> =
        statement.subject.iter().map(|s| (s.name.as_str(), s.digest.sha256.as_str())).collect();
    for (name, bytes) in &members {
        match told.get(name.as_str()) {
            _ if name == STATEMENT || name == SUMS => {}
            None => drop(out.wrong.insert(name.clone(), "the statement does not name it".to_owned())),
            Some(told) if *told != sum(bytes).sha256 => {
                out.wrong.insert(name.clone(), "its digest is not the one that was stated".to_owned());
            }
            Some(_) => {}
        }
    }
    for name in told.keys().filter(|name| !members.contains_key(**name)) {
        out.wrong.insert((*name).to_owned(), "it is missing".to_owned());
    }
    if out.wrong.is_empty() && members.get(SUMS).map(Vec::as_slice) != Some(sums(&members).as_bytes()) {
        out.wrong.insert(SUMS.to_owned(), "it does not fit the files".to_owned());
    }
    let envelope = envelope.as_ref();
    out.signers = envelope.iter().flat_map(|e| e.signatures()).map(|signed| signed.keyid.clone()).collect();
    if let (Some(envelope), Some(key)) = (envelope, key) {
        out.signature = envelope.verify(key).err().map(|error| error.to_string());
    }
    out
}

/// Whether every line of the list fits its file but that of the statement.
fn statement_alone_differs(members: &Members) -> bool {
    let right = sums(members);
    let listed = members.get(SUMS).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default();
    let differ: Vec<&str> = right
        .lines()
        .zip(listed.lines())
        .filter(|(right, listed)| right != listed)
        .map(|(right, _)| right)
        .collect();
    right.lines().count() == listed.lines().count()
        && matches!(differ[..], [line] if line.ends_with(STATEMENT))
}

/// Digest of the statement of the bundle in `archive`, for the next one to name.
///
/// # Errors
/// It is no bundle, or not intact.
pub fn digest(archive: &[u8]) -> Result<Sum, String> {
    let verified = verify(archive, None);
    match (verified.wrong.into_iter().next(), verified.digest) {
        (None, Some(digest)) => Ok(digest),
        (Some((name, why)), _) => Err(format!("{name}: {why}")),
        (None, None) => Err("it has no statement".to_owned()),
    }
}
