//! The evidence bundle: snapshot, findings, checks and a statement about them, to be verified a year later.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, BufRead, BufReader, BufWriter, Read, Seek, Write},
};

use crc32fast::Hasher;

use super::{
    View,
    attest::{Envelope, PublicKey, Signer, Statement, Subject, Sum, TestResult, sum},
    csv, html, json,
};
use crate::snapshot::{
    Snapshot,
    file::{self, Summed},
    members::Members,
    pack::{Error, Packer},
    unpack::Fits,
};

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

/// What damage is told of where it is no file's.
const ARCHIVE: &str = "the archive";
/// Name of the configuration.
const CONFIG: &str = "dynaudit.toml";
/// Most bytes of the statement, and of the list, that are read.
const LARGEST: u64 = 64 << 20;

/// What goes into a bundle beside the view.
#[derive(Debug)]
pub struct Sources<'a> {
    /// The snapshot.
    pub snapshot: &'a Snapshot,
    /// The checks that ran, by `group/id.toml`.
    pub checks: Vec<(String, &'a str)>,
    /// The configuration file, where there is one.
    pub config: Option<&'a str>,
    /// Digest of the statement of the bundle before.
    pub previous: Option<Sum>,
    /// Signs the statement.
    pub signer: Option<&'a dyn Signer>,
}

/// Makes a file of the bundle as it is written.
type Make<'a> = Box<dyn Fn(&mut dyn Write) -> io::Result<()> + 'a>;

/// Writes the bundle, an archive, each file as it is made: none is held whole but the small ones. `view` must have
/// every verdict.
///
/// # Errors
/// The statement could not be signed; what `out` said.
pub fn bundle(view: &View, sources: Sources<'_>, out: impl Write + Seek) -> io::Result<()> {
    let mut files: BTreeMap<String, Make<'_>> = BTreeMap::new();
    files.insert(FINDINGS.to_owned(), Box::new(|out| json::render(view, out)));
    files.insert("findings.csv".to_owned(), Box::new(|out| csv::render(view, out)));
    files.insert("report.html".to_owned(), Box::new(|out| html::render(view, out)));
    files.insert(SNAPSHOT.to_owned(), Box::new(|out| file::write(sources.snapshot, out).map(drop)));
    for (name, text) in &sources.checks {
        files.insert(format!("{CHECKS}{name}"), Box::new(move |out| out.write_all(text.as_bytes())));
    }
    if let Some(config) = sources.config {
        files.insert(CONFIG.to_owned(), Box::new(move |out| out.write_all(config.as_bytes())));
    }
    // The list stands first and is known last, but for its length.
    let names = files.keys().map(String::as_str).chain([STATEMENT]);
    let room: usize = names.map(|name| line(name, "").len() + 2 * 32).sum();
    let mut packer = Packer::new(out);
    packer.add(SUMS, |out| out.write_all(&vec![b' '; room]))?;
    let mut digests: BTreeMap<String, String> = BTreeMap::new();
    for (name, make) in files {
        packer.add(&name, |out| {
            let mut out = BufWriter::with_capacity(1 << 16, Summed::new(out));
            make(&mut out)?;
            let out = out.into_inner().map_err(io::IntoInnerError::into_error)?;
            digests.insert(name.clone(), out.digest());
            Ok(())
        })?;
    }
    let subject = |(name, sha256): (&String, &String)| Subject {
        name: name.clone(),
        digest: Sum { sha256: sha256.clone() },
    };
    let subjects: Vec<Subject> = digests.iter().map(subject).collect();
    let used = |subject: &&Subject| subject.name.starts_with(CHECKS) || subject.name == CONFIG;
    let configuration = subjects.iter().filter(used).cloned().collect();
    let predicate = TestResult { configuration, previous: sources.previous, ..result(view) };
    let envelope = Envelope::seal(&Statement::new(subjects, predicate), sources.signer);
    let envelope = envelope.map_err(io::Error::other)?;
    let mut bytes = Vec::new();
    json::write(&envelope, &mut bytes)?;
    packer.add(STATEMENT, |out| out.write_all(&bytes))?;
    digests.insert(STATEMENT.to_owned(), sum(&bytes).sha256);
    packer.replace(SUMS, list(&digests).as_bytes())?;
    packer.finish()
}

/// The list of digests, by name.
fn list(digests: &BTreeMap<String, String>) -> String {
    digests.iter().filter(|(name, _)| *name != SUMS).map(|(name, digest)| line(name, digest)).collect()
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
    /// Digests of the files that were looked at, by name, in hex.
    pub digests: BTreeMap<String, String>,
    /// Id of the key that was given, if a signature by it fits.
    pub signer: Option<String>,
    /// Who signed beside, as the envelope has it: nothing vouches for these names.
    pub claimed: BTreeSet<String>,
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

    /// Says that something is wrong with a file, unless more has been said: a link is there, and is no file.
    fn tell(&mut self, name: &str, why: &str) {
        self.wrong.entry(name.to_owned()).or_insert_with(|| why.to_owned());
    }

    /// Digest of the statement, for the next bundle to name.
    ///
    /// # Errors
    /// The bundle is not intact.
    pub fn statement(&self) -> Result<Sum, String> {
        match (self.wrong.iter().next(), &self.digest) {
            (Some((name, why)), _) => Err(format!("{name}: {why}")),
            (None, Some(digest)) => Ok(digest.clone()),
            (None, None) => Err("it has no statement".to_owned()),
        }
    }
}

