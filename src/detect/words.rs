//! The words of a name, in whatever style it is written, in one form each.

/// Parts that written-together names are cut into (`sessiontoken`, `apikey`).
#[rustfmt::skip]
const JOINED_ENDS: &[&str] = &[
    "token", "secret", "password", "passwd", "key", "id",
];
#[rustfmt::skip]
const JOINED_STARTS: &[&str] = &[
    "access", "api", "app", "auth", "bearer", "client", "consumer", "csrf", "db", "device", "encryption",
    "id", "jwt", "master", "next", "oauth", "page", "private", "public", "push", "refresh", "secret",
    "sess", "session", "shared", "sort", "user", "webhook", "xsrf",
];

/// The lower-case words of a name in snake, kebab or camel case; `userIDToken2` is user, id, token, 2.
pub(crate) fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().take(128).collect();
    let mut words: Vec<String> = Vec::new();
    let mut fresh = true;
    for (i, &c) in chars.iter().enumerate() {
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
            word.extend(c.to_lowercase());
        }
    }
    words.into_iter().flat_map(cut).collect()
}

/// Cuts a word that was written together, and brings plurals and abbreviations to one form.
fn cut(word: String) -> Vec<String> {
    let one = singular(&word);
    for end in JOINED_ENDS {
        if let Some(start) = one.strip_suffix(end)
            && JOINED_STARTS.contains(&start)
        {
            return vec![singular(start).to_owned(), (*end).to_owned()];
        }
    }
    vec![one.to_owned()]
}

fn singular(word: &str) -> &str {
    match word {
        "tokens" | "tok" | "tkn" | "authtok" => "token",
        "secrets" => "secret",
        "keys" => "key",
        "sessions" | "sess" => "session",
        "passwords" | "passwd" | "pwd" | "pswd" | "psw" | "pw" | "pass" | "passcode" | "passphrase"
        | "passwort" | "userpass" => "password",
        "credentials" | "cred" | "creds" => "credential",
        "cookies" => "cookie",
        "phpsessid" | "jsessionid" | "sessid" => "sid",
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
    }
}
