package core

import (
	"math"
	"strings"

	"flopbook/core/catalog"
	"flopbook/core/unit"
)

// An EnergyScope is what a published energy figure counts.
type EnergyScope uint8

// Scopes, the widest last but one.
const (
	ScopeUnknown  EnergyScope = iota // the report does not say
	ScopeChips                       // the accelerators alone
	ScopeServers                     // servers at the plug; switches and cooling outside
	ScopeBuilding                    // servers times the building's overhead, which the report names
)

func (s EnergyScope) String() string {
	return [...]string{"not said", "accelerators alone", "servers at the plug", "servers and building"}[s]
}

// Scope reads what a row's energy counts from its own words: a report that
// multiplies by PUE names it.
func (t *Total) Scope() EnergyScope {
	b := strings.ToLower(t.EnergyBasis)
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(b, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("gpu only", "gpu-only", "gpus only", "gpu power", "chip only", "accelerators only", "accelerator only", "nvidia-smi"):
		return ScopeChips
	case t.pueOutside():
		return ScopeServers
	case t.PUE > 0:
		return ScopeBuilding
	case has("node", "wall", "server", "system power", "rack"):
		return ScopeServers
	}
	return ScopeUnknown
}

// pueOutside reports that the row says that PUE is not in its energy.
func (t *Total) pueOutside() bool {
	b := strings.ToLower(t.EnergyBasis)
	for _, w := range [...]string{"pue not applied", "without pue", "before pue", "excl"} {
		if strings.Contains(b, w) {
			return true
		}
	}
	return false
}

// partOfRun is the useful share of peak above which stated GPU-hours cannot
// hold all of the stated work; training_totals.csv draws the line there.
const partOfRun = 0.60

// reportedEnergy predicts the energy that a row reports from its own
// GPU-hours, in its own scope: rating of the server · share drawn in training,
// worked out without the row's group · hours · PUE where the report names one.
// Cluster network and storage are outside every such report. mfu is what the
// stated work and hours imply, hours what the work would take here.
func (t *Total) reportedEnergy(m *Resolved, mfu float64, hours unit.Range) unit.Range {
	acc := m.Train.Acc
	share := catalog.TrainShareWithout(acc, t.Group)
	j := t.GPUHours * 3600
	pue := 1.0
	if t.PUE > 0 && !t.pueOutside() {
		pue = t.PUE
	}
	server := unit.Range{V: m.Train.ServerW * share.V, Lo: m.Train.ServerW * share.Lo, Hi: m.Train.ServerW * share.Hi}
	chip, ok := catalog.Default("chip_power_fraction_train")
	known := ok && acc != nil && acc.Power.Known
	w := server
	switch t.Scope() {
	case ScopeServers:
		pue = 1
	case ScopeChips:
		if known {
			w = unit.Range{V: acc.Power.V * chip.V, Lo: acc.Power.V * chip.Lo, Hi: acc.Power.V * chip.Hi}
		}
	case ScopeUnknown:
		// From the accelerators alone to the building.
		if known {
			w.Lo = math.Min(w.Lo, acc.Power.V*chip.Lo)
		}
		w.Hi *= catalog.PUE("neocloud").Hi
	}
	e := unit.Range{V: w.V * j * pue, Lo: w.Lo * j * pue, Hi: w.Hi * j * pue}
	if mfu > partOfRun && hours.Hi > t.GPUHours {
		e.Hi *= hours.Hi / t.GPUHours // the hours may be of a part of the run, the energy of all of it
	}
	return e
}
