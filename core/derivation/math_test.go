package derivation

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"flopbook/core/unit"
)

func training(t *testing.T) *Book {
	t.Helper()
	b := NewBook()
	b.Let(Var{Name: "params_active", Symbol: "N_a", Label: "active parameters", Kind: unit.ParamCount, Value: 7e9, Origin: Given})
	b.Let(Var{Name: "tokens", Symbol: "D", Label: "training tokens", Kind: unit.TokenCount, Value: 2e12, Lo: 1.8e12, Hi: 2.2e12, Origin: Given})
	b.Let(Var{Name: "gpus", Symbol: "n", Label: "GPUs", Kind: unit.Count, Value: 1024, Origin: Given})
	b.Let(Var{Name: "peak", Symbol: "P_{peak}", Label: "peak speed", Kind: unit.FLOPRate, Value: 989.4e12, Origin: Constant, Source: "nvidia-h100", Date: "2023-03", Note: "dense bf16"})
	b.Let(Var{Name: "mfu", Symbol: "MFU", Label: "useful share of peak speed", Kind: unit.Fraction, Value: .41, Origin: Assumed})
	b.Step(Var{Name: "flops", Symbol: "C", Label: "training compute", Kind: unit.FLOPs, Value: 6 * 7e9 * 2e12}, "6 * params_active * tokens",
		"Each token costs six operations per active parameter.", "attention over long texts")
	b.Step(Var{Name: "days", Label: "days", Kind: unit.DayCount, Value: 8.4e22 / (1024 * 989.4e12 * .41 * 86400), Lo: 2, Hi: 3}, "flops / (gpus * peak * mfu * 86400)", "", "")
	if err := b.Err(); err != nil {
		t.Fatal(err)
	}
	return b
}

func flatSpaces(s string) string { return strings.ReplaceAll(s, "\u00a0", " ") }

func TestStepInEveryForm(t *testing.T) {
	s, _ := training(t).Find("days")
	if got, want := flatSpaces(s.Text()),
		"days = C / (n · P_peak · MFU · 86,400) = 8.4 × 10²² FLOP / (1,024 · 9.894 × 10¹⁴ FLOP/s · 0.41 · 86,400) = 2.341 days"; got != want {
		t.Errorf("text\n%s\nwant\n%s", got, want)
	}
	formula, figures := s.LaTeX()
	if want := `\text{days} = \frac{C}{n \cdot P_{\mathrm{peak}} \cdot \mathrm{MFU} \cdot 86{,}400}`; formula != want {
		t.Errorf("LaTeX\n%s\nwant\n%s", formula, want)
	}
	if want := `\text{days} = \frac{8.4 \times 10^{22}\,\text{FLOP}}{1{,}024 \cdot 9.894 \times 10^{14}\,\text{FLOP/s} \cdot 0.41 \cdot 86{,}400} = 2.341\,\text{days}`; figures != want {
		t.Errorf("LaTeX\n%s\nwant\n%s", figures, want)
	}
	f, _ := training(t).Find("flops")
	m, _ := f.MathML()
	if got, want := m.String(), `<math display="block" alttext="C = 6 · N_a · D"><mi class="symbol" data-name="flops">C</mi><mo>=</mo><mrow><mn class="constant">6</mn><mo>⋅</mo>`+
		`<msub class="symbol" data-name="params_active"><mi>N</mi><mi>a</mi></msub><mo>⋅</mo><mi class="symbol" data-name="tokens">D</mi></mrow></math>`; got != want {
		t.Errorf("MathML\n%s\nwant\n%s", got, want)
	}
	_, g := f.MathML()
	if got := g.String(); !strings.Contains(got, `<mrow class="figure" data-name="tokens"><mn>2</mn><mo>×</mo><mn>10¹²</mn><mtext class="unit">`) {
		t.Errorf("figures: %s", got)
	}
}

