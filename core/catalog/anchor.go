package catalog

import (
	_ "embed"
	"sync"
)

// An EnergyAnchor is a published energy of one query, to hold an estimate of
// the same scope against.
type EnergyAnchor struct {
	Name  string
	Scope string // accelerators, wall (the server at its plug), facility
	Value        // J
}

//go:embed data/energy_anchors.csv
var energyAnchorsCSV string

var energyAnchors = sync.OnceValue(loadEnergyAnchors)

func loadEnergyAnchors() []EnergyAnchor {
	var out []EnergyAnchor
	eachRow(energyAnchorsCSV, func(r []string) {
		out = append(out, EnergyAnchor{r[0], r[1], value(r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10])})
	})
	return out
}

// EnergyAnchors lists the table. Read only.
func EnergyAnchors() []EnergyAnchor { return energyAnchors() }
