//! Sessions and signed messages of web frameworks, assertions, and names with a value inside a text.

use std::borrow::Cow;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};

use super::{Found, Length, Match, Rule, is_filler, jwt, keywords::ASSIGNMENT};
use crate::{
    detect::{
        benign::is_cleared,
        identity::id,
        literal::is_password,
        names::{Hint, hint},
        password::{is_chosen, is_drawn_word, is_placeholder},
        randomness::{is_random, is_short_random, is_uuid},
    },
    snapshot::sample::{Basis, SecretKind},
};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        // itsdangerous, as Flask's sessions use it: payload, time, signature.
        Rule::token("itsdangerous", &["eyJ", ".eJ"], r"[A-Za-z0-9_-]+\.(?P<t>[A-Za-z0-9_-]{6})\.[A-Za-z0-9_-]{27}")
            .kind(SecretKind::SessionToken)
            .needs(".")
            .check(itsdangerous),
        // Django's signing: payload, time in base 62, signature with SHA-256 or SHA-1.
        Rule::token("django-signed", &["eyJ", ".eJ"], "[A-Za-z0-9_-]{4,}:1[A-Za-z0-9]{5}:(?:[A-Za-z0-9_-]{43}|[A-Za-z0-9_-]{27})")
            .kind(SecretKind::SessionToken)
            .needs(":")
            .check(opaque),
        Rule::token("saml-assertion", &["<saml:Assertion", "<saml2:Assertion", "<samlp:Response", "<saml2p:Response"], r"[^>]{0,800}>[\s\S]{20,}?SignatureValue>(?P<s>[A-Za-z0-9+/=\s]{20,})<")
            .kind(SecretKind::AccessToken)
            .check(|m| m.found(Basis::Shaped)),
        Rule::token("otpauth", &["otpauth://"], r#"(?:totp|hotp)/[^\s"']{0,300}[?&]secret=(?P<s>[A-Za-z2-7=]{16,128})"#)
            .kind(SecretKind::OpaqueToken)
            .check(|m| m.found(Basis::Verified)),
        Rule::token("aws-presigned-url", &["X-Amz-Signature="], "(?P<s>[0-9a-f]{64})").kind(SecretKind::AccessToken).check(opaque),
        Rule::token("google-signed-url", &["X-Goog-Signature="], "(?P<s>[0-9a-f]{128,1024})").kind(SecretKind::AccessToken).check(opaque),
        Rule::token("cloudfront-signed-url", &["Key-Pair-Id="], "(?P<s>(?:K|APKA)[A-Z0-9]{10,20})").kind(SecretKind::AccessToken).check(opaque),
        Rule::token("wireguard-key", &["PrivateKey = ", "PrivateKey=", "PresharedKey = ", "PresharedKey="], "(?P<s>[A-Za-z0-9+/]{43}=)").kind(SecretKind::PrivateKey).check(opaque),
        Rule::token("openvpn-static-key", &["-----BEGIN OpenVPN Static key V1-----"], r"(?:\\n|\s)*(?P<s>(?:[0-9a-f]|\\n|\s){64,900})-----END").kind(SecretKind::PrivateKey).check(opaque),
        Rule::token("xml-private-key", &["<RSAKeyValue>"], r"[\s\S]{20,8000}?<D>(?P<s>[A-Za-z0-9+/=\s]{40,1400})</D>").kind(SecretKind::PrivateKey).check(opaque),
        Rule::token("putty-private-key", &["PuTTY-User-Key-File-"], r"[23]: [\s\S]{20,}?Private-Lines: [0-9]{1,3}\r?\n(?P<s>[A-Za-z0-9+/=\r\n]{40,})").kind(SecretKind::PrivateKey).check(opaque),
        Rule::token("netrc", &["machine "], r"\S{1,200}\s+login\s+\S{1,100}\s+password\s+(?P<s>\S{4,200})").kind(SecretKind::Password).check(written),
        Rule::token("xml-password", &["<password>", "<passwd>", "<pass>", "<pwd>", "<secret>", "<clientsecret>", "<apikey>", "<token>"], r"(?P<s>[^<\s]{4,200})</").kind(SecretKind::Password).any_case().check(written),
        Rule::token("oracle-login", &["jdbc:oracle:thin:"], r"[^/\s]{1,64}/(?P<s>[^@\s]{4,128})@").kind(SecretKind::ConnectionString).check(written),
        Rule::token("macaroon", &["AgE"], "[A-Za-z0-9_-]{60,}={0,2}").kind(SecretKind::AccessToken).check(macaroon),
        Rule::token("cloudflare-tunnel-token", &["eyJhIjoi"], "[A-Za-z0-9+/]{80,}={0,2}").check(tunnel),
        Rule::token("ebay-token", &["v^1.1#"], "[!-~]{60,}").check(opaque),
        Rule::token("negotiate-token", &["Negotiate YII"], "(?P<s>[A-Za-z0-9+/]{80,}={0,2})").kind(SecretKind::AccessToken).check(opaque),
        Rule::token("splunk-token", &["Splunk "], "(?P<s>[A-Za-z0-9^_]{80,})").kind(SecretKind::SessionToken).check(opaque),
        Rule::token("wordpress-cookie", &["wordpress_logged_in_", "wordpress_sec_"], "[0-9a-f]{32}=(?P<s>[^\\s;]{60,300})").kind(SecretKind::SessionToken).check(opaque),
        Rule::token("django-secret-key", &["django-insecure-"], "[!-~]{40,60}").check(opaque),
        Rule::token(
            "assigned-secret",
            &[
                "token", "secret", "apikey", "api_key", "api-key", "session", "pass", "pw", "psk", "sid", "auth", "_key", " key",
                "credential", "csrf", "senha", "clave", "kennwort", "wachtwoord", "haslo", "heslo",
            ],
            concat!(
                r#"(?P<n>(?:[A-Za-z0-9_.-]{1,24} )?[A-Za-z0-9_.$-]{0,40}?(?:token|secret|api_?-?key|session|pass|pw|psk|sid|auth|_key|key|credential|csrf|senha|clave|kennwort|wachtwoord|haslo|heslo)[A-Za-z0-9_.-]{0,24})"#,
                r#"(?:"#,
                // A sign, behind the name's own quote and before its type, or the verb; and a value in quotes or without.
                r#"\\?["']?\]?(?:\s?:\s?&?[A-Za-z]{2,12}(?:\s?=\s?)|[ \t]{0,3}(?:(?:=>|:=|=)[ \t]{0,3}|:\s{0,3})|\s+is:?\s+)"#,
                r#"(?:\\?"(?:(?:token|apikey|api-key|key|bot)\s+)?(?P<d>[^"\n\\]{6,300})\\?"|'(?:(?:token|apikey|api-key|key|bot)\s+)?(?P<a>[^'\n\\]{6,300})'"#,
                r#"|["']?(?:(?:token|apikey|api-key|key|bot)\s+)?(?P<s>[^\s"'&;,<>(){}\[\]]{6,300})(?:[\s"'&;,<>)}\]]|$))"#,
                // An argument behind the name, the attribute beside it, a blank: before a value in quotes.
                r#"|(?:["']\s?,\s{0,2}|["']\s{1,3}value\s?=\s?|\s{1,4})(?:"(?P<e>[^"\s\\]{6,300})"|'(?P<f>[^'\s\\]{6,300})')"#,
                // The text of an element.
                r#"|["']>(?P<x>[^<\s]{6,300})</)"#,
            ),
        )
        .around(40, 380)
        .needs(ASSIGNMENT)
        .any_case()
        .check(assigned),
    ]
}

