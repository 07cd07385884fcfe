package train

import (
	"math"
	"math/rand"
	"sort"
	"testing"

	"flopbook/core/catalog"
	"flopbook/core/machine"
	"flopbook/core/model"
)

// trial is a model on an accelerator with today's Megatron Core, ready to search.
func trial(t testing.TB, a model.Arch, accelerator string, gpus int, seq, sequences float64) Search {
	t.Helper()
	acc, p := catalog.Find(accelerator)
	if p != nil {
		t.Fatal(p)
	}
	a.Fill()
	c := new(model.Counts)
	a.Count(c)
	m, runs := machine.Of(acc, catalog.BF16)
	s := Search{GPUs: gpus, Wish: NoWish}
	s.Step = StepInputs{Arch: &a, Counts: c, Mach: m, Seq: seq, Batch: sequences}
	stack, _ := FindStack("megatron-core 2024")
	stack.Apply(acc.Family, catalog.BF16, runs, &s.Step)
	FindEfficiency(acc.Family, catalog.BF16, a.IsMoE(), stack.Name, "infiniband", &s.Step.Eff)
	s.Step.Prepare()
	r, _ := model.FindRecipe("adam-mixed-fp32-grads")
	s.Peak = PeakInputs{Arch: &a, Counts: c, Recipe: r, Frame: FindFramework("megatron"), Seq: seq, Batch: seq * sequences, Capacity: acc.Memory.V}
	s.Axes = QuickAxes(int(m.Domain), seq, stack.Sequence)
	return s
}

var (
	tiny    = model.Arch{Layers: 22, Width: 2048, Heads: 32, KVHeads: 4, FF: 5632, Vocab: 32000} // TinyLlama
	llama70 = model.Arch{Layers: 80, Width: 8192, Heads: 64, KVHeads: 8, FF: 28672, Vocab: 128256}
	big     = model.Arch{Layers: 126, Width: 16384, Heads: 128, KVHeads: 8, FF: 53248, Vocab: 128256}
	gpt3    = model.Arch{Layers: 96, Width: 12288, Heads: 96, FF: 49152, Vocab: 50257, MLPMatrices: 2, NormMult: 2, Positions: 2048, Tied: true}
)

// every lists all plans of the axes that satisfy the rules, the plain way.
func every(s *Search) []Plan {
	a, x, w := s.Step.Arch, &s.Axes, &s.Wish
	batch := int(math.Ceil(s.Step.Batch - 1e-9))
	allowed := func(v, most int, powers bool) bool {
		odd := v
		for odd%2 == 0 {
			odd /= 2
		}
		return v <= max(most, 1) && (!powers || odd == 1 || odd == 3)
	}
	var out []Plan
	for tp := 1; tp <= max(x.TP, 1); tp++ {
		if a.Heads%tp != 0 || a.MLA.KVRank == 0 && a.KVHeads%tp != 0 && tp%a.KVHeads != 0 {
			continue
		}
		for pp := 1; pp <= min(a.Layers, max(x.PP, 1)); pp++ {
			for cp := 1; cp <= max(x.CP, 1); cp++ {
				for ep := 1; ep <= max(x.EP, 1); ep++ {
					for micro := 1; micro <= min(batch, max(x.Micro, 1)); micro++ {
						for dp := 1; dp <= s.GPUs/(tp*pp*cp); dp++ {
							used := tp * pp * cp * dp
							q := (batch + micro - 1) / micro
							m := (q + dp - 1) / dp
							switch {
							case !allowed(pp, x.PP, x.Powers), !allowed(cp, x.CP, true), !allowed(ep, x.EP, x.Powers), x.Powers && micro&(micro-1) != 0:
								continue
							case cp > 1 && int(s.Step.Seq)%(2*cp) != 0:
								continue
							case ep > 1 && (a.MoE.Experts == 0 || a.MoE.Experts%ep != 0), tp*cp*dp%ep != 0:
								continue
							case !x.Fewer && used != s.GPUs, dp > q:
								continue
							case x.Even && batch%(dp*micro) != 0:
								continue
							case !x.Even && x.Fewer && dp != (q+m-1)/m:
								continue
							}
							for zero := range 4 {
								if x.ZeRO>>zero&1 == 0 || dp*cp == 1 && x.ZeRO&(1<<zero-1) != 0 {
									continue
								}
								for shard := range dp * cp {
									if shard == 1 || shard > 1 && (!x.Shards || zero == 0 || dp*cp%shard != 0) {
										continue
									}
									for vpp := 1; vpp <= min(a.Layers, max(x.VPP, 1)); vpp++ {
										for pipe := Pipe1F1B; pipe <= PipeDualPipe; pipe++ {
											if x.Pipelines>>pipe&1 == 0 || pipe != Pipe1F1B && (pp == 1 || vpp > 1) {
												continue
											}
											slots := func(chunks int) bool {
												return a.Layers%chunks == 0 || (a.Layers+1)%chunks == 0 || (a.Layers+2)%chunks == 0
											}
											switch {
											case vpp > 1 && (pp == 1 || !slots(pp*vpp)):
												continue
											case (pipe == PipeZB2P || pipe == PipeDualPipe) && m < 2*pp:
												continue
											case pipe == PipeDualPipe && pp%2 != 0:
												continue
											case pipe >= PipeZBV && pipe <= PipeVMin && !slots(2*pp):
												continue
											case pipe >= PipeZB1P && m < pp:
												continue
											}
											for mode := model.RecomputeNone; mode <= model.RecomputeFull; mode++ {
												if x.Recompute>>mode&1 == 0 {
													continue
												}
												parts := map[int]bool{0: true}
												if mode == model.RecomputeFull {
													for i := 1; i <= x.Partial; i++ {
														parts[(a.Layers+pp-1)/pp*i/(x.Partial+1)] = true
													}
												}
												for again := range parts {
													for sp := range 2 {
														if tp == 1 && sp == 1 || tp > 1 && x.Sequence>>sp&1 == 0 {
															continue
														}
														p := Plan{Pipeline: pipe, Shard: shard, Again: again}
														p.Layout = model.Layout{TP: tp, PP: pp, VPP: vpp, DP: dp, CP: cp, EP: ep, ZeRO: zero, Micro: micro, Recompute: mode, SP: sp == 1, Eager: w.Eager}
														if a.IsMoE() {
															p.ETP = 1
														}
														out = append(out, p)
													}
												}
											}
										}
									}
								}
							}
						}
					}
				}
			}
		}
	}
	return out
}

