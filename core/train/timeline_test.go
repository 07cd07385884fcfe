package train

import (
	"math"
	"math/rand"
	"testing"

	"flopbook/core/catalog"
	"flopbook/core/machine"
	"flopbook/core/model"
)

// stepCase is inputs for a shape on H100s, and constants as fitted.
func stepCase(t testing.TB, a model.Arch, seq, batch float64) *StepInputs {
	a.Fill()
	c := &model.Counts{}
	a.Count(c)
	acc, p := catalog.Find("h100-sxm")
	if p != nil {
		t.Fatal(p)
	}
	m, runs := machine.Of(acc, catalog.BF16)
	s := &StepInputs{Arch: &a, Counts: c, Mach: m, Seq: seq, Batch: batch}
	stack, _ := FindStack("megatron-core 2024")
	stack.Apply(acc.Family, catalog.BF16, runs, s)
	FindEfficiency(acc.Family, catalog.BF16, a.IsMoE(), stack.Name, "", &s.Eff)
	s.Prepare()
	return s
}

// checkTimeline demands that what is drawn and left out is the step.
func checkTimeline(t *testing.T, s *StepInputs, l *model.Layout, most int) Timeline {
	t.Helper()
	var step Step
	s.Estimate(l, &step)
	line := s.Timeline(l, most)
	p := float64(len(line.Stages))
	var mean [BarKinds]float64
	layers := 0.0
	for d, bars := range line.Stages {
		at := 0.0
		if len(bars) > 0 {
			at = bars[0].Start
		}
		begin := at
		for _, b := range bars {
			if !(b.End > b.Start) || math.Abs(b.Start-at) > 1e-9*line.Seconds || b.Kind >= BarKinds {
				t.Fatalf("%+v stage %d: bar %+v after %g", l, d, b, at)
			}
			at = b.End
			mean[b.Kind] += (b.End - b.Start) / p
		}
		for kind, x := range line.LeftOut[d] {
			if x < -1e-6*line.Seconds {
				t.Fatalf("%+v stage %d: %g s of %s left out", l, d, x, BarLabels[kind])
			}
			mean[kind] += x / p
		}
		if took := at - begin + line.Left; math.Abs(took/line.Seconds-1) > 1e-6 {
			t.Fatalf("%+v %d, stage %d: drawn and left out %g s, the step takes %g", l, s.Pipeline, d, took, line.Seconds)
		}
		layers += line.Layers[d]
	}
	if math.Abs(layers-float64(s.Arch.Layers)) > 1e-6 {
		t.Fatalf("%+v: %g layers on the stages", l, layers)
	}
	for _, x := range []struct {
		name        string
		drawn, want float64
	}{
		{"computing", mean[BarForward] + mean[BarBackward] + mean[BarWeights], step.Matmul + step.Attention + step.Experts + step.Head + step.Memory},
		{"recompute", mean[BarRecompute], step.Recompute}, {"launch", mean[BarLaunch], step.Launch}, {"tensor", mean[BarTensor], step.Tensor},
		{"dispatch", mean[BarDispatch], step.Dispatch}, {"send", mean[BarSend], step.Send}, {"bubble", mean[BarBubble], step.Bubble},
		{"data", mean[BarData], step.Data}, {"retries", mean[BarRetries], step.Retries}, {"optimizer", mean[BarOptimizer], step.Optimizer}, {"offload", mean[BarOffload], step.Offload},
		{"overhead", mean[BarOverhead], step.Overhead}, {"jitter", mean[BarJitter], step.Jitter},
	} {
		if math.Abs(x.drawn-x.want) > 1e-6*step.Total {
			t.Fatalf("%+v %d: %s %g s drawn, %g s in the step", l, s.Pipeline, x.name, x.drawn, x.want)
		}
	}
	if line.Drawn > line.Micro || line.Drawn < line.Micro && line.Says == "" {
		t.Fatalf("%+v: %d of %d drawn, %q", l, line.Drawn, line.Micro, line.Says)
	}
	return line
}

