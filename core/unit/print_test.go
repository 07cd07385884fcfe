package unit

import (
	"math"
	"strings"
	"testing"
)

func TestShort(t *testing.T) {
	for _, c := range []struct {
		kind Kind
		v    float64
		want string // with plain blanks
	}{
		{ParamCount, 6738415616, "6.74 B"}, {ParamCount, 7e9, "7 B"}, {ParamCount, 124e6, "124 M"}, {ParamCount, 999.6e6, "1 B"}, {ParamCount, 999.4e6, "999 M"}, {ParamCount, 1.8e12, "1.8 T"}, {ParamCount, 512, "512"}, {ParamCount, 3e20, "3 × 10²⁰"},
		{TokenCount, 2e12, "2 T"}, {TokenCount, 15.6e12, "15.6 T"}, {TokenCount, 4096, "4,096"}, {TokenCount, 131072, "131,072"}, {TokenCount, 999999, "999,999"}, {TokenCount, 999999.6, "1 M"}, {TokenCount, 1, "1"},
		{Count, 16384, "16,384"}, {Count, 999.6, "1,000"}, {Count, 1024, "1,024"}, {Count, 12345678, "12.3 million"}, {Count, 38.73, "38.7"}, {Count, 0, "0"},
		{DayCount, 36, "36 days"}, {DayCount, 1, "1 day"}, {DayCount, 35.96, "36 days"}, {DayCount, .5167, "12.4 hours"}, {DayCount, 1.0 / 24, "1 hour"}, {DayCount, 800, "2.19 years"}, {DayCount, 0, "0 days"}, {DayCount, 1e-5, "864 ms"},
		{Time, 59.98, "1 min"}, {Time, 59.9, "59.9 s"}, {Time, 3599, "1 hour"}, {Time, 3580, "59.7 min"}, {Time, 3599.9, "1 hour"}, {Time, 44640, "12.4 hours"}, {Time, 172800, "2 days"}, {Time, .0314, "31.4 ms"}, {Time, 25e-6, "25 µs"}, {Time, 0, "0 s"},
		{HourCount, 12.4, "12.4 hours"}, {HourCount, 1, "1 hour"}, {GPUHourCount, 1720320, "1.72 million GPU-hours"}, {GPUHourCount, 30840, "30,800 GPU-hours"}, {GPUHourCount, 1, "1 GPU-hour"},
		{Money, 140e3, "$140,000"}, {Money, 2.4e6, "$2.4 million"}, {Money, 2.5, "$2.50"}, {Money, 2, "$2"}, {Money, .0031, "$0.0031"}, {Money, 999.6e6, "$1 billion"}, {Money, -5, "−$5"}, {Money, 999999, "$1 million"}, {Money, 0, "$0"},
		{USDPerGPUHour, 2.5, "$2.50/GPU-hour"}, {USDPerMTok, .42, "$0.42/Mtok"}, {USDPerKWh, .083, "$0.083/kWh"},
		{Energy, 62e6 * 3600, "62 MWh"}, {Energy, 1287 * 3.6e9, "1,290 MWh"}, {Energy, 12870 * 3.6e9, "12.9 GWh"}, {Energy, 999.6 * 3600, "1 kWh"}, {Energy, .3 * 3600, "0.3 Wh"}, {Energy, 12, "12 J"},
		{ByteCount, 52.1 * (1 << 30), "52.1 GiB"}, {ByteCount, 80e9, "74.5 GiB"}, {ByteCount, 1 << 40, "1 TiB"}, {ByteCount, 1010 << 30, "1,010 GiB"}, {ByteCount, 1023.7 * (1 << 30), "1 TiB"}, {ByteCount, 1013 << 30, "1,013 GiB"}, {ByteCount, 512, "512 B"}, {ByteCount, 1000, "1,000 B"},
		{ByteRate, 900e9, "900 GB/s"}, {ByteRate, 3.35e12, "3.35 TB/s"}, {ByteRate, 999.6e9, "1 TB/s"}, {BytesPerToken, 327680, "320 KiB/token"}, {BytesPerParam, 16, "16 bytes/param"},
		{FLOPs, 3.14e23, "3.14 × 10²³ FLOP"}, {FLOPs, 9.996e22, "1 × 10²³ FLOP"}, {FLOPs, 1000, "1,000 FLOP"}, {FLOPRate, 989e12, "989 TFLOP/s"}, {FLOPRate, 1.979e15, "1.98 PFLOP/s"}, {FLOPPerToken, 4.04e10, "4.04 × 10¹⁰ FLOP/token"},
		{Fraction, .41, "41 %"}, {Fraction, .4134, "41.3 %"}, {Fraction, 1, "100 %"}, {Fraction, .9996, "100 %"}, {Fraction, .0007, "0.07 %"}, {Fraction, -.05, "−5 %"}, {Fraction, 0, "0 %"},
		{Power, 700, "700 W"}, {Power, 10200, "10.2 kW"}, {KgPerKWh, .429, "429 g/kWh"}, {KgPerKWh, 1.2, "1.2 kg/kWh"}, {Carbon, 539e3, "539 t CO₂e"}, {Carbon, 12, "12 kg CO₂e"}, {Volume, 3.5e6, "3.5 million L"}, {Volume, 700, "700 L"},
		{Loss, 1.937, "1.94 nats/token"}, {TokenRate, 1234, "1,230 tokens/s"}, {PerDay, 2e6, "2 million per day"}, {Year, 2026, "2026"}, {TokensPerParam, 20, "20 tokens/param"}, {WhPerMTok, 390, "390 Wh/Mtok"},
		{None, .42, "0.42"}, {None, 1234, "1,230"}, {None, 8.1e22, "8.1 × 10²²"}, {None, 4.2e-5, "4.2 × 10⁻⁵"}, {None, .00123, "0.00123"}, {None, math.NaN(), "not known"}, {None, math.Inf(-1), "−∞"}, {None, math.Copysign(0, -1), "0"},
	} {
		if got := plainSpaces(Short(c.kind, c.v)); got != c.want {
			t.Errorf("Short(%d, %v) = %q, want %q", c.kind, c.v, got, c.want)
		}
	}
}