// On small spaces the search returns what looking at every plan returns, in
// the same order, and counts the same plans.
func TestSearchIsBruteForce(t *testing.T) {
	rng := rand.New(rand.NewSource(3))
	pick := func(n ...int) int { return n[rng.Intn(len(n))] }
	archs := []model.Arch{tiny, small, llama8, lite}
	fitting, whole := 0, 0
	for i := range 240 {
		a := archs[i%len(archs)]
		a.Layers = pick(4, 6, 9)
		if a.MoE.Layers > 0 {
			a.MoE.Layers = a.Layers - 1
		}
		s := trial(t, a, []string{"h100-sxm", "a100-sxm-40", "rtx-4090"}[rng.Intn(3)], pick(1, 4, 8, 12, 31), 4096, float64(pick(1, 8, 12, 30)))
		s.Peak.Capacity *= []float64{0.1, 1, 1}[rng.Intn(3)]
		s.Axes = Axes{TP: pick(1, 2, 8), PP: pick(1, 4, 9), VPP: pick(1, 3), CP: pick(1, 2), EP: pick(1, 8), Micro: pick(1, 2, 6),
			Powers: rng.Intn(2) == 0, ZeRO: uint8(1 + rng.Intn(15)), Recompute: uint8(1 + rng.Intn(7)), Partial: pick(0, 2),
			Pipelines: uint16(1 + rng.Intn(1<<8-1)), Shards: rng.Intn(3) == 0, Sequence: uint8(1 + rng.Intn(3)), Fewer: rng.Intn(2) == 0, Even: rng.Intn(2) == 0}
		if a.MoE.Layers == 0 {
			s.Axes.EP = 1
		}
		s.Wish.Eager = rng.Intn(4) == 0
		s.Step.AddApart, s.Step.GradOnce, s.Step.Gather = rng.Intn(3) == 0, rng.Intn(2) == 0, Gather(rng.Intn(3))
		s.Step.Balanced, s.Step.NoOverlap, s.Step.Bucket = rng.Intn(3) == 0, rng.Intn(3) == 0, float64(pick(0, 40e6))
		s.Step.Frozen, s.Step.Adapter = rng.Intn(6) == 0, 1e7
		s.Keep, s.Counted = pick(1, 5, 64), true
		s.Goal = Goal(rng.Intn(2))

		type ranked struct {
			key  float64
			plan Plan
		}
		var all []ranked
		step, peak := s.Step, s.Peak
		plans := every(&s)
		for _, p := range plans {
			var st Step
			var pk Peak
			p.Into(&step, &peak)
			if peak.Estimate(&p.Layout, &pk); pk.Total > peak.Capacity {
				continue
			}
			step.Estimate(&p.Layout, &st)
			key := st.Total
			if s.Goal == Cheapest {
				key *= float64(p.GPUs())
			}
			all = append(all, ranked{key, p})
		}
		sort.Slice(all, func(i, j int) bool { return all[i].key < all[j].key })
		var o Outcome
		s.Run(&o)
		if o.Considered != int64(len(plans)) || o.Considered != o.States+o.Slow+o.Memory+o.Estimated {
			t.Fatalf("%d: %d plans, search says %+v\n%+v", i, len(plans), o.Tally, s.Axes)
		}
		if len(all) == 0 {
			if o.Fits() {
				t.Fatalf("%d: nothing fits, search found %+v", i, o.Best[0].Plan)
			}
			continue
		}
		fitting++
		if len(o.Best) != min(s.Keep, len(all)) {
			t.Fatalf("%d: %d plans returned, want %d", i, len(o.Best), min(s.Keep, len(all)))
		}
		for j, f := range o.Best {
			key := f.Step.Total
			if s.Goal == Cheapest {
				key *= float64(f.GPUs())
			}
			if key != all[j].key {
				t.Fatalf("%d: place %d is %+v, %g; brute force %+v, %g", i, j, f.Plan, key, all[j].plan, all[j].key)
			}
		}
		// The same without counting, and whether any fits.
		s.Counted, s.Keep = false, 1
		first := o.Best[0].Plan
		if s.Run(&o); o.Best[0].Plan != first {
			t.Fatalf("%d: uncounted search found %+v, counted %+v", i, o.Best[0].Plan, first)
		}
		s.Goal = AnyFit
		if s.Run(&o); !o.Fits() || o.Stopped {
			t.Fatalf("%d: a plan fits, search for any says %+v", i, o)
		}
		whole += len(plans)
	}
	t.Logf("%d cases with plans that fit, %d plans", fitting, whole)
	if fitting < 60 || whole < 10000 {
		t.Fatalf("only %d cases fit, %d plans: no test", fitting, whole)
	}
}

