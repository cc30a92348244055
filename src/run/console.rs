//! Standard output and standard error: colours where they are wanted, a closed pipe without complaint.

use std::{
    io::{self, BufWriter, ErrorKind, IsTerminal, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anstream::{AutoStream, ColorChoice, adapter::strip_str};
use serde::Serialize;

use super::{Error, Outcome};
use crate::{
    cli::Global,
    config::{Format, is_folder},
    finding::triage::Triage,
    report::{
        View, asff, csv, html, json, jsonl, junit, markdown, ocsf, oscal, remediation, sarif, table, text,
    },
    snapshot::{draft::Draft, file::write_private_by, members::Members},
};

/// Width of a table that no terminal bounds: fixed, so that the same input gives the same bytes.
const UNBOUND: u16 = 120;

/// Where results and notes go.
#[derive(Debug, Clone)]
pub struct Console {
    color: ColorChoice,
    quiet: bool,
    verbose: bool,
    width: Option<u16>,
}

impl Console {
    /// As the options say.
    pub fn new(global: &Global) -> Self {
        let color = match global.color {
            clap::ColorChoice::Auto => ColorChoice::Auto,
            clap::ColorChoice::Always => ColorChoice::Always,
            clap::ColorChoice::Never => ColorChoice::Never,
        };
        Self { color, quiet: global.quiet, verbose: global.verbose > 0, width: global.width }
    }

    /// Whether a progress line has a place: a terminal, and nobody else who writes there.
    pub fn shows_progress(&self) -> bool {
        !self.quiet && !self.verbose && io::stderr().is_terminal()
    }

    /// A note for who watches.
    pub fn note(&self, note: &str) {
        if !self.quiet {
            // Whoever closed standard error does not want the note.
            let _ = writeln!(io::stderr(), "{}", text::inert(note));
        }
    }

    /// What could not be done of what was asked; said even where notes are not wanted.
    pub fn warn(&self, said: &str) {
        let _ = writeln!(io::stderr(), "{}", text::inert(said));
    }

    /// An error, and the exit code that it is. Texts of others stand in it, so they are made inert.
    pub fn error(&self, error: &Error) -> ExitCode {
        refuse(&error.to_string())
    }

    /// Text of our own, with lines.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub fn text(&self, said: &str) -> Result<Outcome, Error> {
        self.bytes(text::inert_lines(said).as_bytes())
    }

    /// Bytes as they are.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub fn bytes(&self, bytes: &[u8]) -> Result<Outcome, Error> {
        finish(write_to(io::stdout().lock(), bytes))
    }

    /// A value as JSON.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub fn json(&self, value: &impl Serialize) -> Result<Outcome, Error> {
        let mut bytes = Vec::new();
        finish(json::write(value, &mut bytes))?;
        self.bytes(&bytes)
    }

    /// A table with its colours, drawn as wide as there is room.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub fn drawn(&self, draw: impl FnOnce(u16) -> String) -> Result<Outcome, Error> {
        let drawn = draw(self.width.unwrap_or_else(terminal_width));
        finish(write_to(AutoStream::new(io::stdout(), self.color).lock(), drawn.as_bytes()))
    }

    /// The report, on standard output and in the files asked for. Files come first: a pipe that is closed must not
    /// cost them. `bundle` is the evidence, where some form asks for it. A `silent` run leaves standard output empty.
    ///
    /// # Errors
    /// A file or standard output cannot be written.
    pub fn report(
        &self,
        view: &View,
        bundle: Option<&Draft>,
        format: Format,
        outputs: &[(Format, PathBuf)],
        silent: bool,
    ) -> Result<(), Error> {
        let made = |format: Format| format != Format::Evidence || bundle.is_some();
        // One that cannot be written does not cost the others.
        let written = outputs.iter().filter(|(format, _)| made(*format));
        let written = written.map(|(format, path)| self.file(view, bundle, *format, path));
        let mut failed: Vec<Error> = written.filter_map(Result::err).collect();
        if made(format) && !silent {
            failed.extend(self.shown(view, bundle, format).err());
        }
        match (failed.pop(), failed.is_empty()) {
            (None, _) => Ok(()),
            (Some(only), true) => Err(only),
            (Some(last), false) => {
                failed.push(last);
                Err(Error::Several(failed))
            }
        }
    }

    /// Whether notes are not wanted and nothing changed since an earlier run.
    pub fn is_silent(&self, view: &View) -> bool {
        self.quiet && view.triage.as_ref().is_some_and(Triage::is_quiet)
    }

    /// How a run went, in a line: where it is asked for, or where standard error is a log.
    pub fn summary(&self, line: &str, asked: bool) {
        if asked || (!self.quiet && !io::stderr().is_terminal()) {
            self.warn(line);
        }
    }

    fn file(&self, view: &View, bundle: Option<&Draft>, format: Format, path: &Path) -> Result<(), Error> {
        let failed = |error| Error::Write(path.to_owned(), error);
        let width = self.width.unwrap_or(UNBOUND);
        if let (Format::Evidence, Some(bundle)) = (format, bundle) {
            let put = if is_folder(path) { laid_out(bundle, path) } else { bundle.put(path) };
            return put.map_err(failed);
        }
        let written = write_private_by(path, |out| match format {
            Format::Table => out.write_all(strip_str(&table::render(view, width)).to_string().as_bytes()),
            _ => render(view, bundle, format, width, out),
        });
        written.map_err(failed)
    }

    fn shown(&self, view: &View, bundle: Option<&Draft>, format: Format) -> Result<(), Error> {
        let width = self.width.unwrap_or_else(terminal_width);
        let written = match format {
            Format::Table => {
                let drawn = table::render(view, width);
                write_to(AutoStream::new(io::stdout(), self.color).lock(), drawn.as_bytes())
            }
            _ => {
                let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
                render(view, bundle, format, width, &mut out).and_then(|()| out.flush())
            }
        };
        finish(written).map(drop)
    }
}

