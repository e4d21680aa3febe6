//! A reader who has seen enough: `bellwether … | head` ends quietly.

use std::process::{Command, Stdio};

#[test]
fn a_closed_pipe_is_no_fault() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let folder = tempfile::tempdir().unwrap();
    let desk = folder.path().join("desk");
    for args in [
        ["sample", desk.to_str().unwrap(), "--tickets", "1000"].as_slice(),
        &["inspect", desk.to_str().unwrap()],
        &["inspect", desk.to_str().unwrap(), "--schema"],
        &["query", "check", "PREDICT nothing"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_bellwether"))
            .args(args)
            .stdout(writer.try_clone().unwrap())
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            !said.contains("panicked") && output.status.code() != Some(101),
            "{args:?}: {said}"
        );
    }
}
