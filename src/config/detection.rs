//! `[detect]` of the configuration: a user's own patterns, values that are no secrets, paths to leave out.

use regex::bytes;
use toml::{Spanned, de::DeValue};

use super::file::day_after;
use crate::{
    detect::{Exception, Own, Pattern},
    snapshot::{Timestamp, sample::SecretKind},
    source::{
        Problem, Span,
        fields::{Fields, word},
        text::Text,
    },
};

/// Largest compiled pattern, in bytes.
const MAX_PATTERN: usize = 1 << 20;

/// What `[detect]` says.
#[derive(Debug, Clone, Default)]
pub struct Detection {
    /// Patterns, and values that are no secrets.
    pub own: Own,
    /// Paths whose verdicts are not listed.
    pub ignores: Vec<Ignore>,
}

/// Verdicts that are not listed, for a while.
#[derive(Debug, Clone)]
pub struct Ignore {
    /// Which, and why.
    pub exception: Exception,
    ends: Timestamp,
}

impl Ignore {
    /// Whether it still holds.
    pub fn holds(&self, now: Timestamp) -> bool {
        now < self.ends
    }
}

impl Detection {
    /// Reads the section.
    pub(super) fn read(file: &str, value: &Spanned<DeValue<'_>>, problems: &mut Vec<Problem>) -> Self {
        let before = problems.len();
        let found = Self::all(file, value, problems);
        // A pattern tells what a secret looks like, and an example may be one.
        problems[before..].iter_mut().for_each(|problem| problem.redacted = true);
        found
    }

    fn all(file: &str, value: &Spanned<DeValue<'_>>, problems: &mut Vec<Problem>) -> Self {
        let mut found = Self::default();
        let Some(table) = value.get_ref().as_table() else {
            problems.push(Problem::new(value.span(), "`detect` must be a table"));
            return found;
        };
        let mut fields = Fields::new(file, table, "`detect`", value.span());
        for (mut fields, span) in tables(file, &mut fields, "pattern", problems) {
            found.own.patterns.extend(pattern(&mut fields, &span, problems));
            fields.finish(problems);
        }
        for (mut fields, span) in tables(file, &mut fields, "allow", problems) {
            fields.required("reason", problems);
            found.own.allowed.extend(tested(&mut fields, &span, problems));
            fields.finish(problems);
        }
        for (mut fields, _) in tables(file, &mut fields, "ignore", problems) {
            found.ignores.extend(ignore(&mut fields, problems));
            fields.finish(problems);
        }
        fields.finish(problems);
        found
    }
}

/// The tables of a list, ready to be read.
fn tables<'t, 'i>(
    file: &'t str,
    fields: &mut Fields<'t, 'i>,
    name: &'static str,
    problems: &mut Vec<Problem>,
) -> Vec<(Fields<'t, 'i>, Span)> {
    let Some(value) = fields.value(name) else { return Vec::new() };
    let mut out = Vec::new();
    match value.get_ref().as_array() {
        Some(list) => {
            for one in list {
                match one.get_ref().as_table() {
                    Some(table) => out.push((Fields::new(file, table, "this entry", one.span()), one.span())),
                    None => problems.push(Problem::new(one.span(), "an entry must be a table")),
                }
            }
        }
        None => problems.push(
            Problem::new(value.span(), format!("`{name}` must be a list of tables"))
                .help(format!("write `[[detect.{name}]]`")),
        ),
    }
    out
}

