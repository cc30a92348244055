//! Made-up secrets in the shapes of real ones, from a fixed seed: the same at every run, valid nowhere.
//!
//! Each is put together at run time, so that no scanner finds one in this source.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const HEX: &[u8] = b"0123456789abcdef";
const BCRYPT: &[u8] = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A source of made-up values that remembers each secret.
pub(super) struct Generator {
    random: fastrand::Rng,
    planted: Vec<String>,
}

impl Generator {
    pub(super) fn new(seed: u64) -> Self {
        Self { random: fastrand::Rng::with_seed(seed), planted: Vec::new() }
    }

    /// Every secret so far.
    pub(super) fn planted(self) -> Vec<String> {
        self.planted
    }

    /// A whole number from `low` up to, but not including, `high`.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        self.random.i64(low..high)
    }

    pub(super) fn choice<'a>(&mut self, from: &[&'a str]) -> &'a str {
        self.random.choice(from).copied().unwrap_or_default()
    }

    pub(super) fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.random.u8(..)).collect()
    }

    pub(super) fn hex(&mut self, count: usize) -> String {
        self.text(HEX, count)
    }

    /// An identifier, not a secret: `prefix_` and 12 digits.
    pub(super) fn id(&mut self, prefix: &str) -> String {
        format!("{prefix}_{}", self.text(b"0123456789", 12))
    }

    fn text(&mut self, alphabet: &[u8], count: usize) -> String {
        (0..count).map(|_| char::from(alphabet[self.random.usize(..alphabet.len())])).collect()
    }

    fn plant(&mut self, secret: String) -> String {
        self.planted.push(secret.clone());
        secret
    }

    /// A signed JWT; without `exp` it never ends.
    pub(super) fn jwt(&mut self, subject: &str, issued: i64, expires: Option<i64>) -> String {
        let signature = URL_SAFE_NO_PAD.encode(self.bytes(32));
        let token = format!("{}.{signature}", unsigned("HS256", subject, issued, expires));
        self.plant(token)
    }

    /// A JWT that anyone can forge: algorithm `none`, no signature.
    pub(super) fn unsigned_jwt(&mut self, subject: &str, issued: i64) -> String {
        self.plant(format!("{}.", unsigned("none", subject, issued, None)))
    }

    /// An opaque refresh token.
    pub(super) fn refresh(&mut self) -> String {
        let token = self.text(BASE62, 64);
        self.plant(["rt", &token].join("_"))
    }

    /// An opaque access token.
    pub(super) fn access(&mut self) -> String {
        let token = URL_SAFE_NO_PAD.encode(self.bytes(48));
        self.plant(token)
    }

    pub(super) fn bcrypt(&mut self) -> String {
        let rest = self.text(BCRYPT, 53);
        self.plant(format!("$2b$12${rest}"))
    }

    /// An unsalted MD5 in hex: people with the same password have the same one.
    pub(super) fn md5(&mut self) -> String {
        let digest = self.hex(32);
        self.plant(digest)
    }

    /// A key in a provider's format.
    pub(super) fn api_key(&mut self, provider: &str) -> String {
        let key = match provider {
            "github" => {
                let payload = self.text(BASE62, 30);
                format!("{}{payload}{}", ["gh", "p_"].concat(), base62(crc32(payload.as_bytes())))
            }
            "stripe" => ["sk", "live", &self.text(BASE62, 32)].join("_"),
            "slack" => {
                let (team, bot) = (self.text(b"123456789", 12), self.text(b"123456789", 13));
                ["xoxb", &team, &bot, &self.text(BASE62, 24)].join("-")
            }
            "sendgrid" => ["SG", &self.text(BASE62, 22), &self.text(BASE62, 43)].join("."),
            "google" => ["AI", "za", &self.text(BASE62, 35)].concat(),
            _ => ["hl", "live", &self.text(BASE62, 40)].join("_"),
        };
        self.plant(key)
    }

    /// An access key id of AWS and its secret.
    pub(super) fn aws_key(&mut self) -> (String, String) {
        let id = ["AK", "IA", &self.text(BASE32, 16)].concat();
        let secret = self.text(BASE62, 40);
        (self.plant(id), self.plant(secret))
    }

    /// An incoming-webhook address that needs no other credential.
    pub(super) fn webhook(&mut self) -> String {
        let (team, hook, secret) = (self.text(BASE32, 8), self.text(BASE32, 10), self.text(BASE62, 24));
        let url = format!("https://hooks.{}.com/services/T{team}/B{hook}/{secret}", "slack");
        self.planted.push(secret);
        self.plant(url)
    }

    /// A private key's shape around random bytes.
    pub(super) fn pem(&mut self) -> String {
        let body = STANDARD.encode(self.bytes(240));
        let rows: Vec<&str> = body.as_bytes().chunks(64).filter_map(|c| str::from_utf8(c).ok()).collect();
        let frame = |edge: &str| format!("-----{edge} {} KEY-----", ["PRIV", "ATE"].concat());
        let pem = format!("{}\n{}\n{}\n", frame("BEGIN"), rows.join("\n"), frame("END"));
        self.plant(pem)
    }

    /// A configuration in base64, which hides nothing.
    pub(super) fn wrapped(&mut self, config: &Value) -> String {
        let text = STANDARD.encode(config.to_string());
        self.plant(text)
    }
}

fn unsigned(algorithm: &str, subject: &str, issued: i64, expires: Option<i64>) -> String {
    let mut claims = json!({ "iss": "https://id.harbourline.example", "sub": subject, "iat": issued });
    if let Some(expires) = expires {
        claims["exp"] = expires.into();
    }
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(json!({ "alg": algorithm, "typ": "JWT" })), part(claims))
}

/// CRC-32 as in zip files: the checksum at the end of a GitHub token.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 & 0_u32.wrapping_sub(crc & 1));
        }
    }
    !crc
}

/// Six base-62 digits.
fn base62(mut number: u32) -> String {
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62[(number % 62) as usize];
        number /= 62;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_secrets() {
        let make = || {
            let mut generator = Generator::new(7);
            [generator.jwt("a", 1, None), generator.api_key("github"), generator.webhook(), generator.pem()]
        };
        assert_eq!(make(), make());
    }

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(base62(61), "00000z");
    }

    #[test]
    fn every_secret_is_remembered() {
        let mut generator = Generator::new(7);
        let made = [generator.refresh(), generator.bcrypt(), generator.md5(), generator.access()];
        assert_eq!(generator.planted(), made);
    }
}
