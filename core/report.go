// Package core is the front door of Flopbook's arithmetic: Estimate works out
// what a resolved scenario means, Solve turns it round, Explain shows the work.
package core

import (
	"flopbook/core/catalog"
	"flopbook/core/model"
	"flopbook/core/scaling"
	"flopbook/core/scenario"
	"flopbook/core/serve"
	"flopbook/core/train"
	"flopbook/core/unit"
)

// Key identifies a reported quantity.
type Key uint8

// Reported quantities. JSON names are in Quantities.
const (
	ParamsTotal Key = iota
	ParamsActive
	FLOPs
	TokensPerParam
	Loss
	OptimalParams
	OptimalTokens
	Tokens
	MFU
	HFU
	GPUs
	GPUsMemory   // the fewest GPUs whose memory holds the run
	GPUsDeadline // the fewest GPUs that meet the deadline
	GPUHours
	Days
	StepTime
	Throughput // tokens/s over all GPUs
	Memory     // per GPU
	Capacity   // of one GPU
	Energy
	AveragePower // of the whole site
	Carbon
	Cost
	Electricity // cost of it
	KVPerToken
	ServeGPUs // in one replica
	ServeBatch
	TTFT
	TPOT
	OutPerGPU
	USDPerMTokOut
	WhPerMTokOut
	Replicas
	ServeGPUsAll
	CostPerDay
	CostPerQuery
	EnergyPerQuery
	EnergyPerDay
	ListPriceRatio
	CrossingDays
	CrossingDaysEnergy
	KeyCount
)

// A Quantity describes a reported value.
type Quantity struct {
	Name   string // JSON key and name in formulas
	Label  string // plain words
	Term   string // the field's own word, if another
	Symbol string
	Kind   unit.Kind
}

// Quantities describes every reported value, indexed by Key.
var Quantities = [KeyCount]Quantity{
	ParamsTotal:        {"params_total", "Parameters", "", "N", unit.ParamCount},
	ParamsActive:       {"params_active", "Parameters used per token", "active parameters", "N_a", unit.ParamCount},
	FLOPs:              {"flops", "Compute", "training FLOP", "C", unit.FLOPs},
	TokensPerParam:     {"tokens_per_param", "Tokens per parameter", "", "D/N", unit.TokensPerParam},
	Loss:               {"loss", "Predicted loss", "nats per token", "\\ell", unit.Loss},
	OptimalParams:      {"optimal_params", "Best size for this compute", "compute-optimal", "N_{opt}", unit.ParamCount},
	OptimalTokens:      {"optimal_tokens", "Best tokens for this compute", "compute-optimal", "D_{opt}", unit.TokenCount},
	Tokens:             {"tokens", "Training tokens", "", "D", unit.TokenCount},
	MFU:                {"mfu", "Useful share of peak speed", "MFU", "MFU", unit.Fraction},
	HFU:                {"hfu", "Busy share of peak speed, recomputed work included", "HFU", "HFU", unit.Fraction},
	GPUs:               {"gpus", "GPUs", "", "n", unit.Count},
	GPUsMemory:         {"gpus_memory", "GPUs that memory asks for", "", "n_{mem}", unit.Count},
	GPUsDeadline:       {"gpus_deadline", "GPUs that the deadline asks for", "", "n_{time}", unit.Count},
	GPUHours:           {"gpu_hours", "GPU-hours", "", "H", unit.GPUHourCount},
	Days:               {"days", "Days", "", "T", unit.DayCount},
	StepTime:           {"step_time", "Time of one training step", "", "t", unit.Time},
	Throughput:         {"tokens_per_s", "Training speed", "tokens per second", "R", unit.TokenRate},
	Memory:             {"memory", "Memory needed on each GPU", "", "M", unit.ByteCount},
	Capacity:           {"capacity", "Memory of one GPU", "", "M_{gpu}", unit.ByteCount},
	Energy:             {"energy", "Energy", "with the building's overhead", "E", unit.Energy},
	AveragePower:       {"site_power", "Power of the site", "", "P_{site}", unit.Power},
	Carbon:             {"carbon", "Carbon", "CO2e, with the local grid's electricity", "G", unit.Carbon},
	Cost:               {"cost", "Cost", "GPU rent", "K", unit.Money},
	Electricity:        {"electricity_cost", "Electricity bill", "inside the rent for renters", "K_e", unit.Money},
	KVPerToken:         {"kv_bytes_per_token", "Memory of one token while answering", "KV cache per token", "m_{kv}", unit.BytesPerToken},
	ServeGPUs:          {"serve_gpus", "GPUs for one copy of the model", "one replica", "n_s", unit.Count},
	ServeBatch:         {"serve_batch", "Answers written at once by one copy", "batch", "B_s", unit.None},
	TTFT:               {"ttft", "Wait for the first word", "time to first token, TTFT", "t_1", unit.Time},
	TPOT:               {"tpot", "Time per further token", "TPOT", "t_o", unit.Time},
	OutPerGPU:          {"output_tokens_per_s_per_gpu", "Answer tokens per second and GPU", "", "r", unit.TokenRate},
	USDPerMTokOut:      {"usd_per_mtok_out", "Cost of a million answer tokens", "their questions included", "p", unit.USDPerMTok},
	WhPerMTokOut:       {"wh_per_mtok_out", "Energy of a million answer tokens", "their questions included", "e", unit.WhPerMTok},
	Replicas:           {"replicas", "Copies of the model", "replicas", "r_n", unit.Count},
	ServeGPUsAll:       {"serve_gpus_all", "GPUs that answer", "serving fleet", "n_f", unit.Count},
	CostPerDay:         {"serve_cost_per_day", "Serving, a day", "", "k", unit.Money},
	CostPerQuery:       {"cost_per_query", "Cost of a question", "", "k_q", unit.Money},
	EnergyPerQuery:     {"energy_per_query", "Energy of a question", "with the building's overhead", "e_q", unit.Energy},
	EnergyPerDay:       {"serve_energy_per_day", "Serving energy, a day", "", "e_d", unit.Energy},
	ListPriceRatio:     {"list_price_ratio", "Our cost over the market's price", "same traffic at a dated list price", "", unit.None},
	CrossingDays:       {"crossing_days", "Day on which serving has cost more than training", "", "T_x", unit.DayCount},
	CrossingDaysEnergy: {"crossing_days_energy", "Day on which serving has used more energy than training", "", "T_e", unit.DayCount},
}