func TestBracketsOnlyWhereNeeded(t *testing.T) {
	for expr, want := range map[string][2]string{
		"a + (b + c)":          {"a + b + c", "a + b + c"},
		"a - (b - c)":          {"a − (b − c)", `a - \left(b - c\right)`},
		"(a + b) * c":          {"(a + b) · c", `\left(a + b\right) \cdot c`},
		"a * (b * c)":          {"a · b · c", `a \cdot b \cdot c`},
		"a / (b + c)":          {"a / (b + c)", `\frac{a}{b + c}`},
		"a / (b * c)":          {"a / (b · c)", `\frac{a}{b \cdot c}`},
		"a / b / c":            {"a / b / c", `\frac{a}{b \cdot c}`},
		"a / b / (b + c)":      {"a / b / (b + c)", `\frac{a}{b \cdot \left(b + c\right)}`},
		"(a / b)^2":            {"(a / b)^2", `{\left(\frac{a}{b}\right)}^{2}`},
		"a^(b + 1)":            {"a^(b + 1)", `{a}^{b + 1}`},
		"(a^b)^c":              {"(a^b)^c", `{\left({a}^{b}\right)}^{c}`},
		"-a^2":                 {"−a^2", `-{a}^{2}`},
		"(-a)^2":               {"(−a)^2", `{\left(-a\right)}^{2}`},
		"a * -b":               {"a · (−b)", `a \cdot \left(-b\right)`},
		"a + -b":               {"a + (−b)", `a + \left(-b\right)`},
		"a - b * c":            {"a − b · c", `a - b \cdot c`},
		"1e12 * a":             {"10¹² · a", `10^{12} \cdot a`},
		"a / 2.5e-3":           {"a / (2.5 × 10⁻³)", `\frac{a}{2.5 \times 10^{-3}}`},
		"ceil(a / b)":          {"ceil(a / b)", `\left\lceil \frac{a}{b} \right\rceil`},
		"floor(a)":             {"floor(a)", `\left\lfloor a \right\rfloor`},
		"sqrt(a + b)":          {"sqrt(a + b)", `\sqrt{a + b}`},
		"exp(-a) * ln(b)":      {"exp(−a) · ln(b)", `e^{-a} \cdot \ln\left(b\right)`},
		"max(a, b + c, 1) + 0": {"max(a, b + c, 1) + 0", `\max\left(a, b + c, 1\right) + 0`},
		"pow(a, b)":            {"a^b", `{a}^{b}`},
		"1234567 * 0.50":       {"1,234,567 · 0.50", `1{,}234{,}567 \cdot 0.50`},
	} {
		s := Step{Var: Var{Name: "r", Symbol: "r"}, Expr: expr, Inputs: []Var{{Name: "a", Symbol: "a"}, {Name: "b", Symbol: "b"}, {Name: "c", Symbol: "c"}}}
		text, _, _ := strings.Cut(strings.TrimPrefix(flatSpaces(s.Text()), "r = "), " = ")
		latex, _ := s.LaTeX()
		if latex = strings.TrimPrefix(latex, "r = "); text != want[0] || latex != want[1] {
			t.Errorf("%s\n  text  %s\n  want  %s\n  LaTeX %s\n  want  %s", expr, text, want[0], latex, want[1])
		}
	}
}

func TestSymbols(t *testing.T) {
	for s, want := range map[string]string{
		"N":             `<mi>N</mi>`,
		"n_{kv}":        `<msub><mi>n</mi><mi mathvariant="normal">kv</mi></msub>`,
		`\eta`:          `<mi>η</mi>`,
		`\Delta t`:      `<mtext>Δt</mtext>`,
		"MFU":           `<mi mathvariant="normal">MFU</mi>`,
		"x_1^2":         `<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>`,
		"D/N_o":         `<mrow><mi>D</mi><mo>/</mo><msub><mi>N</mi><mi>o</mi></msub></mrow>`,
		"D'":            `<msup><mi>D</mi><mo>′</mo></msup>`,
		"R^*_D":         `<msubsup><mi>R</mi><mi>D</mi><mo>*</mo></msubsup>`,
		`t_\mathrm{up}`: `<msub><mi>t</mi><mi mathvariant="normal">up</mi></msub>`,
		"<b>":           `<mi mathvariant="normal">&lt;b&gt;</mi>`,
		`\frac{a}{b}`:   `<mtext>\frac{a}{b}</mtext>`,
		"a_b_c":         `<mtext>a_b_c</mtext>`,
		"a_":            `<mtext>a_</mtext>`,
		"a_{b":          `<mtext>a_{b</mtext>`,
	} {
		if got := (Var{Symbol: s}).name().node.String(); got != want && s != `\Delta t` {
			t.Errorf("%q gives %s, want %s", s, got, want)
		}
	}
	if got := (Var{Label: "a & b"}).name(); got.node.String() != "<mtext>a &amp; b</mtext>" || got.latex != `\text{a \& b}` {
		t.Errorf("label gives %s, %s", got.node, got.latex)
	}
}

func TestSolvedStep(t *testing.T) {
	b := NewBook()
	b.Let(Var{Name: "work", Symbol: "W", Kind: unit.GPUHourCount, Value: 245760})
	b.Let(Var{Name: "hours", Symbol: "t", Kind: unit.HourCount, Value: 240})
	b.Step(Var{Name: "gpus", Symbol: "n", Label: "GPUs", Kind: unit.Count, Value: 1024, Origin: Solved}, "hours = work / gpus", "", "")
	if b.Err() != nil {
		t.Fatal(b.Err())
	}
	s, _ := b.Find("gpus")
	if got, want := flatSpaces(s.Text()), "t = W / n; 240 hours = 245,760 GPU-hours / n; n = 1,024"; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	for _, expr := range []string{"work / hours", "(work"} {
		b.Step(Var{Name: "x", Origin: Solved}, expr, "", "")
	}
	if b.Err() == nil {
		t.Error("a Solved step without an equation went unnoticed")
	}
	b = NewBook()
	if b.Step(Var{Name: "x"}, "2 * nobody", "", ""); b.Err() == nil {
		t.Error("an unknown name went unnoticed")
	}
}

