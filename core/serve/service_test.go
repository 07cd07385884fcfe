package serve_test

import (
	"math"
	"testing"

	"flopbook/core/serve"
)

// chat is a service of Llama 3 70B for so many questions a day.
func chat(t *testing.T, perDay float64) serve.Service {
	t.Helper()
	f := must(t)
	return serve.Service{M: llama70(), H: h100, C: f.Constants, Q: page, Pace: 0.04, First: 2, PerDay: perDay, Peak: 1.92, Regions: 1,
		ArrivalCV2: 1, InCV2: 0.6, OutCV2: 0.6, LargestCopy: 512}
}

// A plan keeps what was asked of it, holds what it says in memory, and asks for
// more where more is asked.
func TestPlanKeepsItsLimits(t *testing.T) {
	last := 0.0
	for _, perDay := range []float64{0, 10, 1e3, 1e5, 1e6, 1e7, 1e9} {
		s := chat(t, perDay)
		var p serve.Plan
		var r serve.Result
		serve.Find(&s, 0, &p)
		serve.Estimate(&s, &p, &r)
		if !r.OK || p.TooBig || p.TooSlow || p.TooLate {
			t.Fatalf("%g a day: %+v", perDay, p)
		}
		if r.Full.TPOT > s.Pace || r.Late > s.First || p.Seqs > r.Room {
			t.Errorf("%g a day: %g s a token, %g s to the first, %g answers where %g fit", perDay, r.Full.TPOT, r.Late, p.Seqs, r.Room)
		}
		if n := p.Copies * r.GPUs; n < last {
			t.Errorf("%g a day take %g GPUs, fewer than less did", perDay, n)
		} else {
			last = n
		}
		if perDay == 0 {
			continue
		}
		if r.AtPeak >= 1 || r.Busy > r.AtPeak {
			t.Errorf("%g a day: load %g, %g at the peak", perDay, r.Busy, r.AtPeak)
		}
		if r.Usual.TPOT > r.Full.TPOT {
			t.Errorf("%g a day: %g s a token on average, %g with the machine full", perDay, r.Usual.TPOT, r.Full.TPOT)
		}
		// Little's law: the answers that run are those that come in times their stay.
		if stay := s.Q.Out * r.Usual.TPOT; math.Abs(perDay/86400/p.Mean*stay/p.Usual-1) > 1e-6 {
			t.Errorf("%g a day: %g answers run, %g come in during one", perDay, p.Usual, perDay/86400/p.Mean*stay)
		}
	}
}

// A large fleet fills its copies nearly to the brim at its peak (square-root
// staffing); a small one must leave room.
func TestLargeFleetsWaitLess(t *testing.T) {
	small, large := chat(t, 2e5), chat(t, 2e8)
	var p serve.Plan
	var a, b serve.Result
	for _, c := range []struct {
		s *serve.Service
		r *serve.Result
	}{{&small, &a}, {&large, &b}} {
		c.s.First = 0.3
		serve.Find(c.s, 8, &p)
		serve.Estimate(c.s, &p, c.r)
	}
	if b.AtPeak < 0.9 || a.AtPeak > b.AtPeak {
		t.Errorf("load at the peak: %g on few copies, %g on many", a.AtPeak, b.AtPeak)
	}
}

func TestWhatCannotBeServedIsSaid(t *testing.T) {
	s := chat(t, 1000)
	s.LargestCopy = 1
	s.M.Stored = 1e15
	var p serve.Plan
	if serve.Find(&s, 0, &p); !p.TooBig {
		t.Errorf("a petabyte of weights on one GPU: %+v", p)
	}
	s = chat(t, 1000)
	s.Pace = 1e-5
	if serve.Find(&s, 0, &p); !p.TooSlow || p.Seqs != 1 {
		t.Errorf("100,000 tokens a second for each reader: %+v", p)
	}
	s = chat(t, 1000)
	s.First = 1e-3
	if serve.Find(&s, 0, &p); !p.TooLate || p.Copies < 1 {
		t.Errorf("a first word in a millisecond: %+v", p)
	}
}

// Speculative decoding that is always right and costs nothing brings its
// tokens; one that is never right only costs.
func TestDraftingAhead(t *testing.T) {
	s := chat(t, 0)
	h := h100
	h.Peak = 1e20 // arithmetic free, so that checking costs nothing
	var plain, sure, never serve.Batch
	serve.Steady(&s.M, &h, &one, &ideal, 4, &s.Q, &plain)
	s.Q.Ahead = serve.Ahead{Tokens: 3, Yield: serve.FallingYield(3, 1, 1)}
	serve.Steady(&s.M, &h, &one, &ideal, 4, &s.Q, &sure)
	s.Q.Ahead = serve.Ahead{Tokens: 3, Yield: serve.FallingYield(3, 0, 1), Cost: 0.1}
	serve.Steady(&s.M, &h, &one, &ideal, 4, &s.Q, &never)
	near(t, "always right", plain.TPOT/sure.TPOT, 4, 1e-3)
	near(t, "never right", never.TPOT/plain.TPOT, 1.3, 1e-3)
	// 1 + 0.92 + 0.92·0.72: with a falling chance.
	near(t, "two tokens, falling", serve.FallingYield(2, 0.92, 0.72/0.92), 1+0.92+0.92*0.72, 1e-12)
}