fn pattern(fields: &mut Fields<'_, '_>, span: &Span, problems: &mut Vec<Problem>) -> Option<Pattern> {
    let id = fields.required("id", problems);
    let kebab = |id: &str| {
        id.split('-')
            .all(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
    };
    if !id.value.is_empty() && !kebab(&id.value) {
        problems.push(Problem::new(id.span.clone(), "an id is written in kebab case: `acme-key`"));
    }
    let kind = fields.optional("kind", problems);
    let kind = kind.map_or(Some(SecretKind::ProviderToken), |text| {
        word("kind", &text, &SecretKind::ALL.map(SecretKind::as_str), problems, |name| {
            SecretKind::ALL.into_iter().find(|kind| kind.as_str() == name)
        })
    });
    let pattern = tested(fields, span, problems)?;
    // Read once in a run, and named by its verdicts to the run's end.
    Some(Pattern { id: Box::leak(id.value.into_boxed_str()), pattern, kind: kind? })
}

/// `pattern` with `matches` and `misses`: an example that it must match, and one that it must not.
fn tested(fields: &mut Fields<'_, '_>, span: &Span, problems: &mut Vec<Problem>) -> Option<bytes::Regex> {
    let written = fields.required("pattern", problems);
    let matches = fields.texts("matches", problems);
    let misses = fields.texts("misses", problems);
    for (examples, name, what) in [(&matches, "matches", "must match"), (&misses, "misses", "must not match")]
    {
        if examples.is_empty() {
            problems.push(
                Problem::new(span.clone(), format!("a pattern needs an example that it {what}"))
                    .help(format!("add `{name} = [\"…\"]`")),
            );
        }
    }
    let compiled = bytes::RegexBuilder::new(&written.value).size_limit(MAX_PATTERN).build();
    let pattern = match compiled {
        Ok(pattern) => pattern,
        Err(error) => {
            let said = error.to_string();
            let last = said.lines().last().unwrap_or("not a pattern").trim();
            problems.push(Problem::new(written.span, last.strip_prefix("error: ").unwrap_or(last)));
            return None;
        }
    };
    let mut complain = |example: &Text, message: &str| {
        problems.push(Problem::new(example.span.clone(), message));
    };
    for example in matches.iter().filter(|example| !pattern.is_match(example.value.as_bytes())) {
        complain(example, "the pattern does not match this example");
    }
    for example in misses.iter().filter(|example| pattern.is_match(example.value.as_bytes())) {
        complain(example, "the pattern matches this example");
    }
    Some(pattern)
}

fn ignore(fields: &mut Fields<'_, '_>, problems: &mut Vec<Problem>) -> Option<Ignore> {
    let path = fields.required("path", problems);
    let rule = fields.optional("rule", problems);
    let reason = fields.required("reason", problems);
    let until = fields.required("until", problems);
    let ends = (!until.span.is_empty()).then(|| day_after(&until, problems)).flatten()?;
    let exception = Exception { path: path.value, rule: rule.map(|r| r.value), reason: reason.value };
    Some(Ignore { exception, ends })
}

#[cfg(test)]
mod tests {
    use crate::{config::file::File, snapshot::Timestamp, source::Source};

    fn read(text: &str) -> Result<File, String> {
        File::parse(&Source::new("c.toml", text))
    }

    #[test]
    fn a_tested_pattern_and_exceptions_are_taken() {
        let text = r#"
            [[detect.pattern]]
            id = "acme-key"
            pattern = 'acme_(?<secret>[0-9a-f]{8})'
            kind = "api-key"
            matches = ["key acme_0011aabb"]
            misses = ["acme_001"]

            [[detect.allow]]
            pattern = '^test-'
            reason = "keys of the sandbox"
            matches = ["test-1"]
            misses = ["live-1"]

            [[detect.ignore]]
            path = "*.legacy[]"
            reason = "revoked"
            until = "1970-01-02"
        "#;
        let detect = read(text).unwrap().detect;
        assert_eq!((detect.own.patterns.len(), detect.own.allowed.len(), detect.ignores.len()), (1, 1, 1));
        let ignore = &detect.ignores[0];
        let covers = |path| ignore.exception.covers(path, "x");
        assert!(covers("a.legacy[]") && !covers("a.legacy[].b"));
        assert!(ignore.holds(Timestamp(2 * 86_400 - 1)) && !ignore.holds(Timestamp(2 * 86_400)));
    }

    #[test]
    fn what_is_wrong_is_shown_on_its_line() {
        let text =
            "[[detect.pattern]]\nid = \"Acme\"\npattern = 'a(b'\nkind = \"api-kee\"\nmatches = [\"ab\"]\n";
        let said = read(text).unwrap_err();
        for part in [
            "c.toml:2:6",
            "c.toml:3:11",
            "c.toml:4:8",
            "did you mean `api-key`",
            "needs an example that it must not match",
        ] {
            assert!(said.contains(part), "{part} in {said}");
        }
    }

    #[test]
    fn a_pattern_that_fails_its_examples_is_refused() {
        let refused = |text: &str| read(text).unwrap_err();
        let head = "[[detect.pattern]]\nid = \"a\"\npattern = 'ab+'\n";
        assert!(refused(&format!("{head}matches = [\"xa\"]\nmisses = [\"a\"]\n")).contains("c.toml:4:12"));
        assert!(
            refused(&format!("{head}matches = [\"ab\"]\nmisses = [\"a\", \"abb\"]\n"))
                .contains("c.toml:5:16")
        );
        assert!(refused("[detect]\nignored = 1\n").contains("did you mean `ignore`"));
        let open = "[[detect.ignore]]\npath = \"a\"\nreason = \"r\"\n";
        assert!(refused(open).contains("has no `until`"));
        assert!(refused(&format!("{open}until = \"soon\"\n")).contains("c.toml:4:9"));
    }
}
