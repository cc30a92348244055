//! The rules: one pass over keywords picks the few whose pattern is then tried, each in linear time.

mod aws;
mod checksum;
mod connections;
mod formats;
mod hashes;
mod jwt;
mod private_key;
mod providers;
mod sessions;
mod template;
mod wallets;

use std::{
    borrow::Cow,
    collections::BTreeSet,
    ops::Range,
    sync::{LazyLock, OnceLock},
};

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::bytes::{Captures, Regex, RegexBuilder};

use self::template::Template;
use super::{budget::Budget, randomness::is_wordy};
use crate::snapshot::sample::{Basis, SecretKind, SecretTrait};

pub(crate) use aws::is_secret_access_key;
pub(crate) use hashes::raw_hash;
pub(crate) use private_key::jwk_secret;

/// Bytes after a keyword that a pattern may look at; longer secrets do not exist among the formats.
const WINDOW: usize = 16 * 1024;
/// Hits kept of one text; a text with more of them is cut.
const MAX_HITS: usize = 256;

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

    /// A keyword inside: the pattern has no fixed place to begin at, so its window is kept small.
    const fn around(mut self, back: usize, reach: usize) -> Self {
        self.back = back;
        self.reach = reach;
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
            public: Cow::Borrowed(self.start),
            traits: BTreeSet::new(),
            length: Length::Exact(self.secret.len()),
            id: None,
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

struct Compiled {
    keywords: AhoCorasick,
    /// For each keyword its rule and its place among the rule's starts.
    owners: Vec<(usize, usize)>,
    rules: Vec<Rule>,
    patterns: Vec<OnceLock<Regex>>,
}

static COMPILED: LazyLock<Compiled> = LazyLock::new(|| {
    let mut rules = formats::rules();
    for table in [
        providers::rules(),
        aws::rules(),
        jwt::rules(),
        private_key::rules(),
        hashes::rules(),
        connections::rules(),
        sessions::rules(),
        wallets::rules(),
    ] {
        rules.extend(table);
    }
    let mut owners = Vec::new();
    let mut words = Vec::new();
    for (r, rule) in rules.iter().enumerate() {
        for (s, start) in rule.starts.iter().enumerate() {
            owners.push((r, s));
            words.push(*start);
        }
    }
    #[expect(clippy::expect_used, reason = "some hundred short words: far below every limit")]
    let keywords = AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::DFA))
        .ascii_case_insensitive(true)
        .build(&words)
        .expect("the keywords are few");
    let patterns = rules.iter().map(|_| OnceLock::new()).collect();
    Compiled { keywords, owners, rules, patterns }
});

/// The secrets in `text` whose format is known; none overlaps another, the better founded one stays.
pub(crate) fn find(text: &[u8], budget: &mut Budget) -> Vec<Hit> {
    let compiled = &*COMPILED;
    let mut hits: Vec<Hit> = Vec::new();
    // Where the last match of a rule ended: what lies before it is not looked at again.
    let mut done: Vec<(usize, usize)> = Vec::new();
    for word in compiled.keywords.find_overlapping_iter(text) {
        let (r, s) = compiled.owners[word.pattern().as_usize()];
        let rule = &compiled.rules[r];
        let start = rule.starts[s];
        if (!rule.any_case && &text[word.range()] != start.as_bytes())
            || (rule.back == 0 && !begins(text, word.start()))
            || done.iter().any(|(of, end)| *of == r && word.start() < *end)
        {
            continue;
        }
        let cost = if rule.back == 0 { 64 } else { rule.back + rule.reach };
        if !budget.work(cost) || hits.len() >= MAX_HITS {
            budget.cut();
            break;
        }
        let found = match &rule.form {
            Form::Pattern(body) => {
                let pattern = compiled.patterns[r].get_or_init(|| rule.compile(body));
                by_pattern(rule, start, pattern, text, word.start())
            }
            Form::Template(template) => by_template(rule, template, text, word.start()),
        };
        if let Some((hit, end)) = found {
            done.push((r, end));
            budget.work(hit.span.len());
            hits.push(hit);
        }
    }
    if hits.len() > 1 { best(hits) } else { hits }
}

/// Hits that do not overlap, the better founded and the longer first.
fn best(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by(|a, b| {
        let rank =
            |h: &Hit| (std::cmp::Reverse(h.basis), std::cmp::Reverse(h.span.len()), h.span.start, h.rule);
        rank(a).cmp(&rank(b))
    });
    let mut kept: Vec<Hit> = Vec::new();
    for hit in hits {
        if kept.iter().all(|k| k.span.end <= hit.span.start || hit.span.end <= k.span.start) {
            kept.push(hit);
        }
    }
    kept
}

fn by_pattern(
    rule: &Rule,
    start: &'static str,
    pattern: &Regex,
    text: &[u8],
    at: usize,
) -> Option<(Hit, usize)> {
    let from = at.saturating_sub(rule.back);
    let window = &text[from..text.len().min(at + rule.reach)];
    let groups = pattern.captures(window)?;
    let whole = groups.get(0)?;
    let secret = groups.name("s").unwrap_or(whole);
    if !begins(text, from + whole.start()) || !ends(text, from + whole.end()) {
        return None;
    }
    let found = Match { start, secret: secret.as_bytes(), whole: whole.as_bytes(), groups: Some(&groups) };
    let hit = hit(rule, (rule.check)(&found)?, from + secret.start()..from + secret.end());
    Some((hit, from + whole.end()))
}

fn by_template(rule: &Rule, template: &Template, text: &[u8], at: usize) -> Option<(Hit, usize)> {
    let (least, most) = template.before();
    let span = (least..=most).rev().find_map(|back| {
        let from = at.checked_sub(back).filter(|from| begins(text, *from))?;
        template.matches(text, from, |end| ends(text, end)).filter(|end| *end > at).map(|end| from..end)
    })?;
    let whole = &text[span.clone()];
    let found = Match { start: template.keyword(), secret: whole, whole, groups: None };
    let end = span.end;
    Some((hit(rule, (rule.check)(&found)?, span), end))
}

fn hit(rule: &Rule, found: Found, span: Range<usize>) -> Hit {
    Hit {
        rule: found.id.unwrap_or(rule.id),
        kind: found.kind.unwrap_or(rule.kind),
        basis: found.basis,
        confidence: match found.basis {
            Basis::Verified => 0.97,
            Basis::Shaped => 0.85,
            Basis::Likely => 0.7,
        },
        public: found.public,
        traits: found.traits,
        length: found.length,
        span,
    }
}

/// A match that begins with a letter or digit does not begin inside a longer run of them.
fn begins(text: &[u8], at: usize) -> bool {
    let inside = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_' || *b == b'-';
    !text.get(at).is_some_and(u8::is_ascii_alphanumeric)
        || !at.checked_sub(1).is_some_and(|b| inside(&text[b]))
}

/// A match that ends with a letter or digit does not end inside a longer run of them.
fn ends(text: &[u8], at: usize) -> bool {
    let word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    !at.checked_sub(1).is_some_and(|b| word(&text[b])) || !text.get(at).is_some_and(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_compiles_and_ids_are_words() {
        for rule in &COMPILED.rules {
            if let Form::Pattern(body) = rule.form {
                rule.compile(body);
            }
            assert!(
                rule.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
                "{}",
                rule.id
            );
            assert!(!rule.starts.is_empty() && rule.starts.iter().all(|s| s.len() >= 2), "{}", rule.id);
        }
    }
}