// More GPUs never slow the best plan, whatever their number and the batch.
func TestMoreGPUsNeverSlowTheBestPlan(t *testing.T) {
	for _, c := range []struct {
		name  string
		arch  model.Arch
		card  string
		batch float64
	}{{"tiny", tiny, "a100-sxm-40", 512}, {"8B", llama8, "h100-sxm", 977}, {"70B", llama70, "h200", 1000}, {"405B", big, "h100-sxm", 2048}, {"lite", lite, "h100-sxm", 1563}} {
		s := trial(t, c.arch, c.card, 1, 4096, c.batch)
		for name, axes := range map[string]Axes{"quick": s.Axes, "full": FullAxes(s.Step.Arch, int(s.Step.Mach.Domain), s.Step.Seq, true)} {
			if name == "full" && testing.Short() {
				continue
			}
			s.Axes = axes
			last, before := math.Inf(1), 0
			var o Outcome
			for n := 1.0; n < 40000; n = math.Max(n+1, n*1.31) {
				s.GPUs = int(n)
				if s.Run(&o); !o.Fits() {
					if before > 0 {
						t.Errorf("%s, %s axes: fits %d GPUs, not %d", c.name, name, before, s.GPUs)
					}
					continue
				}
				if now := o.Best[0].Step.Total; now > last {
					t.Errorf("%s, %s axes: %d GPUs take %.9g s, %d took %.9g", c.name, name, s.GPUs, now, before, last)
				} else {
					last, before = now, s.GPUs
				}
			}
			if before == 0 {
				t.Errorf("%s, %s axes: fits no fleet", c.name, name)
			}
		}
	}
}

func BenchmarkSearchQuick(b *testing.B) {
	for _, c := range []struct {
		name string
		arch model.Arch
		gpus int
	}{{"8B", llama8, 64}, {"70B", llama70, 2000}, {"405B", big, 16384}, {"MoE", lite, 512}} {
		b.Run(c.name, func(b *testing.B) {
			s := trial(b, c.arch, "h100-sxm", c.gpus, 8192, 2048)
			var o Outcome
			b.ReportAllocs()
			for b.Loop() {
				s.Run(&o)
			}
			b.ReportMetric(float64(o.Considered), "layouts")
		})
	}
}

// The full search for Llama 3.1 405B on 16,384 H100s; layouts is the points of
// its axes that satisfy the rules. With "divides" the copies divide the batch.
func BenchmarkSearch405B(b *testing.B) {
	for _, even := range []bool{true, false} {
		name := "uneven"
		if even {
			name = "divides"
		}
		b.Run(name, func(b *testing.B) {
			s := trial(b, big, "h100-sxm", 16384, 8192, 2048)
			s.Axes, s.Keep, s.Counted = FullAxes(s.Step.Arch, 8, s.Step.Seq, true), 10, true
			s.Axes.Even = even
			benchSearch(b, &s)
		})
	}
}

// Every layout of GPT-3 175B on exactly 512 A100s whose copies divide a batch
// of 1,536 sequences: more than ten million.
func BenchmarkSearch10M(b *testing.B) {
	s := trial(b, gpt3, "a100-sxm-80", 512, 2048, 1536)
	s.Axes, s.Keep, s.Counted = EveryAxes(s.Step.Arch, true), 10, true
	if o := benchSearch(b, &s); o.Considered < 10e6 {
		b.Errorf("%d layouts", o.Considered)
	}
}

