//go:build !js

// Package sheet reads tables of measurements, whose columns may be missing and
// whose cells may hold anything.
package sheet

import (
	"encoding/csv"
	"math"
	"strconv"
	"strings"

	"flopbook/core/unit"
)

// A Row is one line of a table.
type Row struct {
	cells []string
	at    map[string]int
}

// Read reads a table with a header line. What it holds and which columns it
// cannot do without stand in the problem that comes back for any other text.
func Read(text, what string, need ...string) ([]Row, *unit.Problem) {
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	r.FieldsPerRecord = -1
	lines, err := r.ReadAll()
	switch {
	case err != nil:
		return nil, &unit.Problem{Field: what, Wrong: "is not a table of comma-separated values: " + err.Error(), Fix: "check its quotes"}
	case len(lines) < 2:
		return nil, &unit.Problem{Field: what, Wrong: "has no rows", Fix: "give a CSV with a header line"}
	}
	at := map[string]int{}
	for i, name := range lines[0] {
		at[strings.TrimSpace(name)] = i
	}
	for _, name := range need {
		if _, ok := at[name]; !ok {
			return nil, &unit.Problem{Field: what, Value: name, Wrong: "is a column that the table lacks", Allowed: "the columns that the project's own tables have", Fix: "add it to the header line"}
		}
	}
	rows := make([]Row, 0, len(lines)-1)
	for _, cells := range lines[1:] {
		rows = append(rows, Row{cells, at})
	}
	return rows, nil
}

// Has reports whether the table has a column.
func (r Row) Has(column string) bool {
	_, ok := r.at[column]
	return ok
}

// Text is a cell, empty where there is none.
func (r Row) Text(column string) string {
	if i, ok := r.at[column]; ok && i < len(r.cells) {
		return strings.TrimSpace(r.cells[i])
	}
	return ""
}

// Number is a cell that holds an amount; 0 where it holds none.
func (r Row) Number(column string) float64 {
	x, err := strconv.ParseFloat(r.Text(column), 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) || x < 0 {
		return 0
	}
	return x
}

// Whole is a cell that holds a count, at most a thousand million.
func (r Row) Whole(column string) int { return int(math.Min(r.Number(column), 1e9)) }

// Lists reports whether a cell, split at ';', has the word.
func (r Row) Lists(column, word string) bool {
	for _, w := range strings.Split(r.Text(column), ";") {
		if strings.TrimSpace(w) == word {
			return true
		}
	}
	return false
}
