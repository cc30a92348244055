//! Facts of what CloudTrail records of a table or a stream: every selector evaluated, exclusions too.
//!
//! AWS documentation: "Logging data events", "AdvancedFieldSelector", "DataResource" (AWS CloudTrail).

use schemars::JsonSchema;
use serde::Serialize;

use super::{Collection, Fact, Gaps};
use crate::snapshot::{
    Seen, Services,
    services::trail::{Field, Selectors},
};

/// What CloudTrail records of a table's items.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DataEvents {
    /// Whether every read of items is recorded somewhere.
    pub reads: Fact<bool>,
    /// Whether every write of items is recorded somewhere.
    pub writes: Fact<bool>,
    /// Trails and event data stores that record every read.
    pub trails: Collection<Trail>,
}

/// A trail or an event data store that records every read of the table.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Trail {
    /// Name.
    pub name: String,
    /// Whether changed files can be found out; a store cannot be changed at all.
    pub validated: bool,
    /// Whether a KMS key encrypts it.
    pub kms: bool,
}

/// A kind of resource in CloudTrail, and operations that are recorded of it.
pub struct Kind {
    name: &'static str,
    reads: &'static [&'static str],
    writes: &'static [&'static str],
}

/// Items of a table.
pub const TABLE: Kind = Kind {
    name: "AWS::DynamoDB::Table",
    reads: &["GetItem", "BatchGetItem", "Query", "Scan"],
    writes: &["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"],
};
/// Records of a stream.
pub const STREAM: Kind = Kind { name: "AWS::DynamoDB::Stream", reads: &["GetRecords"], writes: &[] };

/// What is recorded of the resource `arn` in `region`, of which `services` tell.
pub fn of(services: &Services, region: &str, arn: &str, kind: &Kind) -> DataEvents {
    let (mut reads, mut writes, mut trails) = (false, false, Vec::new());
    let mut gaps = Gaps::from(&services.trails.gap).and(&services.event_stores.gap);
    let mut add = |selectors: &Selectors, trail: Trail| {
        let all = |operations: &[&str], read: bool| {
            let event = |name| Event { arn, kind: kind.name, name, read };
            operations.iter().all(|name| selects(selectors, &event(name)))
        };
        writes |= all(kind.writes, false);
        if all(kind.reads, true) {
            reads = true;
            trails.push(trail);
        }
    };
    for trail in services.trails.items.iter().filter(|trail| trail.multi_region || trail.home == region) {
        match (&trail.logging, &trail.selectors) {
            (Seen::Value(false), _) => {}
            (Seen::Value(true), Seen::Value(selectors)) => add(
                selectors,
                Trail { name: trail.name.clone(), validated: trail.validated, kms: trail.key_id.is_some() },
            ),
            (logging, selectors) => gaps.extend(logging.gap().into_iter().chain(selectors.gap()).cloned()),
        }
    }
    for store in &services.event_stores.items {
        match &store.details {
            Seen::Value(details) if details.status == "ENABLED" => add(
                &details.selectors,
                Trail { name: store.name.clone(), validated: true, kms: details.key_id.is_some() },
            ),
            Seen::Value(_) => {}
            Seen::Gap(unseen) => gaps.add(unseen),
        }
    }
    let sure = |found: bool| Fact::Known(found).or_hidden(&gaps);
    DataEvents {
        reads: sure(reads),
        writes: sure(writes),
        trails: Collection { items: trails, gaps: gaps.clone() },
    }
}

struct Event<'a> {
    arn: &'a str,
    kind: &'a str,
    name: &'a str,
    read: bool,
}

fn selects(selectors: &Selectors, event: &Event<'_>) -> bool {
    let classic = selectors.classic.iter().any(|selector| {
        let way = match selector.kind.as_str() {
            "ReadOnly" => event.read,
            "WriteOnly" => !event.read,
            _ => true,
        };
        way && event.kind == TABLE.name && selector.tables.iter().any(|table| names(table, event.arn))
    });
    // An advanced selector without fields selects nothing.
    let advanced = |fields: &Vec<Field>| !fields.is_empty() && fields.iter().all(|field| fits(field, event));
    classic || selectors.advanced.iter().any(advanced)
}

/// `arn:aws:dynamodb` stands for every table of the account; else a table is named whole.
fn names(value: &str, arn: &str) -> bool {
    value == arn || (!value.contains(":table/") && arn.starts_with(value.trim_end_matches(":::")))
}