fn opaque(m: &Match<'_>) -> Option<Found> {
    if is_filler(m.secret) {
        return None;
    }
    m.found(Basis::Shaped).map(|f| Found { public: Cow::Borrowed(""), ..f })
}

/// The second version, in base64url: a mark, then fields; the first may tell the place, a readable name.
fn macaroon(m: &Match<'_>) -> Option<Found> {
    let text = std::str::from_utf8(m.whole).ok()?;
    let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()?;
    let length = usize::from(*bytes.get(2)?);
    let place = bytes.get(3..3 + length)?;
    let named = length > 0 && place.iter().all(u8::is_ascii_graphic) && bytes.get(3 + length) == Some(&2);
    if named { m.found(Basis::Verified) } else { None }
}

/// JSON of an account, a tunnel and its secret.
fn tunnel(m: &Match<'_>) -> Option<Found> {
    let json = STANDARD.decode(m.whole).ok()?;
    let has = |name: &[u8]| json.windows(name.len()).any(|w| w == name);
    if !has(b"\"t\":") || !has(b"\"s\":") {
        return None;
    }
    m.found(Basis::Verified).map(|f| Found { public: Cow::Borrowed(""), ..f })
}

/// The middle part is a time: four bytes, seconds since 1970, or since 2011 in older releases.
fn itsdangerous(m: &Match<'_>) -> Option<Found> {
    let time = URL_SAFE_NO_PAD.decode(m.named("t")).ok()?;
    let seconds = u32::from_be_bytes(time.try_into().ok()?);
    let plausible = (30_000_000..2_208_988_800).contains(&seconds);
    let payload = m.whole.split(|b| *b == b'.').next().unwrap_or(&[]);
    let object = std::str::from_utf8(payload).ok().and_then(jwt::object);
    if !plausible && object.is_none() {
        return None;
    }
    let basis = if plausible { Basis::Verified } else { Basis::Shaped };
    m.found(basis).map(|f| Found { public: Cow::Borrowed(""), ..f })
}

