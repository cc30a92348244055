//! Readable passwords: a value under a password's name that is neither a hash nor a stand-in.

/// Whether `text` stands for a password that is not there: empty, masked, null, a reference or a template.
///
/// A default such as `password` is no stand-in: it opens a door. `changeme` asks to be replaced, as documentation does.
pub(crate) fn is_placeholder(text: &str) -> bool {
    const STAND_INS: &[&str] = &[
        "null",
        "none",
        "nil",
        "n/a",
        "undefined",
        "redacted",
        "masked",
        "hidden",
        "removed",
        "unset",
        "not set",
        "empty",
        "true",
        "false",
        "encrypted",
        "hashed",
        "yes",
        "no",
        "changeme",
        "change_me",
        "change-me",
        "replaceme",
        "replace_me",
        "replace-me",
        "placeholder",
        "dummy",
        "sample",
        "tbd",
        "todo",
        "secret",
        "string",
        "password_here",
        "not_set",
        "not-set",
        "disabled",
        "default",
        "unknown",
        "required",
        "optional",
        "deleted",
        "confidential",
        "filtered",
        "<nil>",
        "insert",
        "test",
        "passed",
        "failed",
        "fail",
        "success",
    ];
    const STARTS: &[&str] = &[
        "your",
        "insert",
        "enter_",
        "enter-",
        "enter your",
        "replace",
        "example",
        "fill_",
        "put_your",
        "put-your",
        "todo",
        "my_password_here",
    ];
    let text = text.trim();
    let inner = text.trim_matches(|c| matches!(c, '[' | ']' | '<' | '>' | '(' | ')' | '*' | '_' | '"'));
    let mut bytes = text.bytes();
    let first = bytes.next();
    first.is_none()
        // Sixteen equal digits are filled in; a few of them, chosen.
        || bytes.all(|b| Some(b) == first) && (text.len() >= 16 || !first.is_some_and(|b| b.is_ascii_digit()))
        || has_run_of_x(text.get(..256).unwrap_or(text))
        || STAND_INS.iter().any(|s| s.eq_ignore_ascii_case(inner))
        || STARTS.iter().any(|s| {
            inner.get(..s.len()).is_some_and(|start| start.eq_ignore_ascii_case(s))
                && inner.bytes().all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-' | b' '))
        })
        || matches!(
            (first, text.bytes().last()),
            (Some(b'<'), Some(b'>')) | (Some(b'['), Some(b']')) | (Some(b'%'), Some(b'%'))
        )
        || text.bytes().any(|b| !b.is_ascii() || b"*.[$#{%".contains(&b)) && is_masked(text)
}

/// Eight of the letter x on end, in either case.
fn has_run_of_x(text: &str) -> bool {
    let mut run = 0;
    text.bytes().any(|b| {
        run = if b | 0x20 == b'x' { run + 1 } else { 0 };
        run == 8
    })
}

