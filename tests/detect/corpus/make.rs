//! Makers: what a template cannot say, such as checksums, encodings, and documents within documents.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};

use super::{chain, draw::Draw, keys, words};

/// What `maker` makes of `argument`, which is a template.
pub fn make(draw: &mut Draw, maker: &str, argument: &str) -> Vec<u8> {
    let inner = |draw: &mut Draw| draw.fill(argument);
    match maker {
        "lt" => b"<".to_vec(),
        "b64" => STANDARD.encode(inner(draw)).into_bytes(),
        "b64nopad" => STANDARD_NO_PAD.encode(inner(draw)).into_bytes(),
        "b64url=" => URL_SAFE.encode(inner(draw)).into_bytes(),
        "b64url" | "b64urlnopad" => URL_SAFE_NO_PAD.encode(inner(draw)).into_bytes(),
        "gz" => STANDARD.encode(gzip(&inner(draw))).into_bytes(),
        "url" => percent(&inner(draw)).into_bytes(),
        "upper" => inner(draw).to_ascii_uppercase(),
        "escaped" => {
            inner(draw).iter().flat_map(|b| if *b == b'\n' { vec![b'\\', b'n'] } else { vec![*b] }).collect()
        }
        "jwt" => jwt(draw, argument).into_bytes(),
        "jwtbody" => jwt(draw, "HS256").split_once('.').map(|(_, rest)| rest.into()).unwrap_or_default(),
        "crc62" => crc62(draw, argument).into_bytes(),
        "gitlab" => gitlab(draw).into_bytes(),
        "grafana" => grafana(draw).into_bytes(),
        "macaroon" => macaroon(draw, argument).into_bytes(),
        "pem" => keys::pem(draw, argument).into_bytes(),
        "der" => STANDARD.encode(keys::pkcs8(draw)).into_bytes(),
        "sshpub" => STANDARD.encode(keys::ssh_public(&draw.bytes(32))).into_bytes(),
        "png" => STANDARD.encode(png(draw)).into_bytes(),
        "pick" => pick(draw, argument).into_bytes(),
        "bcrypt64" => {
            pick(draw, "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 53").into_bytes()
        }
        "uuid" => uuid(draw, '4').into_bytes(),
        "uuid7" => uuid(draw, '7').into_bytes(),
        "ulid" => format!("01J{}", draw.chars('x', 23)).to_ascii_uppercase().into_bytes(),
        "ksuid" => format!("2{}", draw.chars('w', 26)).into_bytes(),
        "xid" => format!("c{}", draw.chars('x', 19)).into_bytes(),
        "objectid" => format!("6{}", draw.chars('h', 23)).into_bytes(),
        "snowflake" => format!("1{}", draw.chars('d', 18)).into_bytes(),
        "ip" => (0..4).map(|_| (1 + draw.below(254)).to_string()).collect::<Vec<_>>().join(".").into_bytes(),
        "day" => format!("{:02}", 1 + draw.below(28)).into_bytes(),
        "hour" => format!("{:02}", draw.below(24)).into_bytes(),
        "wif" | "xprv" | "xpub" | "nsec" | "npub" | "stellar" | "age" | "agepub" | "bip39" => {
            chain::make(draw, maker).into_bytes()
        }
        "human" | "words" | "person" | "prose" | "line" => words::make(draw, maker, argument).into_bytes(),
        other => panic!("no maker {other}"),
    }
}

