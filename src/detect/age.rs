//! How old a secret is, by what lies beside it: `created_at`, `issuedAt`, `last_rotated`, and their like.

use time::{Date, Month};

use super::value::{Map, Value};

/// Words of which a name must begin with one, and of which it says when a secret was made or made anew.
const MADE: [&str; 8] =
    ["created", "creation", "issued", "iat", "rotated", "refreshed", "renewed", "updated"];

/// Whether a number is a time of this century, in seconds since 1970: from September 2001 to 2096.
pub(crate) fn is_plausible(seconds: f64) -> bool {
    (1e9..4e9).contains(&seconds)
}

/// When the secrets of a map were made, in seconds since 1970: the latest time that its members tell, for a secret may have
/// been renewed since the item was made.
pub(crate) fn made(map: &Map<'_>) -> Option<i64> {
    map.iter().filter(|(name, _)| is_making(name.expose())).filter_map(|(_, value)| time(value)).max()
}

fn is_making(name: &str) -> bool {
    let name = name.as_bytes();
    // Most names do not even begin so.
    if !matches!(name.first(), Some(b'c' | b'C' | b'i' | b'I' | b'l' | b'L' | b'r' | b'R' | b'u' | b'U')) {
        return false;
    }
    let name = match name.get(..5) {
        Some(last) if last.eq_ignore_ascii_case(b"last_") => &name[5..],
        Some(last) if last.starts_with(b"last") && last[4].is_ascii_uppercase() => &name[4..],
        _ => name,
    };
    name.len() <= 24
        && MADE
            .iter()
            .any(|word| name.get(..word.len()).is_some_and(|n| n.eq_ignore_ascii_case(word.as_bytes())))
}

/// Seconds or milliseconds since 1970, or a date of ISO 8601, to the day.
fn time(value: &Value<'_>) -> Option<i64> {
    let text = match value {
        Value::S(text) | Value::N(text) => text.expose(),
        _ => return None,
    };
    if let Ok(number) = text.parse::<f64>() {
        return [number, number / 1000.0].into_iter().find(|at| is_plausible(*at)).map(|at| at as i64);
    }
    let mut parts = text.get(..10)?.split('-');
    let year = parts.next()?.parse().ok()?;
    let month = Month::try_from(parts.next()?.parse::<u8>().ok()?).ok()?;
    let date = Date::from_calendar_date(year, month, parts.next()?.parse().ok()?).ok()?;
    Some(date.midnight().assume_utc().unix_timestamp()).filter(|at| is_plausible(*at as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of<'a>(name: &'a str, value: Value<'a>) -> Option<i64> {
        made(&vec![(name.into(), value)])
    }

    #[test]
    fn times_beside_a_secret_tell_its_age() {
        let day = 1_704_067_200;
        for (name, value) in [
            ("created_at", Value::S("2024-01-01T10:00:00Z".into())),
            ("createdAt", Value::S("2024-01-01".into())),
            ("issued_at", Value::N("1704067200".into())),
            ("lastRotated", Value::N("1704067200000".into())),
            ("iat", Value::S("1704067200".into())),
        ] {
            assert_eq!(of(name, value), Some(day), "{name}");
        }
        for (name, value) in [
            ("expires_at", Value::N("1704067200".into())),
            ("created_at", Value::S("last summer".into())),
            ("created_by", Value::S("2024".into())),
            ("created_at", Value::N("20240101".into())),
            ("created_at", Value::Bool(true)),
        ] {
            assert_eq!(of(name, value), None, "{name}");
        }
        let renewed = vec![
            ("created_at".into(), Value::N("1604067200".into())),
            ("updated_at".into(), Value::N("1704067200".into())),
        ];
        assert_eq!(made(&renewed), Some(day));
    }
}
