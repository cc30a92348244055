//! Keys in their containers: DER, PEM, OpenSSH.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::draw::Draw;

/// A PEM block of that label.
pub fn pem(draw: &mut Draw, label: &str) -> String {
    let body = match label {
        "RSA PRIVATE KEY" => rsa(draw),
        "PRIVATE KEY" => pkcs8(draw),
        "EC PRIVATE KEY" => ec(draw),
        "ENCRYPTED PRIVATE KEY" => encrypted(draw),
        "OPENSSH PRIVATE KEY" => openssh(draw),
        "PUBLIC KEY" => public(draw),
        label if label.starts_with("PGP") => {
            let (body, sum) = (draw.bytes(700), draw.bytes(3));
            let text = wrapped(&body, 64);
            return format!(
                "-----BEGIN {label}-----\n\n{text}={}\n-----END {label}-----\n",
                STANDARD.encode(sum)
            );
        }
        _ => der(0x30, &[der(0x30, &draw.bytes(500)), draw.bytes(256)].concat()),
    };
    let width = if label.starts_with("OPENSSH") { 70 } else { 64 };
    format!("-----BEGIN {label}-----\n{}-----END {label}-----\n", wrapped(&body, width))
}

fn wrapped(body: &[u8], width: usize) -> String {
    let text = STANDARD.encode(body);
    let lines = text.as_bytes().chunks(width).map(|line| String::from_utf8_lossy(line).into_owned() + "\n");
    lines.collect()
}

/// Tag, length, content.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match content.len() {
        n @ 0..=127 => out.push(n as u8),
        n @ 128..=255 => out.extend([0x81, n as u8]),
        n => out.extend([0x82, (n >> 8) as u8, n as u8]),
    }
    out.extend(content);
    out
}

fn integer(draw: &mut Draw, bytes: usize) -> Vec<u8> {
    let mut body = draw.bytes(bytes);
    body[0] |= 0x80;
    body.insert(0, 0);
    der(2, &body)
}

fn rsa(draw: &mut Draw) -> Vec<u8> {
    let mut fields = vec![2, 1, 0];
    fields.extend(integer(draw, 256));
    fields.extend([2, 3, 1, 0, 1]);
    for bytes in [256, 128, 128, 128, 128, 128] {
        fields.extend(integer(draw, bytes));
    }
    der(0x30, &fields)
}

/// A PKCS #8 private key, of RSA or of Ed25519.
pub fn pkcs8(draw: &mut Draw) -> Vec<u8> {
    if draw.percent(50) {
        let mut fields = vec![2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
        fields.extend(draw.bytes(32));
        return der(0x30, &fields);
    }
    let mut fields = vec![2, 1, 0, 0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];
    fields.extend(der(4, &rsa(draw)));
    der(0x30, &fields)
}

fn ec(draw: &mut Draw) -> Vec<u8> {
    let mut fields = vec![2, 1, 1, 4, 0x20];
    fields.extend(draw.bytes(32));
    fields.extend([0xa0, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7, 0xa1, 0x44, 3, 0x42, 0, 4]);
    fields.extend(draw.bytes(64));
    der(0x30, &fields)
}

fn encrypted(draw: &mut Draw) -> Vec<u8> {
    // PBES2 with its parameters as bytes of no meaning.
    let mut scheme = vec![6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 13];
    scheme.extend(der(0x30, &draw.bytes(70)));
    let cipher = der(4, &draw.bytes(1232));
    der(0x30, &[&der(0x30, &scheme)[..], &cipher].concat())
}

fn public(draw: &mut Draw) -> Vec<u8> {
    let mut fields = vec![0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];
    fields.extend(draw.bytes(32));
    der(0x30, &fields)
}

fn ssh(field: &[u8]) -> Vec<u8> {
    [&(field.len() as u32).to_be_bytes()[..], field].concat()
}

/// The wire form of an Ed25519 public key.
pub fn ssh_public(key: &[u8]) -> Vec<u8> {
    [&ssh(b"ssh-ed25519")[..], &ssh(key)].concat()
}

fn openssh(draw: &mut Draw) -> Vec<u8> {
    let (check, seed, key) = (draw.bytes(4), draw.bytes(32), draw.bytes(32));
    let public = ssh_public(&key);
    let both = [&seed[..], &key].concat();
    let mut secret = [&check[..], &check, &public, &ssh(&both), &ssh(b"user@host")].concat();
    for pad in 1.. {
        if secret.len() % 8 == 0 {
            break;
        }
        secret.push(pad);
    }
    let head = [&b"openssh-key-v1\0"[..], &ssh(b"none"), &ssh(b"none"), &ssh(b""), &[0, 0, 0, 1]].concat();
    [&head[..], &ssh(&public), &ssh(&secret)].concat()
}
