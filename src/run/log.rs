//! Diagnostics for `-v`: events of dynaudit itself, never those of the SDK, which hold requests and answers.

use std::io::{self, Write};

use tracing::{Metadata, level_filters::LevelFilter};
use tracing_subscriber::{Layer, filter::filter_fn, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::report::text;

/// Starts to log to standard error: nothing at 0, what is done at 1, each step at 2.
pub fn start(verbose: u8) {
    let level = match verbose {
        0 => return,
        1 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let layer = fmt::layer()
        .with_ansi(false)
        .with_timer(fmt::time::uptime())
        .with_writer(|| Inert)
        .with_filter(filter_fn(|metadata: &Metadata<'_>| is_ours(metadata.target())))
        .with_filter(level);
    // Only a second call could fail, and the first logger is as good.
    let _ = tracing_subscriber::registry().with(layer).try_init();
}

fn is_ours(target: &str) -> bool {
    target == "dynaudit" || target.starts_with("dynaudit::")
}

/// Writes each event as one line, inert: names of resources stand in them.
struct Inert;

impl Write for Inert {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let line = String::from_utf8_lossy(event);
        writeln!(io::stderr(), "{}", text::inert(line.trim_end_matches('\n')))?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn nobody_else_logs() {
        assert!(is_ours("dynaudit") && is_ours("dynaudit::collect::pace"));
        for other in ["dynaudit_other", "aws_sdk_dynamodb", "aws_smithy_runtime::client", "hyper", ""] {
            assert!(!is_ours(other), "{other}");
        }
    }
}
