package serve

import (
	"math"
	"testing"
)

// llama7B is Llama 2 7B in 16 bits on one A100 80 GB, with the catalogue's
// constants for dense models written out.
func llama7B() Inputs {
	return Inputs{
		WeightBytes: 6.738e9 * 2, ParamsActive: 6.607e9, Layers: 32, Width: 4096, AttnWidth: 4096, KVPerToken: 524288, KVFull: 524288,
		Peak: 312e12, Bandwidth: 2.039e12, Memory: 85.9e9, Link: 300e9, Domain: 8, ServerW: 812.5,
		In: 500, Out: 300, TPOT: 0.05, Busy: 0.5, PerDay: 1e6, Price: 1.4, PUE: 1.2,
		Eff: Efficiency{Matmul: 0.587, Prefill: 0.62, Memory: 0.75, KV: 0.9, Usable: 0.9, Reserve: 2e9, StepTime: 32 * 30e-6, PerSeq: 3.9e-6,
			AllReduce: 38e-6, LinkShare: 0.655, Slow: 1, PowerBusy: 0.55, PowerIdle: 0.25, BatchLimit: 1024},
	}
}

// gpt-fast (pytorch-labs/gpt-fast README): Llama 2 7B, one A100 80 GB, one
// answer at a time, 104.9 tokens/s in 16 bits. The stated accuracy of fits for
// one answer at a time is 15 % (median).
func TestOneAnswerAtATimeIsAsFastAsMeasured(t *testing.T) {
	in, out := llama7B(), Result{}
	in.In, in.Out, in.Eff.BatchLimit = 5, 200, 1
	Estimate(&in, &out)
	if v := 1 / out.TStep; math.Abs(v/104.9-1) > 0.15 {
		t.Errorf("%.1f tokens/s, measured 104.9", v)
	}
}

func TestPaceAndMemoryBothHold(t *testing.T) {
	for _, pace := range []float64{0.012, 0.02, 0.05, 0.2} {
		for _, in := range []float64{0, 100, 4000, 30000} {
			x, out := llama7B(), Result{}
			x.TPOT, x.In = pace, in
			Estimate(&x, &out)
			if !out.OK {
				t.Fatalf("pace %v in %v: %+v", pace, in, out)
			}
			if out.TPOT > pace*(1+1e-9) && !out.TooSlow {
				t.Errorf("pace %v, question %v: %v s a token", pace, in, out.TPOT)
			}
			if used := x.WeightBytes + out.Batch*x.KVFull*(x.In+x.Out); used > out.Usable {
				t.Errorf("pace %v, question %v: %v bytes of %v", pace, in, used, out.Usable)
			}
		}
	}
}

func TestLongerQuestionsCostMore(t *testing.T) {
	last := 0.0
	for _, in := range []float64{10, 100, 1000, 10000, 30000} {
		x, out := llama7B(), Result{}
		x.In = in
		Estimate(&x, &out)
		if out.USDPerMTok <= last {
			t.Errorf("question of %v: %v $ a million, not above %v", in, out.USDPerMTok, last)
		}
		last = out.USDPerMTok
	}
}

// With everything perfect a decode step is the roofline: weights over bandwidth.
func TestPerfectMachineGivesTheRoofline(t *testing.T) {
	in, out := llama7B(), Result{}
	in.Eff = Efficiency{Matmul: 1, Prefill: 1, Memory: 1, KV: 1, Usable: 1, Slow: 1, BatchLimit: 1}
	in.KVPerToken, in.In = 0, 0
	Estimate(&in, &out)
	if want := in.WeightBytes / in.Bandwidth; math.Abs(out.TStep/want-1) > 1e-12 {
		t.Errorf("step %v, roofline %v", out.TStep, want)
	}
}

func TestWhatDoesNotFitIsSaid(t *testing.T) {
	in, out := llama7B(), Result{}
	in.WeightBytes = 1e15
	if Estimate(&in, &out); out.OK || !out.TooBig {
		t.Errorf("%+v", out)
	}
	in = llama7B()
	in.Memory = 1e9 // less than the runtime keeps
	if Estimate(&in, &out); out.OK || !out.TooBig {
		t.Errorf("%+v", out)
	}
	in = llama7B()
	in.TPOT = 1e-4
	if Estimate(&in, &out); !out.TooSlow || out.Batch != 1 {
		t.Errorf("%+v", out)
	}
}

func TestEstimateAllocatesNothing(t *testing.T) {
	in, out := llama7B(), Result{}
	if n := testing.AllocsPerRun(10, func() { Estimate(&in, &out) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
