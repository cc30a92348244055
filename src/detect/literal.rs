//! Whether what stands for a password in a text is one: no variable, call, type, path, host or word.

use super::{
    benign::is_cleared,
    password::{is_drawn_word, is_readable},
    randomness::{is_mail, is_random},
};

/// Beginnings, before digits, of terms and of numbered names: `sha256`, `field12`.
#[rustfmt::skip]
const TERMS: &[&str] = &[
    "abc", "admin", "aes", "arg", "argon", "argon2d", "argon2i", "argon2id", "base", "bcrypt", "char", "char(", "col", "column", "demo", "es", "example", "field", "float", "foo", "hs", "http",
    "input", "int", "ipv", "iso", "item", "key", "latin", "level", "line", "node", "oauth", "option", "page", "param", "part", "pbkdf", "python", "rs", "section",
    "sha", "step", "test", "tls", "uint", "user", "utf", "value", "var", "varchar", "varchar(", "version", "win",
];

/// Nouns of which a name in a program is made, and a password seldom.
const NOUNS: &[&str] =
    &["passw", "pwd", "secret", "token", "_pass", "pass_", "key", "hash", "user", "test_", ".pw", ".pass"];

/// Whether `text`, written beside a password's name, is a password that somebody chose or drew.
///
/// Anything may be a password; called one is only what no sentence and no program would have at that place: letters
/// with digits or signs among them, or letters that no word has.
pub(crate) fn is_password(text: &str) -> bool {
    let count = |of: fn(&u8) -> bool| text.bytes().filter(of).count();
    let (letters, digits) = (count(u8::is_ascii_alphabetic), count(u8::is_ascii_digit));
    let signs =
        text.bytes().filter(|b| b.is_ascii_punctuation() && !b"-_./:,@(){}[]<>\\\"'`".contains(b)).count();
    (6..=128).contains(&text.len())
        && letters > 0
        && text.bytes().all(|b| b.is_ascii_graphic() || b >= 0x80)
        && ((digits > 0 && !is_term(text)) || signs > 0 || is_drawn_word(text))
        && is_readable(text)
        && !is_cleared(text)
        && !is_variable(text)
        && !is_name(text)
        && !is_host(text)
        && !is_mail(text)
        && !text.contains("://")
        && (!text.contains(['/', '\\']) || is_random(text))
}

/// What a shell, a template or a statement puts a value in place of.
fn is_variable(text: &str) -> bool {
    let named = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
    let rest = |start: char| text.strip_prefix(start).is_some_and(named);
    rest('$')
        || rest(':')
        || rest('@')
        || rest('%')
        || rest('?')
        || text.starts_with(['{', '!', '<', '*', '&'])
        || text.contains(['(', ')', '{', '}'])
        || text.contains("%s")
        || text.contains("%@")
        || text.contains("->")
        || text.contains("::")
        || text.contains("=>")
        || text.contains("++")
        || text.matches('|').count() > 1
        || text.starts_with("%%")
        || (text.starts_with('%') && text[1..].contains('%'))
}

/// Digits behind a term, or words behind a number: `sha256`, `v1.2.3`, `30days`.
fn is_term(text: &str) -> bool {
    let text = text.trim_end_matches(['.', ',', ':', ';', '!', '?']);
    let tail = text.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '/' | ':'));
    let head =
        text.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '_' | '/' | ':' | 'x'));
    let known = |word: &str| word.len() <= 1 || TERMS.iter().any(|term| term.eq_ignore_ascii_case(word));
    known(text)
        // A number and its unit.
        || (tail.len() < text.len() && tail.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
        || (head.len() < text.len() && known(head.trim_end_matches(['-', '_', '.'])))
        || text.bytes().all(|b| b.is_ascii_hexdigit() || b == b':') && text.contains(':')
}

/// The name of something in a program: small letters, joints, a noun such as names are made of.
fn is_name(text: &str) -> bool {
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
    let small = text.to_ascii_lowercase();
    let capitals = text.bytes().filter(u8::is_ascii_uppercase).count();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    plain
        && digits <= 3
        && (capitals <= 3 || capitals + digits + 3 > text.len())
        && NOUNS.iter().any(|noun| small.contains(noun))
}

/// A host's name, or names of members with dots between.
fn is_host(text: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b))
    };
    let host = text.split_once(':').map_or(text, |(host, _)| host);
    let last = host.rsplit_once('.').map(|(_, last)| last);
    last.is_some_and(|last| last.len() >= 2 && last.bytes().all(|b| b.is_ascii_alphabetic()))
        && host.split('.').all(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_told_from_what_stands_at_their_place() {
        for text in [
            "falcon60",
            "meadow-sun27",
            "amber.winter.falcon60",
            "M34d0w809$",
            "tZDXegik4dqi",
            "Copper!72?",
            "hunter2!x",
            "9fK2mQ7x",
            "xDPbMF8Q4tJ1hh",
            "Winter-2026-Rain",
            "p@ssw0rd!Q7",
        ] {
            assert!(is_password(text), "{text}");
        }
        for text in [
            "password",
            "required",
            "string",
            "sha256",
            "base64",
            "argon2id",
            "v1.2.3",
            "30days",
            "12characters",
            "${DB_PASS}",
            "$password1",
            "$PASS",
            "%DB_PASS1%",
            ":password1",
            "{{pw1}}",
            "<secret1>",
            "get_pass(1)",
            "new_password2",
            "user_token1",
            "config.password2",
            "db1.acme.io",
            "redis01.internal:6379",
            "jdoe1@acme.io",
            "/run/secrets/db1",
            "secrets/db1",
            "C:\\pw1",
            "https://a.io/1",
            "changeme",
            "example123",
            "********",
            "ENC[abc1]",
            "arn:aws:iam::1:role/x",
            "10.0.0.1:5432",
            "field12",
            "VARCHAR(255)",
            "hunter",
            "abc1",
            "%s1abcd%s",
            "vault:secret/db1",
            "test1234",
        ] {
            assert!(!is_password(text), "{text}");
        }
    }
}