fn fits(field: &Field, event: &Event<'_>) -> bool {
    let value = match field.name.as_str() {
        "eventCategory" => "Data",
        "resources.type" => event.kind,
        "resources.ARN" => event.arn,
        "eventName" => event.name,
        "readOnly" if event.read => "true",
        "readOnly" => "false",
        "eventSource" => "dynamodb.amazonaws.com",
        "eventType" => "AwsApiCall",
        // Who asked, and the like: some events are left out, so not all are recorded.
        _ => return false,
    };
    let any = |list: &[String], fits: fn(&str, &str) -> bool| list.iter().any(|wanted| fits(value, wanted));
    let must = |list: &[String], fits: fn(&str, &str) -> bool| list.is_empty() || any(list, fits);
    must(&field.equals, |v, w| v == w)
        && must(&field.starts_with, |v, w| v.starts_with(w))
        && must(&field.ends_with, |v, w| v.ends_with(w))
        && !any(&field.not_equals, |v, w| v == w)
        && !any(&field.not_starts_with, |v, w| v.starts_with(w))
        && !any(&field.not_ends_with, |v, w| v.ends_with(w))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::services::trail::Classic;

    const ARN: &str = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders";

    fn field(name: &str, equals: &[&str], not: &[&str], begins: &[&str]) -> Field {
        let owned = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        Field {
            name: name.to_owned(),
            equals: owned(equals),
            not_equals: owned(not),
            not_starts_with: owned(begins),
            ..Field::default()
        }
    }

    fn advanced(more: &[Field]) -> Selectors {
        let mut fields = vec![
            field("eventCategory", &["Data"], &[], &[]),
            field("resources.type", &[TABLE.name], &[], &[]),
        ];
        fields.extend_from_slice(more);
        Selectors { classic: Vec::new(), advanced: vec![fields] }
    }

    fn classic(kind: &str, tables: &[&str]) -> Selectors {
        let tables = tables.iter().map(|table| (*table).to_owned()).collect();
        Selectors { classic: vec![Classic { kind: kind.to_owned(), tables }], advanced: Vec::new() }
    }

    #[test]
    fn selectors_are_evaluated_with_their_exclusions() {
        let other = ARN.replace("orders", "other");
        for (what, selectors, read) in [
            ("all tables", advanced(&[]), true),
            (
                "another kind",
                Selectors {
                    advanced: vec![vec![field("resources.type", &["AWS::S3::Object"], &[], &[])]],
                    ..Selectors::default()
                },
                false,
            ),
            (
                "management events",
                Selectors {
                    advanced: vec![vec![field("eventCategory", &["Management"], &[], &[])]],
                    ..Selectors::default()
                },
                false,
            ),
            ("no fields", Selectors { advanced: vec![vec![]], ..Selectors::default() }, false),
            ("this table left out", advanced(&[field("resources.ARN", &[], &[ARN], &[])]), false),
            ("another left out", advanced(&[field("resources.ARN", &[], &[&other], &[])]), true),
            (
                "left out by its beginning",
                advanced(&[field("resources.ARN", &[], &[], &["arn:aws:dynamodb:eu-"])]),
                false,
            ),
            ("this table alone", advanced(&[field("resources.ARN", &[ARN], &[], &[])]), true),
            ("another alone", advanced(&[field("resources.ARN", &[&other], &[], &[])]), false),
            ("writes alone", advanced(&[field("readOnly", &["false"], &[], &[])]), false),
            ("scans alone", advanced(&[field("eventName", &["Scan"], &[], &[])]), false),
            ("but one caller's", advanced(&[field("userIdentity.arn", &[], &["arn:x"], &[])]), false),
            ("classic, all", classic("All", &["arn:aws:dynamodb"]), true),
            ("classic, this", classic("ReadOnly", &[ARN]), true),
            (
                "classic, a longer name",
                classic("All", &["arn:aws:dynamodb:eu-west-1:111122223333:table/ord"]),
                false,
            ),
            ("classic, writes", classic("WriteOnly", &["arn:aws:dynamodb"]), false),
            ("classic, none", classic("All", &[]), false),
        ] {
            let event = |name| Event { arn: ARN, kind: TABLE.name, name, read: true };
            assert_eq!(TABLE.reads.iter().all(|name| selects(&selectors, &event(name))), read, "{what}");
        }
    }
}
