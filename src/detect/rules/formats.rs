//! The plain formats of `formats.txt`, as rules: one for each template.

use std::borrow::Cow;

use super::{Form, Rule, WINDOW, hidden, plain, template::Template};
use crate::snapshot::sample::SecretKind;

const FORMATS: &str = include_str!("formats.txt");

/// The rules of the file. A line that is none would be left out; a test reads them all.
pub(super) fn rules() -> Vec<Rule> {
    let mut rules = Vec::new();
    let mut id = "";
    for line in FORMATS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut words = line.split(' ');
        match words.next() {
            Some("+") | None => {}
            Some(name) => id = name,
        }
        rules.extend(words.filter_map(Template::parse).map(|template| rule(id, template)));
    }
    rules
}

fn rule(id: &'static str, template: Template) -> Rule {
    let (_, back) = template.before();
    Rule {
        id,
        kind: kind(id),
        starts: Cow::Owned(vec![template.keyword()]),
        back,
        reach: if back > 0 { 256 } else { WINDOW },
        needs: None,
        any_case: false,
        check: if template.leads() { plain } else { hidden },
        form: Form::Template(template),
    }
}

fn kind(id: &str) -> SecretKind {
    match id {
        "google-api-key" => SecretKind::ApiKey,
        "google-oauth-token" | "facebook-token" | "instagram-token" | "spotify-token" => {
            SecretKind::AccessToken
        }
        "openai-session-key" | "salesforce-session" => SecretKind::SessionToken,
        id if id.ends_with("-refresh-token") => SecretKind::RefreshToken,
        _ => SecretKind::ProviderToken,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_line_is_a_name_and_templates() {
        let mut names = BTreeSet::new();
        for line in FORMATS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (name, templates) = line.split_once(' ').unwrap();
            assert!(name == "+" || names.insert(name), "{name} stands twice");
            for template in templates.split(' ') {
                let parsed = Template::parse(template).unwrap_or_else(|| panic!("{template}"));
                assert!(!parsed.keyword().is_empty(), "{template}");
            }
        }
        assert!(names.len() >= 350, "{}", names.len());
    }
}
