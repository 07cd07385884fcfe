// Package bill turns a machine's hours into what is paid for them: money,
// energy, carbon and water, and how these move over the years.
package bill

import "flopbook/core/unit"

const (
	joulesPerKWh = 3.6e6
	daysPerYear  = 365
)

// Energy is the electricity into the building: chips · power of each with its
// share of the server · time · PUE. Give PUE 1 for the machines alone.
func Energy(chips float64, each unit.Watts, t unit.Seconds, pue float64) unit.Joules {
	return unit.Joules(chips * float64(each) * float64(t) * pue)
}

// Carbon is the greenhouse gas of the electricity at the grid's intensity.
func Carbon(e unit.Joules, kgPerKWh float64) unit.KgCO2e {
	return unit.KgCO2e(float64(e) / joulesPerKWh * kgPerKWh)
}

// Intensity is the grid intensity, kg/kWh, that a published carbon figure
// implies for its energy. Meta's model cards multiply GPU-hours by the chip's
// rated power and show no PUE.
func Intensity(co2 unit.KgCO2e, e unit.Joules) float64 {
	return float64(co2) / (float64(e) / joulesPerKWh)
}

// A Part is made of something whose making emits in proportion to an amount.
type Part struct {
	Amount float64 // of one: cm² of silicon, GB of memory or storage
	PerOne float64 // kg CO2e per amount: 1.2 for 12 nm silicon, 1.6 for 7 nm, 0.4 a GB of DRAM, 0.018 a GB of flash
	Count  float64
}

// HardwareYears is the life over which making is written off (LLMCarbon, 5 years).
const HardwareYears = 5

// Embodied is the share of the parts' making that a run of so many days owes,
// of a life of HardwareYears (Faiz et al. 2023, LLMCarbon).
func Embodied(parts []Part, run unit.Days) unit.KgCO2e {
	var kg float64
	for _, p := range parts {
		kg += p.Amount * p.PerOne * p.Count
	}
	return unit.KgCO2e(kg * float64(run) / (HardwareYears * daysPerYear))
}

// WaterOnSite is what the building's cooling evaporates: IT energy · WUE in
// litres per kWh of IT energy (Li et al. 2023).
func WaterOnSite(it unit.Joules, wue float64) unit.Litres {
	return unit.Litres(float64(it) / joulesPerKWh * wue)
}

// Water adds what power stations evaporate: IT energy · (WUE + PUE·EWIF), with
// EWIF in litres per kWh of electricity. PUE stands once, with the electricity;
// WUE is per kWh of the machines already (Li et al. 2023).
func Water(it unit.Joules, wue, pue, ewif float64) unit.Litres {
	return unit.Litres(float64(it) / joulesPerKWh * (wue + pue*ewif))
}
