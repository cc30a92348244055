//! No core dumps: items pass through the memory of a run, and a dump would write them to disk.

/// Asks the system to write no core dump of this process, nor of those that it starts.
#[cfg(unix)]
pub fn guard() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    // To lower a limit is never refused; there is nobody to tell if it were.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
}

/// Elsewhere there are none to ask about.
#[cfg(not(unix))]
pub fn guard() {}
