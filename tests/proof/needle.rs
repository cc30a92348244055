//! Finds pieces of secrets in a text: each 8 bytes of a secret, as they are and in three encodings.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

/// Bytes of a secret that may not be seen together.
const PIECE: usize = 8;
/// Eight hex digits fall into some digest by chance; twice as many do not.
const HEX_PIECE: usize = 16;

/// Pieces of secrets.
pub(crate) struct Needles {
    short: HashSet<[u8; PIECE]>,
    long: HashSet<[u8; HEX_PIECE]>,
}

impl Needles {
    /// All pieces of `secrets` that do not lie in one of the `public` texts.
    pub(crate) fn of(secrets: &[String], public: &[String]) -> Self {
        let mut needles = Self { short: HashSet::new(), long: HashSet::new() };
        secrets.iter().for_each(|secret| needles.add(secret.as_bytes()));
        let mut known = Self { short: HashSet::new(), long: HashSet::new() };
        public.iter().for_each(|text| known.add(text.as_bytes()));
        needles.short.retain(|piece| !known.short.contains(piece));
        needles.long.retain(|piece| !known.long.contains(piece));
        needles
    }

    fn add(&mut self, secret: &[u8]) {
        self.add_text(secret);
        self.add_text(percent(secret).as_bytes());
        // Base64 has three ways to cut a text, of which the bytes before it choose one.
        for skip in 0..3.min(secret.len()) {
            let whole = &secret[skip..secret.len() - (secret.len() - skip) % 3];
            self.add_text(STANDARD.encode(whole).as_bytes());
            self.add_text(URL_SAFE.encode(whole).as_bytes());
        }
        let lower: String = secret.iter().map(|b| format!("{b:02x}")).collect();
        self.add_text(lower.as_bytes());
        self.add_text(lower.to_uppercase().as_bytes());
    }

    fn add_text(&mut self, text: &[u8]) {
        self.short.extend(text.array_windows().copied().filter(|piece| !is_hex(piece)));
        self.long.extend(text.array_windows().copied().filter(|piece| is_hex(piece)));
    }

    /// Pieces in all.
    pub(crate) fn len(&self) -> usize {
        self.short.len() + self.long.len()
    }

    /// The texts around the pieces that `text` holds, the first ten.
    pub(crate) fn found(&self, text: &str) -> Vec<String> {
        let bytes = text.as_bytes();
        let short =
            bytes.array_windows().enumerate().filter(|(_, w)| self.short.contains(*w)).map(|(at, _)| at);
        let long =
            bytes.array_windows().enumerate().filter(|(_, w)| self.long.contains(*w)).map(|(at, _)| at);
        let around = |at: usize| {
            String::from_utf8_lossy(&bytes[at.saturating_sub(30)..bytes.len().min(at + 40)]).into_owned()
        };
        short.chain(long).take(10).map(around).collect()
    }
}

fn is_hex(piece: &[u8]) -> bool {
    piece.iter().all(u8::is_ascii_hexdigit)
}

/// As a URL has it.
pub(crate) fn percent(text: &[u8]) -> String {
    percent_encoding::percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
