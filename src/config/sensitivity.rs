//! `[sensitivity]` of the configuration: which tables are sensitive whatever is seen in them, which are in scope of PCI DSS, and
//! in which Regions data may lie.

use std::collections::BTreeMap;

use toml::{Spanned, de::DeValue};

use crate::{
    facts::sensitivity::{Rule, Rules},
    source::{
        Problem,
        fields::{Fields, texts},
    },
};

/// Reads the section.
pub(super) fn read(file: &str, value: &Spanned<DeValue<'_>>, problems: &mut Vec<Problem>) -> Rules {
    let mut rules = Rules::default();
    let Some(table) = value.get_ref().as_table() else {
        problems.push(Problem::new(value.span(), "`sensitivity` must be a table"));
        return rules;
    };
    let mut fields = Fields::new(file, table, "`sensitivity`", value.span());
    rules.sensitive = rule(file, &mut fields, problems);
    let regions = fields.texts("allowed_regions", problems);
    rules.regions = regions.into_iter().map(|text| text.value).collect();
    if let Some(pci) = fields.value("pci") {
        match pci.get_ref().as_table() {
            None => problems.push(Problem::new(pci.span(), "`pci` must be a table")),
            Some(table) => {
                let mut fields = Fields::new(file, table, "`sensitivity.pci`", pci.span());
                rules.pci = rule(file, &mut fields, problems);
                fields.finish(problems);
            }
        }
    }
    fields.finish(problems);
    rules
}

fn rule(file: &str, fields: &mut Fields<'_, '_>, problems: &mut Vec<Problem>) -> Rule {
    let tables = fields.texts("tables", problems).into_iter().map(|text| text.value).collect();
    let mut tags = BTreeMap::new();
    if let Some(value) = fields.value("tags") {
        match value.get_ref().as_table() {
            None => problems.push(
                Problem::new(value.span(), "`tags` must be a table of keys, each with its values")
                    .help("write `tags = { classification = [\"restricted\"] }`".to_owned()),
            ),
            Some(table) => {
                for (key, value) in table {
                    let values = texts(file, key.get_ref(), value, problems);
                    tags.insert(
                        key.get_ref().to_string(),
                        values.into_iter().map(|text| text.value).collect(),
                    );
                }
            }
        }
    }
    Rule { tags, tables }
}
