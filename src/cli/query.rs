//! `bellwether query parse|bind|labels`: what a query says, what it asks of a data folder, and what came true.

use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anstream::{eprintln, println};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::data::{Database, RowId, Symbol, Timestamp};
use crate::query::task::{Constant, TaskKind};
use crate::query::{Diagnostic, Facts, Mode, Task, bind_query, parse};
use crate::relate::label::{Label, Labeler};

/// Read a predictive query, bind it to data, compute its labels. `--help` explains the language.
#[derive(Args, Debug)]
#[command(after_long_help = crate::query::guide::guide())]
pub struct QueryArgs {
    /// What to do: read the query, bind it to the data folder's schema, or compute labels.
    #[arg(value_enum)]
    pub action: Action,
    /// The query; left out with --jsonl.
    pub query: Option<String>,
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Give the reference implementation's verdicts: no extensions, its spelling to the letter.
    #[arg(long)]
    pub strict: bool,
    /// Read one JSON object per line from standard input and write one per line: `{"query", "anchor_time"?,
    /// "context_anchor_time"?}`.
    #[arg(long)]
    pub jsonl: bool,
    /// The moment asked about (`labels`).
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
}

/// What `bellwether query` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum Action {
    Parse,
    Bind,
    Labels,
}

/// Runs `bellwether query`.
#[must_use]
pub fn run(args: &QueryArgs) -> ExitCode {
    match answer_all(args) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn answer_all(args: &QueryArgs) -> Result<ExitCode, String> {
    let database = match (&args.data, args.action) {
        (Some(folder), _) => Some(super::tables::read(folder).map_err(|e| e.to_string())?),
        (None, Action::Parse) => None,
        (None, _) => {
            eprintln!("--data DIR is needed to bind a query: it names the tables");
            return Ok(ExitCode::from(2));
        }
    };
    let desk = Desk {
        action: args.action,
        mode: if args.strict { Mode::Strict } else { Mode::Extended },
        facts: database.as_ref().map(Facts::of).unwrap_or_default(),
        database,
    };
    if args.jsonl {
        return answer_lines(&desk);
    }
    let Some(text) = &args.query else {
        eprintln!("give a query, or --jsonl to read queries from standard input");
        return Ok(ExitCode::from(2));
    };
    let asked = json!({"query": text, "anchor_time": args.at});
    match desk.answer(&asked) {
        Ok(answer) => {
            println!("{}", serde_json::to_string_pretty(&answer).map_err(|e| e.to_string())?);
            Ok(ExitCode::SUCCESS)
        }
        Err(Refusal::Query(diagnostic)) => {
            eprintln!("{}", diagnostic.render());
            Ok(ExitCode::FAILURE)
        }
        Err(Refusal::Request(message)) => Err(message),
    }
}

fn answer_lines(desk: &Desk) -> Result<ExitCode, String> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let line = line.map_err(|e| format!("standard input: {e}"))?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = match serde_json::from_str::<Value>(&line) {
            Ok(asked) => desk.answer(&asked).unwrap_or_else(|refusal| refusal.json()),
            Err(error) => Refusal::Request(format!("not a JSON object: {error}")).json(),
        };
        writeln!(out, "{answer}").map_err(|e| format!("standard output: {e}"))?;
    }
    out.flush().map_err(|e| format!("standard output: {e}"))?;
    Ok(ExitCode::SUCCESS)
}

/// Why there is no answer.
enum Refusal {
    Query(Box<Diagnostic>),
    Request(String),
}

impl From<Diagnostic> for Refusal {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Query(Box::new(diagnostic))
    }
}

impl Refusal {
    fn json(&self) -> Value {
        match self {
            Self::Query(fault) => json!({
                "ok": false,
                "line": fault.line(),
                "column": fault.column(),
                "message": fault.message(),
                "suggestion": fault.suggestion(),
                "rendered": fault.render(),
            }),
            Self::Request(message) => json!({"ok": false, "message": message}),
        }
    }
}

struct Desk {
    action: Action,
    mode: Mode,
    database: Option<Database>,
    facts: Facts,
}

