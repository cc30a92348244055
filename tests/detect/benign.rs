//! What is no secret and must never be called one.

use dynaudit::detect::Value;

use crate::support::{fill, item, look, map, s};

#[test]
fn ordinary_items_have_no_findings() {
    let cursor = fill("<u120>", 1);
    let ordinary = item([
        ("id", s(fill("<h8>-<h4>-4<h3>-a<h3>-<h12>", 1))),
        ("uuid", s(fill("<h8>-<h4>-4<h3>-a<h3>-<h12>", 2))),
        ("trace_id", s(fill("<h32>", 3))),
        ("etag", s(format!("\"{}\"", fill("<h32>", 4)))),
        ("sha256", s(fill("<h64>", 5))),
        ("checksum", s(fill("<b44>", 6))),
        ("createdAt", s("2024-05-01T10:00:00.000Z")),
        ("password_updated_at", s("2024-05-01T10:00:00.000Z")),
        ("token_expires_at", Value::N("1714557600".into())),
        ("token_count", Value::N("31415926".into())),
        ("token_type", s("Bearer")),
        ("next_token", s(cursor.clone())),
        ("pageToken", s(cursor.clone())),
        ("idempotency_token", s(fill("<w32>", 7))),
        ("client_request_token", s(fill("<h8>-<h4>-4<h3>-a<h3>-<h12>", 8))),
        ("LastEvaluatedKey", s(cursor)),
        ("public_key", s(fill("<b200>", 9))),
        ("s3_key", s("uploads/2024/05/01/report-final-v2.pdf")),
        ("url", s("https://bucket.s3.eu-west-1.amazonaws.com/a/b/c.jpg?versionId=abc")),
        ("arn", s("arn:aws:dynamodb:eu-west-1:123456789012:table/sessions")),
        ("email", s("someone@example.com")),
        ("thumbnail", s(format!("data:image/png;base64,iVBORw0KGgo{}", fill("<b400>", 10)))),
        ("image", s(format!("iVBORw0KGgo{}", fill("<b800>", 11)))),
        (
            "raw",
            Value::B(
                (0..400_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect::<Vec<u8>>().into(),
            ),
        ),
        (
            "bio",
            s(
                "Secretary of the token ring society; keeps the password policy, the API key rota and the session minutes.",
            ),
        ),
        ("tokenizer", s("cl100k_base_with_special_tokens_v2")),
        ("secret_santa", s("Alice draws Bob this year again")),
        ("session_count", Value::N("12".into())),
        ("pk", s(fill("USER#<d12>", 12))),
        ("sk", s("ORDER#2024-05-01#000123")),
        ("sessions", Value::N("4".into())),
        ("secret_arn", s("arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf")),
        ("password", s("***")),
        ("pwd", s("[REDACTED]")),
        ("passwd", s("")),
        ("token", s("none")),
        ("access_token", s("see-the-wiki-for-how-to-get-one")),
        ("api_key", s("customer-production-default")),
        ("devices", Value::L(vec![map([("push_token", s(fill("<h64>", 13))), ("os", s("ios"))])])),
        ("config", s(r#"{"retries":3,"endpoint":"https://api.example.com/v1","token":null}"#)),
    ]);
    let seen = look(&[ordinary]);
    let found: Vec<_> = seen.sightings.iter().map(|f| (&f.path, &f.rule)).collect();
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(seen.cut_items, 0);
}

#[test]
fn ciphertext_of_client_side_encryption_is_counted_and_not_reported() {
    let random =
        || Value::B((0..64).map(|_| fastrand::u8(..)).chain([0xff, 0xfe]).collect::<Vec<u8>>().into());
    let dbe = item([
        ("aws_dbe_head", random()),
        ("aws_dbe_foot", random()),
        ("refresh_token", random()),
        ("id", s("1")),
    ]);
    let legacy = item([
        ("*amzn-ddb-map-desc*", random()),
        ("*amzn-ddb-map-sig*", random()),
        ("session_token", random()),
    ]);
    let plain = item([("refresh_token", random())]);
    let seen = look(&[dbe, legacy]);
    assert_eq!((seen.encrypted_items, seen.legacy_encrypted_items, seen.sightings.len()), (1, 1, 0));
    assert_eq!(look(&[plain]).sightings.len(), 1);
}
