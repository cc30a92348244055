//! Zstandard frames (RFC 8878), written and read as a stream.

use std::io::{self, BufRead, Read, Write};

use ruzstd::{
    decoding::{
        BlockDecodingStrategy, FrameDecoder,
        errors::{FrameDecoderError, ReadFrameHeaderError},
    },
    encoding::{CompressionLevel, compress_to_vec},
};

/// First bytes of a frame.
pub const MAGIC: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// Bytes of text in a frame: frames one after the other are one text. The encoder's window is smaller, so that nothing
/// is lost by beginning anew.
const FRAME: usize = 1 << 20;

/// Packs what is written to it; the same text gives the same bytes.
#[derive(Debug)]
pub struct Packer<W> {
    out: W,
    text: Vec<u8>,
}

impl<W: Write> Packer<W> {
    /// Packs into `out`.
    pub fn new(out: W) -> Self {
        Self { out, text: Vec::new() }
    }

    /// Writes what is left; without it the end is missing.
    ///
    /// # Errors
    /// What `out` said.
    pub fn finish(mut self) -> io::Result<()> {
        self.frame()
    }

    /// A frame is made in memory, for the encoder knows no error of what it writes to.
    fn frame(&mut self) -> io::Result<()> {
        if self.text.is_empty() {
            return Ok(());
        }
        let packed = compress_to_vec(self.text.as_slice(), CompressionLevel::Fastest);
        self.text.clear();
        self.out.write_all(&packed)
    }
}

impl<W: Write> Write for Packer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(FRAME - self.text.len());
        self.text.extend_from_slice(&bytes[..taken]);
        if self.text.len() == FRAME {
            self.frame()?;
        }
        Ok(taken)
    }

    /// What does not fill a frame waits for more.
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The text of frames, one after the other, each held against its checksum.
pub struct Unpacker<R> {
    source: R,
    frame: FrameDecoder,
    /// Whether a frame was begun and not yet ended.
    begun: bool,
}

impl<R: BufRead> Unpacker<R> {
    /// Unpacks what `source` gives. A frame that wants a window above 100 MB is refused.
    pub fn new(source: R) -> Self {
        Self { source, frame: FrameDecoder::new(), begun: false }
    }

    /// Begins the next frame; false at the end.
    fn begin(&mut self) -> io::Result<bool> {
        while !self.source.fill_buf()?.is_empty() {
            match self.frame.reset(&mut self.source) {
                Ok(()) => return Ok(true),
                // Frames that others left for their own use ("Skippable Frames").
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let length = u64::from(length);
                    if io::copy(&mut self.source.by_ref().take(length), &mut io::sink())? < length {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                Err(error) => return Err(io::Error::other(error)),
            }
        }
        Ok(false)
    }

    fn end(&mut self) -> io::Result<()> {
        self.begun = false;
        match self.frame.get_checksum_from_data() {
            Some(told) if self.frame.get_calculated_checksum() != Some(told) => {
                Err(io::Error::other("the checksum is another"))
            }
            _ => Ok(()),
        }
    }
}

impl<R: BufRead> Read for Unpacker<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.begun {
                self.begun = self.begin()?;
                if !self.begun {
                    return Ok(0);
                }
            }
            if self.frame.can_collect() > 0 {
                return self.frame.read(out);
            }
            if self.frame.is_finished() {
                self.end()?;
            } else {
                let one = BlockDecodingStrategy::UptoBlocks(1);
                self.frame.decode_blocks(&mut self.source, one).map_err(io::Error::other)?;
            }
        }
    }
}
