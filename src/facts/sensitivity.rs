//! Which tables are sensitive, and which are in scope of PCI DSS: by what was seen in them, by their tags, by the user's list.

use std::collections::{BTreeMap, BTreeSet};

use super::{Fact, Gaps, known::known_as};
use crate::{
    snapshot::{Account, Sample, Seen, Table, sample::PersonalKind},
    source::glob,
};

/// A sighting at or above this confidence makes its table sensitive.
pub const SENSITIVE: f64 = 0.6;

/// What the user says of tables, beside what is seen in them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// What makes a table sensitive.
    pub sensitive: Rule,
    /// What puts a table in scope of PCI DSS.
    pub pci: Rule,
    /// Globs of the Regions that data may lie in; empty: all of them.
    pub regions: Vec<String>,
}

/// Tags and names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rule {
    /// Keys of tags, each with globs of values; letter case does not count.
    pub tags: BTreeMap<String, Vec<String>>,
    /// Globs of table names.
    pub tables: Vec<String>,
}

/// What is known of one table.
#[derive(Debug, Clone)]
pub struct Mark {
    /// Whether it is sensitive.
    pub sensitive: Fact<bool>,
    /// Why, in a few words each; empty where it is not.
    pub because: Vec<String>,
    /// Whether it is in scope of PCI DSS.
    pub pci_scope: Fact<bool>,
}

/// What is known of each table of an account.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    by_arn: BTreeMap<String, Mark>,
    regions: Vec<String>,
}

impl Marks {
    /// Marks the tables of `account`.
    pub fn of_account(account: &Account, rules: &Rules) -> Self {
        let mark = |table: &Table| (table.arn.clone(), mark(table, rules));
        Self { by_arn: account.tables.iter().map(mark).collect(), regions: rules.regions.clone() }
    }

    /// Whether the user's list of Regions leaves this one out.
    pub fn outside(&self, region: &str) -> bool {
        !self.regions.is_empty() && !self.regions.iter().any(|allowed| glob::matches(allowed, region))
    }

    /// What is known of the table `arn`; nothing of one that is not in the account.
    pub fn of(&self, arn: &str) -> &Mark {
        static NONE: Mark =
            Mark { sensitive: Fact::Known(false), because: Vec::new(), pci_scope: Fact::Known(false) };
        self.by_arn.get(arn).unwrap_or(&NONE)
    }

    /// ARNs of the tables that are known to be sensitive.
    pub fn sensitive(&self) -> BTreeSet<String> {
        let known = self.by_arn.iter().filter(|(_, mark)| mark.sensitive.known() == Some(&true));
        known.map(|(arn, _)| arn.clone()).collect()
    }

    /// ARNs of the tables of which it is not known whether they are sensitive, each with what hides it.
    pub fn unsure(&self) -> BTreeMap<String, Gaps> {
        let hidden = self.by_arn.iter().filter_map(|(arn, mark)| match &mark.sensitive {
            Fact::Unknown(gaps) => Some((arn.clone(), gaps.clone())),
            Fact::Known(_) => None,
        });
        hidden.collect()
    }

    /// Whether some table is sensitive.
    pub fn any_sensitive(&self) -> Fact<bool> {
        self.some(|mark| &mark.sensitive)
    }

    /// Whether some table is in scope of PCI DSS.
    pub fn any_pci_scope(&self) -> Fact<bool> {
        self.some(|mark| &mark.pci_scope)
    }

    /// Whether it holds of some table; what hides it of the first one, where that may be.
    fn some(&self, of: fn(&Mark) -> &Fact<bool>) -> Fact<bool> {
        let all = || self.by_arn.values().map(of);
        let found = all().find(|fact| fact.known() == Some(&true));
        found.or_else(|| all().find(|fact| fact.known().is_none())).cloned().unwrap_or(Fact::Known(false))
    }
}

/// True where one is; else unknown where one is.
fn any(facts: impl IntoIterator<Item = Fact<bool>>) -> Fact<bool> {
    let mut unknown = Gaps::default();
    for fact in facts {
        match fact {
            Fact::Known(true) => return Fact::Known(true),
            Fact::Known(false) => {}
            Fact::Unknown(gaps) => unknown.add(gaps),
        }
    }
    Fact::unless(unknown, false)
}

/// ARNs of the tables which are sensitive, in scope of PCI DSS or known as some software's by what was met in their items:
/// another sample of the same table may meet none of it.
pub fn sighted(accounts: &[Account]) -> BTreeSet<String> {
    let tables = accounts.iter().flat_map(|account| &account.tables);
    tables.filter(|table| is_sighted(table)).map(|table| table.arn.clone()).collect()
}

/// Whether a table is one of [`sighted`].
pub fn is_sighted(table: &Table) -> bool {
    let Some(sample) = table.sample.value() else { return false };
    sample.contents.sightings.iter().any(|sighting| sighting.confidence >= SENSITIVE)
        || sample.contents.personal.iter().any(|one| one.kind == PersonalKind::CardNumber)
        || known_as(table).known().is_some_and(Option::is_some)
}

