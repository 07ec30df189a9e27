//! gzip, zlib and zstd: no stream can crash the reader, and every one that a compressor made is read back.
#![no_main]

use std::io::{Read as _, Write as _};

use drs_validate::{Blocks, Format, decompress};
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use libfuzzer_sys::fuzz_target;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

/// More is not read of any stream; a bomb has more than any machine.
const MOST: u64 = 1 << 20;

fuzz_target!(|data: &[u8]| {
    if let Ok(stream) = decompress(data) {
        let _ = stream.take(MOST).read_to_end(&mut Vec::new());
    }
    if let Ok(stream) = decompress(data) {
        // A stream that breaks off gives what could be read, then its error, then nothing.
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
