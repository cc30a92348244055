//! Names as evidence: what an attribute's name says about its value, the last word deciding.

use super::words::words;
use crate::snapshot::sample::SecretKind;

/// What a name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hint {
    /// A random value under it is a secret of this kind.
    Secret(SecretKind),
    /// `aws_secret_access_key` and its kin.
    AwsSecret,
    /// A password, readable or hashed.
    Password,
    /// A password's hash: a readable value under it is no password.
    PasswordHash,
}

/// Words at a name's end that say how the value is written, not what it is.
#[rustfmt::skip]
const WRITING: &[&str] = &[
    "value", "val", "string", "str", "text", "plain", "plaintext", "raw", "b64", "base64", "current", "old",
    "new", "previous", "prev", "latest", "default", "primary", "secondary", "prod", "live", "test", "dev",
];

/// Segments that say nothing of their own: what holds them decides (`token.value`, `tokens.refresh`).
#[rustfmt::skip]
const QUALIFIERS: &[&str] = &[
    "refresh", "access", "bearer", "session", "api", "auth", "csrf", "xsrf", "next",
];

/// Last words of what lies beside a secret in a map named after it, and is none.
#[rustfmt::skip]
const BESIDE: &[&str] = &[
    "active", "actor", "agent", "algorithm", "alg", "arn", "at", "audience", "by", "client", "count",
    "created", "date", "description", "device", "email", "enabled", "etag", "exp", "expires", "expiration",
    "expiry", "fingerprint", "hash", "iat", "id", "ids", "index", "ip", "issuer", "kid", "label", "last",
    "length", "locale", "max", "min", "name", "number", "owner", "provider", "region", "role", "scope",
    "scopes", "size", "source", "status", "sub", "subject", "tenant", "time", "timestamp", "title", "ttl",
    "type", "updated", "uri", "url", "used", "user", "username", "uuid", "version",
];

/// Words before `token` that make it a cursor, a guard against repetition, or an address of a device.
/// A CSRF token proves where a form came from and opens nothing by itself.
#[rustfmt::skip]
const HARMLESS_TOKENS: &[&str] = &[
    "apns", "change", "client", "continuation", "csrf", "cursor", "dedup", "deduplication", "device", "fcm",
    "fencing", "idempotency", "lock", "next", "page", "paging", "pagination", "position", "push",
    "request", "resume", "scan", "scroll", "start", "starting", "stop", "sync", "xsrf",
];

/// Words before `key` that make it a secret; any other key is an index, a path or public.
#[rustfmt::skip]
const SECRET_KEYS: &[&str] = &[
    "access", "app", "application", "auth", "consumer", "crypto", "decryption", "encryption", "hmac",
    "master", "private", "secret", "service", "session", "shared", "sign", "signing", "symmetric",
    "webhook",
];

/// Words before `session` or `session id` that name an event, not a login.
#[rustfmt::skip]
const OTHER_SESSIONS: &[&str] = &[
    "batch", "call", "charging", "chat", "checkout", "class", "conference", "conversation", "course",
    "exam", "game", "job", "meeting", "payment", "play", "sales", "stripe", "study", "survey", "therapy",
    "training", "trading", "video", "workout",
];

/// What the names on the way to a value say; the last name first asked, then what holds it.
/// A `None` segment is a list's place or a dictionary's key, and says nothing.
pub(crate) fn hint(path: &[Option<&str>]) -> Option<Hint> {
    let mut named = path.iter().rev();
    let last = named.next()?;
    let Some(name) = last else {
        return hint(&path[..path.len() - 1]);
    };
    let own = words(name);
    if let Some(found) = of_words(&own) {
        return found;
    }
    // What holds the name: the nearest segment with words of its own.
    let holder = named.find_map(|s| *s).map(words)?;
    let kept: Vec<String> = own.iter().filter(|w| !WRITING.contains(&w.as_str())).cloned().collect();
    let word = kept.last().map(String::as_str);
    match word {
        None => of_words(&holder).flatten(),
        Some("id") if kept.len() == 1 => of_words(&[holder, kept].concat()).flatten(),
        Some(w) if QUALIFIERS.contains(&w) => of_words(&[kept, holder].concat()).flatten(),
        Some(w) if BESIDE.contains(&w) => None,
        // A dictionary named after what it holds: `secrets.stripe`, `passwords.alice`.
        Some(_)
            if matches!(
                holder.last().map(String::as_str),
                Some("token" | "secret" | "password" | "credential")
            ) =>
        {
            of_words(&holder).flatten()
        }
        Some(_) => None,
    }
}

