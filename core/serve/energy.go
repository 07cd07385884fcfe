package serve

import "math"

// Scope says whose power an energy figure counts. The same prompt has three
// energies; Google's 0.24 Wh is 0.10 Wh when only accelerators count.
type Scope uint8

const (
	AcceleratorOnly Scope = iota // the GPU's own power meter
	Wall                         // the server at its plug: host, fans, conversion
	Facility                     // the wall times PUE: cooling and distribution
)

func (s Scope) String() string {
	switch s {
	case Wall:
		return "server at the wall"
	case Facility:
		return "facility"
	}
	return "accelerators only"
}

// A Draw is the fitted power of one accelerator: what it takes whatever it
// does, and what each operation and each byte adds. Scope: accelerators only.
type Draw struct {
	Static  float64 // W while a step runs
	PerFLOP float64 // J
	PerByte float64 // J per byte read from memory
}

// StepJoules is the energy of one step on gpus accelerators, J, accelerators
// only: static power for its time, and its operations and bytes. It cannot
// exceed the rated power h.Power, where that is known.
func StepJoules(d *Draw, h *Machine, s *Step, gpus float64) float64 {
	e := gpus*d.Static*s.Total + d.PerFLOP*s.FLOP + d.PerByte*s.Bytes
	if h.Power > 0 {
		e = math.Min(e, gpus*h.Power*s.Total)
	}
	return e
}

// JoulesPerToken is power over speed: W / (tokens/s).
func JoulesPerToken(watts, tokensPerSecond float64) float64 { return watts / tokensPerSecond }

// QueryWh is the energy of one query from its arithmetic, Wh: time at the
// reached share of peak, times the power of a GPU with its share of the server
// and the part of it drawn, times PUE (Epoch AI, "How much energy does ChatGPT
// use?", 2025). Scope: facility.
func QueryWh(flop, peak, utilisation, watts, drawn, pue float64) float64 {
	return flop / (peak * utilisation) * watts * drawn * pue / 3600
}

// EcoLogitsLatency is the time per answer token, s, of a dense or sparse model
// with activeB billion active parameters at the given batch, as the EcoLogits
// methodology fits it to ML.ENERGY: 6.78e-4 B + 3.12e-4 batch + 1.94e-2.
func EcoLogitsLatency(activeB, batch float64) float64 {
	return 6.78e-4*activeB + 3.12e-4*batch + 1.94e-2
}

// EcoLogitsWh is its accelerator energy per answer token, Wh:
// 1.17e-6 exp(-0.0112 batch) activeB + 4.05e-5.
func EcoLogitsWh(activeB, batch float64) float64 {
	return 1.17e-6*math.Exp(-0.0112*batch)*activeB + 4.05e-5
}
