//! Checks: data in `checks/**/*.toml`, type-checked against the facts and judged over them.
//!
//! ```text
//! file ──▶ fields ──▶ expr (typeck) ──▶ Check ──▶ Library ──▶ judge ──▶ Finding
//!            ▲ text: the way back to the author's line   ▲ facts
//! ```

pub mod command;
mod example;
mod expr;
mod file;
pub mod judge;
pub mod library;
pub mod pages;
pub mod recipe;
pub mod reference;
mod said;
mod scene;
mod template;
mod typeck;
pub mod types;

pub use judge::{Judged, Tally, judge, judge_chosen, judge_only};
pub use library::{Library, LoadError};

use std::collections::BTreeMap;

use crate::{
    finding::{Confidence, Severity, SubjectKind, Verdict},
    source::{fields, near, text},
};
use example::Example;
use expr::{Expr, Scope, Truth};
pub use recipe::Recipe;
use template::Template;

/// One check, ready to judge.
#[derive(Debug)]
pub struct Check {
    /// Id: the name of its file, without `.toml`.
    pub id: String,
    /// What is wrong, in a few words.
    pub title: String,
    /// How bad it is.
    pub severity: Severity,
    /// How sure the check can be at best.
    pub confidence: Confidence,
    /// What it is about.
    pub over: SubjectKind,
    /// Why it matters.
    pub why: String,
    /// What to do.
    pub fix: String,
    /// What to do, made out for one resource.
    pub recipe: Recipe,
    /// Framework → requirements that it bears on.
    pub maps: BTreeMap<String, Vec<String>>,
    /// The folder that its file lies in.
    pub group: String,
    /// Where it comes from: its file.
    pub origin: String,
    /// Its file's text.
    pub source: String,
    when: Option<Expr>,
    flag: Expr,
    message: Template,
    examples: Vec<Example>,
}

/// What a check says about one subject, and which of its expressions decided.
struct Judgement<'c> {
    verdict: Verdict,
    /// The expression that could not be answered.
    undecided: Option<&'c Expr>,
    /// Why it could not, if not for a fact that is unknown.
    broken: Option<String>,
}

impl Check {
    fn judge(&self, scope: &Scope<'_, '_>) -> Judgement<'_> {
        let said = |verdict| Judgement { verdict, undecided: None, broken: None };
        let open =
            |undecided, broken| Judgement { verdict: Verdict::Unknown, undecided: Some(undecided), broken };
        if let Some(when) = &self.when {
            match when.truth(scope) {
                Truth::True => {}
                Truth::False => return said(Verdict::NotApplicable),
                Truth::Unknown => return open(when, None),
                Truth::Broken(how) => return open(when, Some(how)),
            }
        }
        match self.flag.truth(scope) {
            Truth::True => said(Verdict::Flagged),
            Truth::False => said(Verdict::Clear),
            Truth::Unknown => open(&self.flag, None),
            Truth::Broken(how) => open(&self.flag, Some(how)),
        }
    }

    /// The facts that it reads, in order of appearance.
    pub fn facts(&self) -> impl Iterator<Item = &String> {
        self.when.iter().chain([&self.flag]).flat_map(|expr| &expr.paths)
    }

    /// What it reads of the elements of lists, such as `account.regions.recorded`.
    pub fn elements(&self) -> impl Iterator<Item = &String> {
        self.when.iter().chain([&self.flag]).flat_map(|expr| &expr.elements)
    }

    /// The condition under which it applies, and the one under which it flags, as they were written.
    pub fn conditions(&self) -> (Option<&str>, &str) {
        (self.when.as_ref().map(|when| when.text.as_str()), &self.flag.text)
    }

    /// The names of its examples: `example-1 (flagged)`, …
    pub fn examples(&self) -> Vec<String> {
        (1..)
            .zip(&self.examples)
            .map(|(n, example)| format!("example-{n} ({})", example.is.as_str()))
            .collect()
    }

    /// Runs the example at `index`, from 0.
    ///
    /// # Errors
    /// The problem as text, on the example's line.
    pub fn run_example(&self, index: usize) -> Result<(), String> {
        let Some(example) = self.examples.get(index) else { return Ok(()) };
        let source = crate::source::Source::new(&self.origin, &self.source);
        example.run(self).map_err(|problem| source.render(&problem))
    }
}

#[cfg(test)]
mod tests;
