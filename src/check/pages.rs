//! The reference of checks, generated: an index, and a page for each check.

use std::fmt::Write;

use super::{
    Check, Library,
    expr::words,
    reference::{plain, type_name},
    types::{self, Type},
};
use crate::facts::{calls, topics};

/// `docs/checks.md`: every check, by group.
pub fn index(library: &Library) -> String {
    let mut out = String::from("# Checks\n\nGenerated from `checks/`: do not edit. Each check has a page.\n");
    let mut group = "";
    for check in library.checks() {
        if check.group != group {
            group = &check.group;
            let _ = write!(out, "\n## {group}\n\n| check | severity | over | says |\n|---|---|---|---|\n");
        }
        let over = check.over.as_str();
        let _ = writeln!(
            out,
            "| [{0}](checks/{0}.md) | {1} | {over} | {2} |",
            check.id, check.severity, check.title
        );
    }
    out
}

/// `docs/checks/<id>.md`, by id.
pub fn pages(library: &Library) -> Vec<(String, String)> {
    library.checks().iter().map(|check| (check.id.clone(), page(check))).collect()
}

fn page(check: &Check) -> String {
    let mut out = format!(
        "# {}\n\n{}. Severity *{}*, one finding for each {}. File: [`checks/{}/{}.toml`](../../checks/{}/{}.toml).\n",
        check.id,
        check.title,
        check.severity,
        check.over.as_str(),
        check.group,
        check.id,
        check.group,
        check.id,
    );
    let _ = write!(out, "\n## Why\n\n{}\n", line(&check.why));
    decided(check, &mut out);
    rests_on(check, &mut out);
    let _ = write!(out, "\n## What to do\n\n{}\n", line(&check.fix));
    if !check.maps.is_empty() {
        out.push_str("\n## Controls\n\n| framework | requirements |\n|---|---|\n");
        for (framework, ids) in &check.maps {
            let _ = writeln!(out, "| {framework} | {} |", ids.join(", "));
        }
    }
    if let Some(at) = check.source.find("[[example]]") {
        let _ = write!(
            out,
            "\n## Examples\n\nEach is a test.\n\n```toml\n{}\n```\n",
            check.source[at..].trim_end()
        );
    }
    out
}

/// The conditions in words, and as they are written.
fn decided(check: &Check, out: &mut String) {
    out.push_str("\n## How it is decided\n\n");
    let of = check.over.as_str();
    let (a, an) = if of.starts_with(['a', 'e', 'i', 'o', 'u']) { ("an", "An") } else { ("a", "A") };
    if let Some(when) = &check.when {
        let _ = write!(out, "It applies to {a} {of} where {}.\n\n", words::say(when, check.over));
    }
    let _ = write!(out, "{an} {of} is flagged where {}.\n\n```text\n", words::say(&check.flag, check.over));
    if let Some(when) = &check.when {
        let _ = writeln!(out, "when  {}", line(&when.text));
    }
    let _ = write!(out, "flag  {}\n```\n", line(&check.flag.text));
}

/// The facts that it reads, and what must be asked for them.
fn rests_on(check: &Check, out: &mut String) {
    let conditions = check.when.iter().chain([&check.flag]);
    let mut paths: Vec<&str> = conditions.flat_map(|expr| &expr.paths).map(String::as_str).collect();
    paths.sort_unstable();
    paths.dedup();
    out.push_str("\n## What it rests on\n\n| fact | type | meaning |\n|---|---|---|\n");
    for path in &paths {
        if let Some((ty, doc)) = field(path) {
            let _ = writeln!(
                out,
                "| `{path}` | {} | {} |",
                type_name(&ty).replace("](#", "](../facts.md#"),
                plain(&doc)
            );
        }
    }
    let mut asked: Vec<String> =
        calls::told(paths.iter().copied()).iter().map(|c| format!("`{c}`")).collect();
    asked.extend(topics::needed(paths.iter().copied()).into_iter().filter_map(calls::beyond));
    if !asked.is_empty() {
        let _ = write!(
            out,
            "\nAsked for that: {}. What is refused leaves the verdict `unknown`.\n",
            asked.join(", ")
        );
    }
}

/// The type and the documentation of the fact at `path`.
fn field(path: &str) -> Option<(Type, String)> {
    let mut names = path.split('.');
    let mut at = types::of(types::kind(names.next()?)?).clone();
    let mut doc = String::new();
    for name in names {
        let Type::Object(object) = at.non_null() else { return None };
        let field = object.fields.get(name)?;
        doc.clone_from(&field.doc);
        at = field.ty.clone();
    }
    Some((at, doc))
}

/// On one line.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
