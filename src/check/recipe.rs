//! The exact next step for one resource: commands and snippets of a check's file, with the resource's names put in so
//! that none of them can be taken for anything but a name.

use schemars::JsonSchema;
use serde::Serialize;

use super::{fields::Fields, near, text::Text};
use crate::{
    finding::{Subject, SubjectKind},
    source::{Problem, is_active},
};

/// What a check's file says of how to mend one resource; `<table>`, `<arn>` and the like stand for its names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Recipe {
    /// Commands of the AWS CLI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cli: Option<String>,
    /// Arguments of a Terraform resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terraform: Option<String>,
    /// Properties of a CloudFormation resource, in YAML.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloudformation: Option<String>,
}

/// One form of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// `AWS CLI`, `Terraform` or `CloudFormation`.
    pub form: &'static str,
    /// The language, as Markdown names it.
    pub language: &'static str,
    /// The text to copy.
    pub text: String,
}

/// How a name is written in a language so that it stays a name.
type Quote = fn(&str) -> String;

impl Recipe {
    /// Reads the three fields of a check's file.
    pub(super) fn read(
        fields: &mut Fields<'_, '_>,
        over: Option<SubjectKind>,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut take = |name| {
            let text = fields.optional(name, problems)?;
            if let Some(over) = over {
                placeholders(&text, over, problems);
            }
            Some(text.value.trim().to_owned())
        };
        Self {
            cli: take("fix_cli"),
            terraform: take("fix_terraform"),
            cloudformation: take("fix_cloudformation"),
        }
    }

    /// The steps for one resource; none where a name of it holds what cannot be typed.
    pub fn steps(&self, subject: &Subject) -> Vec<Step> {
        let forms: [(&Option<String>, &str, &str, Quote); 3] = [
            (&self.cli, "AWS CLI", "sh", shell),
            (&self.terraform, "Terraform", "hcl", hcl),
            (&self.cloudformation, "CloudFormation", "yaml", json),
        ];
        let step = |(text, form, language, quote): (&Option<String>, _, _, Quote)| {
            Some(Step { form, language, text: fill(text.as_deref()?, subject, quote)? })
        };
        forms.into_iter().filter_map(step).collect()
    }
}

/// The names that a placeholder can stand for.
fn names(over: SubjectKind) -> Vec<&'static str> {
    use SubjectKind as K;
    let mut names = vec!["arn", "account", "partition", "id"];
    if !matches!(over, K::Account | K::Principal | K::Reader) {
        names.push("region");
    }
    match over {
        K::Table | K::Stream | K::Backup | K::Export | K::Import => names.push("table"),
        K::Use => names.extend(["table", "key"]),
        K::Index => names.extend(["table", "index"]),
        K::Replica => names.extend(["table", "replica"]),
        K::Attribute => names.extend(["table", "path"]),
        K::Copy => names.extend(["table", "path", "copy"]),
        K::Grant => names.push("grant"),
        K::Principal => names.push("principal"),
        K::Reader => names.push("reader"),
        _ => {}
    }
    names
}

fn placeholders(text: &Text, over: SubjectKind, problems: &mut Vec<Problem>) {
    let known = names(over);
    for (start, name) in split(&text.value).filter_map(|part| part.err()) {
        if !known.contains(&name) {
            let place = text.place(start..start + name.len() + 2);
            let problem =
                Problem::new(place, format!("`<{name}>` stands for nothing of a {}", over.as_str()));
            problems.push(problem.help(near::help(name, "there are", known.iter().copied())));
        }
    }
}

/// The parts of a template: text, or a placeholder with its offset.
fn split(template: &str) -> impl Iterator<Item = Result<&str, (usize, &str)>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = template.get(at..).filter(|rest| !rest.is_empty())?;
        if let Some(name) = placeholder(rest) {
            let start = at;
            at += name.len() + 2;
            return Some(Err((start, name)));
        }
        // A `<` that begins no placeholder is text.
        let next = rest.char_indices().skip(1).find(|(i, c)| *c == '<' && placeholder(&rest[*i..]).is_some());
        let end = next.map_or(rest.len(), |(i, _)| i);
        at += end;
        Some(Ok(&rest[..end]))
    })
}

fn placeholder(rest: &str) -> Option<&str> {
    let (name, _) = rest.strip_prefix('<')?.split_once('>')?;
    (!name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')).then_some(name)
}

fn fill(template: &str, subject: &Subject, quote: Quote) -> Option<String> {
    let mut out = String::with_capacity(template.len() + 64);
    for part in split(template) {
        match part {
            Ok(text) => out.push_str(text),
            Err((_, name)) => {
                let value = value(subject, name)?;
                if value.is_empty() || value.chars().any(is_active) {
                    return None;
                }
                out.push_str(&quote(value));
            }
        }
    }
    Some(out)
}

fn value<'a>(subject: &'a Subject, name: &str) -> Option<&'a str> {
    match name {
        "arn" => Some(&subject.arn),
        "account" => Some(&subject.account),
        "region" => subject.region.as_deref(),
        "table" => subject.table.as_deref(),
        "partition" => subject.arn.split(':').nth(1),
        "id" => subject.arn.rsplit([':', '/']).next(),
        other => subject.names.get(other).map(String::as_str),
    }
}

/// One word of a POSIX shell.
pub fn shell(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.:/@=+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A string of JSON, which YAML and Python read as well.
pub fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A string of HCL, in which `${` and `%{` begin a template.
fn hcl(text: &str) -> String {
    json(text).replace("${", "$${").replace("%{", "%%{")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(table: &str) -> Subject {
        Subject {
            kind: SubjectKind::Table,
            arn: format!("arn:aws:dynamodb:eu-west-1:111122223333:table/{table}"),
            account: "111122223333".into(),
            region: Some("eu-west-1".into()),
            table: Some(table.into()),
            tables: None,
            names: [].into(),
        }
    }

    #[test]
    fn names_stay_names_in_every_language() {
        let recipe = Recipe {
            cli: Some("aws x --table-name=<table> --region=<region>".into()),
            terraform: Some("name = <table>".into()),
            cloudformation: Some("TableName: <table>".into()),
        };
        let texts =
            |table: &str| recipe.steps(&subject(table)).into_iter().map(|s| s.text).collect::<Vec<_>>();
        assert_eq!(
            texts("orders"),
            ["aws x --table-name=orders --region=eu-west-1", "name = \"orders\"", "TableName: \"orders\""]
        );
        assert_eq!(
            texts("a'; rm -rf $HOME; \"${x}%{y}`z`"),
            [
                "aws x --table-name='a'\\''; rm -rf $HOME; \"${x}%{y}`z`' --region=eu-west-1",
                "name = \"a'; rm -rf $HOME; \\\"$${x}%%{y}`z`\"",
                "TableName: \"a'; rm -rf $HOME; \\\"${x}%{y}`z`\"",
            ]
        );
        // What cannot be typed is not printed as if it could.
        assert!(texts("a\nb").is_empty() && texts("a\u{202e}b").is_empty() && texts("").is_empty());
    }

    #[test]
    fn a_shell_reads_back_what_was_meant() {
        for name in ["orders", "a b", "it's", "$(id)", "`id`", "a\\b", "*", "~", "-x", "!!", "'", "''"] {
            let script = format!("printf %s {}", shell(name));
            let said = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
            // `printf` takes a leading hyphen for text after its format.
            assert_eq!(String::from_utf8_lossy(&said.stdout), name, "{script}");
        }
    }
}
