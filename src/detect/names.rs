//! Names as evidence: what an attribute's name says about its value, the last word deciding.

use super::{
    lexicon::{
        BESIDE, DISARMED, HARMLESS_TOKENS, INDEX_KEYS, INNER, OTHER_SESSIONS, QUALIFIERS, SECRET_CODES,
        SECRET_KEYS, SERVICE_KEYS, WRITING,
    },
    services::{ends_in_service, names_service},
    words::words,
};
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
    /// A short code that stands for a password once: of a text message, an app, a list for emergencies.
    Code,
    /// The seed of such codes.
    CodeSeed,
    /// The words that a wallet's keys are made of.
    Mnemonic,
    /// A link that lets in whoever follows it.
    Link,
    /// `code` and nothing more: of OAuth if it is long and drawn, of a country otherwise.
    Grant,
    /// The name of a service and nothing more: a random value is likely its key.
    Service,
    /// The key to something whose name is no word of data models: one that is no digest is likely a service's.
    Key,
}

/// Whether a name is that of the value in a pair.
pub(crate) fn is_value(name: &str) -> bool {
    matches!(
        name,
        "value"
            | "Value"
            | "val"
            | "v"
            | "ParameterValue"
            | "parameterValue"
            | "optionValue"
            | "data"
            | "content"
            | "setting_value"
            | "VALUE"
            | "secret_value"
    )
}

/// Whether a name is that of the name in a pair.
pub(crate) fn is_naming(name: &str) -> bool {
    [
        "name",
        "Name",
        "key",
        "Key",
        "k",
        "field",
        "attribute",
        "parameter",
        "ParameterKey",
        "parameterKey",
        "ParameterName",
        "optionName",
        "param",
        "setting",
        "variable",
        "var",
        "header",
        "label",
        "type",
        "kind",
        "NAME",
        "KEY",
        "setting_name",
        "config_key",
        "env",
    ]
    .contains(&name)
}

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
    held(&own, named.find_map(|s| *s)).or_else(|| service(&own))
}

/// Whether an attribute's name alone suggests a secret.
#[cfg(feature = "aws")]
pub(crate) fn suggests(name: &str) -> bool {
    hint(&[Some(name)]).is_some()
}

/// Whether a name says no more than that a value is in it.
pub(crate) fn wraps(name: &str) -> bool {
    words(name).iter().all(|w| WRITING.contains(&w.as_str()) || INNER.contains(&w.as_str()))
}

