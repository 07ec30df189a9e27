//! gzip, zlib and zstd: no stream crashes the reader, and every compressed stream is decompressed.
#![no_main]

use std::io::{Read as _, Write as _};

use drs_validate::{Blocks, Format, decompress};
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use libfuzzer_sys::fuzz_target;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

/// The limit on the bytes of a stream; a decompression bomb exceeds the memory of any machine.
const MOST: u64 = 1 << 20;

fuzz_target!(|data: &[u8]| {
    if let Ok(stream) = decompress(data) {
        let _ = stream.take(MOST).read_to_end(&mut Vec::new());
    }
    if let Ok(stream) = decompress(data) {
        // A truncated stream returns the readable part, then its error, then the end.
        let mut blocks = Blocks::new(stream.take(MOST), Format::Ndjson, drs_fuzz::LIMIT);
        while let Some(Ok(_)) = blocks.next() {}
        assert!(blocks.next().is_none());
    }
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(data).expect("memory can be written");
    zlib.write_all(data).expect("memory can be written");
    let made = [gzip.finish(), zlib.finish(), Ok(compress_to_vec(data, CompressionLevel::Fastest))];
    for compressed in made.into_iter().flatten() {
        let mut plain = Vec::new();
        decompress(compressed.as_slice()).and_then(|mut stream| stream.read_to_end(&mut plain)).expect("it is whole");
        assert_eq!(plain, data);
    }
});
