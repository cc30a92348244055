//! JUnit XML: a test suite for each check, a test case for each subject, so that a build server shows them.

use std::io::{self, Write};

use super::{View, label, text::inert};
use crate::finding::{Finding, State, Verdict};

/// Writes the report. What is flagged is a failure, what was not assessed an error; what does not concern
/// the subject, and what is accepted, is skipped.
///
/// # Errors
/// What `out` said.
pub fn render(view: &View, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites>")?;
    let mut by_check: Vec<&Finding> = view.findings.iter().collect();
    by_check.sort_by(|a, b| a.check.cmp(&b.check));
    let taken = view.run.taken.to_string();
    for (id, suite) in by_check.chunk_by(|a, b| a.check == b.check).enumerate() {
        let of = |verdict| {
            suite.iter().filter(|finding| finding.verdict == verdict && finding.accepted.is_none()).count()
        };
        let came = |finding: &&&Finding| {
            finding.state.is_some_and(|state| state != State::Unchanged) && finding.accepted.is_none()
        };
        let new = match &view.triage {
            Some(_) => {
                let count = suite.iter().filter(came).count();
                format!("      <property name=\"new-since-baseline\" value=\"{count}\"/>\n")
            }
            None => String::new(),
        };
        // The schema of Ant's JUnit task wants a host and a time, and a verdict has neither.
        writeln!(
            out,
            "  <testsuite id=\"{id}\" package=\"dynaudit\" name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" \
             timestamp=\"{}\" hostname=\"localhost\" time=\"0\">\n    <properties>\n      \
             <property name=\"snapshot-sha256\" value=\"{}\"/>\n{new}    </properties>",
            escaped(&suite[0].check),
            suite.len(),
            of(Verdict::Flagged),
            of(Verdict::Unknown),
            taken.trim_end_matches('Z'),
            escaped(&view.run.snapshot_sha256),
        )?;
        suite.iter().try_for_each(|finding| case(view, finding, out))?;
        writeln!(out, "    <system-out/>\n    <system-err/>\n  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn case(view: &View, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let place = [Some(finding.subject.account.as_str()), finding.subject.region.as_deref()];
    let place: Vec<&str> = place.into_iter().flatten().collect();
    let name = format!("{} ({})", label::name(&finding.subject), place.join(" "));
    write!(
        out,
        "    <testcase classname=\"{}\" name=\"{}\" time=\"0\"",
        escaped(&format!("dynaudit.{}", finding.check)),
        escaped(&name)
    )?;
    let said = escaped(&label::said(finding));
    let fix = view.check(&finding.check).map_or("", |check| check.fix.as_str());
    let mut more = format!("{}\nFix: {}\nFingerprint: {}", finding.subject.arn, fix, finding.fingerprint);
    if let Some(state) = finding.state {
        // A property of a test case is what the schemas do not know.
        more += &format!("\nState: {}", state.as_str());
    }
    if let Some(by) = &finding.accepted {
        let why = escaped(&by.said());
        return writeln!(out, ">\n      <skipped message=\"accepted: {why}; {said}\"/>\n    </testcase>");
    }
    match finding.verdict {
        Verdict::Clear => writeln!(out, "/>"),
        Verdict::NotApplicable => {
            writeln!(out, ">\n      <skipped message=\"not applicable\"/>\n    </testcase>")
        }
        Verdict::Flagged => writeln!(
            out,
            ">\n      <failure type=\"{}\" message=\"{said}\">{}</failure>\n    </testcase>",
            finding.severity,
            lines(&more)
        ),
        Verdict::Unknown => writeln!(
            out,
            ">\n      <error type=\"not-assessed\" message=\"{said}\">{}</error>\n    </testcase>",
            lines(&more)
        ),
    }
}

fn lines(text: &str) -> String {
    text.lines().map(escaped).collect::<Vec<_>>().join("\n")
}

/// Text that can stand in an attribute or an element. What XML cannot hold at all is escaped as on a terminal.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in inert(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}
