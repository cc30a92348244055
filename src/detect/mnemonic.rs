//! The words of a wallet: BIP-39 gives each of 2,048 words eleven bits, and the last of them are a checksum of the rest.

use std::{collections::BTreeSet, sync::LazyLock};

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The words, sorted.
static WORDS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("rules/bip39.txt").lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_ascii_whitespace).collect()
});

/// Counts of words that BIP-39 has.
const COUNTS: [usize; 5] = [12, 15, 18, 21, 24];

/// Whether `text`, or what stands before a slash in it, is a phrase of BIP-39 whose checksum is right.
pub(crate) fn is_mnemonic(text: &str) -> bool {
    // The cheap questions first: nearly every text ends here.
    let bytes = text.as_bytes();
    if bytes.len() < 12 * 4 || !bytes[..12].iter().all(|b| b.is_ascii_lowercase() || *b == b' ') {
        return false;
    }
    let text = text.split('/').next().unwrap_or(text);
    if !(12 * 4..=24 * 10).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_lowercase() || b == b' ')
    {
        return false;
    }
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    if !COUNTS.contains(&words.len()) {
        return false;
    }
    // Twelve words that are drawn hardly ever repeat two; those of a text do, and so do the samples of documentation.
    let distinct: BTreeSet<&str> = words.iter().copied().collect();
    if distinct.len() * 10 < words.len() * 9 {
        return false;
    }
    let mut bits: Zeroizing<Vec<bool>> = Zeroizing::new(Vec::with_capacity(words.len() * 11));
    for word in &words {
        let Ok(place) = WORDS.binary_search(word) else { return false };
        bits.extend((0..11).rev().map(|bit| place >> bit & 1 == 1));
    }
    let (entropy, sum) = bits.split_at(bits.len() * 32 / 33);
    let byte = |bits: &[bool]| bits.iter().fold(0_u8, |byte, bit| byte << 1 | u8::from(*bit));
    let entropy: Zeroizing<Vec<u8>> = Zeroizing::new(entropy.chunks(8).map(byte).collect());
    let first = Sha256::digest(entropy.as_slice())[0];
    sum.iter().enumerate().all(|(bit, one)| (first >> (7 - bit) & 1 == 1) == *one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_vectors_pass_and_their_like_do_not() {
        assert!(WORDS.len() == 2048 && WORDS.is_sorted());
        let phrase = "scheme spot photo card baby mountain device kick cradle pact join borrow";
        assert!(is_mnemonic(phrase));
        assert!(is_mnemonic(
            "panda eyebrow bullet gorilla call smoke muffin taste mesh discover soft ostrich alcohol speed nation flash \
             devote level hobby quick inner drive ghost inside"
        ));
        let sample = format!("{}about", "abandon ".repeat(11));
        let (other, more) = (phrase.replace("scheme", "school"), format!("{phrase} zoo"));
        for text in [&sample, &other, &more, &phrase.replace("spot", "spots"), "a quiet harbour"] {
            assert!(!is_mnemonic(text), "{text}");
        }
    }
}
