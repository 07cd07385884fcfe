package unit

import (
	"math"
	"strconv"
	"strings"
)

// A Field is one input as the reader meets it: what it is called and what it takes.
type Field struct {
	Name     string  // plain label: "GPUs"
	Key      string  // key in scenario and URL: "gpus"
	Kind     Kind    // what it measures
	Min, Max float64 // limits in the base unit of Kind; Max 0 means no limit, for a Fraction 1
	MinOpen  bool    // Min itself is not allowed
	Least    float64 // where 0 is allowed, the least above it; 0 for [leastAboveZero]
	Example  string  // something that works: "64"
	Whole    bool    // whole numbers only
}

const maxText = 100 // characters; a longer text is no number

// Parse reads what a person wrote: "7B", "1,000", "40 %", "30 to 50 days",
// "$2.50", "16 GiB", "40 ± 5". A number without a unit is in the unit that the
// field's label shows, [Kind.Name]. The result is in the base unit of the kind,
// always finite and within the field's limits, Lo ≤ V ≤ Hi.
//
// The middle of "lo to hi" is the geometric mean for kinds that are ratios by
// nature (sizes, times, prices) when lo is above zero, and the arithmetic mean
// for plain numbers, shares, losses and years.
func (f Field) Parse(text string) (Range, *Problem) {
	r, d, p := parseRange(f.Kind, text, f.Name)
	if p == nil {
		r, p = f.check(r, text, d)
	}
	if p != nil {
		p.Field = f.Name
		if p.Allowed == "" {
			p.Allowed = f.limits()
		}
		if p.Fix == "" && f.Example != "" {
			p.Fix = "try " + f.Example
		}
		return Range{}, p
	}
	return r, nil
}

// Check says what is wrong with a range that did not come from a text; text is
// what the message quotes.
func (f Field) Check(r Range, text string) *Problem {
	p := &Problem{Field: f.Name, Value: text, Wrong: "is not a number"}
	if finite(r.V) && finite(r.Lo) && finite(r.Hi) {
		if p.Wrong = "is not in order"; r.Lo <= r.V && r.V <= r.Hi {
			if _, p = f.check(r, text, derived{}); p != nil {
				p.Field = f.Name
			}
		}
	}
	if p != nil && p.Fix == "" && f.Example != "" {
		p.Fix = "try " + f.Example
	}
	return p
}

func (f Field) check(r Range, text string, d derived) (Range, *Problem) {
	if f.Whole {
		if d.middle {
			r.V = math.Round(r.V)
		}
		if d.ends {
			r.Lo, r.Hi = math.Round(r.Lo), math.Round(r.Hi)
		}
		if r.V != math.Trunc(r.V) || r.Lo != math.Trunc(r.Lo) || r.Hi != math.Trunc(r.Hi) {
			return r, &Problem{Value: text, Wrong: "is not a whole number", Allowed: f.limits(),
				Fix: "try " + ExactText(f.Kind, math.Max(1, math.Round(r.V)))}
		}
	}
	most := f.most()
	if r.Lo < f.Min || f.MinOpen && r.Lo <= f.Min || r.V < f.Min {
		return r, &Problem{Value: text, Wrong: "is too small", Allowed: f.limits()}
	}
	if least := f.least(); f.Min == 0 && (0 < r.V && r.V < least || 0 < r.Hi && r.Hi < least) {
		allowed := "0, or at least " + plainSpaces(Short(f.Kind, least))
		if most < math.MaxFloat64 {
			allowed = "0, or " + plainSpaces(Short(f.Kind, least)) + " to " + plainSpaces(Short(f.Kind, most))
		}
		return r, &Problem{Value: text, Wrong: "is too small", Allowed: allowed}
	}
	if r.Hi > most || r.V > most {
		return r, &Problem{Value: text, Wrong: "is too large", Allowed: f.limits()}
	}
	return r, nil
}

// leastAboveZero is less than any quantity here can sensibly be: a
// thousand-millionth of its unit. What is smaller is a slip, or meant as none.
const leastAboveZero = 1e-9

func (f Field) least() float64 {
	if f.Least > 0 {
		return f.Least
	}
	return leastAboveZero
}

func (f Field) most() float64 {
	switch {
	case f.Max != 0:
		return f.Max
	case f.Kind == Fraction:
		return 1
	}
	return math.MaxFloat64
}

