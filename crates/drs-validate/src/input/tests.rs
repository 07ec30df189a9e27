//! Streams of every kind, whole and over time, divided into blocks and records.

use std::cell::Cell;

use super::*;

/// Gives a few bytes at a time.
struct Slow<'a>(&'a [u8], usize);

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.1.min(buffer.len());
        self.0.read(&mut buffer[..length])
    }
}

/// The records of a stream, which are the same when it comes in over time.
fn read(stream: &[u8], format: Format, limit: usize) -> Vec<(String, u64, u64)> {
    let records = records(Blocks::new(stream, format, limit));
    for size in [1, 1000, 100_000].into_iter().filter(|size| stream.len() / size < 10_000) {
        assert_eq!(self::records(Blocks::new(Slow(stream, size), format, limit).live()), records, "{size} at a time");
    }
    records
}

fn records(blocks: Blocks<impl Read>) -> Vec<(String, u64, u64)> {
    let blocks: Vec<Block> = blocks.map(Result::unwrap).collect();
    let records = blocks.iter().flat_map(Block::records);
    let text = |record: &Record<'_>| String::from_utf8(record.text.to_vec()).unwrap().trim_end().to_owned();
    records
        .map(|record| (if record.too_large { "(too large)".into() } else { text(&record) }, record.offset, record.line))
        .collect()
}

#[test]
fn lines_of_which_the_first_is_cut_off_are_lines() {
    assert_eq!(read(b"{\"a\"\n{}\n{}\n{}\n", Format::Auto, 99).len(), 4);
}

#[test]
fn a_document_over_several_lines_is_one_record() {
    assert_eq!(read(b"{\n\"a\":1}\n", Format::Auto, 99), [("{\n\"a\":1}".to_owned(), 0, 1)]);
    assert_eq!(read(b"{\"a\":1}\n", Format::Auto, 99).len(), 1);
    assert_eq!(read(b"{\"a\":1}\n{}", Format::Json, 99).len(), 1);
    assert_eq!(read(b"", Format::Auto, 99).len(), 1, "an empty file is a truncated document");
}

#[test]
fn a_live_stream_gives_out_each_line_before_it_waits_for_the_next() {
    /// Gives a piece at a time, and counts.
    struct Pieces<'a>(&'a Cell<usize>, Vec<&'static [u8]>);
    impl Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.set(self.0.get() + 1);
            if self.1.is_empty() {
                return Ok(0);
            }
            self.1.remove(0).read(buffer)
        }
    }
    for format in [Format::Auto, Format::Ndjson] {
        let reads = Cell::new(0);
        let pieces = vec![&b"{\"a\":1}\n"[..], b"{}\n{\"b", b"\":2}\n", b"[3]"];
        let mut blocks = Blocks::new(Pieces(&reads, pieces), format, 99).live();
        let mut next = || {
            let block = blocks.next()?.unwrap();
            Some((block.records().map(|record| record.text.len()).collect::<Vec<_>>(), reads.get()))
        };
        assert_eq!(next(), Some((vec![7], 1)));
        assert_eq!(next(), Some((vec![2], 2)));
        assert_eq!(next(), Some((vec![7], 3)));
        assert_eq!(next(), Some((vec![3], 5)));
        assert_eq!(next(), None);
    }
    let reads = Cell::new(0);
    let mut document = Blocks::new(Pieces(&reads, vec![b"{\n", b"}\n"]), Format::Auto, 99).live();
    assert_eq!(document.next().unwrap().unwrap().text, b"{\n}\n");
}

#[test]
fn a_line_over_the_limit_is_left_out_and_the_next_one_is_read() {
    let lines = read(b"{}\n[\"xxxxxxxxxxxxxxxx\"]\r\n[1]\n", Format::Auto, 8);
    assert_eq!(lines, [("{}".into(), 0, 1), ("(too large)".into(), 3, 2), ("[1]".into(), 25, 3)]);
    assert_eq!(read(b"{\"a\":123456}", Format::Json, 8), [("(too large)".into(), 0, 1)]);
    assert_eq!(read(b"[1,2,3,4,5,6]", Format::Ndjson, 8), [("(too large)".into(), 0, 1)]);
}

/// Found by fuzzing: what was read ahead after the first of them was not measured.
#[test]
fn every_line_over_the_limit_is_left_out() {
    let too_large: Vec<bool> = Blocks::new(&b"[1,2,3,4,5,6]\n[]\n[1,2,3,4,5,6]\n[]"[..], Format::Ndjson, 8)
        .flat_map(|block| block.unwrap().records().map(|record| record.too_large).collect::<Vec<_>>())
        .collect();
    assert_eq!(too_large, [true, false, true, false]);
    assert_eq!(read(b"1\n\n2", Format::Ndjson, 0).len(), 2);
}

