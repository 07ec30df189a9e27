//! The frames of a zstd stream; its format leaves it to the reader to put them together.

use std::io::{self, Read};

use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use super::{Ahead, skippable};

/// The frames of zstd one after the other, as compressors that work in parallel write them.
pub(super) struct Frames<R: Read> {
    frame: Option<StreamingDecoder<Ahead<R>, FrameDecoder>>,
}

impl<R: Read> Frames<R> {
    /// The frames of a stream.
    pub(super) fn new(stream: Ahead<R>) -> io::Result<Self> {
        Ok(Self { frame: frame(stream)? })
    }
}

/// The next frame that has data; `None` at the end.
fn frame<R: Read>(mut stream: Ahead<R>) -> io::Result<Option<StreamingDecoder<Ahead<R>, FrameDecoder>>> {
    while let Some(length) = skippable(stream.start.get_ref()) {
        // What says how long it is counts, too.
        let wanted = length + 8;
        if io::copy(&mut (&mut stream).take(wanted), &mut io::sink())? < wanted {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        stream = stream.looking_ahead()?;
    }
    if stream.start.get_ref().is_empty() {
        return Ok(None);
    }
    StreamingDecoder::new(stream).map(Some).map_err(|error| io::Error::other(format!("zstd: {error}")))
}

impl<R: Read> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(decoder) = &mut self.frame {
            let length = decoder.read(buffer)?;
            if length > 0 || buffer.is_empty() {
                return Ok(length);
            }
            self.frame = match self.frame.take() {
                Some(decoder) => frame(decoder.into_inner().looking_ahead()?)?,
                None => None,
            };
        }
        Ok(0)
    }
}
