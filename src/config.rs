//! Values of options, made valid once: what a run gets needs no second look.

pub mod detection;
pub mod file;
mod files;
mod outputs;
mod sensitivity;
mod words;

use std::{collections::BTreeSet, fmt, path::PathBuf, str::FromStr};

use clap::ValueEnum;
use serde::{
    Deserialize,
    de::{IntoDeserializer, value::StrDeserializer},
};

pub use files::{digest_key, is_folder, room, writable};
pub use outputs::{apart, files};
pub use words::{KeyArn, Program, Span, place};

use crate::{
    finding::{Severity, SubjectKind, Verdict},
    report::framework::{Framework, known},
};

/// A value that cannot be used, in words for the user.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(String);

fn invalid<T>(message: impl Into<String>) -> Result<T, Invalid> {
    Err(Invalid(message.into()))
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// For programs; its schema is in docs/schema/report.schema.json.
    Json,
    /// JSON Lines: the findings of the JSON report, one a line.
    Jsonl,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// OCSF 1.5.0 events, for a security lake.
    Ocsf,
    /// OCSF 1.8.0 events.
    #[value(name = "ocsf-1.8")]
    Ocsf18,
    /// AWS Security Finding Format, for Security Hub.
    Asff,
    /// OSCAL Assessment Results 1.1.3, for an assessor's tools.
    Oscal,
    /// For a spreadsheet.
    Csv,
    /// JUnit XML, for a build server.
    Junit,
    /// For a pull request or a ticket.
    Markdown,
    /// What to do about each finding, to copy: commands, snippets, narrower policies. In Markdown.
    Remediation,
    /// One page for a browser, without network.
    Html,
    /// A ZIP archive of snapshot, findings, checks and a statement, to be verified later.
    Evidence,
}

impl Format {
    /// What `--output all` writes, each under its file's name.
    pub const FILES: [(Format, &str); 12] = [
        (Format::Json, "findings.json"),
        (Format::Jsonl, "findings.jsonl"),
        (Format::Sarif, "findings.sarif"),
        (Format::Ocsf, "findings.ocsf.json"),
        (Format::Asff, "findings.asff.json"),
        (Format::Oscal, "oscal.json"),
        (Format::Csv, "findings.csv"),
        (Format::Junit, "junit.xml"),
        (Format::Markdown, "report.md"),
        (Format::Remediation, "remediation.md"),
        (Format::Html, "report.html"),
        (Format::Evidence, "evidence.zip"),
    ];
}

/// For people or for machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Lines {
    /// For people.
    Table,
    /// JSON.
    Json,
}

/// From which severity on a flagged finding makes the exit code 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Only critical findings.
    Critical,
    /// High and critical ones.
    High,
    /// Medium and above.
    Medium,
    /// Low and above: all but notes.
    Low,
    /// Any.
    Info,
    /// None.
    Never,
}

impl FailOn {
    /// The lowest severity that fails a run; none for never.
    pub fn threshold(self) -> Option<Severity> {
        match self {
            FailOn::Critical => Some(Severity::Critical),
            FailOn::High => Some(Severity::High),
            FailOn::Medium => Some(Severity::Medium),
            FailOn::Low => Some(Severity::Low),
            FailOn::Info => Some(Severity::Info),
            FailOn::Never => None,
        }
    }
}

/// Which verdicts a report lists: `flagged,unknown`, or `all`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdicts(pub BTreeSet<Verdict>);

impl FromStr for Verdicts {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        use Verdict::{Clear, Flagged, NotApplicable, Unknown};
        let every = [Flagged, Unknown, Clear, NotApplicable];
        let mut chosen = BTreeSet::new();
        for word in text.split(',') {
            match every.iter().find(|v| v.as_str() == word) {
                Some(verdict) => drop(chosen.insert(*verdict)),
                None if word == "all" => chosen.extend(every),
                None => {
                    return invalid(
                        "use flagged, unknown, clear, not-applicable or all, with commas between",
                    );
                }
            }
        }
        Ok(Self(chosen))
    }
}

/// Places for reports beside standard output: `json=report.json`, or `json` and `all` for files of `--output-dir`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// How it is written; none for every form that has a file's name of its own.
    pub format: Option<Format>,
    /// Where to; none for the directory of `--output-dir`.
    pub path: Option<PathBuf>,
}