// KeyByName finds a quantity by its JSON name.
func KeyByName(name string) (Key, bool) {
	for i := range Quantities {
		if Quantities[i].Name == name {
			return Key(i), true
		}
	}
	return 0, false
}

// A Report is what Estimate writes: every reported quantity with its range
// that is meant to hold eight times in ten, and every intermediate that the
// explanations show.
type Report struct {
	V     [KeyCount]unit.Range
	Known [KeyCount]bool // false: cannot be said for this case; a warning says why

	Counts        model.Counts
	Flops         model.Flops // one token; one sequence for an encoder-decoder
	FLOPsPerToken float64     // by the rule in force
	Mem           train.Memory
	Layout        model.Layout
	Fits          bool
	Scaling       scaling.Prediction
	ScalingOK     bool
	ServeIn       serve.Inputs
	Serve         serve.Result
	MFUHow        catalog.How
	MFURow        *catalog.MFURow // the row that an assumed utilisation rests on
	Binds         Binding
	Spare         float64 // GPUs added so that the work divides evenly

	warn  [maxWarnings]Warning
	nwarn int
}

// A Binding says which rule set the answer.
type Binding uint8

// What bound the answer of Solve.
const (
	BindsNothing  Binding = iota
	BindsMemory           // the run does not fit on fewer GPUs
	BindsDeadline         // fewer GPUs take too long
	BindsBudget           // more would cost too much
	BindsTime             // GPUs and days set the tokens
)

// A Warning is something that the reader should know; it never blocks.
type Warning struct {
	Code WarningCode
	A, B float64 // figures that its sentence names
	Note string  // a constant text that its sentence names, if any
}

const maxWarnings = 16

// Warnings lists what the reader should know, in order of weight.
func (r *Report) Warnings() []Warning { return r.warn[:r.nwarn] }

func (r *Report) warnf(code WarningCode, a, b float64, note string) {
	if r.nwarn < maxWarnings {
		r.warn[r.nwarn] = Warning{code, a, b, note}
		r.nwarn++
	}
}

// Resolved is what Estimate takes.
type Resolved = scenario.Resolved
