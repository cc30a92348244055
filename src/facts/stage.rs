//! What a table is for, production or not, as far as its tags or its name say.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::Fact;
use crate::snapshot::Seen;

/// What a table is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Neither tags nor name say so.
    Unsaid,
    /// Production.
    Production,
    /// Development, test, staging, a sandbox.
    NonProduction,
}

const TAGS: [&str; 5] = ["env", "environment", "stage", "deployment", "tier"];
const PRODUCTION: [&str; 4] = ["prod", "production", "prd", "live"];
const OTHER: [&str; 18] = [
    "dev",
    "devel",
    "develop",
    "development",
    "test",
    "testing",
    "tst",
    "qa",
    "uat",
    "stage",
    "stg",
    "staging",
    "sandbox",
    "preprod",
    "nonprod",
    "preview",
    "acceptance",
    "ci",
];

/// The stage that a tag names; else the first or the last word of the table's name.
pub fn stage(name: &str, tags: &Seen<BTreeMap<String, String>>) -> Fact<Stage> {
    let by_tag = tags.value().map(|tags| {
        let named = tags.iter().filter(|(key, _)| TAGS.contains(&key.to_lowercase().as_str()));
        named.map(|(_, value)| of_words(value)).find(|stage| *stage != Stage::Unsaid)
    });
    let by_name = of_words(name);
    match (by_tag, tags.gap()) {
        (Some(Some(stage)), _) => Fact::Known(stage),
        (None, Some(gap)) if by_name == Stage::Unsaid => Fact::Unknown(gap.into()),
        _ => Fact::Known(by_name),
    }
}

fn of_words(text: &str) -> Stage {
    // `pre-prod` and `non-prod` are one word.
    let plain = text.to_lowercase().replace("non-", "non").replace("pre-", "pre");
    let mut words = plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let (first, last) = (words.next(), words.next_back());
    let stage = |word: &str| {
        let bare = word.trim_end_matches(|c: char| c.is_ascii_digit());
        if PRODUCTION.contains(&bare) {
            Some(Stage::Production)
        } else {
            OTHER.contains(&bare).then_some(Stage::NonProduction)
        }
    };
    first.into_iter().chain(last).find_map(stage).unwrap_or(Stage::Unsaid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_is_a_word_at_an_end_of_the_name() {
        for (name, stage) in [
            ("dev-orders", Stage::NonProduction),
            ("orders_STAGING", Stage::NonProduction),
            ("orders.qa2", Stage::NonProduction),
            ("orders-non-prod", Stage::NonProduction),
            ("Production", Stage::Production),
            ("prod.orders", Stage::Production),
            ("devices", Stage::Unsaid),
            ("latest-orders", Stage::Unsaid),
            ("orders-test-results", Stage::Unsaid),
            ("", Stage::Unsaid),
        ] {
            assert_eq!(of_words(name), stage, "{name}");
        }
    }

    #[test]
    fn a_tag_says_more_than_a_name() {
        let tags = |value: &str| Seen::Value(BTreeMap::from([("Environment".to_owned(), value.to_owned())]));
        assert_eq!(stage("dev-orders", &tags("production")), Fact::Known(Stage::Production));
        assert_eq!(stage("dev-orders", &tags("blue")), Fact::Known(Stage::NonProduction));
        let gap = crate::snapshot::GapId("g".into());
        assert_eq!(stage("orders", &Seen::Gap(gap.clone())), Fact::Unknown((&gap).into()));
        assert_eq!(stage("orders-dev", &Seen::Gap(gap)), Fact::Known(Stage::NonProduction));
    }
}
