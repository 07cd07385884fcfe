package state

import (
	"math"
	"strings"
	"testing"

	"flopbook/core"
	"flopbook/core/scenario"
)

// walk is the page after some messages.
func walk(t *testing.T, msgs ...Msg) Model {
	t.Helper()
	m := New()
	for _, msg := range msgs {
		m = Update(m, msg)
	}
	return m
}

func given(m *Model, n scenario.Num) float64 {
	if !m.Case.Num[n].Set {
		return math.NaN()
	}
	return m.Case.Num[n].R.V
}

func TestTypingMovesTheCaseAndKeepsTheText(t *testing.T) {
	m := walk(t, Type{scenario.GPUs, "6"}, Type{scenario.GPUs, "64"})
	if given(&m, scenario.GPUs) != 64 || m.Draft[scenario.GPUs].Text != "64" {
		t.Fatalf("GPUs %v, draft %+v", given(&m, scenario.GPUs), m.Draft[scenario.GPUs])
	}
	m = Update(m, Leave{scenario.GPUs})
	if m.Draft[scenario.GPUs].On || m.Case.Num[scenario.GPUs].Text != "64" {
		t.Errorf("after leaving: %+v, %q", m.Draft[scenario.GPUs], m.Case.Num[scenario.GPUs].Text)
	}
}

func TestNonsenseIsToldAndNothingIsLost(t *testing.T) {
	for _, bad := range []string{"7 bananas", "-1", "0", "1e400", "NaN", "∞", "<b>", "30 to 20", strings.Repeat("9", 100000)} {
		m := walk(t, Type{scenario.GPUs, "64"}, Type{scenario.GPUs, bad}, Leave{scenario.GPUs})
		d := m.Draft[scenario.GPUs]
		if given(&m, scenario.GPUs) != 64 {
			t.Errorf("%.20q: the last good value became %v", bad, given(&m, scenario.GPUs))
		}
		if d.Text != bad {
			t.Errorf("%.20q: the text was lost: %.20q", bad, d.Text)
		}
		if !strings.HasPrefix(d.Problem, "GPUs: ") || len(d.Problem) > 300 {
			t.Errorf("%.20q: problem %.400q", bad, d.Problem)
		}
		m = Update(m, Type{scenario.GPUs, "32"})
		if m.Draft[scenario.GPUs].Problem != "" || given(&m, scenario.GPUs) != 32 {
			t.Errorf("%.20q: not mended by 32: %+v", bad, m.Draft[scenario.GPUs])
		}
	}
}

func TestAnEmptyBoxMeansWhatIsAssumed(t *testing.T) {
	m := walk(t, Type{scenario.Days, "10"}, Type{scenario.Days, "  "})
	if m.Case.Num[scenario.Days].Set || m.Draft[scenario.Days].Problem != "" {
		t.Errorf("%+v, %+v", m.Case.Num[scenario.Days], m.Draft[scenario.Days])
	}
}

func TestUndoTakesStepsNotKeystrokes(t *testing.T) {
	m := walk(t,
		Type{scenario.GPUs, "1"}, Type{scenario.GPUs, "16"}, Leave{scenario.GPUs},
		Slide{scenario.Tokens, 100, 1e11}, Slide{scenario.Tokens, 110, 1e11}, Slide{scenario.Tokens, 120, 1e11}, Settle{},
		Choose{scenario.Optimizer, "sgd"})
	tokens := given(&m, scenario.Tokens)
	for i, want := range []func() bool{
		func() bool {
			return m.Case.Chosen(scenario.Optimizer) == "adam" && given(&m, scenario.Tokens) == tokens
		},
		func() bool { return !m.Case.Num[scenario.Tokens].Set && given(&m, scenario.GPUs) == 16 },
		func() bool { return !m.Changed() && !m.CanUndo() },
	} {
		m = Update(m, Undo{})
		if !want() {
			t.Fatalf("undo %d: %q", i+1, m.Case.Fragment(""))
		}
	}
	m = Update(m, Undo{}) // one too many does nothing
	for range 4 {
		m = Update(m, Redo{})
	}
	if m.Case.Chosen(scenario.Optimizer) != "sgd" || given(&m, scenario.GPUs) != 16 || m.CanRedo() {
		t.Errorf("redone: %q", m.Case.Fragment(""))
	}
	m = Update(Update(m, Undo{}), Type{scenario.GPUs, "8"})
	if m.CanRedo() {
		t.Error("a new change must end what could be redone")
	}
}