func (f Field) limits() string {
	lo := plainSpaces(Short(f.Kind, f.Min))
	if f.Min == 0 {
		lo = "0"
	}
	most := f.most()
	hi := plainSpaces(Short(f.Kind, most))
	switch {
	case most == math.MaxFloat64 && f.MinOpen:
		return "more than " + lo
	case most == math.MaxFloat64:
		return lo + " or more"
	case f.MinOpen:
		return "more than " + lo + ", at most " + hi
	}
	return lo + " to " + hi
}

// ParseRange reads a text as [Field.Parse] does, without limits. It keeps
// negative numbers.
func ParseRange(k Kind, text string) (Range, *Problem) {
	r, _, p := parseRange(k, text, "")
	if p != nil {
		p.Field = "Value"
	}
	return r, p
}

// derived says which parts of a range the reader did not write.
type derived struct{ middle, ends bool }

// parseRange also says what was worked out here; own is a word that may stand
// as the unit of a count ("64 GPUs" in the field GPUs).
func parseRange(k Kind, text, own string) (r Range, d derived, prob *Problem) {
	if k >= kinds {
		k = None
	}
	rd := reader{kind: k, own: own, text: text}
	if strings.TrimSpace(text) == "" {
		return r, d, &Problem{Wrong: "is empty", Allowed: allowed[k]}
	}
	if n := len([]rune(text)); n > maxText {
		return r, d, rd.wrong("is too long for a number", "")
	}
	rd.rest = normal.Replace(text)
	a := rd.amount(false)
	sep := rd.separator()
	switch {
	case rd.prob != nil:
	case sep == "":
		r.V = rd.value(a)
		r.Lo, r.Hi = r.V, r.V
	case sep == "±":
		b := rd.amount(true)
		rd.end("")
		if rd.prob == nil {
			d.ends = b.percent
			r = rd.plusMinus(a, b)
		}
	case sep == "(":
		b := rd.amount(false)
		if in := rd.separator(); in != "to" && rd.prob == nil {
			rd.prob = rd.wrong("is not clear", "write 36 (31 to 43)")
		}
		c := rd.amount(false)
		rd.end(")")
		if rd.prob == nil {
			share(&a, &b)
			share(&a, &c)
			share(&b, &c)
			r = Range{rd.value(a), rd.value(b), rd.value(c)}
			if rd.prob == nil && (r.Lo > r.V || r.V > r.Hi) {
				rd.prob = rd.wrong("has its value outside its own range", "")
			}
		}
	default:
		b := rd.amount(false)
		rd.end("")
		if rd.prob == nil {
			d.middle = true
			r = rd.between(a, b)
		}
	}
	if rd.prob == nil && !(finite(r.V) && finite(r.Lo) && finite(r.Hi)) {
		rd.prob = rd.wrong("is too large to compute with", "")
	}
	if rd.prob != nil {
		return Range{}, d, rd.prob
	}
	return r, d, nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// normal makes one of the many blanks, dashes and dots that text processors write.
var normal = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u2009", " ", "\u2007", " ", "\t", " ", "\n", " ", "\r", " ",
	"\u2212", "-", "\u2011", "-", "\u2010", "-", "—", "–", "₂", "2", "μ", "µ", "’", "'", "+/-", "±", "+-", "±", "…", "..")

// A reader walks over one text; the first thing wrong stays in prob.
type reader struct {
	kind Kind
	own  string
	text string // as given
	rest string // what is left to read
	prob *Problem
}

func (rd *reader) wrong(what, fix string) *Problem {
	return &Problem{Value: rd.text, Wrong: what, Fix: fix}
}

func (rd *reader) fail(p *Problem) {
	if rd.prob == nil {
		rd.prob = p
	}
}

func (rd *reader) skip() { rd.rest = strings.TrimLeft(rd.rest, " ") }

// An amount is a number with what stands behind it.
type amount struct {
	neg     bool
	digits  string // decimal digits with at most one dot
	exp     int    // power of ten written with the digits
	mult    int    // power of ten from a word or letter: 9 for billion
	hasMult bool
	unit    scale
	hasUnit bool
	percent bool // % beside a number of a kind that has no %
}

