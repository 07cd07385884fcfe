package view

import (
	"regexp"
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

// gpuWord is what the accelerators of a case are called after a number: "H100
// SXM GPUs". The memory, part of a card's full name, stays in the list to
// choose from where a sentence is told it nothing.
func gpuWord(in *core.Resolved, n float64) string {
	if in.Train.Acc == nil {
		name := in.Train.Name
		if name == "own accelerator" || name == "" {
			name = "accelerator of your own"
			if n != 1 {
				name = "accelerators of your own"
			}
		}
		return name
	}
	name := memoryTail.ReplaceAllString(in.Train.Name, "")
	word := " GPU"
	if in.Train.Acc.Kind != "gpu" {
		word = " chip"
	}
	if n != 1 {
		word += "s"
	}
	return name + word
}

var memoryTail = regexp.MustCompile(`(?: \d+ GB)?(?: \([^)]*\)|, .*)?$`)

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
// such that the box reads it again.
func shown(n scenario.Num, r unit.Range) string {
	f := &scenario.Nums[n]
	value, span := unit.Text(f.Kind, r)
	if span == "" {
		return value
	}
	// The unit that the value carries, where the label does not say it.
	tail := strings.TrimLeft(value, "$0123456789.,\u00a0 ")
	if tail != "" && !strings.HasPrefix(tail, "/") && !strings.HasPrefix(tail, "×") && !strings.HasSuffix(span, tail) {
		if _, p := f.Parse(span + " " + tail); p == nil {
			return span + "\u00a0" + tail
		}
	}
	if back, p := f.Parse(span); p == nil && back.Lo > r.Lo*0.9 && back.Hi < r.Hi*1.1 {
		return span
	}
	return unit.ExactRange(f.Kind, r)
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
