//! Sessions and signed messages of frameworks, links that let in, and names with values inside texts.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use dynaudit::snapshot::sample::{Basis, SecretKind};

use crate::support::{assert_masked, fill, in_text, item, look, rules, s};

#[test]
fn each_is_told_from_its_near_misses() {
    let payload = URL_SAFE_NO_PAD.encode(r#"{"_user_id":"17","_fresh":true}"#);
    let time = URL_SAFE_NO_PAD.encode(1_700_000_000_u32.to_be_bytes());
    for (rule, text) in [
        ("itsdangerous", format!("{payload}.{time}.{}", fill("<u27>", 1))),
        ("django-signed", format!("{payload}:1rABcd:{}", fill("<u43>", 2))),
        ("express-session", fill("s:<u32>.<b43>", 3)),
        ("rails-message", fill("BAh<b60>--<h40>", 4)),
        ("otpauth", fill("otpauth://totp/Acme:me?secret=<A32>&issuer=Acme", 5)),
        (
            "aws-presigned-url",
            fill("https://b.s3.amazonaws.com/k?X-Amz-Expires=900&X-Amz-Signature=<h64>", 6),
        ),
        ("aws-session-token", fill("IQoJb3JpZ2luX2Vj<w300>", 7)),
        ("paseto", fill("v4.local.<u120>", 8)),
        ("macaroon", fill("MDAyMWxvY2F0aW9uI<w120>", 9)),
        ("wireguard-key", fill("[Interface]\nPrivateKey = <b43>=\n", 10)),
        ("netrc", fill("machine a.example.com login me password <w12>", 11)),
        ("xml-password", format!("<server><password>{}</password></server>", fill("<w12>", 12))),
        ("oracle-login", fill("jdbc:oracle:thin:scott/<w12>@//db:1521/x", 13)),
        ("assigned-secret", fill("curl -H 'X-Api-Key: <w40>' https://a.example.com", 14)),
        ("assigned-secret", fill("first run export DEPLOY_TOKEN=<w40> and then go on", 15)),
        ("lm-nt-hash", fill("aad3b435b51404eeaad3b435b51404ee:<h32>", 16)),
    ] {
        assert_eq!(rules(&text), [rule], "{rule}");
    }
    let late = URL_SAFE_NO_PAD.encode(u32::MAX.to_be_bytes());
    let payload = &payload[..payload.len() - 1];
    for text in [
        format!("{payload}.{late}.{}", fill("<u27>", 1)),
        fill("BAh<b60>--<h39>", 4),
        "otpauth://totp/Acme:me?issuer=Acme".to_owned(),
        "https://b.s3.amazonaws.com/k?X-Amz-Expires=900".to_owned(),
        "export NEXT_TOKEN=see-the-documentation-first".to_owned(),
        fill("next_token=<w60>", 5),
        "the session: we met at noon; the token: a brass one".to_owned(),
        "password: must be at least eight characters".to_owned(),
        "<password></password> and <password>${DB_PASSWORD}</password>".to_owned(),
        "postgres://user:password@localhost:5432/db".to_owned(),
    ] {
        assert_eq!(rules(&text), [""; 0], "{text}");
    }
}

#[test]
fn what_is_assigned_takes_its_kind_from_the_name() {
    let secret = fill("<w40>", 1);
    let seen = look(&[item([("log", s(format!("retry with refresh_token={secret} later")))])]);
    assert_masked(&seen, &secret);
    let one = &seen.sightings[0];
    assert_eq!(
        (one.kind, one.basis, one.preview.as_str()),
        (SecretKind::RefreshToken, Basis::Likely, "… (40 bytes)")
    );
    assert_eq!(in_text("db_password: \"tr0ub4Dor#3\"")[0].kind, SecretKind::Password);
}
