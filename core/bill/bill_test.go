package bill

import (
	"math"
	"testing"
)

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol*math.Abs(want)) {
		t.Errorf("%s: %.8g, published %.8g", what, got, want)
	}
}

// Patterson et al. 2021: GPT-3 took 10,000 V100s of 330 W for 14.8 days at PUE
// 1.1: 1,287 MWh, and 552.1 t at 0.429 kg/kWh.
func TestGPT3EnergyAndCarbon(t *testing.T) {
	e := Energy(10_000, 330, 14.8*86400, 1.1)
	near(t, "MWh", float64(e)/3.6e9, 1287, 0.005)
	near(t, "t", float64(Carbon(e, 0.429))/1000, 552.1, 0.005)
	near(t, "and back", Intensity(Carbon(e, 0.429), e), 0.429, 1e-12)
}

// A calculator multiplies water by PUE twice. Li et al. 2023: 700,000 litres
// on site and 5.4 million with the power stations.
func TestWaterAppliesPUEOnce(t *testing.T) {
	near(t, "on site", float64(WaterOnSite(1287*3.6e9, 0.55)), 700_000, 0.02)
	near(t, "total", float64(Water(1287*3.6e9, 0.55, 1.17, 3.142)), 5.4e6, 0.01)
	double := float64(Water(1287*3.6e9, 0.55*1.17, 1.17*1.17, 3.142))
	if math.Abs(double/5.4e6-1) < 0.1 {
		t.Error("the double count is not told apart")
	}
}

// DeepSeek-V3 (arXiv 2412.19437, table 1): 2.788M H800-hours at $2 are $5.576M.
func TestDeepSeekV3Rent(t *testing.T) {
	if got := Rent(2.788e6, 2); got != 5.576e6 {
		t.Errorf("%v", got)
	}
}

// epoch-research/training-cost-trends, nominal: Llama 3.1 405B $51.26M, $1.46 an H100-hour.
func TestEpochAmortisedCost(t *testing.T) {
	e := ChipEnergy(35_094_528, 700, 1.8214285714, 0.75, 1.1)
	near(t, "cost", float64(Amortised(35_094_528, 30386.173884, e, 0.0771)), 51_260_340, 0.005)
	near(t, "an hour", float64(Amortised(35_094_528, 30386.173884, e, 0.0771))/35_094_528, 1.46, 0.005)
}

// Epoch AI: training compute grows 5 times a year, doubling in 5.2 months.
func TestTrend(t *testing.T) {
	near(t, "doubling", DoublingMonths(5), 5.2, 0.01)
	near(t, "and back", GrowthFromDoubling(DoublingMonths(5)), 5, 1e-12)
	near(t, "price-performance", 1/float64(DepreciatedPrice(1, 1)), 1.38, 0.001)
	near(t, "two years", After(1, 5, 2), 25, 1e-12)
}
