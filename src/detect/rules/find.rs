//! Finds the formats in a text: one pass over keywords picks the few whose pattern is then tried.

use std::{
    ops::Range,
    sync::{LazyLock, OnceLock},
};

use regex::bytes::Regex;

use super::{
    Form, Found, Hit, Match, Rule, aws, commands, connections, formats, hashes, hidden,
    index::Keyword,
    jwt,
    keywords::{ASSIGNMENT, Keywords},
    prefixes, private_key, providers, sessions,
    template::Template,
    wallets,
};
use crate::{
    detect::{budget::Budget, look::Sorts},
    snapshot::sample::Basis,
};

/// Hits kept of one text; a text with more of them is cut.
const MAX_HITS: usize = 256;

/// Work for each byte of a match that is taken apart and then rejected: telling groups takes so much longer than finding.
const APART: usize = 100;

struct Compiled {
    keywords: Keywords,
    rules: Vec<Rule>,
    patterns: Vec<OnceLock<Regex>>,
    whole: Vec<Whole>,
    /// What one of them may be made of.
    any_whole: Sorts,
}

/// A rule without a keyword, which speaks of whole values.
struct Whole {
    rule: usize,
    /// The sorts of bytes that a value must have, and those that it may have.
    must: Sorts,
    may: Sorts,
    /// Least and greatest length of a value.
    lengths: (usize, usize),
}

/// Every rule that there is.
pub(super) fn all_rules() -> Vec<Rule> {
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
        prefixes::rules(),
        commands::rules(),
    ] {
        rules.extend(table);
    }
    rules
}

static COMPILED: LazyLock<Compiled> = LazyLock::new(|| {
    let rules = all_rules();
    let whole = rules.iter().enumerate().filter_map(|(r, rule)| match &rule.form {
        Form::Template(template) if template.is_whole() => {
            let (must, may) = template.sorts();
            Some(Whole { rule: r, must, may, lengths: template.lengths() })
        }
        _ => None,
    });
    let whole: Vec<Whole> = whole.collect();
    let any_whole = whole.iter().fold(Sorts::default(), |all, one| all.or(one.may));
    let keywords = Keywords::of(&rules);
    let patterns = rules.iter().map(|_| OnceLock::new()).collect();
    Compiled { keywords, rules, patterns, whole, any_whole }
});

/// The secrets in `text`, of the sorts `sorts`, whose format is known; none overlaps another, the better founded one stays.
pub(crate) fn find(text: &[u8], sorts: Sorts, budget: &mut Budget) -> Vec<Hit> {
    let compiled = &*COMPILED;
    let mut hits: Vec<Hit> = Vec::new();
    // Where the last match of a rule ended: what lies before it is not looked at again.
    let mut done: Vec<(usize, usize)> = Vec::new();
    compiled.keywords.find(text, sorts, |Keyword { rule: r, start: s, .. }, at| {
        let rule = &compiled.rules[r];
        let start = rule.starts[s];
        let floor = done.iter().filter(|(of, _)| *of == r).map(|(_, end)| *end).max().unwrap_or(0);
        if (is_short(start) && in_base64(text, at)) || at < floor {
            return true;
        }
        let cost = match rule.form {
            Form::Pattern(_) if rule.back == 0 => budget.cost_of_try(),
            Form::Template(_) if rule.back == 0 => 64,
            Form::Template(_) => rule.back + rule.reach,
            // An expression that may begin anywhere in its window takes as long as twenty that are read once.
            Form::Pattern(_) => 20 * (rule.back + rule.reach),
        };
        if !budget.work(cost) || hits.len() >= MAX_HITS {
            budget.cut();
            return false;
        }
        let found = match &rule.form {
            Form::Pattern(body) => {
                let pattern = compiled.patterns[r].get_or_init(|| rule.compile(body));
                let (found, apart) = by_pattern(rule, start, pattern, text, at, floor);
                match found {
                    None if rule.back == 0 => budget.vain(),
                    None => _ = budget.work(APART * apart),
                    Some(_) => {}
                }
                found
            }
            Form::Template(template) => by_template(rule, template, text, at),
        };
        if let Some((hit, end)) = found {
            done.push((r, end));
            budget.work(hit.span.len());
            hits.push(hit);
        }
        true
    });
    if hits.is_empty() && (14..=600).contains(&text.len()) && sorts.within(compiled.any_whole) {
        hits.extend(whole(compiled, text, sorts));
    }
    if hits.len() > 1 { best(hits) } else { hits }
}

