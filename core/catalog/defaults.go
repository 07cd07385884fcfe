package catalog

import (
	_ "embed"
	"strings"
	"sync"
)

// A Named is a constant of facilities, money, power or networks by name.
type Named struct {
	Name string // "pue_hyperscale", "power_fraction_train", "goodput" ...
	Value
}

//go:embed data/defaults.csv
var defaultsCSV string

type namedTable struct {
	all []Named
	at  map[string]int
}

var defaults = sync.OnceValue(loadDefaults)

func loadDefaults() namedTable {
	t := namedTable{at: map[string]int{}}
	eachRow(defaultsCSV, func(r []string) {
		if _, twice := t.at[r[0]]; twice {
			panic("catalog: default " + r[0] + " given twice")
		}
		t.at[r[0]] = len(t.all)
		t.all = append(t.all, Named{r[0], value(r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9])})
	})
	return t
}

// Defaults lists the named constants in the order of the table. Read only.
func Defaults() []Named { return defaults().all }

// Default finds a named constant without allocating; false for a name that
// the table lacks.
func Default(name string) (*Value, bool) {
	t := defaults()
	i, ok := t.at[name]
	if !ok {
		return nil, false
	}
	return &t.all[i].Value, true
}

// PUE is the power usage effectiveness (total over IT power) of an operator
// class: google, meta, aws, microsoft, hyperscale, neocloud, university, home
// or average; of any other word, neocloud's.
func PUE(class string) *Value { return byClass("pue_", class) }

// WUE is the water that an operator class evaporates on site, in litres per
// kWh of IT energy: aws, microsoft, google, meta, hyperscale, neocloud, home;
// of any other word, neocloud's.
func WUE(class string) *Value { return byClass("wue_", class) }

func byClass(prefix, class string) *Value {
	t := defaults()
	for i := range t.all {
		if rest, ok := strings.CutPrefix(t.all[i].Name, prefix); ok && rest == class {
			return &t.all[i].Value
		}
	}
	return &t.all[t.at[prefix+"neocloud"]].Value
}
