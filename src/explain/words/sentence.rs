//! Every sentence that explanations are made of, with the places that it has.

use super::{Names, Spans};

/// Declares [`Words`] and the list of its templates.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Everything that explanations say in one language.
        #[derive(Debug)]
        pub struct Words {
            /// How names are written.
            pub names: Names,
            /// Between whole numbers and decimals.
            pub decimal: char,
            /// Between groups of three digits.
            pub thousands: char,
            /// Whether the owner of rows stands before what is said of it: "Account: …", not "… of this account".
            pub owner_leads: bool,
            /// "3 days".
            pub span: Spans,
            /// The same after "ago" and "in", where a language declines them.
            pub span_away: Spans,
            /// What is asked about, by its English singular: singular and plural in this language.
            pub nouns: &'static [(&'static str, &'static str, &'static str)],
            /// Monday first.
            pub weekdays: [&'static str; 7],
            /// January first.
            pub months: [&'static str; 12],
            $($(#[$doc])* pub $name: &'static str,)*
        }

        impl Words {
            /// Every template with its name.
            #[must_use]
            pub fn templates(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($name), self.$name),)*]
            }
        }
    };
}

words! {
    /// "not known".
    not_known,
    /// No rows: "none".
    none,
    /// No measurement.
    not_measured,
    /// "yes".
    yes,
    /// "no".
    no,
    /// "just now".
    just_now,
    /// `{span}` ago.
    ago,
    /// In `{span}` from now.
    ahead,
    /// `{sign}`, `{currency}` (set apart by `{gap}`), `{n}`.
    money,
    /// The same in thousands.
    money_thousands,
    /// In millions.
    money_millions,
    /// In billions.
    money_billions,
    /// A health score below 50.
    critical,
    /// Below 75.
    at_risk,
    /// From 75.
    healthy,
    /// `{value}` with the reading of its scale, `{band}`.
    graded,
    /// `{value}` beside what is usual, `{usual}`.
    with_usual,
    /// A window of `{n}` hours, in brackets.
    window_hours,
    /// Of `{n}` days.
    window_days,
    /// " in 48 h": `{n}` hours, after what did not happen.
    in_hours,
    /// " in 7 d".
    in_days,
    /// " so far".
    so_far,

    /// A row that the asker links to: `{noun}`.
    linked,
    /// Between several of them, and between values.
    and,
    /// " of this account": `{rows}`.
    of_linked,
    /// ", category API error": `{noun}`, `{value}`.
    of_value,
    /// Around all owners, `{owners}`.
    of_all,
    /// "user's prior escalations": `{noun}`, `{what}`.
    named,

    /// The column `{name}` of the row `{hop}`.
    column_of,
    /// What was written: `{row}`.
    text,
    /// A word of it: `{word}`.
    quoted,
    /// It reads like what was answered yes: `{plural}`.
    reads_like,
    /// It does not.
    reads_unlike,
    /// It reads like `{rows}` with a higher number of `{what}`.
    reads_higher,
    /// With a lower one.
    reads_lower,
    /// "ticket priority against account ARR": `{row}`, `{own}`, `{far}`.
    against,
    /// "P1 on a $240K account": `{value}`, `{article}`, `{amount}`, `{row}`.
    against_value,
    /// "hour of day (UTC)".
    hour_of_day,
    /// "day of the week".
    day_of_week,
    /// "month".
    month,

    /// Rows that happened at a clock, as a name: `{rows}`, `{happened}`.
    rows_happened,
    /// One word of it.
    rows_happened_word,
    /// Rows with a value: `{rows}`, `{column}`, `{value}`.
    rows_with,
    /// No rows: `{many}`, `{of}`, `{when}`.
    no_rows,
    /// `{many}`, `{of}`, `{within}`.
    rows,
    /// Three or more of them.
    recurring,
    /// `{n}` = 1, of events.
    occurrence,
    /// `{n}` of them.
    occurrences,
    /// `{ago}` of the latest.
    freshness,
    /// This account's usual, `{usual}`: `{noun}`.
    usual_of,
    /// `{usual}` of all.
    usual_of_all,
    /// There are none, and usually none.
    as_usual,
    /// The latest one: `{one}`, `{of}`.
    latest,
    /// "endpoint /v2/predict deployed": `{noun}`, `{name}`, `{verb}`, `{rows}`.
    done_to,
    /// Where a table has no verb: `{noun}`, `{name}`, `{one}`.
    latest_through,
    /// No `{one}` behind `{behind}`: `{of}`, `{within}`.
    none_through,
    /// `{what}`, `{many}`, `{of}`, `{within}`.
    different,
    /// `{part}` among `{whole}`: `{of}`, `{within}`.
    among,
    /// Rows not ended yet: `{many}`, `{of}`.
    open,
    /// The same where the end has a name, `{end}`.
    not_yet,

    /// "number".
    number,
    /// "total".
    total,
    /// "mean".
    mean,
    /// "lowest".
    lowest,
    /// "highest".
    highest,
    /// "latest".
    last,
    /// "change".
    change,
    /// "variety".
    variety,
    /// `{statistic}`, `{what}`, `{many}`, `{of}`, `{within}`.
    measured,
    /// Where there is no `{what}`.
    counted,
    /// The same of a yes or no: its share.
    measured_share,
    /// What is measured together for each of another thing measured: `{what}`, `{per}`, `{many}`, `{of}`, `{within}`.
    measured_ratio,
    /// Its change.
    measured_change,
    /// What an owner was last measured at: `{name}`.
    reading_mean,
    /// The lowest: `{name}`, `{within}`.
    reading_lowest,
    /// The highest.
    reading_highest,
    /// The change.
    reading_change,
    /// Any other `{statistic}`.
    reading_other,

    /// Rows before this one: `{rows}`.
    earlier,
    /// Yeses before: `{plural}`.
    prior,
    /// The latest `{row}`, or of `{rows}`.
    latest_row,
    /// The latest `{singular}`, or of `{plural}`.
    latest_yes,
    /// It ended with a `{singular}`.
    with,
    /// It ended without.
    without,
    /// The latest number: `{singular}`, `{value}`.
    last_value,
    /// `{statistic}` of the number `{singular}`.
    statistic_of,
    /// The share of yes: `{singular}`, `{plural}`.
    rate,
    /// The `{rate}` of all `{rows}` `{within}` a window.
    rate_of_all,
    /// The mean number: `{singular}`.
    mean_of,
    /// `{share}` of `{n}` `{rows}`.
    of_rows,
    /// A mean `{value}` over `{n}` `{rows}`.
    over_rows,
    /// No `{rows}` yet.
    no_rows_yet,
    /// What is usual, in brackets, after it: `{usual}`.
    usual_after,
    /// Values that were learnt from together: `{first}` with `{second}`.
    values_together,
    /// `{share}` of the `{n}` such `{rows}` learnt from had a `{singular}`.
    learnt,
    /// The same of a number.
    learnt_number,
    /// Of one owner: `{share}` over the `{n}` `{rows}` learnt from.
    learnt_of_one,
    /// Too few `{rows}` like it were learnt from to differ from the usual.
    learnt_little,
    /// Said after it where the tables hold none of them.
    learnt_elsewhere,

    /// Earlier `{rows}` that share many values with it.
    alike,
    /// `{mean}` of them had a `{singular}`; the more alike the more they count.
    alike_share,
    /// The same of a number.
    alike_number,

    /// What `{rows}` like it say of the score, whose answers came after training.
    since_training,
    /// `{observed}` of them had a `{singular}`, where the model expected `{expected}`; the more alike the more they count.
    since_training_share,
    /// The same of a number.
    since_training_number,

    /// A quantity `{text}` at or beyond a `{value}`, `{sign}`.
    at,
    /// `{amount}` of `{many}`: `{of}`, `{within}`.
    amount_of,
    /// None of them, as an amount.
    no_amount,
    /// `{noun}` `{verb}` (`{rows}`) at most `{span}` ago.
    done_lately,

    /// A segment: `{rows}` that meet `{conditions}`, the `{share}` of them with a `{singular}`, its `{lift}` over the base rate, the
    /// `{n}` yeses of `{all}`.
    segment,

    /// "account health score 80": `{text}`, `{value}`.
    set_to,
    /// "no API 500 errors": `{many}`.
    without_rows,
    /// "3 API 500 errors": `{n}`, `{many}`.
    with_rows,
    /// What is gone, `{what}`, of one thing, `{name}`.
    without_of,
    /// What kind of answer a what-if is.
    hypothetical,

    /// The question's WHERE does not hold.
    left_out,
    /// The tables end on `{end}`, the question is answered as of `{moment}`.
    tables_end,
    /// The link `{column}` leads to `{key}`, which no table has.
    no_such_row,
    /// The link `{column}` is empty.
    no_link,
    /// `{table}`, `{column}`, `{expected}`, `{value}`.
    not_readable,
    /// What was expected: a number.
    a_number,
    /// A time.
    a_time,
    /// A plain value.
    a_value,
    /// `{table}` has no row that a change takes out.
    nothing_to_remove,
    /// A row added to `{table}` plays no part.
    counts_nowhere,

    /// Why an agent: `{topic}`, `{hours}`, `{team}`, `{alone}`, `{open}`, `{absent}`.
    agent,
    /// The chance of it: `{share}`, `{singular}`.
    agent_alone,
    /// Where no topic is told.
    any_topic,
    /// Said of an agent who is not there.
    agent_away,
    /// Said of an agent outside the hours of work: `{from}`, `{to}`.
    agent_off_hours,

    /// `{what}` of the rows of a table, `{rows}`, as a number asked for: their total.
    asked_total,
    /// Their mean.
    asked_mean,
    /// The lowest.
    asked_lowest,
    /// The highest.
    asked_highest,
    /// The first.
    asked_first,
    /// The latest.
    asked_latest,
    /// How many differ.
    asked_different,
    /// How many rows.
    asked_number,
    /// A yes for which there is no better noun: `{name}`.
    case_of,
    /// Several.
    cases_of,

    /// A number from `{low}` to `{high}`.
    range,
    /// In the place of `{n}` when there are none.
    none_earlier,
    /// Only `{n}` earlier `{rows}` have gone before; the interval is `{range}`.
    little_history,
    /// The interval `{range}` is too wide to say much.
    wide_range,
    /// `{entity}` as of `{at}`: `{answer}`.
    card_head,
    /// `{share}` within `{hours}`, `{lift}` times the base rate, `{base}`.
    card_answer,
    /// The interval `{range}`, and the share of cases that such intervals hold, `{level}`.
    card_interval,
    /// Not enough is known.
    card_unknown,
    /// Contributions are sampled.
    card_sampled,
    /// Before the what-ifs.
    card_what_if,
}
