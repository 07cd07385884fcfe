package bill

import (
	"math"

	"flopbook/core/unit"
)

// Rent is GPU-hours times the price of one.
func Rent(hours unit.GPUHours, perHour unit.USD) unit.USD { return unit.USD(float64(hours)) * perHour }

// Electricity is the cost of the energy.
func Electricity(e unit.Joules, usdPerKWh float64) unit.USD {
	return unit.USD(float64(e) / joulesPerKWh * usdPerKWh)
}

// Share is a part of a whole, or how many times one thing is another.
func Share(part, whole float64) float64 { return part / whole }

// Constants of the amortised cost of Cottier et al. 2024 as computed in
// epoch-research/training-cost-trends, cost_analysis_standalone.py.
const (
	OrdersPerYear     = 0.14 // price-performance of hardware, orders of magnitude a year
	InterconnectShare = 0.19 // of the cluster's price
	hoursPerYear      = 8766
)

// DepreciatedPrice is what a chip bought at price is worth after the years:
// price · 10^(-0.14·years).
func DepreciatedPrice(price unit.USD, years float64) unit.USD {
	return price * unit.USD(math.Pow(10, -OrdersPerYear*years))
}

// AmortisedHour is what an hour of a chip costs its owner while its price
// falls at that rate: serverPrice·0.14·ln10/8766, over (1 - 0.19) for the
// network. serverPrice is that of the server over its chips, at the time.
func AmortisedHour(serverPrice unit.USD) unit.USD {
	return serverPrice * unit.USD(OrdersPerYear*math.Ln10/hoursPerYear/(1-InterconnectShare))
}

// ChipEnergy is the energy into the building of so many chip-hours: rated
// power · server factor (server over chips) · share of rated power drawn · PUE.
func ChipEnergy(hours unit.GPUHours, rated unit.Watts, server, drawn, pue float64) unit.Joules {
	return Energy(1, unit.Watts(float64(rated)*server*drawn), unit.Seconds(float64(hours)*3600), pue)
}

// Amortised is the owner's cost of a run: hardware by the hour and electricity.
func Amortised(hours unit.GPUHours, serverPrice unit.USD, e unit.Joules, usdPerKWh float64) unit.USD {
	return Rent(hours, AmortisedHour(serverPrice)) + Electricity(e, usdPerKWh)
}

// VectorStore is the memory of an index of vectors, 4 bytes a number, before
// the index's own overhead of half to once more.
func VectorStore(vectors, dimensions float64) unit.Bytes {
	return unit.Bytes(vectors * dimensions * 4)
}
