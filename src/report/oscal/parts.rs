//! Parts of an OSCAL document: identifiers, properties, the resources that were looked at, observations.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};

use serde::Serialize;
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
    /// Of resources, by ARN: every finding about one names it.
    items: HashMap<&'a str, String>,
    tool: String,
}

impl<'a> Ids<'a> {
    /// Identifiers below the digest of a snapshot.
    pub fn of(view: &'a View) -> Self {
        let space = Uuid::new_v5(&Uuid::NAMESPACE_URL, NAMESPACE.as_bytes());
        let root = Uuid::new_v5(&space, view.run.snapshot_sha256.as_bytes());
        let mut out = Self { root, observations: HashMap::new(), items: HashMap::new(), tool: String::new() };
        let prints = view.findings.iter().map(|finding| finding.fingerprint.as_str());
        out.observations = prints.map(|print| (print, out.make("observation", print))).collect();
        for finding in &view.findings {
            let arn = finding.subject.arn.as_str();
            if !out.items.contains_key(arn) {
                out.items.insert(arn, out.make("item", arn));
            }
        }
        out.tool = out.make("tool", "");
        out
    }

    /// The identifier of the observation that a finding is.
    pub fn observation(&self, finding: &Finding) -> &str {
        self.observations.get(finding.fingerprint.as_str()).map_or("", String::as_str)
    }

    /// The identifier of the resource that a finding is about.
    fn item(&self, finding: &Finding) -> &str {
        self.items.get(finding.subject.arn.as_str()).map_or("", String::as_str)
    }

    /// The identifier of a thing of this sort.
    pub fn make(&self, sort: &str, name: &str) -> String {
        Uuid::new_v5(&self.root, format!("{sort}\n{name}").as_bytes()).to_string()
    }
}

/// Text on one line, inert, never empty and without blanks at its ends, as the model's strings must be.
pub fn line(text: &str) -> Cow<'_, str> {
    match inert(text.trim()) {
        Cow::Borrowed("") => Cow::Borrowed("-"),
        safe if safe.trim().len() == safe.len() => safe,
        safe => match safe.trim() {
            "" => Cow::Borrowed("-"),
            trimmed => Cow::Owned(trimmed.to_owned()),
        },
    }
}

/// As [`line`], of text that was made for it.
fn own_line(text: String) -> Cow<'static, str> {
    Cow::Owned(line(&text).into_owned())
}

/// A property.
#[derive(Serialize)]
pub struct Prop<'a> {
    name: &'static str,
    ns: &'static str,
    value: Cow<'a, str>,
}

/// A property of ours.
pub fn prop<'a>(name: &'static str, value: &'a str) -> Prop<'a> {
    Prop { name, ns: NAMESPACE, value: line(value) }
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
    // By ARN: identifiers are others in each run.
    let mut items: BTreeMap<&str, Value> = BTreeMap::new();
    for finding in shown {
        let subject = &finding.subject;
        items.entry(&subject.arn).or_insert_with(|| {
            let id = ids.item(finding);
            let mut props = vec![prop("arn", &subject.arn), prop("account", &subject.account)];
            props.extend(subject.region.as_deref().map(|region| prop("region", region)));
            json!({ "uuid": id, "description": line(&subject.arn), "props": props })
        });
    }
    let mut out = json!({ "components": [{
        "uuid": ids.tool,
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

/// An observation, in the order that it is written.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Observation<'a> {
    uuid: &'a str,
    title: Cow<'a, str>,
    description: Cow<'a, str>,
    props: Vec<Prop<'a>>,
    methods: [&'static str; 1],
    types: [&'static str; 1],
    origins: [Origin<'a>; 1],
    subjects: [About<'a>; 1],
    collected: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    relevant_evidence: Vec<Evidence<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remarks: Option<Cow<'a, str>>,
}

#[derive(Serialize)]
struct Origin<'a> {
    actors: [Actor<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Actor<'a> {
    r#type: &'static str,
    actor_uuid: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct About<'a> {
    subject_uuid: &'a str,
    r#type: &'static str,
    title: Cow<'a, str>,
}

#[derive(Serialize)]
struct Evidence<'a> {
    description: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    props: Option<[Prop<'a>; 1]>,
}

/// One verdict with what it rests on; `taken` is when the snapshot was.
pub fn observation<'a>(ids: &'a Ids<'_>, taken: &'a str, finding: &'a Finding) -> Observation<'a> {
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
        let value = own_line(serde_json::to_string(accepted).unwrap_or_default());
        props.push(Prop { value, ..prop("accepted", "") });
    }
    if let Some(state) = finding.state {
        props.push(prop("state", state.as_str()));
    }
    if let Some(seen) = finding.first_seen {
        props.push(Prop { value: own_line(seen.to_string()), ..prop("first-seen", "") });
    }
    let said = |said: String| Evidence { description: own_line(said), props: None };
    let mut evidence: Vec<Evidence<'_>> = Vec::new();
    for because in finding.because.iter() {
        let value = because.value.as_ref().map_or_else(|| "not seen".to_owned(), Value::to_string);
        evidence.push(said(format!("{} = {value}", because.fact)));
    }
    evidence.extend(finding.evidence.iter().map(|(name, value)| said(format!("{name}: {value}"))));
    for missing in &finding.missing {
        let told = said(format!("{}: {} on {} was {}", missing.fact, missing.call, missing.on, missing.why));
        evidence.push(Evidence { props: Some([prop("gap", &missing.gap.0)]), ..told });
    }
    let not_assessed = || {
        let said = finding.missing.iter().map(|m| format!("{} on {} was {}.", m.call, m.on, m.why));
        own_line(format!("Not assessed. {}", said.collect::<Vec<_>>().join(" ")))
    };
    Observation {
        uuid: ids.observation(finding),
        title: line(&finding.title),
        description: own_line(label::said(finding)),
        props,
        methods: ["TEST"],
        types: [if finding.verdict == Verdict::Flagged { "finding" } else { "control-objective" }],
        origins: [Origin { actors: [Actor { r#type: "tool", actor_uuid: &ids.tool }] }],
        subjects: [About {
            subject_uuid: ids.item(finding),
            r#type: "inventory-item",
            title: own_line(label::name(&finding.subject)),
        }],
        collected: taken,
        relevant_evidence: evidence,
        remarks: (finding.verdict == Verdict::Unknown).then(not_assessed),
    }
}
