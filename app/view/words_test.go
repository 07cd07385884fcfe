package view

import (
	"math"
	"runtime"
	"strings"
	"testing"

	"flopbook/app/state"
	"flopbook/core"
	"flopbook/core/catalog"
	"flopbook/core/scenario"
)

// eachAnswer goes through every preset asked every question.
func eachAnswer(t *testing.T, f func(name string, s *scenario.Scenario, a *core.Answered)) {
	t.Helper()
	for _, p := range scenario.Presets() {
		runtime.GC() // in a browser nothing else lets the collector in
		for _, ask := range scenario.Choices[scenario.Ask].Options {
			if runtime.GOOS == "js" && ask.Key != "days" {
				continue // natively every question is asked
			}
			var s scenario.Scenario
			if p := s.SetChoice(scenario.Model, p.Key); p != nil {
				t.Fatal(p)
			}
			if p := s.SetChoice(scenario.Ask, ask.Key); p != nil {
				t.Fatal(p)
			}
			a := core.Answer(&s)
			f(p.Key+", "+ask.Key, &s, &a)
		}
	}
}

// A text box must read again what it shows, within what it rounds.
func TestABoxReadsWhatItShows(t *testing.T) {
	eachAnswer(t, func(name string, s *scenario.Scenario, a *core.Answered) {
		for n := scenario.Num(0); n < scenario.NumCount; n++ {
			v := a.In.Num[n]
			if !v.Known {
				continue
			}
			f := &scenario.Nums[n]
			text := shown(n, v.R)
			back, p := f.Parse(text)
			if p != nil {
				if v.R.V >= f.Min && v.R.V <= f.Max { // a solved value may lie outside what can be asked for
					t.Errorf("%s: %s shows %q: %v", name, f.Key, text, p)
				}
				continue
			}
			for _, ends := range [][2]float64{{v.R.Lo, back.Lo}, {v.R.Hi, back.Hi}} {
				if math.Abs(ends[1]-ends[0]) > 0.01*math.Abs(ends[0])+1e-12 {
					t.Errorf("%s: %s shows %q, which is %v for %v", name, f.Key, text, ends[1], ends[0])
				}
			}
		}
	})
}

func TestAnswersAreSentences(t *testing.T) {
	eachAnswer(t, func(name string, s *scenario.Scenario, a *core.Answered) {
		said := plainAnswer(a)
		for _, no := range []string{"NaN", "Inf", "not known", "  ", " .", " ,", "..", "%!", "accelerator accelerator"} {
			if strings.Contains(said, no) {
				t.Errorf("%s: %q in %q", name, no, said)
			}
		}
		if !strings.HasSuffix(said, ".") {
			t.Errorf("%s: no sentence: %q", name, said)
		}
		for _, short := range shortAnswer(a) {
			if !strings.ContainsAny(short, "0123456789") {
				t.Errorf("%s: in short %q", name, short)
			}
		}
	})
}

// An adapter leaves the model as it is: nobody should read that the model is
// trained for fifteen dollars.
func TestAnAdapterIsSaidToBeOne(t *testing.T) {
	for _, ask := range scenario.Choices[scenario.Ask].Options {
		for optimizer, want := range map[string]string{"lora": "with an adapter (LoRA)", "qlora": "with an adapter (QLoRA)"} {
			s := scenario.FindStory("support-chatbot").Case
			if p := s.SetChoice(scenario.Ask, ask.Key); p != nil {
				t.Fatal(p)
			}
			if p := s.SetChoice(scenario.Optimizer, optimizer); p != nil {
				t.Fatal(p)
			}
			a := core.Answer(&s)
			for _, said := range []string{plainAnswer(&a), core.Sentence(&a.In, &a.Out)} {
				if !strings.Contains(said, want) || !strings.Contains(strings.ToLower(said), "teach") || strings.Contains(strings.ToLower(said), "train") {
					t.Errorf("%s, %s: %q", ask.Key, optimizer, said)
				}
			}
			if short := shortAnswer(&a); !strings.Contains(short[0], "adapter") {
				t.Errorf("%s, %s: in short %q", ask.Key, optimizer, short)
			}
		}
	}
}

