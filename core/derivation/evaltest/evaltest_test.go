package evaltest

import (
	"fmt"
	"math"
	"math/rand"
	"testing"

	"flopbook/core/derivation"
	"flopbook/core/unit"
)

// A recorder takes the place of a test, to see whether a check complains.
type recorder struct {
	testing.TB
	said []string
}

func (r *recorder) Helper()                   {}
func (r *recorder) Error(a ...any)            { r.said = append(r.said, fmt.Sprint(a...)) }
func (r *recorder) Errorf(f string, a ...any) { r.said = append(r.said, fmt.Sprintf(f, a...)) }

func complaints(b *derivation.Book) (value, print int) {
	var v, p recorder
	Check(&v, b)
	CheckPrinted(&p, b)
	return len(v.said), len(p.said)
}

func book(value float64, expr string, origin derivation.Origin) *derivation.Book {
	b := derivation.NewBook()
	for name, v := range map[string]float64{"a": 7.123456e9, "b": 0.0412345, "c": 1024, "d": 1.5, "neg": -2.71828} {
		b.Let(derivation.Var{Name: name, Symbol: name, Kind: unit.FLOPPerToken, Value: v})
	}
	b.Step(derivation.Var{Name: "r", Symbol: "r", Kind: unit.Time, Value: value, Origin: origin}, expr, "", "")
	return b
}

func TestChecksAcceptWhatIsRight(t *testing.T) {
	a, b, c, d, neg := 7.123456e9, 0.0412345, 1024.0, 1.5, -2.71828
	for expr, v := range map[string]float64{
		"6 * a * b": 6 * a * b, "a / (b * c)": a / (b * c), "a / b / c": a / b / c, "a - b - c": a - b - c, "c - (d - b)": c - (d - b),
		"neg * a + neg": neg*a + neg, "(neg)^2 * d^-2": neg * neg / (d * d), "d^2^2": math.Pow(d, 4), "pow(c, 1 / 2)": 32, "1e12 * b / 86400": 1e12 * b / 86400,
		"ceil(c / d) + floor(a / c)": math.Ceil(c/d) + math.Floor(a/c), "sqrt(a / c) - ln(a) * exp(-b)": math.Sqrt(a/c) - math.Log(a)*math.Exp(-b),
		"max(a, b, c) / min(c, d * c)": a / c, "a * (c / d)": a * (c / d), "(a / c)^2 / 2.5e-3": (a / c) * (a / c) / 2.5e-3, "-a / -c": a / c, "1000000 * 3000000 * 4000000": 12e18,
	} {
		bk := book(v, expr, derivation.Computed)
		Check(t, bk)
		CheckPrinted(t, bk)
	}
	solved := book(a/c, "a = c * r", derivation.Solved)
	Check(t, solved)
	CheckPrinted(t, solved)
}

func TestChecksRefuseWhatIsWrong(t *testing.T) {
	if v, p := complaints(book(7.123456e9*1.001, "a * 1", derivation.Computed)); v == 0 || p == 0 {
		t.Errorf("a value one part in a thousand off: %d, %d complaints", v, p)
	}
	if v, _ := complaints(book(7.123456e9*(1+1e-8), "a * 1", derivation.Computed)); v == 0 {
		t.Error("a value 1e-8 off went unnoticed")
	}
	if v, p := complaints(book(100, "a = c * r", derivation.Solved)); v == 0 || p == 0 {
		t.Errorf("a wrong solution: %d, %d complaints", v, p)
	}
	if v, _ := complaints(book(1, "nobody * 2", derivation.Computed)); v == 0 {
		t.Error("an unknown name went unnoticed")
	}
	if v, p := complaints(book(math.NaN(), "a - a", derivation.Computed)); v == 0 || p == 0 {
		t.Errorf("NaN: %d, %d complaints", v, p)
	}
}

// Formulas built at random print so that they read back to their value.
func TestRandomFormulasPrintRight(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	names := []string{"a", "b", "c", "d", "neg", "2", "86400", "1e12", "0.25"}
	var build func(depth int) string
	build = func(depth int) string {
		if depth == 0 || r.Intn(6) == 0 {
			return names[r.Intn(len(names))]
		}
		x, y := build(depth-1), build(depth-1)
		switch r.Intn(9) {
		case 0:
			return "(" + x + ") + (" + y + ")"
		case 1:
			return "(" + x + ") - (" + y + ")"
		case 2, 3:
			return "(" + x + ") * (" + y + ")"
		case 4, 5:
			return "(" + x + ") / (" + y + ")"
		case 6:
			return "(" + x + ")^2"
		case 7:
			return "-(" + x + ")"
		}
		return "max(" + x + ", " + y + ")"
	}
	checked := 0
	for range 2000 {
		expr := build(4)
		env := environment()
		for name, v := range map[string]float64{"a": 7.123456e9, "b": 0.0412345, "c": 1024, "d": 1.5, "neg": -2.71828} {
			env[name] = v
		}
		v, err := evaluate(expr, env)
		if err != nil {
			t.Fatalf("%s: %v", expr, err)
		}
		if math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		b := book(v, expr, derivation.Computed)
		s, _ := b.Find("r")
		if b.Err() != nil {
			t.Fatal(b.Err())
		}
		// A difference that cancels leaves a divisor of which no figure is known.
		errs := []error{checkMathML(s), checkText(s)}
		for _, err := range errs {
			if err != nil && err.Error() != "a divisor prints as zero" {
				t.Errorf("%s\n%s\n%v", expr, s.Text(), err)
			}
		}
		if errs[0] == nil && errs[1] == nil {
			checked++
		}
	}
	if checked < 1000 {
		t.Errorf("only %d formulas were checked", checked)
	}
}