fn percent(bytes: &[u8]) -> String {
    percent_encoding::percent_encode(bytes, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// gzip at a level that compresses.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(bytes).and_then(|()| out.finish()).unwrap_or_else(|error| panic!("{error}"))
}

fn uuid(draw: &mut Draw, version: char) -> String {
    let start = if version == '7' { format!("019{}", draw.chars('h', 5)) } else { draw.chars('h', 8) };
    let (b, c, d, e) = (draw.chars('h', 4), draw.chars('h', 3), draw.chars('h', 3), draw.chars('h', 12));
    format!("{start}-{b}-{version}{c}-{}{d}-{e}", draw.pick(&['8', '9', 'a', 'b']))
}

/// `alphabet count`.
fn pick(draw: &mut Draw, argument: &str) -> String {
    let (alphabet, count) = argument.split_once(' ').unwrap_or((argument, "1"));
    let all: Vec<char> = alphabet.chars().collect();
    (0..count.parse().unwrap_or(1)).map(|_| *draw.pick(&all)).collect()
}

/// A signed token: the algorithm, and what is special about its claims.
fn jwt(draw: &mut Draw, argument: &str) -> String {
    let (alg, special) = argument.split_once(' ').unwrap_or((argument, ""));
    let issued = 1_790_000_000 + draw.below(5_000_000);
    let expiry = if special == "noexp" { String::new() } else { format!(r#","exp":{}"#, issued + 3600) };
    let role = if special == "supabase" { r#","role":"service_role""# } else { "" };
    let kid = if draw.percent(40) { format!(r#","kid":"{}""#, draw.chars('l', 12)) } else { String::new() };
    let header = format!(r#"{{"alg":"{alg}","typ":"JWT"{kid}}}"#);
    let claims = draw.text(&format!(
        r#"{{"iss":"https://auth.<a7>.com/","sub":"<a4>|<l12>","aud":"<a6>","iat":{issued}{expiry}{role}}}"#
    ));
    let length = match alg {
        "none" => 0,
        "RS256" => 256,
        "ES256" | "EdDSA" => 64,
        _ => 32,
    };
    let signature = URL_SAFE_NO_PAD.encode(draw.bytes(length));
    format!("{}.{}.{signature}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
}

/// CRC-32 as in gzip.
pub fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { 0xedb8_8320 ^ (c >> 1) } else { c >> 1 })
    };
    !bytes.iter().fold(!0, step)
}

fn digits(mut number: u32, base: &str, width: usize) -> String {
    let base = base.as_bytes();
    let mut out = vec![b'0'; width];
    for place in out.iter_mut().rev() {
        *place = base[number as usize % base.len()];
        number /= base.len() as u32;
    }
    String::from_utf8(out).unwrap_or_default()
}

/// GitHub's and npm's form: thirty characters, and their CRC-32 in base 62.
fn crc62(draw: &mut Draw, prefix: &str) -> String {
    let body = draw.chars('w', 30);
    let base = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    format!("{prefix}{body}{}", digits(crc32(body.as_bytes()), base, 6))
}

/// GitLab's routable form after its prefix: payload, version, length of the payload and CRC-32 in base 36.
fn gitlab(draw: &mut Draw) -> String {
    let base = "0123456789abcdefghijklmnopqrstuvwxyz";
    let payload = URL_SAFE_NO_PAD.encode(draw.text("o:<l6>\\nu:<l5>\\n<p12>"));
    let head = format!("{payload}.01.{}", digits(payload.len() as u32, base, 2));
    let sum = digits(crc32(format!("glpat-{head}").as_bytes()), base, 7);
    format!("{head}{sum}")
}

/// Grafana's service accounts: 32 characters, and the CRC-32 of all before it, little end first.
fn grafana(draw: &mut Draw) -> String {
    let head = format!("glsa_{}", draw.chars('w', 32));
    let sum = crc32(head.as_bytes()).to_le_bytes();
    format!("{head}_{}", sum.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// A macaroon of version 2: location, identifier, a caveat, signature.
fn macaroon(draw: &mut Draw, argument: &str) -> String {
    let location = draw.text(argument);
    let id = draw.text("<!uuid>");
    let mut out = vec![2];
    for (kind, field) in [(1, location.as_bytes()), (2, id.as_bytes())] {
        out.extend([kind, field.len() as u8]);
        out.extend(field);
    }
    out.push(0);
    let caveat = draw.text(r#"[2,["<a8>"]]"#);
    out.extend([2, caveat.len() as u8]);
    out.extend(caveat.bytes());
    out.extend([0, 0, 6, 32]);
    out.extend(draw.bytes(32));
    URL_SAFE_NO_PAD.encode(out)
}

/// The head of a picture and bytes that stand for its content.
fn png(draw: &mut Draw) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0 \0\0\0 \x08\x06\0\0\0sz\x7a\xf4".to_vec();
    let body = 200 + draw.below(600);
    out.extend([0, 0, (body >> 8) as u8, body as u8]);
    out.extend(b"IDATx\x9c");
    out.extend(draw.bytes(body));
    out.extend(b"\0\0\0\0IEND\xaeB`\x82");
    out
}
