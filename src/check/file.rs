//! One check's file: read, type-checked and compiled, or refused with all that is wrong in it.

use std::collections::BTreeMap;

use toml::de::DeTable;

use super::{
    Check, Recipe, Template,
    example::Example,
    expr::Expr,
    fields::{self, Fields, word},
    library::Examples,
    text::Text,
    typeck::narrow::Sure,
    types::{self, Type},
};
use crate::{
    finding::{Confidence, Severity, SubjectKind, Verdict},
    source::{Problem, Source},
};

const CONFIDENCES: [(&str, Confidence); 3] =
    [("low", Confidence::Low), ("medium", Confidence::Medium), ("high", Confidence::High)];

/// Reads the check called `id` from its file.
///
/// # Errors
/// All that is wrong with it, in the order of the file.
pub(super) fn read(
    id: &str,
    group: &str,
    source: &Source,
    examples: Examples,
) -> Result<Check, Vec<Problem>> {
    let file = source.text.as_str();
    let (table, errors) = DeTable::parse_recoverable(file);
    if let Some(first) = errors.first() {
        let span = first.span().unwrap_or(0..0);
        return Err(vec![Problem::new(span, first.message().lines().collect::<Vec<_>>().join(" "))]);
    }
    let mut problems = Vec::new();
    let read = check((id, group), source, table.get_ref(), examples, &mut problems);
    match read {
        Some(check) if problems.is_empty() => Ok(check),
        _ => {
            problems.sort_by_key(|p| (p.span.start, p.span.end));
            Err(problems)
        }
    }
}

fn check(
    (id, group): (&str, &str),
    source: &Source,
    table: &DeTable<'_>,
    wanted: Examples,
    problems: &mut Vec<Problem>,
) -> Option<Check> {
    let file = source.text.as_str();
    let start = file.len() - file.trim_start().len();
    let mut fields = Fields::new(file, table, "this check", start..start);
    let title = fields.required("title", problems);
    let severity = fields.required("severity", problems);
    let severities = Severity::ALL.map(Severity::as_str);
    let severity = word("severity", &severity, &severities, problems, |name| {
        Severity::ALL.into_iter().find(|severity| severity.as_str() == name)
    });
    let over = fields.required("over", problems);
    let over = word("over", &over, &SubjectKind::ALL.map(SubjectKind::as_str), problems, types::kind);
    let confidence = fields.optional("confidence", problems);
    let confidence = confidence.map_or(Some(Confidence::High), |text| {
        word("confidence", &text, &CONFIDENCES.map(|(name, _)| name), problems, |name| {
            CONFIDENCES.iter().find(|(word, _)| *word == name).map(|(_, confidence)| *confidence)
        })
    });
    let when = fields.optional("when", problems);
    let flag = fields.required("flag", problems);
    let message = fields.required("message", problems);
    let why = fields.required("why", problems);
    let fix = fields.required("fix", problems);
    let recipe = Recipe::read(&mut fields, over, problems);
    let maps = maps(file, &mut fields, problems);
    let examples = fields.value("example");
    fields.finish(problems);

    // Without its subject, nothing else of a check has a meaning.
    let over = over?;
    let mut sure = Sure::new();
    let when = when.map(|when| condition(&when, "when", over, &sure, problems));
    if let Some(Some(when)) = &when {
        when.implies(&mut sure);
    }
    let compiled = if flag.span.is_empty() { None } else { condition(&flag, "flag", over, &sure, problems) };
    if let Some(flag) = &compiled {
        flag.implies(&mut sure);
    }
    // Where a condition is wrong, nothing is known of what the message may count on.
    let conditions_hold = compiled.is_some() && !matches!(when, Some(None));
    let message = if conditions_hold {
        Template::compile(&message, over, &sure, problems)
    } else {
        Template::default()
    };
    let mut read = Vec::new();
    let examples = examples.filter(|_| wanted != Examples::Leave);
    for value in examples.and_then(|e| e.get_ref().as_array()).into_iter().flatten() {
        read.extend(Example::read(file, value, over, problems));
    }
    if let Some(value) = examples.filter(|e| e.get_ref().as_array().is_none()) {
        problems.push(
            Problem::new(value.span(), "`example` must be a list of tables")
                .help("write `[[example]]`".to_owned()),
        );
    }
    if wanted != Examples::Leave {
        both_kinds(&read, &flag, problems);
    }
    Some(Check {
        id: id.to_owned(),
        title: title.value,
        severity: severity?,
        confidence: confidence?,
        over,
        why: why.value,
        fix: fix.value,
        recipe,
        maps,
        group: group.to_owned(),
        origin: source.name.clone(),
        source: source.text.clone(),
        when: when.flatten(),
        flag: compiled?,
        message,
        examples: read,
    })
}

/// Compiles `when` or `flag`, with what is wrong put on the author's line.
fn condition(
    text: &Text,
    name: &str,
    over: SubjectKind,
    sure: &Sure,
    problems: &mut Vec<Problem>,
) -> Option<Expr> {
    match Expr::compile(&text.value, over, sure) {
        Ok((expr, Type::Bool)) => Some(expr),
        Ok((_, ty)) => {
            let trimmed = text.value.trim_end().len();
            let message = format!("`{name}` must be true or false, found {ty}");
            let help = matches!(ty.non_null(), Type::Bool).then(|| "write `… == true`".to_owned());
            problems.push(Problem::new(text.place(0..trimmed), message).help(help));
            None
        }
        Err(inner) => {
            problems.extend(inner.into_iter().map(|mut problem| {
                problem.span = text.place(problem.span.clone());
                problem
            }));
            None
        }
    }
}

/// The frameworks' requirements.
fn maps(file: &str, from: &mut Fields<'_, '_>, problems: &mut Vec<Problem>) -> BTreeMap<String, Vec<String>> {
    let Some(value) = from.value("maps") else { return BTreeMap::new() };
    let Some(table) = value.get_ref().as_table() else {
        problems.push(Problem::new(value.span(), "`maps` must be a table of frameworks"));
        return BTreeMap::new();
    };
    let mut maps = BTreeMap::new();
    for (framework, ids) in table {
        let ids = fields::texts(file, framework.get_ref(), ids, problems);
        maps.insert(framework.get_ref().to_string(), ids.into_iter().map(|id| id.value).collect());
    }
    maps
}

/// A check proves itself with what it flags and with what it leaves alone.
fn both_kinds(examples: &[Example], flag: &Text, problems: &mut Vec<Problem>) {
    for verdict in [Verdict::Flagged, Verdict::Clear] {
        if !examples.iter().any(|example| example.is == verdict) {
            let word = verdict.as_str();
            problems.push(
                Problem::new(flag.span.clone(), format!("this check has no example that is {word}"))
                    .help(format!("add an `[[example]]` with `is = \"{word}\"`")),
            );
        }
    }
}
