//! Packed snapshots: known by their first bytes, the same for the same input, and refused by name where they are spoiled.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use dynaudit::snapshot::{
    Snapshot, file,
    packed::Packer,
    text::{Limits, Refusal, Text},
};
use flate2::{Compression, write::GzEncoder};

use super::support::{add_table, with_table};

fn many(tables: usize) -> Snapshot {
    let mut snapshot = with_table("sessions");
    (0..tables).for_each(|at| add_table(&mut snapshot, &format!("t{at}")));
    snapshot
}

fn zstd(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut packer = Packer::new(&mut out);
    packer.write_all(text).unwrap();
    packer.finish().unwrap();
    out
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(text).unwrap();
    packer.finish().unwrap()
}

fn parse(bytes: &[u8]) -> Result<Snapshot, String> {
    file::parse(bytes, Path::new("s.json.zst")).map_err(|error| error.to_string())
}

#[test]
fn a_name_that_ends_in_zst_is_packed_and_any_name_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let (plain, packed) = (dir.path().join("s.json"), dir.path().join("s.json.zst"));
    // More than one frame.
    let snapshot = many(2000);
    let digest = file::save(&snapshot, &plain).unwrap();
    assert_eq!(file::save(&snapshot, &packed).unwrap(), digest, "the digest is that of the text");
    let (text, bytes) = (fs::read(&plain).unwrap(), fs::read(&packed).unwrap());
    assert!(text.len() > 3 << 20 && bytes.len() * 10 < text.len(), "{} of {}", bytes.len(), text.len());
    assert!(bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]));
    file::save(&snapshot, &packed).unwrap();
    assert_eq!(fs::read(&packed).unwrap(), bytes, "the same input, the same bytes");
    fs::rename(&packed, &plain).unwrap();
    assert_eq!(file::load(&plain).unwrap(), snapshot);
    assert_eq!(parse(&gzip(&text)).unwrap(), snapshot);
}

#[test]
fn a_byte_that_differs_or_is_missing_never_makes_another_snapshot() {
    let snapshot = with_table("t");
    let text = file::canonical(&snapshot).unwrap();
    for packed in [zstd(&text), gzip(&text)] {
        assert_eq!(parse(&packed).unwrap(), snapshot);
        for at in 0..packed.len() {
            for flip in [1, 0x10, 0x80] {
                let mut other = packed.clone();
                other[at] ^= flip;
                // A few bits of a header mean nothing, as the time in gzip's.
                if let Ok(read) = parse(&other) {
                    assert_eq!(read, snapshot, "byte {at}");
                }
            }
            assert!(parse(&packed[..at]).is_err(), "cut at {at}");
        }
    }
}

#[test]
fn what_is_spoiled_is_named_with_its_place() {
    let text = file::canonical(&many(2000)).unwrap();
    let packed = zstd(&text);
    let said = |bytes: &[u8]| parse(bytes).unwrap_err();
    let cut = said(&packed[..packed.len() / 2]);
    assert!(cut.contains("s.json.zst is a damaged snapshot: it cannot be unpacked after "), "{cut}");
    let place: usize = cut.split("after ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!((text.len() / 4..text.len()).contains(&place), "{cut}");
    let end = text.len().to_string();
    for rest in [&b"rest"[..], b"{}", b"\n", &[0; 100], &packed[..3]] {
        let error = said(&[&packed, rest].concat());
        assert!(error.contains(&format!("after {end} bytes")), "{error}");
    }
    let mut sum = packed.clone();
    *sum.last_mut().unwrap() ^= 1;
    assert!(said(&sum).contains("checksum"), "{}", said(&sum));
    assert!(said(&[&packed[..], &packed].concat()).contains("trailing characters"), "two snapshots");
    assert!(said(&[&text[..], b"x"].concat()).contains("trailing characters"));
    assert!(said(&zstd(b"[]")).contains("not a JSON object"));
    assert!(said(&packed[..4]).contains("cannot be unpacked after 0 bytes"));
}

#[test]
fn frames_one_after_the_other_are_one_text_and_frames_of_others_are_skipped() {
    let snapshot = with_table("t");
    let text = file::canonical(&snapshot).unwrap();
    let (first, second) = text.split_at(text.len() / 3);
    let skipped = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
    let frames = [zstd(first), skipped.clone(), zstd(second), skipped].concat();
    assert_eq!(parse(&frames).unwrap(), snapshot);
    let endless = [zstd(&text), vec![0x50, 0x2a, 0x4d, 0x18, 255, 255, 255, 255]].concat();
    assert!(parse(&endless).unwrap_err().contains("cannot be unpacked"));
    let members = [gzip(first), gzip(second)].concat();
    assert_eq!(parse(&members).unwrap(), snapshot);
}

/// A frame of blocks that each say "this byte so many times".
fn repeated(byte: u8, times: usize) -> Vec<u8> {
    const BLOCK: usize = 1 << 17;
    // A window of 128 KiB and no checksum.
    let mut out = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 0x38];
    for block in 0..times {
        let head = (BLOCK as u32) << 3 | 1 << 1 | u32::from(block + 1 == times);
        out.extend(&head.to_le_bytes()[..3]);
        out.push(byte);
    }
    out
}

#[test]
fn what_is_small_and_unpacks_without_end_is_refused_at_a_limit() {
    let limits = Limits { bytes: 4 << 20, values: 1 << 20 };
    // 200 bytes for more than four mebibytes.
    let spaces = repeated(b' ', 40);
    let text = Text::of(spaces.as_slice()).unwrap();
    let error = io::copy(&mut text.reader(limits), &mut io::sink()).unwrap_err();
    assert_eq!(error.downcast::<Refusal>().unwrap(), Refusal::Bytes(4 << 20));
    // Values that each take far more room than their text.
    let start = b"{\"format\": 1, \"tool\": \"t\", \"taken\": \"0s\", \"scope\": {\"regions\": [";
    let values = zstd(&b"\"\",".repeat(1 << 18)).repeat(33);
    let error = parse(&[zstd(start), values].concat()).unwrap_err();
    assert!(error.contains("more than 8388608 values"), "{error}");
}

#[test]
fn a_frame_that_wants_a_large_window_is_refused_before_it_has_it() {
    let mut huge = repeated(b' ', 1);
    huge[5] = 0xff;
    let error = parse(&huge).unwrap_err();
    assert!(error.contains("cannot be unpacked after 0 bytes"), "{error}");
}

/// Takes so many bytes, as a disk that fills.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_an_error_and_not_a_crash() {
    let mut packer = Packer::new(Full(10));
    let error = packer.write_all(&vec![7; 3 << 20]).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
}