func TestTimelineSumsToTheStep(t *testing.T) {
	rng := rand.New(rand.NewSource(3))
	pick := func(n ...int) int { return n[rng.Intn(len(n))] }
	for range 3000 {
		a := []model.Arch{llama8, small, lite}[rng.Intn(3)]
		s := stepCase(t, a, 4096, float64(pick(1, 64, 100, 512)))
		s.Pipeline = Pipeline(rng.Intn(int(PipeDualPipe) + 1))
		s.Balanced = rng.Intn(4) == 0
		if rng.Intn(8) == 0 {
			s.Offload = HostOffload(8, 0)
			s.Offload.Optimizer = 1
		}
		if rng.Intn(8) == 0 {
			s.Retried = 60e9
		}
		l := model.Layout{TP: pick(1, 2, 8), PP: pick(1, 1, 2, 3, 4, 8, 13), VPP: pick(1, 1, 2), DP: pick(1, 2, 7, 16), CP: pick(1, 1, 2), ZeRO: pick(0, 1, 2, 3),
			Micro: pick(1, 2), Recompute: model.Recompute(rng.Intn(3)), SP: rng.Intn(2) == 0, Eager: rng.Intn(4) == 0}
		if l.PP*l.VPP > a.Layers {
			l.VPP = 1
		}
		if s.Arch.IsMoE() {
			l.EP, l.ETP = pick(1, 2), 1
		}
		checkTimeline(t, s, &l, pick(0, 1, 3, 8, 64))
	}
}

// A pipeline of equal stages in 1F1B order as in Narayanan et al. 2021, figure
// 4: the last stage begins after the forward passes of those before it, and the
// first one waits (p-1)(F+B).
func TestTimelineOfEqualStages(t *testing.T) {
	a := llama8
	a.Vocab = 1 // stages alike
	s := stepCase(t, a, 4096, 64)
	s.Eff.Launch, s.Eff.Jitter = 0, 0
	s.Prepare()
	l := model.Layout{TP: 1, PP: 4, VPP: 1, DP: 1, ZeRO: 1, Micro: 1}
	line := checkTimeline(t, s, &l, 64)
	var forward, pass, begins float64
	micro := 0
	for _, b := range line.Stages[0] {
		if b.Micro == 0 {
			pass += b.End - b.Start
			if b.Kind == BarForward || b.Kind == BarSend && b.Start < 1.5*line.Stages[0][0].End && forward < line.Stages[0][0].End*1.5 {
				forward += b.End - b.Start
			}
		}
		micro = max(micro, b.Micro)
	}
	for _, b := range line.Stages[3] {
		if b.Kind == BarForward {
			begins = b.Start
			break
		}
	}
	if micro != 63 || line.Cut != 0 {
		t.Errorf("%d micro-batches drawn, cut at %g", micro+1, line.Cut)
	}
	if math.Abs(begins/(3*forward)-1) > 0.02 {
		t.Errorf("the last stage begins at %g s, three passes forward take %g", begins, 3*forward)
	}
	wait := 0.0
	for _, b := range line.Stages[0] {
		if b.Kind == BarBubble {
			wait += b.End - b.Start
		}
	}
	if math.Abs(wait/(3*pass)-1) > 0.02 {
		t.Errorf("the first stage waits %g s, three passes take %g", wait, 3*pass)
	}
}

// A long step is cut, and says so.
func TestTimelineFolds(t *testing.T) {
	s, l := llama405(t)
	line := checkTimeline(t, s, l, 32)
	if line.Micro != 16 || line.Drawn != 16 || line.Says != "" {
		t.Errorf("%d of %d drawn: %q", line.Drawn, line.Micro, line.Says)
	}
	s.Batch *= 8
	line = checkTimeline(t, s, l, 20)
	if line.Micro != 128 || line.Drawn != 16 || !(line.Left > 0) || !(line.Cut > 0) {
		t.Errorf("%d of %d drawn, %g s left out at %g", line.Drawn, line.Micro, line.Left, line.Cut)
	}
	t.Log(line.Says)
}

func FuzzTimeline(f *testing.F) {
	f.Add(8, 4, 2, 4, 1, 64, 8, uint8(0))
	f.Add(1, 13, 1, 3, 3, 1, 0, uint8(5))
	f.Fuzz(func(t *testing.T, tp, pp, vpp, dp, zero, batch, most int, schedule uint8) {
		lim := func(v, most int) int { return 1 + max(0, v)%most }
		s := stepCase(t, llama8, 4096, float64(lim(batch, 4096)))
		s.Pipeline = Pipeline(schedule % (uint8(PipeDualPipe) + 1))
		l := model.Layout{TP: lim(tp, 8), PP: lim(pp, 32), VPP: 1, DP: lim(dp, 64), ZeRO: max(0, zero) % 4, Micro: 1}
		l.VPP = min(lim(vpp, 4), 32/l.PP)
		checkTimeline(t, s, &l, max(0, most)%40)
	})
}

func BenchmarkTimeline(b *testing.B) {
	s, l := llama405(b)
	for b.Loop() {
		s.Timeline(l, 32)
	}
}
