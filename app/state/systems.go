package state

import (
	"cmp"
	"slices"
	"strings"

	"flopbook/core/scenario"
)

// SystemColumn is a column of the table of systems.
type SystemColumn uint8

// Columns, in their order.
const (
	ByName SystemColumn = iota
	ByOrg
	ByYear
	BySize
	ByActive
	ByTokens
	ByCompute
	ByGPUs
	ByStatus
	SystemColumns
)

func (c SystemColumn) numeric() bool { return c >= ByYear && c <= ByGPUs }

// Listed are the presets that contain all words of the filter, sorted.
// Systems without the number sorted by come last either way.
func Listed(filter string, by SystemColumn, down bool) []*scenario.Preset {
	words := strings.Fields(strings.ToLower(filter))
	var out []*scenario.Preset
	all := scenario.Presets()
	for i := range all {
		p := &all[i]
		text := strings.ToLower(p.Name + " " + p.Org + " " + p.Released + " " + p.Status + " " + p.Accelerator + " " + p.Key)
		fits := true
		for _, w := range words {
			fits = fits && strings.Contains(text, w)
		}
		if fits {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b *scenario.Preset) int {
		if by.numeric() {
			x, y := number(a, by), number(b, by)
			switch {
			case x == y:
				return strings.Compare(a.Name, b.Name)
			case x == 0:
				return 1
			case y == 0:
				return -1
			case down:
				return cmp.Compare(y, x)
			}
			return cmp.Compare(x, y)
		}
		c := strings.Compare(strings.ToLower(word(a, by)), strings.ToLower(word(b, by)))
		if down {
			c = -c
		}
		return cmp.Or(c, strings.Compare(a.Name, b.Name))
	})
	return out
}

func word(p *scenario.Preset, by SystemColumn) string {
	switch by {
	case ByOrg:
		return p.Org
	case ByStatus:
		return p.Status
	}
	return p.Name
}

func number(p *scenario.Preset, by SystemColumn) float64 {
	switch by {
	case ByYear:
		return yearMonth(p.Released)
	case BySize:
		return p.ParamsTotal
	case ByActive:
		return p.ParamsActive
	case ByTokens:
		return p.Tokens
	case ByCompute:
		return p.FLOPs
	case ByGPUs:
		return p.GPUs
	}
	return 0
}

// yearMonth is 202407 for "2024-07", for sorting.
func yearMonth(s string) float64 {
	v := 0.0
	for _, c := range strings.ReplaceAll(s, "-", "") {
		if c < '0' || c > '9' {
			return 0
		}
		v = v*10 + float64(c-'0')
	}
	for v > 0 && v < 100000 {
		v *= 100
	}
	return v
}
