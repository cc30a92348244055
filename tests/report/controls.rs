//! Frameworks and their controls: what decides one, what does not, and that none is made up.
#![allow(clippy::panic, reason = "a test that cannot go on has failed")]

use dynaudit::{
    check::Library,
    finding::{Severity, Verdict},
    report::{framework, oscal},
    snapshot::Why,
};

use super::{
    flagged, forms, plain,
    support::{finding, gap, lacking, view, with_table},
};

#[test]
fn oscal_decides_a_control_only_where_something_was_seen() {
    let snapshot = with_table("orders");
    let denied = gap("dynamodb:DescribeTable", "orders", Why::Denied);
    let unknown = lacking(finding("check-b", Severity::Low, Verdict::Unknown, "orders"), &denied);
    let findings_of = |findings| {
        let mut out = Vec::new();
        oscal::render(&view(&snapshot, findings), &mut out).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
        value["assessment-results"]["results"][0].clone()
    };
    let open = findings_of(vec![unknown.clone()]);
    assert!(open.get("findings").is_none(), "{open}");
    assert!(open["observations"][0]["remarks"].as_str().unwrap().contains("dynamodb:DescribeTable"));
    let selection = &open["reviewed-controls"]["control-selections"][0];
    assert!(selection["remarks"].as_str().unwrap().starts_with("Not assessed"), "{selection}");

    let failed = findings_of(vec![unknown, flagged("check-a", Severity::High, "orders")]);
    let status = &failed["findings"][0]["target"]["status"];
    assert_eq!((status["state"].as_str(), status["reason"].as_str()), (Some("not-satisfied"), Some("fail")));
    assert_eq!(failed["findings"][0]["target"]["target-id"], "c_SOC2_CC6.1");
    let risk = &failed["findings"][0]["related-risks"][0]["risk-uuid"];
    assert_eq!(&failed["risks"][0]["uuid"], risk);

    let clear = findings_of(vec![finding("check-a", Severity::High, Verdict::Clear, "orders")]);
    assert_eq!(clear["findings"][0]["target"]["status"]["state"], "satisfied");
}

#[test]
fn every_control_that_a_check_maps_to_is_one_of_its_framework() {
    for library in [Library::builtin().unwrap(), Library::with_dirs(&["packs/personal-data".into()]).unwrap()]
    {
        for check in library.checks() {
            for (name, ids) in &check.maps {
                let framework = framework::known().iter().find(|f| f.name == name);
                let framework = framework.unwrap_or_else(|| panic!("{}: no framework {name}", check.id));
                for id in ids {
                    let known = framework.controls.iter().any(|(known, _)| known == id);
                    assert!(known, "{}: {name} has no {id}", check.id);
                }
            }
        }
    }
    for framework in framework::known() {
        let mut ids: Vec<&str> = framework.controls.iter().map(|(id, _)| *id).collect();
        ids.sort_unstable();
        assert!(ids.windows(2).all(|two| two[0] != two[1]), "{} lists an id twice", framework.name);
        assert!(framework.controls.iter().all(|(_, name)| !name.is_empty()), "{}", framework.name);
    }
}

#[test]
fn under_a_framework_every_control_is_named_and_findings_stand_in_their_order() {
    let findings = vec![
        flagged("check-a", Severity::High, "orders"),
        finding("check-b", Severity::Low, Verdict::Clear, "orders"),
    ];
    let mut view = view(&with_table("orders"), findings);
    view.checks[1].maps = [("SOC2".to_owned(), vec!["CC3.2".to_owned()])].into();
    let view = view.under(Some("SOC2"));
    let standing = view.framework.as_ref().unwrap();
    let state = |id: &str| standing.controls.iter().find(|c| c.id == id).unwrap().state;
    assert_eq!(state("CC6.1"), framework::State::Failed);
    assert_eq!(state("CC3.2"), framework::State::Clear);
    assert_eq!(state("CC1.1"), framework::State::NotDecided);
    let text = plain(&view, 120);
    assert!(text.contains("not decided here  CC1.1, CC1.2"), "{text}");
    let markdown = forms(&view).into_iter().find(|(name, _)| *name == "markdown").unwrap().1;
    assert!(markdown.contains("| CC6.1 | Logical access and encryption | failed | 1 |"), "{markdown}");
    assert!(markdown.contains("| P8.1 |"), "{markdown}");
}
