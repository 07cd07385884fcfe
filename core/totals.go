package core

import (
	_ "embed"
	"encoding/csv"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"flopbook/core/model"
	"flopbook/core/scenario"
	"flopbook/core/train"
	"flopbook/core/unit"
)

// A Total is a whole training run as somebody disclosed it; 0 is unknown.
type Total struct {
	ID, Model, Org, Date                 string
	ParamsTotal, ParamsActive            float64
	Tokens, FLOP                         float64
	Hardware                             string
	GPUs, GPUHours, EnergyJ, PUE         float64
	EnergyBasis, Use, Group, Source, URL string
	Notes                                string
}

// Has reports whether the row can test the thing named: "time", "energy".
func (t *Total) Has(use string) bool {
	for _, u := range strings.Split(t.Use, ";") {
		if u == use {
			return true
		}
	}
	return false
}

// hardwareFLOP names runs whose published FLOP counts work done twice
// (formulas: OPT 8ND with full recomputation, Gopher likewise), for which 6ND
// is the model's own work.
var hardwareFLOP = map[string]bool{"opt-175b": true, "gopher-280b": true}

// Work is the FLOP that the run took, as given or by 6ND; 0 where neither is known.
func (t *Total) Work() float64 {
	if active := t.active(); (t.FLOP == 0 || hardwareFLOP[t.ID]) && active > 0 && t.Tokens > 0 {
		return 6 * active * t.Tokens
	}
	return t.FLOP
}

// preset is the known system of the row's name, if it has the row's size: its
// shape, sequence and batch are then known and not made up.
func (t *Total) preset() *scenario.Preset {
	p, problem := scenario.FindPreset(t.Model)
	if problem != nil {
		p = scenario.NamedIn(t.Model, t.sized)
	}
	if p == nil || !t.sized(p) {
		return nil
	}
	return p
}

// sized reports that a system is a text model of about the row's size.
func (t *Total) sized(p *scenario.Preset) bool {
	if !p.ArchKnown || t.ParamsTotal <= 0 || p.Arch.Encoder.Layers > 0 {
		return false
	}
	var c model.Counts
	p.Arch.Count(&c)
	return math.Abs(c.Total/t.ParamsTotal-1) <= 0.1
}

// usualSequence is the middle of the training sequences of the systems known
// from a year before to a year after; 0 where none is.
func usualSequence(year int) float64 {
	var v []float64
	for i := range scenario.Presets() {
		p := &scenario.Presets()[i]
		y, err := strconv.Atoi(p.Year())
		if err == nil && p.Seq > 0 && p.Kind == "text" && p.Status != scenario.Example && max(y-year, year-y) <= 1 {
			v = append(v, p.Seq)
		}
	}
	if len(v) == 0 {
		return 0
	}
	slices.Sort(v)
	return v[len(v)/2]
}

// year is when the run was made, 0 where the row does not say.
func (t *Total) year() int {
	if len(t.Date) < 4 {
		return 0
	}
	y, err := strconv.Atoi(t.Date[:4])
	if err != nil {
		return 0
	}
	return y
}

func (t *Total) active() float64 {
	if t.ParamsActive > 0 {
		return t.ParamsActive
	}
	return t.ParamsTotal
}

// PredictTotal predicts GPU-hours of a run from model, compute and machine
// alone, and its energy from its disclosed GPU-hours. No other measured value
// is used: what whole runs keep in practice is that of other sources. skipped
// says why nothing can be said.
func PredictTotal(t *Total) (hours, energy unit.Range, skipped string) {
	return PredictTotalWith(t, train.PracticeWithout(t.Group))
}

// RunRatio is the predicted GPU-hours of a run at its best over those
// disclosed, for fitting what runs keep; false where it cannot be said.
func (t *Total) RunRatio() (train.RunRatio, bool) {
	hours, _, why := PredictTotalWith(t, train.Practice{Share: unit.Exact(1)})
	if why != "" || hours.V <= 0 || t.GPUHours <= 0 || t.Use != "" && !t.Has("time") {
		return train.RunRatio{}, false
	}
	return train.RunRatio{Group: t.Group, Ratio: hours.V / t.GPUHours}, true
}

