package unit

import (
	"math"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		kind Kind
		text string
		want float64
	}{
		{ParamCount, "7B", 7e9}, {ParamCount, "7 B", 7e9}, {ParamCount, "7b", 7e9}, {ParamCount, "6.74e9", 6.74e9}, {ParamCount, "6.74 B", 6.74e9},
		{ParamCount, "7 billion parameters", 7e9}, {ParamCount, "7B params", 7e9}, {ParamCount, "125M", 125e6}, {ParamCount, "1.8T", 1.8e12},
		{TokenCount, "2T", 2e12}, {TokenCount, "2 trillion", 2e12}, {TokenCount, "2 trillion tokens", 2e12}, {TokenCount, "300 Btokens", 300e9}, {TokenCount, "4k", 4000},
		{Count, "1,000", 1000}, {Count, "1 000", 1000}, {Count, "1\u202f000\u00a0000", 1e6}, {Count, "1'000", 1000}, {Count, "1_000_000", 1e6}, {Count, "4k", 4000}, {Count, "+64", 64},
		{Count, "10^3", 1000}, {Count, "10³", 1000}, {Count, "1.5 million", 1.5e6},
		{None, ".5", .5}, {None, "5.", 5}, {None, "-3", -3}, {None, "−3", -3}, {None, "1e-9", 1e-9}, {None, "1,234.5", 1234.5}, {None, "3.14 × 10²³", 3.14e23}, {None, "3.14 x 10^-5", 3.14e-5}, {None, "4.2 × 10⁻⁵", 4.2e-5},
		{Fraction, "40 %", .4}, {Fraction, "40%", .4}, {Fraction, "0.4", .4}, {Fraction, "7 %", .07}, {Fraction, "1", 1}, {Fraction, "0", 0}, {Fraction, "40 percent", .4}, {Fraction, "40 per cent", .4},
		{Money, "$2.50", 2.5}, {Money, "USD 2", 2}, {Money, "2 USD", 2}, {Money, "$2.4M", 2.4e6}, {Money, "$ 2.4 million", 2.4e6}, {Money, "2.4 million dollars", 2.4e6}, {Money, "$140,000", 140000}, {Money, "-$5", -5}, {Money, "$-5", -5},
		{USDPerGPUHour, "2.50 $/h", 2.5}, {USDPerGPUHour, "$2.50", 2.5}, {USDPerGPUHour, "$2.50/GPU-hour", 2.5}, {USDPerGPUHour, "$2 per GPU hour", 2}, {USDPerGPUHour, "2.5", 2.5}, {USDPerGPUHour, "$1.99/hr", 1.99},
		{USDPerMTok, "$0.42/Mtok", .42}, {USDPerMTok, "$3 per million tokens", 3}, {USDPerMTok, "$15 / 1M tokens", 15}, {USDPerMTok, "$0.002/1k tokens", 2},
		{USDPerKWh, "8 ¢/kWh", .08}, {USDPerKWh, "$0.083/kWh", .083}, {USDPerKWh, "$40/MWh", .04},
		{ByteCount, "16 GiB", 16 << 30}, {ByteCount, "80GB", 80e9}, {ByteCount, "80gb", 80e9}, {ByteCount, "85.5e9 B", 85.5e9}, {ByteCount, "80", 80 << 30}, {ByteCount, "1.5 TiB", 1.5 * (1 << 40)}, {ByteCount, "512 bytes", 512}, {ByteCount, "40 kB", 40e3},
		{ByteRate, "900 GB/s", 900e9}, {ByteRate, "3.35 TB/s", 3.35e12}, {ByteRate, "400 Gb/s", 50e9}, {ByteRate, "400 Gbit/s", 50e9}, {ByteRate, "400 Gbps", 50e9}, {ByteRate, "50 GBps", 50e9}, {ByteRate, "900", 900e9}, {ByteRate, "2 GiB/s", 2 << 30},
		{BytesPerToken, "320 KiB/token", 320 << 10}, {BytesPerToken, "327,680 B per token", 327680},
		{FLOPRate, "989 TFLOP/s", 989e12}, {FLOPRate, "989 TFLOPS", 989e12}, {FLOPRate, "989 TFLOPs", 989e12}, {FLOPRate, "1.979 PFLOPS", 1.979e15}, {FLOPRate, "989 teraflops", 989e12}, {FLOPRate, "5EFLOP/s", 5e18},
		{FLOPs, "3.14e23 FLOP", 3.14e23}, {FLOPs, "3.14 × 10²³ FLOP", 3.14e23}, {FLOPs, "314 ZFLOP", 3.14e23}, {FLOPs, "2.5e25", 2.5e25},
		// One petaflop/s-day is 1e15 × 86,400 = 8.64e19 FLOP; GPT-3 took 3640 (Brown et al. 2020, table D.1).
		{FLOPs, "3640 PF-days", 3640 * 8.64e19}, {FLOPs, "3640 petaflop/s-days", 3640 * 8.64e19}, {FLOPs, "1 PFLOP/s-day", 8.64e19},
		{DayCount, "30 days", 30}, {DayCount, "30d", 30}, {DayCount, "2 weeks", 14}, {DayCount, "1.5 months", 45.66}, {DayCount, "12 h", .5}, {DayCount, "30", 30}, {DayCount, "1 year", 365.25}, {DayCount, "90 min", .0625},
		{Time, "12 h", 43200}, {Time, "45 min", 2700}, {Time, "30 ms", .03}, {Time, "250 µs", 250e-6}, {Time, "250 μs", 250e-6}, {Time, "2 days", 172800}, {Time, "2.5", 2.5},
		{HourCount, "12 h", 12}, {HourCount, "45 min", .75}, {HourCount, "2 weeks", 336},
		{GPUHourCount, "1.72 million GPU-hours", 1.72e6}, {GPUHourCount, "2.79M GPU hours", 2.79e6}, {GPUHourCount, "10 GPU-days", 240},
		{Power, "700 W", 700}, {Power, "1.2 kW", 1200}, {Power, "150 MW", 150e6},
		{Energy, "1,287 MWh", 1287 * 3.6e9}, {Energy, "1287", 1287 * 3.6e9}, {Energy, "2 kWh", 7.2e6}, {Energy, "5 GJ", 5e9}, {Energy, "2 kilowatt-hours", 7.2e6},
		{KgPerKWh, "429 g/kWh", .429}, {KgPerKWh, "0.429 kg/kWh", .429}, {KgPerKWh, "429 gCO2e/kWh", .429}, {KgPerKWh, "429 g CO₂e per kWh", .429}, {KgPerKWh, "0.429", .429},
		{Carbon, "539 t CO₂e", 539e3}, {Carbon, "539 tCO2eq", 539e3}, {Carbon, "552 tonnes", 552e3}, {Carbon, "20 kg", 20}, {Carbon, "5", 5e3},
		{Volume, "700 m³", 700e3}, {Volume, "5 L", 5}, {Volume, "3.5 million litres", 3.5e6},
		{Loss, "1.94 nats/token", 1.94}, {PerDay, "2M per day", 2e6}, {PerDay, "1000/h", 24000}, {Year, "2026", 2026}, {TokenRate, "1.2k tok/s", 1200}, {TokenRate, "90 tokens per second", 90},
		{WhPerMTok, "390 Wh/Mtok", 390}, {WhPerMTok, "3.6 J/token", 1000}, {TokensPerParam, "20 tokens/param", 20}, {BytesPerParam, "16 bytes per parameter", 16}, {FLOPPerToken, "41 GFLOP/token", 41e9},
	} {
		r, p := ParseRange(c.kind, c.text)
		if p != nil {
			t.Errorf("%d %q: %v", c.kind, c.text, p)
		} else if math.Abs(r.V-c.want) > 1e-15*math.Abs(c.want) || !r.IsExact() {
			t.Errorf("%d %q = %v, want %v", c.kind, c.text, r, c.want)
		}
	}
}

