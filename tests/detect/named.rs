//! Secrets told by name and look, passwords, connection strings, private keys.

use base64::{Engine, engine::general_purpose::STANDARD};
use dynaudit::{
    detect::Value,
    snapshot::sample::{Basis, SecretKind},
};

use crate::support::{assert_masked, fill, in_text, item, look, map, rules, s};

#[test]
fn a_random_value_takes_its_kind_from_the_name() {
    for (name, kind) in [
        ("session_token", SecretKind::SessionToken),
        ("refreshToken", SecretKind::RefreshToken),
        ("access_token", SecretKind::AccessToken),
        ("apiKey", SecretKind::ApiKey),
        ("client_secret", SecretKind::OpaqueToken),
    ] {
        let secret = fill("<w43>", 1);
        let seen = look(&[item([(name, s(secret.clone()))])]);
        assert_masked(&seen, &secret);
        let one = &seen.sightings[0];
        assert_eq!((one.kind, one.rule.as_str(), one.basis), (kind, "named-random", Basis::Likely));
        assert_eq!((one.preview.as_str(), one.confidence), ("… (43 bytes)", 0.75));
    }
}

#[test]
fn a_uuid_counts_under_a_secret_name_only() {
    let uuid = fill("<h8>-<h4>-4<h3>-a<h3>-<h12>", 1);
    assert_eq!(look(&[item([("session_id", s(uuid.clone()))])]).sightings[0].rule, "named-uuid");
    assert!(look(&[item([("order_id", s(uuid))])]).sightings.is_empty());
}

#[test]
fn names_of_many_kinds_and_languages_speak_for_their_values() {
    let base32 = fill("<A32>", 4);
    let opaque = fill("<w40>", 5);
    let words = "orbit lemon canyon velvet ribbon eagle puzzle danger frozen summit garlic window";
    for (name, value, rule) in [
        ("totp_secret", base32.as_str(), "totp-seed"),
        ("otp", "483920", "named-code"),
        ("recovery_codes", "k7f2-9x3m", "named-code"),
        ("seed_phrase", words, "mnemonic"),
        ("magic_link", "https://a.example.com/login/Zx81kQpW37vRt5YbNm", "login-link"),
        ("jwt_secret", "S3cret!sauce-2024", "named-secret"),
        ("datadog", opaque.as_str(), "service-key"),
        ("senha", "hunter22", "named-password"),
        ("пароль", "hunter22", "named-password"),
        ("パスワード", "hunter22", "named-password"),
        ("clave_api", opaque.as_str(), "named-random"),
        ("authorization", "Token Zx81kQpW37vRt5YbNm2c", "named-random"),
        ("auth", "deploy:S3cret!sauce", "basic-auth"),
    ] {
        let seen = look(&[item([(name, s(value))])]).sightings;
        assert_eq!(seen.iter().map(|one| one.rule.as_str()).collect::<Vec<_>>(), [rule], "{name}");
    }
    let pair =
        |name: &str| item([("env", Value::L(vec![map([("name", s(name)), ("value", s(opaque.clone()))])]))]);
    assert_eq!(look(&[pair("STRIPE_API_KEY")]).sightings[0].rule, "named-random");
    assert!(look(&[pair("BUILD_ID")]).sightings.is_empty());
}

#[test]
fn what_is_encrypted_referred_to_public_or_a_sample_is_cleared() {
    for value in [
        fill("AQICAH<b120>", 1),
        fill("vault:v1:<b60>=", 2),
        fill("ENC[AES256_GCM,data:<b24>,iv:<b40>,tag:<b22>==,type:str]", 3),
        fill("U2FsdGVkX1<b60>", 4),
        fill("AYADe<b200>", 5),
        fill("arn:aws:secretsmanager:eu-west-1:<d12>:secret:prod/db-<w6>", 6),
        "op://vault/database/password".to_owned(),
        "{{resolve:secretsmanager:prod/db:SecretString:password}}".to_owned(),
        fill("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI<b43> me@host", 7),
        fill("pk_live_<w40>", 8),
        "your_api_key_here_1234".to_owned(),
        "sk_test_EXAMPLE00000000000000".to_owned(),
        "<insert token 1A2b3C4d5E6f7G8h>".to_owned(),
        fill("cus_<w14>", 9),
    ] {
        for name in ["token", "client_secret", "api_key", "v"] {
            assert!(look(&[item([(name, s(value.clone()))])]).sightings.is_empty(), "{name}: {value}");
        }
    }
}

