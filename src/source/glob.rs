//! Patterns of `*` and `?` by which people name many things at once.

use std::str::Chars;

/// Whether all of `name` matches `pattern`: `*` stands for any characters, `?` for one. Takes at most
/// `pattern × name` steps.
pub fn matches(pattern: &str, name: &str) -> bool {
    let (mut pattern, mut name) = (pattern.chars(), name.chars());
    // Behind the last star of the pattern, and what of the name it has not taken yet.
    let mut star: Option<(Chars<'_>, Chars<'_>)> = None;
    loop {
        let (mut next, mut rest) = (pattern.clone(), name.clone());
        match (next.next(), rest.next()) {
            (None, None) => return true,
            (Some('*'), _) => star = Some((next.clone(), name.clone())),
            (Some(wanted), Some(found)) if wanted == '?' || wanted == found => name = rest,
            (Some(_), None) => return false,
            // Let the last star take one character more, and try again from there.
            _ => match &mut star {
                Some((behind, left)) => {
                    left.next();
                    (next, name) = (behind.clone(), left.clone());
                }
                None => return false,
            },
        }
        pattern = next;
    }
}

#[cfg(test)]
mod tests {
    use super::matches as m;

    #[test]
    fn patterns_take_stars_and_question_marks() {
        assert!(m("*", "") && m("prod-*", "prod-users") && m("*-?", "a-b-1") && m("a*b*c", "axxbyyc"));
        assert!(!m("prod-*", "dev-users") && !m("?", "") && !m("", "x") && !m("a*b", "ac"));
        assert!(m("*a*b", "ab.ab") && m("a**", "a") && !m("*a", "ab") && !m("a?", "a") && !m("*ab?", "xab"));
        assert!(m("?", "é") && m("*é*", "café au lait"));
    }
}
