package unit

import "strings"

// A spelling is one way to write a unit of a kind. A number n beside it means
// n × 10^pow × mul / div in the kind's base unit: the power of ten goes into
// the decimal text before it is converted, so that "6.74 B" is exactly 6.74e9.
type spelling struct {
	text     string // as folded writes it
	pow      int
	mul, div float64 // 0 means 1
	prefix   prefixes
}

type prefixes uint8

const (
	noPrefix prefixes = iota
	decimal           // k M G T P E Z Y before the text, or kilo ... yotta
	binary            // Ki Mi Gi Ti Pi Ei before the text
)

var decimalPrefix = []struct {
	letter, word string
	pow          int
}{
	{"k", "kilo", 3}, {"M", "mega", 6}, {"G", "giga", 9}, {"T", "tera", 12},
	{"P", "peta", 15}, {"E", "exa", 18}, {"Z", "zetta", 21}, {"Y", "yotta", 24},
}

var binaryPrefix = []struct {
	letter string
	factor float64
}{
	{"Ki", 1 << 10}, {"Mi", 1 << 20}, {"Gi", 1 << 30}, {"Ti", 1 << 40}, {"Pi", 1 << 50}, {"Ei", 1 << 60},
}

// A month is 30.44 days and a year 365.25, the Gregorian and Julian means.
const (
	daysInMonth = 30.44
	daysInYear  = 365.25
)

// bytesTwice writes a spelling in B with decimal and with binary prefixes.
func bytesTwice(tail string, also ...spelling) []spelling {
	return append([]spelling{
		{text: "B" + tail, prefix: decimal}, {text: "B" + tail, prefix: binary},
		{text: "bytes" + tail, prefix: decimal}, {text: "byte" + tail, prefix: decimal},
	}, also...)
}

// times lists the units of time for a base unit of so many seconds.
func times(base float64) []spelling {
	var out []spelling
	for _, t := range []struct {
		seconds float64
		texts   string
	}{
		{1, "s sec secs second seconds"}, {60, "min mins minute minutes"},
		{3600, "h hr hrs hour hours"}, {86400, "d day days"}, {7 * 86400, "w wk wks week weeks"},
		{daysInMonth * 86400, "mo month months"}, {daysInYear * 86400, "y yr yrs year years"},
	} {
		for _, s := range strings.Fields(t.texts) {
			if t.seconds >= base {
				out = append(out, spelling{text: s, mul: t.seconds / base})
			} else {
				out = append(out, spelling{text: s, div: base / t.seconds})
			}
		}
	}
	return append(out, spelling{text: "ms", pow: -3, div: base}, spelling{text: "milliseconds", pow: -3, div: base},
		spelling{text: "µs", pow: -6, div: base}, spelling{text: "us", pow: -6, div: base}, spelling{text: "microseconds", pow: -6, div: base},
		spelling{text: "ns", pow: -9, div: base})
}

func words(texts string) []spelling {
	var out []spelling
	for _, s := range strings.Fields(texts) {
		out = append(out, spelling{text: s})
	}
	return out
}

