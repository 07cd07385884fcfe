package unit

import (
	"math"
	"strconv"
	"strings"
)

// The space between a number and what belongs to it does not break a line.
const nbsp = "\u00a0"

const minus = "−"

var superscripts = [10]string{"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"}

// A rung is one unit of the ladder that a kind is printed on: n × 10^pow × mul
// in the base unit. The largest rung on which the rounded number is at least
// from is taken, so that 59.98 s is 1 min and 999.6 million is 1 billion.
type rung struct {
	pow     int
	mul     float64 // 0 means 1
	from    float64 // 0 means 1
	scale   string  // "million", "B": belongs to the number, stays in spans
	unit    string  // "days", "GiB"
	one     string  // the unit beside 1, if it differs
	written string  // the unit as ExactText writes it, if it differs
}

var (
	noRungs   = []rung{{}}
	siWords   = []rung{{}, {pow: 6, scale: "million"}, {pow: 9, scale: "billion"}, {pow: 12, scale: "trillion"}}
	siLetters = []rung{{}, {pow: 6, scale: "M"}, {pow: 9, scale: "B"}, {pow: 12, scale: "T"}}
)

func with(rs []rung, unit, one string) []rung {
	out := make([]rung, len(rs))
	for i, r := range rs {
		r.unit, r.one = unit, one
		out[i] = r
	}
	return out
}

