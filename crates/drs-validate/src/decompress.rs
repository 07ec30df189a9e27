//! gzip, zlib and zstd, by what a stream starts with.

use std::io::{self, BufRead, Read};

use flate2::bufread::{MultiGzDecoder, ZlibDecoder};
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

/// The stream as it was before it was compressed with gzip, zlib (which HTTP calls deflate) or zstd; any other stream as
/// it is.
///
/// # Errors
/// The stream cannot be read, or starts like zstd and is none.
pub fn decompress<'a>(mut stream: impl BufRead + Send + 'a) -> io::Result<Box<dyn Read + Send + 'a>> {
    let start = stream.fill_buf()?;
    if start.starts_with(&[0x1f, 0x8b]) {
        return Ok(Box::new(MultiGzDecoder::new(stream)));
    }
    // No JSON starts with an `x`.
    if let [first @ 0x78, second, ..] = *start
        && u16::from_be_bytes([first, second]) % 31 == 0
    {
        return Ok(Box::new(ZlibDecoder::new(stream)));
    }
    if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        return Ok(Box::new(Frames { frame: Some(frame(stream)?) }));
    }
    Ok(Box::new(stream))
}

/// The frames of zstd one after the other, as compressors that work in parallel write them.
struct Frames<R: BufRead> {
    frame: Option<StreamingDecoder<R, FrameDecoder>>,
}

fn frame<R: BufRead>(stream: R) -> io::Result<StreamingDecoder<R, FrameDecoder>> {
    StreamingDecoder::new(stream).map_err(io::Error::other)
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(decoder) = &mut self.frame {
            let length = decoder.read(buffer)?;
            if length > 0 || buffer.is_empty() {
                return Ok(length);
            }
            let mut stream = match self.frame.take() {
                Some(decoder) => decoder.into_inner(),
                None => break,
            };
            if !stream.fill_buf()?.is_empty() {
                self.frame = Some(frame(stream)?);
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn read(bytes: &[u8]) -> io::Result<String> {
        let mut text = String::new();
        decompress(bytes)?.read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn compressed_streams_are_known_by_their_start() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(b"hello").unwrap();
        let gzip = gzip.finish().unwrap();
        assert_eq!(read(&gzip).unwrap(), "hello");
        assert_eq!(read(&[gzip.clone(), gzip.clone()].concat()).unwrap(), "hellohello");
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        zlib.write_all(b"hello").unwrap();
        assert_eq!(read(&zlib.finish().unwrap()).unwrap(), "hello");
        let zstd = ruzstd::encoding::compress_to_vec(&b"hello"[..], ruzstd::encoding::CompressionLevel::Fastest);
        assert_eq!(read(&zstd).unwrap(), "hello");
        assert_eq!(read(&[zstd.clone(), zstd.clone()].concat()).unwrap(), "hellohello");
        assert!(read(&zstd[..zstd.len() - 2]).is_err());
        assert_eq!(read(b"hello").unwrap(), "hello");
        assert_eq!(read(b"").unwrap(), "");
        assert!(read(&gzip[..gzip.len() - 4]).is_err());
    }
}
