package core_test

import (
	"strconv"
	"strings"
	"testing"

	"flopbook/core"
	"flopbook/core/catalog"
	"flopbook/core/scenario"
)

// answeredFrom is a model served on copies of so many GPUs; 0 leaves it open.
func answeredFrom(t *testing.T, model, card, format, copies string) core.Answered {
	t.Helper()
	var s scenario.Scenario
	for c, v := range map[scenario.Choice]string{scenario.Model: model, scenario.ServeAccelerator: card, scenario.ServePrecision: format} {
		if p := s.SetChoice(c, v); p != nil {
			t.Fatal(p)
		}
	}
	if copies != "" {
		if p := s.SetNum(scenario.CopyGPUs, copies); p != nil {
			t.Fatal(p)
		}
	}
	return core.Answer(&s)
}

// The published files of Llama 3.1 70B in 16 bits are 141.1 GB
// (huggingface.co/meta-llama/Llama-3.1-70B, sum of its safetensors).
func TestFormatsOfSeventyBillion(t *testing.T) {
	a := answeredFrom(t, "llama-3.1-70b", "h100-sxm", "auto", "")
	fits := core.ServingFormats(&a.In)
	near(t, "weights in 16 bits", fits[0].Weights, 141.1e9, 0.001)
	for i, n := range []float64{2, 2, 1} {
		if fits[i].GPUs != n || fits[i].Bits != 16>>i || fits[i].Now != (i == 1) {
			t.Errorf("%+v, on %g GPUs", fits[i], n)
		}
	}
}

// Whatever machine answers, a format fits on the GPUs said and on no fewer.
func TestFormatsFitWhereTheySay(t *testing.T) {
	for _, model := range []string{"llama-3.1-8b", "llama-3.1-70b", "deepseek-v3", "whisper-large", "dit-xl-2"} {
		for _, card := range []string{"h100-sxm", "a100-80gb-sxm", "b200", "rtx-4090", "l4"} {
			if _, p := catalog.Find(card); p != nil {
				t.Fatal(p)
			}
			a := answeredFrom(t, model, card, "auto", "")
			for _, f := range core.ServingFormats(&a.In) {
				if f.Weights <= 0 || f.Key == "" {
					t.Fatalf("%s on %s: %+v", model, card, f)
				}
				if f.GPUs == 0 {
					continue
				}
				if b := answeredFrom(t, model, card, f.Key, strconv.Itoa(int(f.GPUs))); b.In.Serving.Plan.TooBig || !b.Out.Serve.OK {
					t.Errorf("%s in %d bits does not fit %g × %s", model, f.Bits, f.GPUs, card)
				}
				if f.GPUs > 1 {
					if b := answeredFrom(t, model, card, f.Key, strconv.Itoa(int(f.GPUs)/2)); !b.In.Serving.Plan.TooBig {
						t.Errorf("%s in %d bits fits %g × %s", model, f.Bits, f.GPUs/2, card)
					}
				}
			}
		}
	}
}

// A copy that does not fit is told with the GPUs asked for, what it takes, what
// is there, and what would hold it.
func TestNoRoomNamesWhatWasAsked(t *testing.T) {
	a := answeredFrom(t, "llama-3.1-70b", "h100-sxm", "auto", "1")
	for _, w := range a.Out.Warnings() {
		if w.Code != core.WarnServeBig {
			continue
		}
		says, fix := core.WarningText(w)
		if !strings.Contains(says, "from 1 × H100") || !strings.HasPrefix(fix, "2 × H100") || !strings.Contains(fix, "4 bits") {
			t.Errorf("%s %s", says, fix)
		}
		// Weights in FP8 and a cache of a few hundred tokens; nine tenths of a card.
		if !(w.A > a.In.Serving.Service.M.Stored && w.B < a.In.Serve.Memory && w.A > w.B) {
			t.Errorf("%g bytes needed, %g there", w.A, w.B)
		}
		return
	}
	t.Error("it fits")
}
