//! Wallet keys: the checksum decides. Each is encoded here anew, and a character changed makes it none.

use dynaudit::snapshot::sample::{Basis, SecretKind};
use sha2::{Digest, Sha256};

use crate::support::{fill, in_text, rules};

fn bytes(count: usize, seed: u64) -> Vec<u8> {
    let mut rng = fastrand::Rng::with_seed(seed);
    (0..count).map(|_| rng.u8(..)).collect()
}

fn base58check(payload: &[u8]) -> String {
    let alphabet = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let sum = Sha256::digest(Sha256::digest(payload));
    let mut number = [payload, &sum[..4]].concat();
    let mut out = Vec::new();
    while number.iter().any(|b| *b != 0) {
        let mut rest = 0_u32;
        for byte in &mut number {
            let value = rest << 8 | u32::from(*byte);
            *byte = (value / 58) as u8;
            rest = value % 58;
        }
        out.push(alphabet[rest as usize]);
    }
    out.reverse();
    String::from_utf8(out).unwrap()
}

fn bech32(human: &str, data: &[u8]) -> String {
    let alphabet = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let mut bits: Vec<u8> = data.iter().flat_map(|b| (0..8).rev().map(move |i| b >> i & 1)).collect();
    while !bits.len().is_multiple_of(5) {
        bits.push(0);
    }
    let mut values: Vec<u8> =
        bits.chunks(5).map(|five| five.iter().fold(0, |all, bit| all << 1 | bit)).collect();
    let checked = |tail: &[u8]| {
        let head = human.bytes().map(|b| b >> 5).chain([0]).chain(human.bytes().map(|b| b & 31));
        head.chain(tail.iter().copied()).fold(1_u32, |check, value| {
            let top = check >> 25;
            let terms = [0x3b6a_57b2_u32, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
            let start = (check & 0x1ff_ffff) << 5 ^ u32::from(value);
            (0..5).filter(|i| top >> i & 1 == 1).fold(start, |check, i| check ^ terms[i])
        })
    };
    let sum = checked(&[values.as_slice(), &[0; 6]].concat()) ^ 1;
    values.extend((0..6).map(|i| (sum >> (5 * (5 - i)) & 31) as u8));
    format!("{human}1{}", values.iter().map(|v| char::from(alphabet[usize::from(*v)])).collect::<String>())
}

fn stellar(seed: u64) -> String {
    let mut all = [vec![0x90], bytes(32, seed)].concat();
    let mut crc = 0_u16;
    for byte in &all {
        crc ^= u16::from(*byte) << 8;
        for _ in 0..8 {
            crc = if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 };
        }
    }
    all.extend(crc.to_le_bytes());
    let bits: Vec<u8> = all.iter().flat_map(|b| (0..8).rev().map(move |i| b >> i & 1)).collect();
    let digit = |five: &[u8]| {
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[five.iter().fold(0, |all, bit| all << 1 | usize::from(*bit))]
    };
    bits.chunks(5).map(|five| char::from(digit(five))).collect()
}

#[test]
fn each_key_is_verified_and_a_changed_one_is_none() {
    let wif = |seed| base58check(&[vec![0x80], bytes(32, seed), vec![1]].concat());
    let extended = |seed| {
        base58check(
            &[vec![0x04, 0x88, 0xad, 0xe4, 0], bytes(40, seed), vec![0], bytes(32, seed + 1)].concat(),
        )
    };
    for seed in 0..20 {
        for (rule, key) in [
            ("bitcoin-wif", wif(seed)),
            ("bitcoin-wif", base58check(&[vec![0x80], bytes(32, seed)].concat())),
            ("extended-private-key", extended(seed)),
            ("nostr-key", bech32("nsec", &bytes(32, seed))),
            ("age-key", bech32("age-secret-key-", &bytes(32, seed)).to_uppercase()),
            ("stellar-seed", stellar(seed)),
        ] {
            let seen = in_text(&format!("it is {key} here"));
            assert_eq!(seen.len(), 1, "{rule}");
            assert_eq!(
                (seen[0].rule.as_str(), seen[0].kind, seen[0].basis),
                (rule, SecretKind::PrivateKey, Basis::Verified)
            );
            let mut changed: Vec<char> = key.chars().collect();
            let place = changed.len() - 9;
            changed.swap(place, place + 1);
            let changed: String = changed.into_iter().collect();
            assert!(changed == key || rules(&changed).is_empty(), "{rule}, changed");
        }
    }
}

#[test]
fn chance_makes_none() {
    for seed in 0..200 {
        for template in ["K<w51>", "5<w50>", "xprv<w107>", "nsec1<l58>", "S<A55>"] {
            assert!(rules(&fill(template, seed)).is_empty(), "{template}");
        }
    }
}
