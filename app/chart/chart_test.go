package chart

import (
	"encoding/csv"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"flopbook/core/unit"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The cases are the page's worked example, with round invented numbers: these
// tests are about drawing, not about arithmetic.

func memoryFits() Chart {
	c := Memory(MemoryUse{Accelerator: "H100 SXM", Capacity: 80 * gib,
		Parts: TrainingParts(12.6*gib, 12.6*gib, 1.2*gib, 22.4*gib, 2.1*gib), Lo: 47 * gib, Hi: 56 * gib})
	c.Sources, c.Date = []string{"NVIDIA H100 data sheet, 2023", "Korthikanti et al., 2022"}, "November 2026"
	return c
}

func memoryTooMuch() Chart {
	c := Memory(MemoryUse{Accelerator: "A100 40 GB", Capacity: 40 * gib,
		Parts: TrainingParts(12.6*gib, 12.6*gib, 75.4*gib, 8.2*gib, 0.7*gib)})
	c.Date = "November 2026"
	return c
}

func sweep(n float64) GPUPoint {
	const work = 64 * 31.0 // GPU-days at one GPU's pace
	slow := 1 + math.Pow(n/900, 1.3)/2 + 0.02*math.Log2(n)
	d := work / n * slow
	usd := d * 24 * n * 2.5
	return GPUPoint{n, d, d * .87, d * 1.18, usd, usd * .78, usd * 1.28}
}

func byGPUs() Chart {
	s := GPUSweep{Accelerator: "H100 SXM", Now: sweep(64), Fits: 16, Thin: 1024}
	for e := 3.0; e <= 11.01; e += 0.25 {
		s.Points = append(s.Points, sweep(math.Round(math.Exp2(e))))
	}
	c := ByGPUs(s)
	c.Sources, c.Date = []string{"Lambda list price, 2026"}, "November 2026"
	return c
}

func overTime(m Measure, train, perDay float64) Chart {
	cross := train / perDay
	l := Lifetime{Train: train, TrainLo: train * .8, TrainHi: train * 1.28, Cross: cross, CrossLo: cross * .62, CrossHi: cross * 1.6}
	end := Horizon(cross)
	for i := 0.0; i <= 24; i++ {
		d := end * i / 24
		l.Served = append(l.Served, ServedPoint{d, perDay * d, perDay * d * .75, perDay * d * 1.35})
	}
	c := OverTime(m, l)
	c.Date = "November 2026"
	return c
}

func cases() map[string]Chart {
	never := Lifetime{Train: 140000, TrainLo: 110000, TrainHi: 180000, Cross: math.Inf(1)}
	for d := 0.0; d <= 3652.5; d += 365.25 {
		never.Served = append(never.Served, ServedPoint{d, 5 * d, 4 * d, 8 * d})
	}
	return map[string]Chart{
		"memory":          memoryFits(),
		"memory-too-much": memoryTooMuch(),
		"gpus":            byGPUs(),
		"lifetime-cost":   overTime(Cost, 140000, 140000/190.0),
		"lifetime-energy": overTime(Energy, 62*3.6e9, 62*3.6e9/900.0),
		"lifetime-never":  OverTime(Cost, never),
		"stages-cost":     ByStage(pipeline(), Cost),
		"stages-yen":      inYen(),
		"stages-energy":   ByStage(pipeline(), Energy),
		"plan":            Plan(pipeline()),
		"among-compute":   AmongRuns(among()),
		"ladder":          Ladder("H100 SXM", []Rung{{10, 3e18, 1.5e8, 3e9, 1, 0.2, "Transformer"}, {1e5, 4.7e22, 2e10, 3.9e11, 256, 6.5, "T5-11B"}}),
		"lifetime-carbon": overTime(Carbon, 24e3, 24e3/400.0),
		"roofline":        servedRoof(),
		"fill":            servedFill(),
		"fleet":           servedFleet(),
		"sizes":           servedSizes(),
		"ways":            servedWays(),
		"levers":          servedLevers(),
		"sizes-none":      Sizes(SizeMap{}),
		"roofline-none":   Roofline(Roof{Accelerator: "H100 SXM"}),
		"fleet-none":      FleetDay(nil, 0),
		"ways-none":       Ways(WaysOfServing{}),
		"fill-none":       Fill(FillUse{}),
		"levers-none":     Levers(nil),
		"payback":         servedPayback(),
		"payback-none":    Payback(PaybackPrices{}),
		"decline":         servedDecline(),
		"decline-none":    Decline(FallingPrice{}),
		"routing":         servedRouting(0.1),
		"routing-never":   servedRouting(1.3),
		"routing-none":    Routing(RoutedService{}),
		"texts":           servedTexts(),
		"instead":         contest(),
		"instead-none":    ByQuestions(Contest{}),
		"texts-none":      Texts(nil, 0),
		"thinking":        servedThinking(),
		"thinking-none":   Thinking(nil, "answer tokens"),
	}
}

func pipeline() Pipeline {
	return Pipeline{Kinds: []string{"accelerators", "people"}, Reserve: 30_000, Made: 150, Year: 2027, Stages: []StageUse{
		{Name: "Collecting text", Days: 30, Money: []float64{0, 20_000}, Lo: 10_000, Hi: 40_000, Energy: 1e8},
		{Name: "Training run", Start: 30, Days: 60, Money: []float64{200_000, 50_000}, Lo: 150_000, Hi: 500_000, Energy: 3e11},
		{Name: "Serving", Start: 150, Days: 365, Money: []float64{40_000, 0}, Lo: 20_000, Hi: 80_000, Energy: 5e10},
	}}
}

func inYen() Chart {
	p := pipeline()
	p.In = unit.FindCurrency("jpy")
	return ByStage(p, Cost)
}

// contest has machines at $1,000 a million questions, whole millions.
func contest() Chart {
	return ByQuestions(Contest{Days: 365, Questions: 2e5, Machines: func(q float64) float64 { return 1000 * math.Ceil(q/1e6) }, Rivals: []Rival{
		{Name: "An API", Short: "API", PerQuestion: 2e-3, Paid: 2e-3, Total: 400, BreakEven: math.NaN(), OverRAG: math.NaN()},
		{Name: "Looking things up (RAG), on the API", Short: "RAG", Setup: 10, PerYear: 5, PerQuestion: 3e-3, Paid: 3e-3, LooksUp: true, Total: 615, BreakEven: math.Inf(1), OverRAG: math.NaN()},
		{Name: "Adapters (LoRA)", Short: "LoRA", Setup: 900, PerQuestion: 5e-3, Own: true, Total: 1900, BreakEven: 1.45e6, OverRAG: 628333},
		{Name: "Tuning all weights", Short: "tuning", Setup: 910, PerQuestion: 5e-3, Own: true, Total: 1910, BreakEven: 1.455e6, OverRAG: 631667}}})
}

// Every crossing that the table names has a ring inside the frame, on the line
// that is crossed, whatever the demand of the case.
func TestEveryCrossingIsSeen(t *testing.T) {
	for _, asked := range []float64{1, 2e5, 1e13} {
		rivals := []Rival{
			{Name: "An API", Short: "API", PerQuestion: 2e-3, Paid: 2e-3, BreakEven: math.NaN(), OverRAG: math.NaN()},
			{Name: "Looking things up (RAG)", Short: "RAG", Setup: 10, Paid: 2.5e-3, LooksUp: true, BreakEven: math.Inf(1), OverRAG: math.NaN()},
			{Name: "Adapters (LoRA)", Short: "LoRA", Setup: 4e8, Paid: 1e-3, BreakEven: 4e11, OverRAG: 2.67e11},
			{Name: "A small one", Short: "small", Setup: 10.1, Paid: 1e-3, BreakEven: 1e4, OverRAG: 66},
		}
		c := ByQuestions(Contest{Days: 365, Questions: asked, Rivals: rivals})
		if err := c.Validate(); err != nil {
			t.Fatal(err)
		}
		for i := range rivals {
			for line, at := range map[int]float64{0: rivals[i].BreakEven, 1: rivals[i].OverRAG} {
				if !finite(at) {
					continue
				}
				seen := false
				for _, m := range c.Panels[0].Marks {
					for k := range m.X {
						seen = seen || m.Kind == Dot && m.X[k] == at && m.Y[k] == rivals[line].at(at, 365, 0) && at > c.X.Min && at < c.X.Max
					}
				}
				if !seen {
					t.Errorf("%v asked: %s crosses %s at %v, which is not seen in %v to %v", asked, rivals[i].Short, rivals[line].Short, at, c.X.Min, c.X.Max)
				}
			}
		}
	}
}

func among() Among {
	a := Among{Kind: unit.FLOPs, Name: "this model", Year: 2026.9, V: 3e24, Lo: 2e24, Hi: 4e24, TrendName: "largest runs",
		Known:      []KnownRun{{"GPT-3 175B", 2020.4, 3.14e23, "estimated"}, {"PaLM 540B", 2022.3, 2.56e24, "disclosed"}, {"GPT-4", 2023.2, 2.1e25, "speculative"}},
		Thresholds: []Threshold{{"EU AI Act", 1e25}}}
	for y := 2020.0; y <= 2027; y++ {
		v := 1e24 * math.Pow(5, y-2022)
		a.Trend = append(a.Trend, TrendPoint{y, v, v * 0.7, v * 1.4})
	}
	return a
}

func TestGolden(t *testing.T) {
	for name, c := range cases() {
		t.Run(name, func(t *testing.T) {
			text, err := c.JSON()
			if err != nil {
				t.Fatal(err)
			}
			var pretty any
			if err := json.Unmarshal([]byte(text), &pretty); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name+".json")
			if *update {
				if err := os.WriteFile(file, []byte(text+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if text+"\n" != string(want) {
				t.Errorf("differs from %s; look at it, then run with -update\n%s", file, text)
			}
		})
	}
}

// notANumber finds a number that is none; the name of a host may hold "Inf".
var notANumber = regexp.MustCompile(`(^|[^A-Za-z])(NaN|Inf)`)

// Nothing that a reader sees may show a number that is none, and every number
// of the drawing lies inside its axes.
func TestWordsAndFrames(t *testing.T) {
	for name, c := range cases() {
		text, err := c.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if bad := notANumber.FindString(text + c.CSV()); bad != "" {
			t.Errorf("%s: shows %q", name, bad)
		}
		for _, bad := range []string{"%!", "e+"} {
			if strings.Contains(text+c.CSV(), bad) && bad != "e+" {
				t.Errorf("%s: shows %q", name, bad)
			}
			if strings.Contains(c.Alt+c.Caption, bad) {
				t.Errorf("%s: alt or caption shows %q", name, bad)
			}
		}
		for i, p := range c.Panels {
			for _, m := range p.Marks {
				within := func(axis Axis, f Floats) {
					for _, v := range f {
						if v < axis.Min-1e-9*math.Abs(axis.Max) || v > axis.Max*(1+1e-9) {
							t.Errorf("%s, panel %d, %s: %v outside %v to %v", name, i, m.Kind, v, axis.Min, axis.Max)
						}
					}
				}
				within(c.X, m.X)
				switch m.Kind {
				case Bar, Zone:
					within(c.X, m.Lo)
					within(c.X, m.Hi)
				default:
					within(p.Y, m.Y)
					within(p.Y, m.Lo)
					within(p.Y, m.Hi)
				}
			}
		}
	}
}

func TestAlt(t *testing.T) {
	all := cases()
	for name, want := range map[string][]string{
		"memory":          {"H100 SXM", "weights 12.6 GiB", "50.9 GiB (47 to 56) of 80 GiB"},
		"memory-too-much": {"optimizer 75.4 GiB", "110 GiB of 40 GiB"}, // 12.6+12.6+75.4+8.2+0.7 = 109.5
		"gpus":            {"On 64 GPUs (H100 SXM) the run takes", "perfect scaling would reach", "fewer than 16 GPUs", "Past 1,024"},
		"lifetime-cost":   {"$140,000 once", "passes training on day 190 (120 to 300)"},
		"lifetime-energy": {"62 MWh once", "on year 2.5"}, // 900 days
		"lifetime-never":  {"does not reach it"},
	} {
		for _, w := range want {
			if alt := strings.ReplaceAll(all[name].Alt, "\u00a0", " "); !strings.Contains(alt, w) {
				t.Errorf("%s: %q is not in %q", name, w, alt)
			}
		}
	}
}

// The bars tile the sum, whether thin parts were joined or not, and the table
// names each part.
func TestMemoryBars(t *testing.T) {
	for _, parts := range [][]Part{
		TrainingParts(10*gib, 10*gib, 20*gib, 5*gib, 1*gib),
		TrainingParts(30*gib, 0.1*gib, 0.2*gib, 0.3*gib, 0.1*gib),
		TrainingParts(30*gib, 0.1*gib, 0, 20*gib, 0.1*gib),
		TrainingParts(1e6*gib, 1e6*gib, 6e6*gib, 1, 1),
	} {
		c := Memory(MemoryUse{Accelerator: "X", Capacity: 80 * gib, Parts: parts})
		sum := 0.0
		for _, p := range parts {
			sum += p.Bytes / gib
		}
		at := 0.0
		for _, m := range c.Panels[0].Marks {
			if m.Kind != Bar || m.Hollow {
				continue
			}
			if m.Lo[0] != at {
				t.Errorf("%s begins at %v, not %v", m.Label, m.Lo[0], at)
			}
			at = m.Hi[0]
		}
		if math.Abs(at-sum) > 1e-9*sum {
			t.Errorf("bars end at %v, the sum is %v", at, sum)
		}
		if got, want := len(c.Table().Rows), len(parts)+2; got != want {
			t.Errorf("%d table rows, not %d", got, want)
		}
		if err := c.Validate(); err != nil {
			t.Error(err)
		}
	}
}

func TestValidate(t *testing.T) {
	for want, spoil := range map[string]func(*Chart){
		"no key":              func(c *Chart) { c.Key = "" },
		"alt":                 func(c *Chart) { c.Alt = "" },
		"no panel":            func(c *Chart) { c.Panels = nil },
		"no mark":             func(c *Chart) { c.Panels[0].Marks = nil },
		"is NaN":              func(c *Chart) { m := c.Panels[0].Marks; m[len(m)-1].Y = Floats{math.NaN()} },
		"colour":              func(c *Chart) { c.Panels[0].Marks[0].Color = "#fff" },
		"runs from":           func(c *Chart) { c.X.Max = math.Inf(1) },
		"a log scale from":    func(c *Chart) { c.X.Min = 0 },
		"no such kind":        func(c *Chart) { c.Panels[0].Marks[0].Kind = "pie" },
		"lies outside":        func(c *Chart) { c.X.Ticks[0].At = 1e9 },
		"has 0 numbers":       func(c *Chart) { c.Panels[0].Marks[0].Hi = nil },
		"on a log axis":       func(c *Chart) { c.Panels[0].Marks[0].Lo = Floats{0} },
		"text has 2 entries":  func(c *Chart) { c.Panels[0].Marks[0].Text = []string{"a", "b"} },
		`scale "logarithmic"`: func(c *Chart) { c.Panels[1].Y.Scale = "logarithmic" },
	} {
		c := byGPUs()
		spoil(&c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
		if _, err := c.JSON(); err == nil {
			t.Errorf("%s: JSON of an invalid chart", want)
		}
	}
}

func TestCSV(t *testing.T) {
	for name, c := range cases() {
		r := csv.NewReader(strings.NewReader(c.CSV()))
		r.Comment = '#'
		rows, err := r.ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		table := c.Table()
		if err := table.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(rows) != len(table.Rows)+1 {
			t.Errorf("%s: %d lines for %d rows", name, len(rows), len(table.Rows))
		}
	}
	c := memoryFits()
	plain := c.Table()
	plain.Rows[0][0] = words(`=1+1, "quoted"`)
	c.Table = func() Table { return plain }
	got := strings.SplitN(c.CSV(), "\r\n", 3)
	if got[0] != "part,memory (GiB),share of the card (%)" {
		t.Errorf("heading %q", got[0])
	}
	if want := `"'=1+1, ""quoted""",12.6,15.75`; got[1] != want {
		t.Errorf("%q, not %q", got[1], want)
	}
}

func TestTableValidate(t *testing.T) {
	table := memoryFits().Table()
	table.Rows[2] = table.Rows[2][1:]
	if err := table.Validate(); err == nil {
		t.Error("a short row passes")
	}
	table = memoryFits().Table()
	table.Rows[1][1].Value = math.Inf(1)
	if err := table.Validate(); err == nil {
		t.Error("an infinite cell passes")
	}
}

func TestTicks(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{short(0), "0"}, {short(250000), "250k"}, {short(1.5e6), "1.5M"}, {short(999), "999"}, {shortDollars(2e9), "$2B"},
		{grouped(1048576), "1,048,576"}, {grouped(-1234.5), "-1,234.5"},
	} {
		if c.got != c.want {
			t.Errorf("%q, not %q", c.got, c.want)
		}
	}
}

func TestAxes(t *testing.T) {
	a := linear(250000, 4, short)
	if a.Max != 300000 || len(a.Ticks) != 4 {
		t.Errorf("to %v with %d ticks", a.Max, len(a.Ticks))
	}
	if s := linear(0.5, 5, grouped); s.Ticks[3].Text != "0.3" {
		t.Errorf("%v", s.Ticks)
	}
	d := doubling(8, 2048)
	if len(d.Ticks) != 9 || d.Ticks[0].At != 8 || d.Ticks[8].Text != "2,048" {
		t.Errorf("%v", d.Ticks)
	}
	l := logarithmic(0.9, 110, grouped)
	if len(l.Ticks) != 7 || !l.Ticks[0].Major { // 1 2 5 10 20 50 100
		t.Errorf("%v", l.Ticks)
	}
}

// BenchmarkJSON is what one redraw costs on this side: 200 points a curve.
func BenchmarkJSON(b *testing.B) {
	s := GPUSweep{Accelerator: "H100 SXM", Now: sweep(64), Fits: 16, Thin: 1024}
	for i := range 200 {
		s.Points = append(s.Points, sweep(8*math.Exp2(float64(i)/25)))
	}
	for b.Loop() {
		c := ByGPUs(s)
		if _, err := c.JSON(); err != nil {
			b.Fatal(err)
		}
	}
}

// A crossing within the first days is named as the sentence names it: beside
// "54.4 min", "day 1" is another figure.
func TestAnEarlyCrossingIsNamedInItsOwnUnit(t *testing.T) {
	c := overTime(Cost, 54.4/1440, 1)
	var dot Mark
	for _, m := range c.Panels[0].Marks {
		if m.Kind == Dot {
			dot = m
		}
	}
	for _, s := range []string{strings.Join(dot.Text, ""), c.Caption, c.Alt} {
		if s = strings.ReplaceAll(s, "\u00a0", " "); !strings.Contains(s, "54.4 min") || strings.Contains(s, "day 1") {
			t.Errorf("%q", s)
		}
	}
}

func TestAListPriceIsNotCalledTheReaders(t *testing.T) {
	b := PaybackPrices{Now: PaybackPoint{1, 120}, BreakEven: 0.6, Horizon: 365, Points: []PaybackPoint{{0.8, 200}, {2, 45}}}
	yours := Payback(b)
	b.Listed = true
	listed := Payback(b)
	if !strings.Contains(yours.Caption, "At your price of $1") || !strings.Contains(listed.Caption, "At the list price of $1") || strings.Contains(listed.Caption, "your") {
		t.Errorf("%q\n%q", yours.Caption, listed.Caption)
	}
}