func TestWords(t *testing.T) {
	for _, c := range []struct {
		kind Kind
		v    float64
		want string
	}{
		{TokenCount, 2e12, "2 trillion tokens"}, {ParamCount, 7e9, "7 billion parameters"}, {TokenCount, 1, "1 token"}, {TokenCount, 1e9, "1 billion tokens"}, {TokenCount, 4096, "4,096 tokens"}, {Money, 2.4e6, "$2.4 million"}, {USDPerGPUHour, 2.5, "$2.50 per GPU-hour"},
		{USDPerMTok, .42, "$0.42 per million tokens"}, {KgPerKWh, .429, "429 g of CO₂e per kWh"}, {BytesPerToken, 327680, "320 KiB per token"}, {TokenRate, 90, "90 tokens per second"}, {DayCount, 36, "36 days"}, {WhPerMTok, 390, "390 Wh per million tokens"},
		{ParamCount, math.NaN(), "not known"},
	} {
		if got := plainSpaces(Words(c.kind, c.v)); got != c.want {
			t.Errorf("Words(%d, %v) = %q, want %q", c.kind, c.v, got, c.want)
		}
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct {
		kind        Kind
		r           Range
		value, span string
	}{
		{DayCount, Range{36, 31, 43}, "36 days", "31 to 43"}, {DayCount, Exact(36), "36 days", ""}, {DayCount, Range{36, 35.99, 36.01}, "36 days", ""},
		{Money, Range{2.4e6, 1.9e6, 2.8e6}, "$2.4 million", "$1.9 to $2.8 million"}, {Money, Range{1.1e6, .9e6, 1.3e6}, "$1.1 million", "$0.9 to $1.3 million"}, {Money, Range{140e3, 120e3, 170e3}, "$140,000", "$120,000 to $170,000"},
		{ParamCount, Range{6.74e9, 6e9, 7e9}, "6.74 B", "6 to 7 B"}, {FLOPs, Range{1.1e23, 9e22, 1.3e23}, "1.1 × 10²³ FLOP", "0.9 to 1.3 × 10²³"}, {Fraction, Range{.41, .35, .47}, "41 %", "35 to 47"},
		{ByteCount, Range{52.1 * (1 << 30), 48 << 30, 56 << 30}, "52.1 GiB", "48 to 56"}, {Time, Range{1, 1e-4, 1e6}, "1 s", "up to 11.6 days"}, {KgPerKWh, Range{.429, .3, .5}, "429 g/kWh", "300 to 500"}, {Energy, Range{62 * 3.6e9, 0, 70 * 3.6e9}, "62 MWh", "0 to 70"},
		// Many orders of magnitude: the unit once, or the upper end alone.
		{Volume, Range{462_000, 0.462, 3.04e6}, "462,000 L", "up to 3.04 million L"}, {Volume, Range{462_000, 47_000, 3.04e6}, "462,000 L", "47,000 to 3.04 million L"}, {Volume, Range{4_620, 46, 3.04e6}, "4,620 L", "46 L to 3.04 million L"},
		{Money, Range{5e5, 0.4, 2e6}, "$500,000", "up to $2 million"}, {Carbon, Range{1e4, 1e-3, 2e4}, "10 t CO₂e", "up to 20 t CO₂e"}, {Volume, Range{500, 0.6, 900}, "500 L", "0.6 to 900"},
	} {
		v, s := Text(c.kind, c.r)
		if v, s = plainSpaces(v), plainSpaces(s); v != c.value || s != c.span {
			t.Errorf("Text(%d, %v) = %q, %q, want %q, %q", c.kind, c.r, v, s, c.value, c.span)
		}
	}
}

func TestExactText(t *testing.T) {
	for _, c := range []struct {
		kind Kind
		v    float64
		want string
	}{
		{ParamCount, 6738415616, "6,738,415,616"}, {ParamCount, 7e9, "7 B"}, {TokenCount, 2e12, "2 T"}, {TokenCount, 4096, "4,096"}, {ByteCount, 16 << 30, "16 GiB"}, {ByteCount, 80e9, "80 GB"}, {Fraction, .4, "40 %"}, {Fraction, .07, "7 %"},
		{FLOPs, 3.14e23, "314 ZFLOP"}, {Time, 86400 * 36, "36 days"}, {DayCount, 30, "30 days"}, {DayCount, .5, "12 hours"}, {Money, 2.4e6, "$2.4 million"}, {Money, 140e3, "$140,000"}, {USDPerGPUHour, 2.5, "$2.5"}, {Energy, 1287 * 3.6e9, "1,287 MWh"}, {KgPerKWh, .429, "429 g/kWh"},
		{Year, 2026, "2026"}, {Count, 0, "0"}, {None, -1.5, "-1.5"}, {Carbon, 539e3, "539 t"}, {FLOPRate, 989e12, "989 TFLOP/s"}, {GPUHourCount, 1, "1 GPU-hour"},
	} {
		if got := ExactText(c.kind, c.v); got != c.want {
			t.Errorf("ExactText(%d, %v) = %q, want %q", c.kind, c.v, got, c.want)
		}
	}
}

func TestPlain(t *testing.T) {
	for _, c := range []struct {
		v    float64
		want string
	}{
		{8.1e22, "8.1 × 10²²"}, {.42, "0.42"}, {86400, "86,400"}, {989e12, "9.89 × 10¹⁴"}, {6738415616, "6.738 × 10⁹"}, {131072, "131,072"}, {1e6, "1 × 10⁶"}, {-2.5, "−2.5"}, {.00012345, "1.234 × 10⁻⁴"}, {0, "0"}, {1234.567, "1,235"}, {477251.16, "477,251"}, {999999.4, "999,999"}, {999999.9, "1 × 10⁶"},
	} {
		if got := plainSpaces(Plain(c.v)); got != c.want {
			t.Errorf("Plain(%v) = %q, want %q", c.v, got, c.want)
		}
	}
}

// What Short prints reads back as the same number within its last figure.
func TestShortReadsBack(t *testing.T) {
	for k := None; k < kinds; k++ {
		for e := -12; e <= 26; e++ {
			for _, m := range []float64{1, 1.234, 2, 3.5, 9.994, 9.996, 9.9999} {
				v := m * math.Pow(10, float64(e))
				if k == Year || k == Fraction && v > 1 {
					continue
				}
				for _, s := range []string{Short(k, v), Words(k, v)} {
					r, p := ParseRange(k, s)
					if p != nil {
						t.Errorf("kind %d: %q (%v): %v", k, s, v, p)
					} else if math.Abs(r.V-v) > .00501*v {
						t.Errorf("kind %d: %v printed as %q, which reads %v", k, v, s, r.V)
					}
					if strings.Contains(s, "1,000,000") {
						t.Errorf("kind %d: %v printed as %q", k, v, s)
					}
				}
			}
		}
	}
}

func TestEveryKindHasItsTables(t *testing.T) {
	for k := None; k < kinds; k++ {
		if len(ladders[k]) == 0 || allowed[k] == "" || of[k] == "" {
			t.Errorf("kind %d lacks a table", k)
		}
		if k.Name() == "1" || k.Name() == "count" || k.Name() == "year" {
			continue
		}
		// The unit that reports and labels print can be typed.
		r, p := ParseRange(k, "2 "+k.Name())
		if p != nil || r.V != 2*k.JSONScale() {
			t.Errorf("kind %d: 2 %s reads %v, %v", k, k.Name(), r.V, p)
		}
		before, after := k.Affix()
		if r, p := ParseRange(k, before+"2"+after); p != nil || r.V != 2 || before+after == "" {
			t.Errorf("kind %d: %s2%s reads %v, %v", k, before, after, r.V, p)
		}
	}
}

// parse(print(x)) = x, to the last bit, for every kind.
func FuzzExact(f *testing.F) {
	for _, v := range []float64{0, 1, .1, 1.0 / 3, 86400, 1 << 30, 1e23, 5e-324, math.MaxFloat64, -7.25, 999999.5, 1024 * 1e9} {
		for k := None; k < kinds; k++ {
			f.Add(uint8(k), v)
		}
	}
	f.Fuzz(func(t *testing.T, k uint8, v float64) {
		kind := Kind(k) % kinds
		s := ExactText(kind, v)
		Short(kind, v)
		Words(kind, v)
		Text(kind, Range{v, v - 1, v + 1})
		Plain(v)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return
		}
		r, p := ParseRange(kind, s)
		if p != nil || r.V != v {
			t.Fatalf("kind %d: %v printed %q, read back %v, %v", kind, v, s, r.V, p)
		}
	})
}