/// `Some(None)` is a name that is known to be harmless, `None` one that says nothing.
fn of_words(words: &[String]) -> Option<Option<Hint>> {
    use SecretKind::{AccessToken, ApiKey, OpaqueToken, RefreshToken, SessionToken};
    let mut rest: Vec<&str> = words.iter().map(String::as_str).collect();
    while rest.len() > 1
        && rest.last().is_some_and(|w| WRITING.contains(w) || w.bytes().all(|b| b.is_ascii_digit()))
    {
        rest.pop();
    }
    let last = rest.pop()?;
    let has = |word: &str| rest.contains(&word);
    let before = rest.last().copied();
    let secret = |kind| Some(Some(Hint::Secret(kind)));
    if has("encrypted") || has("hashed") || has("masked") || has("public") {
        return if has("hashed") && last == "password" { Some(Some(Hint::PasswordHash)) } else { Some(None) };
    }
    match last {
        "token" if has("refresh") => secret(RefreshToken),
        "token"
            if rest.iter().any(|w| HARMLESS_TOKENS.contains(w))
                && !["access", "api", "auth", "bearer", "oauth", "secret"].iter().any(|w| has(w)) =>
        {
            Some(None)
        }
        "token" if has("session") => secret(SessionToken),
        "token" if has("api") => secret(ApiKey),
        "token" if has("access") || has("bearer") || has("auth") || has("oauth") => secret(AccessToken),
        "token" | "credential" | "secret" if !(last == "secret" && has("top")) => secret(OpaqueToken),
        "refresh" if before == Some("token") => secret(RefreshToken),
        "bearer" | "jwt" | "authorization" => secret(AccessToken),
        "key" if has("secret") && (has("access") || has("aws")) => Some(Some(Hint::AwsSecret)),
        "key" if before == Some("api") => secret(ApiKey),
        "key" if before.is_some_and(|w| SECRET_KEYS.contains(&w)) => secret(OpaqueToken),
        "session" | "sid" | "cookie" if rest.iter().any(|w| OTHER_SESSIONS.contains(w)) => Some(None),
        "sid" if before.is_some_and(|w| !matches!(w, "session" | "connect" | "user")) => Some(None),
        "session" | "sid" | "cookie" => secret(SessionToken),
        "id" if before == Some("session") => {
            let event = rest.iter().any(|w| OTHER_SESSIONS.contains(w));
            if event { Some(None) } else { secret(SessionToken) }
        }
        "hash" | "digest" | "md" | "sha" | "bcrypt" | "argon" | "scrypt" | "pbkdf" if has("password") => {
            Some(Some(Hint::PasswordHash))
        }
        "password" if has("md") || has("sha") => Some(Some(Hint::PasswordHash)),
        "password" if !has("reset") && !has("boarding") => Some(Some(Hint::Password)),
        "pin" if matches!(before, None | Some("user" | "card" | "login" | "security" | "account")) => {
            Some(Some(Hint::Password))
        }
        w if BESIDE.contains(&w) && !rest.is_empty() => Some(None),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> Option<Hint> {
        let parts: Vec<Option<&str>> = path.split('/').map(|s| (s != "*").then_some(s)).collect();
        hint(&parts)
    }

    #[test]
    #[rustfmt::skip]
    fn names_of_secrets_have_a_kind() {
        use SecretKind::*;
        for (path, kind) in [
            ("session_token", SessionToken), ("sessionId", SessionToken), ("sid", SessionToken),
            ("refreshToken", RefreshToken), ("auth/tokens/*/refresh", RefreshToken),
            ("rt/refresh_tkn", RefreshToken), ("access_token", AccessToken), ("last_access_token", AccessToken), ("bearer", AccessToken),
            ("oauth-token", AccessToken), ("tokens/access", AccessToken), ("apiKey", ApiKey),
            ("API_KEY_2", ApiKey), ("apikey", ApiKey), ("client_secret", OpaqueToken),
            ("token", OpaqueToken), ("tokens/*", OpaqueToken), ("token/value", OpaqueToken),
            ("secrets/stripe", OpaqueToken), ("password_reset_token", OpaqueToken),
            ("sessions/*", SessionToken), ("session/id", SessionToken), ("signing_key", OpaqueToken),
            ("token_value", OpaqueToken),
        ] {
            assert_eq!(of(path), Some(Hint::Secret(kind)), "{path}");
        }
        for path in ["aws_secret_access_key", "secretAccessKey"] {
            assert_eq!(of(path), Some(Hint::AwsSecret), "{path}");
        }
        for path in ["password", "userPassword", "pwd", "db_passwd", "passwords/alice", "pin", "password1"] {
            assert_eq!(of(path), Some(Hint::Password), "{path}");
        }
        assert_eq!(of("password_hash"), Some(Hint::PasswordHash));
    }

    #[test]
    #[rustfmt::skip]
    fn harmless_names_say_nothing() {
        for path in [
            "next_token", "nextToken", "token_count", "tokenizer", "token_type", "secretary",
            "password_updated_at", "public_key", "token_expires_at", "page_token", "idempotency_token",
            "client_request_token", "csrf_token", "session_count", "access_key_id", "partition_key",
            "s3_key", "etag", "checksum", "sha256", "trace_id", "id", "uuid", "tokens/count",
            "session/user_id", "tokens/*/expires_at", "device_token", "account_sid", "key",
            "checkout_session_id", "password_hint", "secret_arn", "encrypted_token", "token_hash",
            "passenger", "compass", "pin_code", "tokens/next", "session/created_at", "hashed_token",
        ] {
            assert_eq!(of(path), None, "{path}");
        }
    }
}