// spellings lists the units that a reader may write for each kind; a kind
// that is missing takes bare numbers only. The texts are folded: see [folded].
var spellings = [kinds][]spelling{
	Fraction: {{text: "%", pow: -2}, {text: "percent", pow: -2}, {text: "/cent", pow: -2}},
	FLOPs: {
		{text: "FLOP", prefix: decimal}, {text: "FLOPs", prefix: decimal}, {text: "FLOPS", prefix: decimal},
		{text: "Fdays", mul: 86400, prefix: decimal}, {text: "Fday", mul: 86400, prefix: decimal},
		{text: "FLOP/sdays", mul: 86400, prefix: decimal}, {text: "FLOP/sday", mul: 86400, prefix: decimal},
		{text: "FLOPsdays", mul: 86400, prefix: decimal}, {text: "FLOPSdays", mul: 86400, prefix: decimal},
		{text: "FLOPdays", mul: 86400, prefix: decimal},
		{text: "operations"}, {text: "floatingpointoperations"},
	},
	FLOPRate: {
		{text: "FLOP/s", prefix: decimal}, {text: "FLOPS", prefix: decimal}, {text: "FLOPs", prefix: decimal},
		{text: "FLOPs/s", prefix: decimal},
	},
	FLOPPerToken:   {{text: "FLOP/token", prefix: decimal}, {text: "FLOPs/token", prefix: decimal}},
	ByteCount:      bytesTwice(""),
	ByteRate:       bytesTwice("/s", spelling{text: "Bps", prefix: decimal}, spelling{text: "bit/s", div: 8, prefix: decimal}, spelling{text: "bits/s", div: 8, prefix: decimal}, spelling{text: "b/s", div: 8, prefix: decimal}, spelling{text: "bps", div: 8, prefix: decimal}),
	BytesPerToken:  bytesTwice("/token"),
	BytesPerParam:  bytesTwice("/param"),
	ParamCount:     words("params param parameters parameter weights"),
	TokenCount:     words("tokens token tok toks"),
	TokenRate:      words("tokens/s token/s tok/s toks/s tps"),
	TokensPerParam: words("tokens/param token/param tok/param"),
	Time:           times(1),
	DayCount:       times(86400),
	HourCount:      times(3600),
	GPUHourCount: append(words("GPUh GPUhours GPUhour GPUhr GPUhrs acceleratorhours chiphours TPUhours devicehours h hours"),
		spelling{text: "GPUdays", mul: 24}, spelling{text: "GPUday", mul: 24}, spelling{text: "GPUyears", mul: 24 * daysInYear}, spelling{text: "GPUyear", mul: 24 * daysInYear}),
	Power:         {{text: "W", prefix: decimal}, {text: "watts", prefix: decimal}, {text: "watt", prefix: decimal}},
	Energy:        energies,
	QueryEnergy:   energies,
	QueryCarbon:   {{text: "kg"}, {text: "g", pow: -3}, {text: "mg", pow: -6}},
	CarbonPerMTok: {{text: "kg/Mtok"}, {text: "g/Mtok", pow: -3}, {text: "kg/milliontokens"}, {text: "g/milliontokens", pow: -3}},
	WhPerMTok: {
		{text: "Wh/Mtok", prefix: decimal}, {text: "Wh/Mtoken", prefix: decimal}, {text: "Wh/Mtokens", prefix: decimal}, {text: "Wh/milliontokens", prefix: decimal},
		{text: "J/token", mul: 1e6, div: 3600, prefix: decimal}, {text: "Wh/token", pow: 6, prefix: decimal},
	},
	Money: {{text: "$"}, {text: "cents", pow: -2}, {text: "cent", pow: -2}, {text: "¢", pow: -2}},
	USDPerGPUHour: words("$ $/GPUh $/h $/GPUhour $/GPUhr $/GPUhours $/GPU/h $/chiph $/chiphour $/acceleratorhour" +
		" /GPUh /h /GPUhour"),
	USDPerMTok: append(words("$ $/Mtok $/Mtoken $/Mtokens $/1Mtoken $/1Mtokens $/milliontokens $/1milliontokens $/M /Mtok /Mtokens /milliontokens"),
		spelling{text: "$/token", pow: 6}, spelling{text: "$/ktok", pow: 3}, spelling{text: "$/ktokens", pow: 3}, spelling{text: "$/1ktokens", pow: 3}),
	USDPerKWh: {
		{text: "$"}, {text: "$/kWh"}, {text: "/kWh"}, {text: "$/MWh", pow: -3},
		{text: "¢/kWh", pow: -2}, {text: "cents/kWh", pow: -2}, {text: "cent/kWh", pow: -2}, {text: "ct/kWh", pow: -2}, {text: "¢", pow: -2}, {text: "cents", pow: -2},
	},
	KgPerKWh: {{text: "kg/kWh"}, {text: "g/kWh", pow: -3}, {text: "kg/MWh", pow: -3}, {text: "t/MWh"}},
	Carbon: {
		{text: "kg"}, {text: "g", pow: -3}, {text: "t", pow: 3}, {text: "kt", pow: 6}, {text: "Mt", pow: 9},
		{text: "tonnes", pow: 3}, {text: "tonne", pow: 3}, {text: "metrictons", pow: 3}, {text: "metricton", pow: 3},
	},
	Volume: {
		{text: "L"}, {text: "l"}, {text: "litres"}, {text: "litre"}, {text: "liters"}, {text: "liter"},
		{text: "mL", pow: -3}, {text: "ml", pow: -3}, {text: "kL", pow: 3}, {text: "ML", pow: 6}, {text: "m3", pow: 3},
		{text: "gallons", mul: 3.785411784}, {text: "gallon", mul: 3.785411784}, {text: "gal", mul: 3.785411784}, // US gallon, NIST SP 811
	},
	Loss: words("nats/token nats nat nat/token"),
	PerDay: append(words("/day /d aday daily"),
		spelling{text: "/h", mul: 24}, spelling{text: "/min", mul: 1440}, spelling{text: "/s", mul: 86400}, spelling{text: "/week", div: 7},
		spelling{text: "/month", div: daysInMonth}, spelling{text: "/year", div: daysInYear}),
}

