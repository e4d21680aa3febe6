//! How far a score can be trusted: an interval around it, and whether enough has gone before to say anything.

use serde::Serialize;

use super::scorer::Scorer;
use crate::explain::words::fill;
use crate::learn::objective::Objective;
use crate::learn::spread::LEVEL;
use crate::relate::series::{Series, Source};
use crate::relate::{Asker, ColumnPath, Key};

/// What a card says of its own certainty.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Certainty {
    /// The interval's lower end: a probability, or a number.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// The share of cases that such intervals are meant to hold.
    pub level: f64,
    /// Earlier rows of the entity's table that share the entity it knows best; `None` where the model looks at none.
    pub earlier: Option<usize>,
    /// False: little has gone before, or the interval is too wide to act on.
    pub enough: bool,
    /// One short phrase: `88–94 %`, `Little history (2 earlier tickets): 5–40 %`.
    pub text: String,
}

/// Fewer earlier rows are little history.
const LITTLE: usize = 3;
/// A probability that may be this far off says little.
const WIDE: f64 = 0.5;

impl Scorer {
    /// The certainty of a score; `None` for a model that is not ours, or that was trained on too little to tell.
    pub(super) fn certainty(&self, asker: Asker, row: &[f32], score: f64) -> Option<Certainty> {
        let model = &self.bundle.model;
        let spread = model.watch.spread.as_ref().filter(|_| !self.bundle.foreign)?;
        let [low, high] = spread.interval(model.objective, score, row);
        let earlier = self.earlier(asker);
        let little = earlier.is_some_and(|n| n < LITTLE);
        let words = self.target.language.words();
        let (range, wide) = match model.objective {
            Objective::YesNo => (percents(low, high), high - low > WIDE),
            Objective::Number => {
                let ends = [("low", &*self.target.show(low)), ("high", &*self.target.show(high))];
                (fill(words.range, &ends), false)
            }
        };
        let table = &self.bundle.opened.database.schema.table(self.task.entity).name;
        let text = match earlier {
            Some(n) if little => {
                #[allow(clippy::cast_precision_loss)]
                let rows = words.counted(table, n as f64);
                let n = if n == 0 {
                    words.none_earlier.to_owned()
                } else {
                    n.to_string()
                };
                fill(words.little_history, &[("n", &n), ("rows", &rows), ("range", &range)])
            }
            _ if wide => fill(words.wide_range, &[("range", &range)]),
            _ => range,
        };
        Some(Certainty {
            low,
            high,
            level: LEVEL,
            earlier,
            enough: !little && !wide,
            text,
        })
    }

    /// The most earlier rows, or earlier answers, that the model finds under one of the entity's own links.
    fn earlier(&self, asker: Asker) -> Option<usize> {
        let (opened, entity) = (&self.bundle.opened, self.task.entity);
        let (database, set) = (&opened.database, &self.bundle.model.features);
        let shape = database.schema.table(entity);
        let names_an_entity = |path: &ColumnPath| {
            path.hops.is_empty()
                && (shape.link(path.column).is_some() || (shape.key == Some(path.column) && shape.time.is_none()))
        };
        let of_its_kind = |series: &Series| {
            let spec = &series.spec;
            let whole = spec.filter.is_none() && spec.clock.is_none();
            whole && (spec.source == Source::Labels || spec.source == Source::Table(entity))
        };
        set.features
            .iter()
            .flat_map(|feature| feature.lookups())
            .filter(|l| {
                matches!(set.keys.get(l.key).and_then(Key::cells), Some([path]) if names_an_entity(path))
                    && opened.relations.series().get(l.series).is_some_and(of_its_kind)
            })
            .map(|l| {
                let events = opened.relations.events(database, l, asker);
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                events.map_or(0, |view| view.count(None).max(0.0) as usize)
            })
            .max()
    }
}

/// `88–94 %`, to whole percents, the ends never alike.
fn percents(low: f64, high: f64) -> String {
    let whole = |x: f64, up: bool| if up { (100.0 * x).ceil() } else { (100.0 * x).floor() };
    let (low, high) = (whole(low, false).clamp(0.0, 99.0), whole(high, true).clamp(1.0, 100.0));
    format!("{low:.0}–{high:.0} %")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_said_in_whole_percents_that_hold_it() {
        assert_eq!(percents(0.884, 0.936), "88–94 %");
        assert_eq!(percents(0.0001, 0.004), "0–1 %");
        assert_eq!(percents(0.9999, 1.0), "99–100 %");
    }
}