func TestParseRanges(t *testing.T) {
	for _, c := range []struct {
		kind      Kind
		text      string
		v, lo, hi float64
	}{
		{None, "30 to 50", 40, 30, 50}, {None, "30-50", 40, 30, 50}, {None, "30 – 50", 40, 30, 50}, {None, "30..50", 40, 30, 50}, {None, "-5 - -3", -4, -5, -3}, {None, "40 +- 5", 40, 35, 45}, {None, "40 ± 10 %", 40, 36, 44}, {None, "40±5", 40, 35, 45},
		{Fraction, "30 to 50 %", .4, .3, .5}, {Fraction, "30-50%", .4, .3, .5}, {Fraction, "40 ± 10 %", .4, .3, .5}, {Fraction, "0.3 to 0.5", .4, .3, .5}, {Fraction, "40 % ± 5 %", .4, .35, .45},
		{DayCount, "20 to 45 days", 30, 20, 45}, {DayCount, "20 days to 45", 30, 20, 45}, {DayCount, "20 days – 45 days", 30, 20, 45}, {DayCount, "36 days (31 to 43)", 36, 31, 43}, {DayCount, "0 to 4 days", 2, 0, 4}, {DayCount, "12 h to 2 d", 1, .5, 2},
		{ParamCount, "4 to 9B", 6e9, 4e9, 9e9}, {ParamCount, "4B to 9", 6e9, 4e9, 9e9}, {TokenCount, "250k to 1M", .5e6, 250e3, 1e6}, {TokenCount, "250000 to 1M", .5e6, 250e3, 1e6}, {TokenCount, "250k to 1000000", .5e6, 250e3, 1e6},
		{Money, "$1 to $4 million", 2e6, 1e6, 4e6}, {Money, "$1M-4M", 2e6, 1e6, 4e6}, {Money, "$1M-$4M", 2e6, 1e6, 4e6}, {Money, "$1 to 4", 2, 1, 4}, {Money, "$2.4M ± 0.4M", 2.4e6, 2e6, 2.8e6}, {Money, "$2.4M ± 10 %", 2.4e6, 2.16e6, 2.64e6},
		{ByteCount, "16 to 64 GiB", 32 << 30, 16 << 30, 64 << 30}, {GPUHourCount, "1 to 4 million GPU-hours", 2e6, 1e6, 4e6}, {USDPerGPUHour, "$2 to $8/h", 4, 2, 8},
	} {
		r, p := ParseRange(c.kind, c.text)
		if p != nil {
			t.Errorf("%d %q: %v", c.kind, c.text, p)
			continue
		}
		for _, x := range [][2]float64{{r.V, c.v}, {r.Lo, c.lo}, {r.Hi, c.hi}} {
			if math.Abs(x[0]-x[1]) > 1e-14*math.Abs(x[1]) {
				t.Errorf("%d %q = %v, want %v", c.kind, c.text, r, Range{c.v, c.lo, c.hi})
				break
			}
		}
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		kind Kind
		text string
		says string
	}{
		{Count, "", "is empty"}, {Count, " \u00a0 ", "is empty"}, {Count, "NaN", "not a number"}, {Count, "Inf", "not a number"}, {Count, "-Inf", "not a number"}, {Count, "1e400", "too large"}, {None, "1e-400", "too small"}, {None, "1e99999999999", "too large"},
		{Count, "0x1F", "not a decimal"}, {Count, "7 bananas", "not known"}, {Count, strings.Repeat("1", 101), "too long"}, {Count, "50 to 30", "lower end above"}, {Count, "4Ki", "not known"},
		{Count, "1,5", "write 1.5"}, {Count, "1.234,5", "write 1234.5"}, {Count, "1 234,5", "write 1234.5"}, {Count, "0,429", "write 0.429"}, {Count, ",5", "write 0.5"}, {Count, "1.000.000", "write 1000000"}, {Count, "1,00,000", "not clear"}, {Count, "12,3456", "decimal comma"}, {Count, "30 50", "two numbers"}, {Count, "1,000 000", "mixes"},
		{Fraction, "40", "write 40 % or 0.4"}, {Fraction, "250", "more than the whole"}, {Fraction, "30 to 50", "write 30 % or 0.3"},
		{DayCount, "16 GiB", "an amount of memory, not a time"}, {ByteCount, "30 days", "GiB"}, {FLOPs, "989 TFLOP/s", "a computing speed"}, {ByteCount, "80 G", "GiB"}, {ByteCount, "80 Gb", "in bits"}, {ByteRate, "400 gb/s", "bits or bytes"}, {Time, "5 m", "minutes or months"}, {Money, "€5", "not a number"}, {Money, "5 €", "another currency"}, {Energy, "5 mWh", "not known"}, {Carbon, "5 mt", "not known"},
		{Count, "30 to", "not a number"}, {Count, "to 30", "not a number"}, {Count, "30 to 40 to 50", "not clear"}, {Count, "40 ± -5", "negative margin"}, {Count, "36 (31 to 43", "not clear"}, {Count, "36 (40 to 43)", "outside its own range"}, {Count, "5)", "not clear"}, {Count, "--5", "not a number"},
		{USDPerGPUHour, "5 kW", "a power, not a price per hour"}, {Count, "$5", "an amount of money"},
	} {
		r, p := ParseRange(c.kind, c.text)
		if p == nil {
			t.Errorf("%d %q = %v, want a problem that says %q", c.kind, c.text, r, c.says)
		} else if !strings.Contains(p.Error(), c.says) {
			t.Errorf("%d %q: %v\nwant it to say %q", c.kind, c.text, p, c.says)
		}
	}
}

