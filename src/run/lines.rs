//! Lines of a stream, looked at on all cores in bounded memory; what comes out has the order of what went in.

use std::{
    io::{self, ErrorKind, Read},
    mem,
    sync::mpsc::{Receiver, SyncSender, channel, sync_channel},
    thread,
};

use memchr::{memchr, memchr_iter, memrchr};
use zeroize::Zeroize;

/// Bytes asked of the input at a time.
const CHUNK: usize = 256 * 1024;
/// Longest line that is kept, in bytes: an item of 400 KB, each byte of it escaped, takes a tenth of it.
pub const MAX_LINE: usize = 24 * 1024 * 1024;

/// Whole lines of the input.
pub struct Chunk {
    /// The number of the first line, from 1.
    pub first: u64,
    /// The lines, each with its line feed but perhaps the last one.
    pub bytes: Vec<u8>,
    /// Stands for a line longer than [`MAX_LINE`], which is not kept.
    pub oversize: bool,
}

impl Drop for Chunk {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

impl Chunk {
    /// The lines with their numbers.
    pub fn lines(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let whole = memrchr(b'\n', &self.bytes).map_or(0, |end| end + 1);
        let last = (whole < self.bytes.len()).then_some(self.bytes.len());
        let ends = memchr_iter(b'\n', &self.bytes).chain(last);
        let mut start = 0;
        (self.first..).zip(ends.map(move |end| {
            let line = &self.bytes[start..end];
            start = end + 1;
            line
        }))
    }
}

/// Reads `input` to its end, lets as many workers as `threads` look at chunks of it, and gives `take` what they
/// say, in the order of the input, until it returns false.
///
/// # Errors
/// What the input said; what was read before has been taken.
pub fn each_chunk<T: Send, W: FnMut(&Chunk) -> T + Send>(
    input: impl Read + Send,
    threads: usize,
    worker: impl Fn() -> W,
    mut take: impl FnMut(T) -> bool,
) -> io::Result<()> {
    thread::scope(|scope| {
        let (free, used) = channel();
        let mut desks: Vec<SyncSender<Chunk>> = Vec::new();
        let mut answers: Vec<Receiver<T>> = Vec::new();
        for _ in 0..threads.max(1) {
            let (desk, chunks) = sync_channel::<Chunk>(1);
            let (say, answer) = sync_channel(1);
            let (mut look, free) = (worker(), free.clone());
            desks.push(desk);
            answers.push(answer);
            scope.spawn(move || {
                for mut chunk in chunks {
                    // Whoever took the answers has seen enough.
                    if say.send(look(&chunk)).is_err() {
                        break;
                    }
                    let _ = free.send(mem::take(&mut chunk.bytes));
                }
            });
        }
        let reader = scope.spawn(move || read(input, &desks, &used));
        // Chunks go round the desks in turn, and answers are collected in the same turn.
        let mut turn = (0..answers.len()).cycle();
        while let Some(said) = turn.next().and_then(|desk| answers[desk].recv().ok()) {
            if !take(said) {
                break;
            }
        }
        drop(answers);
        reader.join().unwrap_or_else(|_| Err(ErrorKind::Other.into()))
    })
}

fn read(mut input: impl Read, desks: &[SyncSender<Chunk>], used: &Receiver<Vec<u8>>) -> io::Result<()> {
    let mut desks = desks.iter().cycle();
    let mut send = |chunk| desks.next().is_some_and(|desk| desk.send(chunk).is_ok());
    let (mut bytes, mut first, mut skipping) = (Vec::new(), 1, false);
    loop {
        let filled = bytes.len();
        bytes.resize(filled + CHUNK, 0);
        let read = match input.read(&mut bytes[filled..]) {
            Ok(0) => {
                bytes.truncate(filled);
                if !bytes.is_empty() {
                    send(Chunk { first, bytes, oversize: false });
                }
                return Ok(());
            }
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => 0,
            Err(error) => return Err(error),
        };
        bytes.truncate(filled + read);
        if skipping {
            let Some(end) = memchr(b'\n', &bytes) else {
                bytes.clear();
                continue;
            };
            bytes.drain(..=end);
            skipping = false;
        }
        if let Some(end) = memrchr(b'\n', &bytes) {
            let mut rest = used.try_recv().unwrap_or_default();
            rest.clear();
            rest.extend_from_slice(&bytes[end + 1..]);
            bytes.truncate(end + 1);
            let lines = memchr_iter(b'\n', &bytes).count() as u64;
            if !send(Chunk { first, bytes: mem::replace(&mut bytes, rest), oversize: false }) {
                return Ok(());
            }
            first += lines;
        } else if bytes.len() > MAX_LINE {
            bytes.clear();
            if !send(Chunk { first, bytes: Vec::new(), oversize: true }) {
                return Ok(());
            }
            first += 1;
            skipping = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a few bytes at a time, as a pipe may.
    struct Drops<'a>(&'a [u8], usize);

    impl Read for Drops<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let n = self.1.min(self.0.len()).min(buffer.len());
            buffer[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    fn lines(text: &[u8], step: usize, threads: usize) -> Vec<(u64, usize, bool)> {
        let mut all = Vec::new();
        let look = || {
            |chunk: &Chunk| {
                if chunk.oversize {
                    return vec![(chunk.first, 0, true)];
                }
                chunk.lines().map(|(n, line)| (n, line.len(), false)).collect::<Vec<_>>()
            }
        };
        each_chunk(Drops(text, step), threads, look, |said| {
            all.extend(said);
            true
        })
        .unwrap();
        all
    }

    #[test]
    fn lines_come_in_their_order_with_their_numbers_however_they_are_read() {
        let text: String = (0..500).map(|n| "x".repeat(n % 37) + "\n").collect();
        let expected: Vec<_> =
            text.lines().enumerate().map(|(n, l)| (n as u64 + 1, l.len(), false)).collect();
        for step in [1, 7, 64, 100_000] {
            for threads in [1, 2, 5] {
                assert_eq!(lines(text.as_bytes(), step, threads), expected);
            }
        }
        assert_eq!(lines(b"a\n\nbc", 2, 2), [(1, 1, false), (2, 0, false), (3, 2, false)]);
        assert_eq!(lines(b"", 2, 2), []);
    }

    #[test]
    fn a_line_without_end_is_left_out_and_named() {
        let mut text = b"a\n".to_vec();
        text.resize(MAX_LINE * 3, b'x');
        text.extend(b"\nb\n");
        assert_eq!(lines(&text, 1 << 20, 2), [(1, 1, false), (2, 0, true), (3, 1, false)]);
    }

    #[test]
    fn who_has_seen_enough_ends_it() {
        let mut seen = 0;
        let endless = io::repeat(b'\n');
        let done = each_chunk(
            endless,
            2,
            || |_: &Chunk| (),
            |()| {
                seen += 1;
                seen < 5
            },
        );
        assert!(done.is_ok() && seen == 5);
    }
}
