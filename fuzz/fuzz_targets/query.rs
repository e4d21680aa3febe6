//! Any text as a query: read, bound to a schema, rendered and read again. Nothing may panic or hang; what is refused is
//! refused with a place and words; what is read means the same when its canonical text is read.

#![no_main]
#![allow(dead_code, unused_imports)]

#[path = "../../src/data/mod.rs"]
mod data;
#[path = "../../src/query/mod.rs"]
mod query;

use std::sync::OnceLock;

use data::Schema;
use libfuzzer_sys::fuzz_target;
use query::{Diagnostic, Mode, bind, parse};

/// Tables with links over two hops, a time column and every type of column.
fn schema() -> &'static Schema {
    static SCHEMA: OnceLock<Schema> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let file = |name: &str, text: &str| data::SourceFile {
            name: format!("{name}.csv"),
            bytes: text.as_bytes().to_vec(),
        };
        let files = vec![
            file("accounts", "account_id,plan,arr,vip\n1,pro,\"$240,000\",true\n2,free,\"$10,000\",false\n"),
            file(
                "tickets",
                "ticket_id,account_id,created_at,priority,subject,resolved_at,hours\n\
                 7,1,2025-01-01T10:00:00Z,P1,It does not work any more at all today,2025-01-01T12:00:00Z,2\n\
                 8,2,2025-01-02T10:00:00Z,P2,How do I change the colour of the page,,\n",
            ),
            file(
                "events",
                "event_id,ticket_id,at,kind\n1,7,2025-01-01T11:00:00Z,call\n2,8,2025-01-02T11:00:00Z,mail\n",
            ),
        ];
        data::read(files, None).expect("the tables are well formed").database.schema
    })
}

fn check(fault: &Diagnostic) {
    assert!(fault.line() >= 1);
    assert!(!fault.message().is_empty());
    assert!(fault.to_string().lines().count() >= 1);
    assert!(fault.render().len() < 8_000, "a report nobody reads");
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for mode in [Mode::Strict, Mode::Extended] {
        match parse(text, mode) {
            Err(fault) => check(&fault),
            // The reference's own canonical text does not always read back by its lexer; ours does.
            Ok(_) if mode == Mode::Strict => {}
            Ok(read) => {
                let canonical = read.canonical();
                match parse(&canonical, mode) {
                    Ok(again) => {
                        assert!(again == read, "{canonical} reads differently");
                        assert_eq!(again.canonical(), canonical);
                    }
                    Err(fault) => panic!("the canonical text is refused: {canonical}\n{fault}"),
                }
            }
        }
        if let Err(fault) = bind(text, schema(), mode) {
            check(&fault);
        }
    }
});
