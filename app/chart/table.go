package chart

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A Table holds the numbers of its chart.
type Table struct {
	Columns []Column
	Rows    [][]Cell
}

// A Column has a heading and the unit of its values; "" for words.
type Column struct{ Name, Unit string }

// A Cell is what the page shows and, for a number, the number itself. A cell
// of words, or one without a value, has NaN.
type Cell struct {
	Text  string
	Value float64
}

func words(s string) Cell                { return Cell{s, math.NaN()} }
func number(text string, v float64) Cell { return Cell{text, v} }
func (t *Table) add(cells ...Cell)       { t.Rows = append(t.Rows, cells) }

// Validate reports a row of the wrong width or a number that is infinite.
func (t *Table) Validate() error {
	for i, row := range t.Rows {
		if len(row) != len(t.Columns) {
			return fmt.Errorf("table row %d has %d cells, not %d", i, len(row), len(t.Columns))
		}
		for _, cell := range row {
			if math.IsInf(cell.Value, 0) {
				return fmt.Errorf("table row %d: %v", i, cell.Value)
			}
		}
	}
	return nil
}

// CSV is the table as RFC 4180 text: a heading with units, numbers in full,
// then the caption and the sources as lines that begin with '#'.
func (c *Chart) CSV() string {
	t := c.Table()
	var b strings.Builder
	for i, col := range t.Columns {
		if i > 0 {
			b.WriteByte(',')
		}
		name := col.Name
		if col.Unit != "" {
			name += " (" + col.Unit + ")"
		}
		field(&b, name)
	}
	b.WriteString("\r\n")
	for _, row := range t.Rows {
		for i, cell := range row {
			if i > 0 {
				b.WriteByte(',')
			}
			if math.IsNaN(cell.Value) {
				field(&b, cell.Text)
			} else {
				b.WriteString(strconv.FormatFloat(cell.Value, 'g', 12, 64))
			}
		}
		b.WriteString("\r\n")
	}
	note := func(s string) {
		if s != "" {
			b.WriteString("# " + strings.Join(strings.Fields(s), " ") + "\r\n")
		}
	}
	note(c.Title + ". " + c.Caption)
	note(c.Range)
	for _, s := range c.Sources {
		note(s)
	}
	note(c.Date)
	return b.String()
}

// TSV is the table with tabs between cells, as a spreadsheet pastes it, its
// figures as they are shown.
func (c *Chart) TSV() string {
	t := c.Table()
	var b strings.Builder
	row := func(cells []string) { b.WriteString(strings.Join(cells, "\t") + "\n") }
	var cells []string
	for _, col := range t.Columns {
		cells = append(cells, col.Name)
	}
	row(cells)
	for _, r := range t.Rows {
		cells = cells[:0]
		for _, cell := range r {
			cells = append(cells, cell.Text)
		}
		row(cells)
	}
	return b.String()
}

// field quotes where RFC 4180 asks for it, and keeps a spreadsheet from
// reading words as a formula.
func field(b *strings.Builder, s string) {
	if s != "" && strings.ContainsRune("=+-@", rune(s[0])) {
		s = "'" + s
	}
	if strings.ContainsAny(s, ",\"\r\n") {
		b.WriteByte('"')
		b.WriteString(strings.ReplaceAll(s, `"`, `""`))
		b.WriteByte('"')
		return
	}
	b.WriteString(s)
}