/// Whether signs in `text` say that something was left out, or is to be put in.
fn is_masked(text: &str) -> bool {
    text.bytes().filter(|b| *b == b'*').count() * 2 >= text.len()
        || text.contains('•')
        || text.contains('…')
        || text.contains("****")
        || text.contains("[truncated]")
        || (text.contains("...") && text.len() <= 24)
        || text.contains("${")
        || text.contains("{{")
        || text.contains("$(")
        || text.contains("#{")
        || text.starts_with("%(")
        || (text.starts_with('$')
            && text[1..].bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'))
}

/// Whether `text`, under a password's name, is a readable password.
pub(crate) fn is_readable(text: &str) -> bool {
    const REFERENCES: &[&str] =
        &["arn:", "ssm:", "secretref:", "vault:", "secretsmanager:", "http://", "https://", "s3://", "AQICA"];
    (4..=128).contains(&text.len())
        && !text.chars().any(char::is_control)
        && !is_placeholder(text)
        && !REFERENCES.iter().any(|r| text.starts_with(r))
        && !is_time(text)
        && text.split_whitespace().count() <= 8
        && !is_prose(text)
}

/// Three words and more, one of them such as sentences have and passphrases do not.
fn is_prose(text: &str) -> bool {
    const LITTLE: &[&str] = &[
        "a", "an", "and", "are", "at", "be", "by", "can", "cannot", "does", "for", "from", "has", "have",
        "if", "in", "is", "it", "must", "not", "of", "on", "or", "please", "should", "than", "that", "the",
        "this", "to", "was", "will", "with", "your", "der", "die", "das", "und", "ist", "el", "la", "los",
        "que", "see", "de", "le", "les", "est", "und", "nicht", "para", "con",
    ];
    let mut words = text.split_whitespace();
    words.clone().count() >= 3
        && words.any(|word| LITTLE.iter().any(|little| word.eq_ignore_ascii_case(little)))
}

/// Whether `text`, under a secret's name, looks chosen by somebody who was asked for something strong: letters and digits,
/// and signs or both cases, without a space.
pub(crate) fn is_chosen(text: &str) -> bool {
    let has = |of: fn(&u8) -> bool| text.bytes().any(|b| of(&b));
    let signs = text.bytes().filter(|b| b.is_ascii_punctuation() && !b"-_.:/,@".contains(b)).count();
    (8..=64).contains(&text.len())
        && is_readable(text)
        && !text.contains(char::is_whitespace)
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
        && (signs > 0
            || (has(u8::is_ascii_uppercase)
                && has(u8::is_ascii_lowercase)
                && (!text.contains(['/', '.', ':']) || super::language::reading(text.as_bytes()) < 0.0)))
        && !text.contains("://")
        && !super::randomness::is_mail(text)
}

/// Whether letters in both cases, without a digit, read like no word: what a generator of passwords makes.
pub(crate) fn is_drawn_word(text: &str) -> bool {
    let bytes = text.as_bytes();
    (8..=64).contains(&bytes.len())
        && bytes.iter().all(u8::is_ascii_alphanumeric)
        && bytes.windows(2).filter(|w| w[0].is_ascii_lowercase() && w[1].is_ascii_uppercase()).count() >= 2
        && super::language::reading(bytes) < -0.1
}

/// A date, or a date and a time, as `password_changed` attributes hold it.
fn is_time(text: &str) -> bool {
    let b = text.as_bytes();
    b.len() >= 10
        && b[..10]
            .iter()
            .enumerate()
            .all(|(i, c)| if i == 4 || i == 7 { *c == b'-' } else { c.is_ascii_digit() })
        && (b.len() == 10 || b[10] == b'T' || b[10] == b' ')
}

/// A password's length, as a range: its exact length would cut what an attacker has to try.
pub(crate) fn length_range(bytes: usize) -> (u64, u64) {
    match bytes {
        0..=7 => (1, 7),
        8..=15 => (8, 15),
        16..=31 => (16, 31),
        32..=63 => (32, 63),
        _ => (64, 256),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_are_told_from_defaults() {
        for text in [
            "",
            "***",
            "xxxxxxxx",
            "ghp_xxxxxxxxxxxx",
            "0000000000000000",
            "NULL",
            "[REDACTED]",
            "<password>",
            "${DB_PASSWORD}",
            "{{ pw }}",
            "$PASSWORD",
            "changeme",
            "your_password_here",
            "********word",
        ] {
            assert!(is_placeholder(text), "{text}");
            assert!(!is_readable(text), "{text}");
        }
        for text in ["password", "1111", "hunter2!", "correct horse battery staple"] {
            assert!(is_readable(text), "{text}");
        }
        for text in ["2024-05-01T10:00:00Z", "arn:aws:secretsmanager:eu-west-1:1:secret:x", "abc"] {
            assert!(!is_readable(text), "{text}");
        }
    }
}
