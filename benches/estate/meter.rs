//! CPU time of this process, and the most memory that it has held, since a moment.

use std::{fmt, fs};

/// Bytes of a mebibyte.
pub const MIB: f64 = 1024.0 * 1024.0;

/// What was used when it was started.
pub struct Meter {
    cpu: f64,
}

impl Meter {
    /// From now on. Where the system allows it, the peak of memory is counted anew.
    pub fn start() -> Self {
        let _ = fs::write("/proc/self/clear_refs", "5");
        Self { cpu: cpu() }
    }
}

impl fmt::Display for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} s of CPU, at most {} MiB held", cpu() - self.cpu, peak())
    }
}

/// Seconds of CPU that this process has used; 0 where the system does not tell.
pub fn cpu() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<f64> =
        stat.rsplit(')').next().unwrap_or("").split_whitespace().filter_map(|f| f.parse().ok()).collect();
    // After the name and the state: utime and stime are the 11th and 12th number, in hundredths of a second.
    fields.get(10).zip(fields.get(11)).map_or(0.0, |(user, system)| (user + system) / 100.0)
}

/// Most memory that this process has held, in MiB; 0 where the system does not tell.
pub fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|l| l.trim().strip_suffix(" kB"))
        .and_then(|kib| kib.trim().parse::<u64>().ok())
        .unwrap_or(0)
        / 1024
}
