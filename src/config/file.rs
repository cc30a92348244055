//! The configuration file: read whole, or refused with all that is wrong in it, each on its own line.

use std::{fs, io::Read, path::Path};

use toml::de::DeTable;

use super::{Invalid, detection::Detection, invalid};
use crate::{
    check::fields::Fields,
    source::{Problem, Source},
};

/// Largest configuration file that is read, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// What a configuration file says.
#[derive(Debug, Default)]
pub struct Config {
    /// `[detect]`: what is a secret, and what is none.
    pub detect: Detection,
}

impl Config {
    /// Reads the file; without one, nothing is configured.
    ///
    /// # Errors
    /// The file cannot be read, or something in it is not right.
    pub fn load(path: Option<&Path>) -> Result<Self, Invalid> {
        let Some(path) = path else { return Ok(Self::default()) };
        let mut text = String::new();
        let read = fs::File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_string(&mut text));
        match read {
            Ok(bytes) if bytes as u64 <= MAX_BYTES => {
                Self::read(&Source::new(path.display().to_string(), text))
            }
            Ok(_) => invalid(format!("{} is longer than {MAX_BYTES} bytes", path.display())),
            Err(error) => invalid(format!("cannot read {}: {error}", path.display())),
        }
    }

    fn read(source: &Source) -> Result<Self, Invalid> {
        let mut problems = Vec::new();
        let config = Self::parse(&source.text, &mut problems);
        if problems.is_empty() {
            return Ok(config);
        }
        problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
        let shown: Vec<String> = problems.iter().map(|problem| source.render(problem)).collect();
        invalid(shown.join("\n\n"))
    }

    fn parse(text: &str, problems: &mut Vec<Problem>) -> Self {
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let message = error.message().lines().collect::<Vec<_>>().join(" ");
            problems.push(Problem::new(error.span().unwrap_or(0..0), message));
        }
        let mut fields = Fields::new(text, table.get_ref(), "the configuration", 0..0);
        let detect = fields.value("detect").map(|value| Detection::read(text, value, problems));
        fields.finish(problems);
        Self { detect: detect.unwrap_or_default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        Config::read(&Source::new("c.toml", text)).unwrap_err().to_string()
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
            until = 2030-01-31
        "#;
        let config = Config::read(&Source::new("c.toml", text)).unwrap();
        let detect = config.detect;
        assert_eq!((detect.own.patterns.len(), detect.own.allowed.len(), detect.ignores.len()), (1, 1, 1));
        let ignore = &detect.ignores[0];
        assert!(ignore.covers("a.legacy[]", "x") && !ignore.covers("a.legacy[].b", "x"));
        assert!(ignore.holds((2030, 1, 31)) && !ignore.holds((2030, 2, 1)));
    }

    #[test]
    fn what_is_wrong_is_shown_on_its_line() {
        let text =
            "[[detect.pattern]]\nid = \"Acme\"\npattern = 'a(b'\nkind = \"api-kee\"\nmatches = [\"ab\"]\n";
        let said = refused(text);
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
        let head = "[[detect.pattern]]\nid = \"a\"\npattern = 'ab+'\n";
        assert!(refused(&format!("{head}matches = [\"xa\"]\nmisses = [\"a\"]\n")).contains("c.toml:4:12"));
        assert!(
            refused(&format!("{head}matches = [\"ab\"]\nmisses = [\"a\", \"abb\"]\n"))
                .contains("c.toml:5:16")
        );
        assert!(refused("[detect]\nignored = 1\n").contains("did you mean `ignore`"));
        let open = "[[detect.ignore]]\npath = \"a\"\nreason = \"r\"\n";
        assert!(refused(open).contains("has no `until`"), "{}", refused(open));
        assert!(refused(&format!("{open}until = \"soon\"\n")).contains("c.toml:4:9"));
    }
}
