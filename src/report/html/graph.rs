//! Who reads what, drawn: readers at the left, tables at the right, a line for each reach. Texts are escaped here, since
//! SVG is markup.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::super::{reach::ReaderRow, text::cell};

/// Rows that are drawn; the list below the drawing has the rest.
const MOST: usize = 240;
/// Tables that are drawn.
const TABLES: usize = 80;
/// Height of a row.
const STEP: usize = 26;
const WIDTH: usize = 1080;
const LEFT: usize = 380;
const RIGHT: usize = 700;

/// The drawing, and what it leaves out in words. Empty where nobody reads. `sensitive`: ARNs of tables in which secrets
/// were seen; they come first.
pub fn draw(rows: &[ReaderRow], sensitive: &BTreeSet<&str>) -> (String, String) {
    let mut tables: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows {
        for arn in &row.tables {
            *tables.entry(arn).or_default() += row.names.len();
        }
    }
    let mut order: Vec<(&str, usize)> = tables.into_iter().collect();
    order.sort_by_key(|(arn, readers)| (!sensitive.contains(arn), std::cmp::Reverse(*readers), *arn));
    let all = order.len();
    order.truncate(TABLES);
    let place: BTreeMap<&str, usize> = order.iter().enumerate().map(|(at, (arn, _))| (*arn, at)).collect();
    let drawn: Vec<&ReaderRow> = rows
        .iter()
        .filter(|row| row.tables.iter().any(|arn| place.contains_key(arn.as_str())))
        .take(MOST)
        .collect();
    if drawn.is_empty() {
        return (String::new(), String::new());
    }
    let longest = drawn.len().max(order.len());
    let height = (longest + 1) * STEP;
    // The shorter side is spread over the height of the longer one.
    let y = |at: usize, of: usize| (at * 2 + 1) * (height - STEP) / (of * 2) + STEP / 2;
    let mut out = String::new();
    let _ = write!(
        out,
        "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"Readers and the tables that they reach\">"
    );
    for (at, row) in drawn.iter().enumerate() {
        let from = y(at, drawn.len());
        let kind = match (row.external, row.conditional) {
            (true, _) => "outside",
            (_, true) => "conditional",
            _ => "outright",
        };
        let _ = write!(out, "<g class=\"reader {kind}\"><title>{}</title>", escaped(&told(row), 600));
        for to in row.tables.iter().filter_map(|arn| place.get(arn.as_str())) {
            let to = y(*to, order.len());
            let (a, b) = (LEFT + 110, RIGHT - 110);
            let _ = write!(out, "<path d=\"M{LEFT} {from}C{a} {from} {b} {to} {RIGHT} {to}\"/>");
        }
        let (x, line) = (LEFT - 12, from + 4);
        let _ = write!(out, "<circle cx=\"{LEFT}\" cy=\"{from}\" r=\"4\"/>");
        let _ = write!(
            out,
            "<text x=\"{x}\" y=\"{line}\" text-anchor=\"end\">{}</text></g>",
            escaped(&label(row), 52)
        );
    }
    for (at, (arn, readers)) in order.iter().enumerate() {
        let to = y(at, order.len());
        let name = arn.split_once(":table/").map_or(*arn, |(_, name)| name);
        let kind = if sensitive.contains(arn) { "secret" } else { "plain" };
        let (x, line) = (RIGHT + 12, to + 4);
        let _ = write!(
            out,
            "<g class=\"table {kind}\"><title>{}</title><circle cx=\"{RIGHT}\" cy=\"{to}\" r=\"5\"/>\
             <text x=\"{x}\" y=\"{line}\">{} <tspan>{readers}</tspan></text></g>",
            escaped(arn, 600),
            escaped(name, 40)
        );
    }
    out.push_str("</svg>");
    let mut note = Vec::new();
    if all > order.len() {
        note.push(format!("{} of {all} tables are drawn, those with secrets first", order.len()));
    }
    if rows.len() > drawn.len() {
        note.push(format!("{} of {} groups of readers are drawn", drawn.len(), rows.len()));
    }
    if drawn.iter().any(|row| row.count > row.tables.len() as u64) {
        note.push("of readers of more than 20 tables, lines lead to the first 20".to_owned());
    }
    (out, note.join("; "))
}

/// One name, or the first of several.
fn label(row: &ReaderRow) -> String {
    let all =
        if row.count > row.tables.len() as u64 { format!(" ({} tables)", row.count) } else { String::new() };
    match row.names.as_slice() {
        [one] => format!("{one}{all}"),
        [first, rest @ ..] => format!("{first} and {} more{all}", rest.len()),
        [] => all,
    }
}

fn told(row: &ReaderRow) -> String {
    let mut out = format!("{}: {}", row.names.join(", "), row.roads);
    if row.conditional {
        let _ = write!(out, "; only if {}", row.condition);
    }
    out
}

/// Inert text of an element, cut.
fn escaped(text: &str, most: usize) -> String {
    let safe = cell(text, most);
    safe.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
