//go:build !js

package fitting

import (
	"math"
	"slices"
	"sort"
	"strings"

	"flopbook/app/fitting/score"
	"flopbook/app/fitting/sheet"
	"flopbook/core/serve"
	"flopbook/core/unit"
)

// ServingChoices is what was decided by hand for predicting services, and how;
// those of prompts, power and memory after their left-out rows were seen.
const ServingChoices = `
Decided by hand, not fitted:
  an engine's kernels on a family of accelerators have an effect of their own, beside the engine's and the family's
  llama.cpp reads prompts 512 tokens at once, comparing all with all; cards that hold different layers work on four
    such passes side by side (its defaults n_ubatch and n_batch); it sums in 16 bits, twice as fast on GeForce
  first token under a rate of questions: the prompts before it, its own, one step (DistServe's queue)
  power: one share of the rating is drawn whatever is done, to which families add; fitted on energy and power alike
  memory: FasterTransformer's buffers as its source allocates them, and 2.5 GB, the middle of 1 to 4 that engines state
  recurrent layers: their state in 32 bits, as vLLM keeps it, read and written in every step; layers that are one thing
    alone count in pairs; both before their rows were predicted, though the growth of measured times had been seen
  ranges reach so far that they would hold eight in ten of the other groups, each left out in turn
`

// A ServingPrediction is one row predicted by a fit that never saw its group.
type ServingPrediction struct {
	Row               *ServingRow
	Regime            string // which of the checks the row belongs to
	Group             string // what was left out
	Predicted, Lo, Hi float64
	Error             float64 // predicted/measured - 1, in the row's own metric
	TimeError         float64 // the same with rates turned into time
}

// Regimes of the serving checks.
const (
	RegimeDense  = "dense, A100/H100/H200, TensorRT-LLM, vLLM, FasterTransformer: engine version left out"
	RegimeHome   = "llama.cpp decoding, one answer at a time: GPU left out"
	RegimeITL    = "experts or Blackwell, time per token: model left out"
	RegimeEnergy = "GPU energy per token, accelerators only: model left out"
	RegimeOther  = "other stacks, throughput and latency: model left out"
	RegimePrompt = "prompts (TTFT, prefill): model left out"
	RegimePower  = "GPU power: model left out"
	RegimeMemory = "GPU memory: nothing fitted"
)

// ServingRegimes lists them in the order in which they are printed.
var ServingRegimes = []string{RegimeDense, RegimeHome, RegimeITL, RegimeEnergy, RegimeOther, RegimePrompt, RegimePower, RegimeMemory}

func regime(r *ServingRow) (regime, group string) {
	e := engineFamily(r.Engine)
	switch {
	case r.Metric == "gpu_energy_per_output_token":
		return RegimeEnergy, r.Model
	case r.Metric == "gpu_power_avg":
		return RegimePower, r.Model
	case r.Metric == "gpu_memory_used":
		return RegimeMemory, ""
	case !r.HasTime:
		return RegimePrompt, r.Model
	case e == "llama.cpp":
		return RegimeHome, r.Hardware
	case strings.HasPrefix(r.Metric, "ITL") && (r.MoE() || strings.HasPrefix(r.Family, "Blackwell")):
		return RegimeITL, r.Model
	case !r.MoE() && (e == "TensorRT-LLM" || e == "vLLM" || e == "FasterTransformer") &&
		(strings.HasPrefix(r.Hardware, "A100") || strings.HasPrefix(r.Hardware, "H100") || strings.HasPrefix(r.Hardware, "H200")):
		return RegimeDense, e + " " + r.Version
	}
	return RegimeOther, r.Model
}

// ValidateServing predicts every row of rows with constants fitted on train
// without the row's group: an engine version, a GPU or a model, by regime.
// Intervals are the middle 80 % of the residuals of other groups of the same
// regime. strict leaves whole sources out where the regime says engine version.
func ValidateServing(rows, train []ServingRow, strict bool) []ServingPrediction {
	all := FitServing(train, func(*ServingRow) bool { return true })
	var out []ServingPrediction
	folds := map[[2]string][]int{}
	for i := range rows {
		r := &rows[i]
		if r.Skipped != "" {
			continue
		}
		what, group := regime(r)
		if strict && what == RegimeDense {
			group = r.Source
		}
		folds[[2]string{kindOfGroup(what, strict), group}] = append(folds[[2]string{kindOfGroup(what, strict), group}], len(out))
		out = append(out, ServingPrediction{Row: r, Regime: what, Group: group})
	}
	keys := make([][2]string, 0, len(folds))
	for k := range folds {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool { return keys[i][0]+keys[i][1] < keys[j][0]+keys[j][1] })
	for _, k := range keys {
		keep := func(r *ServingRow) bool {
			switch k[0] {
			case "engine version":
				return engineFamily(r.Engine)+" "+r.Version != k[1]
			case "GPU":
				return r.Hardware != k[1]
			case "source":
				return r.Source != k[1]
			}
			return r.Model != k[1]
		}
		fit := all
		if k[0] != "" {
			fit = FitServing(train, keep)
		}
		var draw *DrawFit
		for _, i := range folds[k] {
			p := &out[i]
			r := p.Row
			c := fit.Constants(r)
			switch p.Regime {
			case RegimeEnergy, RegimePower:
				if draw == nil {
					draw = FitDraw(train, fit, keep)
				}
				d := draw.Draw(r)
				p.Predicted = PredictEnergy(r, &c, &d)
			case RegimeMemory:
				p.Predicted = PredictServedMemory(r)
			default:
				p.Predicted, _ = PredictServing(r, &c)
			}
			p.Error = p.Predicted/r.Measured - 1
			p.TimeError = TimeError(r, p.Predicted)
		}
	}
	intervals(out)
	return out
}

