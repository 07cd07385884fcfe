package catalog

import (
	"encoding/csv"
	"math"
	"sort"
	"strconv"
	"strings"

	"flopbook/core/unit"
)

// A Run is one measured training step, as far as the utilisation table needs
// it. Zero means that the source does not say.
type Run struct {
	ID, Group  string // Group is the source: rows of one are not independent
	Model      string
	Hardware   string
	Task       string // pretrain, sft, lora, qlora ...
	Use        string // what the row can test, words split at ';'
	Precision  string
	Recompute  string
	MoE        bool
	Tied, Gate bool // tied embeddings; gated feed-forward
	TiedKnown  bool

	Layers, Width, Heads, KVHeads, HeadDim, FF, Vocab, Seq float64
	Params, Active                                         float64 // parameters, not billions
	GPUs, Batch                                            float64 // accelerators; sequences per step
	StepTime                                               float64 // s
	TokensPerGPU                                           float64 // tokens/s per accelerator
}

// ParseRuns reads measured steps from CSV text in the columns of
// core/testdata/training_runs.csv; missing columns are unknown.
func ParseRuns(text string) ([]Run, *unit.Problem) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) < 2 {
		wrong := "has no rows"
		if err != nil {
			wrong = "is not a table: " + err.Error()
		}
		return nil, &unit.Problem{Field: "Training runs", Wrong: wrong, Fix: "give a CSV with a header line"}
	}
	col := map[string]int{}
	for i, h := range rows[0] {
		col[h] = i
	}
	for _, need := range []string{"id", "hardware", "n_gpus"} {
		if _, ok := col[need]; !ok {
			return nil, &unit.Problem{Field: "Training runs", Value: need, Wrong: "is a column that the table lacks", Fix: "see core/testdata/training_runs.csv"}
		}
	}
	out := make([]Run, 0, len(rows)-1)
	for _, row := range rows[1:] {
		text := func(name string) string {
			if i, ok := col[name]; ok {
				return row[i]
			}
			return ""
		}
		num := func(name string) float64 {
			x, err := strconv.ParseFloat(text(name), 64)
			if err != nil || !finite(x) || x < 0 {
				return 0
			}
			return x
		}
		r := Run{ID: text("id"), Group: text("source_group"), Model: text("model"), Hardware: text("hardware"), Task: text("task"),
			Use: text("use"), Precision: text("prec_key"), Recompute: text("recompute"), MoE: num("n_experts") > 1,
			Tied: text("tied_embeddings") == "y", TiedKnown: text("tied_embeddings") != "", Gate: text("gated_mlp") == "y",
			Layers: num("n_layers"), Width: num("d_model"), Heads: num("n_heads"), KVHeads: num("n_kv_heads"), HeadDim: num("d_head"),
			FF: num("d_ff"), Vocab: num("vocab"), Seq: num("seq_len"), Params: num("total_params_B") * 1e9, Active: num("active_params_B") * 1e9,
			GPUs: num("n_gpus"), Batch: num("global_batch"), StepTime: num("step_time_s"), TokensPerGPU: num("tokens_per_s_per_gpu")}
		if r.Precision == "" {
			r.Precision = text("precision")
		}
		out = append(out, r)
	}
	return out, nil
}

func (r *Run) uses(word string) bool {
	for s := r.Use; s != ""; {
		w, rest, _ := strings.Cut(s, ";")
		if strings.TrimSpace(w) == word {
			return true
		}
		s = rest
	}
	return false
}

