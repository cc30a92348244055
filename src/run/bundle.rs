//! An evidence bundle as the input of a run: judged once more by its own checks, or named by the next bundle.

use std::{fs::File, io::Read, path::Path};

use super::{Error, verify};
use crate::{
    finding::triage::Baseline,
    report::{attest::Sum, baseline, evidence, text::inert},
    snapshot::{
        Snapshot,
        file::parse,
        pack::{MAGIC, Members, unpack},
    },
};

/// An evidence bundle that is to be judged once more.
pub struct Bundle(Members);

impl Bundle {
    /// The bundle at `path`; none if the file is something else.
    ///
    /// # Errors
    /// It cannot be read, or is damaged.
    pub fn open(path: &Path) -> Result<Option<Self>, Error> {
        let mut first = [0; MAGIC.len()];
        // A pipe is not looked into: what is read of it is gone. What cannot be read is for the snapshot's
        // reader to complain about.
        let starts =
            path.is_file() && File::open(path).is_ok_and(|mut file| file.read_exact(&mut first).is_ok());
        if !starts || first != MAGIC {
            return Ok(None);
        }
        let bytes = verify::read(path)?;
        // What was changed since it was made is no evidence, whoever signed it.
        evidence::digest(&bytes).map_err(|why| not_intact(path, &why))?;
        let members = unpack(&bytes);
        let members = members.map_err(|error| Error::Refused(format!("{}: {error}", path.display())))?;
        Ok(Some(Self(members)))
    }

    /// The snapshot in it.
    ///
    /// # Errors
    /// There is none, or it is damaged.
    pub fn snapshot(&self, path: &Path) -> Result<Snapshot, Error> {
        let bytes = self.0.get(evidence::SNAPSHOT).map_or(&[][..], Vec::as_slice);
        Ok(parse(bytes, &path.join(evidence::SNAPSHOT))?)
    }

    /// Its checks, by `group/id.toml`.
    pub fn checks(&self) -> Vec<(&str, &str)> {
        let checks = self.0.iter().filter_map(|(name, bytes)| {
            Some((name.strip_prefix(evidence::CHECKS)?, std::str::from_utf8(bytes).ok()?))
        });
        checks.collect()
    }
}

/// A baseline: a JSON report, or the one in a bundle.
///
/// # Errors
/// It cannot be read, or is no report that a run can be held against.
pub fn baseline(path: &Path) -> Result<Baseline, Error> {
    let Some(bundle) = Bundle::open(path)? else { return Ok(baseline::load(path)?) };
    let report = bundle.0.get(evidence::FINDINGS).map_or(&[][..], Vec::as_slice);
    Ok(baseline::read(report, &path.join(evidence::FINDINGS))?)
}

/// Digest of the statement of the bundle at `path`, for the next one to name.
///
/// # Errors
/// It cannot be read, is no bundle, or is not intact.
pub fn previous(path: &Path) -> Result<Sum, Error> {
    let bytes = verify::read(path)?;
    evidence::digest(&bytes).map_err(|why| not_intact(path, &why))
}

fn not_intact(path: &Path, why: &str) -> Error {
    Error::Refused(format!("{} is no intact bundle: {}", path.display(), inert(why)))
}