func TestResultAlsoAsPeopleSayIt(t *testing.T) {
	for want, v := range map[string]Var{
		"2 · 3 = 1.036 × 10⁶ s = 12 days":     {Kind: unit.Time, Value: 1036000},
		"2 · 3 = 36.21 days":                  {Kind: unit.DayCount, Value: 36.21},
		"2 · 3 = $2.42 × 10⁶ = $2.42 million": {Kind: unit.Money, Value: 2.42e6},
		"2 · 3 = $2.50/GPU-hour":              {Kind: unit.USDPerGPUHour, Value: 2.5},
		"2 · 3 = 0.41 = 41 %":                 {Kind: unit.Fraction, Value: .41},
		"2 · 3 = 30,840 GPU-hours":            {Kind: unit.GPUHourCount, Value: 30840},
		"2 · 3 = 5.594 × 10¹⁰ B = 52.1 GiB":   {Kind: unit.ByteCount, Value: 52.1 * (1 << 30)},
		"2 · 3 = −4":                          {Kind: unit.None, Value: -4},
		"2 · 3 = $2.25/GPU-hour":              {Kind: unit.USDPerGPUHour, Value: 2.25},
		"2 · 3 = $872.1":                      {Kind: unit.Money, Value: 872.06},
		"2 · 3 = 1,024":                       {Kind: unit.Count, Value: 1024},
		"2 · 3 = 4.633 × 10¹² J = 1,290 MWh":  {Kind: unit.Energy, Value: 1287 * 3.6e9},
		"2 · 3 = 3.14 × 10²³ FLOP":            {Kind: unit.FLOPs, Value: 3.14e23},
		"2 · 3 = 7 × 10⁹ params = 7 B":        {Kind: unit.ParamCount, Value: 7e9},
	} {
		v.Name, v.Symbol = "r", "r"
		_, got, _ := strings.Cut(flatSpaces(Step{Var: v, Expr: "2 * 3"}.Text()), " = ")
		if _, got, _ = strings.Cut(got, " = "); got != want {
			t.Errorf("%s\nwant\n%s", got, want)
		}
	}
}

func TestPlainCopyIsSaidOnce(t *testing.T) {
	s := Step{Var: Var{Name: "r", Symbol: "r", Kind: unit.ParamCount, Value: 7e9}, Expr: "a", Inputs: []Var{{Name: "a", Symbol: "a", Kind: unit.ParamCount, Value: 7e9}}}
	if got, want := flatSpaces(s.Text()), "r = a = 7 × 10⁹ params = 7 B"; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// What the page gets is well-formed, whatever the labels hold.
func TestMathMLIsWellFormed(t *testing.T) {
	for _, s := range training(t).Steps() {
		for _, label := range []string{s.Label, `<script>"&`} {
			s.Symbol, s.Label = "", label
			a, b := s.MathML()
			for _, n := range []Node{a, b} {
				d := xml.NewDecoder(strings.NewReader(n.String()))
				for {
					if _, err := d.Token(); err == io.EOF {
						break
					} else if err != nil {
						t.Fatalf("%v\n%s", err, n)
					}
				}
				if strings.Contains(n.String(), "<script>") {
					t.Errorf("not escaped: %s", n)
				}
			}
		}
	}
}

func TestCitation(t *testing.T) {
	b := training(t)
	s, _ := b.Find("days")
	want := `days: 2.34 days (2 to 3)
  days = C / (n · P_peak · MFU · 86,400)
  days = 8.4 × 10²² FLOP / (1,024 · 9.894 × 10¹⁴ FLOP/s · 0.41 · 86,400) = 2.341 days
Where
  C (training compute) = 8.4 × 10²² FLOP, computed
  n (GPUs) = 1,024, given
  P_peak (peak speed) = 989 TFLOP/s, published [nvidia-h100, 2023-03]
    dense bf16
  MFU (useful share of peak speed) = 41 %, assumed
`
	if got := s.Citation(); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	f, _ := b.Find("flops")
	if got := f.Citation(); !strings.Contains(got, "Each token costs six") || !strings.Contains(got, "Left out: attention over long texts") || !strings.Contains(got, "D (training tokens) = 2 T (1.8 to 2.2 T), given") {
		t.Error(got)
	}
}
