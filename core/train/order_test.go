package train

import (
	"math"
	"testing"

	"flopbook/core/model"
)

func alike(n int, f, b, w float64) passTimes {
	t := passTimes{}
	for range n {
		t.forward = append(t.forward, f)
		t.backward = append(t.backward, b)
		if w > 0 {
			t.weights = append(t.weights, w)
		}
	}
	return t
}

// waiting is the time from the first start to the last end of the pipeline
// beyond the work of one device.
func waiting(passes []pass, p int) float64 {
	first, last, busy := make([]float64, p), make([]float64, p), make([]float64, p)
	for d := range first {
		first[d] = math.Inf(1)
	}
	for _, x := range passes {
		first[x.device] = math.Min(first[x.device], x.start)
		last[x.device] = math.Max(last[x.device], x.end)
		busy[x.device] += x.end - x.start
	}
	most := 0.0
	for d := range first {
		most = math.Max(most, last[d]-first[d]-busy[d])
	}
	return most
}

// Orders that are played through wait as long as the published formulas say
// that the step's time rests on, with passes alike (F = B = W = 1): on the
// device that waits most, between its first pass and its last. DualPipe's may
// wait less, since its passes side by side are drawn one after the other; the
// order of V-Half and V-Min is a sketch, and printed only.
func TestOrderWaitsAsPublished(t *testing.T) {
	for _, p := range []int{2, 4, 8, 16} {
		m := 3 * p
		fp := float64(p)
		for _, c := range []struct {
			name     string
			schedule Pipeline
			v        int
			t        passTimes
			want     float64
			say      string
		}{
			{"1F1B", Pipe1F1B, 1, alike(p, 1, 2, 0), (fp - 1) * 3, "exact"},
			{"GPipe", PipeGPipe, 1, alike(p, 1, 2, 0), (fp - 1) * 3, "exact"},
			{"interleaved 2", Pipe1F1B, 2, alike(2*p, 0.5, 1, 0), (fp - 1) * 3 / 2, "exact"},
			{"interleaved 4", Pipe1F1B, 4, alike(4*p, 0.25, 0.5, 0), (fp - 1) * 3 / 4, "exact"},
			{"ZB1P", PipeZB1P, 1, alike(p, 1, 1, 1), (fp - 1) * (3 - 2), "exact"},
			{"ZB2P", PipeZB2P, 1, alike(p, 1, 1, 1), 0, "exact"},
			{"ZBV", PipeZBV, 1, alike(2*p, 0.5, 0.5, 0.5), 0, ""},
			{"V-Half", PipeVHalf, 1, alike(2*p, 0.5, 0.5, 0.5), fp / 2, ""},
			{"V-Min", PipeVMin, 1, alike(2*p, 0.5, 0.5, 0.5), 2 * fp / 3, ""},
			{"DualPipe", PipeDualPipe, 1, alike(p, 1, 1, 1), (fp/2 - 1) * (3 + 2 - 3), "most"},
		} {
			passes := play(c.schedule, p, c.v, m, c.t)
			kinds := 2
			if c.t.weights != nil {
				kinds = 3
			}
			pieces := len(c.t.forward)
			if len(passes) != kinds*pieces*m {
				t.Errorf("%s, %d stages: %d passes, want %d", c.name, p, len(passes), kinds*pieces*m)
				continue
			}
			got := waiting(passes, p)
			t.Logf("%-14s p %2d: waits %.2f, published %.2f", c.name, p, got, c.want)
			if c.say == "exact" && math.Abs(got-c.want) > 1e-9 || c.say == "most" && got > c.want+1e-9 {
				t.Errorf("%s, %d stages: waits %g, published %g", c.name, p, got, c.want)
			}
			// Nothing starts before what it needs, and no device does two things at once.
			done := map[[3]int]float64{}
			free := make([]float64, p)
			for _, x := range passes {
				if x.start < free[x.device]-1e-9 {
					t.Fatalf("%s: device %d is busy until %g, starts at %g", c.name, x.device, free[x.device], x.start)
				}
				free[x.device] = x.end
				need, ok := [3]int{int(x.kind), x.stage, x.micro}, true
				switch {
				case x.kind == passForward && x.stage == 0:
					ok = false
				case x.kind == passForward:
					need[1]--
				case x.kind == passBackward && x.stage == pieces-1:
					need[0] = int(passForward)
				case x.kind == passBackward:
					need[1]++
				default:
					need[0] = int(passBackward)
				}
				if end, there := done[need]; ok && (!there || end > x.start+1e-9) {
					t.Fatalf("%s: %+v starts before %v is done", c.name, x, need)
				}
				done[[3]int{int(x.kind), x.stage, x.micro}] = x.end
			}
		}
	}
}

// The step's closed form of a pipeline's time is what playing it through
// gives, with the vocabulary on the last stage and messages between stages:
// exactly where the stages divide the micro-batches, and for any number of
// them where stages are not interleaved.
func TestClosedFormIsThePlayedPipeline(t *testing.T) {
	worst := 0.0
	for _, v := range []int{1, 2, 4} {
		for _, p := range []int{2, 4, 8, 16} {
			for _, m := range []int{p, 2 * p, 4 * p, 2*p + 1, 4*p - 1} {
				for _, tp := range []int{1, 8} {
					a := llama8
					a.Layers = 64
					s := stepCase(t, a, 4096, float64(m))
					s.Eff.Launch, s.Eff.Crowd = 0, 0 // a processor runs ahead over passes
					s.Prepare()
					l := model.Layout{TP: tp, PP: p, VPP: v, DP: 1, ZeRO: 1, Micro: 1, SP: true}
					var step Step
					var w work
					s.estimate(&l, &step, &w)
					c := s.cut(p, v, Pipe1F1B, &w)
					times := passTimes{}
					for k := range p * v {
						share := c.share[k%p] / float64(v)
						f := share*w.f.gpu() + w.send/float64(2*v)
						b := share*(w.b.gpu()+w.again) + w.send/float64(2*v)
						if k == p*v-1 {
							f, b = f+w.head/3, b+w.head*2/3
						}
						times.forward, times.backward = append(times.forward, f), append(times.backward, b)
					}
					end, sum := 0.0, 0.0
					for _, x := range play(Pipe1F1B, p, v, m, times) {
						end = math.Max(end, x.end)
						sum += x.end - x.start
					}
					off := end/(sum/float64(p)+step.Bubble) - 1
					if (v == 1 || m%p == 0) && math.Abs(off) > 1e-3 {
						t.Errorf("%d stages of %d, %d micro-batches: played through takes %+.2f %% of the closed form", p, v, m, 100*off)
					}
					worst = math.Max(worst, math.Abs(off))
				}
			}
		}
	}
	t.Logf("largest distance, uneven numbers of micro-batches included: %.2f %%", 100*worst)
}
