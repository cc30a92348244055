//! JSON Web Tokens: what makes one, and what is wrong with it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use dynaudit::snapshot::sample::{Basis, SecretKind, SecretTrait};

use crate::support::{fill, in_text, rules};

fn part(json: &str) -> String {
    URL_SAFE_NO_PAD.encode(json)
}

fn jwt(header: &str, claims: &str) -> String {
    format!("{}.{}.{}", part(header), part(claims), fill("<u43>", 1))
}

const HS256: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

#[test]
fn a_signed_token_is_verified_by_its_header() {
    let seen = in_text(&jwt(HS256, r#"{"sub":"1","iat":1700000000,"exp":1700003600}"#));
    assert_eq!((seen.len(), seen[0].kind, seen[0].basis), (1, SecretKind::Jwt, Basis::Verified));
    assert!(seen[0].preview.starts_with("JWT (HS256) … ("), "{}", seen[0].preview);
    assert!(seen[0].traits.is_empty());
}

#[test]
fn traits_tell_what_is_wrong() {
    let traits = |token: String| in_text(&token).remove(0).traits.into_iter().collect::<Vec<_>>();
    assert_eq!(traits(jwt(HS256, r#"{"sub":"1"}"#)), [SecretTrait::JwtNoExpiry]);
    assert_eq!(traits(jwt(HS256, r#"{"iat":1700000000,"exp":1700086401}"#)), [SecretTrait::JwtLongLived]);
    assert!(traits(jwt(HS256, r#"{"iat":1700000000,"exp":1700086400}"#)).is_empty());
    assert_eq!(
        traits(jwt(HS256, r#"{"iat":1700000000000,"exp":1700086401000}"#)),
        [SecretTrait::JwtLongLived]
    );
    assert!(traits(jwt(HS256, r#"{"iat":1700000000,"exp":1700003600000}"#)).is_empty());
    let unsigned = format!("{}.{}.", part(r#"{"alg":"none"}"#), part(r#"{"exp":1700000000}"#));
    assert_eq!(traits(unsigned), [SecretTrait::JwtAlgNone]);
}

#[test]
fn an_encrypted_token_has_five_parts() {
    let header = part(r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#);
    let seen = in_text(&format!("{header}.{}", fill("<u60>.<u16>.<u80>.<u22>", 2)));
    assert_eq!((seen[0].rule.as_str(), seen[0].kind), ("jwe", SecretKind::Jwt));
}

#[test]
fn near_misses_are_none() {
    let claims = part(r#"{"sub":"1"}"#);
    assert_eq!(rules(&format!("{}.{claims}.{}", part(r#"{"typ":"cursor"}"#), fill("<u43>", 1))), [""; 0]);
    assert_eq!(rules(&format!("{}.{claims}", part(HS256))), [""; 0]);
    assert_eq!(rules(&format!("{}.{claims}.short", part(HS256))), [""; 0]);
    assert_eq!(rules(&format!("eyJ{}", fill("<u40>.<u40>.<u43>", 3))), [""; 0]);
}

#[test]
fn an_algorithm_that_was_made_up_is_not_shown() {
    let planted = "planted-by-an-attacker";
    let seen = in_text(&jwt(&format!(r#"{{"alg":"{planted}"}}"#), "{}"));
    assert!(seen[0].preview.starts_with("JWT … ("), "{}", seen[0].preview);
}

#[test]
fn a_signature_may_be_written_as_json() {
    let claims = part(r#"{"sub":"1"}"#);
    let json = |header: &str, signature: &str| {
        format!(
            r#"{{"payload":"{claims}","signatures":[{{"protected":"{}","signature":"{signature}"}}]}}"#,
            part(header)
        )
    };
    let seen = in_text(&json(r#"{"alg":"ES256"}"#, &fill("<u86>", 4)));
    assert_eq!(
        (seen.len(), seen[0].kind, seen[0].path.as_str()),
        (1, SecretKind::Jwt, "note|json.signatures[].signature")
    );
    assert_eq!(rules(&json(r#"{"typ":"cursor"}"#, &fill("<u86>", 4))), [""; 0]);
    assert_eq!(rules(&json(r#"{"alg":"ES256"}"#, "short")), [""; 0]);
}
