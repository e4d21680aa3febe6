//! The language, told to people: its shape, the questions of a helpdesk, what is an extension and how it is said without.

/// A question in words, and in the language.
pub const EXAMPLES: [(&str, &str); 7] = [
    (
        "Will this ticket escalate within two days?",
        "PREDICT BOOL(tickets.escalated_at, 0, 48, hours) FOR EACH tickets.ticket_id WHERE tickets.priority <= 'P2'",
    ),
    (
        "How many hours until it is resolved?",
        "PREDICT tickets.resolution_hours FOR EACH tickets.ticket_id",
    ),
    (
        "Which accounts will escalate twice this month?",
        "PREDICT COUNT(escalations.*, 0, 30, days) >= 2 FOR EACH accounts.account_id",
    ),
    (
        "What kinds of ticket will this account open?",
        "PREDICT LIST_DISTINCT(tickets.category, 0, 30, days) CLASSIFY FOR EACH accounts.account_id",
    ),
    (
        "Will a busy account on the pro plan go quiet?",
        "PREDICT COUNT(tickets.*, 0, 30, days) = 0 FOR EACH accounts.account_id \
         WHERE accounts.plan = 'pro' AND COUNT(tickets.*, -30, 0, days) > 3",
    ),
    (
        "How many tickets in each of the next four weeks?",
        "PREDICT COUNT(tickets.*, 0, 7, days) FORECAST 4 TIMEFRAMES FOR EACH accounts.account_id",
    ),
    (
        "If three more tickets come within a week, will one escalate?",
        "PREDICT COUNT(escalations.*, 0, 14, days) > 0 FOR EACH accounts.account_id \
         ASSUMING COUNT(tickets.*, 0, 7, days) >= 3",
    ),
];

/// What the reference does not have: its name, an example, and how the standard language says it.
pub const EXTENSIONS: [(&str, &str, &str); 8] = [
    (
        "BOOL: a row's moment falls in the window",
        "BOOL(escalations.at, 0, 48, hours)",
        "COUNT(escalations.*, 0, 48, hours) > 0",
    ),
    (
        "BOOL of the entity's own column: a timestamp, or a boolean with its known_at",
        "BOOL(tickets.escalated_at, 0, 48, hours)",
        "put the events into a table of their own and COUNT them",
    ),
    (
        "ordered categories under < <= > >=",
        "tickets.priority <= 'P2'",
        "tickets.priority IN ('P1', 'P2')",
    ),
    (
        "columns of linked tables, and rows several links away",
        "accounts.plan = 'pro', COUNT(escalations.*, …) FOR EACH accounts.account_id",
        "copy the column, or the foreign key, into the nearer table",
    ),
    (
        "text in conditions: LIKE, CONTAINS, STARTS WITH, ENDS WITH, < and >",
        "tickets.subject CONTAINS 'error'",
        "none; the reference reads these operators and then refuses them",
    ),
    (
        "COUNT_DISTINCT, FIRST, LAST, and COUNT of any column",
        "LAST(tickets.category, 0, 30, days)",
        "none; the reference reads these and then refuses them",
    ),
    (
        "NOT IN, one-element lists",
        "tickets.priority NOT IN ('P1')",
        "NOT (tickets.priority = 'P1')",
    ),
    (
        "any letter case, any blanks, dates in quotes",
        "for  each, tickets.created_at >= '2025-01-01'",
        "FOR EACH, tickets.created_at >= 2025-01-01",
    ),
];

/// The guide as `--help` prints it.
#[must_use]
pub fn guide() -> String {
    let mut text = String::from(SHAPE);
    text.push_str("\nQuestions:\n");
    for (question, query) in EXAMPLES {
        text.push_str(&format!("  {question}\n      {query}\n"));
    }
    text.push_str("\nExtensions (refused with --strict), each with its standard rewrite:\n");
    for (extension, example, rewrite) in EXTENSIONS {
        text.push_str(&format!("  {extension}\n      {example}\n      standard: {rewrite}\n"));
    }
    text
}

const SHAPE: &str = "\
The language (PQL):
  PREDICT target [FORECAST n TIMEFRAMES | RANK TOP k | CLASSIFY]
  FOR EACH table.key [WHERE condition] [ASSUMING condition]

  target      a column, an aggregation, or a condition (then the answer is yes or no)
  aggregation FUNCTION(table.column [WHERE condition], start, end[, unit]): rows with anchor+start < time <= anchor+end
              SUM AVG MIN MAX COUNT COUNT_DISTINCT FIRST LAST LIST_DISTINCT; COUNT(table.*, …) counts rows
              start may be -INF; units: seconds minutes hours days weeks months (days when left out)
  condition   column or aggregation, then = != < <= > >=, IS [NOT] NULL, IN (…), LIKE '%…%', CONTAINS, STARTS WITH,
              ENDS WITH; joined with NOT, AND, OR and parentheses
  constants   1, -2.5, 'text', TRUE, FALSE, NULL, 2025-01-31, 2025-01-31 10:00:00, (1, 2, 3)
  names       table.column, with backticks where needed: `My Table`.`The Id`; # begins a comment

  WHERE chooses whom to ask about, and sees only what is known at the anchor. ASSUMING speaks of what is still to come.
  COUNT and SUM of nothing are 0; the other aggregates of nothing are NULL, and an entity whose target is NULL drops out.
  In WHERE a comparison with NULL is false (so NOT turns it true).
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::schema::{ColumnSchema, ColumnType, Link, Origin, Schema, TableSchema};
    use crate::data::{ColumnId, TableId};
    use crate::query::{Mode, bind};

    fn helpdesk() -> Schema {
        let table = |name: &str, columns: &[(&str, ColumnType)], time: Option<usize>, link: Option<(usize, usize)>| {
            TableSchema {
                name: name.into(),
                key: Some(ColumnId(0)),
                key_origin: None,
                time: time.map(ColumnId),
                time_origin: None,
                columns: columns
                    .iter()
                    .map(|(n, kind)| ColumnSchema {
                        name: (*n).into(),
                        kind: kind.clone(),
                        known_at: None,
                        origin: Origin::Stated,
                    })
                    .collect(),
                links: link
                    .map(|(column, table)| Link {
                        column: ColumnId(column),
                        table: TableId(table),
                        origin: Origin::Stated,
                    })
                    .into_iter()
                    .collect(),
            }
        };
        let order = ["P1", "P2", "P3"].map(str::to_owned).to_vec();
        let (id, time, category) = (ColumnType::Id, ColumnType::Timestamp, ColumnType::Category);
        let tickets = [
            ("ticket_id", id.clone()),
            ("account_id", id.clone()),
            ("created_at", time.clone()),
            ("priority", ColumnType::Ordered { order }),
            ("category", category.clone()),
            ("resolution_hours", ColumnType::Number),
            ("escalated_at", time.clone()),
        ];
        let escalations = [("escalation_id", id.clone()), ("ticket_id", id.clone()), ("at", time)];
        Schema {
            tables: vec![
                table("accounts", &[("account_id", id), ("plan", category)], None, None),
                table("tickets", &tickets, Some(2), Some((1, 0))),
                table("escalations", &escalations, Some(2), Some((1, 1))),
            ],
        }
    }

    #[test]
    fn every_question_of_the_guide_binds() {
        let schema = helpdesk();
        for (question, query) in EXAMPLES {
            if let Err(fault) = bind(query, &schema, Mode::Extended) {
                panic!("{question}\n{}", fault.render());
            }
        }
        assert!(guide().contains("standard: tickets.priority IN ('P1', 'P2')"));
    }
}
