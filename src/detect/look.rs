//! One cheap pass over a text that spares most values the rules: words, dates and numbers hold no format.

/// A small letter.
const SMALL: u8 = 1;
/// A capital.
const CAPITAL: u8 = 2;
/// A digit, or a sign that formats are written with.
const DRAWN: u8 = 4;

/// What each byte is. Signs of prose, the joints of names, and what is not ASCII, are nothing.
const CLASS: [u8; 256] = {
    let mut class = [DRAWN; 256];
    let mut b = 0;
    while b < 256 {
        class[b] = match b as u8 {
            b'a'..=b'z' => SMALL,
            b'A'..=b'Z' => CAPITAL,
            b' ' | b'\t' | b'\n' | b'\r' | 128.. => 0,
            b'.' | b',' | b'!' | b'?' | b'\'' | b'-' | b'_' | b'(' | b')' | b';' => 0,
            _ => DRAWN,
        };
        b += 1;
    }
    class
};

/// Shortest text that a rule could find something in, in bytes.
const MIN_FORMAT: usize = 8;

/// Whether a rule could find something in `text`: every format has letters, and a digit or a sign among them, or
/// a capital behind a small letter.
pub(crate) fn may_hold_format(text: &[u8]) -> bool {
    if text.len() < MIN_FORMAT || is_date(text) || is_bare_uuid(text) {
        return false;
    }
    // A key's armour is a sign, whatever is inside.
    let (mut seen, mut before) = (if text.starts_with(b"--") { DRAWN } else { 0 }, 0);
    for part in text.chunks(64) {
        for b in part {
            let class = CLASS[usize::from(*b)];
            seen |= class | (before & class >> 1 & SMALL) << 2;
            before = class;
        }
        if seen & DRAWN != 0 && seen & (SMALL | CAPITAL) != 0 {
            return true;
        }
    }
    false
}

/// A date, or a date and a time, in the form of ISO 8601.
fn is_date(text: &[u8]) -> bool {
    (10..=32).contains(&text.len())
        && text[4] == b'-'
        && text[7] == b'-'
        && text[..4].iter().all(u8::is_ascii_digit)
        && text[8..].iter().all(|b| b.is_ascii_digit() || b":.+-TZ ".contains(b))
}

fn is_bare_uuid(text: &[u8]) -> bool {
    text.len() == 36
        && text[8] == b'-'
        && text[13] == b'-'
        && text[18] == b'-'
        && text[23] == b'-'
        && text.iter().all(|b| b.is_ascii_hexdigit() || *b == b'-')
}

#[cfg(test)]
mod tests {
    use super::may_hold_format;

    #[test]
    fn words_dates_and_numbers_are_spared() {
        for text in [
            "production",
            "A quiet harbour, in the morning!",
            "some_snake-case_name",
            "2026-10-27T10:00:00.000+02:00",
            "9f1c2d3e-0000-4000-8000-123456789abc",
            "1762354971918",
            "12:34:56.789",
            "Größe",
            "IMPORTANT Notice",
        ] {
            assert!(!may_hold_format(text.as_bytes()), "{text}");
        }
        for text in
            ["ghp_0aaaaaaa", "postgres://a:b@c", "2026-10-27 ghp_0aaaaaaa", "pass=wordword", "key_abcDefgh"]
        {
            assert!(may_hold_format(text.as_bytes()), "{text}");
        }
    }
}