func (rd *reader) amount(percent bool) (a amount) {
	if rd.prob != nil {
		return a
	}
	rd.skip()
	sign := func() {
		rd.skip()
		if rd.rest != "" && (rd.rest[0] == '-' || rd.rest[0] == '+') {
			a.neg = rd.rest[0] == '-'
			rd.rest = rd.rest[1:]
			rd.skip()
		}
	}
	sign()
	currency := ""
	for _, c := range []string{"US$", "USD", "usd", "$"} {
		if strings.HasPrefix(rd.rest, c) {
			rd.rest, currency = rd.rest[len(c):], "$"
			if !a.neg {
				sign()
			}
			break
		}
	}
	rd.number(&a)
	if rd.prob != nil {
		return a
	}
	tail := rd.tail()
	if percent && tail == "%" && rd.kind != Fraction {
		a.percent = true
		return a
	}
	rd.unit(&a, currency, tail)
	return a
}

// number reads digits, their grouping, and a power of ten.
func (rd *reader) number(a *amount) {
	s := rd.rest
	n, digits := 0, 0
	for n < len(s) {
		c := s[n]
		if c == '.' && strings.HasPrefix(s[n:], "..") {
			break
		}
		if c == ' ' || c == '\'' || c == '_' { // groups only between digits
			if n == 0 || !isDigit(s[n-1]) || n+1 >= len(s) || !isDigit(s[n+1]) {
				break
			}
		} else if c != '.' && c != ',' && !isDigit(c) {
			break
		}
		if isDigit(c) {
			digits++
		}
		n++
	}
	if digits == 0 {
		rd.fail(&Problem{Value: rd.text, Wrong: "is not a number", Allowed: allowed[rd.kind]})
		return
	}
	run := s[:n]
	rd.rest = s[n:]
	if run == "0" && len(rd.rest) > 1 && (rd.rest[0] == 'x' || rd.rest[0] == 'X') && !strings.Contains(rd.rest, "^") {
		rd.fail(rd.wrong("is not a decimal number", ""))
		return
	}
	plain, fix := ungroup(run)
	if fix != "" {
		rd.fail(rd.wrong(fix, ""))
		rd.prob.Wrong, rd.prob.Fix, _ = strings.Cut(fix, "|")
		return
	}
	a.digits = plain
	if run == "10" {
		if e, ok := rd.power(); ok { // 10^23, 10²³
			a.digits, a.exp = "1", e
			return
		}
	}
	if r := rd.rest; len(r) > 1 && (r[0] == 'e' || r[0] == 'E') {
		i := 1
		if r[i] == '+' || r[i] == '-' {
			i++
		}
		if from := i; i < len(r) && isDigit(r[i]) {
			for i < len(r) && isDigit(r[i]) {
				i++
			}
			a.exp = capped(r[from:i])
			if r[1] == '-' {
				a.exp = -a.exp
			}
			rd.rest = r[i:]
			return
		}
	}
	// 3.14 × 10²³
	r := strings.TrimLeft(rd.rest, " ")
	for _, times := range []string{"×", "x", "X", "*", "·"} {
		if t, ok := strings.CutPrefix(r, times); ok {
			if t, ok = strings.CutPrefix(strings.TrimLeft(t, " "), "10"); ok {
				back := rd.rest
				rd.rest = t
				if e, ok := rd.power(); ok {
					a.exp = e
				} else {
					rd.rest = back
				}
			}
			return
		}
	}
}

// power reads ^23 or ²³.
func (rd *reader) power() (int, bool) {
	s := rd.rest
	neg := false
	var digits []byte
	if t, ok := strings.CutPrefix(s, "^"); ok {
		if t, neg = strings.CutPrefix(t, "-"); !neg {
			t = strings.TrimPrefix(t, "+")
		}
		for t != "" && isDigit(t[0]) {
			digits, t = append(digits, t[0]), t[1:]
		}
		s = t
	} else {
		s, neg = strings.CutPrefix(s, "⁻")
		for {
			i := -1
			for d, sup := range superscripts {
				if t, ok := strings.CutPrefix(s, sup); ok {
					i, s = d, t
					break
				}
			}
			if i < 0 {
				break
			}
			digits = append(digits, byte('0'+i))
		}
	}
	if len(digits) == 0 {
		return 0, false
	}
	rd.rest = s
	e := capped(string(digits))
	if neg {
		e = -e
	}
	return e, true
}