func TestFieldLimits(t *testing.T) {
	gpus := Field{Name: "GPUs", Key: "gpus", Kind: Count, Min: 1, Max: 1e7, Example: "64", Whole: true}
	price := Field{Name: "Price", Kind: USDPerGPUHour, MinOpen: true, Example: "$2.50"}
	mfu := Field{Name: "MFU", Kind: Fraction, MinOpen: true}
	for _, c := range []struct {
		f    Field
		text string
		v    float64
		says string
	}{
		{gpus, "1024", 1024, ""}, {gpus, "1,024 GPUs", 1024, ""}, {gpus, "1 gpu", 1, ""}, {gpus, "30 to 50", 39, ""}, {gpus, "64 ± 10 %", 64, ""}, {gpus, "10M", 1e7, ""},
		{gpus, "0", 0, "GPUs: “0” is too small; allowed: 1 to 10 million; try 64."}, {gpus, "-4", 0, "too small"}, {gpus, "1e8", 0, "too large"}, {gpus, "1.5", 0, "not a whole number"}, {gpus, "30.5 to 50", 0, "not a whole number"}, {gpus, "64 layers", 0, "not known"},
		{price, "0", 0, "more than 0; try $2.50"}, {price, "$2", 2, ""}, {mfu, "150 %", 0, "more than 0, at most 100 %"}, {mfu, "40 %", .4, ""}, {mfu, "90 ± 20 %", 0, "too large"},
	} {
		r, p := c.f.Parse(c.text)
		switch {
		case c.says == "" && p != nil:
			t.Errorf("%s %q: %v", c.f.Name, c.text, p)
		case c.says == "" && (r.V != c.v || r.Lo > r.V || r.V > r.Hi):
			t.Errorf("%s %q = %v, want %v", c.f.Name, c.text, r, c.v)
		case c.says != "" && p == nil:
			t.Errorf("%s %q = %v, want %q", c.f.Name, c.text, r, c.says)
		case c.says != "" && !strings.Contains(p.Error(), c.says):
			t.Errorf("%s %q: %v\nwant %q", c.f.Name, c.text, p, c.says)
		}
	}
	if p := gpus.Check(Range{math.NaN(), 1, 2}, "NaN"); p == nil || p.Field != "GPUs" {
		t.Errorf("Check(NaN) = %v", p)
	}
	if p := gpus.Check(Exact(64), "64"); p != nil {
		t.Errorf("Check(64) = %v", p)
	}
}

