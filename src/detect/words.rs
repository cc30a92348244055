//! The words of a name, in whatever style and language it is written, in one English form each.

use super::{
    services::is_service,
    tongues::{self, fold},
};

/// Ends of written-together names that any beginning may stand before (`dbpassword`, `usertoken`).
#[rustfmt::skip]
const FREE_ENDS: &[&str] = &[
    "token", "secret", "password", "passwd", "pwd", "apikey", "passphrase", "passcode", "credentials", "cookie",
];
/// Ends that only some beginnings make one of (`apikey`, but not `monkey`).
const BOUND_ENDS: &[&str] = &["key", "id", "code"];
#[rustfmt::skip]
const JOINED_STARTS: &[&str] = &[
    "access", "account", "admin", "api", "app", "auth", "bearer", "client", "consumer", "crypto", "csrf", "db", "deploy", "device",
    "encryption", "hmac", "id", "jwt", "license", "master", "next", "oauth", "otp", "page", "partition", "preshared", "primary", "private",
    "public", "push", "recovery", "refresh", "root", "secret", "sess", "session", "shared", "sign", "signing", "site", "sort", "ssh",
    "token", "user", "verification", "webhook", "xsrf",
];
/// What may follow one of the nouns at the start of a written-together name (`tokentype`, `passwordhash`).
#[rustfmt::skip]
const JOINED_TAILS: &[&str] = &[
    "count", "data", "date", "expiry", "hash", "hint", "id", "key", "length", "name", "salt", "string", "text", "type", "value",
];

/// The lower-case words of a name in snake, kebab or camel case; `userIDToken2` is user, id, token, 2.
pub(crate) fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().take(128).collect();
    if let Some(noun) = disguised(&chars) {
        return vec![noun.to_owned()];
    }
    let mut words: Vec<String> = Vec::new();
    let mut fresh = true;
    for (i, &c) in chars.iter().enumerate() {
        // A mark that is combined with the letter before it (`n` and `~`) is none of its own.
        if ('\u{300}'..='\u{36f}').contains(&c) {
            continue;
        }
        if !c.is_alphanumeric() {
            fresh = true;
            continue;
        }
        let before = i.checked_sub(1).map(|b| chars[b]);
        let camel = c.is_uppercase() && before.is_some_and(|b| b.is_lowercase() || b.is_ascii_digit())
            || c.is_uppercase()
                && before.is_some_and(char::is_uppercase)
                && chars.get(i + 1).is_some_and(|n| n.is_lowercase() && *n != 's');
        let digit = c.is_ascii_digit() && before.is_some_and(char::is_alphabetic);
        if fresh || camel || digit {
            words.push(String::new());
        }
        fresh = false;
        if let Some(word) = words.last_mut() {
            c.to_lowercase().for_each(|c| fold(c, word));
        }
    }
    tongues::english(words.into_iter().flat_map(cut).collect())
}

/// A noun written with digits for letters: `p4ssw0rd`, `t0ken`.
fn disguised(chars: &[char]) -> Option<&'static str> {
    if chars.len() > 32 || !chars.iter().any(|c| matches!(c, '0' | '1' | '3' | '4' | '5' | '@' | '$')) {
        return None;
    }
    let letter = |c: &char| match c {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        c => c.to_ascii_lowercase(),
    };
    let plain: String = chars.iter().map(letter).collect();
    ["password", "passwd", "token", "secret", "apikey", "api_key"]
        .into_iter()
        .find(|noun| plain == *noun)
        .map(|noun| if noun == "passwd" { "password" } else { noun })
}

/// Cuts a word that was written together, and brings plurals and abbreviations to one form.
fn cut(word: String) -> Vec<String> {
    let one = singular(&word);
    if one == "skey" || word == "privkey" {
        let first = if one == "skey" { "secret" } else { "private" };
        return vec![first.to_owned(), "key".to_owned()];
    }
    for end in FREE_ENDS {
        if let Some(start) = one.strip_suffix(end)
            && start.len() >= 2
        {
            let mut parts = cut(start.to_owned());
            parts.extend(if *end == "apikey" {
                vec!["api".to_owned(), "key".to_owned()]
            } else {
                vec![singular(end).to_owned()]
            });
            return parts;
        }
    }
    for end in BOUND_ENDS {
        if let Some(start) = one.strip_suffix(end)
            && (JOINED_STARTS.contains(&start) || (*end == "key" && is_service(start)))
        {
            return vec![singular(start).to_owned(), (*end).to_owned()];
        }
    }
    for start in ["token", "password", "secret", "session"] {
        if let Some(tail) = one.strip_prefix(start)
            && JOINED_TAILS.contains(&tail)
        {
            return vec![start.to_owned(), tail.to_owned()];
        }
    }
    vec![one.to_owned()]
}

fn singular(word: &str) -> &str {
    match word {
        "tokens" | "tok" | "toks" | "tkn" | "tkns" | "authtok" => "token",
        "secrets" | "scrt" | "secr" => "secret",
        "keys" => "key",
        "sessions" | "sess" => "session",
        "passwords" | "passwd" | "passwds" | "pwd" | "pwds" | "psw" | "pw" | "pass" | "passcode"
        | "passphrase" | "passwrd" | "pword" | "passw" | "pswrd" | "pswd" | "storepass" | "keypass"
        | "userpass" | "passkey" => "password",
        "credentials" | "cred" | "creds" => "credential",
        "cookies" => "cookie",
        "codes" => "code",
        "phpsessid" | "jsessionid" | "sessid" | "sids" | "aspsessionid" => "sid",
        "jwts" => "jwt",
        "priv" => "private",
        "authn" | "authz" => "auth",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_in_every_case_style() {
        assert_eq!(words("refreshToken"), ["refresh", "token"]);
        assert_eq!(words("REFRESH_TOKEN"), ["refresh", "token"]);
        assert_eq!(words("user-IDToken2"), ["user", "id", "token", "2"]);
        assert_eq!(words("sessiontoken"), ["session", "token"]);
        assert_eq!(words("APIKeys"), ["api", "key"]);
        assert_eq!(words("userIDs"), ["user", "ids"]);
        assert_eq!(words("dbpasswd"), ["db", "password"]);
        assert_eq!(words("passwordhash"), ["password", "hash"]);
        assert_eq!(words("monkey"), ["monkey"]);
        assert_eq!(words("shodankey"), ["shodan", "key"]);
        assert_eq!(words("tokenizer"), ["tokenizer"]);
        assert_eq!(words("p4ssw0rd"), ["password"]);
    }

    #[test]
    fn other_languages_have_the_same_words() {
        assert_eq!(words("contraseña"), ["password"]);
        assert_eq!(words("contrasen\u{303}a"), ["password"]);
        assert_eq!(words("senhaDoUsuario"), ["usuario", "password"]);
        assert_eq!(words("mot_de_passe"), ["password"]);
        assert_eq!(words("clave_api"), ["api", "key"]);
        assert_eq!(words("geheimer_schlüssel"), ["secret", "key"]);
        assert_eq!(words("jeton_acces"), ["access", "token"]);
        assert_eq!(words("пароль"), ["password"]);
        assert_eq!(words("ユーザーパスワード"), ["password"]);
        assert_eq!(words("访问令牌"), ["token"]);
    }
}