/// What holds a name says of it.
fn held(own: &[String], holder: Option<&str>) -> Option<Hint> {
    let holder = words(holder?);
    let kept: Vec<String> = own
        .iter()
        .filter(|w| !WRITING.contains(&w.as_str()) && !INNER.contains(&w.as_str()))
        .cloned()
        .collect();
    let word = kept.last().map(String::as_str);
    match word {
        None => of_words(&holder).flatten(),
        // `stripe.key`, and `key` in the query of a URL: in a map of data it is an index.
        Some("key") if kept.len() == 1 && names_service(&refs(&holder)) => Some(Hint::Service),
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

/// A name of a service's and no more than words that say nothing: `stripe`, `datadog_prod`.
fn service(words: &[String]) -> Option<Hint> {
    let kept: Vec<&str> = words.iter().map(String::as_str).filter(|w| !WRITING.contains(w)).collect();
    let last = kept.last()?;
    let named = names_service(&kept)
        && !BESIDE.contains(last)
        && (ends_in_service(&kept)
            || matches!(*last, "api" | "auth" | "oauth" | "key" | "integration" | "io" | "webhook"));
    named.then_some(Hint::Service)
}

fn refs(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
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
    let any = |of: &[&str]| rest.iter().any(|w| of.contains(w));
    let before = rest.last().copied();
    let secret = |kind| Some(Some(Hint::Secret(kind)));
    if any(DISARMED) {
        return if has("hashed") && last == "password" { Some(Some(Hint::PasswordHash)) } else { Some(None) };
    }
    match last {
        "token" if has("refresh") => secret(RefreshToken),
        "token" if any(HARMLESS_TOKENS) && !any(&["access", "api", "auth", "bearer", "oauth", "secret"]) => {
            Some(None)
        }
        "token" if has("session") => secret(SessionToken),
        "token" if has("api") => secret(ApiKey),
        "token" if any(&["access", "bearer", "auth", "oauth"]) => secret(AccessToken),
        "secret" | "seed" | "key" if any(&["totp", "otp", "mfa", "fa", "authenticator"]) => {
            Some(Some(Hint::CodeSeed))
        }
        "totp" => Some(Some(Hint::CodeSeed)),
        "token" | "credential" | "secret" if !(last == "secret" && has("top")) => secret(OpaqueToken),
        "refresh" if before == Some("token") => secret(RefreshToken),
        "rt" if rest.is_empty() => secret(RefreshToken),
        "at" if rest.is_empty() => secret(AccessToken),
        "bearer" | "jwt" | "authorization" | "pat" => secret(AccessToken),
        "auth" if matches!(before, None | Some("basic" | "http" | "proxy" | "x" | "registry" | "docker")) => {
            secret(AccessToken)
        }
        "key" if has("secret") && any(&["access", "aws"]) => Some(Some(Hint::AwsSecret)),
        "key" if before == Some("recovery") => Some(Some(Hint::Code)),
        "key" if before == Some("api") => secret(ApiKey),
        // The public half of web push ("Push API", applicationServerKey).
        "key" if rest.ends_with(&["application", "server"]) => Some(None),
        "key" if any(SERVICE_KEYS) || names_service(&rest) => secret(ApiKey),
        "base" if rest.ends_with(&["secret", "key"]) => secret(OpaqueToken),
        "verifier" if any(&["code", "pkce"]) => secret(OpaqueToken),
        "code" if rest.is_empty() => Some(Some(Hint::Grant)),
        "answer" if any(&["secret", "security", "recovery"]) => Some(Some(Hint::Password)),
        // The read and write strings of SNMP, in clear on the wire (RFC 3584).
        "community" if has("snmp") => Some(Some(Hint::Password)),
        "confirm" | "confirmation" | "again" | "repeat" if before == Some("password") => {
            Some(Some(Hint::Password))
        }
        // The second secret of an application at Agora.
        "certificate" if rest.ends_with(&["app"]) => secret(ApiKey),
        "word" if before == Some("password") => Some(Some(Hint::Password)),
        "ntlm" => Some(Some(Hint::PasswordHash)),
        "hash" if any(&["nt", "ntlm", "lm", "crypt"]) => Some(Some(Hint::PasswordHash)),
        "crypt" if any(&["password", "user", "login"]) => Some(Some(Hint::PasswordHash)),
        "keystore" | "keyset" | "pkcs" | "pfx" | "jks" | "keypair" => secret(SecretKind::PrivateKey),
        "pair" if before == Some("key") => secret(SecretKind::PrivateKey),
        "refresh" | "access" if names_service(&rest) => {
            secret(if last == "refresh" { RefreshToken } else { AccessToken })
        }
        "key" if before.is_some_and(|w| SECRET_KEYS.contains(&w)) => secret(OpaqueToken),
        "key" if before.is_some_and(|w| w.len() >= 3 && !INDEX_KEYS.contains(&w)) && !any(INDEX_KEYS) => {
            Some(Some(Hint::Key))
        }
        "psk" | "dek" => secret(OpaqueToken),
        "session" | "sid" | "cookie" if any(OTHER_SESSIONS) => Some(None),
        "sid" if before.is_some_and(|w| !matches!(w, "session" | "connect" | "user" | "php")) => Some(None),
        "session" | "sid" | "cookie" => secret(SessionToken),
        "id" if before == Some("session") => {
            if any(OTHER_SESSIONS) {
                Some(None)
            } else {
                secret(SessionToken)
            }
        }
        "id" if before == Some("secret") && has("role") => secret(OpaqueToken),
        "hash" | "digest" | "md" | "sha" | "bcrypt" | "argon" | "scrypt" | "pbkdf" if has("password") => {
            Some(Some(Hint::PasswordHash))
        }
        "password" if any(&["md", "sha", "hash", "digest", "bcrypt"]) => Some(Some(Hint::PasswordHash)),
        "password"
            if has("reset")
                || has("boarding")
                || has("season")
                || has("ski")
                || has("bus")
                || has("event")
                || has("day") =>
        {
            None
        }
        "password" => Some(Some(Hint::Password)),
        "pin"
            if matches!(
                before,
                None | Some(
                    "user"
                        | "card"
                        | "login"
                        | "security"
                        | "account"
                        | "door"
                        | "wallet"
                        | "lock"
                        | "parental"
                        | "sim"
                        | "bitlocker"
                        | "alarm"
                )
            ) =>
        {
            Some(Some(Hint::Password))
        }
        "otp" => Some(Some(Hint::Code)),
        "code" if any(SECRET_CODES) => Some(Some(Hint::Code)),
        "mnemonic" => Some(Some(Hint::Mnemonic)),
        "phrase" | "words" | "seed"
            if any(&[
                "seed", "recovery", "secret", "wallet", "mnemonic", "backup", "ripple", "xrp", "stellar",
                "master", "hd",
            ]) =>
        {
            Some(Some(Hint::Mnemonic))
        }
        "link" | "url"
            if any(&[
                "magic",
                "reset",
                "signin",
                "login",
                "invite",
                "invitation",
                "verification",
                "verify",
                "presigned",
                "signed",
                "unsubscribe",
                "activation",
                "confirmation",
            ]) =>
        {
            Some(Some(Hint::Link))
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
            ("token_value", OpaqueToken), ("csrf_token", OpaqueToken), ("dbtoken", OpaqueToken), ("jeton_acces", AccessToken), ("clave_api", ApiKey),
            ("访问令牌", OpaqueToken), ("rt", RefreshToken), ("psk", OpaqueToken), ("webhookSecret", OpaqueToken), ("x-api-key", ApiKey),
        ] {
            assert_eq!(of(path), Some(Hint::Secret(kind)), "{path}");
        }
        for path in ["aws_secret_access_key", "secretAccessKey"] {
            assert_eq!(of(path), Some(Hint::AwsSecret), "{path}");
        }
        for path in ["password", "userPassword", "pwd", "db_passwd", "passwords/alice", "pin", "password1", "senha", "mot_de_passe", "passwort", "пароль", "パスワード", "p4ssw0rd", "contraseña"] {
            assert_eq!(of(path), Some(Hint::Password), "{path}");
        }
        for (path, hint) in [
            ("password_hash", Hint::PasswordHash), ("otp", Hint::Code), ("verification_code", Hint::Code), ("recovery_codes", Hint::Code),
            ("totp_secret", Hint::CodeSeed), ("mfaSecret", Hint::CodeSeed), ("seed_phrase", Hint::Mnemonic), ("magic_link", Hint::Link),
            ("datadog", Hint::Service), ("algolia_prod", Hint::Service),
        ] {
            assert_eq!(of(path), Some(hint), "{path}");
        }
    }

    #[test]
    #[rustfmt::skip]
    fn harmless_names_say_nothing() {
        for path in [
            "next_token", "nextToken", "token_count", "tokenizer", "token_type", "secretary",
            "password_updated_at", "public_key", "token_expires_at", "page_token", "idempotency_token",
            "client_request_token", "session_count", "access_key_id", "partition_key",
            "s3_key", "etag", "checksum", "sha256", "trace_id", "id", "uuid", "tokens/count",
            "session/user_id", "tokens/*/expires_at", "device_token", "account_sid", "key",
            "checkout_session_id", "password_hint", "secret_arn", "encrypted_token", "token_hash",
            "passenger", "compass", "pin_code", "tokens/next", "session/created_at", "hashed_token", "stripe_customer_id",
            "token_symbol", "monkey", "zip_code", "promo_code", "country_code", "access_code_sent_at", "key_fingerprint", "publishable_key", "secret_name",
            "fecha_contraseña", "token_tipo", "api_version", "datadog_region", "password_required", "max_tokens", "total_tokens",
        ] {
            assert_eq!(of(path), None, "{path}");
        }
    }
}