// Utilisation is the share of the accelerator's dense peak that the run turned
// into useful work (MFU):
//
//	(6 N + 6 L a s) / (peak x seconds per token and accelerator)
//
// N is the parameters that multiply (the input embedding does not; the active
// ones of a mixture of experts), L layers, a attention width, s sequence
// length: causal attention, half of the full square. Work done twice to save
// memory is not useful and not counted, as MFU has it. Left out: the wider queries of multi-head latent attention, windows and
// layers without attention, the router. The peak is the dense one of the precision that the run states. The
// second result says why a run has none.
//
// Convention: Chowdhery et al. 2022 (PaLM), appendix B, with causal attention
// as Megatron-LM counts it.
func (r *Run) Utilisation() (float64, string) {
	a, p := Find(r.Hardware)
	if p != nil {
		return 0, "hardware not in the catalogue"
	}
	prec, p := ParsePrecision(r.Precision)
	if p != nil || r.Precision == "" {
		return 0, "precision not stated"
	}
	peak := &a.Peak[prec]
	if !peak.Known && prec.Class() == BF16 {
		peak, _ = a.PeakFor(prec)
	}
	if peak == nil || !peak.Known {
		return 0, "no peak at this precision"
	}
	if r.Layers == 0 || r.Width == 0 || r.Seq == 0 || r.GPUs == 0 {
		return 0, "shape or size not stated"
	}
	attn := r.Heads * r.HeadDim
	if attn == 0 {
		attn = r.Width
	}
	n := r.Active
	if n == 0 {
		n = r.Params
	}
	switch {
	case n == 0 && r.MoE:
		return 0, "active parameters not stated"
	case n == 0:
		n = r.matrices(attn)
	case r.TiedKnown && !r.Tied:
		n -= r.Vocab * r.Width
	}
	rate := r.TokensPerGPU
	if rate == 0 && r.StepTime > 0 {
		rate = r.Batch * r.Seq / r.StepTime / r.GPUs
	}
	if n <= 0 || rate <= 0 {
		return 0, "parameters or time not stated"
	}
	flop := 6*n + 6*r.Layers*attn*r.Seq
	return flop * rate / peak.V, ""
}

// matrices counts the parameters that multiply, from the shape: attention,
// feed-forward and the output head.
func (r *Run) matrices(attn float64) float64 {
	kv := attn
	if r.KVHeads > 0 && r.HeadDim > 0 {
		kv = r.KVHeads * r.HeadDim
	}
	ff, mats := r.FF, 2.0
	if ff == 0 {
		ff = 4 * r.Width
	}
	if r.Gate {
		mats = 3
	}
	return r.Layers*(2*r.Width*attn+2*r.Width*kv+mats*r.Width*ff) + r.Vocab*r.Width
}

// impossible is the share of dense peak that no measured matmul reaches on the
// accelerators here (Gaudi 2 comes to 0.97, NVIDIA's best to 0.87): a row above
// it has a wrong peak, count or time.
const impossible = 0.95

// Skipped says why a run stays out of the utilisation table; empty where it counts.
func (r *Run) Skipped() string {
	switch {
	case !r.uses("time") && !r.uses("time-partial"):
		return "no step time to use"
	case r.uses("low-confidence"):
		return "low confidence"
	case r.Task != "" && r.Task != "pretrain" && r.Task != "sft":
		return "not full training: adapters skip part of the backward pass"
	}
	u, why := r.Utilisation()
	if why == "" && u > impossible {
		return "more than any matmul reaches: its peak, count or time is wrong"
	}
	return why
}

// An MFURow is a cell of the utilisation table: what training runs of an
// accelerator family reach, by precision, kind of model and scale. Figures are
// useful work as [Run.Utilisation] defines it: the time of a step is its FLOPs,
// attention counted and nothing counted twice, over peak x Median.
type MFURow struct {
	Family     string // "all" speaks for every family
	Precision  Precision
	MoE        bool
	GPUsLo     int // scale, both ends included; 1 to MaxGPUs for every scale
	GPUsHi     int
	Rows       int     // runs that set the figure: of runs that differ in layout alone, the fastest
	Measured   int     // runs that were measured, slower layouts included
	Groups     int     // independent sources
	Median     float64 // median over sources of each source's median
	P10, P90   float64 // where one more run, of a source not seen, lies eight times in ten
	Confidence Confidence
	Sources    string // source groups, split at ';'
}

// MaxGPUs ends the largest scale of the table.
const MaxGPUs = 1 << 30

