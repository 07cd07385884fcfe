package train

import (
	"math"
	"testing"

	"flopbook/core/unit"
)

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol*math.Abs(want)) {
		t.Errorf("%s: %.8g, published %.8g", what, got, want)
	}
}

// Narayanan et al. 2021, section 5.1: 34 days for 175B, 84 days for 1T.
func TestNarayananDays(t *testing.T) {
	near(t, "175B", float64(DaysSustained(8*175e9*300e9, 1024, 140e12)), 34, 0.01)
	near(t, "1T", float64(DaysSustained(8*1.008e12*450e9, 3072, 163e12)), 84, 0.01)
}

// jax-ml/scaling-book training.md: 6.3e24 FLOP on 18,823 v5p at 50 % take 17 days.
func TestScalingBookDays(t *testing.T) {
	near(t, "days", float64(Days(6.3e24, 18823, 459e12, 0.5, 1)), 17, 0.01)
	near(t, "and back", GPUsFor(6.3e24, Days(6.3e24, 18823, 459e12, 0.5, 0.9), 459e12, 0.5, 0.9), 18823, 1e-12)
}

// A calculator assumes 10 % of peak for mixtures of experts and answers 9.2
// million GPU-hours for DeepSeek-V3. The reported 2.664 million imply 34.6 %
// of the H800's 16-bit peak (6·37e9·14.8e12 FLOP).
func TestDeepSeekV3RanAt35PercentNot10(t *testing.T) {
	near(t, "utilisation", MFUOfBill(6*37e9*14.8e12, 2.664e6, 989.5e12), 0.346, 0.002)
}

// A calculator takes 1 % of servers to fail a day. Llama 3 had 419 unexpected
// interruptions in 54 days on 2,048 servers: 0.38 %, one in 3.1 hours, and
// more than 90 % of the time was training (arXiv 2407.21783, section 3.3.4).
func TestLlama3LostLessThanATenthToFailures(t *testing.T) {
	rate := FailureRate(419, 2048, 54)
	near(t, "failures per server and day", rate, 0.0038, 0.003)
	near(t, "hours between failures", float64(MTTF(2048, rate))/3600, 3.09, 0.002)
	write := unit.Seconds(10)
	every := YoungInterval(write, MTTF(2048, rate))
	if e := ETTR(2048, rate, 600, every, write); e < 0.9 || e > 0.97 {
		t.Errorf("share of time that is training %.3f; it was more than 0.90", e)
	}
}

// A description gives the number of GPUs as the product of what memory and
// what throughput ask for. It is the larger of the two.
func TestGPUsAreTheLargerNeedNotTheProduct(t *testing.T) {
	if got := MinGPUs(15.2, 8); got != 16 {
		t.Errorf("%v GPUs", got)
	}
}

// Young's interval loses least: longer and shorter ones lose more.
func TestYoungIntervalIsBest(t *testing.T) {
	const write, nodes, rate = 40, 500, 0.0065
	best := YoungInterval(write, MTTF(nodes, rate))
	at := ETTR(nodes, rate, 0, best, write)
	for _, f := range []float64{0.5, 0.8, 1.25, 2} {
		if e := ETTR(nodes, rate, 0, best*unit.Seconds(f), write); e > at*1.0005 {
			t.Errorf("%.2f times Young's interval: %.5f against %.5f", f, e, at)
		}
	}
	// Daly's differs by little when writing is short, and is never negative.
	near(t, "Daly", float64(DalyInterval(40, 11128)), 943.5-40+943.5/3*math.Sqrt(40.0/(2*11128)), 0.01)
	if DalyInterval(300, 100) != 100 {
		t.Error("writing longer than twice the time between failures")
	}
}

// deepseek-ai/DualPipe README at F = W = 1, B = 2, F&B = 3, 16 stages.
func TestBubbles(t *testing.T) {
	for s, want := range map[Pipeline]float64{Pipe1F1B: 45, PipeZB1P: 15, PipeDualPipe: 14} {
		if got := BubbleTime(s, 16, 1, 2, 1, 3); got != want {
			t.Errorf("pipeline %d: %v, want %v", s, got, want)
		}
	}
	// sail-sg/zero-bubble README and its schedules of controllable memory, three
	// passes alike: a third of 1F1B's waiting, none, none, half, two thirds.
	for s, want := range map[Pipeline]float64{PipeZB1P: 15, PipeZB2P: 0, PipeZBV: 0, PipeVHalf: 22.5, PipeVMin: 30} {
		if got := BubbleTime(s, 16, 1, 2, 1, 3); got != want {
			t.Errorf("pipeline %d: %v, want %v", s, got, want)
		}
	}
	// Share of the total and waiting over ideal are the same thing.
	near(t, "share", BubbleShare(8, 24), BubbleOverIdeal(8, 24, 1)/(1+BubbleOverIdeal(8, 24, 1)), 1e-12)
}
