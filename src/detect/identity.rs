//! Identifiers: values that name a thing and open nothing, told by how they are made.

/// What an identifier is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Id {
    /// Drawn: a UUID of version 4.
    Drawn,
    /// Of the time it was made at: UUID 1, 2, 6, 7, ULID, KSUID, ObjectId.
    Time,
    /// A short prefix that names the kind of thing: `cus_…`, `user_01h…`.
    Prefixed,
    /// Digits alone.
    Number,
}

/// Prefixes of the objects that payment and identity services name in public: `cus_…` opens nothing.
#[rustfmt::skip]
const PREFIXES: &[&str] = &[
    "acct", "ba", "biz", "card", "cart", "ch", "charge", "client", "conn", "conv", "cs", "cus", "cust", "customer", "dp", "evt", "event", "fee", "file", "il", "in", "inv", "invoice",
    "ii", "item", "job", "li", "mandate", "mbur", "msg", "obj", "order", "ord", "org", "pay", "pi", "plan", "pm", "po", "price", "prod", "product", "prj", "project", "proj", "promo", "pyr", "re", "req", "rcpt", "run", "seti",
    "ses", "si", "src", "sub", "task", "team", "thread", "tok", "tr", "tx", "txn", "txr", "usr", "user", "we", "wh", "asst", "vs", "batch", "chatcmpl", "resp", "rs", "call",
];

/// What `text` is an identifier of, if it has the form of one.
pub(crate) fn id(text: &str) -> Option<Id> {
    let bytes = text.as_bytes();
    if bytes.iter().all(u8::is_ascii_digit) {
        return Some(Id::Number);
    }
    match bytes.len() {
        36 if super::randomness::is_uuid(text) => {
            return Some(if bytes[14] == b'4' { Id::Drawn } else { Id::Time });
        }
        26 if matches!(bytes[0], b'0'..=b'7') && bytes.iter().all(|b| crockford(*b)) => {
            return Some(Id::Time);
        }
        24 if bytes.iter().all(u8::is_ascii_hexdigit) && since_2009(bytes) => return Some(Id::Time),
        27 if matches!(&bytes[..1], b"0" | b"1" | b"2" | b"3")
            && bytes.iter().all(u8::is_ascii_alphanumeric) =>
        {
            return Some(Id::Time);
        }
        // A string identifier of Twilio: two capitals for the sort of thing, and hex digits.
        34 if bytes[..2].iter().all(u8::is_ascii_uppercase) && bytes[2..].iter().all(lower_hex) => {
            return Some(Id::Prefixed);
        }
        // An address of Ethereum and its like: a contract, an owner.
        42 if text.starts_with("0x") && bytes[2..].iter().all(u8::is_ascii_hexdigit) => {
            return Some(Id::Prefixed);
        }
        _ => {}
    }
    let (prefix, rest) = text.split_once('_')?;
    let plain = rest.len() >= 8 && rest.bytes().all(|b| b.is_ascii_alphanumeric());
    (plain && PREFIXES.contains(&prefix)).then_some(Id::Prefixed)
}

fn lower_hex(b: &u8) -> bool {
    matches!(b, b'0'..=b'9' | b'a'..=b'f')
}

/// Crockford's base32, as ULID writes it: no i, l, o, u.
fn crockford(b: u8) -> bool {
    matches!(b, b'0'..=b'9' | b'A'..=b'Z') && !matches!(b, b'I' | b'L' | b'O' | b'U')
}

/// The seconds at the start of an ObjectId, from MongoDB's first year to 2040.
fn since_2009(hex: &[u8]) -> bool {
    std::str::from_utf8(&hex[..8])
        .ok()
        .and_then(|digits| u32::from_str_radix(digits, 16).ok())
        .is_some_and(|seconds| (1_230_768_000..2_208_988_800).contains(&seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_told_by_their_making() {
        for (text, made) in [
            ("123e4567-e89b-12d3-a456-426614174000", Some(Id::Time)),
            ("9b2f6c1e-3d4a-4f6b-8a1c-2e5d7f9a0b3c", Some(Id::Drawn)),
            ("01ARZ3NDEKTSV4RRFFQ69G5FAV", Some(Id::Time)),
            ("507f1f77bcf86cd799439011", Some(Id::Time)),
            ("0ujtsYcgvSTl8PAuAdqWYSMnLOv", Some(Id::Time)),
            ("cus_NffrFeUfNV2Hib", Some(Id::Prefixed)),
            ("1234567890", Some(Id::Number)),
            ("sk_NffrFeUfNV2Hib", None),
            ("fa7f1f77bcf86cd799439011", None),
        ] {
            assert_eq!(id(text), made, "{text}");
        }
    }
}