// Whatever is typed, the answer is a finite ordered range or a sentence.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"7B", "1,000", "30 to 50 %", "40 ± 10 %", "$2.50/h", "3.14 × 10²³ FLOP", "36 days (31 to 43)", "0x1F", "1.234,5", "10^", "1e", "- -", "..", "\xff", "USD", "²", "1 000 to 2T", "€5"} {
		for k := None; k < kinds; k += 5 {
			f.Add(uint8(k), s)
		}
	}
	f.Fuzz(func(t *testing.T, k uint8, text string) {
		kind := Kind(k) % kinds
		r, p := ParseRange(kind, text)
		if p != nil {
			if p.Wrong == "" || p.Error() == "" {
				t.Fatalf("%q: a problem that says nothing", text)
			}
			return
		}
		if !finite(r.V) || !finite(r.Lo) || !finite(r.Hi) || r.Lo > r.V || r.V > r.Hi {
			t.Fatalf("%q gives %v", text, r)
		}
		back, p := ParseRange(kind, ExactRange(kind, r))
		if p != nil || back != r {
			t.Fatalf("%q gives %v; printed %q, read back %v, %v", text, r, ExactRange(kind, r), back, p)
		}
		Field{Name: "GPUs", Kind: kind, Min: 1, Max: 100, Whole: true}.Parse(text)
	})
}

// Every refusal says what is allowed; next to nothing is no quantity, none is.
func TestARefusalSaysWhatIsAllowed(t *testing.T) {
	people := Field{Name: "People", Kind: Count, Max: 1e11, Least: 1, Example: "10,000"}
	price := Field{Name: "Price", Kind: USDPerGPUHour, Max: 1e5, Example: "2.50"}
	for _, c := range []struct {
		f          Field
		text, want string
	}{
		{people, "1e-300", "0, or 1 to 100 billion"}, {people, "0.5", "0, or 1 to 100 billion"}, {people, "0 to 0.2", "0, or 1 to 100 billion"},
		{price, "1e-300", "0, or "}, {people, "1e999", "0 to 100 billion"}, {people, strings.Repeat("9", 10000), "0 to 100 billion"}, {price, "1e999", "0 to "},
	} {
		if _, p := c.f.Parse(c.text); p == nil || !strings.Contains(plainSpaces(p.Error()), "allowed: "+c.want) {
			t.Errorf("%s %.20q: %v", c.f.Name, c.text, p)
		}
	}
	for _, ok := range []string{"0", "1", "0 to 5"} {
		if _, p := people.Parse(ok); p != nil {
			t.Errorf("%s: %v", ok, p)
		}
	}
}
