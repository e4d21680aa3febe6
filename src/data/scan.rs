//! A CSV file as rows of text: its header, its separator, and for every row the line it starts on. What makes a file
//! unreadable as a table is an error here; what is wrong in one row is left to the reader of its cells.

use csv::StringRecord;

use super::read::{ReadError, SourceFile};

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

    /// Calls `row` with every row after the header and the line it starts on.
    pub(crate) fn rows(&self, mut row: impl FnMut(u64, &StringRecord)) {
        let mut reader = self.reader();
        let mut record = StringRecord::new();
        let (mut counted, mut line, mut header) = (0, 1, true);
        while let Ok(true) = reader.read_record(&mut record) {
            let at = record
                .position()
                .map_or(0, |p| usize::try_from(p.byte()).unwrap_or(usize::MAX));
            let at = at
                + self
                    .bytes
                    .iter()
                    .skip(at)
                    .take_while(|b| matches!(b, b'\r' | b'\n'))
                    .count();
            line += newlines(self.bytes.get(counted..at).unwrap_or(&[]));
            counted = at;
            if !std::mem::take(&mut header) {
                row(line, &record);
            }
        }
    }

    /// The line of a quote that is opened and never closed, so that the rest of the file became one cell.
    pub(crate) fn unclosed_quote(&self, last_line: u64) -> bool {
        let quotes = self.bytes.iter().filter(|b| **b == b'"').count();
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
    bytes.iter().map(|b| u64::from(*b == b'\n')).sum()
}
