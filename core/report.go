// Package core is the front door of Flopbook's arithmetic: Estimate works out
// what a resolved scenario means, Solve turns it round, Explain shows the work.
package core

import (
	"flopbook/core/catalog"
	"flopbook/core/model"
	"flopbook/core/scaling"
	"flopbook/core/scenario"
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
	Throughput   // tokens/s over all GPUs
	Memory       // per GPU
	Capacity     // of one GPU
	Headroom     // what is left of it; negative when the run does not fit
	MicroLargest // sequences of a micro-batch, at most
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
	AnswerTime
	OutPerGPU
	USDPerMTokOut
	USDPerMTokRead
	USDPerMTokCached
	USDPerMTokWritten
	WhPerMTokOut
	WhPerMTokRead
	WhPerMTokWritten
	CarbonPerMTokOut
	UsualTTFT
	PeakTTFT
	UsualTPOT
	FleetBusy
	Replicas
	ReplicasMean
	ServeGPUsAll
	MachinesPerDay
	OpsPerDay
	CostPerDay
	CostPerQuery
	EnergyPerQuery
	EnergyPerQueryWall
	EnergyPerQueryGPU
	EnergyPerDay
	CarbonPerQuery
	CarbonPerDay
	OwnPerDay
	APIPerDay
	APICrossing
	ListPriceRatio
	CrossingDays
	CrossingTokens
	CrossingDaysEnergy
	CrossingDaysCarbon
	PaybackDays
	BreakEvenPrice
	LifetimeParams
	LifetimeTokens
	LifetimeSaving
	LifetimeParamsWork
	OvertrainOverhead
	USDPerLossStep
	SizeLargest
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
	Headroom:           {"headroom", "Memory to spare", "", "M_{free}", unit.ByteCount},
	MicroLargest:       {"micro_largest", "Sequences at once, at most", "largest micro-batch that fits", "b_{max}", unit.Count},
	Energy:             {"energy", "Energy", "with the building's overhead", "E", unit.Energy},
	AveragePower:       {"site_power", "Power of the site", "", "P_{site}", unit.Power},
	Carbon:             {"carbon", "Carbon", "CO2e, with the local grid's electricity", "G", unit.Carbon},
	Cost:               {"cost", "Cost", "GPU rent", "K", unit.Money},
	Electricity:        {"electricity_cost", "Electricity bill", "inside the rent for renters", "K_e", unit.Money},
	KVPerToken:         {"kv_bytes_per_token", "Memory of one token while answering", "KV cache per token", "m_{kv}", unit.BytesPerToken},
	ServeGPUs:          {"serve_gpus", "GPUs for one copy of the model", "one replica", "n_s", unit.Count},
	ServeBatch:         {"serve_batch", "Answers written at once by one copy", "batch", "B_s", unit.None},
	TTFT:               {"ttft", "Wait for the first word, machine full", "time to first token, TTFT", "t_1", unit.Time},
	TPOT:               {"tpot", "Time per further token, machine full", "TPOT", "t_o", unit.Time},
	AnswerTime:         {"answer_time", "Time of a whole answer, machine full", "end-to-end latency", "t_a", unit.Time},
	OutPerGPU:          {"output_tokens_per_s_per_gpu", "Answer tokens per second and GPU", "machine full", "r", unit.TokenRate},
	USDPerMTokOut:      {"usd_per_mtok_out", "Cost of a million answer tokens", "their questions included", "p", unit.USDPerMTok},
	USDPerMTokRead:     {"usd_per_mtok_in", "of it for a million question tokens", "input", "p_{in}", unit.USDPerMTok},
	USDPerMTokCached:   {"usd_per_mtok_cached", "of it for a million question tokens already read", "cached input", "p_h", unit.USDPerMTok},
	USDPerMTokWritten:  {"usd_per_mtok_written", "of it for writing a million answer tokens", "output alone", "p_{out}", unit.USDPerMTok},
	WhPerMTokOut:       {"wh_per_mtok_out", "Energy of a million answer tokens", "their questions included", "e", unit.WhPerMTok},
	WhPerMTokRead:      {"wh_per_mtok_in", "of it for a million question tokens", "input", "e_{in}", unit.WhPerMTok},
	WhPerMTokWritten:   {"wh_per_mtok_written", "of it for writing a million answer tokens", "output alone", "e_{out}", unit.WhPerMTok},
	CarbonPerMTokOut:   {"carbon_per_mtok_out", "Carbon of a million answer tokens", "their questions included", "g", unit.CarbonPerMTok},
	UsualTTFT:          {"ttft_usual", "Wait for the first word, on average", "queueing included", "t_{1,u}", unit.Time},
	PeakTTFT:           {"ttft_peak", "Wait for the first word, busiest minute, nine in ten within", "90th percentile", "t_{1,p}", unit.Time},
	UsualTPOT:          {"tpot_usual", "Time per further token, on average", "at the mean load", "t_{o,u}", unit.Time},
	FleetBusy:          {"fleet_busy", "Busy share of the machines that run", "mean over the week", "u_f", unit.Fraction},
	Replicas:           {"replicas", "Copies of the model", "replicas, for the busiest minute", "r_n", unit.Count},
	ReplicasMean:       {"replicas_mean", "Copies that run, on average", "", "r_m", unit.None},
	ServeGPUsAll:       {"serve_gpus_all", "GPUs that answer", "serving fleet", "n_f", unit.Count},
	MachinesPerDay:     {"serve_machines_per_day", "Machines that answer, a day", "rent", "k_m", unit.Money},
	OpsPerDay:          {"serve_ops_per_day", "Keeping the service running, a day", "operations", "k_o", unit.Money},
	CostPerDay:         {"serve_cost_per_day", "Serving, a day", "", "k", unit.Money},
	CostPerQuery:       {"cost_per_query", "Cost of a question", "", "k_q", unit.Money},
	EnergyPerQuery:     {"energy_per_query", "Energy of a question", "with the building's overhead", "e_q", unit.QueryEnergy},
	EnergyPerQueryWall: {"energy_per_query_wall", "of it at the servers' plugs", "", "e_w", unit.QueryEnergy},
	EnergyPerQueryGPU:  {"energy_per_query_gpu", "of it in busy accelerators alone", "", "e_g", unit.QueryEnergy},
	EnergyPerDay:       {"serve_energy_per_day", "Serving energy, a day", "", "e_d", unit.Energy},
	CarbonPerQuery:     {"carbon_per_query", "Carbon of a question", "", "g_q", unit.QueryCarbon},
	CarbonPerDay:       {"serve_carbon_per_day", "Serving carbon, a day", "", "g_d", unit.Carbon},
	OwnPerDay:          {"own_cost_per_day", "The same on machines of your own, a day", "", "k_b", unit.Money},
	APIPerDay:          {"api_cost_per_day", "The same at a list price, a day", "API", "k_l", unit.Money},
	APICrossing:        {"api_crossing_per_day", "Questions a day from which renting is cheaper than the list price", "", "q_x", unit.PerDay},
	ListPriceRatio:     {"list_price_ratio", "Our cost over the market's price", "same traffic at a dated list price", "", unit.None},
	CrossingDays:       {"crossing_days", "Day on which serving has cost more than training", "", "T_x", unit.DayCount},
	CrossingTokens:     {"crossing_tokens", "Answer tokens written by that day", "", "D_x", unit.TokenCount},
	CrossingDaysEnergy: {"crossing_days_energy", "Day on which serving has used more energy than training", "", "T_e", unit.DayCount},
	CrossingDaysCarbon: {"crossing_days_carbon", "Day on which serving has emitted more than training", "", "T_g", unit.DayCount},
	PaybackDays:        {"payback_days", "Day on which the model has earned its training", "payback", "T_p", unit.DayCount},
	BreakEvenPrice:     {"break_even_price", "Price of a million answer tokens that pays for everything", "break-even", "p_b", unit.USDPerMTok},
	LifetimeParams:     {"lifetime_params", "Best size over its life, if the bill goes with the size", "lifetime-optimal", "N_l", unit.ParamCount},
	LifetimeTokens:     {"lifetime_tokens", "and its training tokens", "lifetime-optimal", "D_l", unit.TokenCount},
	LifetimeSaving:     {"lifetime_saving", "What that size would save", "", "s_l", unit.Fraction},
	LifetimeParamsWork: {"lifetime_params_flop", "Best size counted in work instead of money", "Sardana and Frankle", "N_w", unit.ParamCount},
	OvertrainOverhead:  {"overtrain_overhead", "Extra training compute against the best split", "over-training", "c_o", unit.Fraction},
	USDPerLossStep:     {"usd_per_loss_step", "Training cost of the next 0.01 nats", "", "k_\\ell", unit.Money},
	SizeLargest:        {"size_largest", "Largest model that this trains", "", "N_{max}", unit.ParamCount},
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
	Flops         model.Flops          // one token; one sequence for an encoder-decoder
	FLOPsPerToken float64              // by the rule in force
	Peak          train.Peak           // memory of the fullest GPU at its worst moment
	Body          model.Counts         // of the shape that the step is timed by, where it is not the model's own
	Step          train.Step           // the step as predicted
	StepRange     unit.Range           // its time, s
	FitNarrows    float64              // width of that range with the reader's measured steps over without, on the log scale
	Run           train.Run            // stops and what they cost, where the goodput is predicted
	Unexplained   float64              // s of the step in force that the prediction does not hold; negative when it is faster
	Micro         int                  // largest micro-batch that fits, 0 for none; Solve fills it
	Card          *catalog.Accelerator // smallest card of the catalogue that holds the run, nil for none; Solve fills it
	Layout        train.Plan
	Fits          bool
	Scaling       scaling.Prediction
	ScalingOK     bool
	Serve         Served
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
	BindsBatch            // more GPUs cannot share the batch, so no number of them is fast enough
	BindsBudget           // more would cost too much
	BindsTime             // GPUs and days set the tokens or the size
	BindsRoom             // a larger model does not fit
)

// A Warning is something that the reader should know; it never blocks.
type Warning struct {
	Code WarningCode
	A, B float64 // figures that its sentence names
	Note string  // a constant text that its sentence names, if any

	GPUs, Fewest float64 // of a copy that does not fit: asked for, needed (0: more than are tried)
	Bits         int     // in which it would; 0 for none
}

const maxWarnings = 16

// Warnings lists what the reader should know, in order of weight.
func (r *Report) Warnings() []Warning { return r.warn[:r.nwarn] }

func (r *Report) warnf(code WarningCode, a, b float64, note string) {
	r.add(Warning{Code: code, A: a, B: b, Note: note})
}

func (r *Report) add(w Warning) {
	if r.nwarn < maxWarnings {
		r.warn[r.nwarn] = w
		r.nwarn++
	}
}

// Resolved is what Estimate takes.
type Resolved = scenario.Resolved
