//! What is wrong with a JSON text, in words that hold nothing of it: what was expected, and the line and column.

use serde_json::error::{Category, Error};

/// What sayings of our own begin with: names of our types, or nothing but words.
const OWN: &[&str] = &["missing field `", "duplicate field `", "expected ", "a key stands twice"];

/// Words on `error`. serde quotes what it found, and says last what it expected, which is ours.
pub(super) fn words(error: &Error) -> String {
    let (line, column) = (error.line(), error.column());
    let said = error.to_string();
    let said = said.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&said);
    let what = match (error.classify(), said.rsplit_once(", expected ")) {
        (Category::Data, Some((_, expected))) => format!("expected {expected}"),
        (Category::Data, None) if !OWN.iter().any(|own| said.starts_with(own)) => {
            "nothing of the kind stands there in a snapshot".to_owned()
        }
        _ => said.to_owned(),
    };
    if line == 0 { what } else { format!("{what} (line {line}, column {column})") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::{Gap, Timestamp};

    #[test]
    fn what_was_expected_is_said_and_what_was_found_is_not() {
        let gap = |text: &str| words(&serde_json::from_str::<Gap>(text).unwrap_err());
        for (text, said) in [
            (r#"{"call": 7}"#, "expected a string (line 1, column 10)"),
            (r#"{"call": ["x"]}"#, "expected a string (line 1, column 9)"),
            (r#"{"ghp_x": 7}"#, "expected one of `call`, `on`, `why`, `message` (line 1, column 8)"),
            (
                r#"{"x, expected ghp_x": 7}"#,
                "expected one of `call`, `on`, `why`, `message` (line 1, column 20)",
            ),
            (r#"{"call": "ghp_x"}"#, "missing field `on` (line 1, column 17)"),
            (r#"{"call": "ghp_x"#, "EOF while parsing a string (line 1, column 15)"),
            (r#""ghp_x""#, "expected struct Gap (line 1, column 7)"),
        ] {
            assert_eq!(gap(text), said, "{text}");
        }
        assert!(gap(r#"{"why": "ghp_x"}"#).starts_with("expected one of `denied`, "));
        let time = words(&serde_json::from_str::<Timestamp>(r#""ghp_x""#).unwrap_err());
        assert!(time.starts_with("expected a time"), "{time}");
    }
}