impl Desk {
    fn answer(&self, asked: &Value) -> Result<Value, Refusal> {
        let Some(text) = asked.get("query").and_then(Value::as_str) else {
            return Err(Refusal::Request("the object has no text under \"query\"".to_owned()));
        };
        let query = parse(text, self.mode)?;
        let canonical = query.canonical();
        let Some(database) = &self.database else {
            return Ok(json!({"ok": true, "canonical": canonical}));
        };
        if self.action == Action::Parse {
            return Ok(json!({"ok": true, "canonical": canonical}));
        }
        let task = bind_query(query, &database.schema, &self.facts, self.mode)?;
        if self.action == Action::Bind {
            let mut bound = json!({"ok": true, "canonical": canonical, "task_type": task.kind.task_type()});
            if !task.notes.is_empty() {
                bound["notes"] = json!(task.notes);
            }
            return Ok(bound);
        }
        let labeler = Labeler::new(database, &task).map_err(|e| Refusal::Request(e.to_string()))?;
        let moment = |field: &str| match asked.get(field).and_then(Value::as_str) {
            None => Ok(None),
            Some(text) => match Timestamp::parse(text) {
                Some(moment) => Ok(Some(moment)),
                None => Err(Refusal::Request(format!(
                    "{field}: `{text}` is not a moment; write 2025-03-01T00:00:00"
                ))),
            },
        };
        if let Some(from) = moment("context_anchor_time")? {
            return Ok(context(database, &task, &labeler, from));
        }
        if asked.get("anchor_time").and_then(Value::as_str) == Some("entity") {
            return Ok(labels(
                database,
                &task,
                labeler.anchors(Timestamp::MAX).iter().map(|e| (e.row, e.anchor)),
                &labeler,
            ));
        }
        match moment("anchor_time")? {
            Some(anchor) => {
                let rows = labeler.candidates(anchor).into_iter().map(|row| (row, anchor));
                Ok(labels(database, &task, rows, &labeler))
            }
            None => Err(Refusal::Request(
                "labels need a moment: \"anchor_time\" or \"context_anchor_time\"".to_owned(),
            )),
        }
    }
}

fn labels(
    database: &Database,
    task: &Task,
    asked: impl Iterator<Item = (RowId, Timestamp)>,
    labeler: &Labeler<'_>,
) -> Value {
    let mut rows: Vec<(Key, RowId, Timestamp, Label)> = asked
        .filter(|(row, anchor)| labeler.in_population(*row, *anchor))
        .filter_map(|(row, anchor)| Some((Key::of(database, task, row), row, anchor, labeler.label(row, anchor)?)))
        .collect();
    rows.sort_by(|a, b| a.0.order(&b.0));
    let (mut entities, mut values, mut times) = (Vec::new(), Vec::new(), Vec::new());
    for (key, row, anchor, label) in rows {
        match (label, task.kind) {
            (Label::Frames(frames), TaskKind::Forecast { .. }) => {
                if !task.named.is_empty() && !is_named(database, task, row) {
                    continue;
                }
                let moments = labeler.frame_anchors(anchor, u32::try_from(frames.len()).unwrap_or(u32::MAX));
                for (value, moment) in frames.into_iter().zip(moments) {
                    entities.push(key.json());
                    values.push(json!(value));
                    times.push(json!(moment.to_string()));
                }
            }
            (label, _) => {
                entities.push(key.json());
                values.push(label_json(database, &label));
            }
        }
    }
    let mut answer = json!({"entities": entities, "labels": values});
    if !times.is_empty() {
        answer["times"] = json!(times);
    }
    answer
}

/// Forecasts are drawn for the entities that the query names.
fn is_named(database: &Database, task: &Task, row: RowId) -> bool {
    let key = database.key_text(task.entity, row).unwrap_or_default();
    task.named.iter().any(|name| match name {
        Constant::Text(text) => text == key,
        Constant::Number(number) => key.parse::<f64>() == Ok(*number),
        _ => false,
    })
}

fn context(database: &Database, task: &Task, labeler: &Labeler<'_>, from: Timestamp) -> Value {
    let rows: Vec<Value> = labeler
        .context(from)
        .into_iter()
        .filter(|e| labeler.in_population(e.row, e.anchor))
        .filter_map(|e| {
            let label = label_json(database, &labeler.label(e.row, e.anchor)?);
            Some(json!([
                Key::of(database, task, e.row).json(),
                e.anchor.to_string(),
                label
            ]))
        })
        .collect();
    json!({"rows": rows})
}

/// An entity's key, ordered as a number where it is one.
enum Key {
    Number(i64),
    Text(String),
}

impl Key {
    fn of(database: &Database, task: &Task, row: RowId) -> Self {
        Self::read(database.key_text(task.entity, row).unwrap_or_default())
    }

    fn read(text: &str) -> Self {
        match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => Self::Number(number),
            _ => Self::Text(text.to_owned()),
        }
    }

    fn order(&self, other: &Self) -> std::cmp::Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Number(_), Self::Text(_)) => std::cmp::Ordering::Less,
            (Self::Text(_), Self::Number(_)) => std::cmp::Ordering::Greater,
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Number(number) => json!(number),
            Self::Text(text) => json!(text),
        }
    }
}

fn label_json(database: &Database, label: &Label) -> Value {
    let symbol = |s: &Symbol| Key::read(database.symbols.text(*s).unwrap_or_default()).json();
    match label {
        Label::Bool(value) => json!(value),
        Label::Number(value) => json!(value),
        Label::Category(category) => symbol(category),
        Label::Set(categories) => json!(categories.iter().map(symbol).collect::<Vec<_>>()),
        Label::Numbers(values) => json!(values),
        Label::Frames(values) => json!(values),
    }
}
