//! Private keys of wallets: each format has a checksum, so that hardly any is found by chance.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{Found, Match, Rule};
use crate::snapshot::sample::{Basis, SecretKind};

const BASE58: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BECH32: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

pub(super) fn rules() -> Vec<Rule> {
    let key =
        |id, starts, body, check| Rule::token(id, starts, body).kind(SecretKind::PrivateKey).check(check);
    vec![
        key(
            "bitcoin-wif",
            &[
                "5H", "5J", "5K", "Kw", "Kx", "Ky", "Kz", "L1", "L2", "L3", "L4", "L5", "91", "92", "93",
                "cM", "cN", "cP", "cQ", "cR", "cS", "cT", "cU", "cV",
            ],
            "[1-9A-HJ-NP-Za-km-z]{49,50}",
            |m| base58check(m, &[34, 33]),
        ),
        key(
            "extended-private-key",
            &["xprv", "yprv", "zprv", "tprv", "uprv", "vprv"],
            "[1-9A-HJ-NP-Za-km-z]{107}",
            |m| base58check(m, &[78]),
        ),
        key(
            "tezos-key",
            &["edsk", "spsk", "p2sk"],
            "(?:[1-9A-HJ-NP-Za-km-z]{94}|[1-9A-HJ-NP-Za-km-z]{50})",
            |m| base58check(m, &[36, 68]),
        ),
        key("nostr-key", &["nsec1"], "[02-9ac-hj-np-z]{58}", bech32),
        key("sui-key", &["suiprivkey1"], "[02-9ac-hj-np-z]{50,70}", bech32),
        key(
            "cardano-key",
            &["ed25519_sk1", "ed25519e_sk1", "addr_xsk1", "root_xsk1", "acct_xsk1", "xprv1"],
            "[02-9ac-hj-np-z]{50,220}",
            bech32,
        ),
        key("age-key", &["AGE-SECRET-KEY-1", "AGE-SECRET-KEY-PQ-1"], "[02-9AC-HJ-NP-Z]{58,90}", bech32),
        key("stellar-seed", &["SA", "SB", "SC", "SD"], "[A-Z2-7]{54}", stellar),
    ]
}

/// The seed of a wallet of the XRP Ledger: sixteen bytes behind a mark, in an alphabet of its own ("base58 Encodings").
pub(crate) fn is_ripple_seed(text: &str) -> bool {
    const ALPHABET: &[u8] = b"rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";
    const MARK: u8 = 33;
    if !(28..=29).contains(&text.len()) || !text.starts_with('s') {
        return false;
    }
    let usual: Option<Vec<u8>> =
        text.bytes().map(|b| ALPHABET.iter().position(|a| *a == b).map(|place| BASE58[place])).collect();
    let Some(bytes) = usual.and_then(|usual| base58(&usual)) else { return false };
    let Some((payload, sum)) = bytes.len().checked_sub(4).and_then(|at| bytes.split_at_checked(at)) else {
        return false;
    };
    let twice = Sha256::digest(Sha256::digest(payload));
    payload.len() == 17 && payload[0] == MARK && twice.as_slice().starts_with(sum)
}

fn verified(m: &Match<'_>, passes: bool) -> Option<Found> {
    if passes { m.found(Basis::Verified) } else { None }
}

/// Base58Check: the last four bytes are the first of a double SHA-256 of all before them.
fn base58check(m: &Match<'_>, lengths: &[usize]) -> Option<Found> {
    let bytes = base58(m.whole)?;
    let (payload, sum) = bytes.split_at_checked(bytes.len().checked_sub(4)?)?;
    let twice = Sha256::digest(Sha256::digest(payload));
    verified(m, lengths.contains(&payload.len()) && twice.as_slice().starts_with(sum))
}

/// The bytes that base58 stands for; short texts only, for its cost is their length squared.
fn base58(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes: Zeroizing<Vec<u8>> = Zeroizing::new(Vec::new());
    for c in text.iter().take(128) {
        let mut carry = BASE58.iter().position(|b| b == c)?;
        for byte in bytes.iter_mut().rev() {
            carry += usize::from(*byte) * 58;
            *byte = (carry & 0xff) as u8;
            carry >>= 8;
        }
        while carry > 0 {
            bytes.insert(0, (carry & 0xff) as u8);
            carry >>= 8;
        }
    }
    Some(bytes)
}

/// BIP-173 and BIP-350: a code over what stands before the last `1` and after it.
fn bech32(m: &Match<'_>) -> Option<Found> {
    let text = m.whole.to_ascii_lowercase();
    let split = text.iter().rposition(|b| *b == b'1')?;
    let (human, data) = (&text[..split], &text[split + 1..]);
    let mut check = 1_u32;
    let high = human.iter().map(|b| b >> 5);
    let low = human.iter().map(|b| b & 31);
    for value in high.chain([0]).chain(low) {
        check = polymod(check, value);
    }
    for c in data {
        check = polymod(check, BECH32.iter().position(|b| b == c)? as u8);
    }
    verified(m, check == 1 || check == 0x2bc8_30a3)
}

fn polymod(check: u32, value: u8) -> u32 {
    const TERMS: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let top = check >> 25;
    let mut next = ((check & 0x01ff_ffff) << 5) ^ u32::from(value);
    for (bit, term) in TERMS.iter().enumerate() {
        if top >> bit & 1 == 1 {
            next ^= term;
        }
    }
    next
}

/// Stellar's strkey: base32 of a version, a seed and a CRC-16 (XMODEM), lowest byte first.
fn stellar(m: &Match<'_>) -> Option<Found> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(35));
    let (mut bits, mut held) = (0_u32, 0);
    for c in m.whole {
        let digit = match c {
            b'A'..=b'Z' => c - b'A',
            _ => c - b'2' + 26,
        };
        bits = bits << 5 | u32::from(digit);
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
        }
    }
    let (payload, sum) = bytes.split_at_checked(33)?;
    let crc =
        payload.iter().fold(0_u16, |crc, byte| {
            (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| {
                if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 }
            })
        });
    verified(m, payload.first() == Some(&0x90) && sum == crc.to_le_bytes())
}
