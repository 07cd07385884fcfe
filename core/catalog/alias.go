package catalog

import (
	_ "embed"
	"strings"
	"sync"

	"flopbook/core/unit"
)

//go:embed data/aliases.csv
var aliasesCSV string

type alias struct {
	name string // as written
	at   int    // index into accelerators, or -1: known, not covered
	note string // what is assumed, or why it is not covered
}

var aliases = sync.OnceValue(loadAliases)

func loadAliases() map[string]alias {
	at := map[string]int{}
	for i := range accelerators() {
		at[accelerators()[i].Key] = i
	}
	out := make(map[string]alias, 512)
	eachRow(aliasesCSV, func(r []string) {
		a := alias{r[0], -1, r[2]}
		if r[1] != "" {
			i, ok := at[r[1]]
			if !ok {
				panic("catalog: alias to unknown accelerator " + r[1])
			}
			a.at = i
		}
		out[plain(r[0])] = a
	})
	return out
}

// byKey serves the lookups of prepared scenarios, which write the key itself.
var byKey = sync.OnceValue(func() map[string]int {
	out := map[string]int{}
	for i := range accelerators() {
		out[accelerators()[i].Key] = i
	}
	return out
})

// idle words say who made it, not which one it is.
var idle = map[string]bool{"nvidia": true, "amd": true, "google": true, "apple": true, "intel": true, "amazon": true,
	"aws": true, "huawei": true, "geforce": true, "tesla": true, "instinct": true, "gpu": true, "gpus": true}

// plain reduces a name to what tells accelerators apart: lower case letters
// and digits, without makers' names: "NVIDIA A100 SXM4 80 GB" and
// "a100-sxm4-80gb" meet.
func plain(s string) string {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9')
	})
	var b strings.Builder
	for _, w := range words {
		if !idle[w] {
			b.WriteString(w)
		}
	}
	return b.String()
}

// Find looks up an accelerator by its key or by any of the ways that data
// sheets, run reports and people write it ("H100", "h100 80gb",
// "NVIDIA H100 SXM5 80GB"). A key is found without allocating. A miss says
// what was probably meant.
func Find(name string) (*Accelerator, *unit.Problem) {
	if i, ok := byKey()[name]; ok {
		return &accelerators()[i], nil
	}
	if a, ok := aliases()[plain(name)]; ok {
		if a.at >= 0 {
			return &accelerators()[a.at], nil
		}
		return nil, &unit.Problem{Field: "Accelerator", Value: name, Wrong: "is not in the catalogue (" + a.note + ")",
			Fix: "choose another, or enter its own figures"}
	}
	p := &unit.Problem{Field: "Accelerator", Value: name, Wrong: "is not in the catalogue"}
	if strings.TrimSpace(name) == "" {
		p.Wrong = "is missing"
	}
	if near := nearest(plain(name)); near != "" {
		p.Fix = "did you mean " + near + "?"
	} else {
		p.Fix = "try h100-sxm, or enter the accelerator's own figures"
	}
	return nil, p
}

// Assumed says what Find takes for granted when it reads a name: that a bare
// "A100" is the 80 GB SXM part, for example. Empty where the name is exact.
func Assumed(name string) string {
	if _, ok := byKey()[name]; ok {
		return ""
	}
	a := aliases()[plain(name)]
	if a.at < 0 {
		return ""
	}
	return a.note
}

// nearest is the name of the accelerator whose writing is closest to s, or ""
// where nothing is close.
func nearest(s string) string {
	if s == "" || len(s) > 60 {
		return ""
	}
	best, at := 1+len(s)/3, -1
	for k, a := range aliases() {
		if a.at < 0 {
			continue
		}
		d := distance(s, k, best)
		// Ties go to the earlier entry, so that the answer does not depend on map order.
		if d < best || d == best && at >= 0 && a.at < at {
			best, at = d, a.at
		}
	}
	if at < 0 {
		return ""
	}
	return accelerators()[at].Name
}

// distance counts the letters to insert, delete or replace between a and b,
// giving up above limit.
func distance(a, b string, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		left := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			up := row[j]
			cost := left
			if a[i-1] != b[j-1] {
				cost++
			}
			row[j] = min(cost, up+1, row[j-1]+1)
			left = up
		}
	}
	return row[len(b)]
}