var energies = []spelling{
	{text: "J", prefix: decimal}, {text: "joules", prefix: decimal}, {text: "joule", prefix: decimal},
	{text: "Wh", mul: 3600, prefix: decimal}, {text: "watthours", mul: 3600, prefix: decimal}, {text: "watthour", mul: 3600, prefix: decimal},
}

// allowed names, for a message, the units that a reader may write.
var allowed = [kinds]string{
	None:           "a plain number",
	Fraction:       "a percentage such as 40 %, or 0 to 1",
	Count:          "a plain number, k, M, million",
	FLOPs:          "FLOP with any prefix, PF-days",
	FLOPRate:       "TFLOP/s, PFLOP/s",
	FLOPPerToken:   "FLOP/token, GFLOP/token",
	ByteCount:      "GB, TB (powers of 1,000) or GiB, TiB (powers of 1,024)",
	ByteRate:       "GB/s, TB/s, GiB/s, Gbit/s",
	BytesPerToken:  "B/token, KiB/token, kB/token",
	BytesPerParam:  "B/param",
	ParamCount:     "a number with M, B or T",
	TokenCount:     "a number with k, M, B or T",
	TokenRate:      "tokens/s",
	TokensPerParam: "tokens/param",
	Time:           "s, min, h, days, weeks, months, years",
	DayCount:       "days, h, weeks, months, years",
	HourCount:      "h, min, days, weeks, months, years",
	GPUHourCount:   "GPU-hours, GPU-days, with k or M",
	Power:          "W, kW, MW",
	Energy:         "kWh, MWh, GWh, MJ",
	WhPerMTok:      "Wh/Mtok, kWh/Mtok, J/token",
	Money:          "$ or USD, with k, M or billion",
	USDPerGPUHour:  "$/GPU-h",
	USDPerMTok:     "$/Mtok",
	USDPerKWh:      "$/kWh, ¢/kWh",
	KgPerKWh:       "g/kWh, kg/kWh",
	Carbon:         "kg, t, kt",
	Volume:         "L, m³, ML",
	Loss:           "nats/token",
	PerDay:         "per day, per hour, per month",
	Year:           "a year such as 2026",
	QueryEnergy:    "Wh, kWh, J",
	QueryCarbon:    "g, mg, kg",
	CarbonPerMTok:  "g/Mtok, kg/Mtok",
}

// of says in words what a kind measures, for "is an amount of time".
var of = [kinds]string{
	None: "a plain number", Fraction: "a share", Count: "a count", FLOPs: "an amount of computing", FLOPRate: "a computing speed",
	FLOPPerToken: "computing per token", ByteCount: "an amount of memory", ByteRate: "a data rate", BytesPerToken: "memory per token",
	BytesPerParam: "memory per parameter", ParamCount: "a number of parameters", TokenCount: "a number of tokens", TokenRate: "a token rate",
	TokensPerParam: "tokens per parameter", Time: "a time", DayCount: "a time", HourCount: "a time", GPUHourCount: "accelerator-hours",
	Power: "a power", Energy: "an energy", WhPerMTok: "energy per token", Money: "an amount of money", USDPerGPUHour: "a price per hour",
	USDPerMTok: "a price per token", USDPerKWh: "a price of energy", KgPerKWh: "carbon per energy", Carbon: "a mass", Volume: "a volume",
	Loss: "a loss", PerDay: "a number per day", Year: "a year",
	QueryEnergy: "an energy", QueryCarbon: "a mass", CarbonPerMTok: "carbon per token",
}