// PredictTotalWith is PredictTotal with the given share kept in practice.
//
// Of a run on several kinds of accelerator the row does not say how much each
// did: the same hours are assumed of each, and the range reaches from all on
// the fastest to all on the slowest. Its energy is not predicted.
func PredictTotalWith(t *Total, practice train.Practice) (hours, energy unit.Range, skipped string) {
	kinds := strings.Split(t.Hardware, ",")
	if len(kinds) == 1 {
		return predictTotalOn(t, t.Hardware, practice)
	}
	rate := 0.0
	for i, kind := range kinds {
		h, _, why := predictTotalOn(t, strings.TrimSpace(kind), practice)
		if why != "" {
			return unit.Range{}, unit.Range{}, why
		}
		if h.V <= 0 {
			return unit.Range{}, unit.Range{}, ""
		}
		rate += 1 / h.V
		if i == 0 {
			hours = h
		}
		hours.Lo, hours.Hi = math.Min(hours.Lo, h.Lo), math.Max(hours.Hi, h.Hi)
	}
	hours.V = float64(len(kinds)) / rate
	return hours, unit.Range{}, ""
}

// predictTotalOn predicts a run all on one kind of accelerator.
func predictTotalOn(t *Total, hardware string, practice train.Practice) (hours, energy unit.Range, skipped string) {
	active, flop := t.active(), t.Work()
	if hardware == "" {
		return hours, energy, "accelerator unknown"
	}
	var s scenario.Scenario
	if p := s.SetChoice(scenario.Accelerator, hardware); p != nil {
		return hours, energy, "accelerator not in the catalogue: " + hardware
	}
	if active <= 0 {
		active = math.Sqrt(math.Max(flop, 1e15) / 120) // the size that 20 tokens a parameter would give
	}
	give := func(n scenario.Num, v float64) { s.Num[n] = scenario.Given{Set: true, R: unit.Exact(v)} }
	if p := t.preset(); p != nil {
		s.Choice[scenario.Model] = p.Key
		if p.Precision != "" {
			s.SetChoice(scenario.Precision, p.Precision)
		}
	} else {
		s.Choice[scenario.Model] = "size"
		give(scenario.Params, active)
		if seq := usualSequence(t.year()); seq > 0 {
			give(scenario.Seq, seq)
		}
	}
	if t.PUE > 0 {
		give(scenario.PUE, t.PUE)
	}
	if t.GPUs > 0 {
		give(scenario.GPUs, t.GPUs)
	} else {
		s.Choice[scenario.Ask] = "gpus"
	}
	if flop > 0 {
		give(scenario.Tokens, math.Max(1, flop/(6*active)))
	}
	var a Answered
	a.In, _ = scenario.Resolve(&s)
	if a.In.Preset == nil && t.ParamsActive > 0 && t.ParamsTotal > 1.2*t.ParamsActive {
		a.In.Arch = model.Sparse(t.ParamsTotal, t.ParamsActive)
		a.In.Body, a.In.MoE = a.In.Arch, a.In.Arch.IsMoE()
	}
	a.In.Year = t.year()
	a.In.Trained()
	a.In.TakePractice(practice)
	Solve(&a.In, &a.Out)
	if flop > 0 {
		hours = a.Out.V[GPUHours]
		// The rule in force counts the parameters of a shape made up for the
		// size; the row's own compute counts.
		k := flop / a.Out.V[FLOPs].V
		hours = unit.Range{V: hours.V * k, Lo: hours.Lo * k, Hi: hours.Hi * k}
	}
	if t.GPUHours > 0 {
		mfu := 0.0
		if a.In.Train.Peak > 0 {
			mfu = flop / (t.GPUHours * 3600 * a.In.Train.Peak)
		}
		energy = t.reportedEnergy(&a.In, mfu, hours)
	}
	return hours, energy, ""
}