#[test]
fn one_random_value_among_a_hundred_is_less_likely() {
    let items: Vec<_> = (0..100)
        .map(|n| item([("token", s(if n == 0 { fill("<w43>", 1) } else { format!("gate {n}") }))]))
        .collect();
    let one = &look(&items).sightings[0];
    assert_eq!((one.items, one.items_with_path), (1, 100));
    assert!(one.confidence < 0.4, "{}", one.confidence);
}

#[test]
fn a_readable_password_shows_a_range_of_lengths_only() {
    for name in ["password", "userPasswd", "pwd"] {
        let seen = look(&[item([(name, s("hunter2-hunter"))]), item([(name, s("tr0ub4dor"))])]);
        assert_masked(&seen, "hunter2-hunter");
        let one = &seen.sightings[0];
        assert_eq!((one.kind, one.preview.as_str()), (SecretKind::Password, "… (8–15 bytes)"));
        assert_eq!((one.min_len, one.max_len, one.digests.len()), (8, 15, 2));
    }
    assert_eq!(look(&[item([("pin", Value::N("4711".into()))])]).sightings[0].kind, SecretKind::Password);
    assert_eq!(look(&[item([("password", s("letmein"))])]).sightings.len(), 1);
    assert_eq!(look(&[item([("password", s("changeme"))])]).sightings.len(), 0);
}

#[test]
fn a_secret_access_key_is_told_by_name_or_by_the_id_beside_it() {
    let (id, secret) = (fill("AKIAR<A15>", 1), fill("<w40>", 2));
    for name in ["secretAccessKey", "aws_secret_access_key"] {
        let seen = look(&[item([(name, s(secret.clone()))])]).sightings;
        assert_eq!(
            (seen[0].rule.as_str(), seen[0].kind),
            ("aws-secret-access-key", SecretKind::AwsAccessKey)
        );
    }
    let seen = look(&[item([("creds", map([("a", s(id)), ("b", s(secret.clone()))]))])]).sightings;
    assert_eq!(
        seen.iter().map(|one| one.rule.as_str()).collect::<Vec<_>>(),
        ["aws-access-key-id", "aws-secret-access-key"]
    );
    assert!(look(&[item([("b", s(secret))])]).sightings.is_empty());
}

#[test]
fn passwords_in_urls_and_connection_strings() {
    let password = fill("<w20>", 1);
    for (text, rule, preview) in [
        (
            format!("postgres://app:{password}@db.example.com:5432/app"),
            "url-password",
            "postgres://… (16–31 bytes)",
        ),
        (format!("see made-up+x://u:{password}@h/x"), "url-password", "url://… (16–31 bytes)"),
        (
            format!("Server=db;User Id=app;Password={password};Encrypt=true"),
            "connection-string",
            "Password=… (16–31 bytes)",
        ),
        (format!("DB_PASSWORD={password}\nDB_USER=x"), "connection-string", "Password=… (16–31 bytes)"),
        (
            format!("Basic {}", STANDARD.encode(format!("user:{password}"))),
            "basic-auth",
            "Basic … (16–31 bytes)",
        ),
        (format!("Authorization: Bearer {}", fill("<w40>", 2)), "bearer-token", "Bearer … (40 bytes)"),
    ] {
        let seen = look(&[item([("note", s(text))])]);
        assert_masked(&seen, &password);
        assert_eq!((seen.sightings[0].rule.as_str(), seen.sightings[0].preview.as_str()), (rule, preview));
    }
    for text in [
        "postgres://db.example.com:5432/app",
        "postgres://app:${PASSWORD}@db/app",
        "https://user@example.com/a:b",
        "Password=***;",
        "Password=${PW};",
        "Basic of life",
        "Bearer of good news today",
        "Basic education",
    ] {
        assert_eq!(rules(text), [""; 0], "{text}");
    }
}

fn pem(label: &str, body: &[u8]) -> String {
    let label = format!("{label}PRIVATE KEY");
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(body))
}

