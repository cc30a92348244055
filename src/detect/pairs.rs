//! Texts made of names and values: forms, queries of URLs, cookies, headers, settings. Each becomes a map.

use std::borrow::Cow;

use memchr::{memchr, memchr2};
use percent_encoding::percent_decode_str;

use super::{
    names::hint,
    secret::Secret,
    value::{Map, Value},
};

/// Pairs taken from one text.
const MAX_PAIRS: usize = 1024;
/// Longest name of a pair, in bytes.
const MAX_NAME: usize = 64;

/// The pairs that `text` is made of, and how it writes them.
pub(crate) fn pairs(text: &str) -> Option<(&'static str, Map<'_>)> {
    // A line that begins with a sign is one; what ends it is no sign of a pair either, so its end need not be known.
    let line = match text.as_bytes() {
        [b'!' | b'"' | b'$'..=b'~', ..] => text,
        _ => text.lines().find(|line| !line.trim_start().is_empty() && !line.starts_with('#'))?,
    };
    let at = line.bytes().take(MAX_NAME + 1).position(|b| !MAY_STAND[usize::from(b)])?;
    match line.as_bytes()[at] {
        b'=' if text.contains('\n') => lines(text, "=").filter(are_names).map(|map| ("settings", map)),
        b'=' if text.contains(';') => cookie(text).filter(are_names).map(|map| ("cookie", map)),
        b'=' => form(text).filter(are_names).map(|map| ("form", map)),
        b':' if text.starts_with_scheme() => query(text).map(|map| ("query", map)),
        // A sign that no blank follows ends the name of no header.
        b':' if line.as_bytes().get(at + 1) != Some(&b' ') => None,
        b':' => lines(text, ": ").filter(are_names).map(|map| ("headers", map)),
        _ => None,
    }
}

/// Whether what stands before the signs are names. A password may hold a `=`, and what is before it would be shown in
/// the path: a lone pair has to be called like a secret, and several have to be called like something.
fn are_names(map: &Map<'_>) -> bool {
    let mut names = map.iter().map(|(name, _)| name.expose());
    match map.len() {
        1 => names.all(|name| hint(&[None, Some(name)]).is_some()),
        _ => names.all(is_identifier),
    }
}

/// Words, and digits at the end at most.
fn is_identifier(name: &str) -> bool {
    let words = name.trim_end_matches(|c: char| c.is_ascii_digit());
    name.len() <= words.len() + 4 && !words.is_empty() && !words.bytes().any(|b| b.is_ascii_digit())
}

trait Scheme {
    fn starts_with_scheme(&self) -> bool;
}

impl Scheme for str {
    fn starts_with_scheme(&self) -> bool {
        self.split_once(':').is_some_and(|(scheme, rest)| {
            rest.starts_with("//") && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+.-".contains(&b))
        })
    }
}

/// The bytes that may stand before the sign of a first pair.
const MAY_STAND: [bool; 256] = {
    let (mut may, mut b) = ([false; 256], 0_u8);
    while b < 128 {
        may[b as usize] = is_name(b) || b == b' ';
        b += 1;
    }
    may
};

const fn is_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'[' | b']' | b'$' | b'%')
}

fn named(name: &str) -> bool {
    (1..=MAX_NAME).contains(&name.len())
        && name.bytes().all(is_name)
        && name.bytes().any(|b| b.is_ascii_alphabetic())
}

/// What stands behind `?` and `#` of a URL: OAuth's implicit grant returns tokens in the fragment (RFC 6749 §4.2.2).
fn query(url: &str) -> Option<Map<'_>> {
    let behind = &url[memchr2(b'?', b'#', url.as_bytes())? + 1..];
    let parts = behind.split(['?', '#']).filter_map(form);
    let map: Map<'_> = parts.flatten().collect();
    (!map.is_empty()).then_some(map)
}

/// `application/x-www-form-urlencoded`. Base64 with its padding looks like one pair and is none.
fn form(text: &str) -> Option<Map<'_>> {
    let mut map = Map::new();
    for part in text.split('&').take(MAX_PAIRS) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        if !named(name) || value.bytes().any(|b| b.is_ascii_whitespace()) {
            return None;
        }
        push(&mut map, name, decoded(value, true));
    }
    let bare = map.len() == 1 && text.trim_end_matches('=').len() + 3 > text.len() && !text.contains('&');
    if map.is_empty() || (bare && text.ends_with('=')) { None } else { Some(map) }
}

/// `Cookie` and `Set-Cookie` (RFC 6265), and settings with semicolons between (`Server=…;Password=…`).
fn cookie(text: &str) -> Option<Map<'_>> {
    let mut map = Map::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()).take(MAX_PAIRS) {
        match part.split_once('=') {
            Some((name, value)) if named(&name.replace(' ', "_")) => {
                push(&mut map, name, decoded(value.trim_matches('"'), false));
            }
            // Flags: `Secure`, `HttpOnly`.
            None if named(part) => {}
            _ => return None,
        }
    }
    (!map.is_empty()).then_some(map)
}

/// One pair a line: headers of HTTP (RFC 9110), or settings as `.env` files have them.
fn lines<'t>(text: &'t str, sign: &str) -> Option<Map<'t>> {
    let mut map = Map::new();
    for line in text.lines().map(str::trim).take(MAX_PAIRS) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        let (name, value) = line.split_once(sign)?;
        let name = name.trim_end();
        if !named(name) {
            return None;
        }
        push(&mut map, name, Cow::Borrowed(value.trim().trim_matches(['"', '\''])));
    }
    (!map.is_empty()).then_some(map)
}

fn push<'t>(map: &mut Map<'t>, name: &'t str, value: Cow<'t, str>) {
    if !value.is_empty() {
        let value = match value {
            Cow::Borrowed(value) => Secret::from(value),
            Cow::Owned(value) => Secret::from(value),
        };
        map.push((name.into(), Value::S(value)));
    }
}

/// A value without its percent-encoding; `+` is a space in a form alone.
fn decoded(value: &str, form: bool) -> Cow<'_, str> {
    if memchr(b'%', value.as_bytes()).is_none() {
        return if form && value.contains('+') { value.replace('+', " ").into() } else { value.into() };
    }
    let spaced = if form { value.replace('+', " ") } else { value.to_owned() };
    match percent_decode_str(&spaced).decode_utf8() {
        Ok(decoded) => decoded.into_owned().into(),
        Err(_) => value.into(),
    }
}

/// A text that is percent-encoded as a whole, decoded.
pub(crate) fn percent(text: &str) -> Option<Secret<'static, str>> {
    let at = memchr(b'%', text.as_bytes())?;
    let digits = text.as_bytes().get(at + 1..at + 3)?;
    if !digits.iter().all(u8::is_ascii_hexdigit) || text.bytes().any(|b| b.is_ascii_whitespace()) {
        return None;
    }
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    (decoded.len() < text.len()).then(|| decoded.into_owned().into())
}
