//! Checksums that providers put into their tokens: a token that passes is no chance.

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};

use super::{Found, Match, is_filler};
use crate::snapshot::sample::Basis;

const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// CRC-32 (IEEE 802.3), bit by bit: tokens are short.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    })
}

/// Six base62 digits of a number, leading zeros kept.
pub(super) fn base62(mut number: u32) -> [u8; 6] {
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62[(number % 62) as usize];
        number /= 62;
    }
    digits
}

/// GitHub and npm: the last six characters are the CRC-32 of all before them but the start
/// ("Behind GitHub's new authentication token formats").
///
/// One that fails was never issued: it is a sample, or a value of another make.
pub(super) fn base62_tail(found: &Match<'_>) -> Option<Found> {
    let tail = found.tail();
    let (body, sum) = tail.split_at_checked(tail.len().checked_sub(6)?)?;
    verified(found, base62(crc32(body)) == sum)
}

/// Grafana service accounts: eight hex digits, the CRC-32 of all before the last `_`, lowest byte first.
pub(super) fn grafana(found: &Match<'_>) -> Option<Found> {
    let (body, sum) = found.whole.split_at_checked(found.whole.len().checked_sub(9)?)?;
    verified(found, format!("_{:08x}", crc32(body).swap_bytes()).as_bytes() == sum)
}

/// Zuplo: eight hex digits, the CRC-32 of the 32 characters between the two `_`. The maker does not publish how it is
/// made, so one that fails is still a shape.
pub(super) fn zuplo(found: &Match<'_>) -> Option<Found> {
    let (body, sum) = found.tail().split_at_checked(32)?;
    shaped(found, format!("_{:08x}", crc32(body)).as_bytes() == sum)
}

/// Confluent: the last six characters are the base64 of the CRC-32 of the 54 before them, lowest byte first. As with Zuplo,
/// this is not published.
pub(super) fn confluent(found: &Match<'_>) -> Option<Found> {
    let (body, sum) = found.tail().split_at_checked(54)?;
    let expected = STANDARD_NO_PAD.encode(crc32(body).to_le_bytes());
    shaped(found, expected.as_bytes() == sum)
}

/// GitLab's routable tokens: the length of the payload in two digits of base 36, and seven more of the CRC-32 of all
/// before them. What they are made of changes with its releases, so one that fails is still a shape.
pub(super) fn gitlab(found: &Match<'_>) -> Option<Found> {
    let (body, sum) = found.whole.split_at_checked(found.whole.len().checked_sub(7)?)?;
    shaped(found, base36(crc32(body)) == sum)
}

/// Seven base36 digits of a number, leading zeros kept.
fn base36(mut number: u32) -> [u8; 7] {
    let mut digits = [b'0'; 7];
    for digit in digits.iter_mut().rev() {
        *digit = b"0123456789abcdefghijklmnopqrstuvwxyz"[(number % 36) as usize];
        number /= 36;
    }
    digits
}

fn shaped(found: &Match<'_>, passes: bool) -> Option<Found> {
    if is_filler(found.tail()) {
        None
    } else {
        found.found(if passes { Basis::Verified } else { Basis::Shaped })
    }
}

fn verified(found: &Match<'_>, passes: bool) -> Option<Found> {
    if passes && !is_filler(found.tail()) { found.found(Basis::Verified) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc32_and_base62_agree_with_known_values() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(&base62(61), b"00000z");
        assert_eq!((&base36(35), &base36(u32::MAX)), (b"000000z", b"1z141z3"));
        // The body and the checksum of an expired token that its owner published.
        assert_eq!(&base62(crc32(b"zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ")), b"0mLq17");
    }
}
