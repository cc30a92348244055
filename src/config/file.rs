//! The configuration file: accepted risks, profiles of options and what the detector is told, refused with line and caret where it is wrong.

use std::{collections::BTreeMap, path::Path};

use time::{Date, Duration, format_description::well_known::Iso8601};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{detection::Detection, sensitivity};
use crate::{
    facts::sensitivity::Rules,
    finding::accept::{Acceptance, Accepts},
    snapshot::Timestamp,
    source::{Problem, Source, Span, fields::Fields, open, text::Text},
};

/// Problems that are shown.
const MOST: usize = 20;
/// Largest configuration file that is read, in bytes.
const MAX_BYTES: u64 = 4 << 20;

/// What a configuration file says.
#[derive(Debug, Clone, Default)]
pub struct File {
    /// Accepted risks, in the order of the file.
    pub accept: Vec<Acceptance>,
    /// `[detect]`: what is a secret, and what is none.
    pub detect: Detection,
    /// `[sensitivity]`: which tables are sensitive, and which are in scope of PCI DSS.
    pub sensitivity: Rules,
    /// Profiles of options, by name.
    pub profiles: BTreeMap<String, Profile>,
    source: Source,
}

/// Options by their long names, each with its values and its place.
pub type Profile = BTreeMap<String, Setting>;

/// The value of an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Values, as they would stand on the command line.
    pub values: Vec<String>,
    /// Place of the option's name.
    pub name: Span,
    /// Place of its value.
    pub value: Span,
}

impl File {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// It cannot be read, or something in it is wrong: text for people, of several lines.
    pub fn load(path: &Path) -> Result<Self, String> {
        let text = open::text(path, MAX_BYTES);
        let text = text.map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        Self::parse(&Source::new(path.display().to_string(), text))
    }

    /// Reads a configuration.
    ///
    /// # Errors
    /// All that is wrong in it, as text of several lines.
    pub fn parse(source: &Source) -> Result<Self, String> {
        let (table, errors) = DeTable::parse_recoverable(&source.text);
        let mut problems: Vec<Problem> = errors
            .first()
            .map(|first| {
                let message = first.message().lines().collect::<Vec<_>>().join(" ");
                let problem = Problem::new(first.span().unwrap_or(0..0), message);
                let redacted = !is_plain_part(&source.text, problem.span.start);
                Problem { redacted, ..problem }
            })
            .into_iter()
            .collect();
        let mut file = Self { source: source.clone(), ..Self::default() };
        if problems.is_empty() {
            file.read(table.get_ref(), &mut problems);
        }
        problems.sort_by_key(|problem| problem.span.start);
        if problems.is_empty() { Ok(file) } else { Err(file.complain(&problems)) }
    }

    /// The file's text; none if there is no file.
    pub fn text(&self) -> Option<&str> {
        Some(self.source.text.as_str()).filter(|_| !self.source.name.is_empty())
    }

    /// Problems of this file as text: the first ones, and how many more there are.
    pub fn complain(&self, problems: &[Problem]) -> String {
        let mut shown: Vec<String> =
            problems.iter().take(MOST).map(|problem| self.source.render(problem)).collect();
        if let more @ 1.. = problems.len().saturating_sub(MOST) {
            shown.push(format!("and {more} more"));
        }
        shown.join("\n\n")
    }

    fn read(&mut self, table: &DeTable<'_>, problems: &mut Vec<Problem>) {
        let text = self.source.text.clone();
        let mut fields = Fields::new(&text, table, "the configuration", 0..0);
        if let Some(value) = fields.value("accept") {
            let Some(list) = value.get_ref().as_array() else {
                let problem = Problem::new(value.span(), "`accept` must be a list of tables");
                problems.push(problem.help("write `[[accept]]`".to_owned()));
                return;
            };
            // Lines are counted from one acceptance to the next: from the start each time, thousands would take minutes.
            let (mut line, mut at) = (1, 0);
            for one in list {
                let start = one.span().start;
                line += text.get(at..start).unwrap_or_default().matches('\n').count();
                at = at.max(start);
                self.accept.extend(self.acceptance(one, line, problems));
            }
        }
        if let Some(value) = fields.value("detect") {
            self.detect = Detection::read(&text, value, problems);
        }
        if let Some(value) = fields.value("sensitivity") {
            self.sensitivity = sensitivity::read(&text, value, problems);
        }
        if let Some(value) = fields.value("profile") {
            match value.get_ref().as_table() {
                None => problems
                    .push(Problem::new(value.span(), "`profile` must be tables, as `[profile.nightly]`")),
                Some(profiles) => {
                    for (name, profile) in profiles {
                        let settings = settings(profile, problems);
                        self.profiles.insert(name.get_ref().to_string(), settings);
                    }
                }
            }
        }
        fields.finish(problems);
    }