// capped reads an exponent; beyond 99,999 nothing changes any more.
func capped(digits string) int {
	e := 0
	for i := 0; i < len(digits); i++ {
		if e = e*10 + int(digits[i]-'0'); e > 99999 {
			return 99999
		}
	}
	return e
}

// ungroup takes the thousands separators out of a run of digits. When the
// grouping is not sure it returns "what is wrong|what to write".
func ungroup(run string) (plain, wrong string) {
	strip := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r == '.' || isDigit(byte(r)) {
				return r
			}
			return -1
		}, s)
	}
	comma, dot := strings.Count(run, ","), strings.Count(run, ".")
	lastComma, lastDot := strings.LastIndexByte(run, ','), strings.LastIndexByte(run, '.')
	euro := func() string { // as if the comma were the decimal point
		whole, frac, _ := strings.Cut(strings.ReplaceAll(strip(run[:lastComma]), ".", "")+","+run[lastComma+1:], ",")
		return "has a decimal comma|write " + whole + "." + frac
	}
	if dot > 1 {
		if comma == 1 && lastComma > lastDot && lastComma+1 < len(run) {
			return "", euro()
		}
		return "", "has more than one decimal point|write " + strings.ReplaceAll(strip(run), ".", "") + " if the points group thousands"
	}
	whole, frac := run, ""
	if dot == 1 {
		whole, frac = run[:lastDot], run[lastDot+1:]
		if strings.ContainsAny(frac, ",' _") {
			if comma == 1 && lastComma > lastDot && lastComma+1 < len(run) && !strings.ContainsAny(frac[:strings.IndexByte(frac, ',')], "' _") {
				return "", euro()
			}
			return "", "groups digits in a way that is not clear|write it without separators"
		}
	}
	groups := strings.FieldsFunc(whole, func(r rune) bool { return strings.ContainsRune(",' _", r) })
	if len(groups) > 1 || strings.ContainsAny(whole, ",' _") {
		sep := ""
		for _, c := range []string{",", "'", "_", " "} {
			if strings.Contains(whole, c) {
				if sep != "" && comma == 1 && dot == 0 && lastComma > strings.LastIndexAny(run, "' _") && lastComma+1 < len(run) {
					return "", euro()
				}
				if sep != "" {
					return "", "mixes thousands separators|write " + strip(run)
				}
				sep = c
			}
		}
		parts := strings.Split(whole, sep)
		good := len(parts[0]) >= 1 && len(parts[0]) <= 3 && parts[0][0] != '0'
		for _, g := range parts[1:] {
			good = good && len(g) == 3
		}
		if !good {
			if sep == "," && comma == 1 && dot == 0 && lastComma+1 < len(run) {
				if lastComma == 0 {
					return "", "has a decimal comma|write 0." + run[1:]
				}
				return "", euro()
			}
			if sep == " " && len(parts) == 2 {
				return "", "is two numbers|write one number, or a range such as 30 to 50"
			}
			return "", "groups digits in a way that is not clear|write " + strip(run)
		}
	}
	return strip(run), ""
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// tail takes what stands behind a number up to the end or the next part of a range.
func (rd *reader) tail() string {
	s := rd.rest
	i := 0
scan:
	for ; i < len(s); i++ {
		switch rest := s[i:]; {
		case s[i] == '(' || s[i] == ')' || strings.HasPrefix(rest, "–") || strings.HasPrefix(rest, "±") || strings.HasPrefix(rest, ".."):
			break scan
		case s[i] == '-': // "GPU-hours" goes on, "30 - 50" does not
			next := strings.TrimLeft(rest[1:], " ")
			if next == "" || isDigit(next[0]) || strings.ContainsRune(".$+-", rune(next[0])) || strings.HasPrefix(next, "US") {
				break scan
			}
		case isTo(s, i):
			break scan
		}
	}
	rd.rest = s[i:]
	return strings.Join(strings.Fields(s[:i]), " ")
}

