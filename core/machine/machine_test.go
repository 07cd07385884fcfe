package machine

import (
	"math"
	"testing"

	"flopbook/core/catalog"
)

func a100(t *testing.T) Machine {
	a, p := catalog.Find("a100-sxm-80")
	if p != nil {
		t.Fatal(p)
	}
	m, _ := Of(a, catalog.BF16)
	return m
}

// Measured on an A100 (LLMCompass, ae/figure5/ab/real_hardware/matmul_A100.csv):
// 8192 x n x n reaches these shares of the 312 TFLOP/s peak. The two rates come
// from the largest product alone (0.94 at n = 16384); half a wave is lost on
// average. Tolerance: the shapes between are 0.12 apart or less.
func TestMatmulByShape(t *testing.T) {
	m := a100(t)
	c := m.With(&Rates{Matmul: 0.95, Tail: 0.5, Memory: 0.8, Gap: 20e-6})
	for n, want := range map[float64]float64{1024: 0.59, 2048: 0.78, 4096: 0.86, 8192: 0.89, 16384: 0.94} {
		got := 2 * 8192 * n * n / c.Matmul(8192, n, n, 2) / m.Peak
		if math.Abs(got-want) > 0.06 {
			t.Errorf("n %g: %.2f of peak, measured %.2f", n, got, want)
		}
	}
}

// NCCL's all-reduce over the 8 A100s of a server (vTrain, trace/a100): 8,196 us
// for 1 GiB, 2,158 us for 256 MiB. Within 10 % with the link's measured rate,
// 229 of 300 GB/s, and a latency of 80 us.
func TestAllReduce(t *testing.T) {
	m := a100(t)
	c := m.With(&Rates{Matmul: 1, Memory: 1, Link: 229.0 / 300, LinkLatency: 80e-6, Net: 1, Rails: 1})
	g := c.Group(8, 1)
	for bytes, want := range map[float64]float64{1 << 30: 8196e-6, 256 << 20: 2158e-6} {
		if got := g.AllReduce(bytes); math.Abs(got/want-1) > 0.10 {
			t.Errorf("%g bytes: %.0f us, measured %.0f us", bytes, got*1e6, want*1e6)
		}
	}
}

// Limits: nobody to talk to costs nothing; a collective that leaves the server
// is never faster; infinite links leave latency alone.
func TestLimits(t *testing.T) {
	m := a100(t)
	r := Rates{Matmul: 1, Memory: 1, Link: 0.8, LinkLatency: 50e-6, Net: 0.8, NetLatency: 20e-6, Rails: 0.9}
	c := m.With(&r)
	alone := c.Group(1, 1)
	if alone.AllReduce(1e9) != 0 || alone.AllGather(1e9) != 0 || alone.AllToAll(1e9) != 0 {
		t.Error("one member waits for itself")
	}
	in, out := c.Group(8, 1), c.Group(16, 1)
	far := c.Group(8, 8)
	if !(in.AllReduce(1e9) < out.AllReduce(1e9)) || !(out.AllReduce(1e9) < far.AllReduce(1e9)) {
		t.Errorf("in %g, two servers %g, one of each of eight %g", in.AllReduce(1e9), out.AllReduce(1e9), far.AllReduce(1e9))
	}
	m.Link, m.NIC = 1e30, 1e30
	c = m.With(&r)
	g := c.Group(8, 1)
	if got := g.AllReduce(1e9); math.Abs(got-50e-6) > 1e-12 {
		t.Errorf("infinite link: %g s, latency is 50 us", got)
	}
}
