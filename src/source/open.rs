//! Files that somebody names, opened so that a pipe into which nobody writes is an error and no wait without end.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
    sync::mpsc,
    thread,
    time::Duration,
};

/// How long a pipe may stay without a writer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of room that are made before anything is read, so that a key is never copied to where it is not wiped.
const ROOM: u64 = 1 << 16;

/// Opens a file, or a pipe once somebody writes into it. A writer may take its time to say something.
///
/// # Errors
/// What the system said; it is a directory; it is a pipe, and nobody opened its other end for five seconds.
pub fn open(path: &Path) -> io::Result<File> {
    let kind = fs::metadata(path)?.file_type();
    if kind.is_file() {
        return File::open(path);
    }
    if kind.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    // To open a pipe is to wait for its writer. The thread that waits in vain ends with the process.
    let (tell, told) = mpsc::channel();
    let path = path.to_owned();
    thread::spawn(move || tell.send(File::open(path)));
    told.recv_timeout(PATIENCE).unwrap_or_else(|_| {
        Err(io::Error::new(io::ErrorKind::TimedOut, "it is a pipe, and nobody writes into it"))
    })
}

/// The bytes of a file, if they are no more than `most`.
///
/// # Errors
/// As [`open`]; there are more.
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usize::try_from(most.min(ROOM)).unwrap_or(0) + 1);
    // One byte more than is allowed tells a file that is too large, whatever its metadata say.
    open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it is larger than {}", size(most))));
    }
    Ok(bytes)
}

/// A number of bytes, for people.
fn size(bytes: u64) -> String {
    match [(30, "GiB"), (20, "MiB"), (10, "KiB")].iter().find(|(bits, _)| bytes.trailing_zeros() >= *bits) {
        Some((bits, unit)) => format!("{} {unit}", bytes >> bits),
        None => format!("{bytes} bytes"),
    }
}

/// The text of a file, if it is no more than `most` bytes.
///
/// # Errors
/// As [`read`]; it is not UTF-8.
pub fn text(path: &Path, most: u64) -> io::Result<String> {
    let text = String::from_utf8(read(path, most)?);
    text.map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::{io::Write, path::PathBuf, process::Command};

    use super::*;

    fn pipe(dir: &Path) -> PathBuf {
        let path = dir.join("pipe");
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        path
    }

    #[test]
    fn a_pipe_is_read_once_somebody_writes_be_it_late() {
        let dir = tempfile::tempdir().unwrap();
        let path = pipe(dir.path());
        let writer = thread::spawn({
            let path = path.clone();
            move || {
                thread::sleep(Duration::from_millis(300));
                let mut pipe = fs::OpenOptions::new().write(true).open(path).unwrap();
                thread::sleep(Duration::from_millis(300));
                pipe.write_all(&[7; 200_000]).unwrap();
            }
        });
        assert_eq!(read(&path, 1 << 20).unwrap().len(), 200_000);
        writer.join().unwrap();
    }

    #[test]
    fn a_pipe_without_a_writer_a_directory_and_what_has_no_end_are_errors() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(open(&pipe(dir.path())).unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert_eq!(open(dir.path()).unwrap_err().kind(), io::ErrorKind::IsADirectory);
        let endless = read(Path::new("/dev/zero"), 3 << 20).unwrap_err();
        assert_eq!(endless.kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(endless.to_string(), "it is larger than 3 MiB");
        assert_eq!(read(Path::new("/dev/null"), 0).unwrap(), b"");
    }
}
