//! A snapshot that is wrong is refused with the place and what was expected there, and with nothing of what stands there.

use serde_json::{Value as Json, json};

use super::{parse, support::with_table};
use dynaudit::snapshot::Seen;

const CANARY: &str = "ghp_CANARYVALUE";

/// A snapshot with something in each of the places below.
fn whole() -> Json {
    let mut snapshot = with_table("orders");
    let table = &mut snapshot.accounts[0].tables[0];
    if let Seen::Value(sample) = &mut table.sample {
        sample.contents.sightings.push(super::sighting("token", 0.5));
        sample.contents.names.insert("token".into(), 2);
    }
    table.backups.items.push(super::backup("b", 7));
    serde_json::to_value(snapshot).unwrap()
}

#[test]
fn what_is_wrong_has_a_place_and_no_value() {
    assert!(parse(&whole().to_string()).is_ok());
    let table = "accounts[0].tables[0]";
    let sample = format!("{table}.sample.value");
    for (pointer, value, said) in [
        ("/format", json!(CANARY), "expected u64".to_owned()),
        ("/taken", json!(CANARY), "taken: expected a time".into()),
        ("/scope/rcu_budget", json!(-1), "scope.rcu_budget: expected a number that is not below 0".into()),
        ("/scope/rcu_budget", json!(-0.5), "scope.rcu_budget: expected a number that is not below 0".into()),
        ("/scope/sampled", json!(CANARY), "scope.sampled: expected a boolean".into()),
        ("/accounts", json!(CANARY), "accounts: expected a sequence".into()),
        ("/accounts/0/id", json!(""), "accounts[0].id: expected 12 digits".into()),
        ("/accounts/0/id", json!(CANARY), "accounts[0].id: expected 12 digits".into()),
        ("/accounts/0/tables/0/arn", json!(""), format!("{table}.arn: expected that of its account")),
        (
            "/accounts/0/tables/0/arn",
            json!("arn:aws:dynamodb:eu-west-1:999999999999:table/orders"),
            format!("{table}.arn: expected that of its account"),
        ),
        (
            "/accounts/0/tables/0/tags",
            json!({ "gap": CANARY }),
            format!("{table}.tags.gap: `gaps` holds no such"),
        ),
        (
            "/accounts/0/tables/0/tags",
            json!({ CANARY: 1 }),
            format!("{table}.tags: expected `value` or `gap`"),
        ),
        (
            "/accounts/0/tables/0/tags/value",
            json!({ CANARY: 1 }),
            format!("{table}.tags.value[key 1]: expected a"),
        ),
        (
            "/accounts/0/tables/0/backups/gap",
            json!(CANARY),
            format!("{table}.backups.gap: `gaps` holds no such"),
        ),
        (
            "/accounts/0/tables/0/backups/items/0/bytes",
            json!(-1),
            format!("{table}.backups.items[0].bytes: expected a number that is not below 0"),
        ),
        (
            "/accounts/0/tables/0/description/value/items",
            json!(-5),
            format!("{table}.description.value.items: expected a number that is not below 0"),
        ),
        (
            "/accounts/0/tables/0/sample/value/rcu_consumed",
            json!(-1),
            format!("{sample}.rcu_consumed: expected"),
        ),
        (
            "/accounts/0/tables/0/sample/value/stopped",
            json!(CANARY),
            format!("{sample}.stopped: expected one of `e"),
        ),
        (
            "/accounts/0/tables/0/sample/value/contents/names/token",
            json!(4),
            format!("{sample}.contents.names[key 1]: expected no more than `items_read`"),
        ),
        (
            "/accounts/0/tables/0/sample/value/contents/sightings/0/items",
            json!(4),
            format!("{sample}.contents.sightings[0].items: expected no more than `items_read`"),
        ),
        (
            "/accounts/0/tables/0/sample/value/contents/sightings/0/kind",
            json!(CANARY),
            format!("{sample}.contents.sightings[0].kind: expected one of `opaque-token`"),
        ),
        (
            "/accounts/0/tables/0/sample/value/contents/sightings/0/traits",
            json!([CANARY]),
            format!("{sample}.contents.sightings[0].traits[0]: expected one of `jwt-alg-none`"),
        ),
        (
            "/accounts/0/tables/0/sample/value/contents/sightings/0/confidence",
            json!(2),
            format!("{sample}.contents.sightings[0].confidence: expected a number from 0 to 1"),
        ),
        (
            "/accounts/0/tables/0/sample/value/contents/sightings/0/confidence",
            json!(-1),
            format!("{sample}.contents.sightings[0].confidence: expected a number that is not below 0"),
        ),
    ] {
        let mut snapshot = whole();
        // What is absent in JSON because it is none.
        match snapshot.pointer_mut(pointer) {
            Some(place) => *place = value,
            None => {
                let (within, name) = pointer.rsplit_once('/').unwrap();
                snapshot.pointer_mut(within).unwrap()[name] = value;
            }
        }
        let error = parse(&snapshot.to_string()).unwrap_err();
        assert!(error.contains(&said), "{pointer}: {error}");
        assert!(!error.contains("CANARY"), "{pointer}: {error}");
    }
}

#[test]
fn a_key_that_stands_twice_is_refused_in_every_map() {
    let text = whole().to_string();
    for (whole, twice, place) in [
        (r#""tags":{"value":{}"#, r#""tags":{"value":{"CANARY":"1","x":"1","CANARY":"2"}"#, "tags.value: "),
        (r#""names":{"#, r#""names":{"token":1,"#, "contents.names: "),
        (r#""calls":{"#, r#""calls":{"a:B":{"made":1,"failed":0},"a:B":{"made":1,"failed":0}"#, "calls: "),
        (r#""policies":{"#, r#""policies":{"CANARY":null,"CANARY":null"#, "principals.policies"),
    ] {
        let spoiled = text.replacen(whole, twice, 1);
        assert_ne!(spoiled, text, "{whole}");
        let error = parse(&spoiled).unwrap_err();
        assert!(error.contains(place) && !error.contains("CANARY"), "{error}");
    }
    // The gaps themselves.
    let at = text.rfind(r#""gaps":{"#).unwrap() + r#""gaps":{"#.len();
    let gap = &text[at..text.len() - 2];
    let error = parse(&format!("{}{gap},{gap}}}}}", &text[..at])).unwrap_err();
    assert!(error.contains("gaps: a key stands twice in it"), "{error}");
}
