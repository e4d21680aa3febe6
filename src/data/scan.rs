//! A CSV file as rows of text: its header, its separator, and for every row the line it starts on. What makes a file
//! unreadable as a table is an error here; what is wrong in one row is left to the reader of its cells.

use csv::StringRecord;

use super::read::{ReadError, SourceFile};
use crate::parallel::{Listener, broadcast, cores};

/// Rows that are handed on at a time.
const BATCH: usize = 3_072;

/// The line a row starts on, and its cells.
pub(crate) type Row = (u64, StringRecord);

/// What is done with rows, a batch of them at a time.
pub(crate) type Reader<'a> = Listener<'a, Batch>;

/// A file whose header was read.
pub(crate) struct Sheet {
    /// The file's name.
    pub(crate) file: String,
    /// Its stem: the table's name.
    pub(crate) table: String,
    /// The column names.
    pub(crate) header: Vec<String>,
    /// What was noticed about the file as a whole.
    pub(crate) notes: Vec<String>,
    bytes: Vec<u8>,
    separator: u8,
}

impl Sheet {
    /// Checks that the bytes are text with a header of distinct names.
    ///
    /// # Errors
    /// When the file is empty, not UTF-8, or names a column twice.
    pub(crate) fn open(source: SourceFile) -> Result<Self, ReadError> {
        let SourceFile { name: file, mut bytes } = source;
        if bytes.starts_with(b"\xef\xbb\xbf") {
            bytes.drain(..3);
        }
        if let Err(error) = std::str::from_utf8(&bytes) {
            let line = 1 + newlines(&bytes[..error.valid_up_to()]);
            return Err(ReadError::NotUtf8 { file, line });
        }
        let separator = separator_of(&bytes);
        let table = file.rsplit_once('.').map_or(file.as_str(), |(stem, _)| stem).to_owned();
        let mut sheet = Self {
            file,
            table,
            header: Vec::new(),
            notes: Vec::new(),
            bytes,
            separator,
        };
        let mut names = StringRecord::new();
        if !sheet.reader().read_record(&mut names).unwrap_or(false) {
            return Err(ReadError::Empty { file: sheet.file });
        }
        for (index, name) in names.iter().enumerate() {
            let name = name.trim();
            if name.is_empty() {
                sheet.notes.push(format!(
                    "column {} has no name in the header: it is called column_{}",
                    index + 1,
                    index + 1
                ));
                sheet.header.push(format!("column_{}", index + 1));
            } else {
                sheet.header.push(name.to_owned());
            }
        }
        let header = &sheet.header;
        if let Some(twice) = header
            .iter()
            .enumerate()
            .find_map(|(i, name)| header[..i].contains(name).then_some(name))
        {
            return Err(ReadError::DuplicateHeader {
                column: twice.clone(),
                file: sheet.file.clone(),
            });
        }
        if separator != b',' {
            let name = if separator == b'\t' {
                "tabs".to_owned()
            } else {
                format!("\"{}\"", separator as char)
            };
            sheet.notes.push(format!(
                "cells are separated by {name}, not commas, going by the header"
            ));
        }
        Ok(sheet)
    }

    /// Hands the rows after the header to every reader, in order.
    pub(crate) fn read_by(&self, readers: Vec<Reader<'_>>) {
        let mut rows = Rows::of(self);
        broadcast(readers, cores(), &mut |batch| rows.fill(batch));
    }

    /// The line of a quote that is opened and never closed, so that the rest of the file became one cell.
    pub(crate) fn unclosed_quote(&self, last_line: u64) -> bool {
        let quotes = count(&self.bytes, b'"');
        let end = 1 + newlines(self.bytes.trim_ascii_end());
        quotes % 2 == 1 && end > last_line
    }

    fn reader(&self) -> csv::Reader<&[u8]> {
        csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.separator)
            .from_reader(&self.bytes)
    }
}

/// The rows of a sheet that are still to come.
struct Rows<'a> {
    bytes: &'a [u8],
    reader: csv::Reader<&'a [u8]>,
    /// Bytes whose lines are counted, and the line that they end on.
    counted: usize,
    line: u64,
}

impl<'a> Rows<'a> {
    fn of(sheet: &'a Sheet) -> Self {
        let mut rows = Self {
            bytes: &sheet.bytes,
            reader: sheet.reader(),
            counted: 0,
            line: 1,
        };
        // The header.
        rows.next(&mut Row::default());
        rows
    }

    /// Reads the next row; false when there is none.
    fn next(&mut self, (line, record): &mut Row) -> bool {
        let Ok(true) = self.reader.read_record(record) else {
            return false;
        };
        let at = record
            .position()
            .map_or(0, |p| usize::try_from(p.byte()).unwrap_or(usize::MAX));
        let blank = self.bytes.iter().skip(at).take_while(|b| matches!(b, b'\r' | b'\n'));
        let at = at + blank.count();
        self.line += newlines(self.bytes.get(self.counted..at).unwrap_or(&[]));
        self.counted = at;
        *line = self.line;
        true
    }

    /// Puts the next rows into a batch, in place of those there; false when there are none.
    fn fill(&mut self, batch: &mut Batch) -> bool {
        batch.filled = 0;
        while batch.filled < BATCH {
            if batch.filled == batch.all.len() {
                batch.all.push(Row::default());
            }
            if !self.next(&mut batch.all[batch.filled]) {
                break;
            }
            batch.filled += 1;
        }
        batch.filled > 0
    }
}

/// Some rows. Their memory is used again for the rows that take their place.
#[derive(Default)]
pub(crate) struct Batch {
    all: Vec<Row>,
    filled: usize,
}

impl Batch {
    pub(crate) fn rows(&self) -> &[Row] {
        &self.all[..self.filled]
    }
}

/// A comma, unless the header has none but tabs or semicolons.
fn separator_of(bytes: &[u8]) -> u8 {
    let header = bytes
        .split(|b| *b == b'\n')
        .find(|line| !line.trim_ascii().is_empty())
        .unwrap_or(&[]);
    let has = |c: u8| header.contains(&c);
    match () {
        () if has(b',') => b',',
        () if has(b'\t') => b'\t',
        () if has(b';') => b';',
        () => b',',
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    count(bytes, b'\n')
}

/// How often a byte occurs. In pieces so short that a byte can count them, and several bytes can be counted at once.
fn count(bytes: &[u8], wanted: u8) -> u64 {
    let pieces = bytes.chunks(usize::from(u8::MAX));
    pieces
        .map(|piece| u64::from(piece.iter().map(|&byte| u8::from(byte == wanted)).sum::<u8>()))
        .sum()
}
