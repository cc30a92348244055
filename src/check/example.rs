//! An example of a check: a small scene, and the verdict that it must come to.

use toml::{Spanned, de::DeValue};

use super::{
    Check,
    expr::because,
    fields::{Fields, word},
    scene::Scene,
};
use crate::{
    finding::{SubjectKind, Verdict},
    source::{Problem, Span},
};

/// A scene and its verdict.
#[derive(Debug)]
pub(super) struct Example {
    pub is: Verdict,
    span: Span,
    scene: Scene,
}

const VERDICTS: [Verdict; 4] = [Verdict::Flagged, Verdict::Clear, Verdict::Unknown, Verdict::NotApplicable];

impl Example {
    /// Reads one `[[example]]`; none if it is not clear what it must come to.
    pub fn read(
        file: &str,
        value: &Spanned<DeValue<'_>>,
        over: SubjectKind,
        problems: &mut Vec<Problem>,
    ) -> Option<Self> {
        let Some(table) = value.get_ref().as_table() else {
            problems.push(Problem::new(value.span(), "an example must be a table"));
            return None;
        };
        let mut fields = Fields::new(file, table, "an example", value.span());
        let is = fields.required("is", problems);
        fields.optional("note", problems);
        let mut scene = Scene::quiet(over);
        if let Some(given) = fields.value("given") {
            scene.give(given, problems);
        }
        for path in fields.texts("partial", problems) {
            scene.partial(&path, problems);
        }
        for path in fields.texts("unset", problems) {
            scene.unset(&path, problems);
        }
        fields.finish(problems);
        let known = VERDICTS.map(Verdict::as_str);
        let verdict = |name: &str| VERDICTS.into_iter().find(|v| v.as_str() == name);
        Some(Self { is: word("is", &is, &known, problems, verdict)?, span: is.span, scene })
    }

    /// Judges the scene.
    ///
    /// # Errors
    /// What it came to instead.
    pub fn run(&self, check: &Check) -> Result<(), Problem> {
        let scope = self.scene.scope();
        let judgement = check.judge(&scope);
        if let Some(broken) = judgement.broken {
            return Err(Problem::new(self.span.clone(), format!("the expression fails here: {broken}")));
        }
        if judgement.verdict != self.is {
            let message =
                format!("this example should be {} and is {}", self.is.as_str(), judgement.verdict.as_str());
            let read = because(check.facts(), &scope).into_iter().map(|(fact, value)| match value {
                Some(value) => format!("{fact} = {value}"),
                None => format!("{fact} is unknown"),
            });
            let read: Vec<String> = read.collect();
            return Err(
                Problem::new(self.span.clone(), message).note(format!("it reads {}", read.join(", ")))
            );
        }
        match check.message.render(&scope) {
            Err(broken) if self.is == Verdict::Flagged => {
                Err(Problem::new(self.span.clone(), format!("the message fails here: {broken}")))
            }
            _ => Ok(()),
        }
    }
}
