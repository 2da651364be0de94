//! Compressed input, known by its first bytes whatever its name is: gzip and zstd, unpacked as it is read.

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use std::io::{self, BufRead, BufReader, Cursor, Read};

const GZIP: &[u8] = b"\x1f\x8b";
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd";
/// Frames to be skipped, which some compressors write first, begin with one of 16 such numbers.
const SKIPPABLE: [u8; 3] = [0x2a, 0x4d, 0x18];

/// The stream, unpacked if it is packed.
///
/// # Errors
/// The first bytes cannot be read.
pub(super) fn unpacked(mut source: Box<dyn Read + Send>) -> io::Result<Box<dyn Read + Send>> {
    let mut start = Vec::new();
    source.by_ref().take(4).read_to_end(&mut start)?;
    let whole = BufReader::with_capacity(64 << 10, Cursor::new(start.clone()).chain(source));
    Ok(if start.starts_with(GZIP) {
        Box::new(MultiGzDecoder::new(whole))
    } else if start.starts_with(ZSTD) || skippable(&start) {
        Box::new(Zstd { packed: Some(whole), frame: None })
    } else {
        Box::new(whole)
    })
}

fn skippable(start: &[u8]) -> bool {
    matches!(start, [0x50..=0x5f, rest @ ..] if rest.starts_with(&SKIPPABLE))
}

/// A file of several frames, one after the other, as parallel compressors write them.
struct Zstd<R: BufRead> {
    /// Between two frames.
    packed: Option<R>,
    frame: Option<StreamingDecoder<R, FrameDecoder>>,
}

impl<R: BufRead> Zstd<R> {
    /// Opens the next frame; false at the end of the file.
    fn open(&mut self) -> io::Result<bool> {
        let Some(mut packed) = self.packed.take() else { return Ok(false) };
        loop {
            let start = packed.fill_buf()?;
            if start.is_empty() {
                return Ok(false);
            }
            if !matches!(start, [0x50..=0x5f, ..]) {
                break;
            }
            let mut head = [0; 8];
            packed.read_exact(&mut head)?;
            let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
            io::copy(&mut packed.by_ref().take(u64::from(length)), &mut io::sink())?;
        }
        let frame = StreamingDecoder::new(packed);
        self.frame = Some(frame.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?);
        Ok(true)
    }
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.frame.is_none() && !self.open()? {
                return Ok(0);
            }
            if let Some(frame) = &mut self.frame {
                let read = frame.read(buffer)?;
                if read > 0 || buffer.is_empty() {
                    return Ok(read);
                }
            }
            self.packed = self.frame.take().map(StreamingDecoder::into_inner);
        }
    }
}

/// A stream that broke off: gives its error once.
pub(super) struct Broken(pub(super) Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn read(packed: Vec<u8>) -> io::Result<String> {
        let mut text = String::new();
        unpacked(Box::new(Cursor::new(packed)))?.read_to_string(&mut text)?;
        Ok(text)
    }

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(text: &str) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest)
    }

    #[test]
    fn all_parts_of_a_packed_file_are_read() {
        assert_eq!(read([gzip("one "), gzip("two")].concat()).unwrap(), "one two");
        let skipped = b"\x5a\x2a\x4d\x18\x03\0\0\0abc".to_vec();
        assert_eq!(read([skipped, zstd("one "), zstd("two")].concat()).unwrap(), "one two");
        assert_eq!(read(b"plain".to_vec()).unwrap(), "plain");
        assert_eq!(read(Vec::new()).unwrap(), "");
    }

    #[test]
    fn a_packed_file_cut_off_is_an_error() {
        for mut packed in [gzip(&"text ".repeat(1000)), zstd(&"text ".repeat(1000))] {
            packed.truncate(packed.len() / 2);
            assert!(read(packed).is_err());
        }
    }
}
