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
	s.Now, s.Best, s.Hand, s.HandLoss = cost(1.3e10), cost(5e9), cost(8e9), 1.99
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

func servedPayback() Chart {
	b := PaybackPrices{Now: PaybackPoint{1, 120}, BreakEven: 0.6, Horizon: 365, Falls: 10,
		List: []ListedPrice{{"small at a host", "2026-05", PaybackPoint{0.05, 0}, false}, {"large at a host", "2026-07", PaybackPoint{2, 45}, true}, {"GPT-3", "2021-11", PaybackPoint{60, 1.2}, true}}}
	for e := -0.5; e <= 2; e += 0.1 {
		v := math.Pow(10, e)
		b.Points = append(b.Points, PaybackPoint{v, 80 / (v - 0.2)})
	}
	return Payback(b)
}

func servedDecline() Chart {
	f := FallingPrice{Cost: 0.1, PerYear: 10, Gone: 2027.9, Known: []PricedYear{{"GPT-3", 2021.9, 60}, {"small at a host", 2026.4, 0.05}}}
	for i := range 21 {
		y := float64(i) / 4
		f.Ahead = append(f.Ahead, FallPoint{2026.9 + y, math.Pow(10, -y), math.Pow(50, -y), math.Pow(5, -y)})
	}
	return Decline(f)
}

func servedRouting(even float64) Chart {
	r := RoutedService{Small: "7B", Large: "70B", Alone: 1e-3, Even: even}
	for i := range 11 {
		s := float64(i) / 10
		r.Points = append(r.Points, RoutedShare{s, 1e-3 * (even + 1 - s), 0.3 * (even + 1 - s)})
	}
	return Routing(r)
}

func servedTexts() Chart {
	copies := func(each float64) func(float64) float64 { // $1,000 for each copy that so many questions fill
		return func(n float64) float64 { return 1000 * math.Ceil(n/each) }
	}
	return Texts([]TextCost{{Name: "Looking things up (RAG)", Setup: 20, PerQuery: 5e-4, Paid: 5e-5, Machines: copies(2e6), Seconds: 0.6}, {Name: "The whole text before each question", PerQuery: 2e-2, Seconds: 0.9},
		{Name: "Adapters (LoRA)", Setup: 1e4, PerQuery: 3e-4, Machines: copies(4e6), Seconds: 0.3}, {Name: "Tuning all weights", Setup: 1.01e4, PerQuery: 3e-4, Machines: copies(4e6), Seconds: 0.3}}, 4e6)
}

func servedThinking() Chart {
	var pts []LongerAnswer
	for _, x := range []float64{0.25, 0.5, 1, 2, 5, 10, 100} {
		pts = append(pts, LongerAnswer{x, 1e-4 * (1 + x), 0.1 * (1 + x), 3 * x, 200 / (1 + x)})
	}
	pts[6].Crossing = math.Inf(1)
	return Thinking(pts, "answer tokens")
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
				Sizes(SizeMap{Points: []SizeCost{{1e9, 1e11, 1e3, 1e3}, {a, b, 1, 1}, {1e10, 1e10, 1e4, 1e4}}, Now: SizeCost{a, b, a, b}, Best: SizeCost{b, a, b, a}, Hand: SizeCost{a, a, b, b}, HandLoss: b, NowLoss: a, Days: a,
					Rows: []LossRow{{a, []float64{1e9, b, 1e10}, []float64{2, a, b}}}}),
				Ways(WaysOfServing{Points: []WayCost{{1, 1, 1, 1}, {10, a, b, a}, {100, 2, b, a}}, Now: WayCost{a, b, a, b}}),
				Levers([]LeverCost{{"x", a, b, a}, {"y", b, a, b}}),
				Payback(PaybackPrices{Points: []PaybackPoint{{1, 1}, {a, b}, {10, 2}}, List: []ListedPrice{{"x", "2026", PaybackPoint{a, b}, true}}, Now: PaybackPoint{b, a}, BreakEven: a, Horizon: b, Falls: a}),
				Decline(FallingPrice{Known: []PricedYear{{"x", a, b}, {"y", 2024, a}}, Ahead: []FallPoint{{2026, 1, 1, 1}, {a, b, a, b}, {2030, 0.1, 0.1, 0.1}}, Cost: a, Gone: b, PerYear: b}),
				Routing(RoutedService{Points: []RoutedShare{{0, 1, 1}, {a, b, a}, {1, 0.5, 1}}, Small: "s", Large: "l", Alone: a, Even: b}),
				ByQuestions(Contest{Days: 365, Questions: 1e4, Machines: func(float64) float64 { return a }, Rivals: []Rival{{Name: "x", Paid: 1, Total: 1e4, BreakEven: math.NaN()}, {Name: "y", Setup: a, Paid: b, Own: true, Total: b, BreakEven: a, OverRAG: b}}}),
				Texts([]TextCost{{Name: "x", Setup: a, PerQuery: b, Seconds: a}, {Name: "y", Setup: b, PerQuery: a, Seconds: b}, {Name: "z", Setup: 1, PerQuery: 1, Seconds: 1}, {Name: "w", PerQuery: 1, Seconds: 1},
					{Name: "v", Setup: 1, PerQuery: 1, Paid: b, Machines: func(float64) float64 { return a }, Seconds: 1}}, a),
				Thinking([]LongerAnswer{{a, b, a, b, a}, {1, 1, 1, 1, b}, {2, 2, 2, 2, a}}, "tokens"),
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
	rent := func(p WayCost) float64 { return p.Rent }
	if got := wayCross(pts, rent); got != 1000 {
		t.Errorf("renting stays below from %g a day, want 1000", got)
	}
	if got := wayCross(pts[:1], rent); got != 0 {
		t.Errorf("got %g", got)
	}
	if got := wayCross(pts, func(p WayCost) float64 { return p.Own }); got != 0 {
		t.Errorf("owning at an unknown price is cheaper from %g a day", got)
	}
}
