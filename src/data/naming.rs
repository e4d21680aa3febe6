//! What names of tables and columns say: `accountId`, `account_id` and `Account ID` are one name, `accounts.id` is
//! what `account_id` names, `created_at` is when a row began, `resolved_at` when something about it ended.

/// A name in lower snake case: `accountId`, `Account ID` and `ACCOUNT_ID` all as `account_id`.
pub(crate) fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut after_lower = false;
    for c in name.trim().chars() {
        if c.is_uppercase() && after_lower {
            out.push('_');
        }
        after_lower = c.is_lowercase() || c.is_ascii_digit();
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if !out.ends_with('_') {
            out.push('_');
        }
    }
    out.trim_matches('_').to_owned()
}

/// One of what a table of that (snake case) name holds: `account` of `accounts`, `reply` of `replies`.
pub(crate) fn singular(table: &str) -> String {
    let ends = |suffix: &str| table.strip_suffix(suffix);
    if let Some(stem) = ends("ies").filter(|s| s.len() > 1) {
        format!("{stem}y")
    } else if let Some(stem) = ["sses", "xes", "ches", "shes", "uses"]
        .iter()
        .find_map(|s| ends(s).map(|_| &table[..table.len() - 2]))
    {
        stem.to_owned()
    } else {
        match ends("s") {
            Some(stem) if !(stem.ends_with('s') || stem.ends_with('u') || stem.ends_with('i')) => stem.to_owned(),
            _ => table.to_owned(),
        }
    }
}

/// What an identifier column (in snake case) names: `account` of `account_id`; `None` when the name says no identifier.
pub(crate) fn identified(column: &str) -> Option<&str> {
    ["_id", "_uuid", "_guid", "_key", "_ref"]
        .iter()
        .find_map(|suffix| column.strip_suffix(suffix))
        .filter(|stem| !stem.is_empty())
}

/// True when a column of that (snake case) name holds identifiers.
pub(crate) fn is_identifier(column: &str) -> bool {
    matches!(column, "id" | "uuid" | "guid" | "key") || ["_id", "_uuid", "_guid"].iter().any(|s| column.ends_with(s))
}

/// True when a column of that (snake case) name asks a question, so that 0 and 1 mean no and yes.
pub(crate) fn is_question(column: &str) -> bool {
    ["is_", "has_", "was_", "had_", "can_", "did_"]
        .iter()
        .any(|p| column.starts_with(p))
        || column.ends_with("_flag")
}

/// True when a column of that (snake case) name holds prose, however few different texts it has.
pub(crate) fn is_prose(column: &str) -> bool {
    const NAMES: [&str; 12] = [
        "subject",
        "description",
        "body",
        "message",
        "comment",
        "comments",
        "note",
        "notes",
        "summary",
        "text",
        "content",
        "question",
    ];
    NAMES
        .iter()
        .any(|name| column == *name || column.strip_suffix(name).is_some_and(|head| head.ends_with('_')))
}

/// How well a column of that (snake case) name says when its row began: 0 best; `None` when it does not say so.
pub(crate) fn beginning(column: &str) -> Option<u8> {
    const BEGUN: [&str; 8] = [
        "created",
        "opened",
        "submitted",
        "raised",
        "reported",
        "started",
        "start",
        "inserted",
    ];
    const MOMENT: [&str; 13] = [
        "at",
        "timestamp",
        "ts",
        "time",
        "date",
        "datetime",
        "event_time",
        "event_date",
        "event_at",
        "event_timestamp",
        "occurred",
        "occurred_at",
        "happened_at",
    ];
    const HAPPENED: [&str; 12] = [
        "measured",
        "deployed",
        "released",
        "logged",
        "recorded",
        "observed",
        "changed",
        "sent",
        "received",
        "registered",
        "joined",
        "signed_up",
    ];
    if ENDINGS.iter().any(|e| column.contains(e)) {
        return None;
    }
    let stem = ["_at", "_date", "_time", "_on", "_timestamp", "_datetime"]
        .iter()
        .find_map(|s| column.strip_suffix(s))
        .unwrap_or(column);
    if BEGUN.contains(&stem) || matches!(column, "creation_date" | "creation_time" | "open_date" | "start_date") {
        Some(0)
    } else if MOMENT.contains(&column) {
        Some(1)
    } else if HAPPENED.contains(&stem)
        || matches!(
            stem,
            "signup" | "sign_up" | "registration" | "changed" | "posted" | "placed"
        )
    {
        Some(2)
    } else {
        (stem.len() < column.len()).then_some(3)
    }
}

/// Parts of names of moments that are not a row's beginning: later in its life, or before it.
const ENDINGS: [&str; 19] = [
    "updated",
    "modified",
    "resolved",
    "closed",
    "due",
    "birth",
    "dob",
    "expir",
    "end_",
    "ended",
    "renew",
    "last_",
    "deleted",
    "cancel",
    "escalat",
    "completed",
    "finished",
    "valid",
    "contract",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_in_every_spelling() {
        for name in ["accountId", "Account ID", "ACCOUNT_ID", "account-id", "AccountId"] {
            assert_eq!(snake(name), "account_id", "{name}");
        }
    }

    #[test]
    fn a_table_holds_many_of_one_thing() {
        for (many, one) in [
            ("accounts", "account"),
            ("status_changes", "status_change"),
            ("companies", "company"),
            ("boxes", "box"),
            ("statuses", "status"),
            ("account_health", "account_health"),
            ("status", "status"),
            ("addresses", "address"),
        ] {
            assert_eq!(singular(many), one);
        }
    }

    #[test]
    fn a_row_begins_when_it_is_created_not_when_it_is_resolved_or_born() {
        assert!(beginning("created_date") < beginning("measured_at"));
        assert!(beginning("created_at").is_some() && beginning("signup").is_some() && beginning("at").is_some());
        for name in [
            "resolved_at",
            "birth_date",
            "updated_at",
            "renewal_date",
            "escalated_at",
        ] {
            assert_eq!(beginning(name), None, "{name}");
        }
    }
}
