package chart

import (
	"fmt"
	"math"
	"strings"

	"flopbook/core/unit"
)

// A Part is one share of an accelerator's memory.
type Part struct {
	Name  string
	Bytes float64
	Color Color
}

// MemoryUse is what [Memory] draws. Bytes throughout.
type MemoryUse struct {
	Accelerator string // "H100 SXM"
	Capacity    float64
	Parts       []Part  // in the order drawn; zero ones are left out of the picture
	Lo, Hi      float64 // range of the sum; both 0 where it is exact
}

// TrainingParts are the parts of a training step's memory in their fixed order
// and colours.
func TrainingParts(weights, gradients, optimizer, activations, buffers float64) []Part {
	return []Part{
		{"weights", weights, C1},
		{"gradients", gradients, C4},
		{"optimizer", optimizer, C5},
		{"activations", activations, C3},
		{"buffers", buffers, C6},
	}
}

// A part below this share of the bar is too thin to point at.
const thin = 0.012

// Memory is one bar: what a single accelerator holds, part by part, against
// what it has.
func Memory(m MemoryUse) Chart {
	total := 0.0
	for _, p := range m.Parts {
		total += p.Bytes
	}
	widest := math.Max(total, m.Capacity) / gib
	c := Chart{
		Key:   "memory",
		Title: "What one GPU must hold",
		X:     Axis{Label: "memory", Unit: "GiB", Scale: "linear", Max: widest, Hidden: true},
	}

	// Several thin parts are drawn as one, and named one by one in the table.
	var names []string
	for _, p := range m.Parts {
		if p.Bytes > 0 && p.Bytes/gib < thin*widest {
			names = append(names, p.Name)
		}
	}
	drawn := make([]Part, 0, len(m.Parts))
	small := Part{Color: C6, Name: strings.Join(names, " and ")}
	if len(names) > 2 {
		small.Name = fmt.Sprintf("%d small parts", len(names))
	}
	for _, p := range m.Parts {
		switch {
		case p.Bytes <= 0:
		case len(names) > 1 && p.Bytes/gib < thin*widest:
			small.Bytes += p.Bytes
		default:
			drawn = append(drawn, p)
		}
	}
	if small.Bytes > 0 {
		drawn = append(drawn, small)
	}

	row := Panel{Rows: []string{""}, Height: 40}
	at := 0.0
	var said []string
	for _, p := range drawn {
		v := p.Bytes / gib
		row.Marks = append(row.Marks, Mark{
			Kind: Bar, Color: p.Color, Label: p.Name,
			Lo: Floats{at}, Hi: Floats{at + v}, Text: []string{bytes(p.Bytes)},
		})
		at += v
		said = append(said, p.Name+" "+bytes(p.Bytes))
	}
	card := m.Capacity / gib
	spare := m.Capacity - total
	fits := spare >= 0
	if fits && spare > 0 {
		row.Marks = append(row.Marks, Mark{
			Kind: Bar, Color: Soft, Hollow: true, Label: bytes(spare) + " free", Short: "free",
			Lo: Floats{at}, Hi: Floats{card},
		})
	}
	rule := Mark{Kind: VRule, Color: Ink, X: Floats{card}, Dashed: true,
		Label: fmt.Sprintf("%s has %s", m.Accelerator, bytes(m.Capacity)), Short: bytes(m.Capacity)}
	if fits {
		rule.Color = Soft
	}
	row.Marks = append(row.Marks, rule)
	if !fits {
		row.Marks = append(row.Marks, Mark{Kind: Zone, Color: Ask, Lo: Floats{card}, Hi: Floats{at},
			Label: bytes(-spare) + " too much", Short: "too much"})
	}
	c.Panels = []Panel{row}

	sum := bytes(total)
	if m.Hi > m.Lo {
		sum += between(unit.ByteCount, total, m.Lo, m.Hi)
		c.Range = "Eight times in ten the sum lies in the range given."
	}
	switch {
	case fits && m.Hi > m.Capacity:
		c.Caption = fmt.Sprintf("One %s must hold %s and has %s: it fits, with %s to spare, though the range reaches %s.",
			m.Accelerator, sum, bytes(m.Capacity), bytes(spare), bytes(m.Hi))
	case fits:
		c.Caption = fmt.Sprintf("One %s must hold %s and has %s: it fits, with %s to spare.",
			m.Accelerator, sum, bytes(m.Capacity), bytes(spare))
	default:
		c.Caption = fmt.Sprintf("One %s must hold %s and has only %s: %s too much. More GPUs, a split model or recomputing activations would lower it.",
			m.Accelerator, sum, bytes(m.Capacity), bytes(-spare))
	}
	c.Alt = fmt.Sprintf("Memory of one %s: %s; together %s of %s.",
		m.Accelerator, strings.Join(said, ", "), sum, bytes(m.Capacity))

	c.Table = func() Table {
		t := Table{Columns: []Column{{"part", ""}, {"memory", unit.ByteCount.Name()}, {"share of the card", "%"}}}
		line := func(name string, b float64) {
			share := b / m.Capacity
			t.add(words(name), number(bytes(b), b/gib), number(unit.Short(unit.Fraction, share), 100*share))
		}
		for _, p := range m.Parts {
			line(p.Name, p.Bytes)
		}
		line("sum", total)
		line("the card has", m.Capacity)
		return t
	}
	return c
}