    fn acceptance(
        &self,
        value: &Spanned<DeValue<'_>>,
        line: usize,
        problems: &mut Vec<Problem>,
    ) -> Option<Acceptance> {
        let Some(table) = value.get_ref().as_table() else {
            problems.push(Problem::new(value.span(), "an acceptance must be a table"));
            return None;
        };
        let before = problems.len();
        let mut fields = Fields::new(&self.source.text, table, "this acceptance", value.span());
        let fingerprint = fields.optional("fingerprint", problems);
        let check = fields.optional("check", problems);
        let pattern = fields.optional("subject", problems);
        let reason = fields.required("reason", problems);
        let owner = fields.required("owner", problems);
        let until = fields.required("until", problems);
        fields.finish(problems);
        let what = match (fingerprint, check, pattern) {
            (Some(fingerprint), None, None) => Some(Accepts::Fingerprint(fingerprint.value)),
            (None, Some(check), Some(pattern)) => {
                Some(Accepts::Subjects { check: check.value, pattern: pattern.value })
            }
            _ => {
                problems.push(Problem::new(
                    value.span(),
                    "an acceptance has either a `fingerprint`, or a `check` and a `subject`",
                ));
                None
            }
        };
        let ends = (!until.span.is_empty()).then(|| day_after(&until, problems)).flatten();
        (problems.len() == before).then_some(())?;
        Some(Acceptance {
            what: what?,
            reason: reason.value,
            owner: owner.value,
            until: until.value,
            ends: ends?,
            place: format!("{}:{line}", self.source.name),
        })
    }
}

/// Whether a place lies in a section whose values are no secrets: a file that is something else has none.
fn is_plain_part(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or(text);
    let section = before.lines().rev().find(|line| line.starts_with('['));
    let section = section.map(|line| line.trim_start_matches('['));
    section
        .is_some_and(|name| ["accept", "profile", "sensitivity"].iter().any(|plain| name.starts_with(plain)))
}

/// The first second after a day.
pub(super) fn day_after(until: &Text, problems: &mut Vec<Problem>) -> Option<Timestamp> {
    let day = Date::parse(&until.value, &Iso8601::DATE).ok().filter(|_| until.value.len() == 10);
    if day.is_none() {
        let problem = Problem::new(until.span.clone(), format!("`{}` is no day", until.value));
        problems.push(problem.help("write the last day on which it holds, as \"2027-03-31\"".to_owned()));
    }
    // The last day of all has none after it, and a second all the same.
    Some(Timestamp(day?.midnight().assume_utc().unix_timestamp() + Duration::DAY.whole_seconds()))
}

fn settings(value: &Spanned<DeValue<'_>>, problems: &mut Vec<Problem>) -> Profile {
    let Some(table) = value.get_ref().as_table() else {
        problems.push(Problem::new(value.span(), "a profile must be a table of options"));
        return Profile::new();
    };
    let mut profile = Profile::new();
    for (name, value) in table {
        match values(value.get_ref()) {
            Some(values) => {
                let setting = Setting { values, name: name.span(), value: value.span() };
                profile.insert(name.get_ref().to_string(), setting);
            }
            None => problems.push(Problem::new(
                value.span(),
                format!(
                    "an option is text, a number, true or false, or a list of these, found {}",
                    value.get_ref().type_str()
                ),
            )),
        }
    }
    profile
}

fn values(value: &DeValue<'_>) -> Option<Vec<String>> {
    match value {
        DeValue::Array(items) => {
            let each: Option<Vec<Vec<String>>> = items
                .iter()
                .map(|item| if item.get_ref().is_array() { None } else { values(item.get_ref()) })
                .collect();
            Some(each?.into_iter().flatten().collect())
        }
        DeValue::String(text) => Some(vec![text.to_string()]),
        DeValue::Integer(number) => Some(vec![number.as_str().to_owned()]),
        DeValue::Float(number) => Some(vec![number.as_str().to_owned()]),
        DeValue::Boolean(yes) => Some(vec![yes.to_string()]),
        _ => None,
    }
}