func prefixed(unit string, pows ...int) []rung {
	letters := map[int]string{-3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P", 18: "E", 21: "Z", 24: "Y"}
	var out []rung
	for _, p := range pows {
		out = append(out, rung{pow: p, unit: letters[p] + unit})
	}
	return out
}

func binaryRungs(tail string) []rung {
	out := []rung{{unit: "B" + tail}}
	for _, p := range binaryPrefix {
		out = append(out, rung{mul: p.factor, unit: p.letter + "B" + tail})
	}
	return out
}

// clock is the ladder of times above a base unit of so many seconds.
func clock(base float64) []rung {
	return []rung{
		{pow: -9, mul: 1 / base, unit: "ns"}, {pow: -6, mul: 1 / base, unit: "µs"}, {pow: -3, mul: 1 / base, unit: "ms"},
		{mul: 1 / base, unit: "s"}, {mul: 60 / base, unit: "min"}, {mul: 3600 / base, unit: "hours", one: "hour"},
		{mul: 86400 / base, from: 2, unit: "days", one: "day"}, {mul: daysInYear * 86400 / base, from: 2, unit: "years", one: "year"},
		{pow: 6, mul: daysInYear * 86400 / base, scale: "million", unit: "years"}, {pow: 9, mul: daysInYear * 86400 / base, scale: "billion", unit: "years"},
	}
}

// days prints a whole day as a day: a count of days starts its ladder at 1.
var dayRungs = func() []rung {
	r := clock(86400)
	r[6].from, r[6].mul = 1, 1
	return r
}()

var ladders = [kinds][]rung{
	None: noRungs, Fraction: {{pow: -2, unit: "%"}}, Count: siWords,
	FLOPs: {{unit: "FLOP"}}, FLOPRate: prefixed("FLOP/s", 0, 6, 9, 12, 15, 18, 21, 24), FLOPPerToken: {{unit: "FLOP/token"}},
	ByteCount: binaryRungs(""), ByteRate: prefixed("B/s", 0, 3, 6, 9, 12, 15), BytesPerToken: binaryRungs("/token"),
	BytesPerParam: {{unit: "bytes/param", one: "byte/param"}},
	ParamCount:    siLetters, TokenCount: siLetters, TokenRate: with(siWords, "tokens/s", ""), TokensPerParam: {{unit: "tokens/param"}},
	Time: clock(1), DayCount: dayRungs, HourCount: {{unit: "hours", one: "hour"}}, GPUHourCount: with(siWords, "GPU-hours", "GPU-hour"),
	Power:     prefixed("W", 0, 3, 6, 9, 12),
	Energy:    {{unit: "J"}, {mul: 3600, from: 0.1, unit: "Wh"}, {pow: 3, mul: 3600, unit: "kWh"}, {pow: 6, mul: 3600, unit: "MWh"}, {pow: 9, mul: 3600, from: 10, unit: "GWh"}, {pow: 12, mul: 3600, unit: "TWh"}},
	WhPerMTok: {{unit: "Wh/Mtok"}, {pow: 3, unit: "kWh/Mtok"}},
	Money:     siWords, USDPerGPUHour: {{unit: "/GPU-hour"}}, USDPerMTok: {{unit: "/Mtok"}}, USDPerKWh: {{unit: "/kWh"}},
	KgPerKWh: {{pow: -3, unit: "g/kWh"}, {unit: "kg/kWh"}},
	Carbon:   {{unit: "kg" + nbsp + "CO₂e", written: "kg"}, {pow: 3, unit: "t" + nbsp + "CO₂e", written: "t"}, {pow: 6, unit: "kt" + nbsp + "CO₂e", written: "kt"}, {pow: 9, unit: "Mt" + nbsp + "CO₂e", written: "Mt"}},
	Volume:   with(siWords, "L", ""), Loss: {{unit: "nats/token"}},
	PerDay: with(siWords, "per day", ""), Year: noRungs,
	QueryEnergy:   {{unit: "J"}, {mul: 3600, from: 0.001, unit: "Wh"}, {pow: 3, mul: 3600, unit: "kWh"}},
	QueryCarbon:   {{pow: -6, unit: "mg" + nbsp + "CO₂e", written: "mg"}, {pow: -3, unit: "g" + nbsp + "CO₂e", written: "g"}, {unit: "kg" + nbsp + "CO₂e", written: "kg"}},
	CarbonPerMTok: {{pow: -3, unit: "g/Mtok"}, {unit: "kg/Mtok"}},
}

// home is the rung of the base unit, the one that formulas compute in.
func home(k Kind) rung {
	for _, r := range ladders[k] {
		if r.pow == 0 && or1(r.mul) == 1 {
			return r
		}
	}
	return rung{}
}

// Affix is what stands before and behind a number in the kind's base unit, as
// formulas show it: "$" and "/GPU-hour", "" and " FLOP/s". Values are held in
// this unit; the report may scale it, see [Kind.JSONScale].
func (k Kind) Affix() (before, after string) {
	switch k {
	case ParamCount:
		return "", nbsp + "params"
	case TokenCount:
		return "", nbsp + "tokens"
	case Money, USDPerGPUHour, USDPerMTok, USDPerKWh:
		before = "$"
	}
	if k >= kinds {
		return "", ""
	}
	if after = home(k).unit; after != "" && after[0] != '/' {
		after = nbsp + after
	}
	return before, after
}

// Kinds lists all kinds.
func Kinds() []Kind {
	all := make([]Kind, kinds)
	for i := range all {
		all[i] = Kind(i)
	}
	return all
}

// A printed number in its parts.
type printed struct {
	minus  bool
	dollar bool
	digits string // "6.74", "140,000"
	scale  string // " B", " million", " × 10²³"
	unit   string // " days"
}

// number is the part before the scale and the unit.
func (p printed) number() string {
	var b strings.Builder
	if p.minus {
		b.WriteString(minus)
	}
	if p.dollar {
		b.WriteByte('$')
	}
	b.WriteString(p.digits)
	return b.String()
}

func (p printed) String() string { return p.number() + p.scale + p.unit }

// Short prints a value with three significant figures in the unit that suits:
// "6.74 B", "36 days", "$2.4 million", "52.1 GiB", "3.14 × 10²³ FLOP".
// Whole counts, parameters and tokens below one million are printed in full. Not a number prints as "not known".
func Short(k Kind, v float64) string { return show(k, v, nil).String() }

// Words prints a value for a sentence: "2 trillion tokens", "7 billion
// parameters", "$2.50 per GPU-hour".
func Words(k Kind, v float64) string {
	if !finite(v) || k >= kinds {
		return Short(k, v)
	}
	p, r := choose(k, v)
	one := p.digits == "1" && p.scale == ""
	switch k {
	case ParamCount, TokenCount:
		if i := strings.Index("MBT", strings.TrimPrefix(p.scale, nbsp)); p.scale != "" && i >= 0 {
			p.scale = nbsp + []string{"million", "billion", "trillion"}[i]
		}
		p.unit = map[Kind]string{ParamCount: " parameters", TokenCount: " tokens"}[k]
		if one {
			p.unit = strings.TrimSuffix(p.unit, "s")
		}
	case KgPerKWh:
		p.unit = nbsp + strings.TrimSuffix(r.unit, "/kWh") + " of CO₂e per kWh"
	default:
		p.unit = perWords.Replace(p.unit)
	}
	return p.String()
}

var perWords = strings.NewReplacer("/Mtok", " per million tokens", "/token", " per token", "/param", " per parameter", "/GPU-hour", " per GPU-hour",
	"/kWh", " per kWh", "tokens/s", "tokens per second")

// Text prints a value and its interval: "36 days" and "31 to 43". The span
// repeats no unit that it shares with the value; it is empty when the range is
// exact or narrower than the figures printed. A range that reaches below a
// thousandth of the value reads "up to" its upper end: nothing is known there
// but that it may be next to nothing.
func Text(k Kind, r Range) (value, span string) {
	v := show(k, r.V, nil)
	value = v.String()
	if r.IsExact() || !finite(r.V) || !finite(r.Lo) || !finite(r.Hi) || k >= kinds {
		return value, ""
	}
	if 0 < r.Lo && r.Lo < r.V*nextToNothing {
		return value, "up to " + show(k, r.Hi, nil).String()
	}
	_, own := choose(k, r.V)
	lo, loRung := choose(k, r.Lo)
	hi, hiRung := choose(k, r.Hi)
	same := func(a, b rung) bool { return a.pow == b.pow && or1(a.mul) == or1(b.mul) }
	if !same(loRung, own) || !same(hiRung, own) {
		// The value's own unit serves as long as the ends stay readable in it.
		if near(k, r.Lo, own) && near(k, r.Hi, own) {
			lo, hi = show(k, r.Lo, &own), show(k, r.Hi, &own)
		} else if lo.String() != hi.String() {
			if lo.unit == hi.unit && math.Abs(r.Lo) >= 1000 {
				lo.unit = "" // said once, behind both; a small number would read as so many millions
			}
			return value, lo.String() + " to " + hi.String()
		}
	}
	if lo.String() == hi.String() {
		return value, ""
	}
	scale := hi.scale
	if lo.scale != hi.scale {
		return value, lo.number() + lo.scale + " to " + hi.number() + hi.scale
	}
	return value, lo.number() + " to " + hi.number() + scale
}

// nextToNothing is the share of a value below which the lower end of its range
// is not worth a figure.
const nextToNothing = 1e-3

// near reports that v reads well on a rung: from a tenth to thousands of it (of
// energy to ten thousands, since GWh begin at 10), or nothing at all.
func near(k Kind, v float64, r rung) bool {
	d := rounded(math.Abs(v), r, 3)
	most := 3
	if k == Energy {
		most = 4
	}
	return v == 0 || d.exp >= -1 && d.exp <= most
}

// show prints v on the given rung, or on the one that suits.
func show(k Kind, v float64, on *rung) printed {
	if k >= kinds {
		k = None
	}
	if math.IsNaN(v) {
		return printed{digits: "not known"}
	}
	if math.IsInf(v, 0) {
		return printed{minus: v < 0, digits: "∞"}
	}
	if on == nil {
		p, _ := choose(k, v)
		return p
	}
	return place(k, v, *on)
}

func choose(k Kind, v float64) (printed, rung) {
	if !finite(v) {
		return show(k, v, nil), ladders[k][0]
	}
	ladder := ladders[k]
	a := math.Abs(v)
	whole := a == math.Trunc(a)
	if a == 0 {
		r := home(k)
		if k == Fraction {
			r = ladder[0]
		}
		return place(k, 0, r), r
	}
	if (k == Count || k == ParamCount || k == TokenCount) && whole && a < 1e6 {
		return place(k, v, ladder[0]), ladder[0]
	}
	best := ladder[0]
	if k == None && a >= 999_500 && a < 999.5e12 { // up to trillions in words, as counts are
		ladder = siWords
	} else if k == FLOPs || k == FLOPPerToken || k == None {
		if d := rounded(a, best, 3); d.exp >= 6 || d.exp <= -4 {
			best = rung{pow: d.exp, scale: "× 10" + superscript(d.exp), unit: best.unit}
		}
		return place(k, v, best), best
	}
	if top := ladder[len(ladder)-1]; top.scale != "" && rounded(a, top, 3).exp >= 6 { // no words beyond trillions
		d := rounded(a, rung{mul: top.mul}, 3)
		best = rung{pow: d.exp, mul: top.mul, scale: "× 10" + superscript(d.exp), unit: top.unit}
		return place(k, v, best), best
	}
	for i := len(ladder) - 1; i > 0; i-- {
		r := ladder[i]
		if d := rounded(a, r, 3); d.float() >= or1(r.from) {
			best = r
			break
		}
	}
	return place(k, v, best), best
}

// decimalDigits are significant digits with the point behind the first: 6.74 × 10^exp.
type decimalDigits struct {
	digits string
	exp    int
}

func (d decimalDigits) float() float64 {
	f, _ := strconv.ParseFloat(d.digits[:1]+"."+d.digits[1:]+"e"+strconv.Itoa(d.exp), 64)
	return f
}

// rounded gives the first n significant digits of a ≥ 0 on a rung. On decimal
// rungs the digits are those of a itself, without a division.
func rounded(a float64, r rung, n int) decimalDigits {
	if m := or1(r.mul); m != 1 {
		a /= m
	}
	s := strconv.FormatFloat(a, 'e', n-1, 64)
	mantissa, exp, _ := strings.Cut(s, "e")
	e, _ := strconv.Atoi(exp)
	if a != 0 {
		e -= r.pow
	}
	return decimalDigits{strings.Replace(mantissa, ".", "", 1), e}
}

// place prints v on a rung.
func place(k Kind, v float64, r rung) printed {
	a := math.Abs(v)
	p := printed{minus: v < 0, dollar: k == Money || k == USDPerGPUHour || k == USDPerMTok || k == USDPerKWh}
	if k == Year {
		p.digits = strconv.FormatFloat(math.Floor(a), 'f', -1, 64)
		return p
	}
	d := rounded(a, r, 3)
	least := -4 // the power of ten from which down figures are written with one
	if p.dollar {
		least = -7 // a question costs hundredths of a cent
	}
	plainUnit := r.pow == 0 && or1(r.mul) == 1
	switch {
	case a == math.Trunc(a) && plainUnit && (k == Count || k == ParamCount || k == TokenCount) && a < 1e6:
		p.digits = grouped(strconv.FormatFloat(a, 'f', -1, 64))
	case d.exp == 3 && or1(r.mul) >= 1024 && (k == ByteCount || k == BytesPerToken):
		p.digits = grouped(strconv.FormatFloat(a/r.mul, 'f', 0, 64)) // 1,000 to 1,023 GiB keep their last figure
	case r.scale == "" && (d.exp >= 6 || d.exp <= least) && a != 0:
		p.digits, p.scale = positional(d.digits, 0), nbsp+"×"+nbsp+"10"+superscript(d.exp)
	default:
		p.digits = positional(d.digits, d.exp)
		if _, cents, ok := strings.Cut(p.digits, "."); ok && len(cents) == 1 && p.dollar && r.scale == "" {
			p.digits += "0"
		}
	}
	if r.scale != "" && a != 0 {
		p.scale = nbsp + strings.ReplaceAll(r.scale, " ", nbsp)
	}
	unit := r.unit
	if p.digits == "1" && p.scale == "" && r.one != "" {
		unit = r.one
	}
	if unit != "" && unit[0] != '/' {
		unit = nbsp + unit
	}
	p.unit = unit
	return p
}

// positional writes significant digits with the point in its place, without
// zeros at the end of a fraction, thousands grouped.
func positional(digits string, exp int) string {
	n := exp + 1 // digits before the point
	switch {
	case n <= 0:
		f := strings.TrimRight(strings.Repeat("0", -n)+digits, "0")
		if f == "" {
			return "0"
		}
		return "0." + f
	case n >= len(digits):
		return grouped(digits + strings.Repeat("0", n-len(digits)))
	}
	f := strings.TrimRight(digits[n:], "0")
	if f == "" {
		return grouped(digits[:n])
	}
	return grouped(digits[:n]) + "." + f
}

func grouped(whole string) string {
	if len(whole) <= 3 {
		return whole
	}
	var b strings.Builder
	for i := 0; i < len(whole); i++ {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(whole[i])
	}
	return b.String()
}

func superscript(e int) string {
	var b strings.Builder
	if e < 0 {
		b.WriteString("⁻")
		e = -e
	}
	for _, c := range strconv.Itoa(e) {
		b.WriteString(superscripts[c-'0'])
	}
	return b.String()
}

func plainSpaces(s string) string { return strings.ReplaceAll(s, nbsp, " ") }

// PlainParts gives the figures that formulas show: four significant ones, all
// those before the point below a million, and above that or below a thousandth
// a power of ten. The number is digits × 10^exp; digits carries the sign.
func PlainParts(v float64) (digits string, exp int) {
	if !finite(v) {
		return show(None, v, nil).String(), 0
	}
	a := math.Abs(v)
	sign := ""
	if v < 0 {
		sign = minus
	}
	if a == math.Trunc(a) && a < 1e6 {
		return sign + grouped(strconv.FormatFloat(a, 'f', -1, 64)), 0
	}
	if a >= 1e4 && a < 999999.5 { // zeros in place of known figures would mislead
		return sign + grouped(strconv.FormatFloat(a, 'f', 0, 64)), 0
	}
	d := rounded(a, rung{}, 4)
	if d.exp >= 6 || d.exp <= -4 {
		return sign + positional(d.digits, 0), d.exp
	}
	return sign + positional(d.digits, d.exp), 0
}

// Plain prints a value as formulas show it, without a unit: "8.1 × 10²²", "0.42", "86,400".
func Plain(v float64) string {
	digits, exp := PlainParts(v)
	if exp == 0 {
		return digits
	}
	return digits + nbsp + "×" + nbsp + "10" + superscript(exp)
}

// alsoWritten are the units that ExactText may write besides a kind's ladder.
var alsoWritten = [kinds][]rung{
	ByteCount:     prefixed("B", 3, 6, 9, 12, 15),
	BytesPerToken: prefixed("B/token", 3, 6, 9),
	FLOPs:         prefixed("FLOP", 18, 21, 24),
	DayCount:      {{mul: 7, from: 2, unit: "weeks"}},
}

// ExactText prints a value so that [ParseRange] reads the very same number
// back, in the unit that makes the number shortest: "16 GiB", "80 GB", "40 %". It is
// meant for input fields and links: plain blanks, "-" and "e" as on a keyboard.
func ExactText(k Kind, v float64) string {
	if !finite(v) {
		return Short(k, v)
	}
	if k >= kinds {
		k = None
	}
	a := math.Abs(v)
	best, length := "", 0
	try := func(r rung, must bool) {
		d := shortest(a, r)
		if !must && (d.exp < 0 && k != Fraction || d.float() < or1(r.from)) {
			return
		}
		s := written(k, v < 0, d, r)
		number, _, _ := strings.Cut(strings.ReplaceAll(s, ",", ""), " ")
		if !must && len(number) >= length {
			return
		}
		if back, p := ParseRange(k, s); p == nil && back.V == v {
			best, length = s, len(number)
		}
	}
	if k == Fraction {
		try(rung{pow: -2, unit: "%"}, true)
		return best
	}
	try(home(k), true)
	if a == 0 {
		return best
	}
	for _, r := range ladders[k] {
		try(r, false)
	}
	for _, r := range alsoWritten[k] {
		try(r, false)
	}
	return best
}

// ExactRange prints a range so that [ParseRange] reads it back: "31 days",
// "30 days to 50 days", or "36 days (31 days to 43 days)" where the middle is
// not the one that [Middle] would take.
func ExactRange(k Kind, r Range) string {
	if r.IsExact() {
		return ExactText(k, r.V)
	}
	span := ExactText(k, r.Lo) + " to " + ExactText(k, r.Hi)
	if back, p := ParseRange(k, span); p == nil && back == r {
		return span
	}
	return ExactText(k, r.V) + " (" + span + ")"
}

func shortest(a float64, r rung) decimalDigits {
	if m := or1(r.mul); m != 1 {
		a /= m
	}
	mantissa, exp, _ := strings.Cut(strconv.FormatFloat(a, 'e', -1, 64), "e")
	e, _ := strconv.Atoi(exp)
	if a != 0 {
		e -= r.pow
	}
	return decimalDigits{strings.Replace(mantissa, ".", "", 1), e}
}

func written(k Kind, neg bool, d decimalDigits, r rung) string {
	s := ""
	if d.exp < -5 || d.exp > 14 {
		s = d.digits[:1]
		if len(d.digits) > 1 {
			s += "." + d.digits[1:]
		}
		s += "e" + strconv.Itoa(d.exp)
	} else if s = positional(d.digits, d.exp); k == Year {
		s = strings.ReplaceAll(s, ",", "")
	}
	unit := r.unit
	if r.written != "" {
		unit = r.written
	}
	if s == "1" && r.one != "" && r.scale == "" {
		unit = r.one
	}
	switch k {
	case ParamCount, TokenCount: // the field says what is counted
		unit = ""
	case Money, USDPerGPUHour, USDPerMTok, USDPerKWh:
		unit = "" // likewise
		s = "$" + s
	}
	if r.scale != "" {
		s += " " + r.scale
	}
	if unit != "" {
		s += " " + unit
	}
	if neg {
		s = "-" + s
	}
	return s
}
