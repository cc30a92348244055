//! What a run took: in the report's `run` and one line of the screen, and nowhere else.

use dynaudit::{
    finding::Severity,
    report::{View, effort::Effort},
};
use serde_json::{Value, json};

use super::{
    as_json, flagged, forms, plain,
    support::{view, with_table},
};

fn run(effort: Option<Effort>) -> View {
    view(&with_table("orders"), vec![flagged("check-a", Severity::High, "orders")]).with_effort(effort)
}

#[test]
fn what_a_run_took_is_told_in_its_own_part_alone() {
    let effort = Effort {
        requests: 1089,
        throttled: 14,
        sent_again: 10,
        collecting_seconds: 3.25,
        judging_seconds: 0.125,
    };
    let (with, without) = (run(Some(effort)), run(None));
    let value: Value = serde_json::from_str(&as_json(&with)).unwrap();
    let told = json!({
        "requests": 1089, "throttled": 14, "sent_again": 10, "collecting_seconds": 3.25, "judging_seconds": 0.125,
    });
    assert_eq!(value["run"]["effort"], told);
    let line = "1,089 requests, 14 throttled, 10 sent again; 3.2 s collecting, 0.1 s judging";
    assert!(plain(&with, 120).lines().any(|l| l.ends_with(line)), "{}", plain(&with, 120));

    // Judged again it is not known, which is not 0.
    let mut value = value;
    value["run"].as_object_mut().unwrap().remove("effort");
    assert_eq!(value, serde_json::from_str::<Value>(&as_json(&without)).unwrap());
    assert!(!plain(&without, 120).contains("requests"));
    for ((name, one), (_, other)) in forms(&with).iter().zip(forms(&without)) {
        assert!(*name == "json" || *one == other, "{name}");
    }

    let quiet = Effort { requests: 1, throttled: 0, sent_again: 0, ..effort };
    assert_eq!(quiet.said(), "1 request");
}