fn mark(table: &Table, rules: &Rules) -> Mark {
    let secrets = seen(&table.sample, |sample| {
        sample.contents.sightings.iter().any(|sighting| sighting.confidence >= SENSITIVE)
    });
    let cards = seen(&table.sample, |sample| {
        sample.contents.personal.iter().any(|one| one.kind == PersonalKind::CardNumber)
    });
    let mut because = Vec::new();
    if secrets.known() == Some(&true) {
        because.push("secrets were seen in it".to_owned());
    }
    let (tagged, why) = by_tag(table, &rules.sensitive);
    because.extend(why);
    let (listed, why) = by_name(table, &rules.sensitive);
    because.extend(why);
    Mark {
        sensitive: any([secrets, tagged, listed]),
        because,
        pci_scope: any([cards, by_tag(table, &rules.pci).0, by_name(table, &rules.pci).0]),
    }
}

/// Whether `is` holds of the sample; unknown where it does not, and reading was refused or cut short.
fn seen(sample: &Seen<Sample>, is: impl Fn(&Sample) -> bool) -> Fact<bool> {
    let sample = match sample {
        Seen::Value(sample) => sample,
        Seen::Gap(gap) => return Fact::Unknown(gap.into()),
    };
    match &sample.gap {
        Some(gap) if !is(sample) => Fact::Unknown(gap.into()),
        _ => Fact::Known(is(sample)),
    }
}

fn by_tag(table: &Table, rule: &Rule) -> (Fact<bool>, Option<String>) {
    if rule.tags.is_empty() {
        return (Fact::Known(false), None);
    }
    let tags = match &table.tags {
        Seen::Value(tags) => tags,
        Seen::Gap(gap) => return (Fact::Unknown(gap.into()), None),
    };
    let says = |(key, value): &(&String, &String)| {
        let rules = rule.tags.iter().filter(|(name, _)| name.to_lowercase() == key.to_lowercase());
        rules
            .flat_map(|(_, values)| values)
            .any(|glob| glob::matches(&glob.to_lowercase(), &value.to_lowercase()))
    };
    let found = tags.iter().find(says);
    (Fact::Known(found.is_some()), found.map(|(key, value)| format!("its tag {key} is {value}")))
}

fn by_name(table: &Table, rule: &Rule) -> (Fact<bool>, Option<String>) {
    let found = rule.tables.iter().find(|glob| glob::matches(glob, &table.name));
    (Fact::Known(found.is_some()), found.map(|glob| format!("the configuration lists {glob}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::{GapId, Listed};

    fn tag(key: &str, values: &[&str]) -> Rule {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        Rule { tags: [(key.to_owned(), values)].into(), ..Rule::default() }
    }

    fn unread() -> Table {
        let gap = |id: &str| GapId(id.to_owned());
        Table {
            arn: "arn:aws:dynamodb:eu-west-1:111122223333:table/prod-cards".into(),
            name: "prod-cards".into(),
            tags: Seen::Value([("Data-Class".to_owned(), "Restricted".to_owned())].into()),
            sample: Seen::Gap(gap("sample")),
            description: Seen::Gap(gap("x")),
            region: "eu-west-1".into(),
            continuous_backups: Seen::Gap(gap("x")),
            time_to_live: Seen::Gap(gap("x")),
            policy: Seen::Gap(gap("x")),
            stream_policy: Seen::Gap(gap("x")),
            kinesis: Seen::Gap(gap("x")),
            insights: Seen::Gap(gap("x")),
            backups: Listed::default(),
            exports: Listed::default(),
        }
    }

    #[test]
    fn a_tag_or_a_name_makes_a_table_sensitive_without_a_sample() {
        let table = unread();
        let rules = |sensitive| Rules { sensitive, ..Rules::default() };
        let by_tag = mark(&table, &rules(tag("data-class", &["public", "restrict*"])));
        assert_eq!(by_tag.sensitive, Fact::Known(true));
        assert_eq!(by_tag.because, ["its tag Data-Class is Restricted"]);
        let listed = Rule { tables: vec!["prod-*".into()], ..Rule::default() };
        assert_eq!(mark(&table, &rules(listed)).because, ["the configuration lists prod-*"]);
        let neither = mark(&table, &rules(tag("data-class", &["public"])));
        assert_eq!(
            (neither.sensitive, neither.because),
            (Fact::Unknown(GapId("sample".into()).into()), vec![])
        );
    }

    #[test]
    fn a_tag_that_could_not_be_read_hides_what_it_might_say() {
        let gap = GapId("tags".into());
        let table =
            Table { tags: Seen::Gap(gap.clone()), sample: Seen::Value(Sample::default()), ..unread() };
        let plain = mark(&table, &Rules::default());
        assert_eq!((plain.sensitive, plain.pci_scope), (Fact::Known(false), Fact::Known(false)));
        let asked = mark(&table, &Rules { pci: tag("pci", &["yes"]), ..Rules::default() });
        assert_eq!((asked.sensitive, asked.pci_scope), (Fact::Known(false), Fact::Unknown(gap.into())));
    }
}