/// Says why nothing could be run, before there are options to say how.
pub fn refuse(said: &str) -> ExitCode {
    let safe = text::inert_lines(said.trim_end());
    let begin = if safe.starts_with("error") { "" } else { "error: " };
    let _ = writeln!(io::stderr(), "{begin}{safe}");
    ExitCode::from(2)
}

/// Writes the report in one form; the table with its colours, `width` columns wide.
fn render(
    view: &View,
    bundle: Option<&Draft>,
    format: Format,
    width: u16,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Table => out.write_all(table::render(view, width).as_bytes()),
        Format::Json => json::render(view, out),
        Format::Jsonl => jsonl::render(view, out),
        Format::Sarif => sarif::render(view, out),
        Format::Ocsf => ocsf::render(view, ocsf::Version::V1_5, out),
        Format::Ocsf18 => ocsf::render(view, ocsf::Version::V1_8, out),
        Format::Asff => asff::render(view, out),
        Format::Oscal => oscal::render(view, out),
        Format::Csv => csv::render(view, out),
        Format::Junit => junit::render(view, out),
        Format::Markdown => markdown::render(view, out),
        Format::Remediation => remediation::render(view, out),
        Format::Html => html::render(view, out),
        Format::Evidence => bundle.map_or(Ok(()), |bundle| bundle.copy(out)),
    }
}

/// Writes the evidence as a directory.
fn laid_out(bundle: &Draft, path: &Path) -> io::Result<()> {
    Members::of(bundle.file().try_clone()?).map_err(io::Error::other)?.lay_out(path)
}

fn terminal_width() -> u16 {
    if io::stdout().is_terminal() { table::terminal_width().unwrap_or(UNBOUND) } else { UNBOUND }
}

fn write_to(mut out: impl Write, bytes: &[u8]) -> io::Result<()> {
    out.write_all(bytes)?;
    out.flush()
}

/// A reader that has seen enough (`| head`) is no error.
pub(super) fn finish(written: io::Result<()>) -> Result<Outcome, Error> {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::Write("standard output".into(), error))
        }
        _ => Ok(Outcome::Clean),
    }
}
