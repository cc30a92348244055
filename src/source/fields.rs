//! Takes the fields out of a TOML table, and says on the author's own line what is missing, misspelled or of the wrong type.

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{Problem, Span, near, text::Text};

/// A table being read field by field.
pub struct Fields<'t, 'i> {
    file: &'t str,
    table: &'t DeTable<'i>,
    /// What the table is, in messages.
    what: &'static str,
    /// Where the table is, for what is missing in it.
    span: Span,
    asked: Vec<&'static str>,
}

impl<'t, 'i> Fields<'t, 'i> {
    /// The table at `span`, called `what` in messages.
    pub fn new(file: &'t str, table: &'t DeTable<'i>, what: &'static str, span: Span) -> Self {
        Self { file, table, what, span, asked: Vec::new() }
    }

    /// A field's value, if it is there.
    pub fn value(&mut self, name: &'static str) -> Option<&'t Spanned<DeValue<'i>>> {
        self.asked.push(name);
        self.table.get(name)
    }

    /// A text, if it is there.
    pub fn optional(&mut self, name: &'static str, problems: &mut Vec<Problem>) -> Option<Text> {
        let value = self.value(name)?;
        text(self.file, name, value, problems)
    }

    /// A text that must be there and not be blank.
    pub fn required(&mut self, name: &'static str, problems: &mut Vec<Problem>) -> Text {
        if self.table.get(name).is_none() {
            problems.push(Problem::new(self.span.clone(), format!("{} has no `{name}`", self.what)));
        }
        let text = self.optional(name, problems).unwrap_or_default();
        if !text.span.is_empty() && text.value.trim().is_empty() {
            problems.push(Problem::new(text.span.clone(), format!("`{name}` is empty")));
        }
        text
    }

    /// A list of texts; empty if it is not there.
    pub fn texts(&mut self, name: &'static str, problems: &mut Vec<Problem>) -> Vec<Text> {
        let Some(value) = self.value(name) else { return Vec::new() };
        texts(self.file, name, value, problems)
    }

    /// Complains about fields that nobody asked for.
    pub fn finish(self, problems: &mut Vec<Problem>) {
        for key in self.table.keys() {
            let name = key.get_ref();
            if !self.asked.iter().any(|asked| asked == name) {
                let message = format!("{} has no field `{name}`", self.what);
                let help = near::help(name, "its fields", self.asked.iter().copied());
                problems.push(Problem::new(key.span(), message).help(help));
            }
        }
    }
}

/// A value as text.
pub fn text(
    file: &str,
    name: &str,
    value: &Spanned<DeValue<'_>>,
    problems: &mut Vec<Problem>,
) -> Option<Text> {
    match value.get_ref().as_str() {
        Some(string) => Some(Text::new(file, value.span(), string)),
        None => {
            let message = format!("`{name}` must be text, found {}", value.get_ref().type_str());
            problems.push(Problem::new(value.span(), message));
            None
        }
    }
}

/// A value as a list of texts.
pub fn texts(file: &str, name: &str, value: &Spanned<DeValue<'_>>, problems: &mut Vec<Problem>) -> Vec<Text> {
    match value.get_ref().as_array() {
        Some(items) => items.iter().filter_map(|item| text(file, name, item, problems)).collect(),
        None => {
            let message = format!("`{name}` must be a list of texts, found {}", value.get_ref().type_str());
            problems.push(Problem::new(value.span(), message));
            Vec::new()
        }
    }
}

/// The text of the field `name` as one of the words that `parse` knows.
pub fn word<T>(
    name: &str,
    text: &Text,
    known: &[&str],
    problems: &mut Vec<Problem>,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Option<T> {
    if text.span.is_empty() {
        return None;
    }
    let found = parse(&text.value);
    if found.is_none() {
        let help = near::help(&text.value, "one of", known.iter().copied());
        let message = format!("`{name}` cannot be `{}`", text.value);
        problems.push(Problem::new(text.span.clone(), message).help(help));
    }
    found
}