// multipliers are the words and letters that stand for a power of ten.
var multipliers = []struct {
	text   string
	pow    int
	letter bool // only for kinds that count things: elsewhere "t" is a tonne and "G" half a unit
}{
	{"thousand", 3, false}, {"million", 6, false}, {"billion", 9, false}, {"trillion", 12, false}, {"quadrillion", 15, false},
	{"mn", 6, true}, {"bn", 9, true}, {"tn", 12, true}, {"mio", 6, true},
	{"k", 3, true}, {"M", 6, true}, {"m", 6, true}, {"B", 9, true}, {"G", 9, true}, {"T", 12, true},
}

func countsThings(k Kind) bool {
	switch k {
	case None, Count, ParamCount, TokenCount, TokenRate, TokensPerParam, GPUHourCount, Money, USDPerGPUHour, USDPerMTok, PerDay:
		return true
	}
	return false
}

var folder = strings.NewReplacer(" of ", "", " ", "", "-", "", "·", "", "⋅", "", "US$", "$", "usd", "$", "USD", "$", "dollars", "$", "dollar", "$",
	"CO2equivalent", "", "CO2eq", "", "CO2e", "", "co2eq", "", "co2e", "", "CO2", "", "co2", "", "μ", "µ", "³", "3")

var denominator = []struct{ long, short string }{
	{"/seconds", "/s"}, {"/second", "/s"}, {"/sec", "/s"},
	{"/hours", "/h"}, {"/hour", "/h"}, {"/hr", "/h"}, {"/tok", "/token"}, {"/parameter", "/param"}, {"/kilowatthour", "/kWh"},
}

// folded writes a unit without the blanks, hyphens and CO2e that people place
// freely, with "per" as "/", and with short denominators.
func folded(s string) string {
	if rest, ok := strings.CutPrefix(s, "per "); ok {
		s = "/" + rest
	}
	s = folder.Replace(strings.ReplaceAll(s, " per ", "/"))
	for _, d := range denominator {
		if strings.HasSuffix(s, d.long) {
			return s[:len(s)-len(d.long)] + d.short
		}
	}
	return s
}

// A scale turns a written number into the base unit.
type scale struct {
	pow int
	mul float64
	div float64
}

// find looks a folded unit up in a kind: first letter by letter, then without
// regard to case. Two hits of different size (gb/s: bytes or bits) are none,
// and ambiguous is true.
func find(k Kind, unit string) (sc scale, ok, ambiguous bool) {
	if sc, ok, _ = scan(k, unit, func(a, b string) bool { return a == b }); ok {
		return sc, true, false
	}
	// mWh and mt are not MWh and Mt: a small m at the start of a mixed word
	// or of a mass or volume is left alone.
	if unit != "" && unit[0] == 'm' && (unit != strings.ToLower(unit) || k == Carbon || k == QueryCarbon || k == Volume) {
		return scale{}, false, false
	}
	if (k == ByteCount || k == BytesPerToken) && len(unit) > 1 && 'A' <= unit[0] && unit[0] <= 'Z' && unit[1] == 'b' { // Gb is gigabits
		return scale{}, false, false
	}
	return scan(k, unit, strings.EqualFold)
}

func scan(k Kind, unit string, same func(a, b string) bool) (sc scale, ok, ambiguous bool) {
	hit := func(n scale) {
		ambiguous = ambiguous || ok && n != sc
		sc, ok = n, true
	}
	for _, s := range spellings[k] {
		if len(unit) < len(s.text) || !same(unit[len(unit)-len(s.text):], s.text) {
			continue
		}
		n := scale{s.pow, or1(s.mul), or1(s.div)}
		before := unit[:len(unit)-len(s.text)]
		if before == "" {
			hit(n)
			continue
		}
		if s.prefix == decimal {
			for _, p := range decimalPrefix {
				if same(before, p.letter) || same(before, p.word) || p.letter == "k" && before == "K" {
					hit(scale{n.pow + p.pow, n.mul, n.div})
				}
			}
		}
		if s.prefix == binary {
			for _, p := range binaryPrefix {
				if same(before, p.letter) {
					hit(scale{n.pow, n.mul * p.factor, n.div})
				}
			}
		}
	}
	return sc, ok && !ambiguous, ambiguous
}

func or1(x float64) float64 {
	if x == 0 {
		return 1
	}
	return x
}
