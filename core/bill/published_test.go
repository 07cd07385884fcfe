package bill

import (
	"testing"

	"flopbook/core/unit"
)

// Patterson et al. 2021, table 4 (arXiv 2104.10350). Scope: average system
// power of each chip (memory, network card, fans and host with it) times chips,
// time and PUE; carbon is gross, at the intensity of the place, but for Switch
// and GShard, which are net of what Google bought. Tolerance: the table's three digits.
func TestPattersonTable4(t *testing.T) {
	for _, r := range []struct {
		name                   string
		chips, watts, days     float64
		pue, mwh, kg, tonnes   float64
		energyOff, carbonUsing float64
	}{
		{"T5-11B", 512, 310, 20, 1.12, 85.7, 0.545, 46.7, 0.005, 85.7},
		{"Meena", 1024, 289, 30, 1.09, 232, 0.415, 96.4, 0.005, 232},
		{"GShard-600B", 1024, 288, 3.1, 1.09, 24.1, 0.177, 4.3, 0.01, 24.1},
		{"Switch-C", 1024, 245, 27, 1.10, 179, 0.33, 59.1, 0.005, 179},
		{"GPT-3", 10_000, 330, 14.8, 1.10, 1287, 0.429, 552.1, 0.005, 1287},
	} {
		e := Energy(r.chips, unit.Watts(r.watts), unit.Seconds(r.days*86400), r.pue)
		near(t, r.name+", MWh", float64(e)/3.6e9, r.mwh, r.energyOff)
		near(t, r.name+", t", float64(Carbon(unit.Joules(r.carbonUsing*3.6e9), r.kg))/1000, r.tonnes, 0.01)
	}
}

// Meta's model cards: GPU-hours times the chip's rated power times the
// intensity of the grid. Scope: accelerators at their rating alone, by
// location; no server, no building in sight. The intensities that the sizes of
// one card imply agree to the card's own rounding.
func TestMetaModelCards(t *testing.T) {
	type row struct{ hours, watts, tonnes, rounding float64 }
	for name, c := range map[string]struct {
		kg   float64
		rows []row
	}{
		"Llama 2":   {0.4235, []row{{184_320, 400, 31.22, 0.01}, {368_640, 400, 62.44, 0.01}, {1_720_320, 400, 291.42, 0.01}}},
		"Llama 3":   {0.4286, []row{{1.3e6, 700, 390, 10}, {6.4e6, 700, 1900, 50}}},
		"Llama 3.1": {0.4137, []row{{1.46e6, 700, 420, 10}, {7.0e6, 700, 2040, 50}, {30.84e6, 700, 8930, 50}}},
		"Llama 3.2": {0.4131, []row{{370_000, 700, 107, 1}, {460_000, 700, 133, 1}}},
		"Llama 4":   {0.387, []row{{5.0e6, 700, 1354, 5}, {2.38e6, 700, 645, 5}}},
	} {
		for _, r := range c.rows {
			e := ChipEnergy(unit.GPUHours(r.hours), unit.Watts(r.watts), 1, 1, 1)
			got := float64(Carbon(e, c.kg)) / 1000
			if got < r.tonnes-r.rounding || got > r.tonnes+r.rounding {
				t.Errorf("%s, %.0f GPU-hours: %.2f t, printed %.2f", name, r.hours, got, r.tonnes)
			}
		}
	}
}

// Luccioni et al. 2022 (BLOOM). Scope: 24.7 t of the GPUs while computing, 14.6
// t of what stood idle, 11.2 t of making the servers, 50.5 t together; French
// grid, no building.
func TestBLOOMLifeCycle(t *testing.T) {
	dynamic := Carbon(Energy(1, 400, unit.Seconds(1_082_990*3600), 1), 0.057)
	idle := Carbon(unit.Joules(256_646*3.6e6), 0.057)
	making := Making(1_082_990, 150+2500/8.0, 6, 0.85)
	near(t, "computing, t", float64(dynamic)/1000, 24.69, 0.005)
	near(t, "idle, t", float64(idle)/1000, 14.6, 0.005)
	near(t, "making, t", float64(making)/1000, 11.2, 0.01)
	near(t, "together, t", float64(dynamic+idle+making)/1000, 50.5, 0.005)
	near(t, "making's share", float64(making)/float64(dynamic+idle+making), 0.22, 0.02)
}
