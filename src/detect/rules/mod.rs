//! The rules: one pass over keywords picks the few whose pattern is then tried, each in linear time.

mod aws;
mod checksum;
mod commands;
mod connections;
mod find;
mod formats;
mod hashes;
mod index;
mod jwt;
mod keywords;
mod prefixes;
mod private_key;
mod providers;
mod sessions;
mod template;
mod wallets;

use std::{borrow::Cow, collections::BTreeSet, ops::Range};

use regex::bytes::{Captures, Regex, RegexBuilder};

use self::template::Template;
use super::randomness::is_wordy;
use crate::snapshot::sample::{Basis, SecretKind, SecretTrait};

pub(crate) use aws::is_secret_access_key;
pub(crate) use find::find;
pub(crate) use hashes::raw_hash;
pub(crate) use jwt::jws_signature;
pub(crate) use private_key::key_object;
pub(crate) use wallets::is_ripple_seed;

/// Bytes after a keyword that a pattern may look at; longer secrets do not exist among the formats.
const WINDOW: usize = 16 * 1024;

/// One format.
struct Rule {
    /// Its name in reports.
    id: &'static str,
    kind: SecretKind,
    /// Public beginnings, or keywords inside the format when `back` is not 0.
    starts: Cow<'static, [&'static str]>,
    /// Bytes before the keyword that may belong to the format.
    back: usize,
    /// Bytes from the keyword on that the pattern may look at.
    reach: usize,
    /// Signs one of which the text must hold, beside the keyword's own.
    needs: Option<&'static str>,
    form: Form,
    /// Whether letters match in either case.
    any_case: bool,
    /// The last word on a match.
    check: fn(&Match<'_>) -> Option<Found>,
}

/// How a format is told.
enum Form {
    /// What follows the keyword; the whole format when `back` is not 0. Group `s`, where there is one, is
    /// the secret itself.
    Pattern(&'static str),
    /// The whole format.
    Template(Template),
}

/// What a pattern matched.
struct Match<'a> {
    /// The keyword that led here.
    start: &'static str,
    /// The secret's own bytes.
    secret: &'a [u8],
    /// Everything that the pattern matched.
    whole: &'a [u8],
    groups: Option<&'a Captures<'a>>,
}

/// What a check says of a match.
struct Found {
    basis: Basis,
    /// What may be shown: made of constants, never cut out of the value.
    public: Cow<'static, str>,
    traits: BTreeSet<SecretTrait>,
    length: Length,
    id: Option<&'static str>,
    /// When the value says that it was issued, in seconds since 1970.
    issued: Option<i64>,
    /// Where the value tells more than its rule.
    kind: Option<SecretKind>,
}

/// A length that may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Length {
    /// Bytes of a secret that a machine made: its format tells them anyway.
    Exact(usize),
    /// Bytes of a password: shown as a range, for an exact length would help to guess it.
    Password(usize),
}

/// A secret in a text.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    pub rule: &'static str,
    pub kind: SecretKind,
    pub basis: Basis,
    /// Before scaling by how many values of the path hit.
    pub confidence: f64,
    pub public: Cow<'static, str>,
    pub traits: BTreeSet<SecretTrait>,
    pub length: Length,
    /// When it was issued, in seconds since 1970, where it says so itself or what lies beside it does.
    pub issued: Option<i64>,
    /// Where in the text.
    pub span: Range<usize>,
}

impl Rule {
    /// A token or key of a provider: a public start and a body of random characters.
    const fn token(id: &'static str, starts: &'static [&'static str], body: &'static str) -> Self {
        Self {
            id,
            kind: SecretKind::ProviderToken,
            starts: Cow::Borrowed(starts),
            back: 0,
            reach: WINDOW,
            needs: None,
            form: Form::Pattern(body),
            any_case: false,
            check: plain,
        }
    }

    const fn kind(mut self, kind: SecretKind) -> Self {
        self.kind = kind;
        self
    }

    const fn check(mut self, check: fn(&Match<'_>) -> Option<Found>) -> Self {
        self.check = check;
        self
    }

    /// A keyword inside: the pattern has no fixed place to begin at, so its window is kept small. Unless the keyword begins with a
    /// sign, the whole format must be a run of at least 32 letters, digits and joints.
    const fn around(mut self, back: usize, reach: usize) -> Self {
        self.back = back;
        self.reach = reach;
        self
    }

    /// Bytes from the keyword on that are looked at.
    const fn within(mut self, reach: usize) -> Self {
        self.reach = reach;
        self
    }

    /// Signs without one of which the text is not looked through.
    const fn needs(mut self, signs: &'static str) -> Self {
        self.needs = Some(signs);
        self
    }

    const fn any_case(mut self) -> Self {
        self.any_case = true;
        self
    }

    fn compile(&self, body: &str) -> Regex {
        let pattern = if self.back > 0 {
            body.to_owned()
        } else {
            let starts: Vec<String> = self.starts.iter().map(|s| regex::escape(s)).collect();
            format!("^(?:{})(?:{body})", starts.join("|"))
        };
        #[expect(clippy::expect_used, reason = "a test compiles every rule of the table")]
        RegexBuilder::new(&pattern)
            .unicode(false)
            .case_insensitive(self.any_case)
            .build()
            .expect("a rule's pattern is valid")
    }
}

impl Match<'_> {
    fn found(&self, basis: Basis) -> Option<Found> {
        Some(Found {
            basis,
            // A long run of letters and digits is a constant in base64: nobody knows it as a prefix.
            public: Cow::Borrowed(if find::is_run(self.start) { "" } else { self.start }),
            traits: BTreeSet::new(),
            length: Length::Exact(self.secret.len()),
            id: None,
            issued: None,
            kind: None,
        })
    }

    fn group(&self, n: usize) -> &[u8] {
        self.groups.and_then(|groups| groups.get(n)).map_or(&[], |g| g.as_bytes())
    }

    fn named(&self, name: &str) -> &[u8] {
        self.groups.and_then(|groups| groups.name(name)).map_or(&[], |g| g.as_bytes())
    }

    /// The part after the public start.
    fn tail(&self) -> &[u8] {
        self.whole.get(self.start.len()..).unwrap_or(&[])
    }
}

/// The plain check: a body of `xxxxx`, of `EXAMPLE` or of words is documentation.
fn plain(found: &Match<'_>) -> Option<Found> {
    if is_filler(found.tail()) || is_wordy(found.tail()) { None } else { found.found(Basis::Shaped) }
}

/// As [`plain`], where the keyword lies inside and nothing of the value may be shown.
fn hidden(found: &Match<'_>) -> Option<Found> {
    if is_filler(found.secret) || is_wordy(found.secret) {
        return None;
    }
    found.found(Basis::Shaped).map(|f| Found { public: Cow::Borrowed(""), ..f })
}

/// Whether `body` is a filler that documentation would use.
fn is_filler(body: &[u8]) -> bool {
    let distinct: BTreeSet<u8> = body.iter().copied().collect();
    let has = |part: &[u8]| body.windows(part.len()).any(|w| w.eq_ignore_ascii_case(part));
    distinct.len() < 6 || has(b"EXAMPLE") || has(b"xxxxxxxx")
}
