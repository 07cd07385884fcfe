//go:build !js

package fitting

import (
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"

	"flopbook/core/serve"
)

// The latent numbers behind [serve.Constants]: shares go through a logistic
// curve, times and slow-downs through an exponential.
const (
	sWeights = iota
	sKV
	sMatmul
	sAttention
	sStep
	sLayer
	sSeq
	sAllReduce
	sLink
	sExpert
	sGrouped
	sUsable
	latents
)

var latentNames = [latents]string{"weights", "kv", "matmul", "attention", "step", "layer", "seq", "allreduce", "link", "expert", "grouped", "usable"}

// start is the middle of each prior, and priorSD how far the base and the
// effects of engine, family, precision and engine version may lie from it: in
// logits for shares, in logarithms for the rest; 0 where there is no such effect.
// They are guesses, wide where versions differ most.
var start = [latents]float64{logit(0.75), logit(0.8), logit(0.55), logit(0.4), math.Log(1.5e-3), math.Log(2e-5), math.Log(8e-6), math.Log(25e-6), logit(0.6), math.Log(1.2), math.Log(1.5), logit(0.93)}

var priorSD = [effects][latents]float64{
	//         W    KV   F    A    c0 layer seq  AR  link exp grp use
	base:      {.5, .5, .5, .3, 1, 1, 1, .5, 1, .5, .5, .5},
	byEngine:  {.4, .6, .4, 1.5, 1, .8, .5, .3, .5, .3, .3, .5},
	byFamily:  {.3, .3, .3, .1, .2, .2, .2, .3, .5, .3, .3, 0},
	byPrec:    {.3, .3, .3, 0, .2, .2, .2, 0, 0, .3, .3, 0},
	byVersion: {.2, .3, .3, .3, .6, .5, .9, .25, .6, .3, .3, .3},
	byStack:   {.2, .2, .4, .5, .3, .3, .3, .2, .3, .2, .2, 0},
	byMachine: {.15, .15, .15, 0, 0, 0, 0, 0, 0, 0, 0, .3},
	byDate:    {.05, .05, .1, .1, .3, .3, .3, .2, .2, .2, .2, 0},
}

const (
	base = iota
	byEngine
	byFamily
	byPrec
	byVersion
	byStack // an engine's kernels on a family
	byMachine
	byDate
	effects
)

func logit(p float64) float64    { return math.Log(p / (1 - p)) }
func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// engineFamily joins the spellings of one engine.
func engineFamily(e string) string {
	switch {
	case strings.HasPrefix(e, "TensorRT"):
		return "TensorRT-LLM"
	case strings.HasPrefix(e, "Deepspeed"):
		return "DeepSpeed"
	}
	return e
}

// ofRest names the engines whose setting for memory is a share of what the
// weights leave (TensorRT-LLM: kv_cache_free_gpu_memory_fraction); the others
// take a share of the whole memory (vLLM: gpu_memory_utilization).
func ofRest(engine string) bool { return engineFamily(engine) == "TensorRT-LLM" }

func constants(r *ServingRow, x *[latents]float64) serve.Constants {
	c := serve.Constants{
		Weights: logistic(x[sWeights]), KV: logistic(x[sKV]), Matmul: logistic(x[sMatmul]), Attention: logistic(x[sAttention]),
		Step: math.Exp(x[sStep]), Layer: math.Exp(x[sLayer]), Seq: math.Exp(x[sSeq]),
		AllReduce: math.Exp(x[sAllReduce]), Link: logistic(x[sLink]), Expert: math.Exp(x[sExpert]), Grouped: math.Exp(x[sGrouped]),
		Usable: logistic(x[sUsable]), Rest: 1, Reserve: 0.5e9, MaxBatch: 4096,
	}
	if ofRest(r.Engine) {
		c.Usable, c.Rest = 1, c.Usable
		c.MaxBatch = 2048 // the default of trtllm-build
	}
	return c
}

// A ServingFit is the efficiency of serving as a sum of effects, each drawn
// towards zero as far as its measurements allow: what all stacks share, and
// what an engine, an accelerator family, a precision, an engine version and a
// single machine add. A version or machine that was not measured adds nothing.
type ServingFit struct {
	index map[effect]int
	x     []float64
}

type effect struct {
	kind  int
	name  string
	which int
}

func (r *ServingRow) keys() [effects]string {
	return [effects]string{base: "", byEngine: engineFamily(r.Engine), byFamily: r.kind(), byPrec: r.Prec,
		byVersion: r.Source + "/" + engineFamily(r.Engine) + "/" + r.Version, byStack: engineFamily(r.Engine) + "/" + r.kind(), byMachine: r.Hardware, byDate: "year"}
}

// kind is the accelerator family as the table names it.
func (r *ServingRow) kind() string { return serve.FamilyOf(r.Family, r.H.Bandwidth) }

// at gathers the positions of the effects that speak for a row; -1 where none.
func (f *ServingFit) at(r *ServingRow) (out [effects][latents]int) {
	for k, name := range r.keys() {
		for j := range latents {
			i, ok := f.index[effect{k, name, j}]
			if !ok {
				i = -1
			}
			out[k][j] = i
		}
	}
	return out
}

func (f *ServingFit) latent(r *ServingRow, at *[effects][latents]int) (x [latents]float64) {
	x = start
	for k := range at {
		t := r.times(k)
		for j, i := range at[k] {
			if i >= 0 {
				x[j] += t * f.x[i]
			}
		}
	}
	return x
}

// times is what an effect is multiplied by: 1, or for the date the years since mid-2024
// (engines older than 2023 are before the trend that the others show).
func (r *ServingRow) times(kind int) float64 {
	if kind == byDate {
		return math.Max(r.Year, 2023.5) - 2024.5
	}
	return 1
}

