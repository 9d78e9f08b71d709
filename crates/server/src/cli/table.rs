//! Lists for people: columns as wide as what stands in them.

use anyhow::Result;

/// Prints titles and rows, one a line.
pub(super) fn print<const N: usize>(
    titles: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> Result<()> {
    let mut lines = vec![titles.map(str::to_owned)];
    lines.extend(rows);
    for line in aligned(&lines) {
        super::print(&line)?;
    }
    Ok(())
}

fn aligned<const N: usize>(lines: &[[String; N]]) -> Vec<String> {
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max();
    let widths: Vec<usize> = (0..N).filter_map(width).collect();
    let line = |cells: &[String; N]| {
        let cells = cells.iter().zip(&widths);
        let padded: Vec<_> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    lines.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other() {
        let lines =
            [["ID", "NAME"], ["1", "ünïcode"], ["12345", ""]].map(|line| line.map(str::to_owned));
        assert_eq!(aligned(&lines), ["ID     NAME", "1      ünïcode", "12345"]);
    }
}
