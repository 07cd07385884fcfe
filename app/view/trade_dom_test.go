//go:build js

package view

import (
	"strings"
	"testing"

	"flopbook/app/state"
	"flopbook/core"
	"flopbook/core/scenario"
)

// The part of training against serving, on a real document: each story opens
// its case there, the chooser turns the chart, the size moves by hand and can be
// taken, and its figures open.
func TestTheTradeOnARealDocument(t *testing.T) {
	p, settle := mounted(t)
	look := func(part string) {
		p.h.send(state.Go{Page: state.Calculator})
		p.h.send(state.LookAt{Part: state.PartByKey(part)})
		one(t, `[data-test="theme"]`).Call("click") // any click draws the page anew
		settle()
	}
	look(state.TradePart)
	for _, s := range scenario.Stories() {
		one(t, `[data-story="`+s.Key+`"]`).Call("click")
		settle()
		a := core.Answer(&s.Case)
		if p.h.m.Case.Fragment("") != s.Case.Fragment("") || state.Parts[p.h.m.Part].Key != state.TradePart {
			t.Fatalf("%s opened %q in %s", s.Key, p.h.m.Case.Fragment(""), state.Parts[p.h.m.Part].Key)
		}
		want := crossingOf(&a.Out, core.CrossingDays)
		if got := one(t, `[data-test="crossing_days"]`).Get("textContent").String(); want == "" || got != want {
			t.Errorf("%s: the page says %q, the estimate %q", s.Key, got, want)
		}
	}

	one(t, `[data-story="code-assistant"]`).Call("click")
	settle()
	by := one(t, `#by-lifetime-carbon`)
	by.Set("checked", true)
	fire(by, "change")
	settle()
	one(t, `[data-chart="lifetime-carbon"]`)
	if !strings.Contains(p.h.fragment(), ";show=lifetime-carbon") {
		t.Errorf("the link %q does not carry the chooser", p.h.fragment())
	}

	size := func() string {
		return one(t, `[data-test="tried"] [data-open="try_params"] b`).Get("textContent").String()
	}
	before := size()
	slider := one(t, `[data-test="try-size"]`)
	slider.Set("value", "150")
	fire(slider, "input")
	settle()
	if size() == before {
		t.Error("the size stands still")
	}
	for _, name := range []string{"try_tokens", "try_loss", "try_cost", "try_serving", "try_total", "margin_days", "crossing_days", "break_even_price"} {
		if name == "margin_days" && !p.h.answer.Out.Known[core.PaybackDays] {
			continue // no margin at this price
		}
		one(t, `[data-open="`+name+`"]`).Call("click")
		settle()
		if text := one(t, `[data-test="work"]`).Get("textContent").String(); !strings.Contains(text, "how we got") {
			t.Errorf("%s opens to %.80q", name, text)
		}
	}
	old := p.h.m.Case
	one(t, `[data-test="take-size"]`).Call("click")
	settle()
	if p.h.m.Case == old || !p.h.m.Case.Num[scenario.Params].Set || p.h.m.Try != 0 {
		t.Errorf("nothing was taken: %q", p.h.m.Case.Fragment(""))
	}
	one(t, `[data-test="undo"]`).Call("click")
	settle()
	if p.h.m.Case != old {
		t.Errorf("one undo leaves %q", p.h.m.Case.Fragment(""))
	}
}

// A change to the service is made from its list, in one step that can be undone,
// and the reader stays there.
func TestALeverIsPulled(t *testing.T) {
	p, settle := mounted(t)
	s := scenario.FindStory("code-assistant")
	p.h.send(state.Take{Case: s.Case})
	p.h.send(state.LookAt{Part: state.PartByKey("serving")})
	one(t, `[data-test="theme"]`).Call("click")
	settle()
	one(t, `[data-lever="follow"]`).Call("click")
	settle()
	if p.h.m.Case.Chosen(scenario.Fleet) != "follow" || state.Parts[p.h.m.Part].Key != "serving" {
		t.Errorf("%q", p.h.m.Case.Fragment(""))
	}
	one(t, `[data-test="undo"]`).Call("click")
	settle()
	if p.h.m.Case != s.Case {
		t.Errorf("one undo leaves %q", p.h.m.Case.Fragment(""))
	}
	one(t, `[data-test="anchors"] tbody tr`)
}

// Every chart of the two parts is drawn for every story without a word of ours
// about mistakes, and its table opens.
func TestServingAndTradeChartsOfEveryStory(t *testing.T) {
	p, settle := mounted(t)
	for _, s := range scenario.Stories() {
		for _, part := range []string{"serving", state.TradePart} {
			p.h.send(state.Take{Case: s.Case})
			p.h.send(state.LookAt{Part: state.PartByKey(part)})
			one(t, `[data-test="theme"]`).Call("click")
			settle()
			out := one(t, ".out").Get("textContent").String()
			for _, bad := range []string{"NaN", "Inf ", "could not be drawn", "%!"} {
				if strings.Contains(out, bad) {
					t.Errorf("%s, %s: the page says %q", s.Key, part, bad)
				}
			}
			for _, key := range state.Parts[p.h.m.Part].Charts {
				c := p.h.chart(key)
				if _, err := c.JSON(); err != nil {
					t.Errorf("%s: %v", s.Key, err)
				}
				kept := c.Table()
				if err := kept.Validate(); err != nil {
					t.Errorf("%s, %s: %v", s.Key, key, err)
				}
			}
		}
	}
}
