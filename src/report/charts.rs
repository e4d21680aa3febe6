//! The charts: lines over shares, each line with its name beside it.

use plotters::coord::Shift;
use plotters::prelude::*;

use super::ReportError;
use super::palette::{Ink, themed};

/// A point of a line.
pub type At = (f64, f64);

/// A named line.
pub struct Line {
    /// Written beside it.
    pub name: String,
    /// From left to right.
    pub points: Vec<At>,
    /// Its colour.
    pub ink: Ink,
}

/// What a chart shows.
pub struct Chart {
    /// Which one, for messages.
    pub name: &'static str,
    /// What it shows, for readers who do not see it.
    pub label: String,
    /// What runs across and up.
    pub axes: [&'static str; 2],
    /// The lines, the most important last.
    pub lines: Vec<Line>,
    /// A line to compare with, and its name.
    pub reference: Option<(Vec<At>, &'static str)>,
    /// The lines' points as dots too.
    pub dotted: bool,
    /// The largest values across and up.
    pub reach: (f64, f64),
}

const SIZE: (u32, u32) = (560, 400);
/// The least distance of two names, as a share of the height.
const APART: f64 = 0.062;
/// A line has at most so many points: more cannot be told apart.
const POINTS: usize = 300;

impl Chart {
    /// The chart as SVG.
    ///
    /// # Errors
    /// When the drawing library refuses.
    pub fn svg(&self) -> Result<String, ReportError> {
        let mut drawing = String::new();
        {
            let area = SVGBackend::with_string(&mut drawing, SIZE).into_drawing_area();
            self.draw(&area).map_err(|cause| ReportError::Chart {
                chart: self.name,
                cause,
            })?;
        }
        Ok(themed(&drawing, &self.label))
    }

    fn draw(&self, area: &DrawingArea<SVGBackend<'_>, Shift>) -> Result<(), String> {
        let text = |ink: Ink| ("sans-serif", 13).into_font().color(&ink.stand_in());
        let mut chart = ChartBuilder::on(area)
            .margin_top(10)
            .margin_right(26)
            .x_label_area_size(44)
            .y_label_area_size(54)
            .build_cartesian_2d(0.0..self.reach.0, 0.0..self.reach.1)
            .map_err(|e| e.to_string())?;
        let percent = |x: &f64| format!("{:.0} %", 100.0 * x);
        chart
            .configure_mesh()
            .x_labels(6)
            .y_labels(6)
            .x_label_formatter(&percent)
            .y_label_formatter(&percent)
            .light_line_style(TRANSPARENT)
            .bold_line_style(Ink::Line.stand_in())
            .axis_style(Ink::Line.stand_in())
            .label_style(text(Ink::Soft))
            .axis_desc_style(text(Ink::Text))
            .x_desc(self.axes[0])
            .y_desc(self.axes[1])
            .draw()
            .map_err(|e| e.to_string())?;
        if let Some((points, name)) = &self.reference {
            let style = Ink::Rest.stand_in().stroke_width(1);
            let dashes = DashedLineSeries::new(points.iter().copied(), 4, 4, style);
            chart.draw_series(dashes).map_err(|e| e.to_string())?;
            if let (Some(from), Some(to)) = (points.first(), points.last()) {
                const ALONG: f64 = 0.72;
                let at = |a: f64, b: f64| a + (b - a) * ALONG;
                let below = (
                    at(from.0, to.0) + 0.03 * self.reach.0,
                    at(from.1, to.1) - 0.02 * self.reach.1,
                );
                let label = Text::new((*name).to_owned(), below, text(Ink::Soft));
                chart.draw_series(std::iter::once(label)).map_err(|e| e.to_string())?;
            }
        }
        for line in &self.lines {
            let width = if line.ink == Ink::Rest { 1 } else { 2 };
            let style = line.ink.stand_in().stroke_width(width);
            chart
                .draw_series(LineSeries::new(thinned(&line.points), style))
                .map_err(|e| e.to_string())?;
            if self.dotted {
                let dots = line
                    .points
                    .iter()
                    .map(|&at| Circle::new(at, 4, line.ink.stand_in().filled()));
                chart.draw_series(dots).map_err(|e| e.to_string())?;
            }
        }
        // Beside the lines, on the side that most of them leave free; all names on the same, so that they stay apart.
        let rising = |line: &Line| {
            line.points
                .first()
                .zip(line.points.last())
                .is_some_and(|(a, b)| b.1 > a.1)
        };
        let rise = self.lines.iter().filter(|line| rising(line)).count() * 2 > self.lines.len();
        let aside = if rise { -0.004 } else { 0.036 };
        for (line, at, shown_at) in self.names() {
            let dot = Circle::new(at, 3, line.ink.stand_in().filled());
            chart.draw_series(std::iter::once(dot)).map_err(|e| e.to_string())?;
            let place = (shown_at.0 + 0.018 * self.reach.0, shown_at.1 + aside * self.reach.1);
            let ink = if line.ink == Ink::Rest { Ink::Soft } else { line.ink };
            let name = Text::new(line.name.clone(), place, text(ink));
            chart.draw_series(std::iter::once(name)).map_err(|e| e.to_string())?;
        }
        area.present().map_err(|e| e.to_string())
    }

    /// Each named line, the point that its name belongs to, and where the name stands: where the lines lie far apart,
    /// moved until no two names touch.
    fn names(&self) -> Vec<(&Line, At, At)> {
        let named: Vec<&Line> = self
            .lines
            .iter()
            .filter(|l| !l.name.is_empty() && l.points.len() > 1)
            .collect();
        let heights = |x: f64| -> Vec<f64> { named.iter().map(|l| height(&l.points, x) / self.reach.1).collect() };
        let room = |x: f64| {
            let mut heights = heights(x);
            heights.sort_by(f64::total_cmp);
            let gaps = heights.windows(2).map(|pair| (pair[1] - pair[0]).min(APART));
            gaps.sum::<f64>()
        };
        let tried = (2..=12).map(|k| 0.05 * f64::from(k) * self.reach.0);
        let x = tried
            .max_by(|a, b| room(*a).total_cmp(&room(*b)).then(b.total_cmp(a)))
            .unwrap_or(0.5);
        let mut order: Vec<(usize, f64)> = heights(x).into_iter().enumerate().collect();
        order.sort_by(|a, b| b.1.total_cmp(&a.1));
        let mut ceiling = 0.97;
        let mut places = vec![0.0; named.len()];
        for &(line, height) in &order {
            let place = height.min(ceiling);
            places[line] = place;
            ceiling = place - APART;
        }
        // Names pushed below the floor move back up, from the lowest on.
        let mut floor = 0.02;
        for &(line, _) in order.iter().rev() {
            places[line] = places[line].max(floor);
            floor = places[line] + APART;
        }
        let with_places = named.into_iter().zip(places);
        with_places
            .map(|(line, place)| (line, (x, height(&line.points, x)), (x, place * self.reach.1)))
            .collect()
    }
}

/// The height of a line over `x`, between its points linearly.
fn height(points: &[At], x: f64) -> f64 {
    let after = points.partition_point(|p| p.0 < x);
    match (after.checked_sub(1).and_then(|k| points.get(k)), points.get(after)) {
        (Some(a), Some(b)) if b.0 > a.0 => a.1 + (b.1 - a.1) * (x - a.0) / (b.0 - a.0),
        (_, Some(p)) | (Some(p), None) => p.1,
        (None, None) => 0.0,
    }
}

/// At most so many points as can be told apart, the first and the last among them.
fn thinned(points: &[At]) -> Vec<At> {
    let step = points.len().div_ceil(POINTS).max(1);
    let last = points.len().saturating_sub(1);
    let kept = |(k, at): (usize, &At)| (k % step == 0 || k == last).then_some(*at);
    points.iter().enumerate().filter_map(kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &str, slope: f64) -> Line {
        Line {
            name: name.to_owned(),
            points: (0..=10)
                .map(|k| (f64::from(k) / 10.0, slope * f64::from(k) / 10.0))
                .collect(),
            ink: Ink::Rest,
        }
    }

    #[test]
    fn names_of_lines_that_touch_do_not() {
        let chart = Chart {
            name: "test",
            label: String::new(),
            axes: ["across", "up"],
            lines: vec![line("a", 0.5), line("b", 0.5), line("c", 0.51), line("d", 0.0)],
            reference: None,
            dotted: false,
            reach: (1.0, 1.0),
        };
        let mut places: Vec<f64> = chart.names().iter().map(|(_, _, at)| at.1).collect();
        places.sort_by(f64::total_cmp);
        assert!(
            places.windows(2).all(|pair| pair[1] - pair[0] > APART - 1e-9),
            "{places:?}"
        );
        assert!(places[0] >= 0.0 && places[3] <= 1.0);
    }

    #[test]
    fn a_long_line_keeps_its_ends() {
        let points: Vec<At> = (0..10_001).map(|k| (f64::from(k), 0.0)).collect();
        let thin = thinned(&points);
        assert!(thin.len() <= POINTS + 1);
        assert_eq!((thin[0].0, thin[thin.len() - 1].0), (0.0, 10_000.0));
        assert!(thinned(&[]).is_empty());
    }
}
