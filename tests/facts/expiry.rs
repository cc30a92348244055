//! What expires in a sample: the attribute of time to live and the others, and what a refusal leaves of them.

use dynaudit::{
    finding::SubjectKind::Table,
    snapshot::{Seen, Snapshot, expiry::Expiry, table::TimeToLive},
};
use serde_json::{Value as Json, json};

use super::only;
use crate::support::{
    build::{deny, sample, table},
    with_table,
};

fn counted(attribute: &str) -> Expiry {
    Expiry { attribute: attribute.into(), items: 4, seconds: 1, text: 1, ..Expiry::default() }
}

fn of(snapshot: &Snapshot, field: &str) -> Json {
    only(snapshot, Table)["sample"][field].clone()
}

fn watch(snapshot: &mut Snapshot, status: &str) {
    let attribute = Some("gone_at".into());
    table(snapshot).time_to_live = Seen::Value(TimeToLive { status: status.into(), attribute });
}

#[test]
fn the_attribute_of_time_to_live_is_told_from_the_others() {
    let mut snapshot = with_table("sessions");
    sample(&mut snapshot).contents.expiries = vec![counted("expires_at"), counted("gone_at")];
    for (status, other) in [("ENABLED", 1), ("ENABLING", 1), ("DISABLING", 2), ("DISABLED", 2)] {
        watch(&mut snapshot, status);
        let expiries = of(&snapshot, "expiries");
        assert_eq!(expiries.as_array().unwrap().len(), other, "{status}");
        assert_eq!(of(&snapshot, "expiry").is_null(), other == 2, "{status}");
    }
    watch(&mut snapshot, "ENABLED");
    assert_eq!(of(&snapshot, "expiry")["attribute"], "gone_at");
    assert_eq!(of(&snapshot, "expiry")["other"], 2, "what is neither seconds nor milliseconds nor a text");
}

#[test]
fn a_refusal_hides_just_what_hangs_on_it() {
    let mut snapshot = with_table("sessions");
    sample(&mut snapshot).contents.expiries = vec![counted("expires_at")];
    watch(&mut snapshot, "ENABLED");
    let gap = deny(&mut snapshot, "dynamodb:Scan", "t");
    sample(&mut snapshot).gap = Some(gap.clone());
    // What was seen stands; that nothing was seen does not.
    assert_eq!(of(&snapshot, "expiries")["$partial"].as_array().unwrap().len(), 1);
    assert_eq!(of(&snapshot, "expiry"), json!({ "$unknown": gap }));
    assert_eq!(of(&snapshot, "lasting_tokens"), json!({ "$unknown": gap }));
    sample(&mut snapshot).contents.lasting_tokens = 2;
    assert_eq!(of(&snapshot, "lasting_tokens"), 2);
    sample(&mut snapshot).gap = None;
    let gap = deny(&mut snapshot, "dynamodb:DescribeTimeToLive", "t");
    table(&mut snapshot).time_to_live = Seen::Gap(gap.clone());
    for field in ["expiry", "lasting_tokens"] {
        assert_eq!(of(&snapshot, field), json!({ "$unknown": gap }), "{field}");
    }
}