// The week has mean 1 and the peak asked for, and a fleet that follows it runs
// fewer copies than one that does not, never too few.
func TestWeek(t *testing.T) {
	for _, peak := range []float64{1, 1.05, 1.3, 1.92, 3.54, 10, 30} {
		s := chat(t, 5e7)
		s.Peak = peak
		s.Scaling = serve.Scaling{Follow: true, Lead: 10, Headroom: 0.2}
		var p serve.Plan
		var r serve.Result
		serve.Find(&s, 8, &p)
		serve.Estimate(&s, &p, &r)
		week := make([]serve.Minute, serve.WeekMinutes)
		s.Week(&p, &r, week)
		sum, most, copies := 0.0, 0.0, 0.0
		for i, m := range week {
			sum += m.Rate
			copies += m.Copies
			most = math.Max(most, m.Rate)
			if m.Load > r.AtPeak*1.0001 || m.Copies > p.Copies {
				t.Fatalf("peak %g, minute %d: load %g with %g copies of %g", peak, i, m.Load, m.Copies, p.Copies)
			}
		}
		mean := sum / serve.WeekMinutes
		near(t, "mean of the week", mean, 5e7/86400, 1e-6)
		near(t, "peak over mean", most/mean, peak, 1e-3)
		near(t, "mean of the copies", copies/serve.WeekMinutes, p.Mean, 1e-9)
		if peak > 1.5 && p.Mean > 0.95*p.Copies {
			t.Errorf("peak %g: %g of %g copies run on average", peak, p.Mean, p.Copies)
		}
	}
	// Azure 2024: static fleets for its conversation and coding traffic are busy
	// for 1/1.92 and 1/3.54 of the time.
	near(t, "followed without lead or headroom", serve.FollowedShare(1.92, serve.Scaling{Follow: true}), 1, 1e-3)
}

// Sakasegawa's closed form stands for Erlang C: exact for one server, and for
// more at most six in a hundred arrivals off, on the safe side at light load.
func TestWaitShare(t *testing.T) {
	for _, load := range []float64{0.1, 0.5, 0.9, 0.99} {
		near(t, "one server", serve.WaitShare(1, load), serve.ErlangC(1, load), 1e-12)
		for _, n := range []int{2, 5, 20, 100, 1000} {
			if got, exact := serve.WaitShare(float64(n), load), serve.ErlangC(n, load); math.Abs(got-exact) > 0.06 || load <= 0.5 && got < exact {
				t.Errorf("%d servers at %g: %g, Erlang C %g", n, load, got, exact)
			}
		}
	}
	if serve.WaitShare(10, 1.2) != 1 || serve.WaitShare(10, 0) != 0 || !math.IsInf(serve.LongWait(5, 1, 1, 1, 1), 1) {
		t.Error("at the ends")
	}
	// M/M/1 at 90 %: one in ten waits longer than ln(9) service times over 1-ρ.
	near(t, "one in ten at M/M/1", serve.LongWait(1, 0.9, 1, 1, 1), math.Log(9)*10, 1e-12)
}

func TestServiceAllocatesNothing(t *testing.T) {
	s := chat(t, 1e6)
	s.Scaling.Follow = true
	var p serve.Plan
	var r serve.Result
	week := make([]serve.Minute, serve.WeekMinutes)
	if n := testing.AllocsPerRun(3, func() {
		serve.Find(&s, 0, &p)
		serve.Estimate(&s, &p, &r)
		s.Week(&p, &r, week)
	}); n != 0 {
		t.Errorf("%g allocations", n)
	}
}

// BenchmarkServeWeek is a week of minutes and a latency-throughput curve of 200 points.
func BenchmarkServeWeek(b *testing.B) {
	fit, _ := serve.Fitted("TensorRT-LLM", "Hopper", "fp8")
	s := serve.Service{M: llama70(), H: h100, C: fit.Constants, Q: page, Pace: 0.04, First: 2, PerDay: 1e7, Peak: 1.92, Regions: 1,
		ArrivalCV2: 1, InCV2: 0.6, OutCV2: 0.6, LargestCopy: 512, Scaling: serve.Scaling{Follow: true, Lead: 10, Headroom: 0.2}}
	var p serve.Plan
	var r serve.Result
	week, curve := make([]serve.Minute, serve.WeekMinutes), make([]serve.Point, 200)
	b.ReportAllocs()
	for b.Loop() {
		serve.Find(&s, 0, &p)
		serve.Estimate(&s, &p, &r)
		s.Week(&p, &r, week)
		serve.Curve(&s.M, &s.H, &p.L, &s.C, &s.Q, curve)
	}
}

// BenchmarkServeFind tries layouts, batches and copies.
func BenchmarkServeFind(b *testing.B) {
	fit, _ := serve.Fitted("TensorRT-LLM", "Hopper", "fp8")
	s := serve.Service{M: deepseek(), H: h100, C: fit.Constants, Q: page, Pace: 0.05, First: 2, PerDay: 1e7, Peak: 1.92, Regions: 1,
		ArrivalCV2: 1, InCV2: 0.6, OutCV2: 0.6, LargestCopy: 512}
	var p serve.Plan
	b.ReportAllocs()
	for b.Loop() {
		serve.Find(&s, 0, &p)
	}
}
