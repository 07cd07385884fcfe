package view

import (
	"strings"

	"flopbook/core"
	"flopbook/core/derivation"
	"flopbook/core/scenario"
	"flopbook/core/source"
	"flopbook/core/unit"
)

// release is the date of prices and hardware in words.
func release() string { return monthOf(scenario.Release) }

// monthOf turns "2026.11" or "2026-11" into "November 2026".
func monthOf(s string) string {
	year, month, ok := strings.Cut(strings.ReplaceAll(s, "-", "."), ".")
	months := [...]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	month, _, _ = strings.Cut(month, ".")
	for i, m := range months {
		if ok && (month == itoa(i+1) || month == "0"+itoa(i+1)) {
			return m + " " + year
		}
	}
	return s
}

// gpuWord is what the accelerators of a case are called, in a number.
func gpuWord(in *core.Resolved, n float64) string {
	name := in.Train.Name
	if name == "" {
		name = "GPU"
	}
	if in.Train.Acc == nil {
		name += " accelerator"
	}
	if n == 1 || strings.ContainsAny(name, "(,") {
		return name
	}
	// "H100 SXM 80 GB" has no plural; the count says it.
	if last := name[len(name)-1]; last == 'B' || last >= '0' && last <= '9' && strings.Contains(name, " ") {
		return name
	}
	return name + "s"
}

// sourceName is a source as a reader knows it.
func sourceName(key string) (name, url string) {
	s, ok := source.Get(key)
	if !ok {
		return key, ""
	}
	return s.Title, s.URL
}

// words is a value for a sentence.
func words(out *core.Report, k core.Key) string {
	return unit.Words(core.Quantities[k].Kind, out.V[k].V)
}

// text is a value and its range.
func text(out *core.Report, k core.Key) (value, span string) {
	return unit.Text(core.Quantities[k].Kind, out.V[k])
}

// count writes whole things of a fleet.
func count(v float64) string { return unit.Short(unit.Count, v) }

// valueText is what a number's text box shows: as the reader wrote it, or
// what is in force.
func valueText(s *scenario.Scenario, in *core.Resolved, n scenario.Num) string {
	if s.Num[n].Set {
		return s.Num[n].Text
	}
	if !in.Num[n].Known {
		return ""
	}
	return shown(n, in.Num[n].R)
}

// shown is a value as a text box shows it when nobody has typed it: short, but
// readable again.
func shown(n scenario.Num, r unit.Range) string {
	kind := scenario.Nums[n].Kind
	if r.IsExact() {
		return unit.Short(kind, r.V)
	}
	value, span := unit.Text(kind, r)
	if span != "" {
		lo, hi := unit.Short(kind, r.Lo), unit.Short(kind, r.Hi)
		if i := strings.LastIndexByte(lo, ' '); i > 0 && strings.HasSuffix(hi, lo[i:]) {
			lo = lo[:i]
		}
		return lo + " to " + strings.TrimPrefix(hi, "$")
	}
	return value
}

// originNote says where an assumed value comes from.
func originNote(v *scenario.Value) string {
	note := v.Note
	if v.Source != "" {
		name, _ := sourceName(v.Source)
		if note != "" {
			note += ". "
		}
		note += "From: " + name
		if v.Date != "" {
			note += ", " + v.Date
		}
	}
	if note != "" {
		note += "."
	}
	return note
}

func assumed(v *scenario.Value) bool {
	return v.Known && (v.Origin == derivation.Assumed || v.Origin == derivation.Constant)
}
