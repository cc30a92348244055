//! Parts of an OSCAL document: identifiers, properties, the resources that were looked at, observations.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};
use uuid::Uuid;

use super::super::{View, label, text::inert};
use crate::finding::{Finding, Verdict};

/// The namespace of properties that are ours (RFC 8141 reserves no name for them: it only has to be a URI).
const NAMESPACE: &str = "urn:dynaudit:oscal";

/// Identifiers of one document: the same snapshot gives the same, and no two documents share any.
pub struct Ids<'a> {
    root: Uuid,
    /// Of observations, by fingerprint: every control that one bears on names it.
    observations: HashMap<&'a str, String>,
}

impl<'a> Ids<'a> {
    /// Identifiers below the digest of a snapshot.
    pub fn of(view: &'a View) -> Self {
        let space = Uuid::new_v5(&Uuid::NAMESPACE_URL, NAMESPACE.as_bytes());
        let root = Uuid::new_v5(&space, view.run.snapshot_sha256.as_bytes());
        let mut out = Self { root, observations: HashMap::new() };
        let prints = view.findings.iter().map(|finding| finding.fingerprint.as_str());
        out.observations = prints.map(|print| (print, out.make("observation", print))).collect();
        out
    }

    /// The identifier of the observation that a finding is.
    pub fn observation(&self, finding: &Finding) -> &str {
        self.observations.get(finding.fingerprint.as_str()).map_or("", String::as_str)
    }

    /// The identifier of a thing of this sort.
    pub fn make(&self, sort: &str, name: &str) -> String {
        Uuid::new_v5(&self.root, format!("{sort}\n{name}").as_bytes()).to_string()
    }
}

/// Text on one line, inert, never empty and without blanks at its ends, as the model's strings must be.
pub fn line(text: &str) -> String {
    let safe = inert(text.trim());
    match safe.trim() {
        "" => "-".to_owned(),
        safe => safe.to_owned(),
    }
}

/// A property of ours.
pub fn prop(name: &str, value: &str) -> Value {
    json!({ "name": name, "ns": NAMESPACE, "value": line(value) })
}

/// An id as the model's tokens are: a control of SP 800-53 as in NIST's own catalog (`ia-5.7`), all others below
/// their framework's name.
pub fn control_id(framework: &str, id: &str) -> String {
    let safe = |text: &str| -> String {
        let dotted = text.replace(['(', ' '], ".").replace(')', "");
        dotted.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect()
    };
    match framework {
        "NIST-800-53-r5" => safe(id).to_lowercase(),
        _ => format!("c_{}_{}", safe(framework), safe(id)),
    }
}

/// Resources that verdicts are about, and the tool.
pub fn definitions(view: &View, ids: &Ids<'_>, shown: &[&Finding]) -> Value {
    let mut items: BTreeMap<String, Value> = BTreeMap::new();
    for finding in shown {
        let subject = &finding.subject;
        let id = ids.make("item", &subject.arn);
        items.entry(id).or_insert_with_key(|id| {
            let mut props = vec![prop("arn", &subject.arn), prop("account", &subject.account)];
            props.extend(subject.region.as_deref().map(|region| prop("region", region)));
            json!({ "uuid": id, "description": line(&subject.arn), "props": props })
        });
    }
    let mut out = json!({ "components": [{
        "uuid": ids.make("tool", ""),
        "type": "software",
        "title": view.run.tool,
        "description": "A read-only auditor of Amazon DynamoDB.",
        "props": [json!({ "name": "version", "value": view.run.version })],
        "status": { "state": "operational" },
    }] });
    if !items.is_empty() {
        out["inventory-items"] = items.into_values().collect();
    }
    out
}

/// One verdict with what it rests on.
pub fn observation(view: &View, ids: &Ids<'_>, finding: &Finding) -> Value {
    let verdict = match finding.verdict {
        Verdict::Unknown => "not-assessed",
        other => other.as_str(),
    };
    let mut props = vec![
        prop("fingerprint", &finding.fingerprint),
        prop("check", &finding.check),
        prop("verdict", verdict),
        prop("severity", finding.severity.as_str()),
        prop("confidence", finding.confidence.as_str()),
    ];
    if let Some(accepted) = &finding.accepted {
        props.push(prop("accepted", &serde_json::to_string(accepted).unwrap_or_default()));
    }
    let mut out = json!({
        "uuid": ids.observation(finding),
        "title": line(&finding.title),
        "description": line(&label::said(finding)),
        "props": props,
        "methods": ["TEST"],
        "types": [if finding.verdict == Verdict::Flagged { "finding" } else { "control-objective" }],
        "origins": [{ "actors": [{ "type": "tool", "actor-uuid": ids.make("tool", "") }] }],
        "subjects": [{
            "subject-uuid": ids.make("item", &finding.subject.arn),
            "type": "inventory-item",
            "title": line(&label::name(&finding.subject)),
        }],
        "collected": view.run.taken.to_string(),
    });
    let mut evidence: Vec<Value> = Vec::new();
    for because in &finding.because {
        let value = because.value.as_ref().map_or_else(|| "not seen".to_owned(), Value::to_string);
        evidence.push(json!({ "description": line(&format!("{} = {value}", because.fact)) }));
    }
    for (name, value) in &finding.evidence {
        evidence.push(json!({ "description": line(&format!("{name}: {value}")) }));
    }
    for missing in &finding.missing {
        let said = format!("{}: {} on {} was {}", missing.fact, missing.call, missing.on, missing.why);
        evidence.push(json!({ "description": line(&said), "props": [prop("gap", &missing.gap.0)] }));
    }
    if !evidence.is_empty() {
        out["relevant-evidence"] = Value::Array(evidence);
    }
    if finding.verdict == Verdict::Unknown {
        let said = finding.missing.iter().map(|m| format!("{} on {} was {}.", m.call, m.on, m.why));
        out["remarks"] = json!(line(&format!("Not assessed. {}", said.collect::<Vec<_>>().join(" "))));
    }
    out
}