func TestUpdateLeavesTheOldModelAlone(t *testing.T) {
	m := walk(t, Type{scenario.GPUs, "8"}, Settle{}, Type{scenario.GPUs, "16"}, Settle{}, Undo{})
	before := m.Case.Fragment("")
	a := Update(m, Type{scenario.GPUs, "32"})
	b := Update(m, Type{scenario.GPUs, "64"})
	if m.Case.Fragment("") != before || given(&a, scenario.GPUs) != 32 || given(&b, scenario.GPUs) != 64 {
		t.Error("models share what they should not")
	}
	if a, b = Update(a, Undo{}), Update(b, Undo{}); a.Case != m.Case || b.Case != m.Case {
		t.Error("undo steps of two futures are mixed up")
	}
}

func TestUndoStepsAreBounded(t *testing.T) {
	m := New()
	for i := range 3 * maxPast {
		m = Update(Update(m, Nudge{scenario.GPUs, i%2 == 0, 64}), Settle{})
	}
	if len(m.past) > maxPast {
		t.Errorf("%d undo steps kept", len(m.past))
	}
}

func TestAskingFromAnotherSideStartsFromTheRunInView(t *testing.T) {
	m := walk(t, Type{scenario.Tokens, "100B"}, Type{scenario.GPUs, "8"})
	old := core.Answer(&m.Case)
	m = Update(m, Choose{scenario.Ask, "gpus"})
	days := given(&m, scenario.Days)
	if want := old.Out.V[core.Days].V; math.Abs(days/want-1) > 0.06 {
		t.Errorf("days became %v, the run took %v", days, want)
	}
	now := core.Answer(&m.Case)
	if got := now.Out.V[core.GPUs].V; got != 8 {
		t.Errorf("%v GPUs for the time that 8 took", got)
	}
}

func TestAnotherModelDropsTheOldShape(t *testing.T) {
	m := walk(t, Type{scenario.Layers, "40"}, Choose{scenario.Model, "llama-3.1-8b"})
	if m.Case.Num[scenario.Layers].Set {
		t.Error("the layers laid over one model stayed with the next")
	}
	m = Update(m, Choose{scenario.Model, "no-such-model"})
	if m.Case.Chosen(scenario.Model) != "llama-3.1-8b" || len(m.Notes) != 1 {
		t.Errorf("unknown model: %q, notes %v", m.Case.Chosen(scenario.Model), m.Notes)
	}
}

func TestNumbersOpenOutOfOneAnother(t *testing.T) {
	m := walk(t, Go{Calculator}, OpenNumber{Name: "days"}, OpenNumber{"gpu_hours", true}, OpenNumber{"flops", true})
	if got := strings.Join(m.Open, " "); got != "days gpu_hours flops" {
		t.Fatal(got)
	}
	m = Update(m, OpenNumber{"gpu_hours", true}) // one on the trail leads back to it
	if got := strings.Join(m.Open, " "); got != "days gpu_hours" {
		t.Fatal(got)
	}
	m = Update(m, OpenNumber{Name: "cost"})
	if got := strings.Join(m.Open, " "); got != "cost" {
		t.Fatal(got)
	}
	m = Update(m, OpenNumber{Name: "cost"})
	if len(m.Open) != 0 {
		t.Fatal("the same again closes it")
	}
	m = Update(Update(m, OpenNumber{Name: "cost"}), CloseTo{-3})
	if len(m.Open) != 0 {
		t.Fatal("closed too little")
	}
	for i := range 100 {
		m = Update(m, OpenNumber{"n" + strings.Repeat("x", i), true})
	}
	if len(m.Open) > maxTrail {
		t.Errorf("a trail of %d", len(m.Open))
	}
}

