package chart

import (
	"math"
	"testing"
)

func servedRoof() Chart {
	return Roofline(Roof{Accelerator: "H100 SXM", Peak: 1979e12, Bandwidth: 3.35e12, Points: []RoofPoint{
		{"writing, one answer", 2, 2.1e12}, {"writing, machine full", 110, 2.6e14}, {"reading a question", 1500, 1e15}}})
}

func servedFill() Chart {
	u := FillUse{Accelerator: "H100 SXM", Capacity: 80 * gib, Now: 320}
	for i := 0.0; i <= 8; i++ {
		u.Points = append(u.Points, FillPoint{50 * i, 8 * gib, 7 * i * gib, 2 * gib})
	}
	return Fill(u)
}

func servedFleet() Chart {
	week := make([]FleetMinute, 7*1440)
	for i := range week {
		r := 40 + 35*math.Cos(2*math.Pi*float64(i-840)/1440)
		if i >= 5*1440 {
			r *= 0.6
		}
		n := math.Ceil(r / 10 * 1.2)
		week[i] = FleetMinute{Hour: float64(i) / 60, Rate: r, Copies: n, Load: r / 10 / n, Wait: 0.1 * r / 75}
	}
	return FleetDay(week, 8)
}

func servedSizes() Chart {
	s := SizeMap{Days: 365, LawName: "Chinchilla, corrected fit", OtherNames: "Sardana’s constants", OtherLaw: 4e9, NowLoss: 2.0}
	cost := func(n float64) SizeCost {
		d := 2e11 / math.Pow(1.2-math.Pow(n/1e9, -0.35), 2.5)
		return SizeCost{n, d, 6 * n * d * 1e-17, n * 3e-6}
	}
	for e := 9.0; e <= 11; e += 0.1 {
		s.Points = append(s.Points, cost(math.Pow(10, e)))
	}
	s.Now, s.Best = cost(1.3e10), cost(5e9)
	for _, money := range []float64{1e5, 3e5, 1e6} {
		row := LossRow{Money: money}
		for e := 9.0; e <= 11; e += 0.1 {
			n := math.Pow(10, e)
			d := money/(6*n*1e-17) - 5e11
			loss := 0.0
			if d > 0 {
				loss = 1.8 + 480*math.Pow(n, -0.35) + 2000*math.Pow(d, -0.37)
			}
			row.Params, row.Loss = append(row.Params, n), append(row.Loss, loss)
		}
		s.Rows = append(s.Rows, row)
	}
	return Sizes(s)
}

func servedWays() Chart {
	w := WaysOfServing{APIName: "Llama-3.3-70B at DeepInfra", Now: WayCost{1e5, 240, 180, 21}}
	for e := 2.0; e <= 7; e += 0.25 {
		q := math.Pow(10, e)
		n := math.Ceil(q / 3e6)
		w.Points = append(w.Points, WayCost{q, 240 * n, 180 * n, 2.1e-4 * q})
	}
	return Ways(w)
}

func servedLevers() Chart {
	return Levers([]LeverCost{{"As it is", 4.1e-4, 0.31, 120}, {"Weights in 8 bits", 2.3e-4, 0.19, 210}, {"Think ten times as long", 3.9e-3, 2.8, 13}, {"Follow the traffic", 2.9e-4, 0.24, math.Inf(1)}})
}

// Whatever comes in, a chart can be drawn and shows no number that is none.
func TestServingChartsTakeAnything(t *testing.T) {
	bad := []float64{0, -1, math.NaN(), math.Inf(1), math.Inf(-1), 1e-300, 1e300, 1}
	for _, a := range bad {
		for _, b := range bad {
			charts := []Chart{
				Roofline(Roof{"x", a, b, []RoofPoint{{"p", b, a}, {"q", 1, 1}}}),
				Fill(FillUse{"x", a, []FillPoint{{0, 1, 0, 1}, {b, 1, b, 1}}, a}),
				FleetDay([]FleetMinute{{0, 1, 1, 0.5, 0}, {12, a, b, a, b}, {24, 1, 2, 0.5, math.Inf(1)}}, a),
				Sizes(SizeMap{Points: []SizeCost{{1e9, 1e11, 1e3, 1e3}, {a, b, 1, 1}, {1e10, 1e10, 1e4, 1e4}}, Now: SizeCost{a, b, a, b}, Best: SizeCost{b, a, b, a}, NowLoss: a, OtherLaw: b, Days: a,
					Rows: []LossRow{{a, []float64{1e9, b, 1e10}, []float64{2, a, b}}}}),
				Ways(WaysOfServing{Points: []WayCost{{1, 1, 1, 1}, {10, a, b, a}, {100, 2, b, a}}, Now: WayCost{a, b, a, b}}),
				Levers([]LeverCost{{"x", a, b, a}, {"y", b, a, b}}),
			}
			for _, c := range charts {
				if err := c.Validate(); err != nil {
					// Numbers beyond what axes can hold are turned away by the page; these must not be.
					if math.Abs(a) != 1e300 && math.Abs(b) != 1e300 && a != 1e-300 && b != 1e-300 {
						t.Errorf("%v, %v: %v", a, b, err)
					}
					continue
				}
				if text := c.Alt + c.Caption + c.CSV(); notANumber.MatchString(text) {
					t.Errorf("%s with %v, %v shows %q", c.Key, a, b, text)
				}
			}
		}
	}
}

func TestWayCross(t *testing.T) {
	pts := []WayCost{{PerDay: 1, Rent: 10, API: 1}, {PerDay: 10, Rent: 10, API: 11}, {PerDay: 100, Rent: 120, API: 110}, {PerDay: 1000, Rent: 900, API: 1100}}
	if got := wayCross(pts); got != 1000 {
		t.Errorf("renting stays below from %g a day, want 1000", got)
	}
	if got := wayCross(pts[:1]); got != 0 {
		t.Errorf("got %g", got)
	}
}
