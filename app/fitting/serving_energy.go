//go:build !js

package fitting

import (
	"math"

	"gonum.org/v1/gonum/diff/fd"
	"gonum.org/v1/gonum/optimize"

	"flopbook/core/serve"
)

// A DrawFit is the power of accelerators while they serve: by family what they
// draw whatever they do, and what a byte costs; by family and precision what an
// operation costs. Scope: accelerators only.
type DrawFit struct {
	x  []float64
	at map[string]int
}

// draws before any measurement: H100-like shares of static power, and
// picojoules per operation and byte of the 5 nm generation.
const (
	staticShare = 0.25 // of the rated power
	joulePerOp  = 0.5e-12
	joulePerB   = 50e-12
)

func (f *DrawFit) effect(key string) float64 {
	if i, ok := f.at[key]; ok {
		return f.x[i]
	}
	return 0
}

// drawKeys names the effects that speak for a row: of all accelerators, of its
// family, of its precision.
func drawKeys(r *ServingRow) [7]string {
	return [7]string{"static", "static " + r.Family, "byte", "byte " + r.Family, "op", "op " + r.Prec, "op " + r.Family}
}

// Draw is the fitted power for a row's accelerator and precision.
func (f *DrawFit) Draw(r *ServingRow) serve.Draw {
	k := drawKeys(r)
	rated := r.H.Power
	if rated <= 0 {
		rated = 400
	}
	return serve.Draw{
		Static:  rated * staticShare * math.Exp(f.effect(k[0])+f.effect(k[1])),
		PerByte: joulePerB * math.Exp(f.effect(k[2])+f.effect(k[3])),
		PerFLOP: joulePerOp * math.Exp(f.effect(k[4])+f.effect(k[5])+f.effect(k[6])),
	}
}

// energyStep is the row's step and what it draws for, under the constants c.
func energyStep(r *ServingRow, c *serve.Constants) (s serve.Step, tokens float64) {
	var b serve.Batch
	if r.Scenario == "offline_static_batch" || r.Scenario == "low_latency_batch1" {
		serve.Static(&r.M, &r.H, &r.L, c, math.Max(r.Batch, 1), r.In, r.Out, &b)
		return b.Decode, b.Seqs
	}
	room := math.Max(1, serve.BatchMax(&r.M, &r.H, &r.L, c, r.In+r.Out/2))
	seqs := math.Min(r.Batch, room)
	if seqs == 0 {
		seqs = room
	}
	serve.Steady(&r.M, &r.H, &r.L, c, seqs, r.load(), &b)
	return b.Decode, seqs
}

// PredictEnergy is joules per answer token, or watts of one accelerator for
// gpu_power_avg; accelerators only.
func PredictEnergy(r *ServingRow, c *serve.Constants, d *serve.Draw) float64 {
	s, tokens := energyStep(r, c)
	e := serve.StepJoules(d, &r.H, &s, r.L.GPUs())
	if r.Metric == "gpu_power_avg" {
		return e / s.Total / r.L.GPUs()
	}
	return e / tokens
}

// FitDraw fits power on the rows of energy and power that use, with the times
// that the constants predict, never measured ones.
func FitDraw(rows []ServingRow, fit *ServingFit, use func(*ServingRow) bool) *DrawFit {
	f := &DrawFit{at: map[string]int{}}
	type point struct {
		r   *ServingRow
		s   serve.Step
		per float64 // tokens of a step, or GPU-seconds: what the measured joules are for
	}
	var in []point
	for i := range rows {
		r := &rows[i]
		power := r.Metric == "gpu_power_avg"
		if r.Skipped != "" || !power && r.Metric != "gpu_energy_per_output_token" || !use(r) {
			continue
		}
		c := fit.Constants(r)
		s, per := energyStep(r, &c)
		if power {
			per = s.Total * r.L.GPUs()
		}
		in = append(in, point{r, s, per})
		for _, k := range drawKeys(r) {
			if _, ok := f.at[k]; !ok {
				f.at[k] = len(f.x)
				f.x = append(f.x, 0)
			}
		}
	}
	if len(in) == 0 {
		return f
	}
	loss := func(x []float64) float64 {
		g := DrawFit{x, f.at}
		sum := 0.0
		for i := range in {
			p := &in[i]
			d := g.Draw(p.r)
			e := math.Log(serve.StepJoules(&d, &p.r.H, &p.s, p.r.L.GPUs())/p.per/p.r.Measured) / spread
			sum += 2.5 * math.Log1p(e*e/4)
		}
		for _, v := range x {
			sum += 0.5 * v * v / (0.5 * 0.5)
		}
		return sum
	}
	slope := func(to, x []float64) { fd.Gradient(to, loss, x, nil) }
	res, err := optimize.Minimize(optimize.Problem{Func: loss, Grad: slope}, f.x, &optimize.Settings{MajorIterations: 300}, &optimize.LBFGS{})
	if err == nil || res != nil {
		f.x = res.X
	}
	return f
}