// ReadTotals reads rows in the columns of training_totals.csv; columns may be
// missing. It reports a sentence for a table that is none.
func ReadTotals(text string) ([]Total, *unit.Problem) {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	all, err := r.ReadAll()
	if err != nil || len(all) == 0 {
		return nil, &unit.Problem{Field: "Table", Wrong: "cannot be read as CSV", Allowed: "a header line and rows, comma-separated", Fix: "check quotes"}
	}
	at := map[string]int{}
	for i, name := range all[0] {
		at[strings.TrimSpace(name)] = i
	}
	var out []Total
	for _, row := range all[1:] {
		text := func(name string) string {
			if i, ok := at[name]; ok && i < len(row) {
				return strings.TrimSpace(row[i])
			}
			return ""
		}
		num := func(name string, scale float64) float64 {
			v, err := strconv.ParseFloat(text(name), 64)
			if err != nil || math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
				return 0
			}
			return v * scale
		}
		out = append(out, Total{ID: text("id"), Model: text("model"), Org: text("org"), Date: text("date"),
			ParamsTotal: num("params_total_B", 1e9), ParamsActive: num("params_active_B", 1e9), Tokens: num("tokens_B", 1e9), FLOP: num("training_flop", 1),
			Hardware: text("hardware"), GPUs: num("n_gpus", 1), GPUHours: num("gpu_hours", 1), EnergyJ: num("energy_mwh", 3.6e9), PUE: num("pue", 1),
			EnergyBasis: text("energy_basis"), Use: text("use"), Group: text("source_group"), Source: text("source"), URL: text("url_or_path"), Notes: text("notes")})
	}
	return out, nil
}

//go:embed data/accuracy.csv
var accuracyCSV string

// An AccuracyRow is one disclosed run beside what we say.
type AccuracyRow struct {
	Total
	Metric    string // "gpu_hours" or "energy"
	Kind      unit.Kind
	Measured  float64
	Predicted unit.Range
	Error     float64 // predicted over measured, less 1
	Inside    bool    // the measured value lies in the range

	// Of GPU-hours: the errors of the family's median share of peak, which has
	// seen the answers, and of the same without the run's own source.
	Family, FamilyOut float64
}

// Accuracy predicts every disclosed whole run of the table with today's
// constants. Those of the step were fitted on other measurements; what runs
// keep in practice was fitted without each run's own source. Circular rows,
// where one figure was worked out from the other, prove nothing and are never
// among them.
func Accuracy() []AccuracyRow { return accuracyRows() }

// CircularRuns are the runs of which a figure proves nothing: GPU-hours worked
// out from compute, or energy from hours and rated power.
func CircularRuns() (out []Total) {
	all, _ := ReadTotals(accuracyCSV)
	for _, t := range all {
		if t.Has("time-circular") || t.Has("energy-circular") {
			out = append(out, t)
		}
	}
	return out
}

var accuracyRows = sync.OnceValue(func() []AccuracyRow {
	totals, p := ReadTotals(accuracyCSV)
	if p != nil {
		return nil
	}
	seen, unseen := FamilyMedian(totals, false), FamilyMedian(totals, true)
	var out []AccuracyRow
	for i := range totals {
		for _, r := range CompareTotal(&totals[i]) {
			if r.Metric == "gpu_hours" {
				r.Family, r.FamilyOut = seen[i]/r.Measured-1, unseen[i]/r.Measured-1
			}
			out = append(out, r)
		}
	}
	return out
})

// CompareTotal holds a row's disclosed GPU-hours and energy against ours, as
// far as its use allows.
func CompareTotal(t *Total) []AccuracyRow {
	hours, energy, skipped := PredictTotal(t)
	if skipped != "" {
		return nil
	}
	var out []AccuracyRow
	add := func(metric string, kind unit.Kind, measured float64, predicted unit.Range) {
		if measured <= 0 || predicted.V <= 0 {
			return
		}
		out = append(out, AccuracyRow{Total: *t, Metric: metric, Kind: kind, Measured: measured, Predicted: predicted,
			Error: predicted.V/measured - 1, Inside: measured >= predicted.Lo && measured <= predicted.Hi})
	}
	if t.Has("time") {
		add("gpu_hours", unit.GPUHourCount, t.GPUHours, hours)
	}
	if t.Has("energy") {
		add("energy", unit.Energy, t.EnergyJ, energy)
	}
	return out
}