/// Looks at every byte of a bundle; `opened` is what opening it came to.
///
/// # Errors
/// It cannot be read.
pub fn verify(opened: &mut Result<Members, Error>, key: Option<&PublicKey>) -> io::Result<Verified> {
    let mut out = Verified::default();
    let members = match opened {
        Ok(members) => members,
        Err(Error::Io(error)) => return Err(io::Error::new(error.kind(), error.to_string())),
        Err(error) => {
            out.wrong.insert(ARCHIVE.to_owned(), error.to_string());
            return Ok(out);
        }
    };
    look(members, key, &mut out)?;
    Ok(out)
}

fn look(members: &mut Members, key: Option<&PublicKey>, out: &mut Verified) -> io::Result<()> {
    for (name, why) in members.strange() {
        out.wrong.insert(name, why.to_owned());
    }
    for name in members.names() {
        let (sum, digest) = read(members, &name)?;
        match members.fits(&name, sum) {
            Fits::Yes => {}
            Fits::NotHeader(number) => {
                out.wrong.insert(ARCHIVE.to_owned(), Error::Header(number).to_string());
            }
            Fits::No => {
                out.wrong.insert(name.clone(), "its bytes do not fit the archive's own sum".to_owned());
            }
        }
        out.digests.insert(name, digest);
    }
    let envelope: Option<Envelope> =
        small(members, STATEMENT)?.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let read = envelope.as_ref().map(|envelope| (envelope.statement(), envelope.digest()));
    let Some((Ok(statement), Ok(digest))) = read else {
        out.tell(STATEMENT, "it is missing or cannot be read");
        return Ok(());
    };
    let (right, listed) = (list(&out.digests), small(members, SUMS)?);
    if listed.is_none() {
        out.tell(SUMS, "it is missing");
    }
    let listed = listed.unwrap_or_default();
    // Where the list and the statement disagree, the files tell which of the two was changed.
    if statement_alone_differs(&right, &listed) {
        out.wrong.insert(STATEMENT.to_owned(), format!("its digest is not the one in {SUMS}"));
        return Ok(());
    }
    out.previous.clone_from(&statement.predicate.previous);
    out.digest = Some(digest);
    let told: BTreeMap<&str, &str> =
        statement.subject.iter().map(|s| (s.name.as_str(), s.digest.sha256.as_str())).collect();
    for (name, digest) in &out.digests {
        match told.get(name.as_str()) {
            _ if name == STATEMENT || name == SUMS => {}
            None => drop(out.wrong.insert(name.clone(), "the statement does not name it".to_owned())),
            Some(told) if told != digest => {
                out.wrong.insert(name.clone(), "its digest is not the one that was stated".to_owned());
            }
            Some(_) => {}
        }
    }
    let missing: Vec<&str> = told.into_keys().filter(|name| !out.digests.contains_key(*name)).collect();
    missing.into_iter().for_each(|name| out.tell(name, "it is missing"));
    if out.wrong.is_empty() && listed != right.as_bytes() {
        out.wrong.insert(SUMS.to_owned(), "it does not fit the files".to_owned());
    }
    let Some(envelope) = envelope else { return Ok(()) };
    out.claimed = envelope.signatures().iter().map(|signed| signed.keyid.clone()).collect();
    match key.map(|key| (key.id(), envelope.verify(key))) {
        Some((id, Ok(()))) => {
            out.claimed.remove(&id);
            out.signer = Some(id);
        }
        Some((_, Err(error))) => out.signature = Some(error.to_string()),
        None => {}
    }
    Ok(())
}

/// CRC-32 and SHA-256 of a file, which is read once.
fn read(members: &mut Members, name: &str) -> io::Result<(u32, String)> {
    let Some(bytes) = members.read(name)? else { return Ok((0, String::new())) };
    let mut bytes = BufReader::with_capacity(1 << 16, Summed::new(bytes));
    let mut sum = Hasher::new();
    loop {
        let read = bytes.fill_buf()?;
        if read.is_empty() {
            return Ok((sum.finalize(), bytes.into_inner().digest()));
        }
        sum.update(read);
        let read = read.len();
        bytes.consume(read);
    }
}

/// The bytes of a small file.
fn small(members: &mut Members, name: &str) -> io::Result<Option<Vec<u8>>> {
    let Some(bytes) = members.read(name)? else { return Ok(None) };
    let mut all = Vec::new();
    bytes.take(LARGEST).read_to_end(&mut all)?;
    Ok(Some(all))
}

/// Whether every line of the list fits its file but that of the statement.
fn statement_alone_differs(right: &str, listed: &[u8]) -> bool {
    let listed = std::str::from_utf8(listed).unwrap_or_default();
    let differ: Vec<&str> = right
        .lines()
        .zip(listed.lines())
        .filter(|(right, listed)| right != listed)
        .map(|(right, _)| right)
        .collect();
    right.lines().count() == listed.lines().count()
        && matches!(differ[..], [line] if line.ends_with(STATEMENT))
}
