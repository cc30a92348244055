//! Patterns of `*` and `?` by which people name many things at once.

/// Whether all of `name` matches `pattern`: `*` stands for any characters, `?` for one. Takes at most
/// `pattern × name` steps.
pub fn matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => (p, n) = (p + 1, n + 1),
            _ => match star {
                // Let the last star take one character more, and try again from there.
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    (p, n) = (at + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::matches as m;

    #[test]
    fn patterns_take_stars_and_question_marks() {
        assert!(m("*", "") && m("prod-*", "prod-users") && m("*-?", "a-b-1") && m("a*b*c", "axxbyyc"));
        assert!(!m("prod-*", "dev-users") && !m("?", "") && !m("", "x") && !m("a*b", "ac"));
        assert!(m("?", "é") && m("*é*", "café au lait"));
    }
}
