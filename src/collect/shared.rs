//! The shared configuration files of AWS, read here and not by the SDK, which would wait for ever for a pipe and read what
//! has no end.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};

use super::Error;
use crate::source::open;

/// Largest file that is read, in bytes: thousands of profiles.
const MAX_BYTES: u64 = 16 << 20;

/// Each with the variable that names it, and its place if none does (AWS documentation: "Configuration and credential file
/// settings in the AWS CLI").
const FILES: [(EnvConfigFileKind, &str, &str); 2] = [
    (EnvConfigFileKind::Config, "AWS_CONFIG_FILE", "~/.aws/config"),
    (EnvConfigFileKind::Credentials, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
];

/// What the files hold, for the SDK. One that is not there is left to it.
///
/// # Errors
/// A file is too large, or a pipe into which nobody writes; one that is named by a variable is a directory.
pub(super) async fn files() -> Result<EnvConfigFiles, Error> {
    let read = tokio::task::spawn_blocking(read).await;
    read.unwrap_or_else(|_| Ok(EnvConfigFiles::default()))
}

fn read() -> Result<EnvConfigFiles, Error> {
    let mut files = EnvConfigFiles::builder();
    for (kind, variable, usual) in FILES {
        let named = std::env::var(variable).ok();
        let path = at_home(named.as_deref().unwrap_or(usual));
        match open::read(&path, MAX_BYTES) {
            Ok(bytes) => files = files.with_contents(kind, String::from_utf8_lossy(&bytes)),
            Err(error) => {
                let refused = match error.kind() {
                    ErrorKind::TimedOut | ErrorKind::FileTooLarge => true,
                    ErrorKind::IsADirectory => named.is_some(),
                    // Who has no use for the file need not be able to read it.
                    _ => false,
                };
                if refused {
                    return Err(Error::Shared(path.display().to_string(), error.to_string()));
                }
                files = match kind {
                    EnvConfigFileKind::Config => files.include_default_config_file(true),
                    EnvConfigFileKind::Credentials => files.include_default_credentials_file(true),
                };
            }
        }
    }
    Ok(files.build())
}

/// A path that may begin with `~/`.
fn at_home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => Path::new(path).to_owned(),
    }
}