// scales are the table's buckets of accelerators per run.
var scales = [...][2]int{{1, 8}, {9, 64}, {65, 512}, {513, 2048}, {2049, MaxGPUs}}

func scaleOf(gpus int) int {
	for i, s := range scales {
		if gpus <= s[1] {
			return i
		}
	}
	return len(scales) - 1
}

// MFUTable computes the utilisation table from measured runs. It is a pure
// function: a caller that leaves a source out gets the table without it.
//
// Runs that differ in layout alone (same source, hardware, precision, model,
// scale, sequence length and batch) count as one, the fastest: a table for
// runs whose layout was chosen with care must not be pulled down by a sweep
// over every bad layout.
//
// The interval adds the spread inside sources to the spread between sources,
// which is pooled over all cells with two or more, so that a cell with a single
// source does not look certain (a random-effects model on log utilisation).
func MFUTable(runs []Run) []MFURow {
	type cell struct {
		family string
		prec   Precision
		moe    bool
		scale  int // -1: every scale
	}
	type point struct {
		group string
		u     float64
	}
	best := map[string]int{} // question -> index into picked
	type one struct {
		cell
		point
		measured int
	}
	var picked []one
	for i := range runs {
		r := &runs[i]
		if r.Skipped() != "" {
			continue
		}
		u, _ := r.Utilisation()
		a, _ := Find(r.Hardware)
		p, _ := ParsePrecision(r.Precision)
		c := cell{a.Family, p.Class(), r.MoE, scaleOf(int(r.GPUs))}
		key := strings.Join([]string{r.Group, a.Key, p.Class().String(), r.Model, fmtNum(r.GPUs), fmtNum(r.Seq), fmtNum(r.Batch)}, "|")
		if j, again := best[key]; again {
			picked[j].measured++
			picked[j].u = max(picked[j].u, u)
			continue
		}
		best[key] = len(picked)
		picked = append(picked, one{c, point{r.Group, u}, 1})
	}

	cells := map[cell][]one{}
	for _, o := range picked {
		cells[o.cell] = append(cells[o.cell], o)
		all := o
		// For all families, a family's part in a source is a source of its own.
		all.group = o.group + " (" + o.family + ")"
		cells[cell{"all", o.prec, o.moe, -1}] = append(cells[cell{"all", o.prec, o.moe, -1}], all)
	}
	keys := make([]cell, 0, len(cells))
	for c := range cells {
		keys = append(keys, c)
	}
	sort.Slice(keys, func(i, j int) bool {
		a, b := keys[i], keys[j]
		switch {
		case a.family != b.family:
			return a.family < b.family
		case a.prec != b.prec:
			return a.prec < b.prec
		case a.moe != b.moe:
			return b.moe
		}
		return a.scale < b.scale
	})

	// Pass one: medians of sources, spread inside them, spread between them.
	type summary struct {
		groups   []string
		medians  []float64 // log, one a source
		up, down float64   // mean squared distance of log u above and below the median inside sources; -1 where no source has two runs
		rows     int
		measured int
	}
	sums := make([]summary, len(keys))
	var allUp, allDown []float64
	var between, degrees float64
	for k, c := range keys {
		by := map[string][]float64{}
		s := &sums[k]
		for _, o := range cells[c] {
			by[o.group] = append(by[o.group], math.Log(o.u))
			s.rows++
			s.measured += o.measured
		}
		for g := range by {
			s.groups = append(s.groups, g)
		}
		sort.Strings(s.groups)
		var above, below []float64
		for _, g := range s.groups {
			m := median(by[g])
			s.medians = append(s.medians, m)
			if len(by[g]) > 1 {
				u, d := sides(by[g], m)
				above, below = append(above, u), append(below, d)
			}
		}
		s.up, s.down = -1, -1
		if len(above) > 0 {
			s.up, s.down = mean(above), mean(below)
			if c.family != "all" {
				allUp, allDown = append(allUp, s.up), append(allDown, s.down)
			}
		}
		if c.family != "all" && len(s.medians) > 1 {
			d := float64(len(s.medians) - 1)
			between += d * variance(s.medians)
			degrees += d
		}
	}
	if degrees > 0 {
		between /= degrees
	}
	typicalUp, typicalDown := 0.0, 0.0
	if len(allUp) > 0 {
		typicalUp, typicalDown = median(allUp), median(allDown)
	}

	// Pass two: the rows.
	out := make([]MFURow, 0, len(keys))
	for k, c := range keys {
		s := &sums[k]
		up, down, apart := s.up, s.down, between
		if up < 0 {
			up, down = typicalUp, typicalDown
		}
		if c.family == "all" && len(s.medians) > 1 {
			apart = max(apart, variance(s.medians))
		}
		centre := median(s.medians)
		apart *= 1 + 1/float64(len(s.medians))
		row := MFURow{Family: c.family, Precision: c.prec, MoE: c.moe, GPUsLo: 1, GPUsHi: MaxGPUs, Rows: s.rows, Measured: s.measured,
			Groups: len(s.groups), Median: round4(math.Exp(centre)), P10: round4(math.Exp(centre - z90*math.Sqrt(down+apart))),
			P90: round4(min(math.Exp(centre+z90*math.Sqrt(up+apart)), highest)), Confidence: Low, Sources: strings.Join(s.groups, ";")}
		if c.scale >= 0 {
			row.GPUsLo, row.GPUsHi = scales[c.scale][0], scales[c.scale][1]
		}
		switch {
		case row.Groups >= 3 && row.Rows >= 20:
			row.Confidence = High
		case row.Groups >= 2 && row.Rows >= 5:
			row.Confidence = Medium
		}
		out = append(out, row)
	}
	return out
}

