//! gzip, zlib and zstd, by what a stream starts with.

use std::io::{self, BufRead, Cursor, Read};

#[cfg(feature = "compression")]
mod zstd;

/// A format that a stream may be compressed with.
#[derive(Clone, Copy, Debug)]
enum Compression {
    Gzip,
    /// HTTP calls it deflate.
    Zlib,
    Zstd,
}

/// The stream as it was before it was compressed with gzip, zlib (which HTTP calls deflate) or zstd; any other stream as
/// it is.
///
/// # Errors
/// The stream cannot be read, or starts like zstd and is not. Without the feature `compression`, the stream is compressed.
pub fn decompress<'a>(stream: impl BufRead + Send + 'a) -> io::Result<Box<dyn Read + Send + 'a>> {
    let stream = Ahead::of(stream)?;
    match Compression::of(stream.start.get_ref()) {
        None => Ok(Box::new(stream.chained())),
        Some(compression) => compression.reader(stream),
    }
}

impl Compression {
    /// The format of a stream that starts like this.
    fn of(start: &[u8]) -> Option<Self> {
        match start {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            // No JSON starts with an `x`.
            [b'x', second, ..] if u16::from_be_bytes([b'x', *second]).is_multiple_of(31) => Some(Self::Zlib),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            _ => skippable(start).map(|_| Self::Zstd),
        }
    }

    #[cfg(feature = "compression")]
    fn reader<'a>(self, stream: Ahead<impl BufRead + Send + 'a>) -> io::Result<Box<dyn Read + Send + 'a>> {
        use flate2::bufread::{MultiGzDecoder, ZlibDecoder};

        Ok(match self {
            Self::Gzip => Box::new(MultiGzDecoder::new(stream.chained())),
            Self::Zlib => Box::new(ZlibDecoder::new(stream.chained())),
            Self::Zstd => Box::new(zstd::Frames::new(stream)?),
        })
    }

    #[cfg(not(feature = "compression"))]
    fn reader<'a>(self, _: Ahead<impl BufRead + Send + 'a>) -> io::Result<Box<dyn Read + Send + 'a>> {
        let name = match self {
            Self::Gzip => "gzip",
            Self::Zlib => "zlib",
            Self::Zstd => "zstd",
        };
        let message = format!("compressed with {name}, and drs-validate was built without its feature `compression`");
        Err(io::Error::new(io::ErrorKind::Unsupported, message))
    }
}

/// A stream whose next bytes are known: as many as any header needs.
struct Ahead<R> {
    start: Cursor<Vec<u8>>,
    stream: R,
}

impl<R: Read> Ahead<R> {
    fn of(stream: R) -> io::Result<Self> {
        Self { start: Cursor::default(), stream }.looking_ahead()
    }

    /// Looks ahead from here. A pipe may give its bytes one by one.
    fn looking_ahead(mut self) -> io::Result<Self> {
        let mut start = Vec::new();
        (&mut self).take(8).read_to_end(&mut start)?;
        Ok(Self { start: Cursor::new(start), stream: self.stream })
    }

    fn chained(self) -> io::Chain<Cursor<Vec<u8>>, R> {
        self.start.chain(self.stream)
    }
}

impl<R: Read> Read for Ahead<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.start.read(buffer)? {
            0 => self.stream.read(buffer),
            length => Ok(length),
        }
    }
}

/// How long the frame is that starts here, if it is one without data.
fn skippable(start: &[u8]) -> Option<u64> {
    let [0x50..=0x5f, 0x2a, 0x4d, 0x18, length @ ..] = start else { return None };
    Some(u64::from(u32::from_le_bytes(length.try_into().ok()?)))
}

#[cfg(test)]
#[cfg(feature = "compression")]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn read(bytes: &[u8]) -> io::Result<String> {
        let mut text = String::new();
        decompress(bytes)?.read_to_string(&mut text)?;
        Ok(text)
    }

    /// A string in every format.
    fn compressed(text: &[u8]) -> [Vec<u8>; 4] {
        let fast = flate2::Compression::fast();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), fast);
        gzip.write_all(text).expect("a vector takes all bytes");
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), fast);
        zlib.write_all(text).expect("a vector takes all bytes");
        let zstd = ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest);
        [
            text.to_vec(),
            gzip.finish().expect("a vector takes all bytes"),
            zlib.finish().expect("a vector takes all bytes"),
            zstd,
        ]
    }

    #[test]
    fn compressed_streams_are_known_by_their_start() {
        for compressed in compressed(b"hello") {
            assert_eq!(read(&compressed).unwrap(), "hello");
        }
        assert_eq!(read(b"").unwrap(), "");
    }

    #[test]
    fn streams_one_after_the_other_are_one() {
        let [_, gzip, _, zstd] = compressed(b"hello");
        for compressed in [gzip, zstd] {
            assert_eq!(read(&compressed.repeat(2)).unwrap(), "hellohello");
        }
    }

    #[test]
    fn a_stream_that_breaks_off_is_an_error() {
        for compressed in compressed(b"hello").iter().skip(1) {
            assert!(read(&compressed[..compressed.len() - 4]).is_err());
        }
    }

    #[test]
    fn frames_without_data_are_skipped() {
        let zstd = ruzstd::encoding::compress_to_vec(&b"hello"[..], ruzstd::encoding::CompressionLevel::Fastest);
        let skippable = [&[0x5e, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"any"].concat();
        assert_eq!(read(&[skippable.clone(), zstd.clone(), skippable.clone(), zstd].concat()).unwrap(), "hellohello");
        assert_eq!(read(&skippable).unwrap(), "");
        assert!(read(&skippable[..10]).is_err());
    }

    #[test]
    fn a_pipe_may_give_its_bytes_one_by_one() {
        struct Slow<'a>(&'a [u8]);
        impl Read for Slow<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let length = buffer.len().min(1);
                self.0.read(&mut buffer[..length])
            }
        }
        for compressed in compressed(b"hello") {
            let mut text = String::new();
            decompress(io::BufReader::new(Slow(&compressed))).unwrap().read_to_string(&mut text).unwrap();
            assert_eq!(text, "hello");
        }
    }
}