func isTo(s string, i int) bool {
	if len(s) < i+2 || !strings.EqualFold(s[i:i+2], "to") {
		return false
	}
	letter := func(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
	return (i == 0 || !letter(s[i-1])) && (i+2 == len(s) || !letter(s[i+2]))
}

// separator takes "to", "±" or "(" between the parts of a range; "" at the end.
func (rd *reader) separator() string {
	if rd.prob != nil {
		return ""
	}
	rd.skip()
	if rd.rest == "" {
		return ""
	}
	for _, s := range []struct{ text, means string }{{"±", "±"}, {"(", "("}, {"–", "to"}, {"..", "to"}, {"-", "to"}} {
		if t, ok := strings.CutPrefix(rd.rest, s.text); ok {
			rd.rest = strings.TrimLeft(t, ".")
			if s.text != ".." {
				rd.rest = t
			}
			return s.means
		}
	}
	if isTo(rd.rest, 0) {
		rd.rest = rd.rest[2:]
		return "to"
	}
	rd.fail(rd.wrong("is not clear", ""))
	return ""
}

func (rd *reader) end(closing string) {
	if rd.prob != nil {
		return
	}
	rd.skip()
	t, ok := strings.CutPrefix(rd.rest, closing)
	if !ok || strings.TrimSpace(t) != "" {
		rd.fail(rd.wrong("is not clear", "write a number or a range such as 30 to 50"))
	}
}

// unit finds the multiplier and the unit in a tail such as "billion parameters".
func (rd *reader) unit(a *amount, currency, tail string) {
	if currency+tail == "" {
		return
	}
	f := folded(strings.TrimLeft(currency+" "+tail, " "))
	sc, ok, ambiguous := rd.known(f)
	if ok {
		a.unit, a.hasUnit = sc, true
		return
	}
	for _, m := range multipliers {
		if m.letter && !countsThings(rd.kind) {
			continue
		}
		if len(tail) < len(m.text) || !strings.EqualFold(tail[:len(m.text)], m.text) {
			continue
		}
		rest := folded(strings.Trim(currency+" "+strings.TrimLeft(tail[len(m.text):], " "), " "))
		sc, ok, _ := rd.known(rest)
		if ok || rest == "" {
			a.mult, a.hasMult = m.pow, true
			a.unit, a.hasUnit = sc, ok
			return
		}
	}
	rd.fail(rd.strange(currency, tail, f, ambiguous))
}

func (rd *reader) known(f string) (scale, bool, bool) {
	sc, ok, ambiguous := find(rd.kind, f)
	if !ok && f != "" && rd.own != "" && (rd.kind == Count || rd.kind == None) {
		own := folded(rd.own)
		if strings.EqualFold(f, own) || len(own) > 2 && strings.EqualFold(f+"s", own) {
			return scale{0, 1, 1}, true, false
		}
	}
	return sc, ok, ambiguous
}

// strange says why a unit cannot be taken, as helpfully as it can be known.
func (rd *reader) strange(currency, tail, f string, ambiguous bool) *Problem {
	p := &Problem{Value: rd.text, Allowed: allowed[rd.kind]}
	bytes := rd.kind == ByteCount || rd.kind == ByteRate
	switch {
	case ambiguous:
		p.Wrong = "could mean bits or bytes"
		p.Fix = "write B for bytes and bit for bits"
		return p
	case bytes && len(f) == 1 && strings.ContainsAny(f, "kKMGTP"):
		p.Wrong = "has half a unit"
		p.Fix = "write " + strings.ToUpper(f) + "B (powers of 1,000) or " + strings.ToUpper(f) + "iB (powers of 1,024)"
		return p
	case rd.kind == ByteCount && (strings.HasSuffix(f, "b") || strings.HasSuffix(f, "bit") || strings.HasSuffix(f, "bits")):
		p.Wrong = "is in bits"
		p.Fix = "write B for bytes"
		return p
	case (rd.kind == Time || rd.kind == DayCount || rd.kind == HourCount) && (f == "m" || f == "M"):
		p.Wrong = "could mean minutes or months"
		p.Fix = "write min or months"
		return p
	case strings.ContainsAny(tail, "€£¥") || f == "EUR" || f == "GBP":
		p.Wrong = "is in another currency"
		p.Fix = "convert it to US dollars"
		return p
	}
	for k := None; k < kinds; k++ {
		if _, ok, _ := find(k, f); ok && k != rd.kind {
			p.Wrong = "is " + of[k] + ", not " + of[rd.kind]
			return p
		}
	}
	p.Wrong = "has a unit that is not known here"
	return p
}

// value is the amount in base units.
func (rd *reader) value(a amount) float64 {
	sc := a.unit
	if !a.hasUnit {
		sc = bare[rd.kind]
	}
	v, err := strconv.ParseFloat(a.digits+"e"+strconv.Itoa(a.exp+a.mult+sc.pow), 64)
	if err != nil && !math.IsInf(v, 0) {
		rd.fail(rd.wrong("is not a number", ""))
		return 0
	}
	was := v
	v = v * or1(sc.mul) / or1(sc.div)
	if !finite(v) {
		rd.fail(rd.wrong("is too large to compute with", ""))
		return 0
	}
	if v == 0 && (was != 0 || strings.Trim(a.digits, "0.") != "") {
		rd.fail(rd.wrong("is too small to compute with", ""))
		return 0
	}
	if a.neg {
		v = -v
	}
	if rd.kind == Fraction && !a.hasUnit && math.Abs(v) > 1 {
		if math.Abs(v) <= 100 {
			rd.fail(&Problem{Value: rd.text, Wrong: "is more than the whole", Allowed: allowed[Fraction],
				Fix: "write " + a.digits + " % or " + strconv.FormatFloat(v/100, 'g', 6, 64)})
		} else {
			rd.fail(&Problem{Value: rd.text, Wrong: "is more than the whole", Allowed: allowed[Fraction]})
		}
		return 0
	}
	return v
}

// bare is the scale of a number without a unit: the unit of the field's label.
var bare = func() (b [kinds]scale) {
	for k := range b {
		b[k] = scale{0, Kind(k).JSONScale(), 1}
	}
	return b
}()

// share lets "30 to 50 days" and "30 days to 50" mean days at both ends.
func share(a, b *amount) {
	if a.hasUnit && !b.hasUnit {
		b.unit, b.hasUnit = a.unit, true
	} else if b.hasUnit && !a.hasUnit {
		a.unit, a.hasUnit = b.unit, true
	}
}

func (rd *reader) between(a, b amount) Range {
	share(&a, &b)
	switch { // "7 to 13B" is 7B to 13B, but "500 to 1M" starts at 500 and "900k to 2000000" ends at 2000000
	case b.hasMult && !a.hasMult:
		c := a
		c.mult, c.hasMult = b.mult, true
		if rd.value(c) <= rd.value(b) {
			a = c
		}
	case a.hasMult && !b.hasMult && rd.value(b) < rd.value(a):
		b.mult, b.hasMult = a.mult, true
	}
	r := Range{Lo: rd.value(a), Hi: rd.value(b)}
	if rd.prob == nil && r.Lo > r.Hi {
		rd.fail(rd.wrong("has its lower end above its upper end", "swap the two ends"))
	}
	r.V = Middle(rd.kind, r.Lo, r.Hi)
	return r
}

// Middle is the value that stands for a range of which only the ends are
// known: the geometric mean for kinds that are ratios by nature when lo > 0,
// the arithmetic mean otherwise.
func Middle(k Kind, lo, hi float64) float64 {
	m := lo/2 + hi/2
	switch k {
	case None, Fraction, Loss, Year:
	default:
		if lo > 0 {
			m = math.Sqrt(lo) * math.Sqrt(hi)
		}
	}
	return math.Max(lo, math.Min(m, hi))
}

func (rd *reader) plusMinus(a, b amount) Range {
	if b.neg {
		rd.fail(rd.wrong("has a negative margin", "write the margin without a sign"))
		return Range{}
	}
	var v, d float64
	if b.percent {
		v = rd.value(a)
		b.unit, b.hasUnit = scale{-2, 1, 1}, true
		share, err := strconv.ParseFloat(b.digits+"e"+strconv.Itoa(b.exp-2), 64)
		if err != nil {
			rd.fail(rd.wrong("is too large to compute with", ""))
		}
		d = math.Abs(v) * share
	} else {
		share(&a, &b)
		if a.hasMult && !b.hasMult {
			c := b
			if c.mult, c.hasMult = a.mult, true; rd.value(c) <= math.Abs(rd.value(a)) {
				b = c
			}
		} else if b.hasMult && !a.hasMult {
			a.mult, a.hasMult = b.mult, true
		}
		v, d = rd.value(a), rd.value(b)
	}
	// The conversion keeps the product out of a fused multiply-add, so that all machines agree.
	return Range{v, v - float64(d), v + float64(d)}
}