/// A format that must be the whole of a value, since nothing in it leads to it.
fn whole(compiled: &Compiled, text: &[u8], sorts: Sorts) -> Option<Hit> {
    compiled.whole.iter().find_map(|whole| {
        let (least, most) = whole.lengths;
        if !sorts.all(whole.must) || !sorts.within(whole.may) || text.len() < least || text.len() > most {
            return None;
        }
        let rule = &compiled.rules[whole.rule];
        let Form::Template(template) = &rule.form else { return None };
        template.matches(text, 0, |end| end == text.len())?;
        let found = Match { start: "", secret: text, whole: text, groups: None };
        Some(hit(rule, hidden(&found)?, 0..text.len()))
    })
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

/// What a rule's expression finds, with where it ends; and how many bytes it took apart.
fn by_pattern(
    rule: &Rule,
    start: &'static str,
    pattern: &Regex,
    text: &[u8],
    at: usize,
    floor: usize,
) -> (Option<(Hit, usize)>, usize) {
    let mut from = at.saturating_sub(rule.back).max(floor);
    if rule.needs == Some(ASSIGNMENT) {
        // The name that holds the keyword, and a word before it.
        let joint = |b: &u8| b.is_ascii_alphanumeric() || b"_.$- ".contains(b);
        from += text[from..at].iter().rposition(|b| !joint(b)).map_or(0, |last| last + 1);
    }
    let window = &text[from..text.len().min(at + rule.reach)];
    // What ends before the keyword belongs to another.
    let groups = pattern
        .captures_iter(window)
        .find(|groups| groups.get(0).is_some_and(|whole| rule.back == 0 || from + whole.end() > at));
    let Some(groups) = groups else { return (None, 0) };
    let Some(whole) = groups.get(0) else { return (None, 0) };
    // Alternatives that the quotes around a secret tell apart cannot share a name.
    let secret = ["s", "d", "a", "e", "f", "x"].iter().find_map(|name| groups.name(name)).unwrap_or(whole);
    if !begins(text, from + whole.start()) || !ends(text, from + whole.end()) {
        return (None, whole.len());
    }
    let found = Match { start, secret: secret.as_bytes(), whole: whole.as_bytes(), groups: Some(&groups) };
    let span = from + secret.start()..from + secret.end();
    let hit = (rule.check)(&found).map(|found| (hit(rule, found, span), from + whole.end()));
    (hit, whole.len())
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
        issued: found.issued,
        span,
    }
}

/// Whether a keyword is so short, and so made of letters and digits, that base64 holds it by chance.
fn is_short(start: &str) -> bool {
    start.len() < 8 && start.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Whether a keyword is a run of letters and digits longer than that.
pub(super) fn is_run(start: &str) -> bool {
    start.len() >= 8 && start.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Whether `at` lies within a run of base64: after `/` or `+` that follow on letters and digits.
fn in_base64(text: &[u8], at: usize) -> bool {
    let run = text[..at]
        .iter()
        .rev()
        .take(12)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'+'));
    matches!(at.checked_sub(1).map(|b| text[b]), Some(b'/' | b'+')) && run.count() >= 12
}

/// A match that begins with a letter or digit does not begin inside a longer run of them.
pub(super) fn begins(text: &[u8], at: usize) -> bool {
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
    use crate::detect::budget::{EASY, HARD_TRY, WORK};

    #[test]
    fn keywords_repeated_without_end_are_tried_a_few_thousand_times() {
        for words in
            [&["<samlp:Response"][..], &["password="], &["<secret>", "eyJ", "Basic ", "<samlp:Response"]]
        {
            let text: Vec<u8> = words.concat().bytes().cycle().take(400_000).collect();
            let mut budget = Budget::item();
            find(&text, Sorts::of(&text), &mut budget);
            assert!(budget.vain_tries() <= EASY + WORK / HARD_TRY, "{words:?}: {}", budget.vain_tries());
        }
    }

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
            let led = !rule.starts.is_empty() && rule.starts.iter().all(|s| s.len() >= 2);
            assert!(led || matches!(&rule.form, Form::Template(t) if t.is_whole()), "{}", rule.id);
        }
    }
}