func TestAcceleratorsAreCalledAsPeopleCallThem(t *testing.T) {
	want := map[string]string{"h100-sxm": "8 H100 SXM GPUs", "a100-sxm-80": "8 A100 SXM GPUs", "gb200": "8 GB200 NVL72 GPUs", "rtx-4090": "8 RTX 4090 GPUs"}
	for _, acc := range catalog.Accelerators() {
		var s scenario.Scenario
		if p := s.SetChoice(scenario.Accelerator, acc.Key); p != nil {
			t.Fatal(p)
		}
		a := core.Answer(&s)
		got := "8 " + gpuWord(&a.In, 8)
		if w, ok := want[acc.Key]; ok && got != w {
			t.Errorf("%s: %q, want %q", acc.Key, got, w)
		}
		if strings.ContainsAny(got, "(,") || strings.Contains(got, " GB ") {
			t.Errorf("%s: %q", acc.Key, got)
		}
		if one := gpuWord(&a.In, 1); strings.HasSuffix(one, "s") {
			t.Errorf("%s: one is called %q", acc.Key, one)
		}
	}
}

// Every list of the page offers what is in force, or it would show another.
func TestListsHoldWhatIsChosen(t *testing.T) {
	for c := scenario.Choice(0); c < scenario.ChoiceCount; c++ {
		seen := map[string]bool{}
		for _, g := range optionGroups(c) {
			for _, o := range g.Options {
				if o.Label == "" || seen[o.Key] {
					t.Errorf("%s: option %q, label %q", scenario.Choices[c].Key, o.Key, o.Label)
				}
				seen[o.Key] = true
				var s scenario.Scenario
				if p := s.SetChoice(c, o.Key); p != nil {
					t.Errorf("%s: offers %q: %v", scenario.Choices[c].Key, o.Key, p)
				} else if s.Chosen(c) != o.Key {
					t.Errorf("%s: %q chosen gives %q", scenario.Choices[c].Key, o.Key, s.Chosen(c))
				}
			}
		}
		if d := scenario.Choices[c].Default; !seen[d] {
			t.Errorf("%s: the default %q is not offered", scenario.Choices[c].Key, d)
		}
	}
}

func TestEveryChartOfEveryCaseIsValid(t *testing.T) {
	eachAnswer(t, func(name string, s *scenario.Scenario, a *core.Answered) {
		h := &hub{m: state.New(), answer: *a, fresh: true}
		h.m.Case = *s
		for _, key := range state.Charts {
			c := chartFor(h, key)
			if _, err := c.JSON(); err != nil {
				t.Errorf("%s: %s: %v", name, key, err)
			}
			if len(c.Table().Rows) == 0 || c.Alt == "" || c.Caption == "" {
				t.Errorf("%s: %s lacks table, caption or words", name, key)
			}
		}
	})
}

// The list of charts to share names them as the page does.
func TestChartsAreSharedUnderTheirTitles(t *testing.T) {
	h := &hub{m: state.New()}
	h.answer, h.fresh = core.Answer(&h.m.Case), true
	seen := map[string]bool{}
	for _, key := range state.Charts {
		name, title := chartNames[key], chartFor(h, key).Title
		if head, _, _ := strings.Cut(name, ": "); name != title && head != title || seen[name] {
			t.Errorf("%s: %q is called %q", key, title, name)
		}
		seen[name] = true
	}
}

func TestOnlyAnAddressThatOthersCanOpenIsGivenOut(t *testing.T) {
	for address, want := range map[string]string{"https://example.org/flopbook/": "https://example.org/flopbook/", "http://localhost:8000/": "http://localhost:8000/",
		"file:///home/reader/secret/flopbook.html": "", "blob:null/1": "", "": ""} {
		if got := outwardOf(address); got != want {
			t.Errorf("%q gives %q", address, got)
		}
	}
}

func TestRatiosAreWrittenLikeOtherNumbers(t *testing.T) {
	for ratio, want := range map[float64]string{13000: "× 13,000", 9600: "× 9,600", 2.5: "× 2.5", 1: "the same", 0: "", 3e9: "× 3 billion"} {
		if got := strings.ReplaceAll(apart(core.Contrast{Ratio: ratio}), "\u00a0", " "); got != want {
			t.Errorf("%v: %q, want %q", ratio, got, want)
		}
	}
}

func TestPaperListsWhatWasSet(t *testing.T) {
	var s scenario.Scenario
	if len(settings(&s)) != 0 {
		t.Errorf("nothing set: %v", settings(&s))
	}
	if p := s.SetNum(scenario.Tokens, "2T"); p != nil {
		t.Fatal(p)
	}
	if p := s.SetNum(scenario.Layers, "40"); p != nil { // in a closed fold
		t.Fatal(p)
	}
	if p := s.SetChoice(scenario.Accelerator, "b200"); p != nil {
		t.Fatal(p)
	}
	got := settings(&s)
	if len(got) != 3 || got[0].Name != "Accelerator" || !strings.Contains(got[0].Value, "B200") || got[1] != (setting{"Training tokens", "2T"}) {
		t.Errorf("%v", got)
	}
}
