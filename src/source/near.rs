//! “Did you mean …?”: the known word that a misspelled one is nearest to.

/// Words that a list in a help line shows at most.
const LISTED: usize = 12;

/// The known word nearest to `word`, if it is near enough to be meant. Of two as near, one that begins alike.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let far = word.chars().count() / 3 + 1;
    let alike = |k: &str| k.to_lowercase().chars().next() == word.chars().next();
    known
        .into_iter()
        .map(|k| (strsim::damerau_levenshtein(&word, &k.to_lowercase()), !alike(k), k))
        .filter(|(distance, _, k)| *distance <= far.min(3) && *distance < k.chars().count())
        .min()
        .map(|(.., k)| k)
}

/// Help that names the nearest word, or all there are.
pub fn help<'a>(word: &str, what: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> Option<String> {
    if let Some(near) = nearest(word, known.clone()) {
        return Some(format!("did you mean `{near}`?"));
    }
    let all: Vec<&str> = known.into_iter().collect();
    if all.is_empty() {
        return None;
    }
    let shown: Vec<String> = all.iter().take(LISTED).map(|k| format!("`{k}`")).collect();
    let more = if all.len() > LISTED { format!(" and {} more", all.len() - LISTED) } else { String::new() };
    Some(format!("{what}: {}{more}", shown.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        let known = ["deletion_protection", "items", "tags"];
        assert_eq!(nearest("deletion_protecton", known), Some("deletion_protection"));
        assert_eq!(nearest("Items", known), Some("items"));
        assert_eq!(nearest("tsgs", known), Some("tags"));
        assert_eq!(nearest("kid", ["id", "kind"]), Some("kind"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest("x", ["a"]), None);
    }

    #[test]
    fn help_lists_what_there_is_when_nothing_is_near() {
        assert_eq!(help("colour", "fields", ["a", "b"]).unwrap(), "fields: `a`, `b`");
        let many: Vec<String> = (0..20).map(|i| format!("field{i}")).collect();
        let shown = help("colour", "fields", many.iter().map(String::as_str)).unwrap();
        assert!(shown.ends_with("`field11` and 8 more"), "{shown}");
        assert_eq!(help("colour", "fields", []), None);
    }
}
