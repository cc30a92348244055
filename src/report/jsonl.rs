//! JSON Lines: the findings alone, one a line, for programs that read them as a stream.

use std::io::{self, BufWriter, Write};

use super::{View, json};

/// Writes each finding on a line of its own, in the order of the JSON report.
///
/// # Errors
/// What `out` said.
pub fn render(view: &View, out: &mut dyn Write) -> io::Result<()> {
    let mut gathered = BufWriter::with_capacity(1 << 16, out);
    view.findings.iter().try_for_each(|finding| json::line(finding, &mut gathered))?;
    gathered.flush()
}