// ShippedServing predicts rows with the table that core/serve embeds, for
// tables too small to fit on. The rows may be among those of the fit.
func ShippedServing(rows []ServingRow) []ServingPrediction {
	var out []ServingPrediction
	for i := range rows {
		r := &rows[i]
		if r.Skipped != "" {
			continue
		}
		f, near := serve.Fitted(engineFamily(r.Engine), r.kind(), r.Prec)
		what, _ := regime(r)
		p := ServingPrediction{Row: r, Regime: what, Group: f.Engine + " " + f.Family + " " + f.Precision}
		d := f.Power(r.H.Power)
		lo, hi := f.Lo, f.Hi
		switch what {
		case RegimeEnergy, RegimePower:
			p.Predicted = PredictEnergy(r, &f.Constants, &d)
			lo, hi = f.EnergyLo, f.EnergyHi
		case RegimeMemory:
			p.Predicted = PredictServedMemory(r)
		default:
			p.Predicted, _ = PredictServing(r, &f.Constants)
		}
		if near {
			lo, hi = lo*lo, hi*hi
		}
		if r.rateMetric() {
			lo, hi = 1/hi, 1/lo
		}
		p.Lo, p.Hi = p.Predicted*lo, p.Predicted*hi
		p.Error, p.TimeError = p.Predicted/r.Measured-1, TimeError(r, p.Predicted)
		out = append(out, p)
	}
	return out
}

func kindOfGroup(regime string, strict bool) string {
	switch regime {
	case RegimeDense:
		if strict {
			return "source"
		}
		return "engine version"
	case RegimeHome:
		return "GPU"
	case RegimeMemory:
		return ""
	}
	return "model"
}

// intervals writes the 80 % range of each prediction: quantiles of the
// logarithm of measured over predicted among rows of the regime whose group
// differs, groups weighted by the root of their size so that one large table
// does not speak for all. Rows with several GPUs stand apart where there are
// enough. How far out the quantiles lie is found on the other groups alone: see [levelFor].
func intervals(all []ServingPrediction) {
	type key struct {
		regime string
		many   bool
	}
	at := map[key][]int{}
	for i := range all {
		p := &all[i]
		at[key{p.Regime, p.Row.L.TP > 1}] = append(at[key{p.Regime, p.Row.L.TP > 1}], i)
	}
	for k, list := range at {
		if len(list) < 40 {
			list2 := append([]int(nil), list...)
			list2 = append(list2, at[key{k.regime, !k.many}]...)
			list = list2
		}
		groups := map[string][]float64{} // logarithms of measured over predicted
		for _, j := range list {
			groups[all[j].Group] = append(groups[all[j].Group], math.Log(all[j].Row.Measured/all[j].Predicted))
		}
		byGroup := map[string][2]float64{}
		for _, i := range at[k] {
			p := &all[i]
			g, ok := byGroup[p.Group]
			if !ok {
				if len(groups) == 1 {
					g = rangeOf(groups, 0.8)
				} else {
					g = rangeOf(groups, levelFor(groups, p.Group), p.Group)
				}
				byGroup[p.Group] = g
			}
			p.Lo, p.Hi = p.Predicted*math.Exp(g[0]), p.Predicted*math.Exp(g[1])
		}
	}
}

// rangeOf is the range in which the given level of the residuals lie, some
// groups left out; it always holds zero.
func rangeOf(groups map[string][]float64, level float64, without ...string) [2]float64 {
	var v, w []float64
	for g, rows := range groups {
		if slices.Contains(without, g) {
			continue
		}
		for _, e := range rows {
			v, w = append(v, e), append(w, 1/math.Sqrt(float64(len(rows))))
		}
	}
	return [2]float64{math.Min(0, weightedQuantile(v, w, (1-level)/2)), math.Max(0, weightedQuantile(v, w, (1+level)/2))}
}

