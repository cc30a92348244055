//! Whether a value looks drawn at random, and not like words, dates, numbers, names or places.

use super::{benign::is_path, language::reading};

/// Shortest value that is called random, in bytes: below it, chance and abbreviations look alike.
pub(crate) const MIN_RANDOM: usize = 16;
/// Longest value that is called random: a longer one is content, not a token.
const MAX_RANDOM: usize = 4096;

/// Whether `text` looks drawn at random over letters and digits.
///
/// Four measures, each linear: enough different characters, changes between letters and digits and
/// capitals (words change seldom), no run of counting (`abcdef`, `123456`), and pairs of letters that no
/// language has.
pub(crate) fn is_random(text: &str) -> bool {
    let bytes = text.as_bytes();
    if !(MIN_RANDOM..=MAX_RANDOM).contains(&bytes.len())
        || is_uuid(text)
        || !bytes.iter().all(|b| in_alphabet(*b))
    {
        return false;
    }
    if is_place(text) || is_mail(text) {
        return false;
    }
    let core: Vec<u8> = bytes.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
    let letters = core.iter().filter(|b| b.is_ascii_alphabetic()).count();
    if core.len() < MIN_RANDOM - 2
        || letters < 3
        || distinct(&core) < 8
        || entropy(&core) < 2.8
        || counts(&core)
        || (core.len() * 5 < bytes.len() * 4)
    {
        return false;
    }
    if core.iter().all(u8::is_ascii_hexdigit) {
        return true;
    }
    let reads = reading(bytes);
    let changes = core.windows(2).filter(|w| change(w[0], w[1])).count();
    match () {
        // Letters in one case alone: only what nobody could say.
        () if changes * 8 < core.len() => reads < -0.45,
        // Letters in both cases: names are written so.
        () if letters == core.len() => reads < -0.25,
        () => reads < 0.15,
    }
}

/// Whether `text`, too short for [`is_random`], looks drawn all the same: letters and digits changing, or both cases and digits.
pub(crate) fn is_short_random(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    let changes = bytes.windows(2).filter(|w| change(w[0], w[1])).count();
    (10..MIN_RANDOM + 2).contains(&bytes.len())
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_' || *b == b'-')
        && digits > 0
        && digits < bytes.len()
        && distinct(bytes) >= 7
        && (changes * 4 >= bytes.len() || (changes >= 3 && reading(bytes) < -0.25))
        && !counts(bytes)
        && reading(bytes) < 0.1
}

/// Whether `body`, the drawn part of a format, is made of words: documentation writes such. The shorter
/// it is, the more it must read like them, for chance makes short words.
pub(crate) fn is_wordy(body: &[u8]) -> bool {
    !body.iter().all(|b| b.is_ascii_hexdigit() || *b == b'-')
        && reading(body) >= 0.25 + 4.0 / body.len().max(1) as f64
}

/// Whether `bytes` are as mixed as a random key of the same length would be.
pub(crate) fn is_random_bytes(bytes: &[u8]) -> bool {
    (16..=512).contains(&bytes.len())
        && entropy(bytes) >= 0.75 * (bytes.len().min(256) as f64).log2()
        && !bytes.starts_with(b"\x1f\x8b")
        && !bytes.starts_with(b"\x89PNG")
}

/// Whether `text` is a UUID in its usual writing, and not the nil one.
pub(crate) fn is_uuid(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
        && distinct(bytes) > 4
}

/// Whether `text` is one e-mail address.
pub(crate) fn is_mail(text: &str) -> bool {
    text.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty() && host.len() > 3 && host.contains('.') && !host.contains('@') && !text.contains(' ')
    })
}

/// A URL, an ARN, a data URI, a file's name or path, a ciphertext of KMS.
fn is_place(text: &str) -> bool {
    if text.contains("://")
        || text.starts_with("arn:")
        || text.starts_with("data:")
        || (text.starts_with('/') && is_path(text))
    {
        return true;
    }
    // The blobs of KMS Encrypt and GenerateDataKey, in base64, begin with their format's version.
    if text.starts_with("AQICA") || text.starts_with("AQID") {
        return true;
    }
    text.rsplit_once('.').is_some_and(|(stem, ext)| {
        !stem.contains('.') && (2..=4).contains(&ext.len()) && ext.bytes().all(|b| b.is_ascii_lowercase())
    })
}

fn in_alphabet(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"+/=_-.~:%!$*|".contains(&b)
}

/// A change of class; a capital before a small letter is how a word begins, and is none.
fn change(a: u8, b: u8) -> bool {
    (a.is_ascii_digit() != b.is_ascii_digit()) || (a.is_ascii_lowercase() && b.is_ascii_uppercase())
}

/// Whether more than a third of the steps go up or stay: counting, alphabets, fillers.
fn counts(bytes: &[u8]) -> bool {
    let steps = bytes.windows(2).filter(|w| w[1] == w[0].wrapping_add(1) || w[1] == w[0]).count();
    steps * 3 > bytes.len()
}

fn distinct(bytes: &[u8]) -> usize {
    let mut seen = [false; 256];
    bytes.iter().for_each(|b| seen[usize::from(*b)] = true);
    seen.iter().filter(|s| **s).count()
}

/// Shannon entropy, in bits per byte.
fn entropy(bytes: &[u8]) -> f64 {
    let mut seen = [0_u32; 256];
    bytes.iter().for_each(|b| seen[usize::from(*b)] += 1);
    let all = bytes.len() as f64;
    seen.iter().filter(|n| **n > 0).map(|n| f64::from(*n) / all).map(|p| -p * p.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(alphabet: &[u8], len: usize, seed: u64) -> String {
        let mut rng = fastrand::Rng::with_seed(seed);
        (0..len).map(|_| char::from(alphabet[rng.usize(..alphabet.len())])).collect()
    }

    #[test]
    fn most_random_values_are_called_random() {
        let base62 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        for (alphabet, len, at_least) in [
            (&base62[..], 24, 975),
            (&base62[..], 43, 995),
            (&b"0123456789abcdef"[..], 32, 990),
            (&base62[..36], 26, 965),
            (&b"abcdefghijklmnopqrstuvwxyz"[..], 32, 970),
        ] {
            let hits = (0..1000).filter(|seed| is_random(&drawn(alphabet, len, *seed))).count();
            assert!(hits >= at_least, "{hits} of 1000 over {} characters, length {len}", alphabet.len());
        }
    }

    #[test]
    fn words_dates_numbers_and_places_are_not_random() {
        for text in [
            "my-favourite-password-token",
            "ThisIsSomeIdentifierName",
            "order-2024-summer-sale-001",
            "2024-01-01T00:00:00.000Z",
            "1234567890123456789",
            "https://example.com/a/b/c?q=1Ab2Cd3Ef",
            "someone.with.long.name@example.com",
            "arn:aws:dynamodb:eu-west-1:123456789012:table/t",
            "quarterly-report-2024-final-v2.pdf",
            "0123456789abcdef0123456789abcdef",
            "aaaaaaaaaaaaaaaaaaaaaaaaa",
            "00000000-0000-0000-0000-000000000000",
            "123e4567-e89b-12d3-a456-426614174000",
            "lastUpdatedTimestamp2024",
            "customerAddressLine1",
            "AWSElasticBlockStoreID2",
            "+44 20 7946 0958 1234",
            "internationalization",
            "xxxxxxxxxxxxxxxxxxxx",
            "eu-west-1_production_users_v2",
        ] {
            assert!(!is_random(text), "{text}");
        }
    }
}
