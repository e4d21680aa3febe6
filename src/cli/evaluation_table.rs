//! An evaluation on a terminal, within a hundred columns.

use anstream::println;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use crate::learn::approaches::{Approach, Evaluation};
use crate::learn::bootstrap::Ends;
use crate::learn::objective::Objective;

/// Prints the examples, how well each approach ranks and how far its probabilities can be trusted, what it would have saved,
/// and what it looks at.
pub fn print(evaluation: &Evaluation) {
    let mean = |mean: f64| match evaluation.kind {
        Objective::YesNo => format!("{:.1} % yes", 100.0 * mean),
        Objective::Number => format!("mean {mean:.3}"),
    };
    println!(
        "trained on {} examples settled by {} ({})\ntested on {} asked from then on ({})",
        evaluation.train_examples,
        evaluation.cut,
        mean(evaluation.train_mean),
        evaluation.test_examples,
        mean(evaluation.test_mean)
    );
    match evaluation.kind {
        Objective::YesNo => {
            table(
                evaluation,
                &["ROC-AUC [95 %]", "avg. precision [95 %]", "log-loss", "Brier", "ECE"],
                |a| {
                    let within = |name: &str, ends: Option<Ends>| match ends {
                        Some([low, high]) => format!("{} [{low:.3}–{high:.3}]", figure(a, name)),
                        None => figure(a, name),
                    };
                    vec![
                        within("roc_auc", a.intervals.map(|i| i.roc_auc)),
                        within("average_precision", a.intervals.map(|i| i.average_precision)),
                        figure(a, "log_loss"),
                        figure(a, "brier"),
                        figure(a, "ece"),
                    ]
                },
            );
            let headers = [
                "recall at 10 %",
                "at 20 %",
                "saved at 80 % recall",
                "at 87 %",
                "lift, top 10 %",
                "lead time",
            ];
            table(evaluation, &headers, |a| {
                let share = |name: &str| {
                    a.figures
                        .get(name)
                        .map_or_else(blank, |x| format!("{:.1} %", 100.0 * x))
                };
                vec![
                    share("recall_at_10"),
                    share("recall_at_20"),
                    share("workload_saved_at_80"),
                    share("workload_saved_at_87"),
                    a.figures
                        .get("lift_top_decile")
                        .map_or_else(blank, |x| format!("{x:.2} ×")),
                    a.lead_time.map_or_else(blank, |lead| hours(lead.median_hours)),
                ]
            });
            println!(
                "recall at 10 %: the share of all yeses among the tenth that scores highest; saved: what need not be"
            );
            println!(
                "looked at to reach that recall; lead time: median time from the first warning (highest 20 %) to the"
            );
            println!("event, of those warned of before it");
        }
        Objective::Number => table(evaluation, &["mean abs. error", "RMSE", "R²"], |a| {
            ["mae", "rmse", "r2"].map(|name| figure(a, name)).to_vec()
        }),
    }
    for approach in &evaluation.approaches {
        println!("  {:14} {}", approach.name, approach.note);
    }
    if let Some(ahead) = &evaluation.ahead {
        println!("relational against the best of the others (paired, 95 %):");
        for (name, lead) in [
            ("ROC-AUC", &ahead.roc_auc),
            ("average precision", &ahead.average_precision),
        ] {
            println!(
                "  {name:17} {:+.3} [{:+.3} to {:+.3}] over {}",
                lead.difference, lead.interval[0], lead.interval[1], lead.over
            );
        }
    }
}

fn blank() -> String {
    "–".to_owned()
}

fn figure(approach: &Approach, name: &str) -> String {
    approach.figures.get(name).map_or_else(blank, |x| format!("{x:.3}"))
}

/// Hours as people say them.
#[must_use]
pub fn hours(hours: f64) -> String {
    match hours {
        h if h < 1.0 => format!("{:.0} min", 60.0 * h),
        h if h < 10.0 && h.fract() > 0.0 => format!("{h:.1} h"),
        h if h <= 72.0 => format!("{h:.0} h"),
        h => format!("{:.0} days", h / 24.0),
    }
}

fn table(evaluation: &Evaluation, headers: &[&str], cells: impl Fn(&Approach) -> Vec<String>) {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(100);
    table.set_header(std::iter::once(&"approach").chain(headers));
    for approach in &evaluation.approaches {
        table.add_row(std::iter::once(approach.name.clone()).chain(cells(approach)));
    }
    for column in 1..=headers.len() {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    println!("{table}");
}