/// A password as a file of settings has it.
fn written(m: &Match<'_>) -> Option<Found> {
    let password = std::str::from_utf8(m.secret).ok()?;
    let length = Length::Password(password.len());
    let shown = Found { public: Cow::Borrowed(""), length, ..m.found(Basis::Shaped)? };
    (!is_placeholder(password) && !is_cleared(password)).then_some(shown)
}

/// `name = value` or "the name is value" inside a longer text: the name says what the value must look like.
fn assigned(m: &Match<'_>) -> Option<Found> {
    let name = std::str::from_utf8(m.named("n")).ok()?;
    let value = std::str::from_utf8(m.secret).ok()?.trim_end_matches(['.', ':', '!', '?']);
    // The cheap questions first: most that is assigned in a text looks like nothing.
    let random = is_random(value);
    let chosen = || is_chosen(value) || is_drawn_word(value);
    let short = || is_uuid(value) || is_short_random(value);
    // On a line of its own stands another name more often.
    let before = m.whole.len().saturating_sub(m.secret.len() + 2);
    let password = || !m.whole[..before].contains(&b'\n') && is_password(value);
    if !random && !chosen() && !short() && !password() {
        return None;
    }
    let ends = |end: &str| {
        let from = name.len().checked_sub(end.len());
        from.and_then(|from| name.get(from..)).is_some_and(|there| there.eq_ignore_ascii_case(end))
    };
    let kind = match hint(&[Some(name)])? {
        // The UUID of a session names it in a log more often than it opens it.
        Hint::Secret(SecretKind::SessionToken) if !random => return None,
        Hint::Secret(kind) if random || short() || is_chosen(value) => kind,
        Hint::Secret(_) if ends("psk") && password() => SecretKind::Password,
        Hint::AwsSecret if random => SecretKind::OpaqueToken,
        Hint::Service if random && id(value).is_none() => SecretKind::ApiKey,
        Hint::CodeSeed if random => SecretKind::OpaqueToken,
        Hint::Password if chosen() => SecretKind::Password,
        // A pass lets on board of something, too.
        Hint::Password if password() && !ends(" pass") => SecretKind::Password,
        _ => return None,
    };
    // Rules of a form: `required|string|min:8`.
    if is_cleared(value) || value.contains("://") || value.matches('|').count() > 1 {
        return None;
    }
    let length =
        if kind == SecretKind::Password { Length::Password(value.len()) } else { Length::Exact(value.len()) };
    m.found(Basis::Likely).map(|f| Found { public: Cow::Borrowed(""), kind: Some(kind), length, ..f })
}