// sides is the mean squared distance of values above and below m.
func sides(x []float64, m float64) (up, down float64) {
	var nu, nd float64
	for _, v := range x {
		switch d := v - m; {
		case d > 0:
			up += d * d
			nu++
		case d < 0:
			down += d * d
			nd++
		}
	}
	return up / max(nu, 1), down / max(nd, 1)
}

const (
	z90     = 1.2815515655446004 // 90th percentile of the normal distribution
	highest = 0.85               // no interval promises more: the best matmul alone reaches 0.87 of peak (A100)
)

func fmtNum(x float64) string  { return strconv.FormatFloat(x, 'g', -1, 64) }
func round4(x float64) float64 { return math.Round(x*1e4) / 1e4 }

func median(x []float64) float64 {
	s := append([]float64(nil), x...)
	sort.Float64s(s)
	n := len(s)
	if n%2 == 1 {
		return s[n/2]
	}
	return (s[n/2-1] + s[n/2]) / 2
}

func mean(x []float64) float64 {
	t := 0.0
	for _, v := range x {
		t += v
	}
	return t / float64(len(x))
}

func variance(x []float64) float64 {
	m, t := mean(x), 0.0
	for _, v := range x {
		t += (v - m) * (v - m)
	}
	return t / float64(len(x)-1)
}

// FormatMFU writes the table as data/mfu.csv holds it.
func FormatMFU(rows []MFURow) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Write([]string{"family", "precision", "moe", "gpus_lo", "gpus_hi", "rows", "measured", "groups", "median", "p10", "p90",
		"source", "date", "confidence", "provenance", "groups_named"})
	for _, r := range rows {
		moe := "n"
		if r.MoE {
			moe = "y"
		}
		w.Write([]string{r.Family, r.Precision.String(), moe, strconv.Itoa(r.GPUsLo), strconv.Itoa(r.GPUsHi), strconv.Itoa(r.Rows),
			strconv.Itoa(r.Measured), strconv.Itoa(r.Groups), fmtNum(r.Median), fmtNum(r.P10), fmtNum(r.P90),
			"flopbook-training-runs", "2026-11-22", r.Confidence.String(), "derived", r.Sources})
	}
	w.Flush()
	return b.String()
}
