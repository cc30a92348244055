//! What a line that is shown may hold and must not tell: the user of a URL, and values that may be secrets.

/// The text with the user and password of each URL as asterisks, as long as it was.
pub fn user_info(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`');
    for word in text.split_inclusive(ends) {
        let (begin, end) = match (word.find("://"), word.rfind('@')) {
            (Some(scheme), Some(end)) => (scheme + 3, end),
            // As in `user:password@host`, and not in an ARN with an address.
            (None, Some(end)) if word[..end].contains(':') && !word.starts_with("arn:") => (0, end),
            _ => (0, 0),
        };
        let end = end.max(begin);
        out.push_str(&word[..begin]);
        out.push_str(&"*".repeat(end - begin));
        out.push_str(&word[end..]);
    }
    out
}

/// A line of TOML with what it assigns as asterisks, as long as it was; a line that assigns nothing has its name and its
/// brackets alone.
pub fn values(line: &str) -> String {
    let name = line.find('=').filter(|at| line[..*at].trim().chars().all(is_of_a_name));
    let is_header =
        line.trim_start().starts_with('[') && line.trim_end().ends_with(']') && !line.contains('"');
    let begin = match name {
        Some(at) => at + 1,
        None if is_header => line.len(),
        None => 0,
    };
    let mut out = line[..begin].to_owned();
    for c in line[begin..].chars() {
        match c {
            ' ' | '\t' | '\r' | '"' | '\'' | '[' | ']' | '{' | '}' | ',' => out.push(c),
            c => out.push_str(&"*".repeat(c.len_utf8())),
        }
    }
    out
}

fn is_of_a_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_a_url_is_not_told() {
        for (text, shown) in [
            ("http://user:PASS@host/x", "http://*********@host/x"),
            ("'http://u:p/@#?@h' for", "'http://*******@h' for"),
            ("user:PASS@host", "*********@host"),
            ("http://host/x ü@b", "http://host/x ü@b"),
            ("arn:aws:iam::1:user/a@b", "arn:aws:iam::1:user/a@b"),
            ("https://é@h", "https://**@h"),
        ] {
            assert_eq!(user_info(text), shown);
        }
    }

    #[test]
    fn what_a_line_assigns_is_not_told() {
        for (line, shown) in [
            ("pattern = \"a(b\"", "pattern = \"***\""),
            ("matches = ['x', 'yé']", "matches = ['*', '***']"),
            ("[[detect.pattern]]", "[[detect.pattern]]"),
            ("  GHP=x", "  GHP=*"),
            ("ghp_x", "*****"),
            ("a b = c", "* * * *"),
        ] {
            assert_eq!(values(line), shown);
        }
    }
}
