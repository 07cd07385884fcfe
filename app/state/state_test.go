package state

import (
	"strings"
	"testing"

	"flopbook/core"
	"flopbook/core/scenario"
)

func after(m Model, msgs ...Msg) Model {
	for _, msg := range msgs {
		m = Update(m, msg)
	}
	return m
}

func TestDoorsAndPreparedCasesCanBeAnswered(t *testing.T) {
	for _, d := range Doors() {
		c := d.Case
		a := core.Answer(&c)
		if len(a.Problems) > 0 || !a.Out.Fits {
			t.Errorf("%s: problems %v, fits %v", d.Key, a.Problems, a.Out.Fits)
		}
		key, ok := strings.CutPrefix(d.Focus, "say-")
		if _, known := scenario.NumByKey(key); !ok || !known {
			t.Errorf("%s: focus %q is no field", d.Key, d.Focus)
		}
	}
	g := GPT3()
	a := core.Answer(&g)
	if mwh := a.Out.V[core.Energy].V / 3.6e9; mwh < 1280 || mwh > 1295 { // Patterson et al. 2021: 1,287 MWh; inputs round
		t.Errorf("the lesson's energy is %v MWh", mwh)
	}
}

func TestNonsenseKeepsTheCaseAndSaysWhatIsWrong(t *testing.T) {
	m := after(New(), Go{Calculator}, Type{scenario.GPUs, "64"}, Leave{scenario.GPUs})
	bad := Update(m, Type{scenario.GPUs, "7 bananas"})
	if bad.Case.Num[scenario.GPUs].R.V != 64 {
		t.Errorf("GPUs became %v", bad.Case.Num[scenario.GPUs].R.V)
	}
	d := bad.Draft[scenario.GPUs]
	if !d.On || d.Text != "7 bananas" || !strings.Contains(d.Problem, "bananas") {
		t.Errorf("draft %+v", d)
	}
	if good := Update(bad, Type{scenario.GPUs, "32"}); good.Case.Num[scenario.GPUs].R.V != 32 || good.Draft[scenario.GPUs].Problem != "" {
		t.Errorf("not mended: %+v", good.Draft[scenario.GPUs])
	}
}

func TestUndoTakesASlidersWayAsOneStep(t *testing.T) {
	m := after(New(), Go{Calculator}, Type{scenario.GPUs, "8"}, Settle{})
	start := m.Case
	for p := 60; p < 80; p++ {
		m = Update(m, Slide{scenario.GPUs, p, m.Case.Num[scenario.GPUs].R.V})
	}
	end := m.Case
	if end == start {
		t.Fatal("the slider did not move")
	}
	m = after(m, Settle{}, Undo{})
	if m.Case != start {
		t.Errorf("undo went to %v GPUs", m.Case.Num[scenario.GPUs].R.V)
	}
	if m = Update(m, Redo{}); m.Case != end {
		t.Errorf("redo went to %v GPUs", m.Case.Num[scenario.GPUs].R.V)
	}
	m = after(m, Undo{}, Type{scenario.Days, "3"})
	if m.CanRedo() {
		t.Error("a new step leaves the undone one to redo")
	}
}

func TestResetsGoBackToWhatIsAssumed(t *testing.T) {
	m := after(New(), Type{scenario.Tokens, "2T"}, Type{scenario.Days, "9"}, ResetNum{Num: scenario.Tokens, Focus: "field-tokens"})
	if m.Case.Num[scenario.Tokens].Set || !m.Case.Num[scenario.Days].Set {
		t.Error("resetting one field did more or less than that")
	}
	if m = Update(m, ResetAll{}); m.Changed() {
		t.Error("something is left after resetting all")
	}
	if m = Update(m, Undo{}); !m.Case.Num[scenario.Days].Set {
		t.Error("resetting all cannot be undone")
	}
}

func TestALinkBringsTheSameCaseBack(t *testing.T) {
	m := after(New(), Go{Calculator}, Type{scenario.Params, "7B"}, Type{scenario.Tokens, "2T"}, Choose{scenario.Ask, "gpus"})
	a := core.Answer(&m.Case)
	link := m.Fragment(Shown(&a.Out))
	again := Update(New(), Follow{"#" + link})
	again.Case.Shown, again.Case.Release = "", ""
	if again.Case != m.Case {
		t.Errorf("%s\ngave %+v\nwant %+v", link, again.Case, m.Case)
	}
	if again.Page != Calculator {
		t.Errorf("page %v", again.Page)
	}
}

func TestAnOlderLinkSaysWhatHasChanged(t *testing.T) {
	m := Update(New(), Follow{"#v1;gpus=64;release=2025.01;shown=days:95"})
	a := core.Answer(&m.Case)
	if says := m.Since(&a.Out); !strings.Contains(says, "95") {
		t.Errorf("says %q", says)
	}
	m = Update(New(), Follow{"#v1;gpus=64;release=" + scenario.Release + ";shown=" + Shown(&a.Out)})
	if says := m.Since(&a.Out); says != "" {
		t.Errorf("a link of this release says %q", says)
	}
}

func TestFilesAreReadOrRefusedInAWord(t *testing.T) {
	m := Update(New(), Load{[]byte(`{"model": "llama-2-7b", "gpus": 16}`)})
	if m.Case.Num[scenario.GPUs].R.V != 16 || len(m.Notes) > 0 {
		t.Errorf("%v %v", m.Case.Num[scenario.GPUs], m.Notes)
	}
	before := m.Case
	for _, bad := range []string{"", "{", "[1]", strings.Repeat("x", 2<<20)} {
		if n := Update(m, Load{[]byte(bad)}); n.Case != before || len(n.Notes) == 0 {
			t.Errorf("%.20q: case changed %v, notes %v", bad, n.Case != before, n.Notes)
		}
	}
}

func FuzzUpdate(f *testing.F) {
	f.Add(uint8(0), "7B", "#v1;gpus=8")
	f.Add(uint8(200), "30 to 50", "#v9;;;=")
	f.Fuzz(func(t *testing.T, n uint8, text, link string) {
		num := scenario.Num(int(n) % int(scenario.NumCount))
		m := after(New(), Follow{link}, Type{num, text}, Leave{num}, Load{[]byte(text)}, Guess{text}, HandIn{}, FilterBy{text}, Undo{}, Undo{}, Redo{})
		core.Answer(&m.Case)
	})
}
