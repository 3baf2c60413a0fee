//! One plot of a run: a line for each piece of work, a dot for each crate.

use std::{collections::BTreeMap, error::Error, path::Path};

use plotters::prelude::*;

use super::{Figures, Section, sections};
use crate::row::{FLOOR, OURS};

const SIZE: (u32, u32) = (1000, 760);
/// Nanoseconds: from what can just be told from nothing to a millisecond's sleep.
const RANGE: std::ops::Range<f64> = 0.1..3_000_000.0;

/// Writes the plot as SVG.
///
/// # Errors
///
/// Of the file system.
pub fn draw(figures: &[Figures], path: &Path) -> Result<(), Box<dyn Error>> {
    let sections = sections(figures);
    let height = i32::try_from(sections.len())?;
    let area = SVGBackend::new(path, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .caption("Nanoseconds above a bare call", ("sans-serif", 20))
        .margin(15)
        .x_label_area_size(35)
        .y_label_area_size(300)
        .build_cartesian_2d(RANGE.log_scale(), -height..1)?;
    // The first piece of work stands on top.
    let name = |line: &i32| {
        let at = usize::try_from(-line).ok();
        at.and_then(|at| sections.get(at))
            .map_or(String::new(), |section| section.work.name.to_owned())
    };
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .y_labels(sections.len() + 2)
        .y_label_formatter(&name)
        .x_label_formatter(&|time| format!("{time}"))
        .draw()?;
    for ((who, dots), (red, green, blue)) in by_crate(&sections).into_iter().zip(COLOURS) {
        let colour = RGBColor(red, green, blue);
        let (size, style) = match who.as_str() {
            OURS => (7, colour.filled()),
            FLOOR => (7, colour.stroke_width(2)),
            _ => (4, colour.filled()),
        };
        chart
            .draw_series(dots.into_iter().map(|dot| Circle::new(dot, size, style)))?
            .label(who)
            .legend(move |(x, y)| Circle::new((x + 8, y), size, style));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerRight)
        .border_style(BLACK.mix(0.2))
        .background_style(WHITE.mix(0.9))
        .draw()?;
    area.present()?;
    Ok(())
}

const TRANSPARENT: RGBAColor = RGBAColor(0, 0, 0, 0.0);

/// Of each crate one, ours and the floor first: dark enough for white paper, and apart from each other.
const COLOURS: [(u8, u8, u8); 17] = [
    (0, 0, 0),
    (0, 0, 0),
    (230, 159, 0),
    (213, 94, 0),
    (0, 114, 178),
    (0, 158, 115),
    (136, 34, 85),
    (86, 180, 233),
    (204, 121, 167),
    (153, 153, 51),
    (68, 170, 153),
    (51, 34, 136),
    (170, 68, 153),
    (17, 119, 51),
    (136, 136, 136),
    (102, 51, 0),
    (204, 102, 119),
];

/// The dots of each crate, ours and the floor first. Where one has two rows of a piece of work, both are its.
fn by_crate(sections: &[Section<'_>]) -> Vec<(String, Vec<(f64, i32)>)> {
    let mut dots: BTreeMap<(bool, bool, String), Vec<(f64, i32)>> = BTreeMap::new();
    for (section, line) in sections.iter().zip(0..) {
        for row in [section.ours]
            .iter()
            .chain(&section.floor)
            .chain(&section.peers)
        {
            let who = row.who.split(',').next().unwrap_or(row.who).to_owned();
            let dot = (row.above(section.bare).max(RANGE.start), -line);
            let order = (who != OURS, who != FLOOR, who);
            dots.entry(order).or_default().push(dot);
        }
    }
    dots.into_iter()
        .map(|((_, _, who), dots)| (who, dots))
        .collect()
}