func benchSearch(b *testing.B, s *Search) *Outcome {
	var o Outcome
	b.ReportAllocs()
	for b.Loop() {
		s.Run(&o)
	}
	b.ReportMetric(float64(o.Considered), "layouts")
	b.ReportMetric(float64(o.Estimated), "estimated")
	return &o
}

// The ten million are counted here too, so that the figure does not rot.
func TestSearchSpaceOf10M(t *testing.T) {
	s := trial(t, gpt3, "a100-sxm-80", 512, 2048, 1536)
	s.Axes, s.Counted = EveryAxes(s.Step.Arch, true), true
	var o Outcome
	s.Run(&o)
	if o.Considered < 10e6 || o.Considered != o.States+o.Slow+o.Memory+o.Estimated || !o.Fits() || o.Best[0].GPUs() != 512 {
		t.Errorf("%+v", o)
	}
	t.Logf("%d layouts of GPT-3 175B on 512 GPUs: %d whose states do not fit, %d too slow by their lower bound, %d whose peak does not fit, %d estimated; best %+v, %.2f s",
		o.Considered, o.States, o.Slow, o.Memory, o.Estimated, o.Best[0].Plan, o.Best[0].Step.Total)
}

// What the reader fixes stays fixed, and a search that is stopped returns the
// best so far.
func TestWishAndStop(t *testing.T) {
	s := trial(t, llama70, "h100-sxm", 512, 4096, 1024)
	s.Axes = FullAxes(s.Step.Arch, 8, 4096, true)
	s.Wish = Wish{TP: 2, PP: 8, CP: 1, Micro: 2, ZeRO: 3, Recompute: int(model.RecomputeFull), VPP: 5}
	var o Outcome
	s.Run(&o)
	p := o.Best[0].Plan
	if p.TP != 2 || p.PP != 8 || p.CP != 1 || p.Micro != 2 || p.ZeRO != 3 || p.Recompute != model.RecomputeFull || p.VPP != 5 {
		t.Errorf("%+v", p)
	}
	s.Wish = NoWish
	calls := 0
	share := 0.0
	s.Tick = func(t *Tally) bool {
		calls++
		share = t.Share
		return calls < 20
	}
	if s.Run(&o); !o.Stopped || calls != 20 || !(share > 0 && share < 1) || o.Share != share {
		t.Errorf("stopped %v after %d calls at %g, %g", o.Stopped, calls, share, o.Share)
	}
	s.Tick = nil
	if s.Run(&o); o.Stopped || o.Share != 1 {
		t.Errorf("%+v", o.Tally)
	}
	s.Axes = QuickAxes(8, 4096, true)
	s.Run(&o)
	if n := testing.AllocsPerRun(10, func() { s.Run(&o) }); n != 0 {
		t.Errorf("%v allocations in a search", n)
	}
}

// Whatever is asked: no panic, counts that add up, and a plan that obeys.
func FuzzSearch(f *testing.F) {
	f.Add(32, 4096, 32, 8, 14336, 128256, 64, 4096, 512, uint16(1), uint8(0), false)
	f.Add(1, 64, 1, 1, 64, 10, 1, 1, 1, uint16(255), uint8(255), true)
	f.Fuzz(func(t *testing.T, layers, width, heads, kv, ff, vocab, gpus, seq, batch int, pipes uint16, bits uint8, fewer bool) {
		lim := func(v, most int) int { return 1 + max(0, v)%most }
		a := model.Arch{Layers: lim(layers, 200), Heads: lim(heads, 128), FF: lim(ff, 1<<17), Vocab: lim(vocab, 1<<18)}
		a.KVHeads, a.Width = lim(kv, a.Heads), a.Heads*lim(width, 256)
		if a.Heads%a.KVHeads != 0 {
			a.KVHeads = a.Heads
		}
		s := trial(t, a, "h100-sxm", lim(gpus, 1<<20), float64(lim(seq, 1<<18)), float64(lim(batch, 1<<20)))
		s.Axes.Pipelines, s.Axes.ZeRO, s.Axes.Recompute, s.Axes.Fewer = pipes, bits&15, bits>>4&7, fewer
		s.Axes.Even = bits>>7 == 1
		var o Outcome
		s.Run(&o)
		if o.Considered != o.States+o.Slow+o.Memory+o.Estimated {
			t.Errorf("%+v", o.Tally)
		}
		for _, b := range o.Best {
			if n := b.GPUs(); n > s.GPUs || n < 1 || !(b.Step.Total > 0) || b.Fits != (b.Peak.Total <= s.Peak.Capacity) {
				t.Errorf("%+v on %d", b, s.GPUs)
			}
		}
	})
}
