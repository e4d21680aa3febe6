//! Colours that follow the reader's light or dark scheme. The drawing library writes plain colours into its SVG; each of ours
//! is one that no picture has, and becomes a CSS variable afterwards.

use plotters::style::RGBColor;

/// A colour of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Text.
    Text,
    /// Text that explains: axes.
    Soft,
    /// Grid lines.
    Line,
    /// What the chart is about.
    Accent,
    /// What it is compared with first.
    Second,
    /// What else there is.
    Rest,
}

const ALL: [(Ink, &str); 6] = [
    (Ink::Text, "ink"),
    (Ink::Soft, "soft"),
    (Ink::Line, "line"),
    (Ink::Accent, "accent"),
    (Ink::Second, "second"),
    (Ink::Rest, "rest"),
];

impl Ink {
    /// The colour that stands for it while drawing.
    #[must_use]
    pub fn stand_in(self) -> RGBColor {
        let place = ALL.iter().position(|(ink, _)| *ink == self).unwrap_or(0);
        RGBColor(1, 254, u8::try_from(place).unwrap_or(0))
    }
}

/// A drawing with every stand-in replaced by its variable, and its fixed size left to the page.
#[must_use]
pub fn themed(drawing: &str, label: &str) -> String {
    let mut themed = drawing.to_owned();
    for (ink, variable) in ALL {
        let RGBColor(r, g, b) = ink.stand_in();
        themed = themed.replace(&format!("#{r:02X}{g:02X}{b:02X}"), &format!("var(--{variable})"));
    }
    let label = maud::html! { (label) }.into_string().replace('"', "&quot;");
    themed.replacen("<svg ", &format!("<svg role=\"img\" aria-label=\"{label}\" "), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_becomes_a_variable_and_a_label_cannot_leave_its_attribute() {
        let drawn = r##"<svg width="4"><line stroke="#01FE03"/><text fill="#01FE00"/></svg>"##;
        let themed = themed(drawn, r#"a" onload="alert(1)"#);
        assert!(themed.contains(r#"stroke="var(--accent)""#) && themed.contains(r#"fill="var(--ink)""#));
        assert!(
            themed.starts_with(r#"<svg role="img" aria-label="a&quot; onload=&quot;alert(1)""#),
            "{themed}"
        );
    }
}
