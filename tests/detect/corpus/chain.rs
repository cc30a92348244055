//! Keys of wallets, with the checksums that prove them.

use sha2::{Digest, Sha256};

use super::{draw::Draw, words::BIP39};

/// A key in the form of that name.
pub fn make(draw: &mut Draw, form: &str) -> String {
    match form {
        "wif" => {
            let mut body = vec![0x80];
            body.extend(draw.bytes(32));
            body.push(1);
            base58check(&body)
        }
        "xprv" | "xpub" => {
            let mut body = if form == "xprv" { vec![4, 0x88, 0xad, 0xe4] } else { vec![4, 0x88, 0xb2, 0x1e] };
            body.push(3);
            body.extend(draw.bytes(4 + 4 + 32));
            body.push(if form == "xprv" { 0 } else { 2 });
            body.extend(draw.bytes(32));
            base58check(&body)
        }
        "nsec" | "npub" | "agepub" => bech32(if form == "agepub" { "age" } else { form }, &draw.bytes(32)),
        "age" => bech32("age-secret-key-", &draw.bytes(32)).to_ascii_uppercase(),
        "stellar" => stellar(draw),
        "bip39" => bip39(draw),
        other => panic!("no form {other}"),
    }
}

/// Bitcoin wiki, "Base58Check encoding".
pub fn base58check(body: &[u8]) -> String {
    let sum = Sha256::digest(Sha256::digest(body));
    let bytes = [body, &sum[..4]].concat();
    let alphabet = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut places: Vec<u32> = Vec::new();
    for byte in &bytes {
        let mut carry = u32::from(*byte);
        for place in &mut places {
            carry += *place << 8;
            *place = carry % 58;
            carry /= 58;
        }
        while carry > 0 {
            places.push(carry % 58);
            carry /= 58;
        }
    }
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let digits = places.iter().rev().map(|place| char::from(alphabet[*place as usize]));
    "1".repeat(zeros) + &digits.collect::<String>()
}

/// Groups of five bits; the last is filled with zeros.
fn fives(bytes: &[u8]) -> Vec<u8> {
    let (mut out, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            out.push((held >> bits & 31) as u8);
        }
    }
    if bits > 0 {
        out.push((held << (5 - bits) & 31) as u8);
    }
    out
}

/// BIP-173.
pub fn bech32(prefix: &str, bytes: &[u8]) -> String {
    let data = fives(bytes);
    let mut all: Vec<u8> = prefix.bytes().map(|b| b >> 5).collect();
    all.push(0);
    all.extend(prefix.bytes().map(|b| b & 31));
    all.extend(&data);
    all.extend([0; 6]);
    let sum = polymod(&all) ^ 1;
    let tail = (0..6).map(|i| (sum >> (5 * (5 - i)) & 31) as u8);
    let alphabet = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let text: String = data.into_iter().chain(tail).map(|five| char::from(alphabet[five as usize])).collect();
    format!("{prefix}1{text}")
}

fn polymod(values: &[u8]) -> u32 {
    let generator = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    values.iter().fold(1, |sum: u32, value| {
        let top = sum >> 25;
        let next = (sum & 0x1ff_ffff) << 5 ^ u32::from(*value);
        (0..5).filter(|i| top >> i & 1 == 1).fold(next, |n, i| n ^ generator[i])
    })
}

/// SEP-23: version, key and CRC-16 (XModem, little end first), in base 32.
fn stellar(draw: &mut Draw) -> String {
    let mut body = vec![18 << 3];
    body.extend(draw.bytes(32));
    let sum = body.iter().fold(0_u16, |sum, byte| {
        (0..8)
            .fold(sum ^ u16::from(*byte) << 8, |s, _| if s & 0x8000 != 0 { s << 1 ^ 0x1021 } else { s << 1 })
    });
    body.extend(sum.to_le_bytes());
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    fives(&body).into_iter().map(|five| char::from(alphabet[five as usize])).collect()
}

/// Twelve words of BIP-39's list with the checksum in the last. The list here holds only a part of the words, so entropy
/// is drawn until all twelve are among them.
fn bip39(draw: &mut Draw) -> String {
    let known: Vec<(usize, &str)> = BIP39.iter().map(|(index, word)| (*index, *word)).collect();
    loop {
        let mut indexes: Vec<usize> = (0..11).map(|_| draw.pick(&known).0).collect();
        let high = draw.below(128);
        let bits: Vec<bool> = indexes
            .iter()
            .flat_map(|index| (0..11).rev().map(move |bit| index >> bit & 1 == 1))
            .chain((0..7).rev().map(|bit| high >> bit & 1 == 1))
            .collect();
        let entropy: Vec<u8> = bits
            .chunks(8)
            .map(|chunk| chunk.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit)))
            .collect();
        let sum = usize::from(Sha256::digest(&entropy)[0] >> 4);
        indexes.push(high << 4 | sum);
        let word = |index: &usize| known.iter().find(|(i, _)| i == index).map(|(_, word)| *word);
        let words: Vec<&str> = indexes.iter().filter_map(word).collect();
        if words.len() == 12 {
            return words.join(" ");
        }
    }
}
