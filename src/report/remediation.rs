//! The remediation: for each flagged finding the next step for just this resource, to copy; for secrets, what to
//! return and how to take them back; for whoever reaches too much, a policy that the engine has judged.

use std::{
    collections::BTreeSet,
    io::{self, Write},
};

use super::{
    View, label,
    markdown::text,
    text::{count, inert},
};
use crate::{
    check::recipe::{json, shell},
    finding::{Finding, Verdict},
    remedy::{Projection, Proposal, projection::advice},
    snapshot::sample::SecretKind,
};

/// Findings of one check that are made out; the steps for the rest are the same, with other names.
const EACH: usize = 50;

/// Writes Markdown.
///
/// # Errors
/// What `out` said.
pub fn render(view: &View, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# What to do\n")?;
    writeln!(
        out,
        "Nothing here was carried out. Words in capitals stand for what you choose. Read a command before you run it: \
         it changes the account."
    )?;
    let flagged: Vec<&Finding> =
        view.findings.iter().filter(|f| f.verdict == Verdict::Flagged && f.accepted.is_none()).collect();
    for same in flagged.chunk_by(|a, b| a.check == b.check) {
        check(view, same, out)?;
    }
    projections(view, out)?;
    proposals(view, out)
}

fn check(view: &View, findings: &[&Finding], out: &mut dyn Write) -> io::Result<()> {
    let Some((first, check)) = findings.first().and_then(|f| Some((f, view.check(&f.check)?))) else {
        return Ok(());
    };
    writeln!(out, "\n## {} ({})\n\n{}", text(&first.title), first.severity, text(&check.fix))?;
    for finding in findings.iter().take(EACH) {
        writeln!(out, "\n- **{}**: {}", text(&label::name(&finding.subject)), text(&finding.message))?;
        for step in check.recipe.steps(&finding.subject) {
            block(step.form, step.language, &step.text, out)?;
        }
    }
    match findings.len().checked_sub(EACH) {
        Some(more @ 1..) => writeln!(out, "\n… and {} more.", count(more as u64)),
        _ => Ok(()),
    }
}

/// A block of code in a list. No name in it holds a line feed, so none can end it.
fn block(form: &str, language: &str, code: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n  {form}:\n\n  ````{language}")?;
    for line in code.lines() {
        writeln!(out, "  {}", inert(line))?;
    }
    writeln!(out, "  ````")
}

fn projections(view: &View, out: &mut dyn Write) -> io::Result<()> {
    if view.plan.projections.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n## What to return instead\n\nA projection limits what a request returns, and not who may read: whoever may \
         read the item may leave it out. A filter limits neither. Only a policy does (`dynamodb:Attributes` with \
         `dynamodb:Select`)."
    )?;
    for projection in &view.plan.projections {
        writeln!(out, "\n### {} ({})\n", text(&projection.table), text(&projection.region))?;
        for (name, kinds) in &projection.left_out {
            let words: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
            writeln!(out, "- left out: {} ({})", text(name), words.join(", "))?;
        }
        if !projection.secret_keys.is_empty() {
            let keys = text(&projection.secret_keys.join(", "));
            writeln!(
                out,
                "- {keys} is a key and holds a secret: no projection leaves it out. Key the items by a keyed hash."
            )?;
        }
        if projection.partial {
            writeln!(
                out,
                "- the sample did not tell every attribute's name: look that nothing you need is missing"
            )?;
        }
        for (index, include) in &projection.indexes {
            let list = if include.is_empty() {
                "KEYS_ONLY".to_owned()
            } else {
                format!("INCLUDE {}", include.join(", "))
            };
            writeln!(out, "- index {}: make it anew with {}", text(index), text(&list))?;
        }
        for (form, language, code) in requests(projection) {
            block(form, language, &code, out)?;
        }
    }
    let kinds: BTreeSet<SecretKind> =
        view.plan.projections.iter().flat_map(|p| p.left_out.values().flatten()).copied().collect();
    writeln!(out, "\n## How to take secrets back\n")?;
    for kind in kinds {
        writeln!(out, "- **{}**: {}", kind.as_str(), text(advice(kind)))?;
    }
    Ok(())
}

/// The same request in three languages.
pub fn requests(projection: &Projection) -> [(&'static str, &'static str, String); 3] {
    let expression = projection.expression();
    let names = projection.names().to_string();
    let cli = format!(
        "aws dynamodb get-item --region={} --table-name={} --key=file://key.json --projection-expression={} \
         --expression-attribute-names={}",
        shell(&projection.region),
        shell(&projection.table),
        shell(&expression),
        shell(&names),
    );
    let python = format!(
        "table = boto3.resource(\"dynamodb\", region_name={}).Table({})\ntable.get_item(\n    Key=key,\n    \
         ProjectionExpression=\"{expression}\",\n    ExpressionAttributeNames={names},\n)",
        json(&projection.region),
        json(&projection.table),
    );
    let script = format!(
        "await client.send(new GetItemCommand({{\n  TableName: {},\n  Key: key,\n  ProjectionExpression: \
         \"{expression}\",\n  ExpressionAttributeNames: {names},\n}}));",
        json(&projection.table),
    );
    [("AWS CLI", "sh", cli), ("boto3", "python", python), ("AWS SDK for JavaScript", "js", script)]
}

fn proposals(view: &View, out: &mut dyn Write) -> io::Result<()> {
    if view.plan.proposals.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n## Narrower policies\n\nEach was put into a copy of the snapshot and judged by the same engine: it closes what is \
         named, and opens nothing. What the reader needs, only you know: look at what is dropped."
    )?;
    for proposal in &view.plan.proposals {
        writeln!(out, "\n### {}\n", text(&proposal.arn))?;
        match &proposal.policies {
            Err(why) => writeln!(out, "No narrower statement could be proved: {}.", text(why))?,
            Ok(policies) => {
                writeln!(out, "{}", said(proposal))?;
                for policy in policies {
                    block("Policy", "json", &pretty(policy), out)?;
                }
                block("AWS CLI", "sh", &proposal.commands.join("\n"), out)?;
            }
        }
    }
    Ok(())
}

/// A policy as one reads it.
pub(super) fn pretty(policy: &str) -> String {
    let read: Option<serde_json::Value> = serde_json::from_str(policy).ok();
    read.and_then(|value| serde_json::to_string_pretty(&value).ok()).unwrap_or_else(|| policy.to_owned())
}

/// What a proposal does, in words.
fn said(proposal: &Proposal) -> String {
    let list = |set: &BTreeSet<String>| set.iter().map(|word| text(word)).collect::<Vec<_>>().join(", ");
    let mut out = match proposal.closes.is_empty() {
        true => String::from("- closes nothing whole"),
        false => format!("- closes: {}", list(&proposal.closes)),
    };
    if !proposal.lessens.is_empty() {
        out.push_str(&format!(
            "\n- closes in part, a table's own policy or another right opening the rest: {}",
            list(&proposal.lessens)
        ));
    }
    if proposal.policies.as_ref().is_ok_and(Vec::is_empty) {
        out.push_str("\n- leaves it nothing on tables: what it has today is of no use to it, or leads out whole tables");
    }
    if !proposal.leaves.is_empty() {
        out.push_str(&format!("\n- stays open for other reasons: {}", list(&proposal.leaves)));
    }
    if !proposal.loses.is_empty() {
        out.push_str(&format!("\n- no longer reaches: {}", list(&proposal.loses)));
    }
    if !proposal.dropped.is_empty() {
        out.push_str(&format!("\n- drops: {}", list(&proposal.dropped)));
    }
    out
}