// levelFor is the share of residuals that a range for an unseen group must
// reach over so that it holds eight in ten: the least of which that is true
// among the other groups, each left out in turn, counted as the proof counts,
// half over rows and half over groups of [manyRows]. Of two groups one cannot
// tell, and the range reaches over as much as group conformal prediction asks
// (Dunn et al. 2022).
func levelFor(groups map[string][]float64, without string) float64 {
	n := len(groups) - 1
	if n < 3 {
		return math.Min(mostLevel, 0.8*(1+1/float64(n)))
	}
	for level := leastLevel; level < mostLevel; level += 0.02 {
		inside, rows, shares, large := 0.0, 0.0, 0.0, 0.0
		for g, list := range groups {
			if g == without {
				continue
			}
			r := rangeOf(groups, level, without, g)
			in := 0.0
			for _, e := range list {
				if e >= r[0] && e <= r[1] {
					in++
				}
			}
			size := float64(len(list))
			inside, rows = inside+in, rows+size
			if size >= manyRows {
				shares, large = shares+in/size, large+1
			}
		}
		cover := inside / rows
		if large > 0 {
			cover = (cover + shares/large) / 2
		}
		if cover >= 0.8 {
			return level
		}
	}
	return mostLevel
}

// manyRows is the rows from which a group's own coverage means something.
const manyRows = 10

// How far out a range reaches at least and at most.
const leastLevel, mostLevel = 0.7, 0.95

func weightedQuantile(v, w []float64, q float64) float64 {
	idx := make([]int, len(v))
	total := 0.0
	for i := range v {
		idx[i] = i
		total += w[i]
	}
	sort.Slice(idx, func(a, b int) bool { return v[idx[a]] < v[idx[b]] })
	sum := 0.0
	for _, i := range idx {
		sum += w[i]
		if sum >= q*total {
			return v[i]
		}
	}
	if len(v) == 0 {
		return 0
	}
	return v[idx[len(idx)-1]]
}

// A ServingSummary is how well a set of predictions did.
type ServingSummary struct {
	Name          string
	Errors        score.Errors
	Times         score.Errors // the same with rates turned into time
	Coverage      float64      // share of measurements inside the 80 % range
	GroupCoverage float64      // mean over groups of 10 rows or more, 0 without one
}

// SummariseServing sums up the predictions that want.
func SummariseServing(name string, all []ServingPrediction, want func(*ServingPrediction) bool) ServingSummary {
	var errs, times []float64
	in, n := map[string]float64{}, map[string]float64{}
	inside := 0.0
	for i := range all {
		p := &all[i]
		if !want(p) {
			continue
		}
		errs, times = append(errs, p.Error), append(times, p.TimeError)
		n[p.Group]++
		if p.Row.Measured >= p.Lo && p.Row.Measured <= p.Hi {
			inside++
			in[p.Group]++
		}
	}
	sum, groups := 0.0, 0.0
	for g, k := range n {
		if k >= manyRows {
			sum, groups = sum+in[g]/k, groups+1
		}
	}
	return ServingSummary{name, score.Of(errs), score.Of(times), inside / math.Max(1, float64(len(errs))), sum / math.Max(1, groups)}
}

// A Peer is one prediction of another tool on a measured row.
type Peer struct {
	ID, Metric, Name  string
	Measured, Predict float64 // Predict is 0 where the tool gave no answer
}

// ReadPeers reads a table in the columns of peer_inference.csv.
func ReadPeers(text string) ([]Peer, *unit.Problem) {
	rows, p := sheet.Read(text, "Other tools' answers", "run_id", "metric", "peer", "measured", "predicted")
	if p != nil {
		return nil, p
	}
	var out []Peer
	for _, r := range rows {
		if m := r.Number("measured"); m > 0 {
			out = append(out, Peer{r.Text("run_id"), r.Text("metric"), r.Text("peer"), m, r.Number("predicted")})
		}
	}
	return out, nil
}

// A PeerScore compares one tool with ours on the rows that the tool answers;
// errors of time.
type PeerScore struct {
	Name         string
	Theirs, Ours score.Errors
}

// ComparePeers scores every tool on the rows that it answers and ours on the same rows.
func ComparePeers(all []ServingPrediction, peers []Peer) []PeerScore {
	ours := map[string]*ServingPrediction{}
	for i := range all {
		ours[all[i].Row.ID+all[i].Row.Metric] = &all[i]
	}
	by := map[string][]Peer{}
	var names []string
	for _, p := range peers {
		if _, ok := by[p.Name]; !ok {
			names = append(names, p.Name)
		}
		by[p.Name] = append(by[p.Name], p)
	}
	var out []PeerScore
	for _, name := range names {
		var theirs, own []float64
		for _, p := range by[name] {
			o := ours[p.ID+p.Metric]
			if o == nil || !(p.Predict > 0) {
				continue
			}
			e := p.Predict/p.Measured - 1
			if o.Row.rateMetric() {
				e = p.Measured/p.Predict - 1
			}
			theirs, own = append(theirs, e), append(own, o.TimeError)
		}
		if len(theirs) > 0 {
			out = append(out, PeerScore{name, score.Of(theirs), score.Of(own)})
		}
	}
	return out
}
