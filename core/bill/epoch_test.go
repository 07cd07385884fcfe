package bill

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"

	"flopbook/core/catalog"
	"flopbook/core/uncertainty"
	"flopbook/core/unit"
)

// Epoch AI's amortised costs (epoch-research/training-cost-trends,
// model_costs.csv, CC BY 4.0), from the inputs of its method: price of the
// server over its chips, years held, chip-hours, rated power, server factor,
// share drawn, PUE, price of electricity. Scope: hardware value used up by the
// final run, cluster network, electricity; no experiments, no staff. Dollars
// of December 2024; the deflator is FRED's PCU518210518210, as the row has it.
func TestEpochAmortisedCosts(t *testing.T) {
	f, err := os.Open("testdata/cottier_worked.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	seen := 0
	for _, r := range rows[1:] {
		num := func(name string) float64 {
			x, err := strconv.ParseFloat(r[at[name]], 64)
			if err != nil {
				t.Fatalf("%s: %s: %v", r[0], name, err)
			}
			return x
		}
		value := DepreciatedPrice(unit.USD(num("acquisition_price_usd")), num("years_held"))
		hours := unit.GPUHours(num("chip_hours"))
		e := ChipEnergy(hours, unit.Watts(num("tdp_w")), num("server_mult"), num("tdp_frac"), num("pue"))
		got := float64(Amortised(hours, value, e, num("elec_price")))
		near(t, r[0]+", of the year", got, num("total_nominal_usd"), 0.005)
		near(t, r[0]+", energy in kWh", float64(e)/joulesPerKWh, num("energy_kwh"), 0.005)
		deflator := num("total_2024_12_usd") / num("total_nominal_usd")
		tolerance := 0.005
		if r[0] == "Grok-3" {
			tolerance = 0.025 // the price index of February 2025 was not yet out when the table was made
		}
		near(t, r[0]+", of December 2024", got*deflator, num("published_model_costs_csv_2024_12_usd"), tolerance)
		// The same through the way of paying that a reader chooses.
		terms := Terms{Spread: new([InputCount]uncertainty.Spread)}
		terms.V[ServerPrice], terms.V[ChipAge], terms.V[ChipShare] = num("acquisition_price_usd"), num("years_held"), 0.61
		terms.Power.V = num("tdp_w") * num("server_mult") * num("tdp_frac")
		terms.PUE.V, terms.KWh.V = num("pue"), num("elec_price")
		var h Hour
		terms.HourOf(PayAmortised, &h)
		near(t, r[0]+", by the hour", h.USD*float64(hours), got, 1e-9)
		seen++
	}
	if seen < 6 {
		t.Errorf("only %d runs", seen)
	}
}

// Epoch AI's development costs (development_cost.ipynb, outputs of March 2025,
// USD of 2023). Scope: staff of the whole project with shares; its 95 %
// intervals hold ours, for the three whose staff is counted by contributors.
func TestEpochStaffCosts(t *testing.T) {
	figure := func(name string) float64 {
		v, ok := catalog.BillFigure(name)
		if !ok {
			t.Fatal(name)
		}
		return v.V
	}
	year := PersonYear(unit.USD(figure("salary")), figure("overhead"), unit.USD(figure("equity")))
	n := 0
	for _, d := range catalog.Developments() {
		if d.StaffLo == 0 {
			continue // Gemini: by role, leads full time
		}
		n++
		got := float64(Staff(d.Contributors, figure("team_share"), unit.Days(d.Days), year))
		if got < d.StaffLo || got > d.StaffHi {
			t.Errorf("%s: staff $%.3g, published $%.3g (%.3g to %.3g)", d.Model, got, d.Staff, d.StaffLo, d.StaffHi)
		}
		t.Logf("%s: staff $%.4g, published median $%.4g, %+.0f %%", d.Model, got, d.Staff, 100*(got/d.Staff-1))
	}
	if n != 3 {
		t.Errorf("%d developments", n)
	}
}

// The whole development of GPT-4: Epoch's amortised run, its experiments
// (median 2.2 runs in all) and its staff lie in Epoch's 90 % interval of $101M
// to $170M, around its median of $125.1M (Cottier et al. 2024, figure 4).
func TestGPT4DevelopmentCost(t *testing.T) {
	figure := func(name string) float64 { v, _ := catalog.BillFigure(name); return v.V }
	year := PersonYear(unit.USD(figure("salary")), figure("overhead"), unit.USD(figure("equity")))
	for _, d := range catalog.Developments() {
		if d.Model != "GPT-4" {
			continue
		}
		run := 40_586_592.58 // Epoch's database, USD of 2023; reproduced above
		total := run*(1+figure("experiments")) + float64(Staff(d.Contributors, figure("team_share"), unit.Days(d.Days), year))
		if total < d.TotalLo || total > d.TotalHi {
			t.Errorf("$%.4g, published %.4g (%.4g to %.4g)", total, d.Total, d.TotalLo, d.TotalHi)
		}
		near(t, "median", total, d.Total, 0.05)
		share := float64(Staff(d.Contributors, figure("team_share"), unit.Days(d.Days), year)) / total
		if share < 0.29*0.9 || share > 0.49*1.1 { // abstract: staff 29 to 49 %
			t.Errorf("staff %.3f of it", share)
		}
	}
}

// Contributors by compute go through the four published developments: each
// lies within the range that the law gives.
func TestContributorsByCompute(t *testing.T) {
	for _, d := range catalog.Developments() {
		r := Contributors(unit.FLOP(d.FLOP))
		if d.Contributors < r.Lo || d.Contributors > r.Hi {
			t.Errorf("%s: %v contributors, %.0f (%.0f to %.0f)", d.Model, d.Contributors, r.V, r.Lo, r.Hi)
		}
	}
	if r := Contributors(1e18); r.V != 1 || r.Lo != 1 {
		t.Errorf("a small run: %+v", r)
	}
	if Contributors(1e26).V <= Contributors(1e25).V {
		t.Error("more compute, fewer people")
	}
}

func typical() Terms {
	t := Terms{Spread: new([InputCount]uncertainty.Spread)}
	for i := range Inputs {
		if v, ok := catalog.BillFigure(Inputs[i].Key); ok {
			t.V[i], t.Spread[i] = v.V, uncertainty.SpreadOf(v.Range())
		}
	}
	t.V[ServerPrice], t.Spread[ServerPrice] = 34_000, uncertainty.SpreadOf(unit.Range{V: 34_000, Lo: 28_750, Hi: 46_875})
	t.Price = uncertainty.Of(unit.Range{V: 2.5, Lo: 1.8, Hi: 6.88})
	t.Rated, t.Power.V, t.PUE.V, t.KWh.V = 1377, 1000, 1.25, 0.0826
	t.Servers = 128
	return t
}

// What is published of owning: an H100 at $50,000 with network (Epoch's
// comment thread of 2025 has 50,000 all in), five years in a straight line.
func TestOwnedHour(t *testing.T) {
	terms := typical()
	var h Hour
	terms.HourOf(PayOwn, &h)
	sum := 0.0
	for _, p := range h.Pieces {
		sum += p
	}
	near(t, "pieces add up", sum, h.USD, 1e-12)
	// By hand: server 34,000, network 0.19/0.81 of it, storage 3 %; over 5 years
	// of 8,766 h, 70 % in use; a tenth comes back; 5 % upkeep; 184 $/kW-month.
	hardware := 34_000 * (1 + 0.19/0.81 + 0.03)
	used := 8766 * 0.7
	want := hardware*0.9/5/used + 0.05*hardware/used + 184*1.377*12/used + 1000.0/1000*1.25*0.0826
	near(t, "hour", h.USD, want, 1e-9)
	if got := terms.Acquisition(25_000); math.Abs(float64(got)-25_000*hardware) > 1 {
		t.Errorf("acquisition %v", got)
	}
	terms.V[OwnBuilding] = 1
	terms.HourOf(PayOwn, &h)
	near(t, "own building", h.Pieces[PieceSpace], 15e6*1.377e-3/20/used, 1e-9)
	// A value that grows with use: less idle time, a cheaper hour.
	before := h.USD
	terms.V[FleetUse] = 0.9
	terms.HourOf(PayOwn, &h)
	if h.USD >= before {
		t.Error("used more of the time, an owned hour should cost less")
	}
}

// GPT-4's acquisition: Epoch AI has $778M for 25,000 A100 at $24,875 with 19 %
// of network, dollars of December 2024.
func TestGPT4Acquisition(t *testing.T) {
	var terms Terms
	terms.V[ServerPrice], terms.V[Interconnect] = 24_875, InterconnectShare
	near(t, "acquisition", float64(terms.Acquisition(25_000))*40_695_706/40_155_934, 778_066_898, 0.005)
}

func TestRentedHours(t *testing.T) {
	terms := typical()
	var h Hour
	terms.HourOf(PayByHour, &h)
	if h.USD != 2.5 || h.Range() != (unit.Range{V: 2.5, Lo: h.Range().Lo, Hi: h.Range().Hi}) || math.Abs(h.Range().Hi-6.88) > 1e-9 {
		t.Errorf("%+v, %v", h, h.Range())
	}
	terms.V[CommitUse] = 1
	terms.HourOf(PayOneYear, &h)
	near(t, "a year, all used", h.USD, 2.5*(1-0.34), 1e-12)
	terms.HourOf(PayThreeYears, &h)
	near(t, "three years, all used", h.USD, 2.5*(1-0.56), 1e-12)
	terms.HourOf(PaySpot, &h)
	// 128 servers, 0.005 a day each: a loss every 37.5 h; a quarter of an hour
	// and half of 30 minutes go each time; a minute of writing in each 31.
	keeps := (1 - 128*0.005/86400*(900+900)) / (1 + 60.0/1800)
	near(t, "share that moves on", h.Keeps, keeps, 1e-12)
	near(t, "spot", h.USD, 2.5*0.4/keeps, 1e-12)
	terms.Servers = 1e5
	terms.HourOf(PaySpot, &h)
	if h.OK || h.USD != 0 {
		t.Errorf("a hundred thousand servers of spare capacity: %+v", h)
	}
}

func TestEveryInputIsDescribed(t *testing.T) {
	seen := map[string]bool{}
	for i := range Inputs {
		f := &Inputs[i]
		if f.Key == "" || seen[f.Key] || f.Help == "" || f.Symbol == "" {
			t.Errorf("input %d: %+v", i, f)
		}
		seen[f.Key] = true
		if _, p := f.Parse(f.Example); p != nil {
			t.Errorf("%s: its example is refused: %v", f.Key, p)
		}
		if v, ok := catalog.BillFigure(f.Key); ok {
			if v.Kind != f.Kind {
				t.Errorf("%s: kind %s, default's %s", f.Key, f.Kind.Name(), v.Kind.Name())
			}
			if p := f.Check(v.Range(), v.Unit); p != nil {
				t.Errorf("%s: its default is refused: %v", f.Key, p)
			}
		}
	}
}

// BLOOM (Luccioni et al. 2022): 1,082,990 GPU-hours at 400 W and 57 g/kWh are
// 24.7 t of the computing alone; making falls to it with 11.2 t.
func TestBLOOMFootprint(t *testing.T) {
	e := Energy(1, 400, unit.Seconds(1_082_990*3600), 1)
	near(t, "computing, t", float64(Carbon(e, 0.057))/1000, 24.69, 0.005)
	// Their life of six years at 85 % in use; an A100 150 kg and an eighth of a server of 2,500 kg.
	near(t, "making, t", float64(Making(1_082_990, 150+2500/8.0, 6, 0.85))/1000, 11.2, 0.01)
}

// Meta's Llama 3.1 card: 39.3M hours of 700 W at the grid's intensity are
// 11,390 t by location and none by market.
func TestLlama31CarbonByLocationAndMarket(t *testing.T) {
	e := Energy(1, 700, unit.Seconds(39.3e6*3600), 1)
	co2 := Carbon(e, 0.414)
	near(t, "by location, t", float64(co2)/1000, 11_390, 0.005)
	if MarketBased(co2, 1) != 0 || MarketBased(co2, 0) != co2 {
		t.Error("contracts for all of it leave nothing, for none all")
	}
}

// Patterson et al. 2021: GPT-3's 1,287 MWh are the electricity of about 120 US
// homes for a year.
func TestEquivalents(t *testing.T) {
	var eq [EquivalentCount]Equivalent
	Equivalents(1287*3.6e9, 552.1e3, 700e3, &eq)
	for i := range eq {
		if eq[i].Times <= 0 || eq[i].Each == nil {
			t.Errorf("%+v", eq[i])
		}
	}
	near(t, "homes", eq[0].Times, 122.6, 0.01)
}

// The cleaner place is counted as the one given is, and nothing is cleaner than the cleanest.
func TestCleanerPlace(t *testing.T) {
	for i := range catalog.Grids() {
		g := &catalog.Grids()[i]
		best := Cleaner(g)
		if best == nil {
			continue
		}
		if best.School != g.School || best.Carbon.V >= g.Carbon.V || !best.Hosts {
			t.Errorf("%s: %s", g.ID, best.ID)
		}
		if Cleaner(best) != nil {
			t.Errorf("%s is not the cleanest", best.ID)
		}
	}
	usa, _ := catalog.FindGrid("USA")
	if best := Cleaner(usa); best == nil {
		t.Error("nothing is cleaner than the USA")
	}
}

// Epoch AI: GPT-4's cluster drew about 20 MW, Grok-3's 137 MW.
func TestSitesArePlausible(t *testing.T) {
	if s := Plausible(20e6); s == nil || s.Power.V != 20e6 {
		t.Errorf("%+v", s)
	}
	if s := Plausible(100e6); s == nil || s.Power.V != 137e6 {
		t.Errorf("%+v", s)
	}
	if s := Plausible(1e12); s != nil {
		t.Errorf("a terawatt: %+v", s)
	}
	all := catalog.Sites()
	for i := 1; i < len(all); i++ {
		if all[i].Power.V < all[i-1].Power.V {
			t.Errorf("%s stands out of order", all[i].Name)
		}
	}
}