// The same size of number is written the same way whatever it counts.
func TestLargeNumbersAreInWords(t *testing.T) {
	const year = 365.25 * 86400
	for _, c := range []struct {
		kind Kind
		v    float64
		want string
	}{
		{None, 1.8e8, "180 million"}, {None, 999_600, "1 million"}, {None, 999_400, "999,000"}, {None, 2.5e12, "2.5 trillion"}, {None, 3e15, "3 × 10¹⁵"}, {None, -4e6, "−4 million"},
		{DayCount, 724e3 * year / 86400, "724,000 years"}, {DayCount, 1.16e6 * year / 86400, "1.16 million years"}, {Time, 3e9 * year, "3 billion years"},
	} {
		if got := plainSpaces(Short(c.kind, c.v)); got != c.want {
			t.Errorf("Short(%d, %v) = %q, want %q", c.kind, c.v, got, c.want)
		}
	}
	for _, c := range []struct {
		r    Range
		want string
	}{{Range{8.13e3 * 3.6e9, 3.78e3 * 3.6e9, 12.1e3 * 3.6e9}, "3,780 to 12,100"}, {Range{62 * 3.6e9, 50 * 3.6e9, 70 * 3.6e9}, "50 to 70"}} {
		if _, got := Text(Energy, c.r); got != c.want {
			t.Errorf("%v: %q, want %q", c.r, got, c.want)
		}
	}
}