// Constants are the fitted ones for a row's engine, family, precision and machine.
func (f *ServingFit) Constants(r *ServingRow) serve.Constants {
	at := f.at(r)
	x := f.latent(r, &at)
	return constants(r, &x)
}

// Used reports whether a row takes part in fits of time.
func (r *ServingRow) Used() bool {
	return r.Skipped == "" && (r.HasTime || r.Metric == "TTFT" || r.Metric == "prefill_tok_s") && !(r.Rate > 0 && !strings.HasPrefix(r.Metric, "ITL"))
}

// spread is the scale of a residual, in logarithms, beyond which a row counts less and less.
const spread = 0.12

// FitServing fits on the rows that use. The loss has more than one valley:
// models with recurrent layers, few and alike, come in where the fit of all
// others has ended, which leads to the lower one.
func FitServing(rows []ServingRow, use func(*ServingRow) bool) *ServingFit {
	others := fitFrom(rows, func(r *ServingRow) bool { return r.M.State == 0 && use(r) }, nil, 1)
	return fitFrom(rows, use, others, 0.05)
}

// fitFrom fits by Gauss-Newton steps with damping on the logarithm of predicted
// over measured time, beginning where another fit has ended, if one is given,
// until a step gains less than enough.
// Rows far off count less (Student's t with 4 degrees of freedom), and so do
// the rows of a source that has many: its weight grows with the square root of
// their number.
func fitFrom(rows []ServingRow, use func(*ServingRow) bool, from *ServingFit, enough float64) *ServingFit {
	f := &ServingFit{index: map[effect]int{}}
	var in []*ServingRow
	count := map[string]float64{}
	for i := range rows {
		if r := &rows[i]; r.Used() && use(r) {
			in = append(in, r)
			count[r.Source+r.Model]++
		}
	}
	var sd []float64
	ats := make([][effects][latents]int, len(in))
	weight := make([]float64, len(in))
	for i, r := range in {
		for k, name := range r.keys() {
			for j := range latents {
				e := effect{k, name, j}
				if priorSD[k][j] == 0 {
					continue
				}
				if _, ok := f.index[e]; !ok {
					f.index[e] = len(f.x)
					v := 0.0
					if from != nil {
						if at, ok := from.index[e]; ok {
							v = from.x[at]
						}
					}
					f.x = append(f.x, v)
					sd = append(sd, priorSD[k][j])
				}
			}
		}
		ats[i] = f.at(r)
		weight[i] = math.Min(1, math.Sqrt(30/count[r.Source+r.Model]))
		if r.Metric == "TTFT" || r.Metric == "TTFT_mean" || r.Metric == "prefill_tok_s" {
			weight[i] *= 0.3
		}
	}
	n := len(f.x)
	if n == 0 {
		return f
	}
	residual := func(r *ServingRow, x *[latents]float64) (float64, bool) {
		c := constants(r, x)
		v, ok := PredictServing(r, &c)
		if !ok || !(v > 0) {
			return 0, false
		}
		return math.Log1p(TimeError(r, v)), true
	}
	loss := func() float64 {
		sum := 0.0
		for i, r := range in {
			x := f.latent(r, &ats[i])
			if e, ok := residual(r, &x); ok {
				e /= spread
				sum += weight[i] * 2.5 * math.Log1p(e*e/4)
			}
		}
		for i, v := range f.x {
			sum += 0.5 * v * v / (sd[i] * sd[i])
		}
		return sum
	}
	damp, last := 1e-2, loss()
	hess := mat.NewSymDense(n, nil)
	raw := hess.RawSymmetric()
	grad := mat.NewVecDense(n, nil)
	for range 40 {
		hess.Zero()
		grad.Zero()
		var idx [effects * latents]int
		var jac [effects * latents]float64
		for i, r := range in {
			x := f.latent(r, &ats[i])
			e, ok := residual(r, &x)
			if !ok {
				continue
			}
			w := weight[i] * 5 / 4 / (1 + e*e/(4*spread*spread)) / (spread * spread)
			m := 0
			for j := range latents {
				y := x
				y[j] += 1e-4
				e2, ok := residual(r, &y)
				d := (e2 - e) / 1e-4
				if !ok || d == 0 {
					continue
				}
				for k := range effects {
					if at := ats[i][k][j]; at >= 0 {
						idx[m], jac[m] = at, d*r.times(k)
						m++
					}
				}
			}
			for a := range m {
				grad.SetVec(idx[a], grad.AtVec(idx[a])+w*jac[a]*e)
				for b := range m {
					if idx[b] >= idx[a] {
						raw.Data[idx[a]*raw.Stride+idx[b]] += w * jac[a] * jac[b]
					}
				}
			}
		}
		for i, v := range f.x {
			p := 1 / (sd[i] * sd[i])
			grad.SetVec(i, grad.AtVec(i)+p*v)
			hess.SetSym(i, i, hess.At(i, i)+p)
		}
		old := append([]float64(nil), f.x...)
		improved := false
		for range 14 {
			h := mat.NewSymDense(n, nil)
			h.CopySym(hess)
			for i := range n {
				h.SetSym(i, i, h.At(i, i)*(1+damp))
			}
			var chol mat.Cholesky
			if !chol.Factorize(h) {
				damp *= 10
				continue
			}
			var step mat.VecDense
			if chol.SolveVecTo(&step, grad) != nil {
				damp *= 10
				continue
			}
			for i := range f.x {
				f.x[i] = old[i] - math.Max(-2, math.Min(2, step.AtVec(i)))
			}
			if l := loss(); l < last {
				improved = last-l > enough
				last = l
				damp = math.Max(damp/5, 1e-6)
				break
			}
			copy(f.x, old)
			damp *= 5
		}
		if !improved {
			break
		}
	}
	return f
}
