//! A quantity over time, `Quantity → SVG`: a panel for each group of contenders, a line for each of them.

use plotters::{
    coord::Shift,
    prelude::{
        BLACK, ChartBuilder, Color, DrawingArea, DrawingAreaErrorKind, IntoDrawingArea, LineSeries,
        PathElement, RGBColor, Rectangle, SVGBackend, Text, WHITE,
    },
    style::{FontDesc, FontStyle, IntoFont, TextStyle},
};

use super::{
    contender::{GROUPS, Group},
    quantity::Quantity,
    record::Record,
    script::Script,
};

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

const SIZE: (u32, u32) = (1000, 1000);
const GREY: RGBColor = RGBColor(110, 110, 110);
const RULE: RGBColor = RGBColor(215, 215, 215);
const SHADE: RGBColor = RGBColor(238, 238, 238);
/// Colours of the palette of Okabe and Ito, which people see apart who see colours otherwise than most. Lines
/// that lie upon each other are told apart by their widths.
const STYLES: [(RGBColor, u32); 3] = [
    (RGBColor(0, 114, 178), 5),
    (RGBColor(213, 94, 0), 3),
    (RGBColor(0, 158, 115), 2),
];

/// The picture of a quantity, as SVG; the records are those of all contenders, in order.
pub(crate) fn plot(quantity: &Quantity, records: &[Record]) -> String {
    let mut svg = String::new();
    draw(&mut svg, quantity, records).expect("a string takes it all");
    svg
}

fn draw(svg: &mut String, quantity: &Quantity, mut records: &[Record]) -> Drawn {
    let root = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let title = format!("{} (grey: half of the service is gone)", quantity.title);
    let panels = root.titled(&title, text(19.0, BLACK))?;
    for (group, panel) in GROUPS.iter().zip(panels.split_evenly((3, 2))) {
        let (these, rest) = records.split_at(group.contenders.len());
        draw_panel(&panel, quantity, group, these)?;
        records = rest;
    }
    root.present()
}

fn draw_panel(panel: &Area<'_>, quantity: &Quantity, group: &Group, records: &[Record]) -> Drawn {
    head(panel, quantity, group)?;
    let (end, top) = (seconds(Script::ALL.end), quantity.top);
    let mut chart = ChartBuilder::on(panel)
        .margin(10)
        .margin_top(50)
        .margin_right(20)
        .x_label_area_size(38)
        .y_label_area_size(58)
        .build_cartesian_2d(0.0..end, 0.0..top)?;
    let from = (seconds(Script::OUTAGE.start), 0.0);
    let outage = [from, (seconds(Script::OUTAGE.end), top)];
    chart.draw_series([Rectangle::new(outage, SHADE.filled())])?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(WHITE.mix(0.0))
        .bold_line_style(RULE)
        .axis_style(GREY)
        .x_labels(6)
        .y_labels(6)
        .x_label_formatter(&|second| format!("{second:.0}"))
        .y_label_formatter(&|value| format!("{value:.0}"))
        .x_desc("seconds")
        .y_desc(quantity.unit)
        .label_style(font(13.0))
        .axis_desc_style(font(13.0))
        .draw()?;
    if let Some((value, _)) = quantity.line {
        let ends = vec![(0.0, value), (end, value)];
        chart.draw_series([PathElement::new(ends, GREY.stroke_width(1))])?;
    }
    for (record, (colour, width)) in records.iter().zip(STYLES) {
        let line = LineSeries::new(points(quantity, record), colour.stroke_width(width));
        chart.draw_series(line)?;
    }
    Ok(())
}

/// Each in the middle of its seconds. What is above the top is drawn at the top.
fn points(quantity: &Quantity, record: &Record) -> impl Iterator<Item = (f64, f64)> {
    Script::ALL.step_by(quantity.span).map(|start| {
        let middle = seconds(start) + seconds(quantity.span) / 2.0;
        let value = (quantity.value)(record, start..start + quantity.span);
        (middle, value.min(quantity.top))
    })
}

/// The name of a group, and beneath it which line is whose.
fn head(panel: &Area<'_>, quantity: &Quantity, group: &Group) -> Drawn {
    let bold = text(15.0, BLACK).font.style(FontStyle::Bold);
    panel.draw(&Text::new(group.name, (68, 10), bold))?;
    let names = group.contenders.iter().map(|contender| contender.name);
    let mut lines: Vec<_> = names.zip(STYLES).collect();
    lines.extend(quantity.line.map(|(_, what)| (what, (GREY, 1))));
    let mut left = 68;
    for (name, (colour, width)) in lines {
        let line = vec![(left, 39), (left + 18, 39)];
        panel.draw(&PathElement::new(line, colour.stroke_width(width)))?;
        panel.draw(&Text::new(name, (left + 23, 33), font(13.0)))?;
        // How wide letters are is up to whoever shows them: this is enough for most.
        left += 38 + 7 * i32::try_from(name.len()).unwrap_or(0);
    }
    Ok(())
}

fn font(size: f64) -> FontDesc<'static> {
    ("sans-serif", size).into_font()
}

fn text(size: f64, colour: RGBColor) -> TextStyle<'static> {
    font(size).color(&colour)
}

#[expect(clippy::cast_precision_loss, reason = "a run has a few hundred")]
fn seconds(second: usize) -> f64 {
    second as f64
}
