//! JSON Lines: the findings alone, one a line, for programs that read them as a stream.

use std::io::{self, Write};

use super::{View, json};

/// Writes each finding on a line of its own, in the order of the JSON report.
///
/// # Errors
/// What `out` said.
pub fn render(view: &View, out: &mut dyn Write) -> io::Result<()> {
    view.findings.iter().try_for_each(|finding| json::line(finding, out))
}
