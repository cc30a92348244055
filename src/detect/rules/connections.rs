//! Passwords inside something longer: URLs, connection strings, `Authorization` headers.

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::{Found, Length, Match, Rule};
use crate::{
    detect::{
        benign::is_cleared,
        literal::is_password,
        password::is_placeholder,
        randomness::{is_random, is_uuid},
    },
    snapshot::sample::{Basis, SecretKind},
};

pub(super) fn rules() -> Vec<Rule> {
    vec![
    Rule::token(
        "url-password",
        &["://"],
        r#"([A-Za-z][A-Za-z0-9+._-]{1,24})://([^\s:@/"'<>?#]{0,128}):([^\s@/"'<>]{1,256})@[A-Za-z0-9\[][^\s"'<>/]{0,255}"#,
    )
    .kind(SecretKind::ConnectionString)
    .around(25, 600)
    .needs("@")
    .check(url),
    // Key and value pairs, as ADO.NET, ODBC, JDBC and libpq write them.
    Rule::token(
        "connection-string",
        &["password=", "pwd=", "password =", "_password=", "_pwd="],
        r#"[ \t]{0,2}("[^"]{1,256}"|'[^']{1,256}'|[^;&\s"']{1,256})"#,
    )
    .kind(SecretKind::ConnectionString)
    .any_case()
    .check(pair),
    Rule::token("basic-auth", &["Basic "], "([A-Za-z0-9+/]{4,512}={0,2})")
        .kind(SecretKind::Password)
        .any_case()
        .check(basic),
    Rule::token("bearer-token", &["Bearer "], "(?P<s>[A-Za-z0-9._~+/-]{16,2048}={0,2})")
        .kind(SecretKind::AccessToken)
        .any_case()
        .check(bearer),
    ]
}

/// Schemes that may be shown; any other could be made up.
const SCHEMES: &[&str] = &[
    "amqp",
    "amqps",
    "clickhouse",
    "cockroachdb",
    "ftp",
    "ftps",
    "git",
    "git+https",
    "http",
    "https",
    "imap",
    "imaps",
    "jdbc",
    "ldap",
    "ldaps",
    "mariadb",
    "mongodb",
    "mongodb+srv",
    "mqtt",
    "mqtts",
    "mssql",
    "mysql",
    "mysql2",
    "nats",
    "neo4j",
    "oracle",
    "postgres",
    "postgresql",
    "redis",
    "rediss",
    "sftp",
    "smb",
    "smtp",
    "smtps",
    "sqlserver",
    "ssh",
];

fn with_password(m: &Match<'_>, basis: Basis, public: String, password: &[u8]) -> Option<Found> {
    let length = Length::Password(password.len());
    m.found(basis).map(|f| Found { public: Cow::Owned(public), length, ..f })
}

fn url(m: &Match<'_>) -> Option<Found> {
    let password = std::str::from_utf8(m.group(3)).ok()?;
    let user = m.group(2);
    // `user:password@`, as every manual writes it.
    let manual = [&b"user"[..], b"username", b"usr", b"login", b"myuser", b"your_user"]
        .iter()
        .any(|u| user.eq_ignore_ascii_case(u))
        && ["password", "pass", "pwd", "passwd", "secret", "mypassword"]
            .iter()
            .any(|p| password.eq_ignore_ascii_case(p));
    if manual || is_placeholder(password) {
        return None;
    }
    let scheme = SCHEMES.iter().find(|s| s.as_bytes().eq_ignore_ascii_case(m.group(1))).unwrap_or(&"url");
    with_password(m, Basis::Shaped, format!("{scheme}://"), password.as_bytes())
}

fn pair(m: &Match<'_>) -> Option<Found> {
    let quoted = std::str::from_utf8(m.group(1)).ok()?;
    let password = quoted.trim_matches(['"', '\'']).trim_end_matches([')', ',', ':', ']', '}']);
    if password.len() < 4 || is_placeholder(password) || is_cleared(password) || is_code(quoted) {
        return None;
    }
    // A program puts blanks around the sign, too: what has no quotes then is a name more often.
    if m.start.contains(' ') && !quoted.starts_with(['"', '\'']) && !is_password(password) {
        return None;
    }
    with_password(m, Basis::Shaped, "Password=".to_owned(), password.as_bytes())
}

/// What a program writes to its right: a call, or names with dots between.
fn is_code(text: &str) -> bool {
    text.contains('(')
        || (text.contains('.') && text.bytes().all(|b| b.is_ascii_alphabetic() || matches!(b, b'.' | b'_')))
}

fn basic(m: &Match<'_>) -> Option<Found> {
    let decoded = Zeroizing::new(STANDARD.decode(m.group(1)).ok()?);
    let text = std::str::from_utf8(&decoded).ok()?;
    let (_, password) = text.split_once(':')?;
    if text.chars().any(char::is_control) || is_placeholder(password) {
        return None;
    }
    with_password(m, Basis::Verified, "Basic ".to_owned(), password.as_bytes())
}

fn bearer(m: &Match<'_>) -> Option<Found> {
    let text = std::str::from_utf8(m.secret).ok()?;
    (is_random(text) || is_uuid(text))
        .then(|| m.found(Basis::Shaped))
        .flatten()
        .map(|f| Found { public: "Bearer ".into(), ..f })
}