func TestAGuessIsReadInMegawattHours(t *testing.T) {
	m := walk(t, Guess{"50"}, HandIn{})
	if !m.Lesson.Given || m.Lesson.Joules != 50*3.6e9 {
		t.Errorf("%+v", m.Lesson)
	}
	m = walk(t, Guess{"many"}, HandIn{})
	if m.Lesson.Given || !strings.HasPrefix(m.Lesson.Problem, "Your guess: ") {
		t.Errorf("%+v", m.Lesson)
	}
}

func TestLoadingReadsFilesAndTellsWhatIsWrong(t *testing.T) {
	m := walk(t, Load{[]byte(`{"model": "llama-2-7b", "tokens": "1T", "gpus": 128}`)})
	if m.Page != Calculator || given(&m, scenario.Tokens) != 1e12 || len(m.Notes) != 0 {
		t.Errorf("page %v, tokens %v, notes %v", m.Page, given(&m, scenario.Tokens), m.Notes)
	}
	for _, bad := range []string{"", "{", "null", "[]", "7", `{"gpus": "x"}`, strings.Repeat("[", 1<<20), `{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"j":10}`} {
		m := walk(t, Type{scenario.GPUs, "64"}, Load{[]byte(bad)})
		if len(m.Notes) == 0 || len(m.Notes) > 9 {
			t.Errorf("%.20q: %d notes", bad, len(m.Notes))
		}
		if m = Update(m, Undo{}); bad != "" && m.CanUndo() && given(&m, scenario.GPUs) != 64 {
			t.Errorf("%.20q: the case before is lost", bad)
		}
	}
}

// What a reader may send in any order must neither panic nor leave a case that
// has no answer.
func FuzzSteps(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}, "7B")
	f.Add([]byte{200, 13, 7, 99, 4, 4, 4, 250}, "1e308")
	f.Fuzz(func(t *testing.T, steps []byte, text string) {
		text = strings.ToValidUTF8(text, "?") // a browser hands over nothing else
		m := New()
		for i, b := range steps {
			if i > 60 {
				break
			}
			n := scenario.Num(int(b) % int(scenario.NumCount))
			v := math.Ldexp(1, int(b)-60)
			c := scenario.Choice(int(b) % int(scenario.ChoiceCount))
			key := text
			if o := scenario.Choices[c].Options; len(o) > 0 && b%2 == 0 {
				key = o[int(b)%len(o)].Key
			}
			m = Update(m, [...]Msg{
				Type{n, text}, Slide{n, int(b) * 2, v}, Nudge{n, b%2 == 0, v}, Drag{n, v, float64(b) * 9}, Choose{c, key},
				ResetNum{Num: n}, Undo{}, Redo{}, Go{Page(b)}, OpenNumber{text, b%2 == 0}, Load{[]byte(text)}, Follow{text},
				Leave{n}, Settle{}, ResetAll{}, CloseTo{int(b) - 100}, Name{text}, SortBy{SystemColumn(b)}, FilterBy{text}, Guess{text}, HandIn{},
			}[(int(b)+i)%21])
		}
		a := core.Answer(&m.Case)
		if v := a.Out.V[core.FLOPs]; a.Out.Known[core.FLOPs] && !(v.V >= 0) {
			t.Errorf("%q gives %v FLOP", m.Case.Fragment(""), v)
		}
		back, _, problems := scenario.ParseFragment(m.Fragment(Shown(&a.Out)))
		if len(problems) > 0 && m.Case.Unknown == "" {
			t.Errorf("%q cannot be read back: %v", m.Fragment(""), problems[0])
		}
		back.Release, back.Shown, m.Case.Release, m.Case.Shown = "", "", "", ""
		if m.Page != Start && back.Fragment("") != m.Case.Fragment("") {
			t.Errorf("%q came back as %q", m.Case.Fragment(""), back.Fragment(""))
		}
		Listed(m.Filter, m.Sort, m.Down)
	})
}

