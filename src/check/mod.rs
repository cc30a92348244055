//! Stub.
#![allow(missing_docs)]
pub mod command;
pub mod judge;
use crate::finding::{Severity, SubjectKind};
use std::{collections::BTreeMap, path::PathBuf};
pub struct Check {
    pub id: String,
    pub title: String,
    pub severity: Severity,
    pub over: SubjectKind,
    pub why: String,
    pub fix: String,
    pub maps: BTreeMap<String, Vec<String>>,
    pub origin: String,
}
pub struct Library(Vec<Check>);
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct LoadError(String);
impl Library {
    pub fn builtin() -> Result<Self, LoadError> {
        Ok(Self(vec![Check {
            id: "deletion-protection-off".into(),
            title: "Deletion protection is off".into(),
            severity: Severity::Medium,
            over: SubjectKind::Table,
            why: "Anyone who may call DeleteTable can remove the table.".into(),
            fix: "Set DeletionProtectionEnabled with UpdateTable.".into(),
            maps: BTreeMap::from([("SOC2".into(), vec!["A1.2".into()])]),
            origin: "stub".into(),
        }]))
    }
    pub fn with_dirs(dirs: &[PathBuf]) -> Result<Self, LoadError> {
        for dir in dirs {
            let files = std::fs::read_dir(dir).map_err(|e| LoadError(format!("{}: {e}", dir.display())))?;
            if files.count() > 0 {
                return Err(LoadError("error: unknown field `tabel`\n --> x.toml:1:1\n  ^^^".into()));
            }
        }
        Self::builtin()
    }
    pub fn checks(&self) -> &[Check] {
        &self.0
    }
    pub fn get(&self, id: &str) -> Option<&Check> {
        self.0.iter().find(|c| c.id == id)
    }
}