#[test]
fn private_keys() {
    let der: Vec<u8> = [0x30, 0x82].into_iter().chain((0..200).map(|n| (n * 7) as u8)).collect();
    let openssh = [b"openssh-key-v1\0".as_slice(), &der].concat();
    for (text, preview) in [
        (pem("RSA ", &der), "-----BEGIN RSA PRIVATE KEY-----… ("),
        (pem("", &der), "-----BEGIN PRIVATE KEY-----… ("),
        (pem("OPENSSH ", &openssh), "-----BEGIN OPENSSH PRIVATE KEY-----… ("),
        (pem("", &der).replace('\n', "\\n"), "-----BEGIN PRIVATE KEY-----… ("),
    ] {
        let seen = in_text(&text);
        assert_eq!((seen[0].rule.as_str(), seen[0].basis, seen.len()), ("private-key", Basis::Verified, 1));
        assert!(seen[0].preview.starts_with(preview), "{}", seen[0].preview);
    }
    let other: Vec<u8> = vec![0x55; 90];
    assert_eq!(in_text(&pem("EC ", &other))[0].basis, Basis::Shaped);
    let public = pem("", &der).replace("PRIVATE", "PUBLIC");
    for text in [public, "-----BEGIN RSA PRIVATE KEY----- is how one begins".to_owned(), pem("", b"short")] {
        assert!(in_text(&text).is_empty());
    }
}

#[test]
fn json_web_keys_are_private_by_one_member() {
    let key = |d: Option<String>| {
        let mut key = vec![
            ("kty", s("EC")),
            ("crv", s("P-256")),
            ("x", s(fill("<u43>", 1))),
            ("y", s(fill("<u43>", 2))),
        ];
        key.extend(d.map(|d| ("d", s(d))));
        Value::M(key.into_iter().map(|(name, value)| (name.into(), value)).collect())
    };
    let seen = look(&[item([("jwk", key(Some(fill("<u43>", 3))))])]).sightings;
    assert_eq!(
        (seen[0].path.as_str(), seen[0].rule.as_str(), seen[0].kind),
        ("jwk.d", "jwk", SecretKind::PrivateKey)
    );
    assert!(look(&[item([("jwk", key(None))])]).sightings.is_empty());
}

#[test]
fn a_sentence_that_names_a_secret_holds_it() {
    let opaque = fill("<w40>", 5);
    for text in [
        format!("Rotated on Monday, the datadog key is {opaque}, ask ops"),
        format!("the api key: {opaque}"),
        format!("header was Authorization: Token {opaque} as agreed"),
        format!("see algolia key = \"{opaque}\" in the old deck"),
        "for the report database, the password is S3cret!sauce-2024".to_owned(),
    ] {
        assert_eq!(rules(&text), ["assigned-secret"], "{text}");
    }
    for text in [
        format!("the partition key is {opaque}"),
        format!("next token: {opaque} of page 2"),
        format!("the file key = {opaque}"),
        "the password is required, and the session is over".to_owned(),
        "the api key: see 1Password, section 4".to_owned(),
    ] {
        assert_eq!(rules(&text), [""; 0], "{text}");
    }
}

#[test]
fn base64_that_begins_with_a_slash_is_no_path() {
    let secret = format!("/{}", fill("<w42>=", 3));
    assert_eq!(look(&[item([("client_secret", s(secret))])]).sightings.len(), 1);
    let path = "/prod/payments/database/password";
    assert!(look(&[item([("client_secret", s(path))])]).sightings.is_empty());
}

#[test]
fn addresses_of_devices_and_keys_of_web_push_are_public() {
    for (name, value) in
        [("registration_token", fill("<u22>:APA91b<u134>", 1)), ("application_server_key", fill("B<u86>", 2))]
    {
        assert!(look(&[item([(name, s(value))])]).sightings.is_empty(), "{name}");
    }
}

#[test]
fn an_assignment_right_behind_another_is_one_too() {
    let text = format!("api_key={} db_token={}", fill("<w24>", 1), fill("<w24>", 2));
    let seen = in_text(&text);
    assert_eq!(seen.iter().map(|one| one.digests.len()).sum::<usize>(), 2, "{text}");
}

#[test]
fn the_colons_of_a_resource_name_assign_nothing() {
    for name in ["secret", "token", "auth"] {
        let arn =
            format!("arn:aws:secretsmanager:eu-west-1:{}:{name}:{}", fill("<d12>", 1), fill("<w24>-<w6>", 2));
        assert_eq!(rules(&arn), [""; 0], "{arn}");
        assert_eq!(rules(&format!("see {arn} for it")), [""; 0], "{arn}");
    }
}