// A size taken from the map is one step to undo, leaves the system behind, and
// answers with that size, those tokens and the same GPUs.
func TestTakingASize(t *testing.T) {
	m := walk(t, Choose{scenario.Model, "llama-3.1-8b"}, TrySize{5e9}, TakeSize{5.1234e9, 2.3456e13, 512})
	if m.Case.Chosen(scenario.Model) != "llama-3.1-8b" || given(&m, scenario.Params) != 5.12e9 || given(&m, scenario.Tokens) != 2.35e13 || given(&m, scenario.GPUs) != 512 || m.Try != 0 {
		t.Errorf("%q, tried %g", m.Case.Fragment(""), m.Try)
	}
	a := core.Answer(&m.Case)
	if v := a.Out.V[core.ParamsTotal].V; math.Abs(v/5.12e9-1) > 0.03 {
		t.Errorf("a model of %g parameters", v)
	}
	m = Update(m, Undo{})
	if m.Case.Chosen(scenario.Model) != "llama-3.1-8b" || m.Case.Num[scenario.Params].Set || m.Case.Num[scenario.Tokens].Set {
		t.Errorf("one undo leaves %q", m.Case.Fragment(""))
	}
	before := m.Case
	for _, bad := range []TakeSize{{math.NaN(), 1e12, 8}, {1e9, math.Inf(1), 8}, {-1, 1e12, 8}, {1e9, 1e12, 1e30}} {
		if m = Update(m, bad); m.Case != before || len(m.Notes) != 1 {
			t.Errorf("%+v: %q, notes %v", bad, m.Case.Fragment(""), m.Notes)
		}
	}
	if m = Update(m, TrySize{math.NaN()}); m.Try != 0 {
		t.Errorf("tried %g", m.Try)
	}
}

// What layouts are ranked by travels with the link, and only there.
func TestTheLayoutsGoalIsInTheLink(t *testing.T) {
	m := walk(t, Go{Calculator}, RankBy{"usd"})
	if f := m.Fragment(""); strings.Contains(f, "by=") {
		t.Errorf("outside the layouts: %q", f)
	}
	m = Update(m, LookAt{PartByKey(LayoutPart)})
	f := m.Fragment("")
	if !strings.HasSuffix(f, ";part=layouts;by=usd") {
		t.Fatalf("%q", f)
	}
	if again := walk(t, Follow{f}); again.RankedBy() != "usd" || len(again.Notes) > 0 {
		t.Errorf("%q came back as %q, %v", f, again.RankedBy(), again.Notes)
	}
	for _, bad := range []string{"", "hours", "<b>"} {
		if n := Update(m, RankBy{bad}); n.RankedBy() != "usd" {
			t.Errorf("%q moved it to %q", bad, n.RankedBy())
		}
	}
}

// What is added up in the trade travels with the link, and only there.
func TestTheTradesMeasureIsInTheLink(t *testing.T) {
	m := walk(t, Go{Calculator}, LookBy{"lifetime-energy"})
	if f := m.Fragment(""); strings.Contains(f, "show=") {
		t.Errorf("outside the trade: %q", f)
	}
	m = Update(m, LookAt{PartByKey(TradePart)})
	f := m.Fragment("")
	if !strings.HasSuffix(f, ";part=trade;show=lifetime-energy") {
		t.Fatalf("%q", f)
	}
	if again := walk(t, Follow{f}); again.Crossing() != "lifetime-energy" || again.Part != m.Part || len(again.Notes) > 0 {
		t.Errorf("%q came back as %q, %v", f, again.Crossing(), again.Notes)
	}
	for _, bad := range []string{"", "memory", "<b>", "lifetime-time"} {
		if n := Update(m, LookBy{bad}); n.Crossing() != "lifetime-energy" {
			t.Errorf("%q moved it to %q", bad, n.Crossing())
		}
	}
}