#[test]
fn a_byte_order_mark_is_not_part_of_a_record_however_slowly_it_comes() {
    let lines = "{\"a\":\"é😀\"}\n\n{}\n[1]";
    let utf8 = read(format!("\u{feff}{lines}").as_bytes(), Format::Auto, 99);
    assert_eq!(utf8.iter().map(|(_, offset, line)| (*offset, *line)).collect::<Vec<_>>(), [(3, 1), (19, 3), (22, 4)]);
    let units: Vec<u16> = "\u{feff}".encode_utf16().chain(lines.encode_utf16()).collect();
    for wide in [
        units.iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<u8>>(),
        units.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
    ] {
        for format in [Format::Auto, Format::Ndjson] {
            let read = read(&wide, format, 99);
            let texts = |read: &[(String, u64, u64)]| read.iter().map(|one| one.0.clone()).collect::<Vec<_>>();
            assert_eq!(texts(&read), texts(&utf8));
            let places: Vec<_> = read.iter().map(|(_, offset, line)| (*offset, *line)).collect();
            assert_eq!(places, [(2, 1), (28, 3), (34, 4)]);
        }
        let bytes: u64 = Blocks::new(&wide[..], Format::Auto, 99).map(|block| block.unwrap().length).sum();
        assert_eq!(bytes, wide.len() as u64);
        assert_eq!(read(&wide, Format::Json, 99).len(), 1);
        assert_eq!(read(&wide, Format::Ndjson, 4)[0].0, "(too large)");
    }
    assert_eq!(read(b"\xef\xbb\xbf", Format::Ndjson, 99), []);
    let only_a_mark = Blocks::new(&b"\xef\xbb\xbf"[..], Format::Ndjson, 99);
    assert_eq!(only_a_mark.map(|block| block.unwrap().length).sum::<u64>(), 3);
}

#[test]
fn a_text_log_is_one_record_and_what_is_binary_is_not_read_to_its_end() {
    let log = "2024/01/26 15:20:00 [error] 1#0: *1\n".repeat(3);
    assert_eq!(read(log.as_bytes(), Format::Auto, 999).len(), 1);
    assert_eq!(read((log.clone() + &"{}\n".repeat(9)).as_bytes(), Format::Auto, 999).len(), 12);
    assert_eq!(read(b"1\n2\n", Format::Auto, 99).len(), 2);
    let zip = [&b"PK\x03\x04"[..], &b"{}\n".repeat(1 << 20)].concat();
    for format in [Format::Auto, Format::Json, Format::Ndjson] {
        let blocks: Vec<Block> = Blocks::new(&zip[..], format, 1 << 30).map(Result::unwrap).collect();
        assert_eq!((blocks.len(), blocks[0].records().count()), (1, 1), "{format:?}");
        assert!(blocks[0].text.len() <= BLOCK, "{format:?}");
    }
}

#[test]
fn white_space_is_not_a_record_where_a_stream_may_be_empty() {
    let number = |text: &str| {
        let blocks = Blocks::new(text.as_bytes(), Format::Auto, 99).may_be_empty();
        blocks.map(|block| block.unwrap().records().count()).sum::<usize>()
    };
    assert_eq!([number(""), number("\n \r\n"), number("{\n}"), number("{}")], [0, 0, 1, 1]);
}

#[test]
fn the_last_line_needs_no_line_feed() {
    assert_eq!(read(b"{}\n{}", Format::Ndjson, 99).len(), 2);
    assert_eq!(read(b"", Format::Ndjson, 99).len(), 0);
}

#[test]
fn lines_over_many_blocks_keep_their_places() {
    let line = |number: usize| format!("{{\"n\":{number},\"x\":\"{}\"}}\n", "x".repeat(number % 3000));
    let text: String = (0..3000).map(line).collect();
    let mut offset = 0;
    let records = read(text.as_bytes(), Format::Auto, 1 << 22);
    assert_eq!(records.len(), 3000);
    for (number, (text, at, line_number)) in records.iter().enumerate() {
        assert_eq!((*at, *line_number), (offset, number as u64 + 1));
        assert_eq!(*text, line(number).trim_end());
        offset += line(number).len() as u64;
    }
}

#[test]
fn a_stream_that_breaks_off_gives_what_was_read_and_then_its_error() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("gone"))
        }
    }
    let mut blocks = Blocks::new(b"{}\n{\"a".chain(Broken), Format::Ndjson, 99);
    assert_eq!(blocks.next().unwrap().unwrap().records().count(), 2);
    assert_eq!(blocks.next().unwrap().unwrap_err().to_string(), "gone");
    assert!(blocks.next().is_none());
}

