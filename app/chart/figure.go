package chart

import (
	"math"
	"strconv"
	"strings"

	"flopbook/core/unit"
)

// Sentences and labels print through package unit, so that a chart shows the
// figures that the page shows. Axis ticks are shorter, and are written here.

func bytes(v float64) string   { return unit.Short(unit.ByteCount, v) }
func days(v float64) string    { return unit.Short(unit.DayCount, v) }
func dollars(v float64) string { return unit.Short(unit.Money, v) }
func seconds(v float64) string { return unit.Short(unit.Time, v) }
func count(v float64) string   { return unit.Short(unit.Count, math.Round(v)) }

// between writes " (31 to 43)", or nothing where the range has no width.
func between(k unit.Kind, v, lo, hi float64) string {
	if _, span := unit.Text(k, unit.Range{V: v, Lo: lo, Hi: hi}); span != "" {
		return " (" + span + ")"
	}
	return ""
}

// significant rounds to n significant digits.
func significant(v float64, n int) float64 {
	if v == 0 || !finite(v) {
		return v
	}
	s, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', n-1, 64), 64)
	if err != nil {
		return v
	}
	return s
}

// grouped writes v in full with commas between thousands.
func grouped(v float64) string {
	s := strconv.FormatFloat(v, 'f', -1, 64)
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, rest := s, ""
	if i := strings.IndexByte(s, '.'); i >= 0 {
		whole, rest = s[:i], s[i:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return sign + whole + rest
}

// short writes 250k, 1.5M, 2B.
func short(v float64) string {
	for _, u := range [...]struct {
		size float64
		name string
	}{{1e12, "T"}, {1e9, "B"}, {1e6, "M"}, {1e3, "k"}} {
		if math.Abs(v) >= u.size*(1-1e-9) {
			return grouped(significant(v/u.size, 3)) + u.name
		}
	}
	return grouped(significant(v, 3))
}

func shortDollars(v float64) string { return "$" + short(v) }

const gib = 1 << 30