impl FromStr for Output {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (word, path) = match text.split_once('=') {
            Some((_, "")) => return invalid("use FORMAT=FILE, for example json=report.json"),
            Some((word, path)) => (word, Some(PathBuf::from(path))),
            None => (text, None),
        };
        if word == "all" && path.is_none() {
            return Ok(Self { format: None, path });
        }
        match Format::from_str(word, false) {
            Ok(format) => Ok(Self { format: Some(format), path }),
            Err(_) => {
                let words: Vec<String> = Format::value_variants()
                    .iter()
                    .filter_map(|format| Some(format.to_possible_value()?.get_name().to_owned()))
                    .collect();
                invalid(format!("the format is one of {}, or all in --output-dir", words.join(", ")))
            }
        }
    }
}

/// A framework of controls, by its name in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Controls(pub &'static Framework);

impl FromStr for Controls {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        match known().iter().find(|framework| framework.name.eq_ignore_ascii_case(text)) {
            Some(framework) => Ok(Self(framework)),
            None => {
                let names: Vec<String> =
                    known().iter().map(|framework| framework.name.to_lowercase()).collect();
                invalid(format!("the framework is one of {}", names.join(", ")))
            }
        }
    }
}

/// What a check is about, by the word that checks use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Over(pub SubjectKind);

impl FromStr for Over {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let word: StrDeserializer<'_, serde::de::value::Error> = text.into_deserializer();
        // The error names the words that there are.
        SubjectKind::deserialize(word).map(Self).or_else(|e| invalid(e.to_string()))
    }
}

/// A Region's name. It becomes part of a host name, so nothing but letters, digits and hyphens is taken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RegionName(pub String);

impl FromStr for RegionName {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let parts: Vec<&str> = text.split('-').collect();
        let word =
            |s: &&str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if parts.len() < 3 || text.len() > 40 || !parts.iter().all(word) {
            return invalid("a Region is named like eu-west-1; --all-regions takes all of them");
        }
        Ok(Self(text.to_owned()))
    }
}

/// A pattern of table names, with `*` and `?`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TablePattern(pub String);

impl FromStr for TablePattern {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"_.-*?".contains(&b);
        if text.is_empty() || text.len() > 255 || !text.bytes().all(fits) {
            return invalid(
                "names of tables have letters, digits, `_`, `.` and `-`; `*` and `?` stand for others",
            );
        }
        Ok(Self(text.to_owned()))
    }
}

/// A number of read capacity units above zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rcu(pub f64);

impl FromStr for Rcu {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text.parse() {
            Ok(n) if (0.5..=1e9).contains(&n) => Ok(Self(n)),
            _ => invalid("a number from 0.5 to 1000000000; --no-sample reads no items at all"),
        }
    }
}

impl fmt::Display for Rcu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A number from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share(pub f64);

impl FromStr for Share {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text.parse() {
            Ok(n) if (0.0..=1.0).contains(&n) => Ok(Self(n)),
            _ => invalid("a number from 0 to 1"),
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An endpoint for every service: `http://` or `https://`, without credentials in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint(pub String);

impl FromStr for Endpoint {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '@' | '"' | '<' | '>' | '\\' | '#' | '?');
        match host {
            Some(host) if !host.is_empty() && !host.starts_with('/') && host.chars().all(plain) => {
                Ok(Self(text.to_owned()))
            }
            _ => invalid("a URL like http://127.0.0.1:4566 or https://example.com, without a user in it"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_cannot_carry_another_host() {
        assert!("eu-west-1".parse::<RegionName>().is_ok());
        assert!("us-gov-west-1".parse::<RegionName>().is_ok());
        for bad in ["", "eu", "eu-west-1.evil.example", "eu-west-1@x", "EU-west-1", "eu--1", "eu-west-1\n"] {
            assert!(bad.parse::<RegionName>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_endpoint_is_a_plain_url() {
        assert!("http://127.0.0.1:5000".parse::<Endpoint>().is_ok());
        for bad in
            ["127.0.0.1", "https://", "https:///x", "file:///etc", "https://user:pw@host", "http://a b"]
        {
            assert!(bad.parse::<Endpoint>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn verdicts_add_up() {
        assert_eq!("flagged,clear".parse::<Verdicts>().unwrap().0.len(), 2);
        assert_eq!("all".parse::<Verdicts>().unwrap().0.len(), 4);
        assert!("".parse::<Verdicts>().is_err());
        assert!("flaged".parse::<Verdicts>().is_err());
    }

    #[test]
    fn a_budget_is_a_number_above_zero() {
        assert!("50".parse::<Rcu>().is_ok());
        for bad in ["0", "-1", "NaN", "inf", "x", "1e300"] {
            assert!(bad.parse::<Rcu>().is_err(), "{bad}");
        }
    }
}