/// Found by the fuzz target `stream`: a live stream showed more or less at once than a whole one.
#[test]
fn streams_in_other_encodings_are_the_same_at_once_and_in_pieces() {
    let utf16: Vec<u8> =
        format!("\u{feff}{}\n1\n", "é€😀".repeat(30)).encode_utf16().flat_map(u16::to_le_bytes).collect();
    let odd = [&utf16[..], b"\0"].concat();
    let zip = [&b"PK\x03\x04"[..], &b"{}\n".repeat(400)].concat();
    let tar = [&b"name\0"[..], &[b'\n'; 252], b"ustar", &[b'\n'; 900]].concat();
    for stream in [&utf16, &odd, &zip, &tar] {
        for limit in [0, 1, 2, 3, 50, 100, 180, 270, 271, 1 << 20] {
            for format in [Format::Json, Format::Ndjson] {
                let records = |blocks: &mut dyn Iterator<Item = io::Result<Block>>| -> Vec<_> {
                    let one = |one: Record<'_>| (one.text.to_vec(), one.offset, one.line, one.too_large);
                    blocks.flat_map(|block| block.unwrap().records().map(one).collect::<Vec<_>>()).collect()
                };
                let whole = records(&mut Blocks::new(&stream[..], format, limit));
                for size in [64, 65, 95, 1000] {
                    let live = records(&mut Blocks::new(Slow(stream, size), format, limit).live());
                    assert_eq!(live, whole, "{size} at a time, limit {limit}, {format:?}");
                }
            }
        }
    }
}

#[test]
fn each_value_is_a_record_however_the_values_are_divided() {
    let values = |stream: &str| read(stream.as_bytes(), Format::Auto, 1 << 20);
    let one = |text: &str, offset, line| (text.to_owned(), offset, line);
    assert_eq!(values("{\"a\":1}{\n}\n\n[2]"), [one("{\"a\":1}", 0, 1), one("{\n}", 7, 1), one("2", 13, 4)]);
    assert_eq!(values("{}{} "), [one("{}", 0, 1), one("{}", 2, 1)]);
    assert_eq!(values("\x1e{}\n\x1e\x1e{\n\x1e{}"), [one("{}", 1, 1), one("{", 6, 2), one("{}", 9, 3)]);
    assert_eq!(values("[{\"a\":1},\n {}, 7]"), [one("{\"a\":1}", 1, 1), one("{}", 11, 2), one("7", 15, 2)]);
    assert_eq!(read(b" [ ]\n", Format::Json, 99), []);
    let har = r#"{"log":{"version":"1","entries":[{"x":1},{}]}}"#;
    assert_eq!(values(har), [one("{\"x\":1}", 33, 1), one("{}", 41, 1)]);
    assert_eq!(values("{\n} x\n"), [one("{\n} x", 0, 1)], "what follows a value belongs to it");
}

#[test]
fn after_a_damaged_value_the_next_line_that_starts_like_one_is_read() {
    let values = |stream: &str| -> Vec<String> {
        read(stream.as_bytes(), Format::Auto, 1 << 20).into_iter().map(|(text, ..)| text).collect()
    };
    assert_eq!(values("{\n\"a\":[\n}\n{\n}\n"), ["{\n\"a\":[\n}", "{\n}"]);
    assert_eq!(values("[\n  {\n    \"a\": [\n  },\n  {},\n  {}\n]\n"), ["{\n    \"a\": [\n  },", "{}", "{}"]);
    assert_eq!(values("[{},,{}"), ["{}", ",", "{}"]);
    assert_eq!(values("[{},]"), ["{}", "]"]);
    assert_eq!(values("[{} x, {}]"), ["{} x, {}]"]);
}

#[test]
fn the_items_of_an_array_come_before_the_rest_of_its_line_is_read() {
    struct Counted<R>(R, std::rc::Rc<Cell<usize>>);
    impl<R: Read> Read for Counted<R> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.0.read(buffer)?;
            self.1.set(self.1.get() + length);
            Ok(length)
        }
    }
    let item = format!("{{\"x\":\"{}\"}}", "y".repeat(1000));
    let har = format!("{{\"log\":{{\"entries\":[{}]}}}}", vec![item; 8000].join(","));
    for text in [har.clone(), har.replace("{\"log\":{\"entries\":", "").replace("]}}", "]")] {
        let read = std::rc::Rc::new(Cell::new(0));
        let mut blocks = Blocks::new(Counted(text.as_bytes(), read.clone()), Format::Auto, LIMIT);
        assert!(blocks.next().unwrap().unwrap().records().count() > 500);
        assert!(read.get() <= 2 * BLOCK, "{} bytes", read.get());
        assert!(blocks.map(|block| block.unwrap().records().count()).sum::<usize>() > 6000);
    }
}

#[test]
fn an_item_over_the_limit_is_left_out_and_the_next_one_is_read() {
    let items = read(b"[{},\n {\"a\":\"xxxxxx\"}, 1, \"xxxxxxxxxxxxxxxx\", 2]", Format::Json, 8);
    let texts: Vec<&str> = items.iter().map(|(text, ..)| text.as_str()).collect();
    assert_eq!(texts, ["{}", "(too large)", "1", "(too large)", "2"]);
}
